"""Read what stands before the first item: the title, the letterhead, the salutation and the opening words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from .layout import (
    ADDRESSEE,
    ANNEX_LIST,
    CONTENTS,
    DOCUMENT_NUMBER,
    LETTERHEAD,
    METADATA,
    PAGE_NUMBER,
    SIGNATURE,
    SPACED_LETTERS,
    WEB_DEBRIS,
    letter_part,
)
from .manuscript import Manuscript
from .model import StyledHeading
from .typography import working_copy

TITLE = "标题"
SUBTITLE = "题注"
OPENING = "导语"

_TITLE_NOUN = re.compile(
    r"(?:方案|计划|意见|措施|办法|规定|通 ?知|报告|讲话|纪要|分解|清单|台账|要点|规划|细则|通 ?报|函|决定|"
    r"公告|安排|表|总结|发言|致辞|条例|制度|"
    r"规则|指南|任务|说明|责任书|简报|批复|请示|汇报|体会|材料|提纲|工作|机制|预案|办事|指引|守则|章程|"
    r"建议|实施|分工|目标|举措|行动|工程|若干政策|政策|情况|规程|纲要|大纲|目录|名单|手册|解读|标准|须知|公约|答复|通告|倡议书|承诺书|(?:督办|交办|催办|督查|通知|任务|反馈)单|十条|\d+条|事项)"
    r"(?:[(（][^()（）]{1,30}[)）])?$"
)
_ANNEX_MARK = re.compile(r"^附件 ?\d{0,2} ?[:：] ?(?=[^ ]{4})")
_COLUMN = re.compile(r"^【[^【】]{2,20}】(?=[^ ]{6})")  # 【重点工作】…的通知: where a site files it
_HEADLINE_NUMBER = re.compile(r"〔\d{4}〕\d+号|\[\d{4}\]\d+号")
_NUMBER_AND_NAME = re.compile(r"[^《》]{0,16}[〔\[]\d{4}[〕\]]\d+号《.{4,80}》$")
_QUOTES = str.maketrans("〈〉<>", "《》《》")  # a name inside another one, and on its own line
_KIND = re.compile(
    r"(?:通 ?知|意见|方案|报告|通 ?报|函|决定|公告|办法|规定|计划|措施|纪要|请示|批复|清单|台账|要点|细则|总结|讲话|"
    r"汇报|规划|纲要|制度|条例|事项|条|表)(?:[(（][^()（）]{1,30}[)）])?》?$"
)
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d ?年")
_NOTE = re.compile(r"^\(.{2,60}\)$")
_ISSUED = re.compile(r"现?将?《([^《》]{4,60})》.{0,30}(?:印发|发给|下发|公布)")
_METADATA_NAME = re.compile(r"(?:名 {0,4}称|标 {0,4}题|信息名称) {0,4}[:|] {0,4}([^|\n]{6,120})")
_MENU_ENTRY = 5  # characters
_LONGEST_KIND = 14  # characters of a name like 县长办公会议纪要
_BULLET = re.compile(r"^[·•▪] ?[^·•▪。,;:]{2,12}$")
_PROSE_END = ("。", "；", ";", "：", ":", "，", ",", "、")
_KEY_VALUE = re.compile(r"^[^:,。《》“”]{1,8}:.+")
_BY_AUTHOR = re.compile(r"^(?:——|--|—).{4,40}$")


@dataclass(frozen=True)
class Preamble:
    """What the lines before the first item are: index of line -> reason, and the title if one is printed."""

    title: str | None
    reasons: dict[int, str]
    title_lines: tuple[int, ...] = ()


def read_preamble(
    page: Manuscript, stop: int, furniture: dict[int, str], styled: StyledHeading | None = None
) -> Preamble:
    """Classify all lines that start before `stop` (the offset of the first item). `styled`: the file's own title."""
    lines, work = page.lines, page.work
    reasons: dict[int, str] = {}
    blocks: list[list[int]] = []
    previous = -2
    for index, line in enumerate(lines):
        if line.start >= stop:
            break
        content = work[line.start : line.end]
        reason = furniture.get(index) or letter_part(content)
        if reason == SIGNATURE and _continues_title(page, index, furniture):
            reason = None
        if reason == LETTERHEAD and SPACED_LETTERS.match(content) and previous == index - 1:
            reason = None if blocks and not _complete(page, blocks[-1]) else reason
        if reason is None and _KEY_VALUE.match(content) and not _ANNEX_MARK.match(content):
            reason = OPENING
        if reason is None and _NOTE.match(content):
            reason = SUBTITLE
        if reason is None and _BULLET.match(content):
            reason = WEB_DEBRIS  # · 互动交流: an entry of a site's menu
        if reason in {None, ADDRESSEE} and OPENING not in reasons.values() and _stopped(content):
            reason = None
        elif reason is None and (len(content) > 70 or content.endswith(_PROSE_END) or "。" in content):
            reason = OPENING
        if reason is None:
            if previous == index - 1 and blocks and _goes_on(page, blocks[-1]) and len(blocks[-1]) < 8:
                blocks[-1].append(index)
            else:
                blocks.append([index])
            previous = index
        else:
            reasons[index] = reason
    title_lines = _choose(page, [_without_menu(page, block) for block in blocks], reasons)
    if styled is not None and styled.start < stop:
        own = page.line_at(styled.start)
        title_lines = _issued_by(page, styled, blocks) or _styled_lines(page, own, blocks) or title_lines
    for block in blocks:
        for index in block:
            reasons[index] = TITLE if index in title_lines else OPENING
    issued = _issued_below(page, stop)
    if issued is not None:
        return Preamble(issued, reasons, tuple(title_lines))
    if not title_lines:
        title_lines = _spaced_title(page, reasons)
    title = (
        _joined(page, title_lines) if title_lines else _from_metadata(page, reasons) or _run_in(page, reasons)
    )
    return Preamble(title, reasons, tuple(title_lines))


