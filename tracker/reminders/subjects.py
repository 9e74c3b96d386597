"""Where each kind of matter stands in the database: one query a subject, each served by an index that names it."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from tracker.models import (
    Checkpoint,
    ExtensionRequest,
    Measure,
    Milestone,
    ProgressReport,
    RequestState,
)
from tracker.rules.lifecycle import OPEN, OWED, Status
from tracker.rules.regimes import NodeKind
from tracker.rules.reminder_kinds import Subject

_NO_ANCHOR = Cast(Value(0), BigIntegerField())
_LEAD_TO_TELL = Case(
    When(lead_knows=True, then=Value(0)), default=F("lead_id"), output_field=BigIntegerField()
)
_NO_DAY = Cast(Value(None), DateField())
# Calendar days after which a hand-over or a moved deadline is no news: long enough for the longest holiday without a run,
# short enough that planning reads only the last weeks.
NEWS_DAYS = 30
# A table in the same statement: however many measures are asked about, its text stays the same.
ASKED = "asked"
_ASKED = RawSQL(f"SELECT measure_id FROM {ASKED}", ())


@lru_cache(maxsize=8)
def matter_sql(
    vendor: str,
    until: tuple[tuple[Subject, date], ...],
    today: date,
    only_asked: bool,
    touched_since: datetime | None,
    co_hears: bool,
) -> tuple[str, tuple[Any, ...]]:
    """`matter` (see Due.matters) for these subjects up to these days; `co_hears`: a hand-over is told to who assists too. Kept, because Django takes longer to write it than the
    database to answer, and each second look of a run needs the same; `vendor` of the database whose words these are."""
    parts: list[str] = []
    params: list[Any] = []
    for subject, day in until:
        for queryset in _matters(
            subject, day, today, only_asked=only_asked, touched_since=touched_since, co_hears=co_hears
        ):
            sql, some = _compiled(queryset)
            parts.append(f"SELECT CAST(%s AS text), matters.* FROM ({sql}) AS matters")
            params += [subject.value, *some]
    body = " UNION ALL ".join(parts)
    # SQLite keeps dates as text, PostgreSQL needs a type for a column that is always NULL.
    return (
        f"matter(subject, measure_id, lead_id, anchor, due_on, answered_on, owed_since) AS MATERIALIZED ({body})",
        tuple(params),
    )


def _compiled(queryset: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, params


def _matters(
    subject: Subject,
    until: date,
    today: date,
    *,
    only_asked: bool,
    touched_since: datetime | None,
    co_hears: bool,
) -> list[QuerySet[Any, Any]]:
    """Rows (measure, the department that owes it, anchor, the day it counts from, the day of the last answer, owed since) whose day is at most `until`.

    `only_asked`: of the measures in a table ASKED(measure_id) that the statement brings along; `touched_since`: of those
    that took a step since then.
    """
    measures = Measure.objects.filter(pk__in=_ASKED) if only_asked else Measure.objects.all()
    if touched_since is not None:
        measures = measures.filter(updated_at__gte=touched_since)
    found: QuerySet[Any, Any]
    if subject is Subject.DEADLINE:
        return [_rows(measures.owed(), "due_on", until)]
    if subject is Subject.APPLICATION:
        return [_rows(measures.filter(status=Status.CLOSING), "applied_on", until)]
    if subject is Subject.RETURNED:
        return [
            _rows(measures.owed(), "report_by", until),
            _returned_parts(until, only_asked, touched_since),
        ]
    if subject is Subject.URGED:
        return [_urged(measures.owed(), until)]
    if subject is Subject.HANDED:
        # Once the lead knows, only who assists may still have to hear.
        told = measures.owed() if co_hears else measures.owed().filter(lead_knows=False)
        return [_news(told, "handed", until, today, lead=_LEAD_TO_TELL)]
    if subject is Subject.MOVED:
        return [_news(measures.filter(status__in=sorted(OPEN)), "moved", until, today)]
    if subject in (Subject.YELLOW, Subject.RED):
        # Red is told as red alone, and what is overdue as overdue.
        behind = measures.owed().filter(due_on__gte=today)
        if subject is Subject.RED:
            return [_rows(behind, "red_on", until)]
        return [_rows(behind.filter(Q(red_on__isnull=True) | Q(red_on__gt=today)), "yellow_on", until)]
    if subject is Subject.EXTENSION:
        return [_waiting_extensions(until, only_asked, touched_since)]
    beside = Q(measure__in=_ASKED) if only_asked else Q()
    if touched_since is not None:
        beside &= Q(measure__updated_at__gte=touched_since)
    owed = beside & Q(measure__status__in=sorted(OWED), done_on__isnull=True, due_on__lte=until)
    columns = ("pk", "due_on", "measure__answered_on", "measure__owed_since")
    if subject is Subject.MILESTONE:
        # The last one is as a rule the deadline itself, which has its own notices.
        found = Milestone.objects.filter(owed).exclude(due_on=F("measure__due_on"))
        return [found.order_by().values_list("measure_id", "measure__lead_id", *columns)]
    found = Checkpoint.objects.filter(owed, kind__in=_CHECKPOINTS[subject], department=F("measure__lead"))
    if subject is Subject.PERIOD_REPORT:
        # One report settles all periods missed: the oldest speaks for those that followed. The next one is told ahead all the same.
        before = Checkpoint.objects.filter(
            measure=OuterRef("measure"),
            department=OuterRef("department"),
            kind=OuterRef("kind"),
            due_on__lt=OuterRef("due_on"),
            done_on__isnull=True,
        )
        found = found.filter(Q(due_on__gte=today) | ~Exists(before))
    return [found.order_by().values_list("measure_id", "department_id", *columns)]


_CHECKPOINTS = {
    Subject.ACKNOWLEDGE: [NodeKind.ACKNOWLEDGE.value],
    Subject.FIRST_REPORT: [NodeKind.FIRST_REPORT.value],
    Subject.PERIOD_REPORT: [NodeKind.PERIOD_REPORT.value],
    Subject.CHECKPOINT: [NodeKind.ACKNOWLEDGE.value, NodeKind.FIRST_REPORT.value],
}


def _rows(measures: QuerySet[Measure], day: str, until: date) -> QuerySet[Any, Any]:
    found = measures.filter(**{f"{day}__lte": until}).order_by()
    return found.values_list("pk", "lead_id", _NO_ANCHOR, F(day), "answered_on", "owed_since")


def _urged(measures: QuerySet[Measure], until: date) -> QuerySet[Any, Any]:
    """Told apart by the version of the urging: the second of a day is another. Unanswered, or it would not stand there any more."""
    version = Cast(Coalesce("urged_version", 0), BigIntegerField())
    found = measures.filter(urged_on__lte=until).order_by()
    return found.values_list("pk", "lead_id", version, "urged_on", _NO_DAY, "owed_since")


def _news(
    measures: QuerySet[Measure], what: str, until: date, today: date, *, lead: Any = "lead_id"
) -> QuerySet[Any, Any]:
    """`lead`: whom it is told to as the lead. Told apart by the version of the event and not by the day since when the lead owes: what is said stays said."""
    day = f"{what}_on"
    found = measures.filter(**{f"{day}__range": (today - timedelta(days=NEWS_DAYS), until)}).order_by()
    version = Cast(F(f"{what}_version"), BigIntegerField())
    return found.values_list("pk", lead, version, F(day), _NO_DAY, _NO_DAY)


def _returned_parts(until: date, only_asked: bool, touched_since: datetime | None) -> QuerySet[Any, Any]:
    """Part-reports that were returned to a department that still assists, with a day, and not sent anew."""
    anew = ProgressReport.objects.filter(
        measure=OuterRef("measure"), department=OuterRef("department"), pk__gt=OuterRef("pk")
    ).exclude(state=ProgressReport.State.DRAFT)
    found = ProgressReport.objects.filter(
        ~Exists(anew),
        kind=ProgressReport.Kind.PART,
        state=ProgressReport.State.RETURNED,
        resubmit_by__lte=until,
        measure__status__in=sorted(OWED),
        measure__co_departments=F("department"),
    )
    if only_asked:
        found = found.filter(measure__in=_ASKED)
    if touched_since is not None:
        found = found.filter(measure__updated_at__gte=touched_since)
    return found.order_by().values_list("measure_id", "department_id", "pk", "resubmit_by", _NO_DAY, _NO_DAY)


def _waiting_extensions(until: date, only_asked: bool, touched_since: datetime | None) -> QuerySet[Any, Any]:
    # Compared as a moment, so that the index on it serves.
    before = timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
    found = ExtensionRequest.objects.filter(
        state=RequestState.PENDING,
        requested_at__lt=before,
        measure__lead__isnull=False,
        # While suspended (暂缓) nobody is reminded; it may be answered all the same.
        measure__status__in=sorted(OPEN),
    )
    if only_asked:
        found = found.filter(measure__in=_ASKED)
    if touched_since is not None:
        found = found.filter(measure__updated_at__gte=touched_since)
    return found.order_by().values_list(
        "measure_id", "measure__lead_id", "pk", TruncDate("requested_at"), _NO_DAY, _NO_DAY
    )
