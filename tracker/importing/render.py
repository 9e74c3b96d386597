"""An import proposal as text for a person and as JSON for a program."""

from collections import Counter

from tracker.importing.apply import ImportResult
from tracker.importing.assignment import FIELD_NAMES
from tracker.importing.mass_removal import mass_removal
from tracker.importing.proposal import Change, ImportProposal, MeasureChange


def proposal_to_text(proposal: ImportProposal, written: ImportResult | None) -> str:
    """A readable Chinese account; `written` None is a dry run."""
    lines = [_headline(proposal), ""]
    if not proposal.changes_anything:
        lines.append("没有变化：文件内容和责任分解与已导入的一致，未写入任何数据。")
    else:
        lines.extend(_changes(proposal))
    removal = mass_removal(proposal) if written is None else None
    notes = (*([f"{removal.words}。"] if removal is not None else []), *proposal.warnings)
    if notes:
        lines += ["", "请注意："]
        lines += [f"  · {note}" for note in notes]
    if proposal.changes_anything:
        lines += ["", _closing(proposal, written)]
    return "\n".join(lines)


def _headline(proposal: ImportProposal) -> str:
    measures = sum(len(section.measures) for section in proposal.parsed.sections)
    counted = f"{len(proposal.parsed.sections)}个部分、{measures}项措施，起算日期 {proposal.starts_on}"
    if proposal.plan is None:
        return f"新方案《{proposal.title}》：{counted}"
    return f"方案《{proposal.plan.title}》（编号{proposal.plan.pk}，按{proposal.matched_by}识别）：{counted}"


def _changes(proposal: ImportProposal) -> list[str]:
    lines = [f"方案{name}：{before} → {after}" for name, (before, after) in proposal.plan_changes.items()]
    titles = {section.number: section.path for section in proposal.parsed.sections}
    shown = None
    for item in proposal.measures:
        if item.change == Change.UNCHANGED and not item.decided:
            continue
        if item.section_number != shown:
            shown = item.section_number
            lines.append(
                titles.get(shown, "新版中已没有的措施") if shown is not None else "新版中已没有的措施"
            )
        lines.append(f"  [{item.change_name}] {item.number} {item.title}")
        lines.extend(f"        {text}" for text in _details(item))
    return lines


def _details(item: MeasureChange) -> list[str]:
    if item.change == Change.ADDED and item.assignment is not None:
        given = {name: after for name, (_before, after) in item.decided.items()}
        due = "长期坚持" if given.get("standing") == "是" else f"{given.get('due_on', '未定时限')}"
        return [f"牵头 {given.get('lead', '未定')}；配合 {given.get('co', '（空）')}；{due}"]
    lines = []
    if item.change == Change.REWORDED and item.measure is not None and item.parsed is not None:
        lines += [f"原：{item.measure.text}", f"新：{item.parsed.text}"]
    lines += [f"{FIELD_NAMES[name]}：{before} → {after}" for name, (before, after) in item.changes.items()]
    return lines


def _closing(proposal: ImportProposal, written: ImportResult | None) -> str:
    in_order = sorted(proposal.measures, key=lambda item: list(Change).index(item.change))
    counts = "、".join(
        f"{name}{count}项" for name, count in Counter(item.change_name for item in in_order).items()
    )
    if written is None:
        return f"试运行，未写入：{counts}。"
    return f"已写入：{counts}；责任分解更新{written.assigned}项。方案编号 {written.plan.pk}。"


def proposal_to_json(proposal: ImportProposal, written: ImportResult | None) -> dict[str, object]:
    """{"changed", "written", "plan", "title", "starts_on", "matched_by", "counts", "plan_changes", "measures",
    "warnings", "mass_removal"}; "measures" lists only what changes; "mass_removal" is what has to be confirmed
    ({"removed", "kept", "cancelled"}, of the plan's present measures), null when nothing has."""
    plan = written.plan if written is not None else proposal.plan
    removal = mass_removal(proposal)
    return {
        "changed": proposal.changes_anything,
        "written": written is not None and written.changed,
        "plan": plan.pk if plan is not None else None,
        "title": proposal.title,
        "starts_on": proposal.starts_on.isoformat(),
        "matched_by": proposal.matched_by,
        "counts": {change.value: proposal.count(change) for change in Change},
        "plan_changes": {name: list(pair) for name, pair in proposal.plan_changes.items()},
        "measures": [
            {
                "number": item.number,
                "title": item.title,
                "change": item.change.value,
                "decided": {name: list(pair) for name, pair in item.changes.items()},
            }
            for item in proposal.measures
            if item.change != Change.UNCHANGED or item.decided
        ],
        "warnings": list(proposal.warnings),
        "mass_removal": None
        if removal is None
        else {"removed": removal.removed, "kept": removal.kept, "cancelled": removal.cancelled},
    }