# 关于印发…的通知。 or …工作方案： as the first line: a title in spite of its stop, and no sentence of the opening words.
_STOPPED = re.compile(r"(?!为|现|按|根据|经|特|请|以下|各|依)(?P<title>[^。,;:\n]{10,60})[。:]$")
_SAYS = re.compile(r"如下|提出|制[定订]|印发给|下列|请|将")
_RUN_IN = re.compile(
    r"(?P<title>[^。,;:\n]{0,24}关于[^。,;:\n]{4,50}?的(?:通知|报告|意见|方案|决定|通报|函|请示))。(?=[^\n])"
)


def _stopped(content: str) -> bool:
    """Whether a line is a title that ends in a full stop or a colon."""
    found = _STOPPED.match(content)
    if found is None or _SAYS.search(content):
        return False
    return _KIND.search(found.group("title")) is not None


def _run_in(page: Manuscript, reasons: dict[int, str]) -> str | None:
    """The title that opens the first paragraph of a text without line breaks: 关于…的通知。为…"""
    for index, line in enumerate(page.lines):
        if reasons.get(index, OPENING) == OPENING:
            found = _RUN_IN.match(page.work, line.start, line.end)
            return page.printed(*found.span("title")) if found is not None else None
    return None


_ISSUES = re.compile(r"印发《?(?P<plan>[^《》]{4,80}?)》?的通知$")


def _issued_by(page: Manuscript, styled: StyledHeading, blocks: list[list[int]]) -> list[int]:
    """The lines that bear the title of the plan itself, where the file styles the notice that issues it."""
    notice = _ISSUES.search(page.work[styled.start : styled.end].replace(" ", ""))
    if notice is None:
        return []
    for block in blocks:
        words = "".join(page.work[page.lines[index].start : page.lines[index].end] for index in block)
        if page.lines[block[0]].start > styled.end and words.replace(" ", "") == notice["plan"]:
            return block
    return []


def _styled_lines(page: Manuscript, own: int, blocks: list[list[int]]) -> list[int]:
    """The lines of the title that the file styles: what stands above it (a menu) belongs to it only where it begins 关于."""
    block = next((block for block in blocks if own in block), [])
    if _complete(page, [own]):
        return [own] if not page.work.startswith("关于", page.lines[own].start) else block
    return [index for index in block if index >= own]


def _without_menu(page: Manuscript, block: list[int]) -> list[int]:
    """A title below two or more entries of a site's menu (走进本区、政务服务), which are no lines of it."""
    title = block[-1]
    menu = [index for index in block[:-1] if page.lines[index].end - page.lines[index].start <= _MENU_ENTRY]
    if len(menu) < 2 or menu != block[:-1] or not _complete(page, [title]):
        return block
    return [title] if page.lines[title].end - page.lines[title].start > 2 * _MENU_ENTRY else block


def _spaced_title(page: Manuscript, reasons: dict[int, str]) -> list[int]:
    """督 办 通 知 单: letters set apart are a form's title where no other line is one."""
    for index, reason in sorted(reasons.items()):
        line = page.lines[index]
        words = page.work[line.start : line.end]
        if (
            reason == LETTERHEAD
            and SPACED_LETTERS.match(words)
            and _TITLE_NOUN.search(words.replace(" ", ""))
        ):
            reasons[index] = TITLE
            return [index]
    return []


def _issued_below(page: Manuscript, stop: int) -> str | None:
    """What the notice issues, where its own title stands on a line below (as the heading of an annex)."""
    found = _ISSUED.search(page.work, 0, stop) or _ISSUED.search(page.work, 0, min(stop, 4000))
    if found is None:
        return None
    wanted = found.group(1).strip()
    for line in page.lines:
        if (
            line.start >= stop
            and line.end - line.start == len(wanted)
            and page.work.startswith(wanted, line.start)
        ):
            return page.printed(line.start, line.end)
    return None


def _continues_title(page: Manuscript, index: int, furniture: dict[int, str]) -> bool:
    """市人民政府办公室 above 关于印发…的通知 is the first line of a title, not a signature."""
    for following in range(index + 1, min(index + 3, len(page.lines))):
        if following in furniture:
            continue
        line = page.lines[following]
        if page.work.startswith(("关于", "印发"), line.start):
            return True
        words = page.work[line.start : line.end]
        dated = _YEAR_FIRST.match(words) is not None and letter_part(words) is None
        return dated and _TITLE_NOUN.search(words) is not None
    return False


