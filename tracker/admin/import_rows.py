"""The rows of the import desk's form: what was read of each measure, what was decided, and what a post changes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.importing.assignment import FIELD_NAMES, NOTHING
from tracker.importing.kept import Kept
from tracker.importing.left_out import kept_as_it_is
from tracker.importing.proposal import Change, ImportProposal, MeasureChange
from tracker.importing.rewording import Wording, compare
from tracker.importing.suggest import Suggestion
from tracker.models import Department, Measure
from tracker.rules.lifecycle import SETTLED, Status
from tracker.rules.milestones import format_milestones
from tracker.rules.targets import format_indicators

# What is typed in a row, and what is ticked.
TYPED = (
    "title",
    "lead",
    "co",
    "due_on",
    "importance",
    "cadence",
    "cadence_day",
    "recurrence",
    "recurrence_target",
    "recurrence_unit",
    "recurrence_by",
    "milestones",
    "indicators",
)
TICKED = ("standing", "assign", "leave_out")
# Fields that most measures leave as they are: shown on demand.
BESIDE = TYPED[4:]
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(TYPED, ""),
    **dict.fromkeys(TICKED, False),
    "importance": Measure.Importance.ORDINARY.value,
    "cadence": Measure.Cadence.NONE.value,
    "recurrence": Measure.Cadence.NONE.value,
}
# How many characters of a text box fit into one of its lines, for browsers that do not grow the box themselves.
_IN_A_LINE = 28
_MOST_LINES = 8


@dataclass
class Row:
    """One measure on the desk. `shown` holds the fields TYPED and TICKED as the form shows them: names, an ISO date, lines."""

    number: str
    section_number: int | None
    change: Change
    text: str
    start: int | None
    # What happens to it, in Chinese, and as its HTML class says it: a settled one that leaves the text is not given up.
    change_name: str = ""
    change_key: str = ""
    editable: bool = True
    may_assign: bool = True
    may_leave_out: bool = False
    decided: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    shown: dict[str, Any] = field(default_factory=lambda: dict(_EMPTY))
    # What the form would show had nobody decided anything: only what differs from it is a decision.
    read: dict[str, Any] = field(default_factory=dict)
    before: str = ""
    # Where the row stood before: what (编号, 章节 …), before and after; and what stays although the document says otherwise.
    moves: tuple[tuple[str, str, str], ...] = ()
    kept: tuple[Kept, ...] = ()
    kept_words: list[str] = field(default_factory=list)
    # Whether the measure is there already, and what becomes of one that the new version no longer holds.
    known: bool = False
    fate: str = ""
    # Whether an earlier import left it out, and what becomes of it when this one does, in Chinese.
    left_out_before: bool = False
    left_out_means: str = ""
    # Which measure the row is and how far that has come, in Chinese: another import may have made it meanwhile.
    stands_for: str = ""
    # Whether the text itself names who leads, known or not; a suggestion is for where it names nobody.
    names_lead: bool = False
    error: str = ""
    # Of several units typed as lead: who may lead with the others beside, as {"words", "fill"} (input name → value).
    offers: list[dict[str, Any]] = field(default_factory=list)
    # All that the form shows of the row, as JSON: it sends that back, so that others' changes since are told from its own.
    base: str = ""
    # Which earlier measure the row is (tracker/admin/import_origins.py): as decided ("" left to the system, "new", a key),
    # as read now, which it may be, the choices in words, and what it would go on with.
    origin: str = ""
    origin_measure: Measure | None = None
    may_be: frozenset[int] = frozenset()
    origins: list[tuple[str, str]] = field(default_factory=list)
    inherits: str = ""
    # What a person may want to settle before importing (tracker/admin/import_notes.py).
    lacks: tuple[str, ...] = ()
    suggestions: list[Suggestion] = field(default_factory=list)
    # A relative limit as printed, and the day that it gives from the plan's start: a proposal, never written by itself.
    relative: str = ""
    counted: date | None = None

    @property
    def typed(self) -> tuple[str, ...]:
        """The fields that its form offers to type in."""
        return TYPED if self.editable else ()

    @property
    def ticked(self) -> tuple[str, ...]:
        return TICKED if self.editable else ("leave_out",) if self.may_leave_out else ()

    @property
    def is_gone(self) -> bool:
        """Whether the new version no longer holds it: its old number may be that of another row now."""
        return self.change == Change.REMOVED

    @property
    def anchor(self) -> str:
        """The row's HTML id on the page."""
        return f"{'gone-' if self.is_gone else 'r'}{self.number}"

    @property
    def rewording(self) -> tuple[Wording, ...]:
        """Old and new text in one, marked; empty when nothing was reworded."""
        return compare(self.before, self.text) if self.before else ()

    @property
    def seen(self) -> str:
        """What the form was shown with, as a short mark that it sends back: somebody may change the measure meanwhile, or
        close it, which leaves the row no fields."""
        return _mark(
            self.read, self.editable, self.may_assign, self.origin_measure and self.origin_measure.pk
        )

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What importing changes of a measure that is there already: the field's name, before and after in words."""
        return [(FIELD_NAMES[name], *words) for name, words in self.decided.items()] if self.known else []

    @property
    def is_scheduled(self) -> bool:
        return bool(self.shown["due_on"] or self.shown["standing"])

    @property
    def lines(self) -> dict[str, int]:
        """How many lines each text box needs."""
        return {name: _lines(str(self.shown[name])) for name in ("title", "co", "milestones", "indicators")}

    @property
    def says_more(self) -> bool:
        """Whether any of the fields that are shown on demand says something."""
        return any(self.shown[name] != _EMPTY[name] for name in BESIDE)


