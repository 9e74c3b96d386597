"""Which part of a measure a notice speaks of: the milestone (阶段目标) that it names, the node of the regime."""

from collections.abc import Collection
from typing import Any

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When

from tracker.models import Checkpoint, Milestone, Reminder
from tracker.reminders.due import Candidate
from tracker.rules.regimes import NODE_NAMES, NodeKind
from tracker.rules.reminder_kinds import KINDS, Subject

_OF_MILESTONES = [kind.value for kind, facts in KINDS.items() if facts.subject is Subject.MILESTONE]
_OF_NODES = [kind.value for kind, facts in KINDS.items() if facts.subject is Subject.CHECKPOINT]


def with_parts(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Reminders or inbox notices with `part`: 完成选址, 首次反馈; "" for what is about the measure itself. No query more."""
    milestone = Milestone.objects.filter(pk=OuterRef("anchor"), measure=OuterRef("measure"))
    node = Checkpoint.objects.filter(pk=OuterRef("anchor"), measure=OuterRef("measure")).annotate(
        name=Case(
            *(When(kind=kind.value, then=Value(name)) for kind, name in NODE_NAMES.items()),
            output_field=CharField(),
        )
    )
    found: QuerySet[Any, Any] = rows.annotate(
        part=Case(
            When(kind__in=_OF_MILESTONES, then=Subquery(milestone.values("text")[:1])),
            When(kind__in=_OF_NODES, then=Subquery(node.values("name")[:1])),
            default=Value(""),
            output_field=CharField(),
        )
    )
    return found


def parts_planned(candidates: Collection[Candidate]) -> dict[tuple[str, int], str]:
    """The same for what is not in the ledger yet, by kind and anchor."""
    asked: dict[str, set[int]] = {}
    for found in candidates:
        asked.setdefault(found.notice.kind.value, set()).add(found.anchor)
    milestones = set().union(*(asked.get(kind, set()) for kind in _OF_MILESTONES))
    nodes = set().union(*(asked.get(kind, set()) for kind in _OF_NODES))
    texts = dict(Milestone.objects.filter(pk__in=milestones).values_list("pk", "text"))
    kinds = dict(Checkpoint.objects.filter(pk__in=nodes).values_list("pk", "kind"))
    return {
        **{(kind, pk): text for kind in _OF_MILESTONES for pk, text in texts.items() if text},
        **{(kind, pk): NODE_NAMES[NodeKind(node)] for kind in _OF_NODES for pk, node in kinds.items()},
    }


def parts_of(rows: Collection[Reminder]) -> dict[int, str]:
    """By the row's id, for those that are about a part. One query however many rows, none without such."""
    asked = [row.pk for row in rows if row.kind in (*_OF_MILESTONES, *_OF_NODES)]
    if not asked:
        return {}
    found = with_parts(Reminder.objects.filter(pk__in=asked)).order_by().values_list("pk", "part")
    return {pk: part for pk, part in found if part}
