"""Bring a file's own headings, tables and asides into the shapes that the grammar works with."""

from __future__ import annotations

import re
from collections.abc import Container

from .cells import Cell, Grid, cell_of
from .layout import letter_part
from .manuscript import Manuscript
from .markers import FREE, STYLED, Marker
from .model import SourceDocument, StyledHeading
from .numerals import to_number
from .table_rows import HEADER_OR_NOTE
from .title import names_document
from .unit_names import ends_as_unit

_LONGEST_HEADING = 60  # characters; longer paragraphs in a heading style are text


def grids_of(page: Manuscript, document: SourceDocument) -> list[Grid]:
    """The tables of a document as grids; a merged cell is one and the same object wherever it shows."""
    made: dict[tuple[int, int], Cell] = {}
    tables: dict[int, dict[int, list[Cell]]] = {}
    for hint in document.cells:
        span = (hint.start, hint.end)
        if span not in made:
            made[span] = cell_of(page, *span)
        tables.setdefault(hint.table, {}).setdefault(hint.row, []).append(made[span])
    grids = []
    for rows in tables.values():
        ordered = [rows[number] for number in sorted(rows)]
        starts = [cell.start for row in ordered for cell in row]
        ends = [cell.end for row in ordered for cell in row]
        grids.append(Grid(min(starts), max(ends), ordered, exact=True))
    return grids


def title_and_headings(
    page: Manuscript, document: SourceDocument
) -> tuple[StyledHeading | None, dict[int, tuple[int, int]]]:
    """The styled title, and for each styled heading its offset -> (level, end), blanks and long texts left out."""
    found: list[StyledHeading] = []
    for hint in document.headings:
        words = page.work[hint.start : hint.end]
        bare = words.strip()
        if not bare or len(bare) > _LONGEST_HEADING or "。" in bare.rstrip("。"):
            continue
        start = hint.start + words.index(bare[0])
        found.append(StyledHeading(start, start + len(bare), hint.level))
    title = next((heading for heading in found if heading.level == 0), None)
    rest = [heading for heading in found if heading.level]
    if title is None and rest:
        lowest = min(heading.level for heading in rest)
        first = rest[0]
        alone = first.level == lowest and sum(1 for h in rest if h.level == lowest) == 1
        if alone and (len(rest) > 1 or _heads_all(page, first)):
            title, rest = first, rest[1:]
    return title, {heading.start: (heading.level, heading.end) for heading in rest}


def _heads_all(page: Manuscript, heading: StyledHeading) -> bool:
    """Whether the one styled line of a document names it and has neither a number nor numbered lines above it."""
    words = page.work[heading.start : heading.end]
    above = page.lines[: max(0, page.line_at(heading.start))]
    lines = (page.work[line.start : line.end] for line in above)
    return names_document(words) and not any(NUMBERED_LINE.match(line) for line in [words, *lines])


# Headings that offices print without a number, alone on their line.
_LONE = re.compile(
    r"^(?:(?:总体|工作)?(?:要求|目标|思路)|指导思想|基本(?:原则|情况)|(?:目标|主要|重点|工作|整治)任务|(?:主要|总体)目标|"
    r"(?:重点|主要)?工作(?:任务|内容|措施|步骤|安排|重点)|主要(?:措施|做法|成效)|"
    r"(?:整治|检查|活动|督查|治理|创建|行动|攻坚|改造|建设|培训|宣传|排查|考核)(?:目标|任务|内容|范围|重点|对象|时间|方式|标准|步骤|要求|措施)|"
    r"(?:保障|整改|推进)措施|组织(?:保障|领导)|(?:有关|相关)要求|(?:实施|方法)步骤|(?:时间|进度)安排|"
    r"(?:存在|主要|突出)(?:的)?(?:主要)?问题|下一?步(?:工作)?(?:打算|安排|措施|建议|计划)?|对策建议|(?:几点)?(?:启示|建议))[。:]?$"
)
NUMBERED_LINE = re.compile(
    r"^(?:第?[\d一二三四五六七八九十]{1,3}[章节条、.]|[(][\d一二三四五六七八九十]{1,3}[)]|[①-⑳])"
)


def lone_headings(page: Manuscript, furniture: dict[int, str]) -> dict[int, tuple[int, int]]:
    """Unnumbered headings of the first level: offset -> (1, end).

    Only where two or more different ones stand alone on lines, the first before anything numbered and each
    with words below it; inside a numbered document they are left as text.
    """
    found: dict[int, tuple[int, int]] = {}
    seen: set[str] = set()
    lines = page.lines
    for index, line in enumerate(lines[:-1]):
        if index in furniture or line.end - line.start > 120:
            continue
        words = page.work[line.start : line.end]
        if "|" in words or "\t" in page.text[line.start : line.end]:
            return {}
        if not _LONE.match(words):
            if not found and NUMBERED_LINE.match(words):
                return {}
            continue
        below = lines[index + 1]
        if words in seen or _LONE.match(page.work[below.start : below.end]):
            return {}
        seen.add(words)
        found[line.start] = (1, line.end)
    return found if len(found) > 1 else {}


