"""立项 by hand: a measure that 督查室 enters itself, outside every plan's text."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from tracker import access
from tracker.actions.correction import edit
from tracker.actions.step import event_of, required
from tracker.actions.text import words_hash
from tracker.models import Measure, Plan, Section, User
from tracker.rules import lengths
from tracker.rules.lifecycle import Status, Verb
from tracker.rules.violations import InvalidInput, NotAllowed


def register_by_hand(
    *,
    section: Section,
    title: str,
    text: str,
    actor: User | None,
    now: datetime,
    note: str = "",
    **assignment: Any,
) -> Measure:
    """立项 of a single measure in a plan's section; `assignment` takes what edit takes (lead, co, due_on …).

    It is a draft numbered “1.增1” behind the section's own measures, stands in no document (its span is empty) and is left
    alone by every later import. Raises InvalidInput, NotAllowed; nothing is written then.
    """
    if actor is not None and not access.is_office(actor):
        raise NotAllowed("立项只能由督查室办理。")
    title = required(title, field="title", name="措施标题")
    text = required(text, field="text", name="具体要求")
    for name, value, limit in (("title", title, lengths.TITLE), ("text", text, lengths.TEXT)):
        if len(value) > limit:
            raise InvalidInput(f"不能超过 {limit} 个字符。", field=name)
    with transaction.atomic():
        # One at a time in a plan, or two would get the same number.
        plan = Plan.objects.select_for_update().get(pk=section.plan_id)
        document = plan.documents.first()
        if document is None or not section.in_text:
            raise InvalidInput("请选择方案现行文本中的部分。", field="section")
        others = Measure.objects.filter(section=section)
        serial = others.filter(by_hand=True).count() + 1
        measure = Measure.objects.create(
            plan=plan,
            section=section,
            document=document,
            number=f"{section.number}.增{serial}",
            position=(others.aggregate(last=Max("position"))["last"] or 0) + 1,
            marker="",
            title=title,
            text=text,
            printed_title=title,
            printed_hash=words_hash(text),
            span_start=0,
            span_end=0,
            by_hand=True,
            status=Status.DRAFT,
            version=1,
            updated_at=now,
        )
        note = note.strip() or "督查室登记"
        event_of(measure, Verb.REGISTER, actor=actor, now=now, note=note, before={}).save(force_insert=True)
        given = {name: value for name, value in assignment.items() if value is not None}
        if not given:
            return measure
        return edit(measure_id=measure.pk, actor=actor, now=now, note="登记时确定", **given)
