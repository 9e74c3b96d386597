"""Cut the heading out of an item: a line of its own, or the words up to the first stop of a run-in item."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import zip_longest

from .dates import looks_like_limit
from .duties import nothing_but_units
from .manuscript import Manuscript
from .markers import DISCOURSE, STYLED
from .outline import Item
from .table_rows import printed_number
from .unit_names import ends_as_unit

# Quotes, book titles and short brackets hide the stops inside them; each alternative is bounded.
_STOPS = re.compile(
    # A set of characters first, which a search skips ahead to.
    r"[“《\[(。!?;,:—](?:(?<=“)[^“”\n]{0,80}”|(?<=《)[^《》\n]{0,80}》|(?<=\[)[^\[\]\n]{0,160}\]|(?<=\()[^()\n]{0,160}\)|"
    r"(?<=[。!?;,])|(?<=:)(?:(?<!\d:)|(?!\d))|(?<=[^\n ]—)—)"
)
_HIDING = "“《[("
_RESPONSIBILITY = re.compile(
    r"牵头|责任(?:单位|部门|科室|人|领导|主体|处室|股室)|配合|负责|落实|组织实施|参与|主办|协办|承办|完成时[限间]|"
    r"时限|分管领导|(?:局|委|办|政府|部门)[)\]]|[月年]底?前"
)
_PEOPLE = re.compile(
    r"(?:长|书记|常委|主席|主任|委员) ?(?=[、,;]|$)"
)  # (市委常委、副市长) says who somebody is
_LABEL_LINE = re.compile(
    r"^[\[(【]?(?:[省市县区州](?:级|直)|牵头|责任|配合|协办|主办|承办|参与|参加|落实|完成|时限|办结|整改|推进|"
    r"实施)?(?:责任)?(?:单位|部门|科室|处室|股室|领导|时[限间]|主体|要求|期限|人|时间节点)[^\n:]{0,8}[:\]]"
)
# A blank stands for the stop behind a run-in heading where prose goes on after it.
_GAP = re.compile(r"([\u4e00-\u9fff]{3,16})(?:  +(?=[^ ])| (?=[\d“《]))")
_ONE_BLANK = re.compile(r"([\u4e00-\u9fff“”]{4,18}) (?=[\u4e00-\u9fff“《\d][^ ]{5})")
_KEY_LINE = re.compile(r"[\u4e00-\u9fff]{2,6}:")  # 改革内容：…
_GAP_BEFORE_UNIT = re.compile(r"([\u4e00-\u9fff]{3,16}) +(?=(?P<unit>[\u4e00-\u9fff]{2,16}):)")
_INNER_STOPS = frozenset({":", ";", "——"})  # 产业行动——建设园区: a dash too may begin the words of an item
_BRACKET = re.compile(r"[()\[\]]")
_LONGEST_BRACKET = 600
_MOST_JOINED = 40  # lines that one paragraph was broken into
_SHORT_LINE = 24
_LONGEST_HALF = 18
_KEY = re.compile(r"(?:问题|表现|描述|目标|任务|措施|要求|原则|时间|期限|安排|内容|范围|对象|单位|部门)$")
_SHORTEST_SPEECH = (
    16  # characters behind a colon that are a sentence with a comma, no second half of a heading
)
_SHORTEST_BODY = 6  # characters behind a single blank up to the next stop
_LONGEST_UNIT_LINE = 60
_LONGEST_HEADING_LINE = 60
_LONGEST_RUN_IN_HEADING = 40
_LONGEST_SLOGAN = 36


def set_headings(page: Manuscript, items: list[Item], hidden: list[tuple[int, int]]) -> None:
    """Give every item its heading span. `hidden` are furniture lines, sorted, no text of any item."""
    lonely: list[Item] = []
    before: dict[int, Item] = {}
    roots = [item for item in items if item.parent is None]
    last = _last_of_lists(items, roots)
    for item in items:
        sibling = before.get(id(item.parent))
        before[id(item.parent)] = item
        if item.row is not None:
            _set_row_heading(page, item)
            continue
        begin, stop, body = _first_paragraph(page, item, hidden)
        follows_softly = (
            not item.marker.leads_line and sibling is not None and _ended_softly(page.work, sibling)
        )
        if follows_softly and not _ended_softly(page.work, item):
            stop = _first_sentence(page.work, begin, stop)
        if body and sibling is not None and sibling.note == "run_in":
            # What follows the last of several run-in items is no text of it alone; a long sentence among them heads
            # no paragraphs.
            body = id(item) not in last and not _is_long_sentence(page.work, begin, stop)
        elif id(item) in last and _one_sentence_each(page.work, item, sibling):
            stop = _first_sentence(page.work, begin, stop)  # what follows closes the paragraph
        item.heading, own_line = _heading(page.work, begin, stop, item, body)
        if own_line is None:
            lonely.append(item)
        else:
            item.note = "own_line" if own_line else "run_in"
    whole: dict[int, bool] = {}  # by parent, so that a long list is looked through once
    for item in lonely:
        parent = id(item.parent)
        if parent not in whole:
            whole[parent] = _heads_whole_lines(page.work, item.parent.children if item.parent else roots)
        _settle_unpunctuated(page.work, item, whole[parent])


def head_run_in(page: Manuscript, item: Item) -> None:
    """Give one item apart from all lists the heading that runs into its first line."""
    begin, stop, _ = _first_paragraph(page, item, [])
    item.heading, _ = _heading(page.work, begin, stop, item, False)


# 1.问题表现：…: a heading that only says what kind of thing follows.
_BARE_KEY = re.compile(
    r"(?:存在|反馈|主要|具体|突出|整改|工作|重点|巡察|督察|审计)?的?(?:问题|任务|事项|项目|措施|举措|内容)(?:表现|描述|名称|内容|表述)?$"
)
_LONGEST_KEY = 7  # characters
_BEHIND_KEY = re.compile(r" *: *(?P<words>[^\n。;!?,: ][^\n。;!?,:]{1,60})")

# 第1件 批示领导：许市长 批示时间：5月26日, and what is asked in a line below.
_WHO_AND_WHEN = re.compile(r"(?:批示|交办|签批|来文|批办)(?:领导|人|时间|日期|单位|文号|来源) *:")
_WHAT = re.compile(
    r"\n *(?:批示|督办|交办|任务|工作|主要|具体)?(?:内容|事项|要求|名称|意见) *: *(?P<words>[^\n。;!?,:]{2,60})"
)


def title_span(page: Manuscript, item: Item) -> tuple[int, int]:
    """What names a task: its heading, or the words behind it where it only says what kind of thing follows."""
    if item.row is not None:
        return item.heading
    start, end = item.heading
    found = None
    if end - start <= _LONGEST_KEY and _BARE_KEY.fullmatch(page.work, start, end):
        found = _BEHIND_KEY.match(page.work, end, item.own_end)
    elif page.work.find(":", start, end) >= 0 and _WHO_AND_WHEN.match(page.work, start, end):
        found = _WHAT.search(page.work, end, item.own_end)
    return found.span("words") if found is not None else item.heading


def _last_of_lists(items: list[Item], roots: list[Item]) -> set[int]:
    """Identities of the items without children that end a numbering (the next one begins anew or is none)."""
    found = set()
    for siblings in [roots, *(item.children for item in items if item.children)]:
        for item, following in zip_longest(siblings, siblings[1:]):
            anew = following is None or following.marker.ordinal <= item.marker.ordinal
            if anew and not item.children:
                found.add(id(item))
    return found


def _ended_softly(work: str, item: Item) -> bool:
    """Whether an item of a list run into one sentence (1.…；2.…；) ended in a semicolon or comma."""
    words = work[item.marker.end : item.own_end].rstrip()
    return words[-1:] in {";", ","} and "。" not in words


def _is_long_sentence(work: str, begin: int, stop: int) -> bool:
    return stop - begin > _LONGEST_SLOGAN and work[begin:stop].rstrip()[-1:] == "。"


def _one_sentence_each(work: str, item: Item, sibling: Item | None) -> bool:
    """Whether the item before one run into a paragraph (一是…。二是…。) is a single sentence."""
    if sibling is None or item.marker.leads_line or item.marker.family not in DISCOURSE:
        return False
    words = work[sibling.marker.end : sibling.own_end].rstrip()
    return not words.rstrip("。!?").count("。") and words[-1:] == "。"


def _first_sentence(work: str, begin: int, stop: int) -> int:
    _, sentence = _stops(work, begin, stop)
    return stop if sentence is None else sentence + 1


def _set_row_heading(page: Manuscript, item: Item) -> None:
    """A group's cell is a heading; a task's main cell is one too if other words follow, else a run-in item."""
    row = item.row
    assert row is not None
    cell = row.main
    if cell is None:
        item.heading, item.label = (item.marker.end, item.marker.end), ""
        return
    skip = printed_number(cell) if row.number is None else 0
    words = cell.work[skip:]
    stop = _without_responsibility(words, 0, len(words))
    bare = words[:stop].rstrip(" 。;:!?,、")
    first, sentence = _stops(words, 0, stop)
    if not row.group and not row.details:
        if sentence is not None and sentence < len(bare):
            bare = words[: min(at for at, kind in first.items() if kind != ",")]
        elif first:
            bare = words[: min([*first, len(bare)])]
    if cell.end - cell.start == len(cell.work):
        begin = cell.start + skip
        item.heading = (begin, begin + len(bare))
    else:
        item.heading = (cell.start, cell.end)
        item.label = cell.printed[skip : skip + len(bare)]


def _first_paragraph(page: Manuscript, item: Item, hidden: list[tuple[int, int]]) -> tuple[int, int, bool]:
    """Span of the item's first paragraph and whether other text of its own follows."""
    work, end = page.work, item.own_end
    begin = item.marker.end
    while begin < end and work[begin] in " \n:、.*":
        begin += 1
    stop = work.find("\n", begin, end)
    if stop < 0:
        return begin, end, False
    joined = 0
    while joined < _MOST_JOINED and _goes_on(page, max(begin, stop - 100), stop):
        joined += 1
        following = work.find("\n", stop + 1, end)
        rest = work[stop + 1 : end if following < 0 else following]
        if _is_hidden(stop + 1, end if following < 0 else following, hidden):
            break
        if not rest.strip() or _LABEL_LINE.match(rest.strip()) or _KEY_LINE.match(rest.strip()):
            break
        stop = end if following < 0 else following
        if following < 0:
            break
    return begin, stop, has_body(work, stop, end, hidden)


