"""What an import leaves as people decided it although the document says otherwise, and by which step it was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from tracker.actions.text import words_hash
from tracker.importing.assignment import (
    FIELD_NAMES,
    SHEET,
    TITLE_LIMIT,
    Assignment,
    Decision,
    printed_before,
    stored_words,
    words_of,
)
from tracker.models import Measure, MeasureEvent
from tracker.plan_document import ParsedMeasure
from tracker.rules.lifecycle import SETTLED

# Fields in which the stored value and the document's may differ, and how an event names each of them.
_RECORDED = {
    "title": ("title",),
    "text": ("text",),
    "lead": ("lead_id",),
    "co": ("co",),
    "due_on": ("due_on", "standing"),
    "milestones": ("milestones",),
    "recurrence": ("recurrence",),
    "recurrence_by": ("recurrence_by",),
}
_NAMES = {**FIELD_NAMES, "text": "具体要求"}
_STANDING = "长期坚持"
# A long text says nothing in one line.
_MOST_SHOWN = 60


@dataclass(frozen=True)
class Kept:
    """One field that stays: its value in words, and what `source` (文本 or 责任分解表) says instead, in words."""

    field: str
    stored: str
    printed: str
    source: str

    def told(self, step: str = "") -> str:
        """A Chinese sentence; `step` says by which step and when the value was decided."""
        by = f"（{step}）" if step else ""
        if self.field == "text":
            return f"保留人工修改的{_NAMES['text']}{by}，不改回{self.source}。"
        return f"保留已定的{_NAMES[self.field]}“{self.stored}”{by}，{self.source}为“{self.printed}”。"


def kept_decisions(
    measure: Measure | None,
    parsed: ParsedMeasure,
    readings: Sequence[Assignment],
    decision: Decision | None,
) -> tuple[Kept, ...]:
    """What stays as it was decided since the last import; nothing of a new or settled measure, nor what a person now decides."""
    if measure is None or measure.status in SETTLED:
        return ()
    now_decided = set(decision.values) if decision is not None else set()
    if now_decided & {"due_on", "standing"}:
        now_decided |= {"due_on", "standing"}
    found = []
    title = parsed.title[:TITLE_LIMIT]
    if "title" not in now_decided and title == measure.printed_title != measure.title:
        found.append(Kept("title", measure.title, title, "文本"))
    if words_hash(parsed.text) == measure.printed_hash and measure.text != parsed.text:
        found.append(Kept("text", "", "", "文本"))
    for reading in readings:
        source = "责任分解表" if reading.source == SHEET else "文本"
        for name in _RECORDED:
            if name in reading.values and name not in now_decided and printed_before(measure, reading, name):
                before, after = stored_words(measure, name), words_of(name, reading.values[name])
                if name == "due_on":
                    before = _STANDING if measure.standing else before
                    after = _STANDING if reading.values.get("standing") else after
                if before != after and all(one.field != name for one in found):
                    found.append(Kept(name, _short(before), _short(after), source))
    return tuple(found)


def tell_kept(kept: Iterable[tuple[int, Sequence[Kept]]]) -> dict[int, list[str]]:
    """Measure key → Chinese sentences, each with the last step that changed the field and its day (one query)."""
    wanted = {pk: found for pk, found in kept if found}
    if not wanted:
        return {}
    recorded = {name for found in wanted.values() for one in found for name in _RECORDED[one.field]}
    changing = Q()
    for name in recorded:
        changing |= Q(changes__has_key=name)
    steps: dict[tuple[int, str], str] = {}
    for event in MeasureEvent.objects.filter(changing, measure_id__in=wanted).order_by(
        "measure_id", "version"
    ):
        day = timezone.localtime(event.at).date()
        for name in recorded & event.changes.keys():
            steps[event.measure_id, name] = f"{event.get_verb_display()}，{day}"
    return {
        pk: [
            one.told(next((steps[pk, name] for name in _RECORDED[one.field] if (pk, name) in steps), ""))
            for one in found
        ]
        for pk, found in wanted.items()
    }


def _short(words: str) -> str:
    return words if len(words) <= _MOST_SHOWN else f"{words[: _MOST_SHOWN - 1]}…"
