"""Sentences that are nothing but a rule for all tasks: who leads, who helps or by when, wherever a task does not say so itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from .dates import FoundDate, looks_like_limit, read_dates
from .duty_words import VERB
from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript
from .unit_names import is_class_of_governments
from .units import Unit, split_units

RULE = "对各项任务的统一规定"

FIRST_LEADS = re.compile(
    r"(?:列(?:在)?(?:首位|第一位?)|排(?:名|序|列)?(?:在)?(?:首位|第一位?)|首位|第一(?:个)?责任单位|"
    r"第一(?:个|家)(?:单位|部门)?|排第一)"
    r"[^。;()\n]{0,10}牵头"
)
_TASKS = r"(?:任务|措施|工作|事项|条款|内容|政策|项目)"
_SCOPE = (
    r"(?P<scope>(?:(?P<below>以下|下列|下述)|(?P<above>以上|上述|上列)|本(?:方案|措施|清单|意见|计划|表|台账)(?:中|内|所列)?|表中|上表)的?"
    rf"(?:各项|所有|全部|各条|各|所列)?(?:重点|工作|目标|政策|整改|改革)?{_TASKS}?(?:清单)?(?:中|里)?)"
)
# What a task itself says stands.
_EXCEPT = (
    r"(?P<stated>除(?:已|另有|另行|特别|单独|有|上述)?(?:注明|明确|标注|规定|列明|标明|说明|要求)(?:完成)?"
    r"(?:时限|期限|时间|责任单位|牵头单位|单位)?(?:的|者|之)*以?外|"
    rf"凡?未(?:注明|明确|标注|列明|写明|标明)(?:完成|责任|牵头)?(?:时限|期限|时间|单位)(?:要求)?的?{_TASKS}?)"
)
_OPENS = lazy_pattern(rf"{_SCOPE}?{_EXCEPT}?(?P<all>均|都|全部|统一|一律)?(?:须|需|应|要){{0,2}}")
_BARE = re.compile(rf"(?:{_SCOPE}|各项{_TASKS}?)")
# Groups are dropped where a scope closes a phrase: 落实以上各项任务.
_SCOPE_BEHIND = re.sub(r"\?P<\w+>", "?:", _SCOPE)
_DUTY = lazy_pattern(
    r"(?:由|涉及)?(?P<units>[^,;。()\n]{2,40}?(?:\([^()\n]{1,12}\)[^,;。()\n]{0,20}?)?)"
    r"(?:共同|具体|按职责(?:分工)?|分别|统一|组织|抓好|做好|须|需|应|要|均|都){0,3}"
    r"(?P<verb>牵头|落实|实施|配合|协助|负责|参与|执行)(?:落实|负责|实施|抓好|组织|推进|好|做好)*"
    rf"(?P<what>{_SCOPE_BEHIND}|各项{_TASKS})?"
)
_LIMIT = lazy_pattern(
    r"(?:于|在|完成(?:时限|时间|期限)(?:均|统一|一律)?(?:为|是|:))?(?P<limit>[^,;。()\n]{2,24}?)(?:全部|全面)?"
    r"(?:完成|办结|落实到位|到位|落实|销号|截止)?"
)
_ENDS = re.compile(
    r"以?下同|(?:以下|均|下文|表中|后文)?不再[^,;。]{0,10}(?:列|注明|标注|重复|赘述|表述|列举)[^,;。]{0,4}|不另行?(?:注明|列出)"
)
_SIGN = lazy_pattern(
    r"(?=[以下上本表除凡未不])(?:以[下上]|下[列述同]|上[述列表]|本[方措清意计表台]|表中|除|未[注明标列写]|不[再另])"
)
_NOTE = re.compile(r" *(?:\*|注|备注|说明|附注) ?:? ?")
_NUMBER = re.compile(r" *.{1,7}?[、.)] ?")
_BARE_MARKS = " 。;,()[]:|"
_WORDS = re.compile(f"[^{re.escape(_BARE_MARKS)}]")
_NUMBERED_BY = frozenset("、.)")
_ANY_LEAP_YEAR = 2000  # tells whether words are a limit; its day is thrown away
_LONGEST = 160  # characters of such a sentence
_STOPS = re.compile(r"[。\n()\[\]!?]")
_CLOSES = {"(": ")", "[": "]"}
_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}


@dataclass(frozen=True)
class RuleSentence:
    """A rule sentence with what it says. `below`: on its own line, of what follows; `above`: of what stands before it;
    `everywhere`: of all tasks (除注明时限外) wherever it stands.

    where_unstated: only of tasks that say nothing themselves of the same. `limit` are the words of a limit, at `limit_at`.
    """

    start: int
    end: int
    below: bool
    above: bool
    where_unstated: bool
    lead: tuple[Unit, ...] = ()
    co: tuple[Unit, ...] = ()
    limit: str = ""
    limit_at: int = 0
    everywhere: bool = False

    def due(self, year: int | None) -> FoundDate | None:
        """The day that the limit names; `year` completes one without."""
        found = read_dates(self.limit, year, labelled=True).found if self.limit else ()
        if not found:
            return None
        day = found[-1]
        return day._replace(start=self.limit_at + day.start, end=self.limit_at + day.end)


def rule_sentences(page: Manuscript) -> list[RuleSentence]:
    """All sentences of a text, in brackets or between stops, that are a rule and nothing else."""
    found: list[RuleSentence] = []
    seen = 0
    for sign in _SIGN.finditer(page.work):
        if sign.start() < seen:
            continue
        start, end = _sentence(page.work, sign.start())
        seen = end
        rule = _read(page, start, end) if end - start <= _LONGEST else None
        if rule is not None:
            found.append(rule)
    return found


def _sentence(work: str, at: int) -> tuple[int, int]:
    start = max(0, at - _LONGEST)
    for stop in _STOPS.finditer(work, start, at):
        closing = _CLOSES.get(stop.group(), "")
        if not closing or closing not in work[stop.end() : at]:
            start = stop.end()
    end = next(_outer_stops(work, at), at + 2 * _LONGEST)
    return start, min(end, len(work))


def _outer_stops(work: str, at: int) -> Iterator[int]:
    """Where a sentence ends, brackets inside it left out: 各县（市、区）均需落实。"""
    depth = 0
    for stop in _STOPS.finditer(work, at, at + 2 * _LONGEST):
        depth += _DEPTH.get(stop.group(), 0)
        if depth < 0 or stop.group() not in _DEPTH:
            yield stop.start()


def _read(page: Manuscript, start: int, end: int) -> RuleSentence | None:
    work = page.work
    note, number = _NOTE.match(work, start, end), _NUMBER.match(work, start, end)
    at = note.end() if note is not None else start
    if number is not None and _SIGN.match(work, number.end()):
        start = at = number.end()  # what numbers it is no part of it
    lead: list[Unit] = []
    co: list[Unit] = []
    limit, limit_at = "", 0
    scoped = ordered = told = below = above = stated = goes_on = False
    for begin, stop in _phrases(work, at, end):
        if _ENDS.fullmatch(work, begin, stop):
            ordered = scoped = goes_on = True
            continue
        opened = _OPENS.match(work, begin, stop)
        assert opened is not None  # each of its parts may be missing
        below, above = below or bool(opened["below"]), above or bool(opened["above"])
        stated = stated or bool(opened["stated"])
        scoped = scoped or bool(opened["scope"] or opened["stated"])
        ordered = ordered or bool(opened["all"] or opened["stated"] or opened["below"])
        rest = opened.end()
        if rest == stop:
            continue
        if FIRST_LEADS.search(work, rest, stop) and stop - rest <= 30:
            told = True
            continue
        duty = _DUTY.fullmatch(work, rest, stop)
        if duty is not None and not looks_like_limit(work[rest:stop]):
            if not (scoped or duty["what"]):
                return None  # 甲局牵头，…，以下均由各县区落实: what a task says of itself stands before it
            a, b = duty.span("units")
            units = split_units(work[a:b], page.text[a:b], strict=True)
            if not units:
                return None
            named = [unit._replace(start=a + unit.start, end=a + unit.end) for unit in units]
            leads = duty["verb"] == "牵头" or (duty["verb"] == "负责" and not _all_classes(units))
            (lead if leads else co).extend(named)
            if duty["what"]:
                scoped, above = True, above or "上" in duty["what"][:2]
            told = True
            continue
        due = _LIMIT.fullmatch(work, rest, stop)
        if due is None or not looks_like_limit(due["limit"]) or VERB.search(work, rest, due.end("limit")):
            return None
        if not scoped or len(read_dates(due["limit"], _ANY_LEAP_YEAR, labelled=True).found) != 1:
            return None
        limit, limit_at, told = due["limit"], due.start("limit"), True
    if not (scoped and ordered and told):
        return None
    if work[end : end + 1] == _CLOSES.get(work[start - 1 : start], "") != "":
        start, end = start - 1, end + 1
    line = page.lines[page.line_at(start)]
    numbered = number is not None and start == number.end()
    alone = numbered or _WORDS.search(work, line.start, start) is None
    alone = alone and _WORDS.search(work, end, line.end) is None
    return RuleSentence(
        start,
        end,
        below and alone,
        above and not below,
        stated,
        tuple(lead),
        tuple(co),
        limit,
        limit_at,
        stated and not (below or above or goes_on),
    )


def _phrases(work: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The phrases between commas outside brackets, without the blanks around them."""
    depth = 0
    begin = start
    for at in range(start, end + 1):
        char = work[at] if at < end else ","
        depth += _DEPTH.get(char, 0)
        if at == end or (depth <= 0 and char in ",;"):
            a, b = begin, at
            while a < b and work[a] == " ":
                a += 1
            while b > a and work[b - 1] == " ":
                b -= 1
            if a < b:
                yield a, b
            begin = at + 1


