"""Write the text of a document piece by piece, remembering where headings, cells and asides came to stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from .model import Problem, SheetTable, SourceDocument, StyledHeading, TableCell

# A note or problem that comes thousands of times helps nobody; the rest is counted in one line.
MOST_PROBLEMS = 200
TEXT_BOX = "文本框"  # what a drawn box holds beside the text


class Composer:
    """Collects lines; every span it hands out counts characters of the finished text.

    What stands in the file but is no text of the plan (hidden words, comments, footnotes) is set `apart`: it
    comes after the text, so that no measure's span ever holds it.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._breaks = 0
        self._apart: list[tuple[str, str, str]] = []
        self.headings: list[StyledHeading] = []
        self.cells: list[TableCell] = []
        self.aside: list[tuple[int, int, str]] = []
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        self._sheets: list[SheetTable] = []
        self._tables = 0
        self._unlisted = 0

    @property
    def line_number(self) -> int:
        """The line that comes next, from 1."""
        return self._breaks + 1

    def add(self, text: str) -> tuple[int, int]:
        """Append text as it is; its span."""
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        self._breaks += text.count("\n")
        return start, self._length

    def line(self, text: str, *, heading: int | None = None, aside: str | None = None) -> None:
        """Append a line. heading: outline level (0 = the document's title). aside: why it is no text."""
        start, end = self.add(text)
        self.add("\n")
        if heading is not None and text.strip():
            self.headings.append(StyledHeading(start, end, heading))
        if aside is not None:
            self.aside.append((start, end, aside))

    @contextmanager
    def beside(self, reason: str | None) -> Iterator[None]:
        """Mark all that is appended meanwhile as no text of the plan; without a reason it is text like any other."""
        start = self._length
        yield
        if reason is not None and self._length > start:
            self.aside.append((start, self._length, reason))

    def set_apart(self, words: str, reason: str, *, behind: str = "") -> None:
        """Keep words that do not belong to the text for its end; blanks alone are nothing to keep.

        behind: the words of the text to which they were set, named in their reason.
        """
        if words.strip():
            self._apart.append((words.strip(), reason, behind))

    def note(self, words: str) -> None:
        """Tell the user something about the whole file, once."""
        if words not in self.notes:
            self.notes.append(words)

    def problem(self, code: str, message: str, line: int | None = None) -> None:
        """Name a place (this line, unless told) where the file does not hold what it shows."""
        if len(self.problems) >= MOST_PROBLEMS:
            self._unlisted += 1
            return
        self.problems.append(Problem(self.line_number if line is None else line, code, message))

    def table(
        self,
        rows: list[list[tuple[object, str]]],
        *,
        stands: tuple[str, list[int], list[int]] | None = None,
    ) -> list[int]:
        """Append a table: cells are (identity, words); a merged cell comes several times with one identity.

        `stands` gives its sheet's name and the sheet's own numbers of its rows and columns. Returns the line, from 1,
        at which each row begins.
        """
        lines: list[int] = []
        number = self._tables
        self._tables += 1
        if stands is not None:
            sheet, own_rows, own_columns = stands
            self._sheets.append(SheetTable(number, sheet, tuple(own_rows), tuple(own_columns)))
        spans: dict[object, tuple[int, int]] = {}
        for row_number, row in enumerate(rows):
            lines.append(self.line_number)
            first = True
            for column, (identity, words) in enumerate(row):
                if identity not in spans:
                    if not first:
                        self.add(" | ")
                    spans[identity] = self.add(words)
                    first = False
                start, end = spans[identity]
                self.cells.append(TableCell(number, row_number, column, start, end))
            self.add("\n")
        return lines

    def document(self, name: str, sha256: str, encoding: str, format: str) -> SourceDocument:
        """The finished document."""
        for words, reason, behind in self._apart:
            self.line(words, aside=f"{reason}（注在“{behind}”之后）" if behind else reason)
        if self._apart:
            counts = Counter(reason for _, reason, _ in self._apart)
            listed = "、".join(f"{reason}{count}处" for reason, count in counts.items())
            self.note(f"放在末尾、没有列为事项的有：{listed}")
        self._apart.clear()
        if self._unlisted:
            self.note(f"另有{self._unlisted}处同样的问题没有逐一列出")
            self._unlisted = 0
        return SourceDocument(
            name=name,
            text="".join(self._parts),
            sha256=sha256,
            encoding=encoding,
            format=format,
            headings=tuple(self.headings),
            cells=tuple(self.cells),
            aside=tuple(self.aside),
            notes=tuple(self.notes),
            problems=tuple(self.problems),
            sheets=tuple(self._sheets),
        )
