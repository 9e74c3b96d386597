"""Find who is responsible: explicit brackets and labels first, plain sentences where there are none."""

from __future__ import annotations

import re
from bisect import bisect_right

from .broken_lines import LONGEST_PIECE, carries_on, join_words, run_on, unbroken
from .date_words import BREAK_IN_DATE, DATES
from .duties import Duties, nothing_but_units
from .duty_sentences import read_headed, read_helped, read_sentences
from .duty_statements import EACH_PHRASE, label_may_stand, read_roles, read_statement
from .duty_subjects import read_other_subjects, read_subjects
from .duty_words import HELPERS_BEHIND, LABELS, LEAD, STANDING_BRACKET, VERB, defines_role, find_labels
from .explained import without_explaining
from .manuscript import Manuscript
from .parts_of_task import of_another_task, read_before_part
from .standing_rules import FIRST_LISTED, blank_rules
from .units import SIGNS, split_units


def read_duties(page: Manuscript, start: int, end: int) -> Duties:
    """Who is responsible between two offsets: explicit forms first, then sentences, then subjects."""
    joined = run_on(page, start, end) if page.work.find("\n", start, end) >= 0 else None
    if joined is not None:
        duties = Duties()
        joined.give_back(_read_tasks(joined.page, 0, len(joined.page.work)), duties)
        return duties
    return _read_tasks(page, start, end)


def _read_tasks(page: Manuscript, start: int, end: int) -> Duties:
    """Who does it; who only explains the document is named where nobody else is, and to be confirmed."""
    rest = without_explaining(page, start, end)
    if rest is None:
        return _read(page, start, end)
    found = _read(rest.page, 0, len(rest.page.work))
    if found.lead or found.co:
        duties = Duties()
        rest.give_back(found, duties)
        return duties
    duties = _read(page, start, end)
    if duties.lead:
        duties.reason, duties.to_confirm = "负责解释的单位", True
    return duties


def _read(page: Manuscript, start: int, end: int) -> Duties:
    duties = Duties()
    for chunk_start, chunk_end in explicit_chunks(page, start, end):
        chunk_start, chunk_end = _with_helped(page, start, chunk_start, chunk_end)
        if page.work.startswith("由", chunk_start) and not duties.lead:
            read_before_part(page, start, chunk_start - 1, duties)
        apart = bool(duties.spans and duties.lead) and of_another_task(
            page.work, duties.spans[-1], chunk_start
        )
        duties.spans.append((chunk_start, chunk_end))
        if apart:
            own = Duties()
            _read_chunk(page, chunk_start, chunk_end, own)
            duties.add_of_other_task(own, first_listed=own.reason == FIRST_LISTED != duties.reason)
        else:
            _read_chunk(page, chunk_start, chunk_end, duties)
    if duties.co and not duties.lead:
        _read_lead_beside(page, start, end, duties)
    if duties.lead or duties.co:
        duties.reason = duties.reason or "文中注明的责任单位"
        read_helped(page, start, end, duties)
        return duties
    listed = _roles_behind_names(page.work, start, end) or _closing_units(page, start, end)
    if listed is not None:
        duties.spans.append(listed)
        read_roles(page, *listed, duties, False)
        _read_limit_behind(page.work, listed[1], end, duties)
        return duties
    read_headed(page, start, end, duties)
    headed = bool(duties.lead)
    read_sentences(page, start, end, duties, helpers_only=headed)
    if not duties.lead:
        read_subjects(page, start, end, duties)
    elif duties.spans:
        read_other_subjects(page, start, end, duties)
    duties.promote_doers()
    return duties


