"""Say what a person should look at: no part with tasks, gaps in the numbering, rows and limits that could not be read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from .action_part import Choice
from .clauses import WITHOUT_YEAR, read_clause
from .duties import Duties
from .duty_sentences import read_sentences
from .manuscript import Manuscript
from .model import ParsedSection, Problem
from .outline import Item
from .sections import Group, numbering_problems
from .stated_above import unused_above
from .table_rows import WITHOUT_TASK
from .unread import find_unread

_BY_NAME = re.compile(r"[省市县区州镇乡国]")  # 市财政局 is one unit, 各部门 and 责任单位 are whoever is meant

# Lines of a part left aside that one problem names.
_MOST_LINES = 10


def find_problems(
    page: Manuscript,
    furniture: dict[int, str],
    choice: Choice | None,
    roots: list[Item],
    groups: list[Group],
    sections: tuple[ParsedSection, ...],
    year: int | None,
) -> list[Problem]:
    """All problems of a parsed text, in no order.

    furniture: index of a line -> why it is no text of any item. year: completes dates that name none.
    """
    columns = _unread_limits(page, groups, sections) + _without_year(page, sections)
    told = {problem.line for problem in columns}
    return [
        *_rows_without_task(page, furniture),
        *columns,
        *(found for found in find_unread(page, sections, year) if found.line not in told),
        *_contradicted(page, sections),
        *unused_above(page, (item for group in groups for item in group.measures), sections, year),
        *_of_the_choice(page, choice, groups, roots, year),
    ]


def _rows_without_task(page: Manuscript, furniture: dict[int, str]) -> list[Problem]:
    lines = [
        page.line_number(page.lines[index].start) for index in furniture if furniture[index] == WITHOUT_TASK
    ]
    return [
        Problem(line, "row_without_task", f"第{line}行的表格行没有任务内容，没有列为事项，请核对原表")
        for line in lines
    ]


def _unread_limits(
    page: Manuscript, groups: list[Group], sections: tuple[ParsedSection, ...]
) -> list[Problem]:
    """Filled cells of a column for limits that say neither a day nor that there is none."""
    problems = []
    for group, section in zip(groups, sections, strict=True):
        for item, measure in zip(group.measures, section.measures, strict=True):
            if item.row is None:
                continue
            due = [cell for cell in item.row.roles.get("due", []) if not cell.empty]
            if any(source.reason == WITHOUT_YEAR for source in measure.provenance):
                continue  # told as such
            if due and not (measure.deadline or measure.recurring or measure.relative or measure.standing):
                line = page.line_number(due[0].start)
                shown = due[0].printed[:20]
                problems.append(
                    Problem(
                        line,
                        "unread_limit",
                        f"第{line}行的时限“{shown}”读不出日期，请核对后补上",
                        start=due[0].start,
                    )
                )
    return problems


def _without_year(page: Manuscript, sections: tuple[ParsedSection, ...]) -> list[Problem]:
    """Limits of which neither the words nor the document name the year, each at its place once."""
    spans = {
        (source.start, source.end)
        for section in sections
        for measure in section.measures
        for source in measure.provenance
        if source.reason == WITHOUT_YEAR
    }
    problems = []
    for start, end in sorted(spans):
        line, shown = page.line_number(start), page.printed(start, end)[:20]
        message = (
            f"第{line}行的时限“{shown}”没有写年份，没有换算成日期；请填写年份（命令行用 --year）后重新读取"
        )
        problems.append(Problem(line, "limit_without_year", message, start=start))
    return problems


_LEADS = re.compile(r"牵头(?!单位|部门|责任|人)")
_LABELLED_LINE = re.compile(r"\n *(?:牵头|主办|责任|承办)(?:单位|部门)? ?:[^\n]*")


def _contradicted(page: Manuscript, sections: tuple[ParsedSection, ...]) -> list[Problem]:
    """Labelled lines below a task that gave it another lead than the one its sentences name."""
    measures = sorted(
        (measure for section in sections for measure in section.measures), key=lambda measure: measure.start
    )
    starts = [measure.start for measure in measures]
    problems = []
    for line in _LABELLED_LINE.finditer(page.work):
        measure = measures[at] if (at := bisect_right(starts, line.start()) - 1) >= 0 else None
        if measure is None or line.end() > measure.end:
            continue
        said = _LEADS.search(page.work, measure.start, line.start())
        taken = any(s.field == "lead" and line.start() < s.start < line.end() for s in measure.provenance)
        if said is None or not taken:
            continue
        told = Duties()
        read_sentences(page, measure.start, line.start(), told)
        above = [unit.name for unit in told.lead]
        if not above or set(above) & {*measure.lead, *measure.co}:
            continue
        start = line.start() + 1
        number, shown = page.line_number(start), page.printed(start, line.end()).strip()[:30]
        message = f"第{number}行的“{shown}”与上文写明由“{'、'.join(above)}”牵头不一致，暂按这一行读取，请核对"
        problems.append(Problem(number, "lead_contradicted", message, start=start))
    return problems


def _of_the_choice(
    page: Manuscript, choice: Choice | None, groups: list[Group], roots: list[Item], year: int | None
) -> tuple[Problem, ...]:
    if not page.work.strip():
        return (Problem(1, "empty", "文件没有内容", "error"),)
    if choice is None:
        where = page.line_number(roots[0].start) if roots else 1
        return (
            Problem(
                where, "no_action_part", "没有找到部署任务的部分，请核对文件，或指定哪一部分是任务", "error"
            ),
        )
    problems = numbering_problems(page, groups, roots)
    if choice.guessed:
        line = page.line_number(choice.sections[0].start)
        problems.append(
            Problem(line, "action_part_guessed", "没有明显部署任务的部分，暂将正文各部分都列为任务，请核对")
        )
    for item in choice.aside if choice.part is None else choice.doubtful:
        line = page.line_number(item.start)
        shown = page.printed(item.start, item.heading[1])[:30]
        if choice.part is not None:
            problems.append(
                Problem(line, "part_not_imported", f"“{shown}”也像任务，没有列为事项；需要时请指定任务部分")
            )
        else:
            problems.append(Problem(line, "part_not_imported", f"“{shown}”不是任务，没有列为事项"))
    problems += _charged_aside(page, choice, year)
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _charged_aside(page: Manuscript, choice: Choice, year: int | None) -> list[Problem]:
    """Parts beside a single action part that look like no task and yet name who does it."""
    if choice.part is None:
        return []  # all parts left aside are told already
    told = {id(item) for item in choice.doubtful}
    problems = []
    for part in choice.aside:
        charges = [] if id(part) in told else list(_charges(page, part, year))
        if not charges:
            continue
        lines = list(dict.fromkeys(page.line_number(start) for start, _says in charges))
        where = "、".join(f"第{line}行" for line in lines[:_MOST_LINES])
        where += f"等{len(lines)}行" if len(lines) > _MOST_LINES else ""
        says = "单位和时限" if any(says == "单位和时限" for _start, says in charges) else "责任单位"
        problems.append(
            Problem(
                lines[0],
                "part_not_imported",
                f"“{page.printed(part.start, part.heading[1])[:30]}”没有列为事项，但{where}写明了{says}；需要时请指定任务部分",
            )
        )
    return problems


def _charges(page: Manuscript, part: Item, year: int | None) -> Iterator[tuple[int, str]]:
    """Every place where a part names who does something, and what it says: a unit by its name, or any with a limit."""
    pending = [part]
    while pending:
        item = pending.pop()
        if item.row is None:
            clause = read_clause(page, item.start, item.own_end, year)
            place = next((source.start for source in clause.sources if source.field == "lead"), None)
            if place is not None and (clause.deadline or clause.recurring or clause.relative):
                yield place, "单位和时限"
            elif (
                place is not None
                and _BY_NAME.match(clause.lead[0])
                and "解释" not in page.work[item.start : item.own_end]
            ):
                yield place, "责任单位"
        pending.extend(reversed(item.children))
