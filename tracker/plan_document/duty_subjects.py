"""Read the subject of a duty sentence: 各牵头单位要于…报送, 由市司法局修订, and those who have an order of their own beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from .date_words import PAST
from .dates import looks_like_limit
from .duties import Duties
from .duty_openings import PERIOD, YEAR, after_date, after_marker
from .duty_words import CO, LEAD
from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript
from .typography import working_copy
from .unit_names import HEAD_OF, MAY_NAME_UNITS, ends_strongly, is_class_of_governments
from .units import Unit, split_units

# A verb, not the beginning of an office's name (督查室, 汇总办).
_NO_OFFICE = r"(?!室|局|机构|部门|单位|公司|办(?!理)|组(?!织|建|成)|处(?!理|置)|科(?!学)|中心|大队|支队|委(?!托)|部(?!署)|所(?!需|有)|站)"
_DUTYVERBS = (
    r"应(?!急|用|对|届|收|诉)当?|要(?!求(?![真实稳变新精严快]))|须|需|务必?|必须|将|于|在|每|按|负责(?!人(?![员口才力居])|同志)|会同|组织|牵头|定期|及时|对|根据|"
    r"结合|具体|统筹|制定|"
    r"配合|建立|汇总|开展|做好"
)
_MODAL = lazy_pattern(rf"(?:{_DUTYVERBS}){_NO_OFFICE}")
_BY_WHOM = lazy_pattern(
    rf"(?:{_DUTYVERBS}|督促|督查|督办|建账|建档|登记|摸底|核实|统计(?!局)|认领|包保|立项|挂牌|起草|拟定|审核|审批|审定|报批|修订|安排|承担|联合|推进|推动|加快|"
    rf"落实|实施|"
    r"出台|拿出|研制|组建|成立|编制|提出|研究|指导|监督|管理|办理|解决|完成|执行|提供|调整|下达|下发|发放|印发|发布|会商|通报|兑现|约谈|"
    rf"协调|跟踪|调度|按程序|发出|召集|召开|收集|整理|报送|抽查|检查|核查|公布|公开|"
    rf"阅研|阅处|阅办|研办|研处|核处|酌处|组成|抓紧|抓好|尽快|共同|全面|深入|逐[一项个户村企件条]|依[法规纪]|报(?=[省市县区州镇乡送告请分主])|上报|梳理|摸排|排查|清理|整治|查处|处置|化解|筹集|拨付|"
    rf"建设|争取|确定|明确|细化|完善|优化|(?<=[局委办厅部])(?:会商|[商会])(?=[省市县区州])|从|把|向|就|给予|支付|列支|统一|据实|另行|适时|继续|同步|直接|进行|限期|立即|认真|切实|严格|按时|按期){_NO_OFFICE}"
)
_DAY = (
    rf"(?:{YEAR}[底末内]|(?:{YEAR} ?)?"
    rf"(?:(?:\d{{1,2}}|元)月(?:\d{{1,2}}日|[底末]|[上中下]旬)?|\d{{1,2}}日|[年月]底|{PERIOD}))"
)
_BEGUN = r"(?:开展|组织|完成(?!情况)|进行|召开|报送|启动|实施|形成|印发|出台|建成)"
# 市水务局2025年完成…, 县教育局9月完成…: a bare year or month beside what is to be reached.
_REACHED = r"(?:{year}(?:度|\d{{1,2}}月份?)?|\d{{1,2}}月份?)(?:内|要|需|须|计划|力争|确保|全面|基本|全部|再)?(?:完成|建成|新建|新增|实现|改造|竣工|投用|组织|开展|启动|召开|评审|公示|印发|出台|提交)(?!了|情况|率|较|以来|的)"
_DATED = (
    # 市教育局力争6月底前出台: what weakens a limit stands before it.
    rf"(?:力争|争取|确保|计划|拟|预计|原则上|最迟|最晚){{1,2}}(?:在|于)?(?={_DAY}[之以]?[前内]|{YEAR}|{_DAY}{_BEGUN}|年内)|"
    rf"(?={_DAY}[之以]?前|"
    rf"(?=(?:{YEAR})?(?:元旦|春节|清明|五一|端午|七一|八一|中秋|国庆|[主入]?汛|春运|入冬|供暖|开学|暑期|两会)[^,。;]{{0,3}}前)|"
    rf"(?=\d{{1,2}}月[\d底末上中下]|{YEAR}[底末内]|(?:{YEAR})?{PERIOD}){_DAY}{_BEGUN}|{_REACHED.format(year=YEAR)})"
)
_SUBJECTVERBS = lazy_pattern(
    rf"{_DATED}|[二两三四五六七八]?(?:部门|家)?联合(?!会|社|体|总会|大学)|{_MODAL.pattern}|(?:实行|采取|高度|予以|尽快|立即|实地|现场|聘请|邀请|委托|提出|编制|拟定|起草|修订|梳理|摸排|排查(?!整治行动)|清理|安排|拨付|下达|筹集|发放|核查|自(?=[^,。;]{{2,16}}(?:之日|后|次日)起)|[自从]即日起|自收到|组成|成立|组建|抽调|选派|选调|派[出员驻]|指派|适时|提供|承担|启动|就(?!业|学|医|近|地)|加强|强化|加大|健全|完善|压实|继续|持续|集中(?=人力|力量|时间|精力|开展|整治|清理|排查)|举办|开设|推出|倒排|逐[一项个条]|到岗|到位|(?=\d{{1,3}}个?(?:分钟|小时|天|日|工作日)(?:之|以)?内)|请(?=于|在|按|将|务必|认真|抓紧)|从(?=[^,。;]{{1,12}}(?:抽调|选派|选聘))|认真|切实|严格|抓紧|按时|积极|主动|充分|至少|加快|推进|落实|印发|发布|报送|上报|报(?=[一两]次|[省市县区])|通报|完成|建成|出台|提交|报告|汇报|"
    rf"向(?=[^,。;]{{2,24}}(?:报告|汇报|反馈|通报|报送))|通过|以(?=[^,。;]{{1,10}}为(?:单位|重点|抓手|主|契机))|(?:接|收)到|"
    rf"(?<=[局委办厅部])(?:会商|[商会])(?=[省市县区州])|[是为](?=[^,。;]{{0,6}}(?:责任|实施|主管)[^,。;]{{0,2}}(?:主体|单位|部门|人))){_NO_OFFICE}"
)
_COMMA_PHRASE = lazy_pattern(
    r"(?:\([^()\n]{0,60}\)|\[[^\[\]\n]{0,60}\]|(?<![前内年月周度旬])(?<![前内年月周度旬] )、|[^,、])+"
)
# An order or a limit of its own makes the subject of a further phrase answerable too.
_OWN_ORDER = lazy_pattern(
    r"要(?!求(?![真实稳变新精严快]))|应(?!急|用|对|届|收|诉)当?|须|务必|必须|负责(?!人(?![员口才力居])|同志)|对(?=[^,。;]{2,30}?(?:要|须|应)[^,。;]{0,6}(?:整改|落实|处理|办理|解决|完成))|(?:根据|结合)(?=实际|情况|需要|职责)|(?:统一|统筹|逐[户一项个村])?(?:汇总|审核|验收|复核|抽查|初审|终审)(?=[,。;后并报形]|上报|$)|(?:审核|汇总|审定|研究|复核|初审)后?(?=于|在|报|\d)|(?:于|在)(?=\d{1,3} ?个?(?:工作日|日|天|小时|周|月)(?:之|以)?内)|(?:于|在)(?=每[周月季年旬半日]|[^,。;]{1,12}前|[次当]?[年月]?\d{1,2}[月日])|每(?=[周月季年半日天旬两双隔]|个月)|次(?=[周日月])|[是为](?=[^,。;]{0,6}(?:责任|实施|主管)主体)|按(?=[周月季旬日]度?(?:调|抽|通|汇|报|考|督|总))|"
    + _DATED
)
_TOGETHER = lazy_pattern(
    r"(?:会商|商|会)(?=[省市县区州])|(?:应当?|要|须|需|积极|负责|及时){0,2}(?:会同|联合(?=[省市县区州]))"
)
_TIME_OR_ORDER = lazy_pattern(
    # A set of characters first, which a search skips ahead to.
    r"[要应须需务每月季年周日天时钟期责同头快紧即前](?:(?<=[要应须需务每月季年周日天])|(?<=小时|及时|适时|分钟|定期|会同|牵头)|"
    r"(?<=尽快|抓紧|立即)|(?<=[”\"节底末日旬]前)|"
    r"(?<=负责)(?!人(?![员口才力居])))"
)
# 各单位集中人力清理河道: said to all of a kind it is an order, unless it tells what was done.
_ALL_TOLD = lazy_pattern(
    r" *(?:[一二三四五六七八九]{1,2}[是要、]|\(?\d{1,2}[.、)]|[①-⑳])? *(?:各[^,。;:]{1,24}?|[\u4e00-\u9fff]{2,10}部门(?=提供|组织|牵头))(?:提供|组织|开展|制定|建立|集中|落实|加强|编制|明确|成立|负责|认真|切实|按|将|充分|适时|统筹|及时|积极|主动|密切|结合|科学|对)"
    r"(?![^。;]*(?:了|已|均|共(?![建享同])|累计|先后|较好|正在|取得[^。;]{0,6}(?:成效|进展|成绩|效果)))"
)
_WEAK_SUBJECT = lazy_pattern(
    r"^(?:企业|用人单位|学校|医院|卫生院|幼儿园|小学|中学|高校|银行|机场|车站|养老院|敬老院|福利院|公司|单位|机构|申请单位|建设单位|施工单位|监理单位|设计单位|勘察单位|纳税人|市场主体|(?!各|[省市县区]属).{0,6}企业|供应商|"
    r"会|参会|与会|社|中心|医疗机构|城区|城市|农村|全市|我市|全县|全区|本市|我县|我区|省委|市委|县委|区委|党中央|国务院)$"
)
_PARTNERS_FIRST = ("会同", "联合", "配合", "协助")
_GOES_ON = ("和", "及", "与", "、", "暨")  # 各牵头单位和汇总单位要…: the verb is part of the next name
_LONGEST_SUBJECT = 80  # characters before the verb of a duty
_LONGEST_LIST = 40  # characters behind 由 in which its names stand
_BY_PLACE = lazy_pattern(r"[省市县区州盟旗镇乡各所属]")
_OF_ITS_PEOPLE = lazy_pattern(
    r"[局副]?长|各?(?:分管|主要|主管|党委|党组|有关|副)?(?:负责|领导|书记|主任|同志|副?[省市县区州镇乡局厅处科部]长|副?秘书长)|的"
)
_BY = lazy_pattern(
    r"(?=[由转归责要请建交])(?:(?<!原)由(?![^,。;\n]{2,60}组成(?:[,。;\n]|$))|(?<=划)[转归](?=[省市县区州镇][^,。;]{1,20}(?:承担|负责|管理|办理))|责成|(?<![\u4e00-\u9fff])要求(?=各|[省市县区州][^,。;]{1,10}(?:局|委|办|厅))|(?<![申邀提报])请(?=[省市县区州镇乡街各])|(?<![\u4e00-\u9fff])建议(?=[省市县区州镇乡街各])|"
    # 请发改委阅研, 交市城管局办理: how leaders write on a paper whose it is.
    r"(?<![申邀提报恳敬\u4e00-\u9fff])请(?=[\u4e00-\u9fff]{2,8}?(?:局|委|办|厅|部|院|中心|公司|集团)(?:阅|研|牵头|会同|商|核|负责|督|认真|抓|尽快|立即|依|、|和))|"
    r"(?<![移递提缴上成外社])[交转](?=[省市县区州镇乡街][^,。;]{1,24}?(?:局|委|办|厅|部|院|中心|公司|政府)(?:认真)?(?:办理|研办|阅处|研处|核处|处理|落实|阅办|酌处|牵头)))"
)
_OPENED = lazy_pattern(r"[^(\[ ][(\[][^()\[\]]*$")  # the verb stands in a bracket behind the name
_SENTENCE = lazy_pattern(r"[^。;!?\n—]+")  # 整治隐患——市住建局牵头: behind a dash the units begin anew


def is_weak(unit: Unit) -> bool:
    """Whether a name says a kind of party (企业, 用人单位) that plans speak about and do not charge."""
    return _names_weak_party(unit.name)


@lru_cache(maxsize=8192)
def _names_weak_party(name: str) -> bool:
    return _WEAK_SUBJECT.match(working_copy(name)) is not None


def all_classes(units: list[Unit]) -> bool:
    """Whether all are whole classes of local governments, who carry out rather than lead."""
    return all(is_class_of_governments(working_copy(unit.name)) for unit in units)


def read_subjects(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """各牵头单位要于…报送, 由市司法局修订: the subject of a duty sentence leads; 会同 names co."""
    work = page.work
    for sentence in _SENTENCE.finditer(work, start, end):
        words = sentence.group()
        if PAST.match(words):
            continue
        ordered = _TIME_OR_ORDER.search(words) is not None or (
            ("各" in words or "部门" in words) and _ALL_TOLD.match(words)
        )
        if not (ordered or duties.lead or _BY.search(work, sentence.start(), sentence.end())):
            continue  # nothing below would find a subject in it
        before, listed = "", -1
        for count, phrase in enumerate(_COMMA_PHRASE.finditer(work, sentence.start(), sentence.end())):
            if count > 5:
                break
            marked = after_marker(work, phrase.start(), phrase.end())
            begin = after_date(work, marked, phrase.end())
            if duties.lead:
                if work.startswith("其中", begin):
                    continue  # 其中应急气源站11月10日前投用: a part of the work
                by = _BY.match(work, begin, phrase.end())
                if by and _read_subject(page, by.end(), phrase.end(), sentence.end(), duties, _BY_WHOM):
                    continue
                dated = begin > marked or (count > 0 and looks_like_limit(before))
                verbs = _SUBJECTVERBS if dated else _OWN_ORDER
                if _GUIDES.search(phrase.group()) is None:
                    _read_subject(page, begin, phrase.end(), sentence.end(), duties, verbs)
                before = phrase.group()
                continue
            before = phrase.group()
            words = work[begin : phrase.end()]
            if len(words) <= 60 and not _has_verb(words) and split_units(words, words, strict=True):
                listed = begin if listed < 0 else listed  # 甲局、乙局，各县区要…: the list goes on
                continue
            if listed >= 0:
                begin, listed = listed, -1
            by = _BY.search(work, begin, phrase.end())
            if by and _read_subject(page, by.end(), phrase.end(), sentence.end(), duties, _BY_WHOM):
                continue
            if ordered:
                _read_subject(page, begin, phrase.end(), sentence.end(), duties, _SUBJECTVERBS)


# 县区政府6月底前完成编制，市直部门加强指导: who only guides leads nothing.
_GUIDES = lazy_pattern(
    r"^[^要应须需]*(?:加强|强化|做好|给予)(?:业务|技术|工作|跟踪|政策){0,2}(?:指导|督导|监督|支持)$"
)


def read_other_subjects(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """甲局牵头…；9月10日前，乙局会同丙局…: a further sentence with an order of its own has a subject of its own."""
    spoken = sorted(duties.spans)
    at = 0
    for sentence in _SENTENCE.finditer(page.work, start, end):
        a, b = sentence.span()
        while at < len(spoken) and spoken[at][1] <= a:
            at += 1
        told_later = at < len(spoken) and spoken[at][0] < b
        if told_later:
            # 各牵头单位要于10日前报送，由督查室负责公开: who is told by 由 leaves the subject before it.
            first = spoken[at][0] - 1
            if first - a < 8 or page.work[first] != "由" or page.work[first - 1] not in ",;":
                while at + 1 < len(spoken) and spoken[at + 1][0] < b:
                    at += 1
                _read_rest(page, spoken[at][1], b, duties)
                continue
            b = first
        if MAY_NAME_UNITS.search(page.work, a, b) is None:
            continue
        other = Duties()
        read_subjects(page, a, b, other)
        named_by = bool(other.lead) and page.work[other.lead[0].start - 1 : other.lead[0].start] == "由"
        if all_classes(other.lead) and not (told_later or named_by):
            continue  # 各县区9月底前出台配套措施: they follow who leads
        duties.add(LEAD, other.lead)
        duties.add(CO, other.co)
    for units in (duties.lead, duties.co):
        if len(units) > 1:
            units.sort(key=_by_place)


def _by_place(unit: Unit) -> int:
    return unit.start


def _read_rest(page: Manuscript, said: int, end: int, duties: Duties) -> None:
    """甲局牵头建立台账，乙局、丙局每月5日前推送数据: who has an order of its own behind what was said of the lead."""
    comma = page.work.find(",", said, end)
    if comma < 0 or end - comma < _SHORTEST_ORDER or MAY_NAME_UNITS.search(page.work, comma, end) is None:
        return
    known = len(duties.lead)
    rest = Duties(lead=list(duties.lead), co=list(duties.co))
    read_subjects(page, comma + 1, end, rest)
    if not all_classes(rest.lead[known:]):
        duties.add(LEAD, rest.lead[known:])


_SHORTEST_ORDER = 8  # characters


def _has_verb(words: str) -> bool:
    return _SUBJECTVERBS.search(words) is not None or _BY_WHOM.search(words) is not None or "召开" in words


def _read_subject(
    page: Manuscript, begin: int, end: int, sentence_end: int, duties: Duties, verbs: re.Pattern[str]
) -> bool:
    """Units from `begin` up to the first verb before which stands nothing but units."""
    work = page.work
    if MAY_NAME_UNITS.search(work, begin, min(end, begin + _LONGEST_SUBJECT)) is None:
        return False
    if work.startswith(_PARTNERS_FIRST, begin):
        return False  # 会同市市场监管局制定…: who helps somebody not named here
    for verb in verbs.finditer(work, begin + 2, min(end, begin + _LONGEST_SUBJECT)):
        subject = _owner(work[begin : verb.start()].rstrip(" "))
        if verb.group() == "组成" and "由" in subject:
            return False  # 成员单位由甲局、乙局组成: who belongs to it
        if len(subject) < 2 or subject.endswith(_GOES_ON) or _OPENED.search(subject) is not None:
            continue
        units = split_units(subject, page.text[begin : begin + len(subject)], strict=True)
        if not units or all(is_weak(unit) for unit in units):
            continue
        duties.add(LEAD, [Unit(u.name, begin + u.start, begin + u.end) for u in units])
        duties.spans.append((begin, verb.end()))
        duties.reason, duties.to_confirm = "义务句的主语", True
        partners = _TOGETHER.match(work, verb.start(), sentence_end)
        if partners is not None:
            read_partners(page, partners.end(), sentence_end, duties)
        return True
    return verbs is _BY_WHOM and _read_named_by(page, begin, end, duties)


def _read_named_by(page: Manuscript, begin: int, end: int, duties: Duties) -> bool:
    units = _longest_names(page, begin, end)
    if not units:
        return False
    duties.add(LEAD, [Unit(u.name, begin + u.start, begin + u.end) for u in units])
    duties.spans.append((begin, begin + units[-1].end))
    duties.reason, duties.to_confirm = "“由”之后的单位", True
    return True


def _longest_names(page: Manuscript, begin: int, end: int) -> list[Unit]:
    """由市直部门自行整改, 会同县法院出具意见: the longest run of names, whatever verb comes after it."""
    for stop in range(min(end, begin + _LONGEST_LIST), begin + 2, -1):
        names = page.work[begin:stop]
        if not ends_strongly(names) or page.work.startswith(("会", "议", "员会"), stop):
            continue  # 县经开区管委 is no name where 会 follows
        if _OF_ITS_PEOPLE.match(page.work, stop) and not _led_by_head(page.work, begin, stop):
            continue
        units = split_units(names, page.text[begin:stop], strict=True)
        if units and _BY_PLACE.match(names):
            return units
    return []


def _led_by_head(work: str, begin: int, stop: int) -> bool:
    """由县经开区管委会主任孙某跟进: the office of the head who is named."""
    return any(HEAD_OF.match(work[begin : stop + length]) for length in range(4, 9))


def _owner(subject: str) -> str:
    """各单位的实施方案: the units whose thing it is."""
    owner, of, thing = subject.partition("的")
    return owner if of and len(thing) <= 12 else subject


def read_partners(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    comma = page.work.find(",", start, min(end, start + 80))
    near = comma if comma > 0 else min(end, start + 80)
    stops = [modal.start() for modal in _BY_WHOM.finditer(page.work, start, near)]
    later = [modal.start() for modal in _BY_WHOM.finditer(page.work, near, min(end, start + 80))]
    for stop in [*stops, near, *later]:
        units = split_units(page.work[start:stop], page.text[start:stop], strict=True)
        if units:
            duties.add(CO, [Unit(u.name, start + u.start, start + u.end) for u in units])
            return
    named = _longest_names(page, start, near)
    duties.add(CO, [Unit(u.name, start + u.start, start + u.end) for u in named])
