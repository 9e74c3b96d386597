"""A generic callback for the office's own systems, signed as Standard Webhooks say (standardwebhooks.com)."""

import base64
import hashlib
import hmac
from datetime import datetime

from django.utils.translation import gettext as _

from tracker.models import Endpoint
from tracker.reminders.channels import DeliveryError
from tracker.reminders.channels.http import Answer
from tracker.reminders.channels.robot import EndpointChannel, Post, as_json, retry_after
from tracker.reminders.digest import LISTED, Digest

PREFIX = "whsec_"
EVENT = "duban.reminder.digest"


def key_of(secret: str) -> bytes:
    """The key's bytes. Raises DeliveryError for a secret that is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:  # not base64, or not even ASCII
        key = b""
    if len(key) < 24:
        raise DeliveryError(_("回调密钥无效：应为 whsec_ 加 base64，至少24字节。"), misconfigured=True)
    return key


def signature(key: bytes, *, message_id: str, seconds: int, body: bytes) -> str:
    """The value of webhook-signature."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


class WebhookChannel(EndpointChannel):
    def post(self, endpoint: Endpoint, digest: Digest, *, message_id: str, now: datetime) -> Post:
        # However often it is sent, its id is the same: the receiver's way of taking it once.
        identity = message_id.strip("<>").partition("@")[0]
        body = as_json(
            {
                "type": EVENT,
                "timestamp": now.isoformat(),
                "data": {
                    "subject": digest.subject,
                    "on": digest.today.isoformat(),
                    "total": len(digest.matters),
                    "items": [
                        {
                            "kind": item.kind.value,
                            "level": item.level.value,
                            "measure_id": item.measure_id,
                            "number": item.number,
                            "title": item.title,
                            "about": item.part,
                            "lead": item.lead,
                            "due_on": item.due_on.isoformat(),
                            "deadline": item.deadline.isoformat() if item.deadline else None,
                            "days_overdue": item.days,
                            "url": item.url,
                        }
                        for item in digest.matters[:LISTED]
                    ],
                },
            }
        )
        at = int(now.timestamp())
        signed = signature(key_of(endpoint.secret), message_id=identity, seconds=at, body=body)
        headers = {"webhook-id": identity, "webhook-timestamp": str(at), "webhook-signature": signed}
        return Post(endpoint.url, body, headers)

    def judge(self, answer: Answer) -> None:
        if 200 <= answer.status < 300:
            return
        said = f"HTTP {answer.status} {answer.text}"
        if answer.status in (408, 425, 429) or answer.status >= 500:
            raise DeliveryError(_("对方暂不受理：%s") % said, unavailable=True, wait=retry_after(answer))
        if 300 <= answer.status < 400:
            raise DeliveryError(_("对方要求转到别处，未予跟随：%s") % said, misconfigured=True)
        # Unknown path, withdrawn key, moved away: mended there or here, and until then nothing is lost.
        raise DeliveryError(
            _("对方拒绝，请检查推送目标：%s") % said, misconfigured=True, wait=retry_after(answer)
        )


def channel() -> WebhookChannel:
    return WebhookChannel()