def _goes_on(page: Manuscript, begin: int, stop: int) -> bool:
    """A line that ends in a comma, or that was broken at the text's width, goes on in the next one."""
    bare = page.work[begin:stop].rstrip()
    if bare[-1:] in {",", "、", ";", "("}:
        return True
    if not page.wrap_width or bare[-1:] in {"。", "!", "?", ":"}:
        return False
    line = page.lines[page.line_at(max(begin, begin + len(bare) - 1))]
    return line.indent + line.end - line.start >= page.wrap_width - 2


def has_body(work: str, start: int, end: int, hidden: list[tuple[int, int]]) -> bool:
    """Whether text other than labelled lines, brackets of units and `hidden` lines stands between two offsets."""
    position = start
    while position < end:
        line_end = work.find("\n", position, end)
        if line_end < 0:
            line_end = end
        content = work[position:line_end].strip()
        if content and not _LABEL_LINE.match(content) and not _is_hidden(position, line_end, hidden):
            bracketed = content[0] in "([" and content.rstrip("。;")[-1:] in {")", "]"}
            named = len(content) <= _LONGEST_UNIT_LINE and nothing_but_units(content.rstrip("。;"))
            if not named and not (bracketed and _RESPONSIBILITY.search(content)):
                return True
        position = line_end + 1
    return False


