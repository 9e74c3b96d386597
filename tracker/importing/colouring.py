"""Cuts a document's text into pieces by what each became, so that the import desk can colour every character."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tracker.plan_document import OutlineNode, ParsedPlan, named

# What a character became, from the widest to the narrowest; the narrowest colours it. What is listed as left over looks so
# inside a section or a measure too, and one bracket that names lead and co-departments is the lead's. Being left out goes over all.
KINDS = {
    "plain": "其他文字",
    "outline": "其他部分",
    "section": "部分的标题和导语",
    "measure": "措施",
    "leftover": "未归入提纲",
    "co": "配合单位",
    "lead": "牵头单位",
    "deadline": "完成时限",
    "milestones": "节点",
    "recurring": "周期",
    "left_out": "不导入",
}
_NARROWNESS = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Piece:
    """A run of characters `text` beginning at `start` that became one thing.

    `number` is the measure it belongs to, or empty; `begins` marks the first piece of that measure (its anchor);
    `hint` is a Chinese reason to show on it.
    """

    start: int
    text: str
    kind: str
    number: str = ""
    begins: bool = False
    hint: str = ""


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    kind: str
    number: str = ""
    hint: str = ""


def colour(text: str, plan: ParsedPlan, left_out: Collection[str] = ()) -> tuple[Piece, ...]:
    """The pieces of `text` in order; joined they are the text again. `left_out`: numbers of measures not to be imported."""
    if not text:
        return ()
    spans = [span for span in _spans(plan, left_out) if span.start < span.end]
    opens: dict[int, list[_Span]] = {}
    closes: dict[int, list[_Span]] = {}
    for span in spans:
        opens.setdefault(span.start, []).append(span)
        closes.setdefault(span.end, []).append(span)
    cuts = sorted({0, len(text), *opens, *closes})
    current: list[_Span] = []
    begun: set[str] = set()
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        for span in closes.get(start, ()):
            current.remove(span)
        current.extend(opens.get(start, ()))
        if end > len(text):
            break
        top = max(current, key=lambda span: _NARROWNESS[span.kind], default=_Span(start, end, "plain"))
        number = next((span.number for span in current if span.number), "")
        pieces.append(
            Piece(start, text[start:end], top.kind, number, bool(number) and number not in begun, top.hint)
        )
        begun.add(number)
    return tuple(pieces)


def _spans(plan: ParsedPlan, left_out: Collection[str]) -> Iterator[_Span]:
    for node in plan.outline:
        yield _Span(node.start, node.end, "outline", hint=named(node.marker, node.heading))
    begins = sorted(section.start for section in plan.sections)
    yield from _chapters(plan.outline, begins)
    for leftover in plan.leftovers:
        yield _Span(leftover.start, leftover.end, "leftover", hint=leftover.reason)
    for section in plan.sections:
        yield _Span(section.start, section.end, "section", hint=f"第{section.number}部分 {section.path}")
        for measure in section.measures:
            kind = "left_out" if measure.number in left_out else "measure"
            yield _Span(measure.start, measure.end, kind, measure.number, f"{measure.number} {measure.title}")
            for source in measure.provenance:
                if source.field == "marker":  # the number of a row stands before its group's name
                    yield _Span(source.start, source.end, kind, measure.number, measure.number)
                if source.field in _NARROWNESS:
                    confirm = "（请确认）" if source.to_confirm else ""
                    yield _Span(source.start, source.end, source.field, hint=source.reason + confirm)


def _chapters(nodes: Iterable[OutlineNode], begins: list[int]) -> Iterator[_Span]:
    """The headings above sections (一、 above its （一）), with the words between them and what stands below."""
    for node in nodes:
        at = bisect_right(begins, node.start)
        if node.children and at < len(begins) and begins[at] < node.end:
            yield _Span(node.start, node.children[0].start, "section", hint=named(node.marker, node.heading))
            yield from _chapters(node.children, begins)
