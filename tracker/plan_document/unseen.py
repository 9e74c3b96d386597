"""Take what nobody sees in a document (invisible characters, the quotes around a cell pasted from Excel) out of a text before it
is parsed, and put what was read back over the source."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from .model import (
    FieldSource,
    Leftover,
    OutlineNode,
    ParsedClause,
    ParsedMeasure,
    ParsedPlan,
    ParsedSection,
    Problem,
    SourceDocument,
)
from .typography import INVISIBLE

_RUNS = re.compile(f"[^{INVISIBLE}]+")
# A cell that Excel quotes where it is copied: one in which lines break or quotes stand, which are then doubled.
_QUOTED = re.compile(r'(?:(?<=\t)|^)"(?P<words>(?:[^"]++|"")*+)"(?=\t|\r?$)', re.MULTILINE)
_QUOTE = re.compile('""')
_LONGEST_CELL = 4000  # characters


class Unseen:
    """A text, the same without its unseen characters (`plain`), and offsets from one to the other.

    They stand anywhere in text copied from pages, inside a verb or a label too: 牵<U+200B>头, 完成<U+00AD>时限.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        quotes, breaks = _cells(text)
        self._kept = [
            at
            for at in chain.from_iterable(range(*run.span()) for run in _RUNS.finditer(text))
            if at not in quotes
        ]
        self.plain = "".join(" " if at in breaks else text[at] for at in self._kept) if quotes else ""
        self.plain = self.plain or "".join(_RUNS.findall(text))
        # The lines of the plain text in which breaks of a cell were, once for each.
        self._joined: list[int] = []
        line, begin = 1, 0
        for at in sorted(breaks):
            line += text.count("\n", begin, at)
            self._joined.append(line)
            begin = at + 1

    def document(self, source: SourceDocument) -> SourceDocument:
        """The document with its plain text and with its own spans over that."""
        to = self._in_plain
        return replace(
            source,
            text=self.plain,
            headings=tuple(replace(head, start=to(head.start), end=to(head.end)) for head in source.headings),
            cells=tuple(replace(cell, start=to(cell.start), end=to(cell.end)) for cell in source.cells),
            aside=tuple((to(start), to(end), reason) for start, end, reason in source.aside),
        )

    def plan(self, plan: ParsedPlan) -> ParsedPlan:
        """What was read of the plain text with offsets into the source."""
        part = plan.action_part
        return replace(
            plan,
            outline=tuple(map(self._node, plan.outline)),
            sections=tuple(map(self._section, plan.sections)),
            leftovers=tuple(map(self._leftover, plan.leftovers)),
            problems=tuple(map(self._problem, plan.problems)),
            action_part=self._node(part) if part is not None else None,
        )

    def clause(self, clause: ParsedClause) -> ParsedClause:
        """A clause read of the plain text with offsets into the source."""
        return clause._replace(sources=self._sources(clause.sources))

    def _in_plain(self, offset: int) -> int:
        return bisect_left(self._kept, offset)

    def _border(self, offset: int) -> int:
        """Where a stretch begins or ends: what nobody sees belongs to what stands before it."""
        if offset == 0:
            return 0
        return self._kept[offset] if offset < len(self._kept) else len(self._text)

    def _sources(self, sources: Iterable[FieldSource]) -> tuple[FieldSource, ...]:
        return tuple(map(self._source, sources))

    def _source(self, source: FieldSource) -> FieldSource:
        """From the first seen character of the words to their last."""
        if source.end <= source.start:
            place = self._border(source.start)
            return source._replace(start=place, end=place)
        return source._replace(start=self._kept[source.start], end=self._kept[source.end - 1] + 1)

    def _leftover(self, left: Leftover) -> Leftover:
        start, end = self._border(left.start), self._border(left.end)
        return replace(left, start=start, end=end, text=self._text[start:end])

    def _problem(self, problem: Problem) -> Problem:
        line = problem.line + bisect_left(self._joined, problem.line)
        if line != problem.line:
            message = problem.message.replace(f"第{problem.line}行", f"第{line}行")
            problem = replace(problem, line=line, message=message)
        return problem if problem.start is None else replace(problem, start=self._border(problem.start))

    def _node(self, node: OutlineNode) -> OutlineNode:
        start, end = self._border(node.start), self._border(node.end)
        return node._replace(start=start, end=end, children=tuple(map(self._node, node.children)))

    def _section(self, section: ParsedSection) -> ParsedSection:
        start, end = self._border(section.start), self._border(section.end)
        return replace(section, start=start, end=end, measures=tuple(map(self._measure, section.measures)))

    def _measure(self, measure: ParsedMeasure) -> ParsedMeasure:
        start, end = self._border(measure.start), self._border(measure.end)
        return measure._replace(start=start, end=end, provenance=self._sources(measure.provenance))


def unseen_in(text: str) -> Unseen | None:
    """The way to a text without unseen characters; None for one that has none, or nothing else."""
    quoted = '"' in text and "\t" in text and bool(_cells(text)[0])
    if not quoted and not any(char in text for char in INVISIBLE):
        return None
    unseen = Unseen(text)
    return unseen if unseen.plain else None


def _cells(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Where the quotes stand that Excel put around and into cells, and where lines break in such a cell."""
    quotes: set[int] = set()
    breaks: set[int] = set()
    for cell in _QUOTED.finditer(text) if '"' in text and "\t" in text else ():
        start, end = cell.span("words")
        if end - start > _LONGEST_CELL or not _is_cell(text, cell):
            continue
        quotes |= {start - 1, end, *(quote.start() for quote in _QUOTE.finditer(text, start, end))}
        breaks |= {at for at in range(start, end) if text[at] == "\n"}
    return frozenset(quotes), frozenset(breaks)


def _is_cell(text: str, cell: re.Match[str]) -> bool:
    """Whether the words need quotes as a cell, and stand in a row of several."""
    words = cell.group("words")
    beside = text[cell.start() - 1 : cell.start()] == "\t" or text[cell.end() : cell.end() + 1] == "\t"
    return beside and ("\n" in words or '""' in words)
