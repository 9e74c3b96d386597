"""Split a list of units into names as printed, telling names from people, dates and filler words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_STRONG_END = (
    r"局|委|(?<![承催交])办|厅|部|室|科|处|股|站|(?<!场)所|队|院|会|组|社|署|馆|校|联|(?<!平)台|中心|政府|部门|单位|公司|集团|"
    r"银行|"
    r"支行|分行|商行|总行|人行|街道|街办|镇街|乡镇|专班|科协|政协|人大|海关|机场|军分区|国资|机关|联盟|机构|媒体|"
    r"大学|中学|小学|幼儿园|(?<=常务)会议|(?<=党组)会议|融媒体"
)
_PLACE_END = (
    r"县区|市区|市县|区县|县市区|乡镇街道|镇办|[县市区州旗盟镇乡村]|社区|新区|园区|开发区|高新区|经开区|"
    r"示范区|度假区|地区|农场|林场|管区|企业"
)
_ENDS_AS_UNIT = re.compile(rf"(?:{_STRONG_END}|{_PLACE_END})(?:[(\[][^()\[\]]{{1,20}}[)\]])?$")
_ENDS_STRONGLY = re.compile(rf"(?:{_STRONG_END})(?:[(\[][^()\[\]]{{1,20}}[)\]])?$")
_CLASS = re.compile(
    r"^(?:各|相关|有关|全市各|市辖各|属地|所在|所涉|涉及)[^、,;]{0,14}(?:县|区|市|州|镇|乡|街道|街办|政府|"
    r"管委会|办事处|开发区|园区|新区|功能区|村|社区)(?:[(\[][^()\[\]]{1,24}[)\]])?"
    r"[^、,;]{0,10}$|^(?:县|区|市|乡|镇)(?:级|区|级以上)?(?:人民)?政府$|^属地(?:政府|乡镇|镇街|"
    r"街道).{0,6}$|^(?:县区|区县|县市区|市县|镇街|乡镇|各地).{0,8}$"
)
_LOCAL = re.compile(r"政府|县|区|镇|乡|街道|街办|管委会|办事处|园|村|市$|各地|属地|州")
# One name for a class of governments, list marks and all: 各市、州、县人民政府, 市、县（区）政府.
_JOINED = (
    r"各(?:级|[^、,;。()\[\]和]{1,6})?(?:[(\[][^()\[\]]{1,12}[)\]])?(?:党工?委) ?[和、]"
    r"(?:人民)?(?:政府|管委会|办事处)|各[市县区州旗盟](?: ?[、和及][^、,;。() ]{1,7}){1,5}?(?:人民)?政府"
    r"|各[市县区州旗盟](?: ?[、和及][市县区州旗盟乡镇])+(?![\u4e00-\u9fff])"
    r"|各[县市区][(\[][市县区旗][)\]] ?[、和][市县区旗](?:人民)?政府"
    r"|(?<![\u4e00-\u9fff])[省市县区州](?: ?[、和及][市县区州乡镇](?:\([^()]{1,6}\))?){1,4}(?:人民)?政府"
)
_DELIMITER = re.compile(
    rf"{_JOINED}|"
    r"\([^()]*\)|\[[^\[\]]*\]|[、,;/|\n]|[ ]+|[①-⑳]|以及|并会同|会同|联合|(?<=[局委办厅部])商(?=[省市县区州])|[和及与暨]"
)
_PREFIX = re.compile(
    r"^(?:[:：.。、,; \-—*①-⑳]|\d{1,2}[.、](?!\d)|(?:此项工作|该项工作|具体工作|具体)?(?:由|请|责成)|其中|"
    r"统一由|分别由|并由|[\u4e00-\u9fff]{2,8}由(?=[省市县区州镇乡各][\u4e00-\u9fff])|并|会同(?=[\u4e00-\u9fff])|同时|以及|此外)+"
)
_OPEN_LIST = re.compile(
    r"(?<![高中平同对均初])等(?:\d{1,2}|[一二三四五六七八九十]{1,2})?(?:家|个)?(?:[^、,;()]{0,12}(?:部门|"
    r"单位|机构|科室|处室|县区|企业|成员单位|镇街|街道|乡镇|高校|地区|县市区|区县))?$"
)
# 公安、城管、卫健等部门: before an open class the short names of offices stand without 局.
_LONGEST_PIECE = 120  # characters between list marks; what is longer holds no name
# 省有关部门和单位 is one name.
_BARE_KIND = re.compile(r"(?:单位|部门|机构|企业)(?![\u4e00-\u9fff]*(?:局|委|办|部|中心))")
_GOES_ON = re.compile(r"[^、,;。]{2}")
_OPEN_CLASS = re.compile(r"等(?:有关|相关|多个|市直|县直|区直)?(?:部门|单位)$")
_SHORT_NAME = re.compile(r"^[\u4e00-\u9fff]{2,6}$")
_TAIL = re.compile(
    r"(?:(?:按照?|根据|依据|依)(?:各自)?(?:职责|职能|责任|任务)?(?:分工)?(?:和.{0,6})?(?:共同|分别|具体)?|"
    r"分别|分(?:领域|行业|区域|片|级|类|线|块|头)|分工|共同|各自|具体|统筹|统一|总体?|同时|积极|密切|予以|协同|做好|要|应当?|须|需|均|都|为|作为|任|"
    r"主动|全力|依法|等|负总责|和|及|与|、|,|;| |:|。)+$"
)
_PERSON_TITLE = re.compile(
    r"(?:副?市长|副?县长|副?区长|副?州长|副?镇长|副?乡长|副?书记|副?主任|副?局长|副?主席|副?秘书长|常委|"
    r"同志|调研员|副?部长|副?科长|副?处长|副?厅长|副?行长|副?校长|副?院长|副?总经理|董事长|领导|责任人|"
    r"负责人|联络员|科长|组长|指挥长|专员)(?:[(\[].{0,16}[)\]])?[\u4e00-\u9fff某×*]{0,3}$"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦"
    "昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛"
    "林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴"
    "陆荣翁荀羊惠甄曲封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘"
    "景詹束龙叶幸司韶郜黎薄印宿白怀蒲从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑"
    "桂濮牛寿通"
    "边扈燕冀尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚"
    "越隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖"
)
# Offices named by their field alone, some of which begin like a family name.
_SECTORS = frozenset(
    [
        "公安",
        "文旅",
        "文广",
        "农业",
        "金融",
        "卫健",
        "卫生",
        "应急",
        "城管",
        "住建",
        "水利",
        "水务",
        "司法",
        "宣传",
        "组织",
        "政法",
        "统战",
        "民政",
        "民宗",
        "经信",
        "工信",
        "工商",
        "税务",
        "发改",
        "财政",
        "教育",
        "交通",
        "商务",
        "人社",
        "环保",
        "国土",
        "规划",
        "林业",
        "消防",
        "市监",
        "质监",
        "安监",
        "食药监",
        "通信",
        "电力",
        "供电",
        "气象",
        "海事",
        "邮政",
        "信访",
    ]
)
_PERSON = re.compile(rf"^[{_SURNAMES}](?:某{{1,2}}|[\u4e00-\u9fff×*Xx○〇]{{1,2}})(?:同志)?$")
_HEAD_OF = re.compile(
    r"^(?P<office>[\u4e00-\u9fff]{2,16}?(?:局|委|办|厅|部|室|会))(?:党组书记)?(?:局长|主任|厅长|部长)"
    rf"[{_SURNAMES}][\u4e00-\u9fff某×]{{1,2}}$"
)
_NOT_A_NAME = re.compile(
    # 分别负责本辖区: what a unit is responsible for
    r"^本(?:辖区|地区?|行政区域?|区域|[省市县区镇乡村]|街道|园区|系统|领域|行业|单位|部门)$|\d ?[月日号]|\d{4} ?年|季度|年底|年内|设在|兼任|长期|持续|全年|坚持|完成|推进|下同|落实|负责|牵头|配合|的|了|为|不再|"
    r"列出|首位|^(?:待定|待明确|待确定|未定|暂无|另定|另行确定)$|^[按逐][日周旬月季年]|"
    r"第一责任单位|时限|每[月季年周]|工作日|首位者|"
    r"[一-龥]{2}[,。;]|任务|措施|进行|情况|进展"
)
_VERB_START = re.compile(
    r"^(?:依托|借助|推进|推动|加快|加强|强化|深化|完善|健全|建立|打造|实施|开展|推行|优化|提升|提高|聚焦|围绕|构建|"
    r"培育|支持|鼓励|制定|整治|修订|清理|拓展|扩大|增强|促进|实行|做好|做强|探索|充分|"
    r"全面|大力|深入|持续|积极|进一步|确保|力争|对|在|从|以|把|将|按|于|为|向|到|经|建设[^局委办]|覆盖|"
    r"所有|纳入|形成|争创|创建|新建|新增|引进|打通|改造|投入)"
)

_SENTENCE_WORD = re.compile(r"要|督促|应当|必须")  # 县住建局要督促施工单位 is no name


# 县直有行政审批职能的部门
_OWNING = re.compile(r"(?:各|[省市县区](?:直|级)?)?有[\u4e00-\u9fff]{2,12}的(?:部门|单位|机关)")


# A duty that names its unit by its role only.
_ROLE_NAME = re.compile(
    r"^(?:各|各级|各有关|各相关|相关|有关|市级|县级|区级|市直|县直|区直|其他)?"
    r"(?:牵头|责任|配合|承办|主办|协办|成员|参与|落实|主管|参建|实施)(?:单位|部门|科室|处室|股室|县区|"
    r"乡镇|主体)$|^各地(?:各部门|各单位|各有关部门)?$"
)


class Unit(NamedTuple):
    """A name as printed, its place in the piece it was read from, and a role put in a bracket behind it.

    A tuple, for a long plan makes tens of thousands and a frozen dataclass takes three times as long to make.
    """

    name: str
    start: int
    end: int
    leads: bool = False


@lru_cache(maxsize=8192)
def ends_as_unit(name: str) -> bool:
    """Whether a (working-copy) name ends the way names of offices and places end."""
    return len(name) >= 2 and _ENDS_AS_UNIT.search(name) is not None


@lru_cache(maxsize=8192)
def ends_strongly(name: str) -> bool:
    """Whether a (working-copy) name ends the way names of offices end, places left out."""
    return _ENDS_STRONGLY.search(name) is not None


@lru_cache(maxsize=8192)
def is_class_of_governments(name: str) -> bool:
    """Whether a name is a whole class of local governments (各县区人民政府, 各街办), not one unit."""
    return _CLASS.search(name) is not None and _LOCAL.search(name) is not None


@lru_cache(maxsize=8192)
def is_person(name: str) -> bool:
    """Whether a name is a person or a leader's post rather than a unit."""
    if _PERSON_TITLE.search(name) and not re.search(
        r"(?:局|委|办|室|处|科|会|政府|部门|单位|中心|公司|小组)$", name
    ):
        return True
    if name.endswith(tuple("县区镇乡州旗盟")):
        return False
    return name not in _SECTORS and _PERSON.match(name) is not None and _ENDS_STRONGLY.search(name) is None


