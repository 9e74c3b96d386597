"""The one way a stored measure changes: row locked, rule checked, version raised, event row written, in one transaction."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from tracker import access
from tracker.actions.changes import Changes as Changes
from tracker.actions.checkpoints import catch_up
from tracker.actions.fresh import FreshMeasures
from tracker.actions.held import HeldMeasures
from tracker.actions.kept_days import set_objection_day
from tracker.actions.lights import set_turning_days
from tracker.actions.news import FIELDS as NEWS
from tracker.actions.news import note_news
from tracker.actions.occurrences import open_occurrences
from tracker.models import Measure, MeasureEvent, User
from tracker.rules.characters import says_something
from tracker.rules.lifecycle import ANSWERS, OWED, UNASSIGNED, Status, Verb, check_step
from tracker.rules.violations import InvalidInput, Outdated

# A later date is a slip of the hand.
LATEST_DEADLINE = date(2100, 12, 31)
# Fields whose every change is recorded in an event; together they are the replayable state of a measure.
TRACKED = (
    "section_id",
    "number",
    "position",
    "marker",
    "title",
    "text",
    "document_id",
    "span_start",
    "span_end",
    "in_text",
    "lead_id",
    "importance",
    "cadence",
    "cadence_day",
    "recurrence",
    "recurrence_target",
    "recurrence_unit",
    "recurrence_by",
    "remark",
    "starts_on",
    "due_on",
    "original_due_on",
    "standing",
    "status",
    "percent",
    "grade",
    "assigned_at",
    "acknowledged_at",
    "applied_on",
    "closed_on",
    "regime_edition_id",
    "leader_extends",
    "report_by",
    "urged_on",
    "claim_until",
    "extension_pending",
    "objection_pending",
)


def _plain(value: object) -> object:
    """A tracked value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _state(measure: Measure) -> dict[str, object]:
    return {name: _plain(getattr(measure, name)) for name in TRACKED}


def event_of(
    measure: Measure,
    verb: Verb,
    *,
    actor: User | None,
    now: datetime,
    note: str,
    before: dict[str, object],
    related: Changes | None = None,
) -> MeasureEvent:
    """The event row, not written yet; `before` is the tracked state before the step, `related` what changed in rows beside it."""
    changes = {
        name: [before.get(name), value]
        for name, value in _state(measure).items()
        if before.get(name) != value
    }
    return MeasureEvent(
        measure=measure,
        version=measure.version,
        verb=verb,
        at=now,
        actor=actor,
        department=actor.department if actor is not None else None,
        from_status=str(before.get("status", Status.DRAFT.value)),
        to_status=measure.status,
        note=note,
        changes={**changes, **(related or {})},
    )


def take_step(
    verb: Verb,
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    expected_version: int | None,
    note: str = "",
    change: Callable[[Measure], None] = lambda measure: None,
    relate: Callable[[Measure], Changes] = lambda measure: {},
    only_if_changed: bool = False,
    held: HeldMeasures | None = None,
) -> Measure:
    """Locks the measure, checks the step against the lifecycle table, changes it and writes the event; returns it.

    `change` sets fields of the measure; `relate` writes rows beside it (co-departments, indicators) and returns what
    changed there. With `only_if_changed` a step that changes nothing writes nothing. One that is `held` is locked already, and
    written with others; a refusal then ends the caller's transaction. Raises RuleViolation.
    """
    if held is not None:
        measure = held.get(measure_id)
        _check_version(measure, expected_version)
        catch_up_with_the_clock(measure, now=now, keeper=held)
        return _step(
            verb,
            measure,
            actor=actor,
            now=now,
            note=note,
            change=change,
            relate=relate,
            only_if_changed=only_if_changed,
            keeper=held,
        )
    with transaction.atomic():
        try:
            measure = (
                Measure.objects.select_for_update(of=("self",))
                .select_related("regime_edition")
                .get(pk=measure_id)
            )
        except Measure.DoesNotExist:
            raise InvalidInput("事项不存在。", code="not_found") from None
        _forget_what_was_joined_too_early(measure)
        _check_version(measure, expected_version)
        catch_up_with_the_clock(measure, now=now)
        return _step(
            verb,
            measure,
            actor=actor,
            now=now,
            note=note,
            change=change,
            relate=relate,
            only_if_changed=only_if_changed,
        )


def _forget_what_was_joined_too_early(measure: Measure) -> None:
    """PostgreSQL reads a row anew once it has waited for its lock, but what it had joined to it stays that of the row before."""
    edition = measure.regime_edition
    if measure.regime_edition_id != (None if edition is None else edition.pk):
        Measure._meta.get_field("regime_edition").delete_cached_value(measure)


def _check_version(measure: Measure, expected: int | None) -> None:
    if expected is not None and measure.version != expected:
        raise Outdated("事项已被他人更新，请刷新后再办理。")


def take_second_step(
    verb: Verb,
    measure: Measure,
    *,
    actor: User | None,
    now: datetime,
    note: str,
    change: Callable[[Measure], None],
    relate: Callable[[Measure], Changes],
    fresh: FreshMeasures,
) -> Measure:
    """take_step, only if something changes, on a measure that `fresh` keeps and will write.

    Nobody else can see it yet, so it is neither locked nor read again. Its failure ends the caller's transaction.
    """
    if measure.version != 1 or measure not in fresh:
        raise ValueError("only for a measure registered in this transaction")
    return _step(
        verb,
        measure,
        actor=actor,
        now=now,
        note=note,
        change=change,
        relate=relate,
        only_if_changed=True,
        keeper=fresh,
    )


