"""The same document with its headings set otherwise (own line, full stop, units a line below) reads the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tracker.plan_document import parse_plan

from .support import outline_of
from .test_examples import SETS, documents

Outline = Sequence[tuple[int, str, str]]
DRAWN = re.compile(r"[│┃|\t]|<br|<p")
NUMBERED = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}[、是]|[（(]|\d{1,2}[.、．]|第|[①-⑳])")
UNITS = re.compile(r"(?<=。)(（(?:牵头|责任)(?:单位|部门|科室|股室)[^（）\n]*）)(?=\n|$)")
NUMBER = re.compile(r"(?![■◆◇▲△★☆●▼▶►—]|[\d一二三四五六七八九十]+$).")
SHARE = 100  # one document in so many may be of such a form too without being listed
SHORTEST_BODY, LONGEST_HEADING = 12, 25


def _is_heading(line: str, outline: Outline) -> bool:
    """Whether a line is nothing but a heading that is known by its number; signs and bare figures tell it by its shape."""
    bare = re.sub(r"\s", "", line).rstrip("。：:")
    return any(
        NUMBER.match(marker) is not None and bare == re.sub(r"\s", "", marker + heading)
        for _, marker, heading in outline
    )


def with_stops(text: str, outline: Outline) -> str:
    """A full stop behind each line that is nothing but a heading."""
    return "\n".join(
        f"{line.rstrip()}。" if _is_heading(line, outline) and line.rstrip()[-1] not in "。：:；，" else line
        for line in text.split("\n")
    )


def on_own_lines(text: str, outline: Outline) -> str:
    """A line break instead of the full stop behind a short heading that runs into its words."""
    lines = []
    for line in text.split("\n"):
        bare = line.strip()
        for _, marker, heading in outline:
            head = f"{marker}{heading}"
            words = bare[len(head) + 1 :]
            if not (marker and bare.startswith(f"{head}。") and NUMBERED.match(bare)):
                continue
            if len(words) >= SHORTEST_BODY and len(heading) < LONGEST_HEADING and words[0] not in "（(":
                line = f"{head}\n{words}"
                break
        lines.append(line)
    return "\n".join(lines)


def units_below(text: str, outline: Outline) -> str:
    """The bracket of units on a line of its own below its item."""
    return UNITS.sub(r"\n\1", text)


# Those that say something else when they are set so: entries of a contents page that end in stops, numbers that a
# blank alone sets off, headings told from sentences by their missing stop, stages whose day was no limit of a task.
OTHER_TEXTS: dict[Callable[[str, Outline], str], set[str]] = {
    with_stops: {"1003", "1023", "1050", "110", "135", "305", "323", "36", "513", "556",
                 "764"},
    on_own_lines: {"1016", "177", "592", "710"},
    units_below: set(),
}  # fmt: skip


@pytest.mark.parametrize("change", OTHER_TEXTS, ids=lambda change: change.__name__)
def test_headings_set_otherwise_are_the_same(change: Callable[[str, Outline], str]) -> None:
    fallen: set[str] = set()
    changed = 0
    for path in documents(SETS["own"]):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".txt" or DRAWN.search(text):
            continue
        outline = _truth(path)
        other = change(text, outline)
        if other == text:
            continue
        changed += 1
        if [tuple(map(str, node)) for node in outline_of(parse_plan(other))] != [
            tuple(map(str, node)) for node in outline
        ]:
            fallen.add(path.stem)
    assert changed > 15
    assert len(fallen - OTHER_TEXTS[change]) * SHARE <= changed, sorted(fallen - OTHER_TEXTS[change])


# What stands at the end tells of what stands before: the second of two annexes, the next of signs, figures and classes.
UNTOLD = {"199", "314", "323", "328", "331", "340", "354", "355", "94"}


@pytest.mark.parametrize("share", [0.55, 0.8])
def test_a_text_that_ends_in_the_middle_reads_the_same_up_to_its_last_item(share: float) -> None:
    fallen: set[str] = set()
    seen = 0
    for path in documents(SETS["own"]):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".txt" or DRAWN.search(text):
            continue
        seen += 1
        outline = _truth(path)
        read = [tuple(map(str, node)) for node in outline_of(parse_plan(text[: int(len(text) * share)]))]
        whole = max(0, len(read) - 1)
        wanted = [tuple(map(str, node)) for node in outline[:whole]]
        if read[:whole] != wanted or len(read) > len(outline):
            fallen.add(path.stem)
    assert len(fallen - UNTOLD) * SHARE <= seen, sorted(fallen - UNTOLD)


def _truth(path: Path) -> list[tuple[int, str, str]]:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return [(level, marker, heading) for level, marker, heading in truth["outline"]]


STOPPED = """关于加强校园安全工作的实施方案（2024年）

为加强校园安全工作，制定本方案。
加强人防建设。
各学校要按标准配备保安人员，8月底前全部到岗，由市教育局负责检查。
完善物防设施。
由市财政局安排专项资金，9月底前完成校门防撞设施更新改造。
提升技防水平。
市公安局牵头，10月底前完成一键报警系统联网和视频巡查。
"""


def test_unnumbered_headings_that_end_in_a_stop() -> None:
    assert outline_of(parse_plan(STOPPED)) == [
        [1, "", "加强人防建设"],
        [1, "", "完善物防设施"],
        [1, "", "提升技防水平"],
    ]


def test_short_sentences_of_a_letter_are_no_headings() -> None:
    plan = parse_plan(
        "关于做好防汛工作的通知\n\n各乡镇人民政府：\n现将有关事项通知如下。\n汛期将至，各乡镇要高度重视防汛备汛工作。\n"
        "排查隐患要仔细。\n各乡镇要在5月底前完成水库、河道、山塘隐患排查整治。\n特此通知。\n"
    )
    assert outline_of(plan) == []
