"""Milestones (节点) of a measure in words: “2026-06-30 完成选址”, one a line, as the import desk shows and reads them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MILESTONES_FORM = "每行一个节点：日期在前，内容在后，例如 2026-06-30 完成选址"
TEXT_LIMIT = 300

# Digits and signs may be full-width; the words stay as they were typed.
_LINE = re.compile(
    r"(?P<year>\d{4})\s*[-－/／.．年]\s*(?P<month>\d{1,2})\s*[-－/／.．月]\s*(?P<day>\d{1,2})(?!\d)"
    r"\s*(?:日(?:之?前)?)?[\s:：,，;；]*(?P<text>.*)"
)


class MilestoneError(ValueError):
    """A line that is no milestone; the message is Chinese and shows the accepted form."""


@dataclass(frozen=True)
class Milestone:
    """By when what must be reached; `text` may be empty, at most TEXT_LIMIT characters."""

    due_on: date
    text: str = ""

    def __str__(self) -> str:
        return f"{self.due_on.isoformat()} {self.text}".rstrip()


def parse_milestones(value: str) -> tuple[Milestone, ...]:
    """The milestones in a text, one a line, in order of their dates; empty when blank. Raises MilestoneError."""
    return in_order(_milestone(line.strip()) for line in value.splitlines() if line.strip())


def format_milestones(milestones: Iterable[Milestone]) -> str:
    """The text that parse_milestones reads back."""
    return "\n".join(str(milestone) for milestone in milestones)


def in_order(milestones: Iterable[Milestone]) -> tuple[Milestone, ...]:
    """By date, those of one day as they were given; the same one twice counts once."""
    return tuple(sorted(dict.fromkeys(milestones), key=lambda milestone: milestone.due_on))


def _milestone(line: str) -> Milestone:
    match = _LINE.fullmatch(line)
    if match is None:
        raise MilestoneError(f"“{line}”不是可识别的节点，应为：{MILESTONES_FORM}。")
    try:
        due_on = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise MilestoneError(f"“{line}”中的日期不存在。") from None
    text = match["text"].strip()
    if len(text) > TEXT_LIMIT:
        raise MilestoneError(f"节点“{line[:20]}…”的内容超过{TEXT_LIMIT}个字符。")
    return Milestone(due_on, text)
