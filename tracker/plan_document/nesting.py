"""Read from the numbers alone which numbering stands inside which, and which of them go on."""

from __future__ import annotations

from collections import defaultdict

from .markers import Marker


def followed_by_next(markers: list[Marker]) -> set[int]:
    """Positions of markers whose family comes to the next number before it comes to 1 again."""
    waiting: dict[tuple[str, str], dict[int, int]] = {}
    followed = set()
    for position, marker in enumerate(markers):
        open_numbers = waiting.setdefault((marker.family, marker.style), {})
        before = open_numbers.pop(marker.ordinal - 1, None)
        if before is not None:
            followed.add(before)
        if marker.ordinal == 1:
            open_numbers.clear()
        open_numbers[marker.ordinal] = position
    return followed


def nesting_evidence(markers: list[Marker]) -> dict[tuple[tuple[str, str], tuple[str, str]], int]:
    """How often numbering A starts anew between two successive items of numbering B: A is inside B."""
    inside: dict[tuple[tuple[str, str], tuple[str, str]], int] = defaultdict(int)
    _articles_inside(markers, inside)
    last: dict[tuple[str, str], int] = {}
    begun: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    left: set[tuple[str, str]] = set()
    for marker in markers:
        if not marker.leads_line or marker.family.startswith("decimal"):
            continue
        key = (marker.family, marker.style)
        if marker.ordinal == last.get(key, 0) + 1 and key in last:
            for inner in begun[key]:
                inside[inner, key] += 1
            for other in last:
                if key not in begun[other] and other != key:
                    left.add(other)  # 二、 between 2. and 3.: what begins from here on is not inside 2.
        begun[key] = set()
        left.discard(key)
        last[key] = marker.ordinal
        if marker.ordinal == 1:
            for other in last:
                if other != key and other not in left:
                    begun[other].add(key)
    return inside


def _articles_inside(
    markers: list[Marker], inside: dict[tuple[tuple[str, str], tuple[str, str]], int]
) -> None:
    """第三条 between 二、 and 三、: articles that run on across numbered parts stand inside them."""
    part: Marker | None = None
    crossed = False
    for marker in markers:
        if not marker.leads_line:
            continue
        if marker.family == "article":
            if part is None:
                return
            crossed = True
        elif marker.family == "cn":
            if part is not None and crossed and marker.ordinal == part.ordinal + 1:
                inside[("article", ""), ("cn", marker.style)] += 2
            elif part is not None and marker.ordinal == 1:
                return
            part, crossed = marker, False
