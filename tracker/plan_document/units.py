"""Split a list of units into names as printed, telling names from people, dates and filler words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .lazy_pattern import lazy_pattern
from .unit_names import HEAD_OF, OWN_FIELDS, ROLE_NAME, ends_as_unit, is_person, is_strict_unit, may_be_unit

# One name for a class of governments, list marks and all: 各市、州、县人民政府, 市、县（区）政府, 各区、县级市.
_TIER = r"(?:县级市|设区的?市|地级市|自治[州县旗]|特区|[市县区州旗盟])(?:[(\[][^()\[\]]{1,12}[)\]])?"
_JOINED = (
    r"(?:各(?:级|[^、,;。()\[\]和]{1,6})?|[省市县乡镇]级|地方)(?:[(\[][^()\[\]]{1,12}[)\]])?(?:党工?委|(?<=[)\]县市区州旗])委) ?[和、]"
    r"(?:人民)?(?:政府|管委会|办事处)|各[市县区州旗盟](?: ?[、和及][^、,;。() ]{1,7}){1,5}?(?:人民)?政府"
    r"|各[市县区州旗盟](?: ?[、和及][市县区州旗盟乡镇])+(?![\u4e00-\u9fff])"
    rf"|各(?:有关|相关|市辖)?{_TIER}(?: ?[、和及]{_TIER}){{1,5}}(?:(?:人民)?政府)?(?=[^\u4e00-\u9fff]|[和及与]|$)"
    r"|(?:乡镇|县区|街道|[省市县区州镇乡])党工?委 ?[、和] ?(?:人民)?政府(?![\u4e00-\u9fff])"
    r"|中央 ?[、和及] ?[省市]属[^、,;。() ]{0,8}(?:单位|企业|机构|高校)"
    r"|各[市县区州] ?[、和及] ?[县区市州][\u4e00-\u9fff]{0,8}(?:局|委|公司|支行)(?![\u4e00-\u9fff])"
    # 清河、临山两县人民政府
    r"|[\u4e00-\u9fff]{1,3}(?: ?、 ?[\u4e00-\u9fff]{1,3}){0,6}(?<![局委办厅部]) ?[、和] ?[\u4e00-\u9fff]{1,3}[两三四五六七八九][市县区州镇乡](?:(?:人民)?政府)?(?![\u4e00-\u9fff])"
    r"|(?<![\u4e00-\u9fff])[省市县区州](?: ?[、和及][市县区州乡镇](?:\([^()]{1,14}\))?){1,4}(?:(?:人民)?政府|级?[\u4e00-\u9fff]{2,12}(?:部门|机关)(?![\u4e00-\u9fff]))"
)
_DELIMITER = lazy_pattern(
    rf"{_JOINED}|"
    r"\([^()]*\)|\[[^\[\]]*\]|[、,;/|\n]|[ ]+|[①-⑳]|以及|并会同|会同|联合(?!会|社|体|总会|大学)|(?<=[局委办厅部])(?:会商|[商会])(?=[省市县区州])|[和及与暨]"
)
_PREFIX = lazy_pattern(
    r"^(?:[:：.。、,; \-—*★☆▲△●①-⑳]|\d{1,2}[.、](?!\d)|(?:此项工作|该项工作|具体工作|具体)?(?:由|请|责成)|其中|"
    r"统一由|分别由|并由|[\u4e00-\u9fff]{2,8}由(?=[省市县区州镇乡各][\u4e00-\u9fff])|并|会同(?=[\u4e00-\u9fff])|同时|以及|此外)+"
)
_OPEN_LIST = lazy_pattern(
    r"(?<![高中平同对均初])等(?:\d{1,2}|[一二三四五六七八九十]{1,2})?(?:家|个)?(?:[^、,;()]{0,12}(?:部门|"
    r"单位|组织|团体|社团|院校|机构|科室|处室|县区|企业|成员单位|镇街|街道|乡镇|高校|地区|县市区|区县))?$"
)
_LONGEST_PIECE = 120  # characters between list marks; what is longer holds no name
# 省有关部门和单位 is one name.
_BARE_KIND = lazy_pattern(r"(?:单位|部门|机构|企业)(?![\u4e00-\u9fff]*(?:局|委|办|部|中心))")
_GOES_ON = lazy_pattern(r"[^、,;。]{2}")
# 公安、城管、卫健等部门: before an open class the short names of offices stand without 局.
_OPEN_CLASS = lazy_pattern(r"等(?:有关|相关|多个?|各|市直|县直|区直)?(?:部门|单位)$")
_SHORT_NAME = lazy_pattern(r"^[\u4e00-\u9fff]{2,6}$")
_TAIL = lazy_pattern(
    r"(?:(?:按照?|根据|依据|依)(?:各自)?(?:职责|职能|责任|任务|行业|领域|区域|属地|类别|系统|片区)?(?:分工)?(?:和.{0,6})?(?:共同|分别|具体)?|"
    r"结合(?:本地|自身|各自|工作)*实际|分别|分(?:领域|行业|区域|片|级|类|线|块|头)|分工|共同|各自|具体|统筹|统一|总体?|同时|积极|密切|予以|协同|做好|要|应当?|须|需|均|都|为|作为|(?<!主)任|"
    r"主动|全力|依法|等|负总责|和|及|与|、|,|;| |:|。)+$"
)


class Unit(NamedTuple):
    """A name as printed, its place in the piece it was read from, and a role put in a bracket behind it.

    `helps`: the bracket says that it only assists (市住建局（配合）). A tuple, for a long plan makes tens of thousands
    and a frozen dataclass takes three times as long to make.
    """

    name: str
    start: int
    end: int
    leads: bool = False
    helps: bool = False


def split_units(work: str, printed: str, *, strict: bool = False) -> list[Unit]:
    """Names in a list, in order. `work` is the working copy of `printed`, character for character.

    The head of an office (市住建局局长赵六) stands for the office, other people for nobody. Empty when `strict` and any
    part is no certain unit. Dates, people and filler are dropped otherwise.
    """
    if len(work) <= _LONGEST_PIECE:
        return list(_split_kept(work, printed, strict))
    return _split(work, printed, strict)


def _split(work: str, printed: str, strict: bool) -> list[Unit]:
    units: list[Unit] = []
    seen: set[str] = set()
    short = strict and (_OPEN_CLASS.search(work) is not None or _are_sectors(work))
    for start, end in _parts(work):
        unit = _clean(work, printed, start, end)
        if unit is None:
            continue
        name = work[unit.start : unit.end]
        if not strict and not ends_as_unit(name):
            doing = _DOING.match(name)
            if doing is not None and not ROLE_NAME.match(doing.group("name")):
                name = doing.group("name")
                stop = unit.start + len(name)
                unit = unit._replace(name=printed[unit.start : stop], end=stop)
        head = HEAD_OF.match(name)
        if head is not None:
            name = head.group("office") or head.group("before")
            stop = unit.start + len(name)
            unit = unit._replace(name=printed[unit.start : stop], end=stop)
        if strict and not is_strict_unit(name) and not (short and _SHORT_NAME.match(name)):
            if is_person(name):
                continue
            return []
        if is_person(name) or not may_be_unit(name):
            continue
        if unit.name not in seen:
            seen.add(unit.name)
            units.append(unit)
        if unit.leads and _ALL_BEHIND.search(work, start, end):
            units = [named._replace(leads=True) for named in units]
    stars = STAR_RULE.search(work) if "牵头" in work else None
    if stars is not None:
        units = [u._replace(leads=stars.group("star") in _beside(work, u)) for u in units]
    return units


def _beside(work: str, unit: Unit) -> str:
    """The characters right before and right behind a name."""
    return work[max(0, unit.start - 1) : unit.start] + work[unit.end : unit.end + 1]


def _are_sectors(work: str) -> bool:
    """公安、市场监管、街道: a list of offices in which some are named by their field alone."""
    names = _LIST_MARK.split(work.strip())
    return (
        len(names) > 1
        and any(name in OWN_FIELDS for name in names)
        and all(name in OWN_FIELDS or is_strict_unit(name) for name in names)
    )


_LIST_MARK = re.compile(r"[、, ]+")


@lru_cache(maxsize=4096)
def _split_kept(work: str, printed: str, strict: bool) -> tuple[Unit, ...]:
    """Cached: measure after measure of a plan names the same units, and each is looked at several times."""
    return tuple(_split(work, printed, strict))


# 财政局保障经费: what it does stands behind a name without a verb of responsibility.
_DOING = lazy_pattern(
    r"(?P<name>[\u4e00-\u9fff]{1,14}?(?:局|委|办|厅|部|会|公司|中心|政府|街道|单位|部门))"
    r"(?:保障|提供|组织|监督|审核|审批|协调|开展|制定|编制|加强|建立|承担|履行|强化|统筹|抓好|安排|出台|汇总|维护|做好|支持|指导|跟进|办理|整治|清理|发放|拨付|筹措|宣传|落实|推进|确保|严格|加大|[要须应需](?!求))[\u4e00-\u9fff]{2}"
)
_PARTNERS = lazy_pattern(
    r"(?<=[\u4e00-\u9fff)\]]),?(?:并|和|要)?会同(?=[^,;。])|(?<=[局委办厅部院])(?:会商|[商会])(?=[省市县区州镇乡][\u4e00-\u9fff]{2})"
)


def before_partners(work: str) -> tuple[int, int] | None:
    """Where 会同 parts who leads from who helps in a list of names (甲局会同乙局); None without it."""
    found = _PARTNERS.search(work) if "会" in work or "商" in work else None
    if found is None:
        return None
    before = work[: found.start()].strip()
    return found.span() if ends_as_unit(before) or ROLE_NAME.match(before) else None


def _parts(work: str) -> list[tuple[int, int]]:
    """Cut at list marks; 和, 及, 与 and blanks cut only after a complete name."""
    parts = []
    begin = 0
    for match in _DELIMITER.finditer(work):
        mark = match.group()
        if mark[0] in "([各省市县区州" or mark.startswith("中央"):
            continue
        at, after = match.span()
        if mark.strip() and mark in "、,;/|\n":
            if mark == "\n" and not ends_as_unit(work[begin:at].strip()):
                continue
        elif mark.isspace():
            left = work[begin:at].strip()
            if not (ends_as_unit(left) or is_person(left)) or len(left) < 2:
                continue
        elif mark in {"和", "及", "与", "暨"}:
            left = work[begin:at].strip()
            if not ends_as_unit(left) or not _GOES_ON.match(work, after) or _BARE_KIND.match(work, after):
                continue
            if mark == "和" and re.search(
                r"(?:发展|人力资源|文化|工业|住房|自然资源|规划|卫生|农业|社区)$", left
            ):
                continue
        elif not ends_as_unit(work[begin:at].strip()):
            continue
        parts.append((begin, at))
        begin = after
    parts.append((begin, len(work)))
    return parts


# 甲局、乙局（共同牵头）: the bracket speaks of all that stand before it.
_ALL_BEHIND = lazy_pattern(r"[(\[](?:共同|联合|分别|并列|均)[^()]{0,2}牵头[^()]{0,4}[)\]] *$")
_ROLE_BEHIND = lazy_pattern(
    r"[(\[](?:[^()]{0,4}牵头[^()]{0,6}|主办|汇总|主|牵|[^()]{0,4}主责[^()]{0,4})[)\]]$"
)
# 市商务局★、市民政局（标★的为牵头单位）: which of the names before it lead.
STAR_RULE = lazy_pattern(
    r"[(\[](?:注:)?(?:[^()\[\]、]{0,6}(?:标|带|加|打|注|以)[^()\[\]、]{0,4}|[“\"]?)(?P<star>[*★☆▲△●])[^()\[\]]{0,8}[为是]?牵头[^()\[\]]{0,8}[)\]]"
)
_BRACKET_BEHIND = lazy_pattern(r"[(\[]([\u4e00-\u9fff×、, ]{2,16})[)\]]$")
_CO_BEHIND = lazy_pattern(
    r"[(\[](?:[^()]{0,4}(?:配合|协办|会办|协同|协助|参与|落实|按(?:职责|责任|职能|分工))[^()]{0,6}|协|配|辅|"
    r"(?:负责)?(?:统筹|指导|督导|监督)(?:协调|指导)?(?:单位)?)[)\]]$"
)

_HELPS_BEHIND = lazy_pattern(
    r"[(\[](?:(?:积极|密切|协同)?(?:配合|协助|协办|会办|协同|参与|参加)(?:单位|部门)?|协|配|辅)[)\]]$"
)

# 市交通局（5月15日前）、市城管局（5月20日前）: each with a limit of its own behind it.
_LIMIT_BEHIND = lazy_pattern(r"[(\[][^()\[\]]{0,6}\d[^()\[\]]{0,10}[前底末日月][)\]]$")
# 市安委会成员单位（详见任务分工）: where to read more of them.
_ASIDE_BEHIND = lazy_pattern(
    r"[(\[](?:(?:业主|建设|实施|施工|代建|产权|运营|主管|属地|项目)(?:单位|方|部门|业主)|(?:设在|挂靠|详?见|名单|以下[简统]称|下称|排名不分)[^()\[\]]{0,24}|[^()\[\]]{0,40}下同|[\u4e00-\u9fff、]{1,10}(?:业|类|方面|领域|板块|部分|标段|片区|线路|路段|经济))[)\]]$"
)
_CONTACT_BEHIND = lazy_pattern(r"[(\[](?:联系|责任|负责|经办|承办|联络)(?:人|员|电话)[^()\[\]]{0,30}[)\]]$")


SIGNS = "◇◆■□●○▲△★☆►▶※◎"
_MARKS_BEHIND = "*… " + SIGNS


def _clean(work: str, printed: str, start: int, end: int) -> Unit | None:
    skip, length, leads, helps = _trim(work[start:end])
    if length < 2:
        return None
    start += skip
    # A star marks a name for a rule stated elsewhere (标注*的为牵头单位); another sign opens the next label; 甲局、乙局…
    length = len(work[start : start + length].rstrip(_MARKS_BEHIND))
    end = start + length
    name = printed[start:end]
    if "\n" in name:
        name = "".join(part.strip() for part in name.split("\n"))
    return Unit(name, start, end, leads, helps)


def _people_behind(part: str) -> re.Match[str] | None:
    """A bracket of people behind a name: 市住建局（张某某）."""
    found = _BRACKET_BEHIND.search(part)
    if found is None or not all(is_person(name) for name in re.split(r"[、, ]+", found.group(1))):
        return None
    return found


@lru_cache(maxsize=8192)
def _trim(piece: str) -> tuple[int, int, bool, bool]:
    """Where in a list's part the name begins, its length, and whether a bracket behind it says that it leads or helps.

    Cached: a plan names the same few dozen units again and again.
    """
    leads = helps = False
    start, end = 0, len(piece)
    if end > _LONGEST_PIECE:
        return 0, 0, False, False
    while True:
        part = piece[start:end]
        start += len(part) - len(part.lstrip())
        part = piece[start:end].rstrip()
        end = start + len(part)
        prefix = _PREFIX.match(part)
        if prefix and 0 < prefix.end() < len(part):
            start += prefix.end()
            continue
        stars = STAR_RULE.search(part)
        role = _ROLE_BEHIND.search(part) if stars is None else None
        behind = (
            role
            or stars
            or _CO_BEHIND.search(part)
            or _people_behind(part)
            or _CONTACT_BEHIND.search(part)
            or _LIMIT_BEHIND.search(part)
            or _ASIDE_BEHIND.search(part)
        )
        behind = behind or _OPEN_LIST.search(part) or _TAIL.search(part)
        if behind is None or behind.start() == 0 or behind.end() == behind.start():
            break
        leads = leads or role is not None
        helps = helps or _HELPS_BEHIND.match(part, behind.start()) is not None
        end = start + behind.start()
    while (
        end > start and piece[end - 1] in "([ "
    ):  # 市信访局（联系人：…）: the label begins within the bracket
        end -= 1
    while end > start and piece[start] in "([" and _unbalanced(piece[start:end]):
        start += 1
    while end > start and piece[end - 1] in ")]" and _unbalanced(piece[start:end]):
        end -= 1
    return start, end - start, leads, helps


def _unbalanced(piece: str) -> bool:
    return piece.count("(") != piece.count(")") or piece.count("[") != piece.count("]")
