"""Helpers for the parser's tests: fixture paths, flat outlines and the rule that no character is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tracker.plan_document import OutlineNode, ParsedPlan

ROOT = Path(__file__).resolve().parents[2]
PLANS = ROOT / "fixtures" / "plans"
HERE = Path(__file__).resolve().parent


def flatten(nodes: tuple[OutlineNode, ...]) -> Iterator[OutlineNode]:
    """All nodes in reading order."""
    for node in nodes:
        yield node
        yield from flatten(node.children)


def outline_of(plan: ParsedPlan) -> list[list[object]]:
    """The outline as the labelled examples write it: [depth, marker, heading]."""
    return [[node.level, node.marker, node.heading] for node in flatten(plan.outline)]


def measures_of(plan: ParsedPlan) -> list[tuple[str, str, str, str | None]]:
    """(title, lead, co, deadline) of every measure, names joined by 、."""
    return [
        (m.title, "、".join(m.lead), "、".join(m.co), m.deadline.isoformat() if m.deadline else None)
        for section in plan.sections
        for m in section.measures
    ]


def left_for(plan: ParsedPlan, reason: str) -> list[str]:
    """The lines that were left for one reason, without the blanks around them."""
    lines = (
        line.strip() for left in plan.leftovers if left.reason == reason for line in left.text.split("\n")
    )
    return [line for line in lines if line]


def account_for(plan: ParsedPlan, text: str) -> None:
    """Fail unless every character stands in an outline node or a listed leftover, and all spans are sound."""
    covered = bytearray(len(text))
    for node in plan.outline:
        assert 0 <= node.start < node.end <= len(text)
        covered[node.start : node.end] = b"\x01" * (node.end - node.start)
    for left in plan.leftovers:
        assert 0 <= left.start < left.end <= len(text)
        assert left.text == text[left.start : left.end]
        assert left.reason
        covered[left.start : left.end] = b"\x01" * (left.end - left.start)
    missing = covered.find(b"\x00")
    assert missing < 0, f"character {missing} belongs nowhere: {text[max(0, missing - 20) : missing + 20]!r}"
    _sound(plan.outline, 0, len(text))
    for section in plan.sections:
        for measure in section.measures:
            assert 0 <= measure.start < measure.end <= len(text)
            for source in measure.provenance:
                assert 0 <= source.start <= source.end <= len(text)


def _sound(nodes: tuple[OutlineNode, ...], start: int, end: int) -> None:
    position = start
    for node in nodes:
        assert position <= node.start < node.end <= end
        position = node.end
        _sound(node.children, node.start, node.end)