def mark_of(proposal: ImportProposal, rows: Iterable[Row], decisions: Mapping[str, Mapping[str, Any]]) -> str:
    """What the whole preview was shown with, other pages and what becomes of measures no longer in the text included."""
    plan = proposal.plan.pk if proposal.plan is not None else None
    shown = [(row.number, row.change, row.fate, row.seen) for row in rows]
    return _mark(plan, proposal.title, str(proposal.starts_on), shown, decisions)


def _mark(*shown: object) -> str:
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def _lines(text: str) -> int:
    wanted = sum(1 + len(line) // _IN_A_LINE for line in text.split("\n"))
    return min(max(1, wanted), _MOST_LINES)


def rows_of(proposal: ImportProposal, decisions: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """One row a measure in the proposal's order, with what was decided."""
    paths = {section.number: section.path for section in proposal.parsed.sections}
    rows = [_row(item, paths) for item in proposal.measures]
    gone = frozenset(item.measure.pk for item in proposal.measures if item.parsed is None and item.measure)
    names = {department.code: department.name for department in Department.objects.all()}
    for row in rows:
        row.origin = str(decisions.get(row.number, {}).get("origin", "")) if row.may_leave_out else ""
        row.may_be = gone | ({row.origin_measure.pk} if row.origin_measure is not None else frozenset())
        for name, value in decisions.get(row.number, {}).items():
            if name in (*row.typed, *row.ticked):
                row.shown[name] = _decided_shown(name, value, names)
        # A decision hides what the measure says below it, but who is told of a change has to know that too.
        hidden = {name: row.read[name] for name in row.typed if row.read[name] != row.shown[name]}
        base = {**row.shown, "origin": row.origin, "stands_for": row.stands_for, "read": hidden}
        row.base = json.dumps(base, ensure_ascii=False)
    return rows


def is_stale(row: Row, posted: Mapping[str, str]) -> bool:
    """Whether the measure reads otherwise now than when the form was shown: what was posted would undo that unseen."""
    return posted.get(f"was-{row.number}", row.seen) != row.seen


def is_posted(row: Row, posted: Mapping[str, str]) -> bool:
    """Whether the posted form showed this row: a long plan is shown page by page."""
    # A settled measure has no fields, but its row may be left out.
    shown = f"title-{row.number}" if row.editable else f"was-{row.number}"
    return row.may_leave_out and shown in posted


def _decided_shown(name: str, value: Any, names: Mapping[str, str]) -> object:
    if name == "lead":
        return names.get(str(value), "")
    if name == "co":
        return "、".join(names[code] for code in value if code in names)
    if name in ("milestones", "indicators"):
        return "\n".join(value)
    return bool(value) if name in TICKED else "" if value is None else str(value)


def _row(item: MeasureChange, paths: Mapping[int, str]) -> Row:
    parsed, measure = item.parsed, item.measure
    if parsed is None:
        text = measure.text if measure is not None else ""
        gone = Row(item.number, None, item.change, text, None, editable=False, fate=_fate(measure))
        gone.shown["title"] = item.title
        gone.change_name = item.change_name
        gone.change_key = "leaves" if item.only_leaves_text else item.change.value
        return gone
    row = Row(item.number, item.section_number, item.change, parsed.text, parsed.start)
    row.change_name, row.change_key = item.change_name, item.change.value
    row.editable = measure is None or measure.status not in SETTLED
    row.may_assign = measure is None or measure.status == Status.DRAFT
    row.known = measure is not None
    row.stands_for = _stands_for(row, measure)
    row.origin_measure = measure
    row.may_leave_out = True
    row.left_out_before = item.left_out_before
    row.left_out_means = kept_as_it_is(measure)
    row.decided = item.changes
    row.remarks, row.unknown = item.remarks, item.unknown
    row.kept, row.moves = item.kept, _moves(item, paths)
    row.names_lead = bool(parsed.lead)
    row.relative = parsed.relative or ""
    row.shown["title"] = parsed.title
    if measure is not None:
        row.before = measure.text if item.change == Change.REWORDED else ""
        row.shown |= shown_now(measure)
        row.shown["title"] = measure.title if item.retitled is None else item.retitled[1]
    # What the source states anew stands over what is stored; what it stated before does not.
    read = item.assignment.values if item.assignment is not None else {}
    for name, value in read.items():
        if name in row.shown and (measure is None or name in item.stated):
            row.shown[name] = _value_shown(name, value)
    row.shown["assign"] = row.may_assign and item.assignment is not None and item.assignment.assigns
    row.shown["leave_out"] = item.left_out_before
    row.read = dict(row.shown)
    return row


def _moves(item: MeasureChange, paths: Mapping[int, str]) -> tuple[tuple[str, str, str], ...]:
    """What the new version puts elsewhere: the measure's number, its section, or at least the number printed before it."""
    parsed, measure = item.parsed, item.measure
    if parsed is None or measure is None or item.change in (Change.UNCHANGED, Change.LEFT_OUT):
        return ()
    places = (
        ("编号", measure.number, parsed.number),
        ("章节", str(measure.section), paths.get(item.section_number or 0, "")),
    )
    found = tuple((what, before, after) for what, before, after in places if before != after)
    printed = ("文中序号", measure.marker or NOTHING, parsed.marker[:20] or NOTHING)
    return found or ((printed,) if printed[1] != printed[2] else ())


def _stands_for(row: Row, measure: Measure | None) -> str:
    if measure is None:
        return "新增"
    state = "" if row.may_assign else "（已交办）" if row.editable else "（已办结或撤销）"
    return f"已有事项 {measure.number}{state}"


def _fate(measure: Measure | None) -> str:
    settled = measure is not None and measure.status in SETTLED
    return "已办结或撤销，只移出现行文本。" if settled else "导入后撤销；办理记录保留。"


def shown_now(measure: Measure) -> dict[str, Any]:
    """The fields of a stored measure as a form of the desk shows them."""
    return {name: _value_shown(name, value) for name, value in _stored(measure).items()}


def _stored(measure: Measure) -> dict[str, Any]:
    beside = {
        "co": measure.co_departments.all(),
        "indicators": [indicator.as_target() for indicator in measure.indicators.all()],
        "milestones": measure.milestones.all(),
    }
    plain = [name for name in (*TYPED, "standing") if name not in beside]
    return {name: getattr(measure, name) for name in plain} | beside


def _value_shown(name: str, value: Any) -> Any:
    """A field's value as its input shows it."""
    if name == "standing":
        return bool(value)
    if name == "co":
        return "、".join(department.name for department in value)
    if name == "milestones":
        return format_milestones(value)
    if name == "indicators":
        return format_indicators(value).replace("；", "\n")
    if isinstance(value, Department):
        return value.name
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