def _read_chunk(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    joined = unbroken(page, start, end)
    if joined is None:
        read_statement(page, start, end, duties)
        return
    found = Duties(lead=list(duties.lead), co=list(duties.co))
    read_statement(joined.page, 0, len(joined.page.work), found)
    joined.give_back(found, duties)


def _with_helped(page: Manuscript, start: int, begin: int, stop: int) -> tuple[int, int]:
    """The span of a bracket that says who helps (市生态环境局配合), with the unit right before it that it speaks of."""
    work = page.work
    helped = HELPERS_BEHIND.match(work, begin - 1) if work[begin - 1 : begin] in {"(", "["} else None
    if helped is None or begin - 1 <= start:
        return begin, stop
    first = max(max(work.rfind(mark, start, begin - 1) for mark in ",。;:(\n") + 1, start)
    names = work[first : begin - 1]
    return (first, helped.end()) if split_units(names, names, strict=True) else (begin, stop)


def _read_lead_beside(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """市水利局负责治理（市财政局配合）: where brackets and labels name only who helps, a sentence may say who leads."""
    told = Duties()
    read_sentences(page, start, end, told)
    lead = [unit for unit in told.lead if unit.name not in {helper.name for helper in duties.co}]
    if lead:
        duties.add(LEAD, lead)
        duties.reason, duties.to_confirm = told.reason, told.to_confirm


_LEADS_BEHIND = re.compile(
    r"(?<=[\u4e00-\u9fff)\]])[(\[](?:(?:总|主要|负责)?牵头|主办|主责|主|牵)(?:单位|部门)?[)\]]"
)


def _roles_behind_names(work: str, start: int, end: int) -> tuple[int, int] | None:
    """甲局（牵头）、乙局、丙局（配合），11月完成: names in a sentence with their roles in brackets behind them."""
    if not _has_bracket(work, start, end):
        return None
    found = _LEADS_BEHIND.search(work, start, end)
    if found is None:
        return None
    begin = max(work.rfind(mark, start, found.start()) for mark in ",。;:\n") + 1
    begin, stop = max(begin, start), 0
    for phrase in EACH_PHRASE.finditer(work, begin, end):
        if work[phrase.start() - 1 : phrase.start()] not in {"", ","} and phrase.start() > begin:
            break
        if not split_units(phrase.group(), phrase.group(), strict=True):
            break
        stop = phrase.end()
    return (begin, stop) if stop > found.end() - 1 else None


def _read_limit_behind(work: str, begin: int, end: int, duties: Duties) -> None:
    """甲局（牵头）、乙局，2022年6月底: a limit that alone closes a list of units."""
    rest = work[begin:end].lstrip(" ,;").rstrip(" 。\n")
    limit = DATES.match(rest) if len(rest) <= _LONGEST_LIMIT else None
    if limit is not None and rest[limit.end() :] in {"", "前", "之前"}:
        duties.due.append((work.index(rest, begin), end))


_LONGEST_LIMIT = 20
_SENT_TO = re.compile(r"(?:[抄主分发]送|抄报)$")  # 抄送：市委办公室


def _closing_units(page: Manuscript, start: int, end: int) -> tuple[int, int] | None:
    """The last sentence where it is nothing but units, set behind the task without bracket or label."""
    work = page.work
    stop = end
    while stop > start and work[stop - 1] in " \n。;":
        stop -= 1
    begin = max(work.rfind("。", start, stop), work.rfind(";", start, stop)) + 1
    while begin > start and work.startswith("—", begin):
        begin += 1  # 。——市工信局
    colon = work.find(":", start, min(stop, start + _LONGEST_UNIT_LINE)) + 1
    if begin <= start and not colon:
        return None
    if _SENT_TO.search(work, start, max(start, colon - 1)):
        return None
    label = LABELS.match(work, start, stop)
    if label is not None and label.group("person"):
        return None
    if begin <= start and colon and "\n" not in work[start:stop]:
        begin = colon  # 2.财政预决算：市财政局
    if begin <= start or not 2 <= stop - begin <= _LONGEST_UNIT_LINE:
        return None
    words = work[begin:stop].strip()
    # On a line of its own, or behind the task and a colon, a limit may stand beside the units.
    below = work[begin:stop].lstrip(" ")[:1] == "\n"
    own_line = below or work[begin - 1] == ":"
    if not words or (own_line and not nothing_but_units(words)):
        return None
    units = split_units(words, words, strict=not own_line)
    if not units or words[: units[0].start].strip(SIGNS):
        return None
    if not below and _OFFICE.search(words[: units[0].end]) is None:
        return None
    return begin, stop


_OFFICE = re.compile(r"^[省市州县区旗盟镇乡街各局]|(?:局|委|部|厅|政府|部门|单位|公司|中心)$")


def has_label(work: str) -> bool:
    """Whether any label (牵头单位：…, or 牵头单位 at the head of a line) stands in the text."""
    return any(
        set(match.group("tail")) & {":", "]"}
        or not work[max(0, match.start() - 20) : match.start()].rpartition("\n")[2].strip()
        for match in LABELS.finditer(work)
    )


# 报市政府办公室（督查室）: a bracket behind the addressee says which of its offices.
_TO_WHOM = re.compile(r"(?:报|送|交|至|反馈|告知|函告)[^,。;()]{1,17}[局委办厅室府部门会科处站所]$")
_HELPED = re.compile(
    r"^([^,。;:]{2,60}?)(?:等(?:有关|相关)?(?:部门|单位))?(?:积极)?(?:配合|协助|参与|参加|协办|落实)[。;]?$"
)
_MOST_UNIT_LINES = 12
_LONGEST_UNIT_LINE = 60
_OPENERS = re.compile(r"[()\[\]]")


def explicit_chunks(page: Manuscript, start: int, end: int) -> list[tuple[int, int]]:
    """Brackets and labelled lines that name units or limits, in reading order, none inside another."""
    work = page.work
    chunks: list[tuple[int, int]] = []
    for at, stop in _brackets(work, start, end):
        inside = work[at + 1 : stop]
        if "\n" in inside:
            inside = join_words(inside)
        label = LABELS.match(work, at, end)
        if label is not None and label.end() == stop + 1:
            continue  # [责任单位] is a label, not a bracket of units
        if STANDING_BRACKET.fullmatch(work, at, stop + 1) and not LABELS.search(inside):
            inside = blank_rules(inside)
            if not nothing_but_units(inside) and VERB.search(inside) is None:
                continue
        if LABELS.search(inside) or _names_units(work, at, stop, inside):
            chunks.append((at + 1, stop))
    bracketed = list(chunks)
    for match in find_labels(work, start, end):
        at = bisect_right(bracketed, (match.start() + 1, end)) - 1
        if at >= 0 and bracketed[at][0] - 1 <= match.start() < bracketed[at][1]:
            continue
        if match.group("other") or not label_may_stand(work, match, start):
            continue
        chunks.append((match.start(), _label_end(work, match, end)))
    return _disjoint(chunks)


def _disjoint(chunks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if len(chunks) < 2:
        return chunks
    kept: list[tuple[int, int]] = []
    for chunk in sorted(chunks):
        if not kept or chunk[0] >= kept[-1][1]:
            kept.append(chunk)
    return kept


def _label_end(work: str, match: re.Match[str], end: int) -> int:
    """A labelled statement runs to the end of its line; a line that ends in a list mark goes on."""
    stop, depth, so_far = match.end(), 0, ""
    while True:
        line_end = work.find("\n", stop, end)
        if line_end < 0:
            return end
        line = work[stop:line_end].strip()
        depth += line.count("(") - line.count(")")
        so_far = line[-LONGEST_PIECE:] or so_far
        ended = so_far and so_far[-1] not in ",、:(" and depth <= 0
        ended = ended and BREAK_IN_DATE.match(work, line_end) is None
        if ended and not carries_on(work, so_far, line_end, end):
            return _end_of_list(work, line_end, end)
        stop = line_end + 1


def _end_of_list(work: str, line_end: int, end: int) -> int:
    """Lines of nothing but units between two labelled lines carry on the list of the first."""
    stop = line_end
    for _ in range(_MOST_UNIT_LINES):
        following = work.find("\n", stop + 1, end)
        line = work[stop + 1 : following if following >= 0 else end].strip()
        if line and LABELS.match(line):
            return stop
        helped = _HELPED.match(line)
        if helped and split_units(helped.group(1), helped.group(1), strict=True):
            return following if following >= 0 else end
        if (
            following < 0
            or len(line) > _LONGEST_UNIT_LINE
            or not line
            or not split_units(line, line, strict=True)
        ):
            return line_end
        stop = following
    return line_end


def _has_bracket(work: str, start: int, end: int) -> bool:
    return work.find("(", start, end) >= 0 or work.find("[", start, end) >= 0


def _brackets(work: str, start: int, end: int) -> list[tuple[int, int]]:
    """Outermost bracket pairs; in nests deeper than eight the inner ones are not looked at."""
    if not _has_bracket(work, start, end):
        return []
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
    if len(inside) < 3 or _TO_WHOM.search(work, max(0, at - 24), at):
        return False
    if VERB.search(inside):
        for match in VERB.finditer(inside):
            phrase = re.split(r"[,;。:]", inside[: match.start()])[-1]
            if defines_role(match, phrase):
                continue
            if split_units(phrase, phrase, strict=True) or (
                match.lastgroup in {"lead", "all"} and split_units(phrase, phrase)
            ):
                return True
        return False
    closes = re.match(r"[)\]\s]*(?:[。;\n]|$)", work[stop : stop + 6]) is not None or work[at - 1 : at] in {
        "。",
        ";",
    }
    return closes and nothing_but_units(inside)
