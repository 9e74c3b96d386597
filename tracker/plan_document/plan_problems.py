"""Say what a person should look at: no part with tasks, gaps in the numbering, rows and limits that could not be read."""

from __future__ import annotations

from .action_part import Choice
from .manuscript import Manuscript
from .model import ParsedSection, Problem
from .outline import Item
from .sections import Group, numbering_problems
from .table_rows import WITHOUT_TASK


def find_problems(
    page: Manuscript,
    furniture: dict[int, str],
    choice: Choice | None,
    roots: list[Item],
    groups: list[Group],
    sections: tuple[ParsedSection, ...],
) -> list[Problem]:
    """All problems of a parsed text, in no order. `furniture`: index of a line -> why it is no text of any item."""
    return [
        *_rows_without_task(page, furniture),
        *_unread_limits(page, groups, sections),
        *_of_the_choice(page, choice, groups, roots),
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
            due = [cell for cell in item.row.roles.get("due", []) if not cell.empty] if item.row else []
            if due and not (measure.deadline or measure.recurring or measure.relative or measure.standing):
                line = page.line_number(due[0].start)
                shown = due[0].printed[:20]
                problems.append(
                    Problem(line, "unread_limit", f"第{line}行的时限“{shown}”读不出日期，请核对后补上")
                )
    return problems


def _of_the_choice(
    page: Manuscript, choice: Choice | None, groups: list[Group], roots: list[Item]
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
    problems = numbering_problems(page, groups)
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
    return tuple(sorted(problems, key=lambda problem: problem.line))