def _is_hidden(start: int, end: int, hidden: list[tuple[int, int]]) -> bool:
    at = bisect_right(hidden, (end, end)) - 1
    return at >= 0 and hidden[at][0] < end and hidden[at][1] > start


def _heading(work: str, begin: int, stop: int, item: Item, body: bool) -> tuple[tuple[int, int], bool | None]:
    """Heading span and whether it is a line of its own; None where only the siblings can tell."""
    closed = work[max(begin, stop - 4) : stop].rstrip()[-1:] in {"。", ";"}  # behind its bracket of units too
    stop = _without_responsibility(work, begin, stop)
    first, sentence = _stops(work, begin, stop)
    _before_label(work, begin, first)
    text = work[begin:stop].rstrip()
    bare_end = begin + len(text)
    while bare_end > begin and work[bare_end - 1] in "。;:!?,、 ":
        bare_end -= 1
    ends_sentence = closed or (bool(text) and text[-1] in "。!?;")
    run_in_children = bool(item.children) and not item.children[0].marker.leads_line
    blanks = bool(first) and work.find(" ", begin, bare_end) >= 0
    gap = _GAP.match(work, begin, bare_end) if blanks else None
    if gap is not None and gap.end() < min(first) and " " not in work[gap.end() : min(first)]:
        return (begin, gap.end(1)), False  # 一、工作目标 2023年底前，…
    blank = _ONE_BLANK.match(work, begin, bare_end) if blanks and ends_sentence else None
    if (
        blank is not None
        and min(first) - blank.end() >= _SHORTEST_BODY
        and " " not in work[blank.end() : min(first)]
    ):
        return (begin, blank.end(1)), False  # （一）领导包联 县级领导每人包联2个项目，…。
    duty = _GAP_BEFORE_UNIT.match(work, begin, bare_end) if blanks else None
    if duty is not None and ends_as_unit(duty.group("unit")):
        return (begin, duty.end(1)), False  # 三、职责分工 县农业农村局：负责…
    if sentence is not None and sentence < bare_end:  # several sentences
        points = [point for point, kind in first.items() if kind != ","]
        return (begin, min([*points, bare_end])), False
    kinds = set(first.values())
    before_units = bare_end
    if ":" in kinds:
        before_units = next((at for at, kind in first.items() if kind == ":" and at < bare_end), bare_end)
    told = 0 < bare_end - before_units <= _LONGEST_UNIT_LINE and item.marker.family != STYLED
    if told and nothing_but_units(work[before_units + 1 : bare_end]):
        return (begin, before_units), False  # 2.财政预决算：市财政局
    nested = body or (bool(item.children) and not run_in_children)
    if item.marker.family == "article" and ends_sentence:
        nested = False  # 第四条 甲由乙组成，由丙主持。 is a sentence, whatever paragraphs it has behind it
    inner = bare_end
    if not _INNER_STOPS.isdisjoint(kinds):
        inner = min(
            [at for at, kind in first.items() if kind in _INNER_STOPS and at < bare_end] or [bare_end]
        )
    whole = run_in_children and bare_end - begin <= _LONGEST_RUN_IN_HEADING
    if (inner < bare_end and inner - begin <= _LONGEST_RUN_IN_HEADING) or whole:
        cut = inner
    else:
        cut = min([*first, bare_end]) if first else bare_end
    length = bare_end - begin
    if nested and length <= _LONGEST_HEADING_LINE:
        if ends_sentence:
            colon = min([point for point, kind in first.items() if kind == ":"] or [bare_end])
            second = work[colon:bare_end]  # 见贤：他山之石的启示。 is a heading in two halves
            halves = bool(item.children) and not body and len(second) <= _LONGEST_HALF and "," not in second
            halves = halves and _KEY.search(work, begin, colon) is None
            return (begin, bare_end if halves else colon), True
        said = next((at for at, kind in first.items() if kind == ":" and at < bare_end), bare_end)
        if bare_end - said > _SHORTEST_SPEECH and "," in work[said:bare_end]:
            return (begin, said), False  # 镇应急办：负责物资储备，4月底前补充 goes on in the next line
        return (begin, bare_end), True
    if cut == bare_end or ends_sentence or nested or run_in_children:
        return (begin, cut), nested or (cut == bare_end and not ends_sentence)
    return (begin, cut), None


