"""Every character of a document gets a colour; joined, the pieces are the document again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.support import OTHER_PRINTING, REPORT
from tracker.importing.colouring import KINDS, colour
from tracker.plan_document import parse_plan

FRAGMENTS = [
    "一、任务\n",
    "（一）抓产业\n",
    "一是做强。",
    "二是做优。",
    "（牵头单位：市财政局；完成时限：2026年6月底前）",
    "\n",
    "甲乙",
    " ",
]


@pytest.mark.parametrize("path", [REPORT, OTHER_PRINTING])
def test_the_report(path):
    text = path.read_text(encoding="utf-8")
    pieces = colour(text, parse_plan(text))
    assert "".join(piece.text for piece in pieces) == text
    anchors = [piece.number for piece in pieces if piece.begins]
    assert (len(anchors), anchors[0], anchors[-1]) == (22, "1.1", "7.3")
    assert {"section", "measure", "outline", "leftover"} <= {piece.kind for piece in pieces}


def test_fields_colour_within_their_measure():
    text = "一、任务\n（一）抓产业。（牵头单位：市财政局；配合单位：市教育局；完成时限：2026年6月底前）\n"
    pieces = {piece.kind: piece for piece in colour(text, parse_plan(text))}
    assert "市财政局" in pieces["lead"].text
    assert "市教育局" in pieces["co"].text
    assert "2026年6月底前" in pieces["deadline"].text
    assert {pieces[kind].number for kind in ("lead", "co", "deadline")} == {"1.1"}


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join) | st.text(max_size=200))
def test_nothing_is_lost(text):
    pieces = colour(text, parse_plan(text))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.start for piece in pieces] == [
        sum(len(p.text) for p in pieces[:index]) for index in range(len(pieces))
    ]
    assert all(piece.kind in KINDS and piece.text for piece in pieces)


def test_headings_above_parts_are_coloured_as_such():
    text = (
        "营商环境若干措施\n一、提升服务\n（一）提速\n1.压减时限。（市政务局牵头）\n2.合并环节。（市政务局牵头）\n"
        "二、减负\n（一）减税\n1.落实减税。（市税务局牵头）\n2.清理收费。（市发改委牵头）\n"
    )
    headings = "".join(piece.text for piece in colour(text, parse_plan(text)) if piece.kind == "section")
    assert "一、提升服务" in headings
    assert "二、减负" in headings


TABLE = (
    "| 序号 | 任务 | 牵头单位 | 完成时限 |\n| 1 | 做强重点产业链 | 市工信局 | 2026年6月底前 |\n"
    "| 2 | 推进以商招商 | 市商务局 | 2026年9月底前 |\n| 合计 | 2项 | | |\n备注：完成时限以当年通知为准。\n"
)


def test_what_is_listed_as_left_over_looks_left_over_wherever_it_stands():
    text, plan = TABLE, parse_plan(TABLE)
    kinds = [piece.kind for piece in colour(text, plan) for _character in piece.text]
    assert plan.leftovers
    for leftover in plan.leftovers:
        assert set(kinds[leftover.start : leftover.end]) == {"leftover"}, leftover.text
    assert "measure" in kinds


def test_a_cell_that_names_the_lead_and_others_is_coloured_name_by_name():
    text = "| 序号 | 任务 | 责任单位 |\n| 1 | 推进登记改革 | 市自规局、市林业局 |\n| 2 | 推进审批改革 | 市住建局 |\n"
    plan = parse_plan(text)
    first = plan.sections[0].measures[0]
    assert (first.lead, first.co) == (("市自规局",), ("市林业局",))
    assert [(piece.kind, piece.text) for piece in colour(text, plan) if piece.kind in {"lead", "co"}] == [
        ("lead", "市自规局"),
        ("co", "市林业局"),
        ("lead", "市住建局"),
    ]
