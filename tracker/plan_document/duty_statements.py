"""Read one bracket or labelled statement: its labels and verbs sort the units it names into lead and co."""

from __future__ import annotations

import re

from .duties import Duties, all_lead
from .duty_words import (
    CO,
    DUE,
    GENERIC,
    HELPERS_BEHIND,
    LABELS,
    LEAD,
    LEADER_BEHIND,
    OTHER,
    PERSON,
    STANDING_BRACKET,
    VERB,
    WITHIN_NAME,
    find_labels,
)
from .manuscript import Manuscript
from .standing_rules import FIRST_LISTED, blank_rules
from .typography import working_copy
from .unit_names import ends_as_unit
from .units import SIGNS, Unit, before_partners, split_units

MARKED_LEAD = "括注牵头的单位"
OVERSEEING = ("指导", "督促", "督导")
EACH_PHRASE = re.compile(r"[^,;。\n]+")
# 1.牵头单位：…\n2.配合单位：…: what is said of a task stands numbered below it, and so it does run into a line.
_NUMBER_BEFORE = re.compile(r"(?:(?:^|[^\d.])\d{1,3} ?\.|[①-⑳]) *$")
_NAMED = re.compile(r" *[\u4e00-\u9fff\d]")
_KIND_OF_UNIT = re.compile(r"单位|部门|科室|处室|股室|[时期]限|时间|责任人")


_BEFORE_LABEL = frozenset(["", *"\n。;:,|)]、(" + SIGNS])


def label_may_stand(work: str, match: re.Match[str], start: int) -> bool:
    """Whether what was found stands where labels stand, not within a sentence."""
    if work[max(start, match.start() - 1) : match.start()] == " ":
        tail = match.group("tail")
        if not tail.strip() and tail:
            return LABELS.match(work, start) is not None and LABELS.match(work, match.end()) is None
        return ":" in tail or not tail or tail in {"为", "是"} or match.group("open") is not None
    before = work[max(start, match.start() - 24) : match.start()].rstrip(" ")[-1:]
    if match.group("open") is not None:
        # 市城管局【牵头】、 is a role behind a name, 【配合单位】市公安局 a label wherever it stands.
        behind = "\u4e00" <= before <= "\u9fff"
        if behind and not _KIND_OF_UNIT.search(match.group()):
            return False
        return not behind or _NAMED.match(work, match.end()) is not None
    if before == "." or "①" <= before <= "⑳":
        return _NUMBER_BEFORE.search(work, max(0, start - 1, match.start() - 24), match.start()) is not None
    return before in _BEFORE_LABEL