def _stops(work: str, begin: int, stop: int) -> tuple[dict[int, str], int | None]:
    """The first of each kind of stop outside quotes, and the first end of a sentence."""
    first: dict[int, str] = {}
    kinds: set[str] = set()
    for match in _STOPS.finditer(work, begin, stop):
        kind = match.group()
        if kind[0] in _HIDING:
            continue
        if kind in "。!?":
            first.setdefault(match.start(), kind)
            return first, match.start()
        if kind not in kinds:
            kinds.add(kind)
            first[match.start()] = kind
    return first, None


def _before_label(work: str, begin: int, first: dict[int, str]) -> None:
    """Move a stop behind a label to the comma before it: 教师培训，牵头单位：市教体局 is headed 教师培训."""
    if ":" not in first.values():
        return
    colon = next((at for at, kind in first.items() if kind == ":"), None)
    comma = work.rfind(",", begin, colon) if colon is not None else -1
    if colon is not None and comma > begin and _LABEL_LINE.match(work[comma + 1 : colon + 1]):
        del first[colon]
        first[comma] = ":"


def _without_responsibility(work: str, begin: int, stop: int) -> int:
    """Leave out a closing bracket of units and dates: （牵头单位：市财政局）."""
    while True:
        text = work[max(begin, stop - _LONGEST_BRACKET) : stop].rstrip().rstrip("。;")
        if not text or text[-1] not in ")]":
            return stop
        opened: list[int] = []
        for match in _BRACKET.finditer(text, 0, len(text) - 1):
            if match.group() in "([":
                opened.append(match.start())
            elif opened:
                opened.pop()
        if not opened:
            return stop
        inside = text[opened[-1] + 1 : -1]
        if text.endswith("阶段", 0, opened[-1]) and looks_like_limit(inside):
            return stop  # （三）总结阶段（9月底前）: when the stage is, not when a task is due
        named = _PEOPLE.search(inside) is None and nothing_but_units(inside)
        if not named and not _RESPONSIBILITY.search(text, opened[-1]):
            return stop
        at = max(begin, stop - _LONGEST_BRACKET) + opened[-1]
        if at <= begin:
            return stop
        stop = at


