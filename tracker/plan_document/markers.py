"""Find everything that may number an item: at the start of a line or run into a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript
from .numerals import to_number

# Families from the outermost to the innermost as offices use them (GB/T 9704: 一、（一）1.（1）); only a
# prior, the document's own nesting overrules it (outline.py).
RANK = {
    "annex": 0.0, "volume": 1.0, "part": 1.0, "chapter": 2.0, "section": 3.0, "article": 3.5, "stage": 5.5,
    "roman": 3.8, "grand": 3.8, "noun": 5.6, "cn": 4.0, "paren_cn": 5.0, "nth": 5.5, "is": 5.5, "want": 5.5, "grip": 5.5, "aspect": 5.5,
    "digit": 6.0, "decimal2": 7.0, "decimal3": 8.0, "digit_bracket": 8.0, "paren_digit": 8.0,
    "ring": 9.0, "letter": 10.0, "bullet": 11.0,
}  # fmt: skip
TABLE_GROUP, TABLE_ROW, STYLED, FREE = "table_group", "table_row", "styled", "free"
DISCOURSE = frozenset({"nth", "is", "want", "grip", "aspect", "stage"})
STRUCTURAL_CLASS = {
    "编": "volume",
    "篇": "volume",
    "部分": "part",
    "章": "chapter",
    "节": "section",
    "条": "article",
}

_CN = "[零〇一二三四五六七八九十百廿]{1,6}"
# 一、二级 or 1、2号 list figures, they number nothing: what follows is the next figure itself.
_NEXT_FIGURE = lazy_pattern(
    rf"(?P<figure>{_CN}|\d{{1,5}})(?=[、级类产把等次线期档季号楼月日项条款](?!度工作|度目标)|[-~至])"
)
# 3 座桥, 5 家企业 count; 3 场站建设, 4 人才引进 behind 2 are numbers all the same.
_COUNTER = (
    r"(?:[年月日个万亿元米吨倍千百岁套次亩级]|公(?!共|平|开|众|安|园|路|交|益)|平(?!安|台)|度(?!假)|号(?!召)|时(?!间|限)|家(?!庭|政|校)|"
    r"所(?!有|属)|项(?!目)|名(?!录|单|医|校)|条(?!件)|座(?!谈)|处(?!置|理)|台(?!账)|人(?!才|居|口|员|民|大|社)|户(?!外|籍)|件(?!件)|"
    r"场(?!站|所|地|景)|部(?!门))"
)
_MARKER = rf"""
(?P<class>第\ ?(?:{_CN}|\d{{1,3}})\ ?(?:编|篇|部分|章|节|条))(?=[\ \n、:,.\[(]|$|[\u4e00-\u9fff“《]|(?:19|20)\d\d\ ?年)
|(?P<stage>第(?:{_CN}|\d)(?:阶段|步)[:,、]?)(?=[\ (\u4e00-\u9fff]|(?<=[:,、]))
|(?P<nth>(?!第[一二三四1-4]、(?:第?[二三四2-4]、?){{1,3}}(?:季度|批|期|阶段|学期))第(?:{_CN}|\d{{1,2}})(?:个?方面|点|[个件项类](?:问题|实事|任务|工作|举措|事项?|项目)?)?[,、:]|其[一二三四五六七八九][,、:])
|(?P<is>{_CN}是)(?!否|不是|指)
|(?P<want>{_CN}要)(?!素(?!质)|点(?!面|线)|务(?!求|必|实)|闻|害|领(?!导)|义|求(?![真实新变稳精严快])|件|道|塞|么)
|(?P<grip>{_CN}抓(?!到底|手|[好住实紧零〇一二三四五六七八九十]))
|(?P<aspect>另?一方面[,、:]?)
|(?P<cn>{_CN}\ ?(?:、|\.(?!\d)))
|(?P<paren_cn>\(\ ?{_CN}\ ?[)\]〉>][、.]?|\[{_CN}\][、.]?|[㈠-㈩][、.]?|(?<![\u4e00-\u9fff]){_CN}\)[、.]?)
|(?P<decimal3>\d{{1,2}}\.\d{{1,2}}\.\d{{1,2}}[.、]?)(?=[\ \u4e00-\u9fff“《])(?![年月日])
|(?P<decimal2>\d{{1,2}}\.\d{{1,2}}[.、]?)(?=[\ \u4e00-\u9fff“《])(?!\ ?[万亿元米吨倍千百G%岁]|[年月日个公平家度])
|(?P<digit>\d{{1,3}}(?:\*\ ?|\ ?)(?:[.](?!\d|[a-z])|[.](?=\d{{4}}|\d{{1,2}}月)|、)|[⒈-⒛])
|(?P<digit_long>\d{{4,5}}\ ?(?:[.](?!\d|[a-z])|、))
|(?P<pointed>\d{{1,2}}\.(?=\d{{1,3}}[^.\d]))
|(?P<digit_blank>\d{{1,2}}\ +)(?=[\u4e00-\u9fff“《][^\n。;,|]{{1,30}}$)
|(?P<digit_line>\d{{1,2}}\ +)(?=[\u4e00-\u9fff“《][^\n|]{{2,}}$)(?!{_COUNTER})
|(?P<digit_comma>\d{{1,2}},)(?=[\u4e00-\u9fff“《])
|(?P<cn_comma>{_CN},)(?=[\u4e00-\u9fff“《])
|(?P<cn_blank>{_CN}\ +)(?=[\u4e00-\u9fff“《][^\n。;,|]{{1,30}}$)
|(?P<roman>(?:[Ⅰ-Ⅻ]|(?:X|IX|IV|V?I{{1,3}}|V)(?=[.、\ ]))[.、]?\ ?)(?=[\u4e00-\u9fff“《])
|(?P<letter>\(?[A-Za-z][.、)])(?=\ ?[\u4e00-\u9fff“《])
|(?P<digit_bracket>\d{{1,2}}\ ?\)[.、]?)
|(?P<paren_digit>\(\ ?\d{{1,3}}\ ?\)[、.]?|\[\d{{1,2}}\](?=[\u4e00-\u9fff])|[⑴-⒇])
|(?P<ring>[①-⑳❶-❿])
|(?P<grand>[壹贰貳叁参肆伍陆柒捌玖拾]{{1,3}}(?:、|\.(?!\d)))
|(?P<stem>[甲乙丙丁戊己庚辛壬癸](?:、|\.|\ +))(?=[\u4e00-\u9fff“《])
|(?P<noun_bracket>\[[\u4e00-\u9fff]{{2,5}}?\ ?(?:{_CN}|\d{{1,2}})\])(?=\ *[\u4e00-\u9fff“《])
|(?P<nth_blank>第(?:{_CN}|\d{{1,2}})[个件项类批组](?:问题|实事|任务|工作|举措|事项?|项目)?\ +)(?=[\u4e00-\u9fff“《][^\n。;,|]{{1,30}}$)
|(?P<noun>(?!附|专栏|星期|第|其)[\u4e00-\u9fff]{{2,5}}?\ ?(?:{_CN}|\d{{1,2}})(?:[:、](?!\d)|\.(?!\d)|\ +(?=[\u4e00-\u9fff“《])|(?=\ {{0,9}}\n[\ \n]{{0,30}}[\u4e00-\u9fff“《])))
"""
# What may stand before a marker inside a paragraph: the end of a sentence or clause, a bracket, a blank.
_FIRST = r"[第其另(\[\d零〇一二三四五六七八九十百廿㈠-㈩⒈-⒛⑴-⒇①-⑳❶-❿]"
# Possessive counts and the look at the first character keep runs of blanks and brackets linear.
_INLINE = lazy_pattern(rf"[。;:!?,…”’)\]》 ][”’)\]》]{{0,3}}+\ {{0,4}}+(?={_FIRST})(?:{_MARKER})", re.VERBOSE)
# 各县区要（一）…；（二）…: a list that begins inside a phrase, right behind its verb; only its first item.
_BEHIND_VERB = lazy_pattern(r"(?<=[要应须当需是为括到将])(?P<paren_cn>\(一\))(?=[\u4e00-\u9fff“《])")
_LEADING = lazy_pattern(rf"^[\ *\#●■◆◇▲△★☆·•▪○□]*(?:{_MARKER})", re.VERBOSE | re.MULTILINE)
_ANNEX = lazy_pattern(
    r"^ *(?P<annex>(?:附件|附表|附录) ?(?P<number>\d{1,2}(?:[-—]\d{1,2})?|"
    r"[一二三四五六七八九十]{1,3})?) ?(?P<colon>:?) *(?P<rest>[^\n]{0,80})$",
    re.MULTILINE,
)
# Inside a paragraph these may follow only the end of a sentence; the others a comma or a blank too.
_AFTER_SENTENCE_ONLY = frozenset({"grip", "digit", "class", "decimal2", "decimal3", "stage", "digit_bracket"})
# Only at the start of a line, and only where the numbering carries on: 1 总则, 一 概况, 2.12个县区.
_ON_ITS_LINE = {"roman": ("roman", " "), "letter": ("letter", " "),
               "digit_blank": ("digit", " "), "digit_line": ("digit", " "), "cn_blank": ("cn", " "), "pointed": ("digit", "."),
               "digit_comma": ("digit", ","), "digit_long": ("digit", ""), "cn_comma": ("cn", ","), "noun": ("noun", ""), "noun_bracket": ("noun", "]"), "stem": ("grand", "甲"),
               "grand": ("grand", ""), "nth_blank": ("nth", " ")}  # fmt: skip
_AFTER_BLANK = frozenset({"cn", "paren_cn", "paren_digit", "ring", "digit", "class"})


class Marker(NamedTuple):
    """A possible item number: its family and style, its ordinal, its span, and whether it opens a line.

    A doubtful one counts only in sequence with others of its family. `level` is the outline level that the
    file's own style gives the paragraph, 0 for none.
    """

    family: str
    style: str
    ordinal: int
    start: int
    end: int
    leads_line: bool
    boundary: str = ""
    rest: str = ""
    doubtful: bool = False
    level: int = 0


def _ordinal(family: str, printed: str) -> int | None:
    if family == "aspect":
        return 2 if printed.startswith("另") else 1
    if family == "ring":
        return (
            ord(printed) - 0x2460 + 1 if printed >= "①" and printed <= "⑳" else ord(printed[0]) - 0x2776 + 1
        )
    if family.startswith("decimal"):
        return to_number(printed.rstrip(".、 ").rsplit(".", 1)[1])
    first = printed[0]
    if "⒈" <= first <= "⒛":
        return ord(first) - 0x2488 + 1
    if "⑴" <= first <= "⒇":
        return ord(first) - 0x2474 + 1
    if "㈠" <= first <= "㈩":
        return ord(first) - 0x3220 + 1
    return to_number(_COUNT.sub("", printed))


_ROMAN = {letters: value for value, letters in enumerate("I II III IV V VI VII VIII IX X XI XII".split(), 1)}  # noqa: SIM905


def _letter_ordinal(printed: str) -> int | None:
    """A number written in letters: a., (B), Ⅳ、; None for any other."""
    bare = printed.strip(" .、()")
    if "Ⅰ" <= bare <= "Ⅻ":
        return ord(bare) - 0x2160 + 1
    if bare in _ROMAN and not printed.startswith("("):
        return _ROMAN[bare]
    return ord(bare.lower()) - ord("a") + 1 if len(bare) == 1 and bare.isascii() and bare.isalpha() else None


def _style(family: str, printed: str) -> str:
    if family in {"cn", "digit"}:
        return "、" if printed.rstrip().endswith("、") else "."
    if family.startswith("decimal"):
        return printed.split(".", 1)[0] if family == "decimal2" else printed.rsplit(".", 1)[0]
    return ""


def _marker(match: re.Match[str], leads_line: bool) -> Marker | None:
    family = match.lastgroup
    assert family is not None
    start, end = match.span(family)
    printed = match.group(family)
    boundary = "" if leads_line else match.string[match.start()]
    if family == "class":
        kind = printed.rstrip()[-1]
        family = STRUCTURAL_CLASS["部分" if kind == "分" else kind]
        if not leads_line and boundary not in "。;!? ":
            return None
    elif family in _ON_ITS_LINE:
        if not leads_line:
            return None
        family, style = _ON_ITS_LINE[family]
        if family == "noun":
            return _noun_marker(printed, start)
        style = style or _style(family, printed)
        ordinal = _letter_ordinal(printed) or to_number(_COUNT.sub("", printed.translate(_GRAND)))
        if not ordinal:
            return None
        return Marker(family, style, ordinal, start, start + len(printed.rstrip()), True, doubtful=True)
    elif not leads_line and boundary in ", " and not _may_follow(family, boundary):
        return None
    ordinal = _ordinal(family, printed)
    if ordinal is None or ordinal == 0:
        return None
    if family in {"cn", "digit"} and printed.endswith("、"):
        following = _NEXT_FIGURE.match(match.string, end)
        if following and to_number(following.group("figure")) == ordinal + 1:
            return None
    if family == "grip":  # 一抓招商。二抓项目: a list only where the next number follows
        return Marker(family, " ", ordinal, start, end, leads_line, boundary, doubtful=True)
    return Marker(family, _style(family, printed), ordinal, start, end, leads_line, boundary)


_GRAND = str.maketrans(
    "壹贰貳叁参肆伍陆柒捌玖拾甲乙丙丁戊己庚辛壬癸", "一二二三三四五六七八九十一二三四五六七八九十"
)
_COUNT = lazy_pattern(r"[^\d零〇一二三四五六七八九十百廿]")  # all but the figures of 贰、 or 第一类
_NOUN_NUMBER = lazy_pattern(rf"\[?(?P<noun>[\u4e00-\u9fff]+?) ?(?P<number>{_CN}|\d{{1,2}})[:、.\]]? *$")


def _noun_marker(printed: str, start: int) -> Marker | None:
    """问题一：, 任务1：, 专项行动一: counts only in sequence with others of the same noun."""
    found = _NOUN_NUMBER.match(printed)
    ordinal = to_number(found.group("number")) if found else None
    if found is None or not ordinal:
        return None
    end = start + len(printed.rstrip())
    return Marker("noun", found.group("noun"), ordinal, start, end, True, doubtful=True)


def _may_follow(family: str, boundary: str) -> bool:
    if boundary == " ":
        return family in _AFTER_BLANK
    return boundary == "," and family not in _AFTER_SENTENCE_ONLY and family != "cn"


# 实施步骤(一)动员。…(二)整改: flattened text, whose marks stand right behind the words before them.
_GLUED = lazy_pattern(
    r"(?<![条款对按据见如照将把在由与及和同])\((?P<cn>[一二三四五六七八九十]{1,3})\)(?=[\u4e00-\u9fff“《])(?![项款类级种点条目期至和及与或到中所])"
)
_LEAST_BETWEEN = 8  # characters


def _glued(page: Manuscript) -> Iterator[Marker]:
    """Runs (一), (二) … inside one line of which some stand behind a word, each with a sentence of its own."""
    if "(二)" not in page.work:
        return
    for line in page.lines:
        if page.work.find("(二)", line.start, line.end) < 0:
            continue
        run: list[Marker] = []
        for match in _GLUED.finditer(page.work, line.start, line.end):
            ordinal = to_number(match.group("cn"))
            mark = Marker("paren_cn", "", ordinal or 0, match.start(), match.end(), False, "。")
            if ordinal == 1:
                yield from run if len(run) > 1 else []
                run = [mark] if match.start() > line.start else []
            elif run and ordinal == run[-1].ordinal + 1:
                between = page.work[run[-1].end : match.start()]
                if len(between) < _LEAST_BETWEEN or not _ENDS_PHRASE.search(between):
                    run = []  # 按第二条(一)、(二)项: points that are named, not made
                else:
                    run.append(mark)
        yield from run if len(run) > 1 else []


# 第一章总则第一条为了…: the heading of a chapter that its first article is glued to.
_GLUED_ARTICLE = lazy_pattern(
    rf"(?P<chapter>第{_CN}[章节])(?P<name>[^第。;:,\n]{{2,20}})(?P<article>第{_CN}条)(?=[ \u4e00-\u9fff])"
)


def _glued_articles(page: Manuscript) -> Iterator[Marker]:
    for match in _GLUED_ARTICLE.finditer(page.work) if "章" in page.work else ():
        for name in ("chapter", "article"):
            printed = match.group(name)
            family = STRUCTURAL_CLASS[printed[-1]]
            yield Marker(family, "", _ordinal(family, printed) or 0, *match.span(name), True)


_ENDS_PHRASE = lazy_pattern("[。;:]")


# 【1-1】, (2-3), 1-2.: numbers in two parts, the first that of a group without a line of its own.
_PAIR = lazy_pattern(
    r"^ *(?P<pair>\[(?P<a>\d{1,2})[-—](?P<b>\d{1,2})\]|\((?P<c>\d{1,2})[-—](?P<d>\d{1,2})\)|(?P<e>\d{1,2})[-—](?P<f>\d{1,2})(?:[.、]| +))"
    r"(?= *[\u4e00-\u9fff“《])(?!.? *[年月日号个天岁人名级倍])",
    re.MULTILINE,
)


def _pairs(page: Manuscript) -> list[Marker]:
    """One list of all of them where each is the next of its group or the first of the next group; else none."""
    found: list[Marker] = []
    last = (1, 0)
    for match in _PAIR.finditer(page.work):
        group, place = (int(figure) for figure in match.group("a", "b", "c", "d", "e", "f") if figure)
        if (group, place) not in {(last[0], last[1] + 1), (last[0] + 1, 1)}:
            return []
        last = (group, place)
        end = match.start("pair") + len(match.group("pair").rstrip())
        found.append(Marker("noun", "-", len(found) + 1, match.start("pair"), end, True, doubtful=True))
    return found


def find_markers(page: Manuscript) -> list[Marker]:
    """All candidates in reading order, one at most for each place; annex lines come as family "annex"."""
    found: dict[int, Marker] = {}
    for match in _INLINE.finditer(page.work):
        marker = _marker(match, leads_line=False)
        if marker is not None:
            found[marker.start] = marker
    for match in _BEHIND_VERB.finditer(page.work):
        marker = _marker(match, leads_line=False)
        if marker is not None:
            found[marker.start] = marker
    for marker in (*_glued(page), *_glued_articles(page)):
        found.setdefault(marker.start, marker)
    for match in _LEADING.finditer(page.work):
        marker = _marker(match, leads_line=True)
        if marker is not None:
            found[marker.start] = marker
    found.update((marker.start, marker) for marker in _pairs(page))
    for match in _ANNEX.finditer(page.work):
        start = match.start("annex")
        number = match.group("number")
        found[start] = Marker(
            "annex", match.group("colon"), to_number(number or "1") or 1, start,
            match.end("colon"), True, number or "", match.group("rest").strip(),
        )  # fmt: skip
    return [found[start] for start in sorted(found)]
