"""A long plan on the import desk, page by page: so many measures, and the stretch of the source that belongs to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.admin.import_rows import Row
from tracker.importing.colouring import Piece

ROWS_A_PAGE = 100


@dataclass(frozen=True)
class Page:
    """One page, counted from 1. `start` and `end` are character offsets of its stretch of the source."""

    number: int
    count: int
    rows: Sequence[Row]
    start: int
    end: int

    @property
    def others(self) -> bool:
        return self.count > 1

    def pieces_of(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The source's pieces in this page's stretch."""
        return [piece for piece in pieces if self.start <= piece.start < self.end]


def pages_of(rows: Sequence[Row], length: int) -> list[Page]:
    """All pages; their stretches cover the source's `length` characters without gap or overlap."""
    groups = [rows[at : at + ROWS_A_PAGE] for at in range(0, len(rows), ROWS_A_PAGE)] or [rows]
    starts = [0]
    for group in groups[1:]:
        first = min((row.start for row in group if row.start is not None), default=length)
        starts.append(max(starts[-1], first))
    return [
        Page(number, len(groups), group, start, end)
        for number, (group, start, end) in enumerate(
            zip(groups, starts, [*starts[1:], length], strict=True), 1
        )
    ]


def page_at(pages: Sequence[Page], offset: int) -> int:
    """The number of the page whose stretch holds this character."""
    return next((page.number for page in pages if page.start <= offset < page.end), pages[-1].number)
