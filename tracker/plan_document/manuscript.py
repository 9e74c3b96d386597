"""A decoded text with its working copy and its lines: what every other part of the parser looks at."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from typing import NamedTuple

from .typography import canonical, has_html_debris, without_tags, working_copy


def _by_count(pair: tuple[int, int]) -> tuple[int, int]:
    return pair[1], pair[0]


_NEXT_WORDS = re.compile(r"[ \n]*([^ \n][^\n]{0,11})")
_OPENS = re.compile(
    r"[一二三四五六七八九十]{1,3}[、是要]|[(①-⑳]|\d{1,2}[.、)]|第[一二三四五六七八九十\d]|[\u4e00-\u9fff]{2,6}[:\d]"
)
_LINE = re.compile(r"[^\n]+")


class Line(NamedTuple):
    """A line that holds something: start..end without its outer blanks, `indent` blanks before start."""

    start: int
    end: int
    indent: int


class Manuscript:
    """The source text, its same-length working copy (`work`) and the lines of that copy."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.work = working_copy(text)
        self.has_tags = has_html_debris(text)

    @classmethod
    def of(cls, text: str, work: str) -> Manuscript:
        """A stretch of a source whose working copy is known; both of the same length."""
        page = cls.__new__(cls)
        page.text, page.work, page.has_tags = text, work, has_html_debris(text)
        return page

    @cached_property
    def lines(self) -> list[Line]:
        found = []
        for match in _LINE.finditer(self.work):
            raw = match.group()
            bare = raw.strip()
            if bare:
                indent = raw.index(bare[0])
                start = match.start() + indent
                found.append(Line(start, start + len(bare), indent))
        return found

    @cached_property
    def line_starts(self) -> list[int]:
        return [line.start for line in self.lines]

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    @cached_property
    def wrap_width(self) -> int:
        """Characters (indent included) at which the text was broken by hand into lines; 0 when it was not."""
        lines = [line for line in self.lines if line.indent <= 8]
        lengths = [line.indent + line.end - line.start for line in lines]
        wide = [
            length for line, length in zip(lines, lengths, strict=True) if line.end - line.start >= 16
        ]  # a narrow line is short by itself, however far it is set in
        usual = max(Counter(wide).items(), key=_by_count, default=(0, 0))[0]
        full = [line for line, length in zip(lines, lengths, strict=True) if usual - 2 <= length <= usual + 4]
        if not 16 <= usual <= 60 or max(lengths) > usual + 4 or len(full) < 3 or len(full) * 5 < len(lengths):
            return 0
        broken = sum(1 for line in full if self._runs_on(line))
        return usual if broken * 2 > len(full) else 0

    def _runs_on(self, line: Line) -> bool:
        """Whether a line has no final stop and the next opens neither an item nor a labelled line."""
        following = _NEXT_WORDS.match(self.work, line.end)
        return self.work[line.end - 1] not in "。!?;:)]" and (
            following is None or _OPENS.match(following.group(1)) is None
        )

    def breaks_sentence(self, offset: int) -> bool:
        """Whether the line that ends at `offset` was broken there by hand, in the middle of a sentence."""
        at = self.line_at(offset - 1)
        if not self.wrap_width or at < 0:
            return False
        line = self.lines[at]
        full = self.wrap_width - 2 <= line.indent + line.end - line.start <= self.wrap_width + 4
        return full and line.end == offset and self._runs_on(line)

    def line_number(self, offset: int) -> int:
        """The 1-based line of the source that `offset` stands in."""
        return bisect_right(self._breaks, offset - 1) + 1

    def line_at(self, offset: int) -> int:
        """Index of the last line that starts at or before `offset` (-1 before the first)."""
        return bisect_right(self.line_starts, offset) - 1

    def printed(self, start: int, end: int) -> str:
        """The source between two offsets as a reader sees it, trimmed; line breaks inside are dropped."""
        fragment = self.text[start:end]
        if self.has_tags:
            fragment = without_tags(fragment)
        if "\n" in fragment:
            fragment = "".join(part.strip() for part in fragment.split("\n"))
        return fragment.strip(" \r\t\u3000\u00a0\u200b\ufeff")

    def canonical(self, start: int, end: int) -> str:
        """The source between two offsets in canonical typography."""
        return canonical(self.text[start:end])
