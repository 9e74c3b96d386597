"""Following the plan's text: registering its measures (立项) and rewording them when a new version comes."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tracker import access
from tracker.actions.checkpoints import follow_deadline
from tracker.actions.fresh import FreshMeasures
from tracker.actions.held import HeldMeasures
from tracker.actions.step import event_of, only_known, take_step
from tracker.models import Measure, Plan, PlanDocument, Section, User
from tracker.rules.lifecycle import OPEN, Status, Verb
from tracker.rules.violations import NotAllowed

TEXT_FIELDS = (
    "section",
    "number",
    "position",
    "marker",
    "title",
    "text",
    "document",
    "span_start",
    "span_end",
    "in_text",
)


def words_hash(text: str) -> str:
    """SHA-256 (hex) of a measure's text as printed: finds the same words again without reading every text."""
    return hashlib.sha256(text.encode()).hexdigest()


def register(
    *,
    plan: Plan,
    section: Section,
    document: PlanDocument,
    number: str,
    position: int,
    marker: str,
    title: str,
    text: str,
    span: tuple[int, int],
    actor: User | None,
    now: datetime,
    fresh: FreshMeasures | None = None,
) -> Measure:
    """立项: a new draft measure from the plan's text. `span` is its half-open character range in the document.

    Its failure ends the caller's transaction: an import is all or nothing. With `fresh` it is written together with others.
    """
    if actor is not None and not access.is_office(actor):
        raise NotAllowed("立项只能由督查室办理。")
    with transaction.atomic(savepoint=False):
        measure = Measure(
            plan=plan,
            section=section,
            document=document,
            number=number,
            position=position,
            marker=marker,
            title=title,
            text=text,
            printed_title=title,
            printed_hash=words_hash(text),
            span_start=span[0],
            span_end=span[1],
            status=Status.DRAFT,
            version=1,
            updated_at=now,
        )
        if fresh is None:
            measure.save(force_insert=True)
        event = event_of(measure, Verb.REGISTER, actor=actor, now=now, note="", before={})
        if fresh is None:
            event.save(force_insert=True)
        else:
            fresh.add(measure, event)
        return measure


def reword(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    note: str,
    expected_version: int | None = None,
    held: HeldMeasures | None = None,
    **text: Any,
) -> Measure:
    """更新原文: follow a new version of the document. `text` takes any of TEXT_FIELDS; progress and deadlines stay.

    A title or text that 督查室 has edited stays until the document prints another one. With `held` it is written with others.
    """
    only_known(text, TEXT_FIELDS)

    def change(measure: Measure) -> None:
        _follow(measure, text)

    return take_step(
        Verb.REWORD,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=change,
        only_if_changed=True,
        held=held,
    )


def _follow(measure: Measure, text: dict[str, Any]) -> None:
    """Sets what the document prints anew; what it printed before says nothing against what people made of it since."""
    kept = set()
    if text.get("title") == measure.printed_title:
        kept.add("title")
    if "text" in text and words_hash(text["text"]) == measure.printed_hash:
        kept.add("text")
    for name, value in text.items():
        if name not in kept:
            setattr(measure, name, value)
    measure.printed_title = text.get("title", measure.printed_title)
    if "text" in text:
        measure.printed_hash = words_hash(text["text"])


def restore(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    note: str,
    expected_version: int | None = None,
    **text: Any,
) -> Measure:
    """重新列入: a measure that a version of the document had dropped stands in it again, with all that was done.

    One that was cancelled because it was dropped gets the status back that it had; a settled one stays settled.
    """
    only_known(text, TEXT_FIELDS)

    def change(measure: Measure) -> None:
        _follow(measure, text)
        measure.in_text = True
        dropped = measure.events.filter(verb=Verb.CANCEL).last()
        if measure.status == Status.CANCELLED and dropped is not None and "in_text" in dropped.changes:
            measure.status = Status(dropped.from_status)
        if measure.status in OPEN:
            follow_deadline(measure, today=timezone.localdate(now))

    return take_step(
        Verb.REWORD,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=change,
    )
