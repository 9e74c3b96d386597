"""Find the words that make units responsible (labels, brackets, verbs, subjects); sort lead from co."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .dates import looks_like_limit
from .manuscript import Manuscript
from .standing_rules import FIRST_LISTED, blank_rules
from .units import Unit, is_class_of_governments, is_person, split_units

LEAD, CO, GENERIC, ALL_LEAD, PERSON, DUE, OTHER = (
    "lead",
    "co",
    "generic",
    "all_lead",
    "person",
    "due",
    "other",
)

_NOUN = "(?:单位|部门|科室|处室|股室|机构|县区|主体|方)"
_LABELS = re.compile(
    # The first character decides at most places, which keeps the scan fast.
    r"(?=[\[完办整时落推进实计预拟要目最责第直主具包挂牵分联市县区督配协参支会其共承负执任工监验考备电成量"
    r"总首期日节])(?P<open>\[)?(?:"
    rf"(?P<due>(?:计划|预计|拟|要求)?(?:完成|办结|整改|时间|落实|推进|实施|进度|办理|推进落实|目标|最终|"
    rf"责任)?(?:时限|时间节点|期限|时间|时效|节点|时间要求|时限要求|进度要求|时间安排|进度安排|"
    rf"日期)(?:要求|安排)?)"
    r"|(?P<person>(?:第一|直接|主要|具体|包保|包联|挂钩|牵头|分管|联系|责任|市级|县级|区级|督办|主管|挂帅|"
    r"推进)*(?:责任人|负责人|领导|联系人|联络员|市领导|县领导|区领导|专班班长|链长|承办人|"
    r"经办人)(?:及电话|姓名)?)"
    rf"|(?P<lead>(?:总|主要)?(?:牵头|主办|主责|主抓|汇总|第一责任|首要责任|主要责任|责任牵头)(?:责任|负责|"
    rf"承办|落实|市直|市级)?(?:{_NOUN})?(?:名称)?|牵头)"
    rf"|(?P<co>(?:配合|协办|协同|参与|参加|协助|支持|会办|协作|共同责任|其他责任|配合责任|协同配合|"
    rf"责任配合)(?:责任|落实|承办|实施)?(?:{_NOUN})?)"
    rf"|(?P<generic>(?:责任|承办|落实|实施|负责|主管|完成|执行|任务|落实责任|责任落实|分工|工作责任|"
    rf"具体责任|办理|整改责任|整改)(?:承办)?{_NOUN}|责任分工|任务分工|分工|承办{_NOUN})"
    r"|(?P<other>督导单位|督办单位|监督单位|监管单位|验收单位|考核单位|工作目标|目标任务|工作要求|"
    r"工作措施|主要措施|备注|进展情况|联系电话|电话|工作标准|成果形式|预期成果|量化指标|任务来源)"
    r")(?P<tail>(?:[及和、/](?:相关|具体)?责任人)?(?:[(][^()]{1,20}[)])?(?:\]|\ ?:|(?<=[位门室股])[为是](?!主|.{0,6}(?:责任|牵头))|"
    r"(?<=单位)\ +(?=[\u4e00-\u9fff])|"
    r"(?<=部门)\ +(?=[\u4e00-\u9fff])))"
)
_DUTY_WORD = re.compile(r"牵头|责任|配合|负责|落实|参与|主办|协办|承办|会同|协同|协助|参加|实施")
_VERB = re.compile(
    r"(?=[分共联总具统负牵主为作任积密协配参按根依各全组直抓落实承])(?:"
    r"(?P<lead>(?:分别|共同|联合|总|具体|统筹|负责)?牵头(?!单位|部门|责任|领导|人|科室)(?:负责|组织|落实|"
    r"抓总|汇总|实施|推进|协调|承办|主抓|会同)*|主办(?!单位|方|的)|为(?:总)?牵头(?:责任)?(?:单位|部门)|"
    r"(?:作为|任)牵头(?:单位|部门))"
    r"|(?P<co>(?:积极|密切|协同|协助|共同)?(?:配合|协助|协办(?!公)|参与|参加|协同)(?!单位|部门|责任)(?:做好|"
    r"落实|实施|推进|开展|完成|配合)*|为(?:配合|协办|参与|责任|协同)(?:单位|部门))"
    r"|(?P<all>(?:按照?|根据|依据|依)(?:各自)?(?:职责|职能|责任|任务)(?:分工)?(?:和[^,。;]{1,6})?(?:分别|"
    r"共同|具体)?(?:负责|落实|推进|承担|组织实施|抓好落实|做好)?(?:落实|实施|推进)?|(?:分别|共同|具体|"
    r"各自|分工|统筹|全面|组织|直接|主要)?负责(?!人|同志|制)(?:落实|组织实施|实施|推进|组织)?)"
    r"|(?P<impl>(?:抓好|具体|组织|共同|分别)?(?:落实|组织实施|实施|承办)(?!单位|部门|方案|责任|情况))"
    r")"
)
_STANDING_BRACKET = re.compile(
    r"[(][^()]{0,60}(?:下同|列首位|首位者|排(?:名|在)第?一|第一(?:责任)?单位|不再列出|不再一一|以下均|"
    r"以下各)[^()]{0,60}[)]"
)
_EACH_PHRASE = re.compile(r"[^,;。\n]+")
# A verb, not the beginning of an office's name (督查室, 汇总办).
_NO_OFFICE = r"(?!室|局|办(?!理)|组(?!织|建|成)|处(?!理|置)|科(?!学)|中心|大队|支队|委(?!托)|部(?!署)|所(?!需|有)|站)"
_DUTY_VERBS = (
    r"应当?|要|须|需|务必?|必须|将|于|在|每|按|负责|会同|组织|牵头|定期|及时|对|根据|结合|具体|统筹|制定|"
    r"配合|建立|汇总|开展|做好"
)
_MODAL = re.compile(rf"(?:{_DUTY_VERBS}){_NO_OFFICE}")
_BY_WHOM = re.compile(
    rf"(?:{_DUTY_VERBS}|督促|督查|督办|起草|拟定|审核|审批|审定|报批|修订|安排|承担|联合|推进|推动|加快|落实|实施|"
    r"组建|成立|编制|提出|研究|指导|监督|管理|办理|解决|完成|执行|提供|下达|印发|发布|会商|通报|兑现|约谈|"
    rf"协调|跟踪|调度|按程序|发出|召集|召开|收集|整理|报送|抽查|检查|核查|公布|公开){_NO_OFFICE}"
)
_COMMA_PHRASE = re.compile(r"(?:\([^()\n]{0,60}\)|[^,])+")
_TIME_OR_ORDER = re.compile(r"要|应|须|需|务|必须|每|月|季|年|周|日|天|定期|及时|负责|会同|牵头")
_WEAK_SUBJECT = re.compile(
    r"^(?:企业|用人单位|学校|公司|单位|机构|申请单位|建设单位|施工单位|纳税人|市场主体|.{0,6}企业|供应商|"
    r"会|社|中心|医疗机构|全市|我市|全县|全区|本市|我县|我区|省委|市委|县委|区委|党中央|国务院)$"
)


@dataclass
class Duties:
    """Units by role with spans in the source, the spans of labelled limits, and how they were found."""

    lead: list[Unit] = field(default_factory=list)
    co: list[Unit] = field(default_factory=list)
    due: list[tuple[int, int]] = field(default_factory=list)
    reason: str = ""
    to_confirm: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, role: str, units: list[Unit]) -> None:
        """Put units where they are not yet named."""
        known = {unit.name for unit in self.lead} | {unit.name for unit in self.co}
        target = self.lead if role == LEAD else self.co
        for unit in units:
            if unit.name not in known:
                known.add(unit.name)
                target.append(unit)


def read_duties(page: Manuscript, start: int, end: int) -> Duties:
    """Who is responsible between two offsets: explicit forms first, then sentences, then subjects."""
    duties = Duties()
    for chunk_start, chunk_end in explicit_chunks(page, start, end):
        duties.spans.append((chunk_start, chunk_end))
        read_statement(page, chunk_start, chunk_end, duties)
    if duties.lead or duties.co:
        duties.reason = duties.reason or "文中注明的责任单位"
        return duties
    _read_sentences(page, start, end, duties)
    if not duties.lead and not duties.co:
        _read_subjects(page, start, end, duties)
    return duties


def has_label(work: str) -> bool:
    """Whether any label (牵头单位：…) stands in the text."""
    return any(set(match.group("tail")) & {":", "]"} for match in _LABELS.finditer(work))


_OPENERS = re.compile(r"[()\[\]]")


def explicit_chunks(page: Manuscript, start: int, end: int) -> list[tuple[int, int]]:
    """Brackets and labelled lines that name units or limits, in reading order, none inside another."""
    work = page.work
    chunks: list[tuple[int, int]] = []
    for at, stop in _brackets(work, start, end):
        inside = work[at + 1 : stop]
        if _STANDING_BRACKET.fullmatch(work, at, stop + 1) and not _LABELS.search(inside):
            continue
        if _LABELS.search(inside) or _names_units(work, at, stop, inside):
            chunks.append((at + 1, stop))
    for match in _LABELS.finditer(work, start, end):
        if any(a <= match.start() < b or a - 1 <= match.start() < b for a, b in chunks):
            continue
        if match.group("other") or not _label_may_stand(work, match, start):
            continue
        chunks.append((match.start(), _label_end(work, match, end)))
    return _disjoint(chunks)


def _disjoint(chunks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for chunk in sorted(chunks):
        if not kept or chunk[0] >= kept[-1][1]:
            kept.append(chunk)
    return kept


def _label_may_stand(work: str, match: re.Match[str], start: int) -> bool:
    if work[max(start, match.start() - 1) : match.start()] == " ":
        return ":" in match.group("tail") or match.group("open") is not None
    before = work[max(start, match.start() - 24) : match.start()]
    return (
        before[-1:] in {"", "\n", "。", ";", ",", "|", ")", "]", "、", "("} or match.group("open") is not None
    )


def _label_end(work: str, match: re.Match[str], end: int) -> int:
    """A labelled statement runs to the end of its line; a line that ends in a list mark goes on."""
    stop = match.end()
    while True:
        line_end = work.find("\n", stop, end)
        if line_end < 0:
            return end
        so_far = work[match.end() : line_end].strip()
        if so_far and so_far[-1] not in ",、:(" and so_far.count("(") <= so_far.count(")"):
            return line_end
        stop = line_end + 1


def _brackets(work: str, start: int, end: int) -> list[tuple[int, int]]:
    """Outermost bracket pairs; in nests deeper than eight the inner ones are not looked at."""
    pairs = []
    depth = 0
    opened = 0
    for match in _OPENERS.finditer(work, start, end):
        if match.group() in "([":
            if depth == 0:
                opened = match.start()
            depth += 1
            if depth > 8:
                depth, opened = 1, match.start()
        elif depth:
            depth -= 1
            if depth == 0:
                pairs.append((opened, match.start()))
    return [(at, stop) for at, stop in pairs if stop - at <= 2000]


def _names_units(work: str, at: int, stop: int, inside: str) -> bool:
    """A bracket with a duty verb, or one that is nothing but units at the end of a sentence."""
    if len(inside) < 3:
        return False
    if _VERB.search(inside):
        for match in _VERB.finditer(inside):
            phrase = re.split(r"[,;。:]", inside[: match.start()])[-1]
            if split_units(phrase, phrase, strict=True) or (
                match.lastgroup in {"lead", "all"} and split_units(phrase, phrase)
            ):
                return True
        return False
    closes = re.match(r"[)\]\s]*(?:[。;\n]|$)", work[stop : stop + 6]) is not None or work[at - 1 : at] in {
        "。",
        ";",
    }
    return closes and _nothing_but_units(inside)


def _nothing_but_units(inside: str) -> bool:
    """Units, and beside them limits: （2024年6月底前；市财政局）."""
    named = False
    for phrase in re.split(r"[,;]", inside):
        if split_units(phrase, phrase, strict=True):
            named = True
        elif phrase.strip() and not looks_like_limit(phrase):
            return False
    return named


def read_statement(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """Read one bracket or labelled statement."""
    work = page.work
    labels = [m for m in _LABELS.finditer(work, start, end) if _label_may_stand(work, m, start)]
    first = labels[0].start() if labels else end
    parts: list[tuple[str, int, int]] = []
    if work[start:first].strip():
        parts.append((GENERIC, start, first))
    for position, match in enumerate(labels):
        stop = labels[position + 1].start() if position + 1 < len(labels) else end
        parts.append((_role(match), match.end(), stop))
    has_lead = any(role == LEAD for role, _, _ in parts) or bool(duties.lead)
    for role, a, b in parts:
        if role == DUE:
            duties.due.append((a, b))
        elif role == LEAD:
            if _VERB.search(work, a, b):
                _read_roles(page, a, b, duties, False, labelled_lead=True)
            else:
                duties.add(LEAD, _units(page, a, b))
            duties.reason = "标明的牵头单位"
        elif role == CO:
            if _VERB.search(work, a, b):
                _read_roles(page, a, b, duties, True)
            else:
                duties.add(CO, _units(page, a, b))
        elif role == GENERIC:
            _read_roles(page, a, b, duties, has_lead)


def _role(match: re.Match[str]) -> str:
    for role in (DUE, PERSON, LEAD, CO, GENERIC, OTHER):
        if match.group(role):
            return role
    return OTHER


def _without_rules(work: str) -> str:
    """Blank brackets that state a rule for all clauses (列首位者为牵头单位，下同)."""
    work = blank_rules(work)
    if "(" not in work:
        return work
    return _STANDING_BRACKET.sub(lambda m: " " * len(m.group()), work)


def _units(page: Manuscript, start: int, end: int) -> list[Unit]:
    work = _without_rules(page.work[start:end])
    found = []
    for phrase in _EACH_PHRASE.finditer(work):
        a, b = start + phrase.start(), start + phrase.end()
        for unit in split_units(phrase.group(), page.text[a:b]):
            found.append(Unit(unit.name, a + unit.start, a + unit.end, unit.leads))
    return found


def _read_roles(
    page: Manuscript, start: int, end: int, duties: Duties, has_lead: bool, *, labelled_lead: bool = False
) -> None:
    """Units without a lead label: verbs sort them phrase by phrase, else the first named leads.

    labelled_lead: the statement stands under 牵头单位, so what is named in a phrase without a verb leads.
    """
    work = _without_rules(page.work[start:end])
    waiting: list[Unit] = []
    decided = has_lead
    for phrase in _EACH_PHRASE.finditer(work):
        position = phrase.start()
        text = phrase.group()
        inner = 0
        for verb in _VERB.finditer(text):
            if verb.start() < inner or text[verb.start() - 1 : verb.start()] == "(":
                continue
            units = _split_at(page, start, position + inner, position + verb.start(), work)
            inner = verb.end()
            kind = verb.lastgroup
            if not units and not waiting:
                continue
            if kind == "lead":
                duties.add(LEAD, waiting + units if not decided else units)
                if decided:
                    duties.add(CO, waiting)
                waiting, decided = [], True
                duties.reason = "“牵头”所指的单位"
            elif kind == "co":
                if not decided and waiting:
                    duties.add(LEAD, waiting[:1])
                    duties.add(CO, waiting[1:])
                    waiting, decided = [], True
                duties.add(CO, waiting + units)
                waiting = []
            elif kind == "all" and not decided:
                _all_lead(waiting + units, duties)
                waiting, decided = [], True
            elif kind == "impl" and not decided:
                waiting += units
            else:
                duties.add(CO, waiting + units)
                waiting = []
        waiting += _split_at(page, start, position + inner, phrase.end(), work)
        if labelled_lead and not decided:
            duties.add(LEAD, waiting)
            waiting = []
    if not waiting:
        return
    marked = [unit for unit in waiting if unit.leads]
    if decided or duties.lead:
        duties.add(CO, waiting)
    elif marked:
        duties.add(LEAD, marked)
        duties.add(CO, [unit for unit in waiting if not unit.leads])
        duties.reason = "括注牵头的单位"
    else:
        duties.add(LEAD, waiting[:1])
        duties.add(CO, waiting[1:])
        duties.reason = FIRST_LISTED
        duties.to_confirm = len(waiting) > 1


def _split_at(page: Manuscript, base: int, start: int, end: int, work: str) -> list[Unit]:
    units = split_units(work[start:end], page.text[base + start : base + end])
    return [Unit(u.name, base + start + u.start, base + start + u.end, u.leads) for u in units]


def _all_lead(units: list[Unit], duties: Duties) -> None:
    """按职责分工负责: all named lead, whole classes of local governments named last are co."""
    last = len(units)
    while last > 1 and is_class_of_governments(units[last - 1].name.translate({0xFF08: "(", 0xFF09: ")"})):
        last -= 1
    duties.add(LEAD, units[:last])
    duties.add(CO, units[last:])
    duties.reason = "按职责分工负责，所列单位均为牵头"
    duties.to_confirm = len(units) > 1


_SENTENCE = re.compile(r"[^。;!?\n]+")
_BEFORE_NAMES = re.compile(r"^.*(?:由|请|责成)(?=[^由请]{2,}$)")


def _read_sentences(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """由市财政局牵头 in plain prose: only phrases that are nothing but units before the verb."""
    work = page.work
    for verb in _VERB.finditer(work, start, end):
        phrase_start = _phrase_start(work, start, verb.start())
        phrase = work[phrase_start : verb.start()]
        led_by = _BEFORE_NAMES.match(phrase)
        offset = led_by.end() if led_by else 0
        phrase = phrase[offset:].rstrip("要应须需将负责")
        units = split_units(
            phrase, page.text[phrase_start + offset : phrase_start + offset + len(phrase)], strict=True
        )
        if not units or all(_WEAK_SUBJECT.match(u.name) for u in units):
            continue
        a = phrase_start + offset
        placed = [Unit(u.name, a + u.start, a + u.end, u.leads) for u in units]
        duties.spans.append((a, verb.end()))
        if verb.lastgroup == "lead":
            duties.add(LEAD, placed)
            duties.reason = "句中“牵头”所指的单位"
        elif verb.lastgroup == "all" and not duties.lead:
            _all_lead(placed, duties)
        elif verb.lastgroup == "all" and duties.reason.startswith("按职责"):
            duties.add(LEAD, placed)
        else:
            duties.add(CO, placed)


def _phrase_start(work: str, start: int, end: int) -> int:
    """Where the phrase before `end` begins; a bracket that is closed again belongs to it."""
    begin = max(work.rfind(mark, start, end) for mark in ",。;:!?\n") + 1
    opened = work.rfind("(", max(begin, start), end)
    if opened >= 0 and work.find(")", opened, end) < 0:
        begin = opened + 1
    return max(begin, start)


def _read_subjects(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """各牵头单位要于…报送, 由市司法局修订: the subject of a duty sentence leads; 会同 names co."""
    work = page.work
    for sentence in _SENTENCE.finditer(work, start, end):
        ordered = _TIME_OR_ORDER.search(sentence.group()) is not None
        for count, phrase in enumerate(_COMMA_PHRASE.finditer(work, sentence.start(), sentence.end())):
            if count > 5:
                break
            begin = _after_marker(work, phrase.start(), phrase.end())
            by = work.find("由", begin, phrase.end())
            if by >= 0 and _read_subject(page, by + 1, phrase.end(), sentence.end(), duties, _BY_WHOM):
                return
            if ordered and _read_subject(page, begin, phrase.end(), sentence.end(), duties, _MODAL):
                return


def _read_subject(
    page: Manuscript, begin: int, end: int, sentence_end: int, duties: Duties, verbs: re.Pattern[str]
) -> bool:
    """Units from `begin` up to the first verb before which stands nothing but units."""
    work = page.work
    for verb in verbs.finditer(work, begin + 2, min(end, begin + 80)):
        subject = _owner(work[begin : verb.start()].rstrip(" "))
        if len(subject) < 2:
            continue
        units = split_units(subject, page.text[begin : begin + len(subject)], strict=True)
        if not units or all(_WEAK_SUBJECT.match(unit.name) for unit in units):
            continue
        duties.add(LEAD, [Unit(u.name, begin + u.start, begin + u.end) for u in units])
        duties.spans.append((begin, verb.end()))
        duties.reason, duties.to_confirm = "义务句的主语", True
        if verb.group() == "会同":
            _read_partners(page, verb.end(), sentence_end, duties)
        return True
    return False


def _owner(subject: str) -> str:
    """各单位的实施方案: the units whose thing it is."""
    owner, of, thing = subject.partition("的")
    return owner if of and len(thing) <= 12 else subject


def _read_partners(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    for modal in _MODAL.finditer(page.work, start, min(end, start + 80)):
        units = split_units(page.work[start : modal.start()], page.text[start : modal.start()], strict=True)
        if units:
            duties.add(CO, [Unit(u.name, start + u.start, start + u.end) for u in units])
            return


_NUMBER_FIRST = re.compile(
    r" *(?:\(?[一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}[、是要]|\(?\d{1,3}[.、)](?!\d)|"
    r"[①-⑳]|第[一二三四五六七八九十]{1,3}[,、条])? *"
)


def _after_marker(work: str, begin: int, end: int) -> int:
    found = _NUMBER_FIRST.match(work, begin, end)
    return found.end() if found else begin


def named_people(work: str) -> bool:
    """Whether a cell holds only people."""
    return bool(work.strip()) and all(is_person(part) for part in re.split(r"[、, \n]+", work.strip()))
