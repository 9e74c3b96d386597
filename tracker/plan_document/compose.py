"""Write the text of a document piece by piece, remembering where headings, cells and asides came to stand."""

from __future__ import annotations

from .model import Problem, SourceDocument, StyledHeading, TableCell


class Composer:
    """Collects lines; every span it hands out counts characters of the finished text."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.headings: list[StyledHeading] = []
        self.cells: list[TableCell] = []
        self.aside: list[tuple[int, int, str]] = []
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        self._tables = 0

    @property
    def line_number(self) -> int:
        """The line that comes next, from 1."""
        return sum(part.count("\n") for part in self._parts) + 1

    def add(self, text: str) -> tuple[int, int]:
        """Append text as it is; its span."""
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start, self._length

    def line(self, text: str, *, heading: int | None = None, aside: str | None = None) -> None:
        """Append a line. heading: outline level (0 = the document's title). aside: why it is no text."""
        start, end = self.add(text)
        self.add("\n")
        if heading is not None and text.strip():
            self.headings.append(StyledHeading(start, end, heading))
        if aside is not None:
            self.aside.append((start, end, aside))

    def table(self, rows: list[list[tuple[object, str]]]) -> None:
        """Append a table: cells are (identity, words); a merged cell comes several times with one identity."""
        number = self._tables
        self._tables += 1
        spans: dict[object, tuple[int, int]] = {}
        for row_number, row in enumerate(rows):
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

    def document(self, name: str, sha256: str, encoding: str, format: str) -> SourceDocument:
        """The finished document."""
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
        )
