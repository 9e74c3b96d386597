"""Where in its document a measure stands: the paragraph with its sentences marked, and a whole text with many marks.

Pure functions on text and half-open character spans; they return plain text pieces, the page escapes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Excerpt:
    """`before` + `marked` + `after` is one run of the text, unchanged. `marked` is empty when the span holds no text."""

    before: str
    marked: str
    after: str


@dataclass(frozen=True)
class Piece:
    """A run of a text; `keys` names the spans that cover it (empty: none), `starts` those that begin with it."""

    text: str
    keys: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()


def excerpt(text: str, start: int, end: int, *, whole_paragraph: bool) -> Excerpt:
    """The span [start, end) of `text` with the rest of its paragraph (lines it touches), or alone.

    A span that reaches beyond the text is cut at its end; outer blanks and line ends of the span are not marked.
    """
    start, end = _inside(text, start, end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    marked = text[start:end]
    if not whole_paragraph or not marked:
        return Excerpt("", marked, "")
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return Excerpt(text[first:start].lstrip(), marked, text[end : len(text) if last < 0 else last].rstrip())


def mark_spans(text: str, spans: Iterable[tuple[int, int, int]]) -> list[Piece]:
    """The whole `text` cut where spans (key, start, end) begin or end; the pieces joined give the text again.

    Spans may overlap; empty ones and those wholly beyond the text mark nothing.
    """
    inside = [(key, *_inside(text, start, end)) for key, start, end in spans]
    inside = [span for span in inside if span[1] < span[2]]
    cuts = sorted({0, len(text), *(start for _, start, _ in inside), *(end for *_, end in inside)})
    pieces = []
    for left, right in pairwise(cuts):
        keys = tuple(key for key, start, end in inside if start <= left and right <= end)
        starts = tuple(key for key, start, _ in inside if start == left)
        pieces.append(Piece(text[left:right], keys, starts))
    return pieces


def _inside(text: str, start: int, end: int) -> tuple[int, int]:
    start = min(max(start, 0), len(text))
    return start, min(max(end, start), len(text))
