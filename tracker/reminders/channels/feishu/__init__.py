"""飞书 group robots: a signature in the body when the robot asks for one, valid for an hour; 20 KB, five a second."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tracker.models import Endpoint
from tracker.reminders.channels.http import Answer
from tracker.reminders.channels.robot import LISTED, EndpointChannel, Post, as_json, by_code, not_http_ok
from tracker.reminders.digest import Digest
from tracker.reminders.lines import one_line

# Too many requests, in the two forms that the gateway answers.
BUSY = {9499: timedelta(minutes=1), 11232: timedelta(minutes=1)}
# Token unknown; signature does not match; address not on the list; keyword missing.
MISCONFIGURED = frozenset({19001, 19021, 19022, 19024})


def sign(secret: str, seconds: int) -> str:
    """The signature of a moment, base64: time and secret are the key, the message is empty."""
    digest = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


class FeishuChannel(EndpointChannel):
    def post(self, endpoint: Endpoint, digest: Digest, *, message_id: str, now: datetime) -> Post:
        # A rich post keeps text and links apart: nothing in a title is read as markup.
        lines: list[list[dict[str, Any]]] = [[{"tag": "text", "text": digest.salutation}]]
        for item in digest.items[:LISTED]:
            words = one_line(f"{item.number} {item.title}", 120)
            lines.append(
                [
                    {"tag": "a", "text": words, "href": item.url},
                    {
                        "tag": "text",
                        "text": "　".join(
                            [
                                "",
                                *filter(None, [item.which]),
                                item.when,
                                item.lead,
                                *filter(None, [item.note]),
                            ]
                        ),
                    },
                ]
            )
        left = len(digest.items) - LISTED
        if left > 0:
            lines.append([{"tag": "text", "text": _("另有 %d 项，请登录系统查看。") % left}])
        content = {"zh_cn": {"title": digest.subject, "content": lines}}
        body: dict[str, Any] = {"msg_type": "post", "content": {"post": content}}
        if endpoint.secret:
            at = int(now.timestamp())
            body = {"timestamp": str(at), "sign": sign(endpoint.secret, at), **body}
        return Post(endpoint.url, as_json(body), {})

    def judge(self, answer: Answer) -> None:
        # The gateway answers a code with status 400 as well.
        if answer.values.get("code") is None and (error := not_http_ok(answer)):
            raise error
        by_code(
            answer.values.get("code"),
            answer.values.get("msg") or answer.text,
            busy=BUSY,
            misconfigured=MISCONFIGURED,
        )


def channel() -> FeishuChannel:
    return FeishuChannel()