@lru_cache(maxsize=8192)
def is_strict_unit(name: str) -> bool:
    """Whether a name met in running text can be nothing but a unit."""
    if _ROLE_NAME.match(name) or _OWNING.fullmatch(name):
        return True
    if not 2 <= len(name) <= 24 or not ends_as_unit(name) or is_person(name):
        return False
    if (
        _VERB_START.match(name)
        or _SENTENCE_WORD.search(name)
        or _NOT_A_NAME.search(name)
        or re.search(r"[“”《》:!?.%\d]", name)
    ):
        return False
    if _ENDS_STRONGLY.search(name) is None:
        return len(name) <= 8 or name.startswith(("各", "全市"))
    return True


def split_units(work: str, printed: str, *, strict: bool = False, heads: bool = False) -> list[Unit]:
    """Names in a list, in order. `work` is the working copy of `printed`, character for character.

    heads: the named head of an office (市住建局局长赵六) stands for the office, elsewhere for nobody. Empty when `strict` and any part is no certain unit. Dates, people and filler are dropped otherwise.
    """
    if len(work) <= _LONGEST_PIECE:
        return list(_split_kept(work, printed, strict, heads))
    return _split(work, printed, strict, heads)


def _split(work: str, printed: str, strict: bool, heads: bool) -> list[Unit]:
    units: list[Unit] = []
    seen: set[str] = set()
    short = strict and _OPEN_CLASS.search(work) is not None
    for start, end in _parts(work):
        unit = _clean(work, printed, start, end)
        if unit is None:
            continue
        name = work[unit.start : unit.end]
        head = _HEAD_OF.match(name) if heads else None
        if head is not None:
            name = head.group("office")
            stop = unit.start + len(name)
            unit = unit._replace(name=printed[unit.start : stop], end=stop)
        if strict and not is_strict_unit(name) and not (short and _SHORT_NAME.match(name)):
            if is_person(name):
                continue
            return []
        if is_person(name) or not _may_be_unit(name):
            continue
        if unit.name not in seen:
            seen.add(unit.name)
            units.append(unit)
        if unit.leads and _ALL_BEHIND.search(work, start, end):
            units = [named._replace(leads=True) for named in units]
    return units


