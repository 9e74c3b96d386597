"""Show a parsed plan to machines (JSON) and to people (a Chinese preview)."""

from __future__ import annotations

from typing import Any

from .model import FieldSource, OutlineNode, ParsedClause, ParsedMeasure, ParsedPlan, Problem, named

_RECURRING = {"weekly": "每周", "monthly": "每月", "quarterly": "每季度", "yearly": "每年"}


def plan_to_json(plan: ParsedPlan) -> dict[str, Any]:
    """The JSON of `parse_plan` (docs: outside interfaces); offsets count characters of the decoded source."""
    return {
        "title": plan.title,
        "year": plan.year,
        "outline": [_node(node) for node in plan.outline],
        "action_part": _node(plan.action_part) | {"children": []} if plan.action_part else None,
        "sections": [
            {
                "number": section.number,
                "marker": section.marker,
                "title": section.title,
                "intro": section.intro,
                "parent": section.parent,
                "start": section.start,
                "end": section.end,
                "measures": [_measure(measure) for measure in section.measures],
            }
            for section in plan.sections
        ],
        "leftovers": [
            {"start": left.start, "end": left.end, "text": left.text, "reason": left.reason}
            for left in plan.leftovers
        ],
        "problems": [_problem(problem) for problem in plan.problems],
        "notes": list(plan.notes),
    }


def _node(node: OutlineNode) -> dict[str, Any]:
    return {
        "level": node.level,
        "marker": node.marker,
        "heading": node.heading,
        "start": node.start,
        "end": node.end,
        "children": [_node(child) for child in node.children],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "code": problem.code,
        "message": problem.message,
        "severity": problem.severity,
    }


def _measure(measure: ParsedMeasure) -> dict[str, Any]:
    return {
        "number": measure.number,
        "marker": measure.marker,
        "title": measure.title,
        "text": measure.text,
        "lead": list(measure.lead),
        "co": list(measure.co),
        "deadline": measure.deadline.isoformat() if measure.deadline else None,
        "milestones": [{"date": stage.date.isoformat(), "text": stage.text} for stage in measure.milestones],
        "recurring": measure.recurring,
        "recurring_by": measure.recurring_by,
        "relative": measure.relative,
        "standing": measure.standing,
        "start": measure.start,
        "end": measure.end,
        "provenance": [_source(source) for source in measure.provenance],
    }


def _source(source: FieldSource) -> dict[str, Any]:
    return {
        "field": source.field,
        "start": source.start,
        "end": source.end,
        "reason": source.reason,
        "to_confirm": source.to_confirm,
    }


def clause_to_json(clause: ParsedClause) -> dict[str, Any]:
    """The JSON of `parse_clauses`: milestones are ISO dates, null when the clause names no stages."""
    return {
        "lead": list(clause.lead),
        "co": list(clause.co),
        "deadline": clause.deadline.isoformat() if clause.deadline else None,
        "recurring": clause.recurring,
        "milestones": [stage.date.isoformat() for stage in clause.milestones] or None,
    }


def plan_to_text(plan: ParsedPlan) -> str:
    """A preview for a person: sections, measures with units and limits, then leftovers and problems."""
    count = sum(len(section.measures) for section in plan.sections)
    lines = [f"标题：{plan.title or '（原文没有标题）'}"]
    if plan.action_part:
        lines.append(f"任务部分：{named(plan.action_part.marker, plan.action_part.heading)}")
    lines.append(f"共 {len(plan.sections)} 个部分、{count} 项措施")
    for section in plan.sections:
        lines += [
            "",
            f"第{section.number}部分 {named(section.marker, section.title)}（{len(section.measures)}项）",
        ]
        if section.intro:
            lines.append(f"  {_short(section.intro)}")
        for measure in section.measures:
            lines += _measure_lines(measure)
    if plan.leftovers:
        lines += ["", f"未归入提纲的文字（{len(plan.leftovers)}处）："]
        lines += [
            f"  [{left.start}-{left.end}] {left.reason}：{_short(left.text)}" for left in plan.leftovers
        ]
    lines += ["", f"问题（{len(plan.problems)}个）：" if plan.problems else "问题：无"]
    lines += [_problem_line(problem) for problem in plan.problems]
    lines += [f"  说明：{note}" for note in plan.notes]
    return "\n".join(lines) + "\n"


def _problem_line(problem: Problem) -> str:
    """A problem with its line, but where it names its sheet: the lines of a workbook's text are nobody's."""
    kind = "错误" if problem.severity == "error" else "提醒"
    place = "" if problem.message.startswith("工作表“") else f" 第{problem.line}行："
    return f"  {kind}{place or ' '}{problem.message}"


def _measure_lines(measure: ParsedMeasure) -> list[str]:
    lines = [f"  {measure.number} {named(measure.marker, measure.title)}"]
    facts = []
    if measure.lead:
        facts.append("牵头：" + "、".join(measure.lead))
    if measure.co:
        facts.append("配合：" + "、".join(measure.co))
    if measure.deadline:
        facts.append(f"时限：{measure.deadline.isoformat()}")
    if measure.milestones:
        facts.append("阶段：" + "、".join(stage.date.isoformat() for stage in measure.milestones))
    if measure.recurring:
        facts.append(f"周期：{measure.recurring_by or _RECURRING[measure.recurring]}")
    if measure.relative:
        facts.append(f"相对时限：{measure.relative}")
    if measure.standing:
        facts.append("长期坚持")
    if any(source.to_confirm for source in measure.provenance):
        facts.append("待确认")
    if facts:
        lines.append("      " + "；".join(facts))
    return lines


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:59] + "…"
