"""Takes the steps that an import proposes for its measures, and has them written many at a time."""

from datetime import datetime
from typing import Any

from tracker import actions
from tracker.importing.assignment import TITLE_LIMIT
from tracker.importing.proposal import Change, ImportProposal, MeasureChange
from tracker.models import Measure, PlanDocument, Section, User
from tracker.rules.lifecycle import SETTLED, Status

# Positions count within the section, so that a measure more in one section leaves the others untouched.
MEASURES_A_SECTION = 100_000


class MeasureWriter:
    """Within one transaction: what `take` has done is in the database after `write`. Both raise RuleViolation, after which
    the transaction has to be taken back.

    New measures and those that only follow the text or are corrected are written together; what hands a measure on, gives it up or
    takes it in again is a step of its own.
    """

    def __init__(
        self,
        proposal: ImportProposal,
        *,
        document: PlanDocument,
        sections: dict[int, Section],
        actor: User | None,
        now: datetime,
    ) -> None:
        self._document, self._sections = document, sections
        self._actor, self._now = actor, now
        self._sheet_name = proposal.sheet_name
        self._fresh = actions.FreshMeasures()
        self._held = actions.HeldMeasures(
            item.measure.pk
            for item in proposal.measures
            if item.measure is not None and (proposal.sections_change or _says_anything(item, item.measure))
        )

    @property
    def is_full(self) -> bool:
        return self._fresh.is_full or self._held.is_full

    def write(self) -> None:
        self._fresh.write()
        self._held.write()

    @property
    def _version(self) -> str:
        return f"《{self._document.name}》第{self._document.version}版"

    def take(self, item: MeasureChange) -> None:
        """All that the proposal says of one measure."""
        parsed, measure = item.parsed, item.measure
        if parsed is None or item.section_number is None:
            if measure is not None:
                self._remove(measure)
            return
        if item.change == Change.LEFT_OUT and item.untouched is None:
            return
        section = self._sections[item.section_number]
        place: dict[str, Any] = {
            "section": section,
            "number": parsed.number,
            "position": item.section_number * MEASURES_A_SECTION + int(parsed.number.rsplit(".", 1)[-1]),
            "marker": parsed.marker[:20],
        }
        if item.untouched is not None:
            # It stays as it is; only its place follows, or two measures would bear one number.
            self._reword(item.untouched, f"{self._version}中的这一条未导入，事项保持原样", place)
            return
        text = {**place, "title": parsed.title[:TITLE_LIMIT], "text": parsed.text}
        # What is assigned at once takes a step that reads the measure again.
        together = self._fresh if measure is None and not item.assign else None
        if measure is None:
            measure = actions.register(
                plan=self._document.plan,
                document=self._document,
                span=(parsed.start, parsed.end),
                actor=self._actor,
                now=self._now,
                fresh=together,
                **text,
            )
        elif item.change == Change.RESTORED:
            self._held.let_go(measure.pk)
            measure = actions.restore(
                measure_id=measure.pk,
                actor=self._actor,
                now=self._now,
                note=f"{self._version}重新列入",
                expected_version=measure.version,
                **text,
            )
        elif item.change != Change.UNCHANGED or measure.section_id != section.pk:
            if item.change == Change.UNCHANGED:
                # Its section has another row: nothing else that was shown as unchanged may change.
                text = place
            elif item.change == Change.REWORDED:
                text |= {"document": self._document, "span_start": parsed.start, "span_end": parsed.end}
            measure = self._reword(measure, f"按{self._version}更新", text)
        self._assign(measure, item, fresh=together)

    def _reword(self, measure: Measure, note: str, text: dict[str, Any]) -> Measure:
        return actions.reword(
            measure_id=measure.pk,
            actor=self._actor,
            now=self._now,
            note=note,
            expected_version=measure.version,
            held=self._held,
            **text,
        )

    def _remove(self, measure: Measure) -> None:
        """A measure that the new version no longer holds is given up, but never deleted; a settled one only leaves the text."""
        reason = f"{self._version}已无此项"
        if measure.status in SETTLED:
            self._reword(measure, reason, {"in_text": False})
            return
        self._held.let_go(measure.pk)
        actions.cancel(
            measure_id=measure.pk,
            actor=self._actor,
            now=self._now,
            reason=reason,
            leaves_text=True,
            expected_version=measure.version,
        )

    def _assign(self, measure: Measure, item: MeasureChange, *, fresh: actions.FreshMeasures | None) -> None:
        """A measure gets exactly what its sources say anew and what is decided anew; a draft is perhaps assigned.

        The source's file stands in the trail as the reason, for a deadline too. What the source said is remembered beside
        it, so that the next import of the same source changes nothing.
        """
        if measure.status in SETTLED:
            # It takes nothing more. Once it is reopened, the next import finds what the source says of it still to be said.
            return
        by_sheet = item.assignment is not None and item.assignment.assigns
        source = f"责任分解表《{self._sheet_name}》" if by_sheet else f"《{self._document.name}》"
        read = dict(item.assignment.values) if item.assignment is not None else {}
        decided = dict(item.decision.values) if item.decision is not None else {}
        imported = {**measure.imported_assignment, **item.said}
        values = {name: value for name, value in read.items() if name in item.decided} | decided
        step: dict[str, Any] = {"actor": self._actor, "now": self._now}
        if measure.status == Status.DRAFT and item.assign:
            self._held.let_go(measure.pk)
            if "title" in values:
                title = values.pop("title")
                measure = actions.edit(measure_id=measure.pk, title=title, note="导入时修改", **step)
            actions.assign(measure_id=measure.pk, imported=imported, **step, **values)
        elif values or imported != measure.imported_assignment:
            renewed = "" if item.measure is None else "更新"
            step["note"] = f"导入{source}时确认" if decided else f"按{source}{renewed}"
            if fresh is not None:
                actions.fill_in(measure=measure, fresh=fresh, imported=imported, **step, **values)
            else:
                actions.rearrange(measure_id=measure.pk, imported=imported, held=self._held, **step, **values)


def _says_anything(item: MeasureChange, measure: Measure) -> bool:
    """Whether the import may have something to write to this measure; one that is not locked beforehand is locked alone."""
    heard = {**measure.imported_assignment, **item.said} != measure.imported_assignment
    return item.change != Change.UNCHANGED or bool(item.decided) or item.decision is not None or heard