@lru_cache(maxsize=4096)
def _split_kept(work: str, printed: str, strict: bool, heads: bool) -> tuple[Unit, ...]:
    """Cached: measure after measure of a plan names the same units, and each is looked at several times."""
    return tuple(_split(work, printed, strict, heads))


@lru_cache(maxsize=8192)
def _may_be_unit(name: str) -> bool:
    if _ROLE_NAME.match(name) or _OWNING.fullmatch(name):
        return True
    if not 2 <= len(name) <= 40 or _NOT_A_NAME.search(name):
        return False
    return ends_as_unit(name) or (
        len(name) <= 14 and re.fullmatch(r"[\u4e00-\u9fff()\[\]、A-Za-z*]+", name) is not None
    )


_PARTNERS = re.compile(
    r"(?<=[\u4e00-\u9fff)\]]),?(?:并|和|要)?会同(?=[^,;。])|(?<=[局委办厅部院])商(?=[省市县区州镇乡][\u4e00-\u9fff]{2})"
)


def before_partners(work: str) -> tuple[int, int] | None:
    """Where 会同 parts who leads from who helps in a list of names (甲局会同乙局); None without it."""
    found = _PARTNERS.search(work) if "会同" in work or "商" in work else None
    if found is None:
        return None
    before = work[: found.start()].strip()
    return found.span() if ends_as_unit(before) or _ROLE_NAME.match(before) else None


