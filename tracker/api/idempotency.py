"""Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): a request sent twice takes effect once.

The key is claimed by a row that is committed first, so a twin that arrives meanwhile sees it and is told to wait (409).
The request's effect and its answer are then written in one transaction, on condition that the claim is still ours: a
claim left behind by a dead process may be taken over, and whichever of the two writes first wins, the other writes
nothing. Answers below 500 are kept, 5xx are not (nor a bulk request one of whose items met one); a request refused before it began (401, a body that cannot be read,
413, 415, 429) takes no key.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.api.problems import Problem
from tracker.models import KeyedRequest, User

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
METHODS = frozenset({"POST", "PATCH"})
# The draft writes a quoted string; most clients send the bare key. Both name the same key.
PATTERN = r'^(?:"[!#-\[\]-~]{1,200}"|[!#-\[\]-~]{1,200})$'
_KEY = re.compile(PATTERN.replace("$", r"\Z"))
# What of an answer's head belongs to the answer, and not to the one exchange.
_KEPT_HEADERS = ("ETag", "Location")


@dataclass(frozen=True)
class Answer:
    """An answer as it goes out: JSON text and what its head says of it."""

    status: int
    body: str
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False
    # Whether the next one who sends the same request is to be given it.
    kept: bool = True


class _Overtaken(Exception):
    """Somebody took the claim over while we were at work: nothing of ours may stay."""


def key_of(request: Request) -> str | None:
    """The caller's key without quotes, None when there is none. Raises Problem 400."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _KEY.match(given.strip()):
        detail = _("Idempotency-Key 应为 1 到 200 个可见的 ASCII 字符，例如 UUID。")
        raise Problem(400, "invalid_idempotency_key", detail)
    return given.strip().strip('"')


def fingerprint(request: Request) -> str:
    """SHA-256 (hex) of method, address, If-Match and body. Reads the body: raises what its parser raises."""
    request.data  # noqa: B018  # the parser leaves the digest of what it read
    body = getattr(request, "body_digest", hashlib.sha256(b"").hexdigest())
    condition = request.headers.get("If-Match", "")
    words = "\n".join([str(request.method), request.get_full_path(), condition, body])
    return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()


def rendered(response: Response, *, kept: bool) -> Answer:
    """A view's response as the text that goes out."""
    return Answer(
        status=response.status_code,
        body=JSONRenderer().render(response.data).decode(),
        content_type=response.content_type or "application/json",
        headers={name: response[name] for name in _KEPT_HEADERS if name in response},
        kept=kept,
    )


def once(
    *,
    user: User,
    key: str,
    fingerprint: str,
    now: datetime,
    run: Callable[[], Answer],
    part: int = 0,
    one_transaction: bool = True,
    claimed: KeyedRequest | None = None,
) -> Answer:
    """Carries `run` out once for the caller's key and gives its answer to whoever sends the same request again.

    `run` answers refusals too, it does not raise them. With `one_transaction` False its effects are committed by itself,
    each part under the same key. `claimed` is the part's row where claim_ahead made it. Raises Problem 409 `idempotency_key_reused` (another request) or
    `idempotency_in_progress` (the first is still at work).
    """
    if claimed is not None:
        row, made = claimed, True
    else:
        row, made = KeyedRequest.objects.get_or_create(
            user=user, key=key, part=part, defaults={"fingerprint": fingerprint, "started_at": now}
        )
    if not made and not _take_over(row, fingerprint, now):
        return _replay(row, fingerprint)
    try:
        with transaction.atomic() if one_transaction else nullcontext():
            answer = run()
            _record(row, answer, now)
    except _Overtaken:
        raise _in_progress() from None
    return answer


def claim_ahead(
    *, user: User, key: str, parts: Sequence[int], fingerprint: str, now: datetime
) -> dict[int, KeyedRequest]:
    """Claims these parts in two statements; those that somebody has claimed already are not in the answer.

    Whoever claims ahead gives back by `release` what he did not come to. Nobody else waits for it: the request's own claim,
    part 0, stands over all of them.
    """
    rows = [
        KeyedRequest(user=user, key=key, part=part, fingerprint=fingerprint, started_at=now) for part in parts
    ]
    KeyedRequest.objects.bulk_create(rows, ignore_conflicts=True)
    ours = {row.claim for row in rows}
    stored = KeyedRequest.objects.filter(user=user, key=key, part__in=parts)
    return {row.part: row for row in stored if row.claim in ours}


def release(rows: Iterable[KeyedRequest]) -> None:
    """Gives claims back that were not used; one that was taken over meanwhile is another's."""
    for row in rows:
        KeyedRequest.objects.filter(pk=row.pk, claim=row.claim, finished_at__isnull=True).delete()


def _take_over(row: KeyedRequest, fingerprint: str, now: datetime) -> bool:
    """Makes the row ours when its time is over, or when its first claimant is gone without an answer."""
    kept_since = now - timedelta(hours=settings.IDEMPOTENCY_KEEP_HOURS)
    stale_since = now - timedelta(seconds=settings.IDEMPOTENCY_CLAIM_STALE_SECONDS)
    forgotten = Q(started_at__lt=kept_since)
    left_behind = Q(finished_at__isnull=True, started_at__lt=stale_since, fingerprint=fingerprint)
    claim = uuid.uuid4()
    taken = KeyedRequest.objects.filter(forgotten | left_behind, pk=row.pk, claim=row.claim).update(
        claim=claim,
        fingerprint=fingerprint,
        started_at=now,
        finished_at=None,
        status=None,
        body="",
        headers={},
    )
    if taken:
        row.claim = claim
    return bool(taken)


def _replay(row: KeyedRequest, fingerprint: str) -> Answer:
    if row.fingerprint != fingerprint:
        detail = _("这个 Idempotency-Key 已用于另一个请求；每个新的请求请用新的键。")
        raise Problem(409, "idempotency_key_reused", detail)
    if row.status is None:
        raise _in_progress()
    return Answer(row.status, row.body, row.content_type, row.headers, replayed=True)


def _in_progress() -> Problem:
    detail = _("带有同一 Idempotency-Key 的请求正在办理，请稍后用同样的内容重发，届时会得到它的答复。")
    return Problem(409, "idempotency_in_progress", detail, wait=1)


def _record(row: KeyedRequest, answer: Answer, now: datetime) -> None:
    ours = KeyedRequest.objects.filter(pk=row.pk, claim=row.claim, finished_at__isnull=True)
    if answer.status >= 500 or not answer.kept:
        done: Any = ours.delete()[0]
    else:
        done = ours.update(
            finished_at=now,
            status=answer.status,
            body=answer.body,
            content_type=answer.content_type,
            headers=answer.headers,
        )
    if not done:
        raise _Overtaken