class _Keeper(Protocol):
    """Writes what steps have changed, one measure or many at a time."""

    def keep(self, measure: Measure, fields: Iterable[str], event: MeasureEvent | None) -> None: ...


class _AtOnce:
    def keep(self, measure: Measure, fields: Iterable[str], event: MeasureEvent | None) -> None:
        measure.save(update_fields=list(fields))
        if event is not None:
            event.save(force_insert=True)


_AT_ONCE = _AtOnce()


def catch_up_with_the_clock(measure: Measure, *, now: datetime, keeper: _Keeper = _AT_ONCE) -> bool:
    """Opens what is open by now though no clock has run: missed report days, and the periods of what recurs, as a step of their
    own. Whatever is decided on a day finds the same whether or not the clock came first. False when there was nothing.

    `measure` is locked.
    """
    if measure.status not in OWED:
        return False
    today = timezone.localdate(now)
    rolled = catch_up(measure, today=today)
    if rolled:
        keeper.keep(measure, ["next_period_on"], None)
    if not _period_begins(measure, today):
        return rolled
    _step(
        Verb.OPEN_PERIOD,
        measure,
        actor=None,
        now=now,
        note="",
        change=lambda measure: None,
        relate=lambda measure: open_occurrences(measure, until=today),
        only_if_changed=False,
        keeper=keeper,
    )
    return True


def _period_begins(measure: Measure, today: date) -> bool:
    return measure.next_occurrence_on is not None and measure.next_occurrence_on <= today


def _step(
    verb: Verb,
    measure: Measure,
    *,
    actor: User | None,
    now: datetime,
    note: str,
    change: Callable[[Measure], None],
    relate: Callable[[Measure], Changes],
    only_if_changed: bool,
    keeper: _Keeper = _AT_ONCE,
) -> Measure:
    row = check_step(
        verb,
        status=Status(measure.status),
        parties=access.parties(actor, measure),
        flags=access.flags(measure, today=timezone.localdate(now)),
    )
    before = _state(measure)
    imported_before = measure.imported_assignment
    if row.target is not None:
        measure.status = row.target
    if verb in ANSWERS:
        measure.urged_on = None
    change(measure)
    _check_schedule(measure)
    related = relate(measure)
    today = timezone.localdate(now)
    if measure.status in OWED and _period_begins(measure, today):
        # It recurs from this step on: its running period is open at once.
        related = {**related, **open_occurrences(measure, until=today)}
    after = _state(measure)
    changed = [name for name in TRACKED if after[name] != before[name]]
    if only_if_changed and not changed and not related:
        if measure.imported_assignment != imported_before:
            # The sheet now says what people had decided already: remember that, no step was taken.
            keeper.keep(measure, ["imported_assignment"], None)
        return measure
    measure.version += 1
    measure.updated_at = now
    if verb in ANSWERS:
        measure.answered_on = today
    _note_owing(measure, before, today)
    note_news(measure, verb, before=before, changed=changed, now=now)
    set_turning_days(measure, today=timezone.localdate(now), was_owed=before["status"] in OWED)
    if not {"assigned_at", "regime_edition_id"}.isdisjoint(changed):
        set_objection_day(measure)
    event = event_of(measure, verb, actor=actor, now=now, note=note, before=before, related=related)
    keeper.keep(
        measure,
        [
            *changed,
            "printed_title",
            "printed_hash",
            "imported_assignment",
            "next_period_on",
            "next_occurrence_on",
            "version",
            "updated_at",
            "answered_on",
            "object_until",
            "owed_since",
            "rested_on",
            "yellow_on",
            "red_on",
            *NEWS,
        ],
        event,
    )
    return measure


def _note_owing(measure: Measure, before: dict[str, object], today: date) -> None:
    """Since when the lead owes it: from the step by which it is handed the measure, or has to go on with it. A slip that is undone
    on its day (suspended and resumed, applied to close and returned) resets nothing: nobody's reminders begin anew."""
    owed, was_owed = measure.status in OWED, before["status"] in OWED
    handed_over = measure.lead_id != before["lead_id"]
    if owed and (handed_over or not was_owed):
        if handed_over or measure.rested_on != today:
            measure.owed_since = today
    elif was_owed and not owed:
        measure.rested_on = today
    if handed_over or measure.status in UNASSIGNED:
        # Another's, or to be handed over anew: what was said before was not said of this.
        measure.rested_on = None


def _check_schedule(measure: Measure) -> None:
    if measure.standing and measure.due_on is not None:
        raise InvalidInput("长期坚持的事项不能有完成时限。", field="due_on")
    if measure.status not in UNASSIGNED:
        if measure.lead_id is None:
            raise InvalidInput("必须指定牵头单位。", field="lead")
        if measure.due_on is None and not measure.standing:
            raise InvalidInput("必须给出完成时限，或标明“长期坚持”。", field="due_on")
    if measure.due_on is not None and measure.due_on > LATEST_DEADLINE:
        raise InvalidInput(f"完成时限（{measure.due_on}）不能晚于 {LATEST_DEADLINE}。", field="due_on")
    if measure.starts_on is not None and measure.due_on is not None and measure.due_on < measure.starts_on:
        raise InvalidInput(
            f"完成时限（{measure.due_on}）早于开始日期（{measure.starts_on}）。", field="due_on"
        )


def required(text: str, *, field: str, name: str) -> str:
    """`text` without outer blanks; raises InvalidInput when a reader would see nothing."""
    text = text.strip()
    if not says_something(text):
        raise InvalidInput(f"必须填写{name}。", field=field)
    return text


def only_known(given: dict[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(unknown)}")
