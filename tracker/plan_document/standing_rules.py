"""Rules that a document states once for all later tasks: 以下均由各县区落实，不再列出; 列首位者为牵头单位，下同."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from .dates import FoundDate
from .manuscript import Manuscript
from .model import FieldSource, ParsedClause
from .rule_sentences import FIRST_LEADS, RuleSentence
from .typography import working_copy
from .units import STAR_RULE, split_units

MAX_RULES = 40
FIRST_LISTED = "只列责任单位，列首位者视为牵头单位"

_ALL_TASKS = re.compile(
    r"(?:以下|下列|下述|上述|以上|本(?:方案|措施|清单|意见|计划))(?:的)?(?:各项|所有|全部|各条)?(?:重点|"
    r"工作|目标|政策)?"
    r"(?:任务|措施|工作|事项|条款|内容|政策|各项)?,?(?:均|都|全部)(?:须|需)?(?:要)?(?:由|涉及)?"
    r"(?P<units>[^,;。()\n]{2,40}?(?:\([^()\n]{1,12}\)[^,;。()\n]{0,20}?){0,2})"
    r"(?:共同|具体|按职责|分别|负责|组织|抓好)?(?P<verb>落实|实施|配合|牵头|负责|参与|执行)"
    r"(?:[^。;()\n]{0,16}不再[^。;()\n]{0,8}列出?|,?以?下(?:均?相)?同)?"
)
# What stands before it names the units.
_THESE_UNITS = re.compile(
    r"(?:均|都)(?:为|是)(?:以下)?(?:各项|所有)?(?:任务|措施|工作)?的?(?P<verb>责任|配合|落实|牵头)单位"
    r"[^。;()\n]{0,8}(?:以下|下同|不再)[^。;()\n]{0,10}"
)
_PHRASE = re.compile(r"(?:\([^()\n]{1,12}\)|[^,;。()\n]){2,60}$")
_FIRST_LEADS_PHRASE = re.compile(rf"(?:{FIRST_LEADS.pattern})[^,;。()\n]{{0,12}}(?:,?(?:以?下(?:均?相)?同))?")

_BELOW = re.compile(r"[ (\[]*(?:以下|下列|下述)")


# 注：标▲的为牵头单位, without a bracket.
_STAR_NOTE = re.compile(
    r"(?:[标带注加][有注]?|(?<![\u4e00-\u9fff★☆▲△●■◆]))[“\"]?(?P<star>[*★☆▲△●■◆])[”\"]?(?:号|标记|标识|符号)?(?:的|者)?(?:单位|部门)?(?:即|均)?[为是]牵头"
)


@dataclass(frozen=True)
class StandingRule:
    """A rule and where it stands. kind: "co" or "lead" (`units` for all later tasks), "first_leads", or "starred_leads"
    (the names beside which the star `units` stands in `work`, the whole text).

    kind "limit": the day by which all later tasks are due that state none.

    from_next: it says 以下 on a line of its own below a task, so that it holds from the next task on. above: it says 以上
    and holds for what stands before it; everywhere: for all. where_unstated: 除注明外, it holds where a task names nobody itself.
    """

    kind: str
    start: int
    end: int
    units: tuple[str, ...] = ()
    from_next: bool = False
    work: str = field(default="", repr=False)
    above: bool = False
    everywhere: bool = False
    where_unstated: bool = False
    limit: FoundDate | None = None


def find_rules(
    page: Manuscript, sentences: Sequence[RuleSentence] = (), year: int | None = None
) -> list[StandingRule]:
    """All standing rules of a text, those that fill a sentence (`sentences`) among them, in reading order; `year` completes their limits."""
    start, stop = 0, len(page.work)
    rules = [
        StandingRule("first_leads", m.start(), m.end()) for m in FIRST_LEADS.finditer(page.work, start, stop)
    ]
    rules += [rule for sentence in sentences for rule in _of_sentence(sentence, year)]
    told = None
    if "牵头" in page.work:
        told = STAR_RULE.search(page.work, start, stop) or _STAR_NOTE.search(page.work, start, stop)
    if told is not None:
        star = (told.group("star"),)
        rules.append(StandingRule("starred_leads", told.start(), told.end(), star, work=page.work))
    for (a, b), (begin, finish), verb in _for_all(page.work, start, stop):
        before = bisect_right(sentences, begin, key=attrgetter("start"))
        if before and begin < sentences[before - 1].end:
            continue
        units = split_units(page.work[a:b], page.text[a:b], strict=True)
        kind = "lead" if verb == "牵头" else "co"
        below = _BELOW.match(page.work, page.work.rfind("\n", 0, begin) + 1, finish) is not None
        rules.append(StandingRule(kind, begin, finish, tuple(u.name for u in units), below))
    first: dict[tuple[object, ...], StandingRule] = {}
    for rule in sorted(rules, key=lambda rule: rule.start):
        told_by = (rule.kind, rule.units, rule.limit and rule.limit.date, rule.above)
        first.setdefault(told_by, rule)  # said again it changes nothing
    return list(first.values())[:MAX_RULES]


def _of_sentence(sentence: RuleSentence, year: int | None) -> Iterator[StandingRule]:
    says = StandingRule(
        "lead",
        sentence.start,
        sentence.end,
        from_next=sentence.below,
        above=sentence.above,
        everywhere=sentence.everywhere,
        where_unstated=sentence.where_unstated or bool(sentence.lead),
    )
    # co before lead: a task that names its own lead is told by neither.
    for kind, units in (("co", sentence.co), ("lead", sentence.lead)):
        if units:
            yield replace(says, kind=kind, units=tuple(unit.name for unit in units))
    due = sentence.due(year)
    if due is not None:
        yield replace(says, kind="limit", limit=due)


def _for_all(work: str, start: int, end: int) -> list[tuple[tuple[int, int], tuple[int, int], str]]:
    """Rules that name units for all tasks: the names' span, the rule's span, its verb."""
    found = []
    for match in _ALL_TASKS.finditer(work, start, end):
        found.append((match.span("units"), match.span(), match.group("verb")))
    for match in _THESE_UNITS.finditer(work, start, end):
        phrase = _PHRASE.search(work, max(start, match.start() - 60), match.start())
        if phrase is not None:
            found.append((phrase.span(), (phrase.start(), match.end()), match.group("verb")))
    return [rule for rule in found if split_units(work[slice(*rule[0])], work[slice(*rule[0])], strict=True)]


# 市发改委，各县区，县区以下不再逐一列出
_NOT_LISTED = re.compile(r"(?<=[,;])[^,;。()\n]{0,8}不再[^,;。()\n]{0,4}列出?(?=[,;。)\]]|$)")
_STAR_PHRASE = re.compile(rf"(?<=[,;。])(?:注:)?(?:{_STAR_NOTE.pattern})[^,;。()\n]{{0,8}}(?=[,;。)]|$)")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def blank_rules(work: str) -> str:
    """The text with sentences that state a rule blanked, so that their words are no units of one task."""
    if "首位" in work or "第一" in work:
        work = _FIRST_LEADS_PHRASE.sub(_blank, work)
    if "不再" in work:
        work = _NOT_LISTED.sub(_blank, work)
    if "为牵头" in work or "是牵头" in work:
        work = _STAR_PHRASE.sub(_blank, work)
    if "均" not in work and "都" not in work:
        return work
    parts, at = [], 0
    for _, (start, end), _ in sorted(_for_all(work, 0, len(work)), key=lambda rule: rule[1]):
        if start >= at:
            parts += [work[at:start], " " * (end - start)]
            at = end
    return "".join([*parts, work[at:]])


def apply_rules(rules: list[StandingRule]) -> Callable[[int, int, ParsedClause], ParsedClause]:
    """A function (start and end of the task, its clause) -> the clause with all rules that hold for it.

    They are the rules stated before its end, but not those below it that hold from the next task on; one that speaks of
    what stands above it holds for the tasks before it.
    """

    def applied(start: int, end: int, clause: ParsedClause) -> ParsedClause:
        for rule in rules:
            if rule.kind == "starred_leads":  # also in a note at the foot
                clause = _led_by_starred(rule, clause)
                continue
            holds = rule.start >= start if rule.above else rule.start < end
            if (holds or rule.everywhere) and not (rule.from_next and rule.start > start):
                clause = _with_rule(rule, clause)
        return clause

    return applied


def _with_rule(rule: StandingRule, clause: ParsedClause) -> ParsedClause:
    if rule.kind == "first_leads":
        told = tuple(
            source._replace(to_confirm=False, reason="文中规定列首位者为牵头单位")
            if source.reason == FIRST_LISTED
            else source
            for source in clause.sources
        )
        return clause._replace(sources=told)
    if rule.limit is not None:
        return _with_limit(rule, rule.limit, clause)
    if rule.where_unstated and clause.lead:
        return clause
    fresh = tuple(name for name in rule.units if name not in clause.lead + clause.co)
    if not fresh or (rule.kind == "lead" and clause.lead):
        return clause
    source = FieldSource(rule.kind, rule.start, rule.end, _reason(rule), rule.above)
    if rule.kind == "lead":
        return clause._replace(lead=fresh, sources=(*clause.sources, source))
    return clause._replace(co=clause.co + fresh, sources=(*clause.sources, source))


def _reason(rule: StandingRule) -> str:
    return f"文中对{'以上' if rule.above else '以下'}各项统一作出的规定"


def _with_limit(rule: StandingRule, limit: FoundDate, clause: ParsedClause) -> ParsedClause:
    """The clause due by the day that the text sets for all tasks, where its own words set no limit at all."""
    limited = clause.deadline or clause.relative or clause.standing or clause.recurring
    if limited or any(source.field == "deadline" for source in clause.sources):
        return clause
    doubtful = rule.above or limit.inherited_year
    source = FieldSource("deadline", limit.start, limit.end, _reason(rule), doubtful)
    return clause._replace(deadline=limit.date, sources=(*clause.sources, source))


def _has_star(rule: StandingRule, name: str, source: FieldSource) -> bool:
    """Whether the rule's star stands right at a name, in the text or in the cell that holds it."""
    words = rule.work[max(0, source.start - 1) : source.end + 2]
    at = words.find(working_copy(name))
    return at >= 0 and rule.units[0] in {words[at - 1 : at], words[at + len(name) :].lstrip()[:1]}


def _led_by_starred(rule: StandingRule, clause: ParsedClause) -> ParsedClause:
    """The clause with the starred of its names as lead, where its words gave the lead to the first listed."""
    named = [source for source in clause.sources if source.field in {"lead", "co"}]
    names = clause.lead + clause.co
    if len(named) != len(names) or not any(source.reason == FIRST_LISTED for source in named):
        return clause
    starred = [_has_star(rule, name, s) for name, s in zip(names, named, strict=True)]
    if not any(starred):
        return clause
    others = tuple(source for source in clause.sources if source.field not in {"lead", "co"})
    told = tuple(
        s._replace(field="lead" if star else "co", to_confirm=False, reason="文中规定标有符号者为牵头单位")
        for s, star in zip(named, starred, strict=True)
    )
    return clause._replace(
        lead=tuple(name for name, star in zip(names, starred, strict=True) if star),
        co=tuple(name for name, star in zip(names, starred, strict=True) if not star),
        sources=(*told, *others),
    )
