"""A wrong part or a wrong file must not wipe a plan: dropping more than half of it has to be said twice, by whatever door."""

from dataclasses import dataclass

from tracker.importing.errors import ImportRefused
from tracker.importing.proposal import Change, ImportProposal
from tracker.models import Plan
from tracker.rules.lifecycle import SETTLED


@dataclass(frozen=True)
class MassRemoval:
    """How many measures of the plan's present text an import drops, and how many it keeps (reworded or moved ones too).

    Of `removed`, `cancelled` are given up; the others are settled already and only leave the text.
    """

    plan: Plan
    removed: int
    kept: int
    cancelled: int

    @property
    def words(self) -> str:
        """What the import would do, in Chinese, without a full stop."""
        leave = self.removed - self.cancelled
        settled = f"，另有{leave}项已办结或撤销，只移出现行文本" if leave else ""
        return (
            f"方案《{self.plan}》现有{self.removed + self.kept}项措施，新版本中没有其中的{self.removed}项，只保留"
            f"{self.kept}项：导入后撤销{self.cancelled}项{settled}"
        )


class MassRemovalUnconfirmed(ImportRefused):
    """More than half of a plan would go and nobody said so a second time. Nothing was written."""

    def __init__(self, removal: MassRemoval) -> None:
        super().__init__([f"{removal.words}；须先确认确实如此，没有写入。"])
        self.removal = removal


def mass_removal(proposal: ImportProposal) -> MassRemoval | None:
    """What has to be said twice; None where the new version keeps at least half of the plan, and for a new plan."""
    gone = [item.measure for item in proposal.measures if item.change == Change.REMOVED and item.measure]
    kept = sum(
        item.measure is not None and item.measure.in_text and item.change != Change.REMOVED
        for item in proposal.measures
    )
    if proposal.plan is None or len(gone) <= kept:
        return None
    cancelled = sum(measure.status not in SETTLED for measure in gone)
    return MassRemoval(proposal.plan, len(gone), kept, cancelled)
