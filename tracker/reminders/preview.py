"""The dry run: who would get what and why, told from the same rules and the same ledger, writing nothing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import Department, InboxNotice, Measure, Reminder, load_calendar
from tracker.reminders.claiming import WAITING
from tracker.reminders.contacts import NOBODY
from tracker.reminders.due import Candidate, Due
from tracker.reminders.gaps import Gap, Gaps
from tracker.reminders.parts import parts_planned
from tracker.reminders.planning import moments
from tracker.reminders.recheck import no_longer_true
from tracker.reminders.ruling import Ruling
from tracker.rules.lifecycle import PARTY_NAMES, Party
from tracker.rules.reminder_kinds import BESIDE_THE_UNIT, KINDS
from tracker.rules.reminder_schedule import explain


@dataclass(frozen=True)
class Line:
    """One notice: the measure in words, why it is due, what the ledger says of it ("" when it is new)."""

    measure: str
    capacity: str
    why: str
    ledger: str = ""


@dataclass(frozen=True)
class Preview:
    """`mails` by address what a run now would send; `resting` what is due but would not be sent again now;
    `dropped` waiting rows that are no longer true, with the reason; `held_back` addresses beyond the cap, which are not
    among the mails; `inbox`: how many notices would be put into inboxes."""

    mails: dict[str, list[Line]]
    resting: dict[str, list[Line]]
    dropped: dict[str, list[Line]]
    gaps: tuple[Gap, ...]
    held_back: tuple[str, ...]
    inbox: int = 0


def preview(*, now: datetime, today: date, only_to: str | None = None) -> Preview:
    """What plan() and send_waiting() would do now for `today`; nothing is written."""
    calendar = load_calendar()
    ruling = Ruling.load(today=today, calendar=calendar)
    mails: dict[str, list[Line]] = defaultdict(list)
    resting: dict[str, list[Line]] = defaultdict(list)
    gaps = Gaps()
    departments = dict(Department.objects.values_list("pk", "name"))
    later = moments(now, ruling.calendar)
    turns: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    due = Due(ruling, only_to=only_to)
    for candidates in due.candidates():
        known = _recorded(candidates)
        measures, parts = _measures(candidates), parts_planned(candidates)
        for candidate in candidates:
            row = known.get(_key(candidate))
            if candidate.address == NOBODY:
                gaps.add(candidate.department_id, candidate.words)
                gaps.new[candidate.department_id] += row is None
                continue
            waits_for_none = KINDS[candidate.notice.kind].is_at_once or candidate.party in BESIDE_THE_UNIT
            own_hour = {} if waits_for_none else later
            ledger, goes_out = _in_ledger(row, now, own_hour.get(candidate.department_id, now))
            rule = ruling.rows[candidate.notice.rule.id]
            line = Line(
                measure=measures[candidate.measure_id],
                capacity=f"{departments[candidate.department_id]}·{PARTY_NAMES[Party(candidate.party)]}",
                why=f"{rule.name}{_about(parts, candidate)}：{explain(candidate.notice, today=today, calendar=calendar)}",
                ledger=ledger,
            )
            (mails if goes_out else resting)[candidate.address].append(line)
            if goes_out:
                turns[candidate.address].append(_turn(candidate, row, today))
    in_turn = sorted(mails, key=lambda address: _first(turns[address]))
    cap = settings.REMINDER_CAP_PER_RUN
    return Preview(
        mails={address: mails[address] for address in in_turn[:cap]},
        resting=dict(resting),
        dropped=_dropped(_waiting(now, only_to), ruling),
        gaps=gaps.named(office_told=due.contacts.office_is_reached),
        held_back=tuple(in_turn[cap:]),
        inbox=sum(_new_in_inboxes(candidates) for candidates in due.candidates(inbox=True)),
    )


def _about(parts: Mapping[tuple[str, int], str], candidate: Candidate) -> str:
    """（完成选址）: which milestone or node it is about."""
    part = parts.get((candidate.notice.kind.value, candidate.anchor), "")
    return f"（{part}）" if part else ""


def _turn(candidate: Candidate, row: Reminder | None, today: date) -> tuple[object, ...]:
    """What decides when a message has its turn (claiming.waiting_batches): day, urgency, then the order of the ledger, at
    whose end new rows are written."""
    waits = row is not None and row.state != Reminder.State.DROPPED
    place = (
        (row.pk,) if row is not None else (candidate.measure_id, candidate.notice.rule.id, candidate.anchor)
    )
    day = row.planned_on if waits and row is not None else today
    return day, KINDS[candidate.notice.kind].urgency, row is None, place


def _first(turns: list[tuple[object, ...]]) -> tuple[object, ...]:
    """Of the rows of one message the oldest day, the greatest urgency and the first place, each by itself."""
    days, urgencies, *_rest = zip(*turns, strict=True)
    return min(days), min(urgencies), min(turn[2:] for turn in turns)


def _new_in_inboxes(candidates: list[Candidate]) -> int:
    measures = {candidate.measure_id for candidate in candidates}
    there = set(
        InboxNotice.objects.filter(measure__in=measures, withdrawn_at__isnull=True).values_list(
            "measure_id", "rule_id", "anchor", "due_on", "step_on", "user_id"
        )
    )
    return sum((*_key(candidate)[:-1], int(candidate.address)) not in there for candidate in candidates)


def _key(candidate: Candidate) -> tuple[object, ...]:
    notice = candidate.notice
    return (
        candidate.measure_id,
        notice.rule.id,
        candidate.anchor,
        notice.due_on,
        notice.step_on,
        candidate.address,
    )


def _recorded(candidates: list[Candidate]) -> dict[tuple[object, ...], Reminder]:
    """What the ledger holds already about these notices."""
    rows = Reminder.objects.filter(measure__in={candidate.measure_id for candidate in candidates}).only(
        "measure_id",
        "rule_id",
        "anchor",
        "due_on",
        "step_on",
        "recipient",
        "planned_on",
        "state",
        "not_before",
        "sent_at",
        "error",
    )
    return {
        (row.measure_id, row.rule_id, row.anchor, row.due_on, row.step_on, row.recipient): row for row in rows
    }


def _measures(candidates: list[Candidate]) -> dict[int, str]:
    rows = Measure.objects.filter(pk__in={candidate.measure_id for candidate in candidates})
    return {pk: f"{number} {title}" for pk, number, title in rows.values_list("pk", "number", "title")}


def _waiting(now: datetime, only_to: str | None) -> list[Reminder]:
    rows = Reminder.objects.filter(state__in=WAITING, not_before__lte=now)
    if only_to is not None:
        rows = rows.filter(recipient=only_to)
    return list(rows.select_related("measure__lead", "department", "rule").order_by("id"))


def _dropped(rows: list[Reminder], ruling: Ruling) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    reasons = no_longer_true(rows, ruling=ruling)
    for row in rows:
        if row.pk in reasons:
            capacity = f"{row.department}·{row.get_party_display()}"
            found[row.recipient].append(Line(str(row.measure), capacity, reasons[row.pk]))
    return dict(found)


def _in_ledger(row: Reminder | None, now: datetime, opens: datetime) -> tuple[str, bool]:
    """What the ledger says, and whether a run now would send it; `opens`: when the department is told what is new."""
    if row is None or row.state in (Reminder.State.PLANNED, Reminder.State.DROPPED):
        # Whatever hour it was planned for: the planning that comes first goes by the present one.
        return ("", True) if opens <= now else (_("%s起发送（单位的发送时间）") % _minute(opens), False)
    if row.state == Reminder.State.CANCELLED:
        return _("已取消，不再发送：%s") % row.error, False
    if row.state == Reminder.State.RETRY:
        goes_out = row.not_before <= now
        when = _("现在重试") if goes_out else _("%s后重试") % _minute(row.not_before)
        return _("上次未成功（%(error)s），%(when)s") % {"error": row.error, "when": when}, goes_out
    if row.state == Reminder.State.SENT:
        return _("已于%s发送，不再重复") % (_minute(row.sent_at) if row.sent_at else ""), False
    if row.state == Reminder.State.FAILED:
        return _("发送失败，不再重试：%s") % row.error, False
    return _("正在发送"), False


def _minute(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
