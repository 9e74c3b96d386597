"""Automatic numbers of Word as the page shows them: number formats, restarts, overrides, list styles."""

from __future__ import annotations

import pytest
from docx.oxml import parse_xml

from tracker.plan_document import read_bytes
from tracker.plan_document.numbering import figure

from .office import W, para, saved, written

LEVEL = (
    "<w:lvl w:ilvl='{at}'><w:start w:val='{start}'/><w:numFmt w:val='{format}'/>{more}<w:suff w:val='nothing'/>"
    "<w:lvlText w:val='{text}'/></w:lvl>"
)


def level(at: int, format: str, text: str, start: str = "1", more: str = "") -> str:
    return LEVEL.format(at=at, start=start, format=format, text=text, more=more)


def shown(definitions: str, *paragraphs: tuple[int, int]) -> list[str]:
    """The numbers before paragraphs (number id, level) in a document with these definitions."""
    blocks = [
        para("甲", f"<w:numPr><w:ilvl w:val='{at}'/><w:numId w:val='{number}'/></w:numPr>")
        for number, at in paragraphs
    ]
    document = written(*blocks)
    root = document.part.numbering_part.element
    for definition in parse_xml(f"<w:numbering {W}>{definitions}</w:numbering>"):
        root.append(definition)
    return [line.removesuffix("甲") for line in read_bytes(saved(document), "a.docx").text.split("\n")[:-1]]


def one(levels: str, more: str = "") -> str:
    return (
        f"<w:abstractNum w:abstractNumId='70'>{levels}</w:abstractNum>"
        f"<w:num w:numId='70'><w:abstractNumId w:val='70'/>{more}</w:num>"
    )


@pytest.mark.parametrize(
    ("format", "count", "printed"),
    [
        ("chineseCountingThousand", 21, "二十一"),
        ("chineseCounting", 105, "一百零五"),
        ("japaneseCounting", 10, "十"),
        ("ideographDigital", 12, "一二"),
        ("chineseLegalSimplified", 12, "拾贰"),
        ("decimalEnclosedCircle", 20, "⑳"),
        ("decimalEnclosedCircleChinese", 3, "③"),
        ("decimalEnclosedCircle", 21, "21"),
        ("ideographTraditional", 2, "乙"),
        ("ideographZodiac", 3, "寅"),
        ("decimalFullWidth", 12, "１２"),
        ("decimalZero", 7, "07"),
        ("upperRoman", 14, "XIV"),
        ("lowerLetter", 27, "aa"),
        ("chineseCounting", 100000, "100000"),
        ("upperRoman", 0, "0"),
        ("nobodyKnows", 5, "5"),
    ],
)
def test_formats(format: str, count: int, printed: str) -> None:
    assert figure(count, format) == printed


def test_a_level_that_never_restarts() -> None:
    levels = level(0, "chineseCounting", "%1、") + level(
        1, "decimal", "%2.", more="<w:lvlRestart w:val='0'/>"
    )
    assert shown(one(levels), (70, 0), (70, 1), (70, 1), (70, 0), (70, 1)) == [
        "一、",
        "1.",
        "2.",
        "二、",
        "3.",
    ]


def test_numbers_of_upper_levels_in_figures_even_where_they_are_chinese() -> None:
    levels = level(0, "chineseCounting", "第%1章") + level(1, "decimal", "%1.%2", more="<w:isLgl/>")
    assert shown(one(levels), (70, 0), (70, 1), (70, 0), (70, 1)) == ["第一章", "1.1", "第二章", "2.1"]


def test_a_level_written_another_way_in_one_list_only() -> None:
    own = f"<w:lvlOverride w:ilvl='0'>{level(0, 'decimalEnclosedCircle', '%1', start='3')}</w:lvlOverride>"
    other = "<w:num w:numId='71'><w:abstractNumId w:val='70'/></w:num>"
    definitions = one(level(0, "chineseCounting", "%1、"), own) + other
    assert shown(definitions, (70, 0), (70, 0), (71, 0)) == ["③", "④", "五、"]


def test_a_list_defined_by_a_list_style() -> None:
    linked = (
        f"<w:abstractNum w:abstractNumId='70'><w:styleLink w:val='S'/>{level(0, 'chineseCounting', '（%1）')}"
        "</w:abstractNum><w:abstractNum w:abstractNumId='72'><w:numStyleLink w:val='S'/></w:abstractNum>"
        "<w:num w:numId='72'><w:abstractNumId w:val='72'/></w:num>"
    )
    assert shown(linked, (72, 0), (72, 0)) == ["（一）", "（二）"]


def test_what_a_broken_file_says_of_its_numbers_breaks_nothing() -> None:
    assert shown(one(level(0, "chineseCounting", "%1、", start="許多")), (70, 0), (99, 0), (70, 7)) == [
        "一、",
        "",
        "",
    ]