def _parts(work: str) -> list[tuple[int, int]]:
    """Cut at list marks; 和, 及, 与 and blanks cut only after a complete name."""
    parts = []
    begin = 0
    for match in _DELIMITER.finditer(work):
        mark = match.group()
        if mark[0] in "([各省市县区州":
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
_ALL_BEHIND = re.compile(r"[(\[](?:共同|联合|分别|并列|均)[^()]{0,2}牵头[^()]{0,4}[)\]] *$")
_ROLE_BEHIND = re.compile(r"[(\[](?:[^()]{0,4}牵头[^()]{0,6}|主办|汇总|[^()]{0,4}主责[^()]{0,4})[)\]]$")
_BRACKET_BEHIND = re.compile(r"[(\[]([\u4e00-\u9fff×、, ]{2,16})[)\]]$")
_CO_BEHIND = re.compile(r"[(\[](?:[^()]{0,4}(?:配合|协办|会办|协同|协助|参与|落实|按职责)[^()]{0,6})[)\]]$")

# 市交通局（5月15日前）、市城管局（5月20日前）: each with a limit of its own behind it.
_LIMIT_BEHIND = re.compile(r"[(\[][^()\[\]]{0,6}\d[^()\[\]]{0,10}[前底末日月][)\]]$")
_CONTACT_BEHIND = re.compile(r"[(\[](?:联系|责任|负责|经办|承办|联络)(?:人|员|电话)[^()\[\]]{0,30}[)\]]$")


def _clean(work: str, printed: str, start: int, end: int) -> Unit | None:
    skip, length, leads = _trim(work[start:end])
    if length < 2:
        return None
    start += skip
    # A star marks a name for a rule stated elsewhere (标注*的为牵头单位).
    length = len(work[start : start + length].rstrip("*★☆"))
    end = start + length
    name = printed[start:end]
    if "\n" in name:
        name = "".join(part.strip() for part in name.split("\n"))
    return Unit(name, start, end, leads)


def _people_behind(part: str) -> re.Match[str] | None:
    """A bracket of people behind a name: 市住建局（张某某）."""
    found = _BRACKET_BEHIND.search(part)
    if found is None or not all(is_person(name) for name in re.split(r"[、, ]+", found.group(1))):
        return None
    return found


@lru_cache(maxsize=8192)
def _trim(piece: str) -> tuple[int, int, bool]:
    """Where in a list's part the name begins, its length, and whether a bracket behind it says that it leads.

    Cached: a plan names the same few dozen units again and again.
    """
    leads = False
    start, end = 0, len(piece)
    if end > _LONGEST_PIECE:
        return 0, 0, False
    while True:
        part = piece[start:end]
        start += len(part) - len(part.lstrip())
        part = piece[start:end].rstrip()
        end = start + len(part)
        prefix = _PREFIX.match(part)
        if prefix and 0 < prefix.end() < len(part):
            start += prefix.end()
            continue
        role = _ROLE_BEHIND.search(part)
        behind = (
            role
            or _CO_BEHIND.search(part)
            or _people_behind(part)
            or _CONTACT_BEHIND.search(part)
            or _LIMIT_BEHIND.search(part)
        )
        behind = behind or _OPEN_LIST.search(part) or _TAIL.search(part)
        if behind is None or behind.start() == 0 or behind.end() == behind.start():
            break
        leads = leads or role is not None
        end = start + behind.start()
    while (
        end > start and piece[end - 1] in "([ "
    ):  # 市信访局（联系人：…）: the label begins within the bracket
        end -= 1
    while end > start and piece[start] in "([" and _unbalanced(piece[start:end]):
        start += 1
    while end > start and piece[end - 1] in ")]" and _unbalanced(piece[start:end]):
        end -= 1
    return start, end - start, leads


def _unbalanced(piece: str) -> bool:
    return piece.count("(") != piece.count(")") or piece.count("[") != piece.count("]")
