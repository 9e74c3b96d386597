"""企业微信 group robots: the address itself is the secret, twenty messages a minute, 4096 bytes of markdown each."""

from datetime import datetime, timedelta

from tracker.models import Endpoint
from tracker.reminders.channels.http import Answer
from tracker.reminders.channels.robot import EndpointChannel, Post, as_json, by_code, markdown, not_http_ok
from tracker.reminders.digest import Digest

MOST_BYTES = 4096
# Busy; called too often (20 a minute).
BUSY = {-1: timedelta(minutes=1), 45009: timedelta(minutes=1)}
# The address is wrong or the robot was removed.
MISCONFIGURED = frozenset({93000, 93008})


class WecomChannel(EndpointChannel):
    def post(self, endpoint: Endpoint, digest: Digest, *, message_id: str, now: datetime) -> Post:
        content = markdown(digest, most=MOST_BYTES)
        return Post(endpoint.url, as_json({"msgtype": "markdown", "markdown": {"content": content}}), {})

    def judge(self, answer: Answer) -> None:
        if error := not_http_ok(answer):
            raise error
        by_code(
            answer.values.get("errcode"),
            answer.values.get("errmsg") or answer.text,
            busy=BUSY,
            misconfigured=MISCONFIGURED,
        )


def channel() -> WecomChannel:
    return WecomChannel()
