"""Read responsibility from plain sentences: verbs after names, and names set before their own tasks."""

from __future__ import annotations

import re

from .duties import Duties, all_lead
from .duty_openings import after_marker
from .duty_subjects import all_classes, is_weak, read_partners
from .duty_words import CO, LABELS, LEAD, VERB, defines_role
from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript
from .unit_names import FIELDS_TOLD, is_person
from .units import Unit, before_partners, split_units

_WITH = lazy_pattern(
    r"[,;。(] ?(?:会同|联合|会?商(?=[省市县区州])|会(?=[省市县区州][^,。;]{1,14}(?:局|委|办|厅|部) ?[、,;。]))"
)
_LONGEST_PHRASE = 300  # characters before a verb in which its units stand
_NAMED_BEFORE = r" *(?P<names>[^。;:\n]{2,60}):(?= *[^ \n。;:]{4})"
_HEADED_FIRST = lazy_pattern(_NAMED_BEFORE)  # at the beginning of an item, whatever blanks stand before it
_HEADED = lazy_pattern(rf"(?:(?<=[。;\n])|(?<=:)(?=[①-⑳])){_NAMED_BEFORE}")
_LIST_MARK = lazy_pattern(r"[、, ]+")
_PHRASE_STOPS = ",。;:!?\n"
_BEFORE_NAMES = lazy_pattern(r"^(?:以(?=[省市县区州镇乡各])|.*(?:由|请|责成))(?=[^由请]{2,}$)")


def read_sentences(
    page: Manuscript, start: int, end: int, duties: Duties, *, helpers_only: bool = False
) -> None:
    """由市财政局牵头 in plain prose: only phrases that are nothing but units before the verb.

    helpers_only: who leads is known, only those who 配合 are looked for.
    """
    work = page.work
    said = start  # where the verb before ended: 由甲局牵头、乙局配合
    for verb in VERB.finditer(work, start, end):
        if helpers_only and verb.lastgroup != CO:
            said = verb.end()
            continue
        stop = verb.start()
        if work[stop - 1 : stop] == "(" and work[verb.end() : verb.end() + 1] == ")":
            stop -= 1  # 甲局牵头、乙局（配合）
        phrase_start = _phrase_start(work, start, stop)
        before, goes_on, phrase_start = said, phrase_start < said, max(phrase_start, said)
        phrase_start = after_marker(work, phrase_start, stop)
        said = verb.end()
        phrase = work[phrase_start:stop]
        led_by = _BEFORE_NAMES.match(phrase)
        offset = led_by.end() if led_by else 0
        if verb.lastgroup == "impl" and phrase.endswith(("要", "应", "应当", "须")):
            continue  # 县住建局要督促…: the subject of a duty, no helper of another's
        phrase = phrase[offset:].rstrip("要应须需将负责予")
        if defines_role(verb, phrase) or (led_by and led_by.group().endswith("原由")):
            continue
        if verb.lastgroup == "lead" and phrase:
            # 由分管副镇长牵头，甲所具体落实: where only people lead, the doers do
            duties.people_lead = all(map(is_person, _LIST_MARK.split(phrase)))
            duties.doers_only = duties.doers_only and duties.people_lead
        printed = page.text[phrase_start + offset : phrase_start + offset + len(phrase)]
        units = split_units(phrase, printed, strict=True)
        if not units and led_by and phrase in FIELDS_TOLD:
            units = [Unit(printed, 0, len(phrase))]
        if not units:
            begin, stop = _named_part(phrase, verb, goes_on=goes_on)
            phrase, printed, offset = phrase[begin:stop], printed[begin:stop], offset + begin
            units = split_units(phrase, printed, strict=True)
        if not units or all(is_weak(u) for u in units):
            continue
        a = phrase_start + offset
        placed = [Unit(u.name, a + u.start, a + u.end, u.leads) for u in units]
        if not offset and work[a - 1 : a] == ",":
            placed = _listed_before(page, start, before, a - 1) + placed
        duties.spans.append((placed[0].start, verb.end()))
        parted = before_partners(phrase)
        leads = verb.lastgroup in {"lead", "all"} or (verb.lastgroup == "impl" and led_by)
        if leads and parted is not None and not duties.lead:
            duties.add(LEAD, [unit for unit in placed if unit.end <= a + parted[0]])
            duties.add(CO, [unit for unit in placed if unit.start >= a + parted[1]])
            duties.reason = "“会同”之前的单位"
        elif verb.lastgroup == "lead":
            duties.lead_by_verb(verb.group(), placed)
            duties.reason = "句中“牵头”所指的单位"
        elif verb.lastgroup == "all" and not duties.lead:
            all_lead(placed, duties)
        elif (
            verb.lastgroup == "all"
            and duties.reason.startswith("按职责")
            and (led_by or not all_classes(placed))
        ):
            duties.add(LEAD, placed)
        elif verb.lastgroup == "impl" and led_by and not duties.lead and not all_classes(placed):
            all_lead(placed, duties)
            duties.reason = "写明由其落实的单位"
        else:
            duties.add(CO, placed)
            if verb.lastgroup != "impl":
                duties.doers_only = False
                continue
            duties.doers += placed
            duties.told = duties.told or (led_by is not None and not duties.lead)
            if _OVERSEES.match(work, verb.start()):
                duties.overseers.update(unit.name for unit in placed)
            elif _OBJECT.match(work, verb.end()):
                duties.own_task += [unit for unit in placed if _opens_sentence(work, unit.start, start)]
    if duties.lead:
        for partners in _WITH.finditer(work, start, end):
            read_partners(page, partners.end(), end, duties)


