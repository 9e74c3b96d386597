"""Cells of a table and the grid they stand in, wherever they were cut from."""

from __future__ import annotations

from dataclasses import dataclass, field

from .manuscript import Manuscript

MAX_COLUMNS = 60  # no ledger is wider; a longer row is hostile or no table


@dataclass(frozen=True)
class Cell:
    """A cell's words (as printed and in working copy, rejoined when it was wrapped) and its span in the source."""

    printed: str
    work: str
    start: int
    end: int

    @property
    def empty(self) -> bool:
        return not self.work or self.work in {"-", "—", "——", "/", "无"}


@dataclass
class Grid:
    """A table cut into rows of cells; `stream` is set where the source does not say where rows end.

    exact: whether the file itself says which cell stands in which column.
    """

    start: int
    end: int
    rows: list[list[Cell]] = field(default_factory=list)
    stream: bool = False
    exact: bool = False


def cell_of(page: Manuscript, start: int, end: int) -> Cell:
    """A cell that stands in one piece between two offsets."""
    work = page.work[start:end]
    bare = work.strip()
    if not bare:
        return Cell("", "", start, end)
    begin = start + work.index(bare[0])
    stop = begin + len(bare)
    return Cell(page.printed(begin, stop), bare.replace("\n", " "), begin, stop)
