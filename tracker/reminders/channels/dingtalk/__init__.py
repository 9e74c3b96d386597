"""钉钉 group robots with 加签: HMAC-SHA256 over time and secret in the address, valid for an hour; twenty a minute."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import quote_plus

from tracker.models import Endpoint
from tracker.reminders.channels.http import Answer
from tracker.reminders.channels.robot import EndpointChannel, Post, as_json, by_code, markdown, not_http_ok
from tracker.reminders.digest import Digest
from tracker.reminders.lines import one_line

MOST_BYTES = 18_000
# Busy; called too often: the robot is then silenced for ten minutes; the day's number is used up.
BUSY = {
    -1: timedelta(minutes=1),
    130101: timedelta(minutes=10),
    410100: timedelta(minutes=10),
    90030: timedelta(hours=1),
}
# Signature, keyword or address list do not match; token unknown or wrong; robot switched off or gone; group disbanded.
MISCONFIGURED = frozenset({310000, 300001, 300005, 40014, 400013, 400101, 400102, 400106})


def sign(secret: str, milliseconds: int) -> str:
    """The signature of a moment, base64."""
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


class DingtalkChannel(EndpointChannel):
    def post(self, endpoint: Endpoint, digest: Digest, *, message_id: str, now: datetime) -> Post:
        at = int(now.timestamp() * 1000)
        joint = "&" if "?" in endpoint.url else "?"
        url = f"{endpoint.url}{joint}timestamp={at}&sign={quote_plus(sign(endpoint.secret, at))}"
        said = {"title": one_line(digest.subject, 60), "text": markdown(digest, most=MOST_BYTES)}
        return Post(url, as_json({"msgtype": "markdown", "markdown": said}), {})

    def judge(self, answer: Answer) -> None:
        if error := not_http_ok(answer):
            raise error
        by_code(
            answer.values.get("errcode"),
            answer.values.get("errmsg") or answer.text,
            busy=BUSY,
            misconfigured=MISCONFIGURED,
        )


def channel() -> DingtalkChannel:
    return DingtalkChannel()