def read_statement(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """Read one bracket or labelled statement."""
    work = page.work
    labels = [m for m in find_labels(work, start, end) if label_may_stand(work, m, start)]
    first = labels[0].start() if labels else end
    parts: list[tuple[str, int, int]] = []
    if work[start:first].strip():
        parts.append((GENERIC, start, first))
    for position, match in enumerate(labels):
        stop = labels[position + 1].start() if position + 1 < len(labels) else end
        parts.append((_role(match), match.end(), stop))
    # Lead labels first: an empty one (牵头单位：—) leaves it to the first of 责任单位.
    for role, a, b in sorted(parts, key=lambda part: part[0] != LEAD):
        if role == DUE:
            duties.due.append((a, b))
        elif role == LEAD:
            if _marks_one(page, a, b):
                read_roles(page, a, b, duties, bool(duties.lead))
            elif VERB.search(work, a, b):
                read_roles(page, a, b, duties, False, labelled_lead=True)
            else:
                duties.add(LEAD, _units(page, a, b))
            if duties.reason != MARKED_LEAD:
                duties.reason = "标明的牵头单位" if duties.lead else ""
        elif role == CO:
            if VERB.search(work, a, b):
                read_roles(page, a, b, duties, True)
            else:
                duties.add(CO, _units(page, a, b))
        elif role == GENERIC:
            read_roles(page, a, b, duties, bool(duties.lead))


def _marks_one(page: Manuscript, start: int, end: int) -> bool:
    """Whether of the units under 牵头单位 a bracket marks some, not all, as who leads: 甲局、乙局（牵头）."""
    if "(" not in page.work[start:end] and "[" not in page.work[start:end]:
        return False
    marked = [unit.leads for unit in _units(page, start, end)]
    said_by_verb = VERB.search(_BRACKETED.sub("", page.work[start:end]))
    return any(marked) and not all(marked) and said_by_verb is None


_BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")


# 政策截止时间: how long a policy holds is no limit of the work.
_HOLDS_FOR = re.compile(r"(?:实施|执行|政策|有效)期限")
_HOLDS_UNTIL = re.compile(r"(?:政策|优惠|补贴|奖补|申报|报名)(?:截止|终止|执行|有效)?$")


def _role(match: re.Match[str]) -> str:
    if match.group("due") and _HOLDS_FOR.match(match.group("due")):
        return OTHER
    if match.group("due") and _HOLDS_UNTIL.search(match.string, max(0, match.start() - 6), match.start()):
        return OTHER
    for role in (DUE, PERSON, LEAD, CO, GENERIC, OTHER):
        if match.group(role):
            return role
    return OTHER


def _without_rules(work: str) -> str:
    """Blank brackets that state a rule for all clauses (列首位者为牵头单位，下同)."""
    if "(" in work or "[" in work:
        work = STANDING_BRACKET.sub(lambda m: " " * len(m.group()), work)
    return blank_rules(work)


def _units(page: Manuscript, start: int, end: int) -> list[Unit]:
    work = _without_rules(page.work[start:end])
    found = []
    for phrase in EACH_PHRASE.finditer(work):
        a, b = start + phrase.start(), start + phrase.end()
        for unit in split_units(phrase.group(), page.text[a:b]):
            found.append(Unit(unit.name, a + unit.start, a + unit.end, unit.leads, unit.helps))
    return found


def read_roles(
    page: Manuscript, start: int, end: int, duties: Duties, has_lead: bool, *, labelled_lead: bool = False
) -> None:
    """Units without a lead label: verbs sort them phrase by phrase, else the first named leads.

    labelled_lead: the statement stands under 牵头单位, so what is named in a phrase without a verb leads.
    """
    work = _without_rules(page.work[start:end])
    decided = has_lead
    for behind in LEADER_BEHIND.finditer(work):
        if not decided and split_units(behind.group("names"), behind.group("names"), strict=True):
            duties.add(LEAD, _split_at(page, start, *behind.span("names"), work))
            duties.reason, decided = MARKED_LEAD, True
            work = work[: behind.start()] + " " * len(behind.group()) + work[behind.end() :]
    helpers: list[Unit] = []
    for behind in HELPERS_BEHIND.finditer(work):
        named = _split_at(page, start, *behind.span("names"), work)
        if named and split_units(behind.group("names"), behind.group("names"), strict=True):
            helpers += named
            work = work[: behind.start()] + " " * len(behind.group()) + work[behind.end() :]
    listed = len(duties.co)
    _sort_phrases(page, start, work, duties, decided, labelled_lead)
    if helpers:
        if duties.reason == FIRST_LISTED and not duties.to_confirm:
            duties.reason = "括注了配合单位的单位"
        duties.add(CO, helpers)
        duties.co[listed:] = sorted(duties.co[listed:], key=lambda unit: unit.start)


def _sort_phrases(
    page: Manuscript, start: int, work: str, duties: Duties, decided: bool, labelled_lead: bool
) -> None:
    """Sort the units of each phrase of `work`, which stands at `start`; `decided`: who leads is known already."""
    waiting: list[Unit] = []
    shared = False  # led by all that are said to 负责, each by a 由 of its own
    for phrase in EACH_PHRASE.finditer(work):
        position = phrase.start()
        text = phrase.group()
        inner = 0
        for verb in VERB.finditer(text):
            if verb.start() < inner or WITHIN_NAME.search(text, max(0, verb.start() - 14), verb.start()):
                continue  # 市水务局（供水科牵头）: a bracket behind a name, read with it
            kind = verb.lastgroup
            units = _split_at(page, start, position + inner, position + verb.start(), work)
            if inner and units and units[0].start == start + position + inner and not _named(units[0]):
                del units[0]  # 甲局负责日常、乙局落实: what the first is said to do
            parted = before_partners(text[inner : verb.start()]) if kind in {"lead", "all", "impl"} else None
            if parted is not None and not decided:
                stop, begin = position + inner + parted[0], position + inner + parted[1]
                duties.add(LEAD, waiting + _split_at(page, start, position + inner, stop, work))
                duties.add(CO, _split_at(page, start, begin, position + verb.start(), work))
                duties.reason = "“会同”之前的单位"
                waiting, decided, inner = [], True, verb.end()
                continue
            inner = verb.end()
            if not units and not waiting:
                continue
            if kind == "lead":
                # 甲局、乙局；丙局统筹, 各县政府，甲局负总责
                apart = decided or work[position - 1 : position] == ";" or verb.group() == "负总责"
                duties.lead_by_verb(verb.group(), units if apart else waiting + units)
                if apart:
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
            elif kind == "all" and not decided and waiting and work[position - 1 : position] == ";":
                duties.add(LEAD, waiting[:1])  # 甲局、乙局；各县区负责落实: two statements
                duties.add(CO, waiting[1:] + units)
                duties.reason, duties.to_confirm = FIRST_LISTED, len(waiting) > 1
                waiting, decided = [], True
            elif kind == "all" and (not decided or (shared and _has_own_task(text, verb))):
                all_lead(waiting + units, duties)
                waiting, decided, shared = [], True, True
            elif kind == "impl" and not decided and text.startswith(OVERSEEING, verb.start()):
                duties.add(CO, units)  # 省水利厅指导，市政府负责实施
            elif kind == "impl" and not decided:
                waiting += units
            else:
                duties.add(CO, waiting + units)
                waiting = []
        rest = _split_at(page, start, position + inner, phrase.end(), work)
        # Behind a verb stand more units or the rest of the verb (落实到位).
        waiting += [
            unit for unit in rest if not inner or ends_as_unit(work[unit.start - start : unit.end - start])
        ]
        if labelled_lead and not decided:
            leading = [unit for unit in waiting if not unit.helps]
            duties.add(LEAD, leading if leading or duties.lead else waiting)
            duties.add(CO, waiting)
            waiting = []
    if not waiting:
        return
    marked = [unit for unit in waiting if unit.leads]
    if decided or duties.lead:
        duties.add(CO, waiting)
    elif marked:
        duties.add(LEAD, marked)
        duties.add(CO, [unit for unit in waiting if not unit.leads])
        duties.reason = MARKED_LEAD
    else:
        leading = [unit for unit in waiting if not unit.helps] or waiting
        duties.add(LEAD, leading[:1])
        duties.add(CO, [unit for unit in waiting if unit is not leading[0]])
        duties.reason = FIRST_LISTED
        duties.to_confirm = len(leading) > 1


def _named(unit: Unit) -> bool:
    return ends_as_unit(working_copy(unit.name))


def _has_own_task(text: str, verb: re.Match[str]) -> bool:
    """Whether a phrase after another 负责 gives its units a task of their own: 由乙局负责, 乙局负责绿化施工."""
    if "由" in text[: verb.start()]:
        return True
    return verb.group().endswith("负责") and len(text) - verb.end() >= 2


def _split_at(page: Manuscript, base: int, start: int, end: int, work: str) -> list[Unit]:
    units = split_units(work[start:end], page.text[base + start : base + end])
    at = base + start
    return [Unit(u.name, at + u.start, at + u.end, u.leads, u.helps) for u in units]
