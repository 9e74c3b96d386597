"""What a line at the foot of a list says of all tasks above it: its units and limits hold where a task states none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .clauses import read_clause
from .dates import looks_like_limit
from .duties import nothing_but_units
from .duty_words import LABELS, VERB
from .manuscript import Manuscript
from .model import ParsedClause
from .outline import Item
from .responsibility import explicit_chunks, read_duties
from .table_below import PROSE

_LONGEST = 200  # characters of such a line
_PHRASE_STOP = re.compile("[,;。]")
_OF_ALL = re.compile(r"(?:以上|上述)(?:各项|\d{1,2}项)?(?:任务|工作|事项|措施)?,?(?:均?由)?")
_UNITS = frozenset({"lead", "co"})


def stated_below(page: Manuscript, tasks: Sequence[Item], year: int | None) -> ParsedClause | None:
    """Who and by when the lines below the last of several tasks say, where no task names anybody itself; else None.

    Such a line is nothing but units with their part (市交通局牵头，市财政局配合，6月底前完成。) or labelled
    (责任单位：市交通局). All is marked to be confirmed, for it may speak of the last task alone.
    """
    if len(tasks) < 2 or any(task.row is not None or task.children for task in tasks):
        return None
    last = tasks[-1]
    begin = _closing_lines(page, last)
    if begin is None:
        return None
    own = [(task.start, task.end) for task in tasks[:-1]] + [(last.start, begin)]
    if any(_names_units(page, start, end) for start, end in own):
        return None
    clause = read_clause(page, begin, last.end, year)
    if not clause.lead:
        return None
    told = (s._replace(reason="取自本部分末尾的" + _what(s.field), to_confirm=True) for s in clause.sources)
    return clause._replace(sources=tuple(told))


def _what(field: str) -> str:
    return "责任单位" if field in _UNITS else "完成时限"


def _closing_lines(page: Manuscript, item: Item) -> int | None:
    """Where the lines of nothing but duties begin that end an item, behind its first line."""
    begin = None
    index = page.line_at(item.end - 1)
    first = page.line_at(item.start)
    while index > first:
        line = page.lines[index]
        words = page.work[line.start : min(line.end, line.start + _LONGEST + 1)]
        if len(words) > _LONGEST or not (LABELS.match(words) or _only_duties(words)):
            break
        begin = line.start
        index -= 1
    return begin


def _only_duties(words: str) -> bool:
    rest = words[found.end() :] if (found := _OF_ALL.match(words)) else words
    phrases = [phrase.strip() for phrase in _PHRASE_STOP.split(rest) if phrase.strip()]
    return bool(phrases) and any(map(_says_who, phrases)) and all(map(_says_who_or_when, phrases))


def _says_who(phrase: str) -> bool:
    verb = VERB.search(phrase)
    return verb is not None and verb.end() == len(phrase) and nothing_but_units(phrase[: verb.start()])


def _says_who_or_when(phrase: str) -> bool:
    return _says_who(phrase) or looks_like_limit(phrase.removesuffix("完成"))


def _names_units(page: Manuscript, start: int, end: int) -> bool:
    if explicit_chunks(page, start, end):
        return True
    duties = read_duties(page, start, end)
    return bool(duties.lead or duties.co) and duties.reason not in PROSE
