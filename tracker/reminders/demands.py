"""What is said beyond a notice: on a 催办单 the measure's words and how often it was urged, of missed reports how many they are, of
what 督查室 is told in another's place why, and which milestone or node it is about."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Count, F
from django.db.models.functions import Left

from tracker.models import Checkpoint, Measure, Reminder, User
from tracker.reminders.contacts import TO_BE_DECIDED
from tracker.reminders.gaps import of_others
from tracker.reminders.items import DEMAND, NO_DEMAND, Demand
from tracker.reminders.parts import parts_of
from tracker.reminders.sheet_numbers import sheet_numbers
from tracker.rules.lifecycle import Party
from tracker.rules.regimes import NodeKind
from tracker.rules.reminder_kinds import NoticeKind
from tracker.rules.reminder_schedule import Level


def demands_of(rows: Sequence[Reminder], *, today: date, to_send: bool = True) -> dict[int, Demand]:
    """By row, for the orange and red ones, those about missed reports, a milestone or a node, and those told to 督查室 in
    another's place. Sheets that are really `to_send` get their numbers by it, which are kept."""
    periods = _periods_missed(rows, today)
    climbed = _climbed([row for row in rows if row.level in (Level.ORANGE, Level.RED)], to_send=to_send)
    unreached = _unreached([row for row in rows if row.party == Party.OFFICE])
    parts = parts_of(rows)
    deciding = _leaders_decide(rows)
    return {
        pk: replace(
            climbed.get(pk, NO_DEMAND),
            periods=periods.get(pk, 1),
            unreached=unreached.get(pk, ""),
            part=parts.get(pk, ""),
            for_leader=pk in deciding,
        )
        for pk in climbed.keys() | periods.keys() | unreached.keys() | parts.keys() | deciding
    }


def _leaders_decide(rows: Sequence[Reminder]) -> set[int]:
    """The rows about what waits for the leader in charge and not for 督查室 (as access.parties has it)."""
    waiting = [row for row in rows if row.kind in TO_BE_DECIDED]
    if not waiting:
        return set()
    leader = "lead__leader_in_charge"
    decided = Measure.objects.filter(
        pk__in={row.measure_id for row in waiting},
        leader_extends=True,
        **{f"{leader}__is_active": True, f"{leader}__role": User.Role.LEADER},
    )
    measures = set(decided.values_list("pk", flat=True))
    return {row.pk for row in waiting if row.measure_id in measures}


def _unreached(rows: Sequence[Reminder]) -> dict[int, str]:
    """Why 督查室 gets a notice that was meant for others: the gap that stands beside it in the ledger says so."""
    if not rows:
        return {}
    gaps = Reminder.objects.filter(
        recipient="",
        state=Reminder.State.FAILED,
        measure__in={row.measure_id for row in rows},
        step_on__in={row.step_on for row in rows},
    )
    names = (*_NOTICE, "department_id")
    why = {tuple(notice): error for *notice, error in gaps.order_by().values_list(*names, "error")}
    return {row.pk: of_others(why[_of(row, names)]) for row in rows if _of(row, names) in why}


def _periods_missed(rows: Sequence[Reminder], today: date) -> dict[int, int]:
    """How many reports each row about one of them speaks for: it is the oldest."""
    about = [row for row in rows if row.kind == NoticeKind.PERIOD_REPORT_OVERDUE]
    if not about:
        return {}
    missed = Checkpoint.objects.filter(
        measure__in={row.measure_id for row in about},
        department=F("measure__lead"),
        kind=NodeKind.PERIOD_REPORT,
        done_on__isnull=True,
        due_on__lt=today,
    )
    counts = dict(missed.order_by().values_list("measure_id").annotate(n=Count("id")))
    return {row.pk: max(1, counts.get(row.measure_id, 1)) for row in about}


def _climbed(climbed: Sequence[Reminder], *, to_send: bool) -> dict[int, Demand]:
    """What was said before is counted from what was really sent about the same matter to the same department: however many
    people heard it, and whatever the rule made of missed days, it is one time."""
    if not climbed:
        return {}
    measures = {row.measure_id for row in climbed}
    # One character more than is shown, so that the cut is seen.
    words = dict(Measure.objects.filter(pk__in=measures).values_list("pk", Left("text", DEMAND + 1)))
    said: dict[tuple[object, ...], set[int]] = defaultdict(set)
    sent = Reminder.objects.filter(measure__in=measures, state=Reminder.State.SENT).order_by()
    for *matter, occurrence in sent.values_list(*_MATTER, "occurrence").distinct():
        said[tuple(matter)].add(occurrence)
    # A robot or a callback is given no sheet.
    by_mail = [row for row in climbed if row.channel == Reminder.Channel.EMAIL]
    numbers = sheet_numbers(by_mail) if to_send else {}
    return {
        row.pk: Demand(
            words.get(row.measure_id, ""),
            len(said[_of(row, _MATTER)] - {row.occurrence}),
            number=numbers.get(row.pk),
        )
        for row in climbed
    }


_MATTER = ("measure_id", "department_id", "rule_id", "anchor", "due_on")
_NOTICE = ("measure_id", "rule_id", "anchor", "due_on", "step_on")


def _of(row: Reminder, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in names)