_LONGEST_FREE = 22
_FREE = re.compile(rf"[\u4e00-\u9fff“”0-9A-Za-z]{{4,{_LONGEST_FREE}}}$")
SPOKEN_NUMBER = re.compile(r"[一二三四五六七八九]{1,2}[是要]|首先|另?一方面")
_SHORTEST_PARAGRAPH = 20
_SHORTEST_SLOGAN = 4
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# 时间：…, 地点：… are fields of a form and no mottos.
_KEY_WORD = re.compile(
    r"时间|地点|主持|记录|出席|列席|对象|范围|单位|电话|邮箱|编号|文号|来源|日期|主题|目标|组长|成员|部门|作者|编辑|备注|注|附|答|问"
)


_INNER_NUMBER = re.compile(r"\(?\d{1,3}[.、)]|[①-⑳]")
_FIRST_OF_LIST = re.compile(r"\(?1[.、)]|①")


def free_headings(page: Manuscript, furniture: dict[int, str]) -> dict[int, tuple[int, int]]:
    """Unnumbered headings in words of their own: offset -> (level, end).

    Only in a text without a table whose numbered lines, if any, are lists in figures below such headings; for
    two or more short lines without a stop that each stand over a paragraph or such a list. One right above
    another such line is a part: those below it, up to the next part or line that only parts bear (保障措施), are
    of the second level. The first line of all is the title.
    """
    return _free_headings(page, furniture, stop="") or _free_headings(page, furniture, stop="。")


def _free_headings(page: Manuscript, furniture: dict[int, str], stop: str) -> dict[int, tuple[int, int]]:
    """As free_headings; `stop`: what each of the headings ends in."""
    found: dict[int, tuple[int, int]] = {}
    lines, first, level = page.lines, True, 1
    for index, line in enumerate(lines[:-1]):
        if index in furniture:
            continue
        words = page.work[line.start : min(line.end, line.start + 120)]
        if (_INNER_NUMBER.match(words) or SPOKEN_NUMBER.match(words)) and len(found) > 1:
            continue
        if NUMBERED_LINE.match(words) or SPOKEN_NUMBER.match(words) or "|" in words:
            return {}
        if not first and _heads(page, furniture, index, lists=True, stop=stop):
            level = 1 if _LONE.match(words) else level
            found[line.start] = (level, line.end)
        elif not first and not stop and _heads_a_part(page, furniture, index):
            found[line.start], level = (1, line.end), 2
        first = False
    return found if len(found) > 1 else {}


def _is_free(words: str) -> bool:
    """Whether a line could be a heading: short words alone, a motto before its words (看：…), or two halves of one length."""
    if len(words) > _LONGEST_FREE:
        return False
    if _FREE.match(words):
        return True
    first, mark, second = words.partition(":")
    if mark:
        return len(first) in {1, 2} and _KEY_WORD.match(first) is None and _FREE.match(second) is not None
    first, _, second = words.partition(",")
    return len(first) == len(second) >= _SHORTEST_SLOGAN and all(
        _CHINESE.fullmatch(half) for half in (first, second)
    )


_OPENS_TEXT = re.compile(r"如下|通知|汇报|印发|特此")
_SHORTEST_ABOVE = 4  # characters of a line with words of its own
_LONGEST_STOPPED = 17  # characters of a heading that ends in a stop, with it


def _heads_a_part(page: Manuscript, furniture: dict[int, str], index: int) -> bool:
    """Whether a short line without a stop stands right above another that heads a paragraph."""
    line, below = page.lines[index], index + 1
    words = page.work[line.start : line.end]
    if not _is_free(words) or letter_part(words) is not None:
        return False
    return below not in furniture and below + 1 < len(page.lines) and _heads(page, furniture, below)