def _all_classes(units: list[Unit]) -> bool:
    return all(is_class_of_governments(unit.name) for unit in units)


def set_apart(page: Manuscript, rules: list[RuleSentence]) -> dict[int, str]:
    """Blank the rules in the working copy, so that none is read as words of a task; lines of nothing else with the reason.

    One that is numbered like a task stays, for its number belongs to a list (is_rule tells it there).
    """
    page.lines  # noqa: B018  the lines are those of the text before anything in it was blanked
    parts, at = [], 0
    unnumbered = [rule for rule in rules if not _is_numbered(page, rule)]
    for rule in unnumbered:
        parts += [page.work[at : rule.start], " " * (rule.end - rule.start)]
        at = rule.end
    page.work = "".join([*parts, page.work[at:]])
    # Each line once, however many rules stand in it.
    of_rules = {page.line_at(max(rule.start, rule.end - 1)) for rule in unnumbered}
    return {
        index: RULE
        for index in sorted(of_rules)
        if not page.work[page.lines[index].start : page.lines[index].end].strip(_BARE_MARKS)
    }


def _is_numbered(page: Manuscript, rule: RuleSentence) -> bool:
    line, at = page.lines[page.line_at(rule.start)], rule.start
    while at > line.start and page.work[at - 1] == " ":
        at -= 1
    # Its last character first: a line may hold thousands of rules.
    return (
        page.work[at - 1 : at] in _NUMBERED_BY
        and len(page.work[line.start : at].strip()) <= 8
        and not page.work[rule.end : line.end].strip(_BARE_MARKS)
    )


def is_rule(page: Manuscript, start: int, end: int, rules: list[RuleSentence]) -> bool:
    """Whether the words between two offsets are a rule and nothing else."""
    at = bisect_left(rules, start, key=_start)
    if at == len(rules) or rules[at].start >= end:
        return False
    rest = page.work[start : rules[at].start] + page.work[rules[at].end : end]
    return not rest.strip(_BARE_MARKS + "\n")


def _start(rule: RuleSentence) -> int:
    return rule.start