def _all_short_lines(work: str, siblings: list[Item]) -> bool:
    """Several short lines without a final stop and nothing below them are headings each."""
    lines = [work[item.marker.end : item.own_end].strip() for item in siblings]
    return len(lines) > 1 and all(
        len(line) <= _SHORT_LINE and "\n" not in line and line[-1:] not in {"。", ";", ","} for line in lines
    )


def _heads_whole_lines(work: str, siblings: list[Item]) -> bool:
    """Whether the items of a list that end in a stop tell the others to be headings on their own lines."""
    own_lines = sum(1 for other in siblings if other.note == "own_line")
    run_ins = sum(1 for other in siblings if other.note == "run_in")
    return own_lines > run_ins or (not run_ins and _all_short_lines(work, siblings))


def _settle_unpunctuated(work: str, item: Item, whole: bool) -> None:
    """An item without a final stop or more text: a heading if its siblings are, else cut at the comma."""
    if whole and item.marker.leads_line:
        end = item.own_end
        line_end = work.find("\n", item.heading[0], end)
        line_end = _without_responsibility(work, item.heading[0], line_end if line_end >= 0 else end)
        words = work[item.heading[0] : line_end].rstrip(" 。;:!?,、\n")
        item.heading = (item.heading[0], item.heading[0] + len(words))
    item.note = "settled"
