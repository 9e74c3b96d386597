"""Notices in the product itself: a person's own; for a department's office system those of its people, each once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from tracker import access
from tracker.models import InboxNotice

# What is told to several people of one department is one notice to its office system.
_SAME = ("measure_id", "kind", "anchor", "due_on", "step_on")


def notices_of(user: access.Someone) -> QuerySet[Any]:
    """What the user is told, each notice once, with `seen_at`: when the user, or the first of the department, read it."""
    rows = access.inbox_of(user)
    if not getattr(user, "service", False):
        return rows.annotate(seen_at=F("read_at"))
    copies = _copies(rows)
    first_read = copies.filter(read_at__isnull=False).order_by("read_at").values("read_at")[:1]
    return rows.filter(~Exists(copies.filter(pk__lt=OuterRef("pk")))).annotate(seen_at=first_read)


def unread(user: access.Someone) -> int:
    """How many notices nobody has read yet whom they concern."""
    return notices_of(user).filter(seen_at__isnull=True).count()


def mark_read(user: access.Someone, *, now: datetime, ids: Collection[int] | None = None) -> int:
    """These of the user's notices, all when None, are read from `now` on; those of a department for all its people.

    Returns how many had not been read. Numbers of notices that are not the user's are passed over.
    """
    rows = access.inbox_of(user).filter(read_at__isnull=True)
    if ids is not None:
        rows = rows.filter(Exists(_copies(access.inbox_of(user)).filter(pk__in=ids)))
    return InboxNotice.objects.filter(
        pk__in=list(rows.values_list("pk", flat=True)), read_at__isnull=True
    ).update(read_at=now)


def _copies(rows: QuerySet[InboxNotice]) -> QuerySet[InboxNotice]:
    return rows.order_by().filter(**{name: OuterRef(name) for name in _SAME})
