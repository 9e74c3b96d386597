"""Several people on one draft: each row is saved against what its form had shown, so that only the same row twice is a conflict."""

import json
from collections.abc import Mapping
from typing import Any

from tracker.admin.import_rows import TICKED, TYPED, Row, is_posted, is_stale
from tracker.importing.assignment import FIELD_NAMES, NOTHING

NAMES = {
    **FIELD_NAMES,
    "assign": "导入后立即交办",
    "leave_out": "不导入本条",
    "origin": "与原方案的对应",
    "stands_for": "本条",
}


def shown_then(row: Row, posted: Mapping[str, str]) -> dict[str, Any] | None:
    """The row's fields as the form had shown them; None for a script that does not say."""
    try:
        found = json.loads(posted.get(f"shown-{row.number}", ""))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def typed_by(row: Row, posted: Mapping[str, str], base: Mapping[str, Any]) -> dict[str, Any]:
    """Field → what a person made of it, where that differs from what the form had shown."""
    found = typed_over(row.number, posted, base)
    if not row.may_assign:
        found.pop("assign", None)
    return found


def typed_over(number: str, posted: Mapping[str, str], base: Mapping[str, Any]) -> dict[str, Any]:
    """The same by the row's number alone, whatever has become of the row since."""
    changed: dict[str, Any] = {}
    # A measure may have been closed since, which leaves the row no fields: what its form had offered counts.
    had_fields = f"title-{number}" in posted
    for name in (*(TYPED if had_fields else ()), "origin"):
        typed = _plain(posted.get(f"{name}-{number}", base.get(name)))
        if typed != _plain(base.get(name)):
            changed[name] = typed
    for name in TICKED if had_fields else ("leave_out",):
        ticked = f"{name}-{number}" in posted
        if ticked != bool(base.get(name)):
            changed[name] = ticked
    return changed


def changed_since(row: Row, posted: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What others changed of the row since the form showed it: field, before and after, in words."""
    base = shown_then(row, posted)
    if base is None:
        return []
    now = json.loads(row.base)
    then_read, now_read = base.get("read", {}), now.pop("read")
    found = [
        (NAMES[name], words(base[name]), words(now[name]))
        for name in now
        if name in base and _plain(base[name]) != _plain(now[name])
    ]
    told = {name for name, _before, _after in found}
    for name in then_read.keys() | now_read.keys():
        before, after = (
            read.get(name, shown.get(name)) for read, shown in ((then_read, base), (now_read, now))
        )
        if NAMES[name] not in told and _plain(before) != _plain(after):
            found.append((f"事项现有的{NAMES[name]}", words(before), words(after)))
    return found


def is_changed(row: Row, posted: Mapping[str, str]) -> bool:
    """Whether others changed the row, or the measure behind it, since the form showed it."""
    return bool(changed_since(row, posted)) or is_stale(row, posted)


def conflict(row: Row, posted: Mapping[str, str]) -> str:
    """A Chinese sentence with both values, for a row that others and this person changed differently; else ""."""
    base, now = shown_then(row, posted), json.loads(row.base)
    mine = typed_by(row, posted, base) if base is not None else {}
    if all(_plain(now.get(name)) == _plain(value) for name, value in mine.items()):
        return ""
    others = "；".join(
        f"{name}由“{before}”改为“{after}”" for name, before, after in changed_since(row, posted)
    )
    yours = "；".join(f"{NAMES[name]}填为“{words(value)}”" for name, value in mine.items())
    if not row.editable and not {"leave_out", "origin"} & mine.keys():
        return f"此项在您打开页面之后已被他人改动，事项已办结或撤销，不能再改；您把{yours}，没有保存。"
    return (
        f"此项在您打开页面之后已被他人改动：{others or '事项已变化'}。您把{yours}，没有保存，仍留在下面；"
        "核对后再次保存，即以您填写的为准。"
    )


def show_typed(rows: list[Row], posted: Mapping[str, str]) -> None:
    """Shows again what a person typed and could not be saved, over what others made of the rest of the row."""
    for row in rows:
        base = shown_then(row, posted)
        if not is_posted(row, posted) or (base is None and is_stale(row, posted)):
            continue
        if base is None:
            base = row.shown | {"origin": row.origin}
        for name, value in typed_by(row, posted, base).items():
            if name == "origin":
                row.origin = value
            else:
                row.shown[name] = value


def fields_now(rows: list[Row], posted: Mapping[str, str]) -> dict[str, str | bool]:
    """For the page's script: what the form is to show of the rows that others changed, and what it has then shown."""
    found: dict[str, str | bool] = {}
    for row in rows:
        base = shown_then(row, posted)
        if base is None or not is_posted(row, posted) or not is_changed(row, posted):
            continue
        mine = typed_by(row, posted, base)
        now = json.loads(row.base)
        found |= {f"shown-{row.number}": row.base, f"was-{row.number}": row.seen}
        for name in (*row.typed, *row.ticked):
            if name not in mine:
                found[f"{name}-{row.number}"] = now[name] if name in TICKED else _plain(now[name])
    return found


def told_changes(rows: list[Row], posted: Mapping[str, str]) -> str:
    """What others changed of the rows that the form showed, for who comes back to the page; "" when nothing."""
    found = [
        f"{row.number}（{'；'.join(f'{name}：{before} → {after}' for name, before, after in changes)}）"
        for row in rows
        if is_posted(row, posted) and (changes := changed_since(row, posted))
    ]
    if not found:
        return ""
    rest = f"等{len(found)}条" if len(found) > 5 else ""
    return f"您打开页面之后，他人改动了 {'；'.join(found[:5])}{rest}，请一并核对。"


def _plain(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def words(value: Any) -> str:
    """A form's value in Chinese words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return _plain(value).replace("\n", "；") or NOTHING