def read_helped(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """会同市数据局，10月底前完成对接。责任科室：信息科: who helps, said in the words beside a bracket or label that names the lead."""
    if not duties.lead or duties.co:
        return
    stated = sorted(duties.spans)
    for partners in _HELPED_BY.finditer(page.work, start, min(end, start + _FIRST_WORDS)):
        if not any(a <= partners.start() < b for a, b in stated):
            read_partners(page, partners.end(), end, duties)


_HELPED_BY = lazy_pattern(r"[。;\n] *(?:会同|联合)(?=[省市县区州][^,。;\n]{1,24}[,。;])")
_FIRST_WORDS = 400  # characters of a task in which its partners are looked for


def _listed_before(page: Manuscript, start: int, said: int, comma: int) -> list[Unit]:
    """甲局牵头，乙局、丙局，各镇配合: the units before the last comma of a list, behind the verb before (`said`)."""
    begin = _phrase_start(page.work, said, comma)
    if comma - begin > _LONGEST_PHRASE // 3 or (begin == said > start and page.work[said - 1 : said] != ","):
        return []
    units = split_units(page.work[begin:comma], page.text[begin:comma], strict=True)
    if all(is_weak(unit) for unit in units):
        return []
    return [Unit(u.name, begin + u.start, begin + u.end, u.leads) for u in units]


# 由各区组织实施，市城管局督促落实: who sees to it that others do it.
_OVERSEES = lazy_pattern(
    r"(?:负责)?(?:督促|督导|督办|监督|跟踪)(?:落实|指导|检查|推进|实施|整改|抓好|督办)*(?=[,。;)\n]|$)"
)
_OBJECT = lazy_pattern(r"[\d\u4e00-\u9fff“]{3}")


def _opens_sentence(work: str, at: int, start: int) -> bool:
    """水利局修订预案；应急局落实值班: whether the unit at this offset is the subject of a sentence of its own."""
    return at == start or work[at - 1] in "。;:\n"


def _named_part(phrase: str, verb: re.Match[str], *, goes_on: bool) -> tuple[int, int]:
    """The part of the words before a verb that names units where the whole does not.

    甲局对资金使用负责: what they answer for stands between. goes_on: the phrase has a verb before this one:
    甲局负责编制方案、乙局负责落实资金.
    """
    about = phrase.find("对", 2) if verb.lastgroup in {"lead", "all"} else -1
    if about > 0:
        return 0, about
    mark = phrase.find("、") if goes_on else -1
    while mark >= 0:
        if split_units(phrase[mark + 1 :], phrase[mark + 1 :], strict=True):
            return mark + 1, len(phrase)
        mark = phrase.find("、", mark + 1)
    return 0, 0


def read_headed(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """市公安局：负责交通疏导；市卫健委：负责医疗保障: names set before their own tasks lead."""
    if page.work.find(":", start, end) < 0:
        return
    opening = _HEADED_FIRST.match(page.work, start, end)
    behind = opening.end() if opening is not None else start
    for headed in (*filter(None, [opening]), *_HEADED.finditer(page.work, behind, end)):
        begin = after_marker(page.work, *headed.span("names"))
        names = page.work[begin : headed.end("names")]
        units = split_units(names, page.text[begin : headed.end("names")], strict=True)
        if not units or all(is_weak(unit) for unit in units):
            continue
        if LABELS.match(page.work, begin, headed.end()) is not None:
            continue  # a label is no unit, whatever stands before it
        if _KIND_ALONE.fullmatch(names.strip()) and _read_behind_kind(page, headed.end(), end, duties):
            continue
        duties.add(LEAD, [Unit(u.name, begin + u.start, begin + u.end, u.leads) for u in units])
        duties.spans.append(headed.span("names"))
        duties.reason, duties.to_confirm = "写在任务前的单位", True


# 对口部门：市商务局: a kind of unit before names is a label in words of its own.
_KIND_ALONE = lazy_pattern(
    r"(?!填[报表写]|制表|报送|上报|来文|主送|抄送|印发|签发|发文|编制|申报|被)[\u4e00-\u9fff]{2,4}(?:单位|部门|科室|机构)"
)
_UP_TO_STOP = lazy_pattern(r"[^,。;\n]*")


def _read_behind_kind(page: Manuscript, start: int, end: int, duties: Duties) -> bool:
    """Whether units stand behind such a label; those without a verb of their own lead first listed."""
    found = _UP_TO_STOP.match(page.work, start, end)
    words = found.group() if found else ""
    verb = VERB.search(words)
    units = split_units(
        words[: verb.start()] if verb else words, page.text[start : start + len(words)], strict=True
    )
    if units and verb is None:
        duties.add(LEAD, [Unit(u.name, start + u.start, start + u.end, u.leads) for u in units[:1]])
        duties.add(CO, [Unit(u.name, start + u.start, start + u.end, u.leads) for u in units[1:]])
        duties.spans.append((start, start + len(words)))
        duties.reason, duties.to_confirm = "写在任务前的单位", True
    return bool(units)


def _phrase_start(work: str, start: int, end: int) -> int:
    """Where the phrase before `end` begins; a bracket that is closed again belongs to it."""
    start = max(start, end - _LONGEST_PHRASE)
    back = work.rfind
    begin = start
    for stop in _PHRASE_STOPS:
        at = back(stop, begin, end)
        if at >= 0:
            begin = at + 1
    opened = back("(", begin, end)
    return opened + 1 if opened >= 0 and work.find(")", opened, end) < 0 else begin