def _heads(
    page: Manuscript, furniture: dict[int, str], index: int, *, lists: bool = False, stop: str = ""
) -> bool:
    """Whether a line is short, without a stop, and stands over a paragraph (or, with `lists`, over item 1).

    `stop`: a stop that it does end in, as all headings of its text do.
    """
    line, below = page.lines[index], page.lines[index + 1]
    words = page.work[line.start : line.end]
    if stop:
        if not words.endswith(stop) or _OPENS_TEXT.search(words) or len(words) > _LONGEST_STOPPED:
            return False
        words = words[:-1]
        above = page.lines[index - 1]
        if above.end - above.start < _SHORTEST_ABOVE:
            return False  # 问题1 alone: what stands below it is its own heading
    if not _is_free(words) or letter_part(words) is not None:
        return False
    if index + 1 in furniture:
        return False
    if lists and _FIRST_OF_LIST.match(page.work, below.start):
        return True
    return below.end - below.start >= _SHORTEST_PARAGRAPH and page.work[below.end - 1] in "。;"


def inner_headings(
    page: Manuscript, furniture: dict[int, str], parts: Container[int] = frozenset()
) -> list[Marker]:
    """Unnumbered headings under a numbered one: two or more between a heading line and the next number.

    `parts`: where unnumbered lines begin that are known to be headings above them.
    """
    if page.wrap_width:
        return []
    found = _inner_headings(page, furniture, parts, "")
    return found or _inner_headings(page, furniture, parts, "。")


def _inner_headings(
    page: Manuscript, furniture: dict[int, str], parts: Container[int], stop: str
) -> list[Marker]:
    found: list[Marker] = []
    run: list[Marker] = []
    below_heading = False
    for index, line in enumerate(page.lines[:-1]):
        if index in furniture:
            continue
        words = page.work[line.start : min(line.end, line.start + _LONGEST_HEADING + 1)]
        if line.start in parts or NUMBERED_LINE.match(words) or SPOKEN_NUMBER.match(words):
            found += run if len(run) > 1 else []
            run, below_heading = [], len(words) <= _LONGEST_HEADING and words[-1] not in "。;:,、"
        elif "|" in words or words.isdecimal():
            run, below_heading = [], False
        elif below_heading and _heads(page, furniture, index, stop=stop) and not ends_as_unit(words):
            run.append(Marker(FREE, "", 0, line.start, line.start, True))
    return found + (run if len(run) > 1 else [])


def with_styles(markers: list[Marker], styled: dict[int, tuple[int, int]]) -> list[Marker]:
    """Give markers the level of their paragraph's style; a styled heading without a number is one of its own."""
    numbered = set()
    found = []
    for marker in markers:
        if marker.leads_line and marker.start in styled:
            numbered.add(marker.start)
            found.append(marker._replace(level=styled[marker.start][0], doubtful=False))
        else:
            found.append(marker)
    for start, (level, _) in styled.items():
        if start not in numbered:
            found.append(Marker(STYLED, str(level), 0, start, start, True, level=level))
    return sorted(found, key=lambda marker: marker.start)


def named_above(page: Manuscript, marker: Marker, tables: list[tuple[int, int]]) -> Marker:
    """项目一 alone above a table of its own: a heading in these words, not a number whose heading is the table's first line."""
    line = page.line_at(marker.start)
    if marker.family != "noun" or page.work[marker.end : page.lines[line].end].strip(" :、."):
        return marker
    below = line + 1
    if below >= len(page.lines) or not any(a <= page.lines[below].start < b for a, b in tables):
        return marker
    return Marker(FREE, "", 0, marker.start, marker.start, True)


_NOTE = re.compile(r"\(?(?:注|备注|附注|说明|填表说明): *(?P<first>\(?1[.、)]|①)?")
_POINT_OF_NOTE = re.compile(r"\(?(\d{1,2}|[②-⑳])[.、)]?")


def set_notes_apart(page: Manuscript, tables: list[tuple[int, int]], furniture: dict[int, str]) -> None:
    """注：1.… 2.… right below a table explains it: none of its points is a task."""
    for _, end in tables:
        index = page.line_at(max(0, end - 1)) + 1
        note = _NOTE.match(page.work, page.lines[index].start) if index < len(page.lines) else None
        if note is None or not note.group("first"):
            continue
        furniture.setdefault(index, HEADER_OR_NOTE)
        for number, line in enumerate(page.lines[index + 1 :], 2):
            point = _POINT_OF_NOTE.match(page.work, line.start)
            if point is None or to_number(point.group(1)) != number:
                break
            furniture.setdefault(index + number - 1, HEADER_OR_NOTE)


def names_table(
    page: Manuscript, marker: Marker, styled: dict[int, tuple[int, int]], tables: list[tuple[int, int]]
) -> bool:
    """附表1 right above a table, as a sheet's name: the heading itself, no line below it says what the annex is."""
    below = page.line_at(marker.start) + 1
    if marker.family != "annex" or marker.rest or marker.start not in styled or below >= len(page.lines):
        return False
    return any(start <= page.lines[below].start < end for start, end in tables)