def names_document(words: str) -> bool:
    """Whether words end in a kind of document (…方案, …任务表)."""
    return _TITLE_NOUN.search(working_copy(words)) is not None


def _complete(page: Manuscript, block: list[int]) -> bool:
    words = _joined(page, block)
    if words.count("《") > words.count("》"):
        return False  # 贯彻落实《关于…若干政策 goes on in the next line
    return names_document(words) or _NUMBER_AND_NAME.match(words) is not None


def _goes_on(page: Manuscript, block: list[int]) -> bool:
    """Whether the next line may belong to a title: 关于…目标任务 ends in no kind of document yet."""
    words = working_copy(_joined(page, block))
    return not _complete(page, block) or ("关于" in words and _KIND.search(words) is None)


def _joined(page: Manuscript, indexes: list[int] | tuple[int, ...]) -> str:
    parts = [page.printed(page.lines[index].start, page.lines[index].end) for index in indexes]
    if len(parts) > 1 or SPACED_LETTERS.match(parts[0]):
        parts = [re.sub(r"\s", "", part) if SPACED_LETTERS.match(part) else part for part in parts]
    title = _ANNEX_MARK.sub("", "".join(parts).strip("# *").rstrip("。：:"), count=1)
    title = _COLUMN.sub("", title, count=1)
    if title[:1] == "《" and title.find("》") == len(title) - 1:
        title = title[1:-1]
    return re.sub(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff]$)", "", title)


def _choose(page: Manuscript, blocks: list[list[int]], reasons: dict[int, str]) -> list[int]:
    """The title of what is issued, before the title of the notice that issues it, before a headline."""
    if not blocks:
        return []
    issued = _ISSUED.search(page.work, 0, page.lines[blocks[-1][-1]].end)
    if issued is not None:
        wanted = _plain(issued.group(1))
        texts = [_plain(page.work[page.lines[b[0]].start : page.lines[b[-1]].end]) for b in blocks]
        for at in range(len(blocks) - 1, -1, -1):
            for top in range(max(0, at - 2), at + 1):
                # A title may break where a part of it already names a document.
                if "".join(texts[top : at + 1]) == wanted and _together(blocks[top : at + 1]):
                    return [index for block in blocks[top : at + 1] for index in block]
            if len(texts[at]) > 6 and texts[at] in wanted:
                return blocks[at]
    titlish = [block for block in blocks if _complete(page, block)]
    salutation = [index for index, reason in reasons.items() if reason == ADDRESSEE]
    if titlish:
        after = [block for block in titlish if salutation and block[0] > salutation[0]]
        if after:
            return after[-1]
        numbered = min((index for index, reason in reasons.items() if reason == DOCUMENT_NUMBER), default=0)
        if titlish[0][-1] < numbered and len(_joined(page, titlish[0])) <= _LONGEST_KIND:
            # 专题会议纪要 〔2023〕28号: the name of a series above its number, the title below
            return next((block for block in titlish if block[0] > numbered), titlish[0])
        return _issued_by_name(page, titlish)
    first = blocks[0]
    text = _joined(page, first)
    opens = all(reasons.get(i) in _BEFORE_TITLE for i in range(first[0]))
    if opens and 6 <= len(text) <= 60 and len(page.lines) > first[-1] + 1:
        return first
    return []


def _plain(words: str) -> str:
    return re.sub(r"\s", "", words).translate(_QUOTES)


def _together(blocks: list[list[int]]) -> bool:
    return all(below[0] == above[-1] + 1 for above, below in pairwise(blocks))


def _issued_by_name(page: Manuscript, titlish: list[list[int]]) -> list[int]:
    """关于印发某某要点的通知 with 某某要点 on a line below: the title of what is issued."""
    first = re.sub(r"\s", "", working_copy(_joined(page, titlish[0])))
    if _HEADLINE_NUMBER.search(first):  # a site's headline: 某政办〔2023〕1号某某通知, and the title below
        for block in titlish[1:]:
            text = re.sub(r"\s", "", working_copy(_joined(page, block)))
            if len(text) > 6 and text in first:
                return block
    if "印发" in first:
        for block in titlish[1:]:
            text = re.sub(r"\s", "", working_copy(_joined(page, block)))
            if len(text) > 6 and text in first.partition("印发")[2]:
                return block
    return titlish[0]


_BEFORE_TITLE = frozenset(
    {WEB_DEBRIS, METADATA, PAGE_NUMBER, CONTENTS, ANNEX_LIST, "版头", "发文字号", "日期", SIGNATURE}
)


def _from_metadata(page: Manuscript, reasons: dict[int, str]) -> str | None:
    for index, reason in sorted(reasons.items()):
        if reason != METADATA:
            continue
        line = page.lines[index]
        found = _METADATA_NAME.search(page.work, line.start, line.end)
        if found:
            return page.printed(found.start(1), found.end(1))
    return None
