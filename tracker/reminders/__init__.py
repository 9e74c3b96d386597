"""催办: plan what is due, claim it, check it again, send it, record it; sweep what was left behind.

At least once, with visible residue. The database decides, whoever calls (Celery, the command line) only
hurries it along: with every queue emptied the next call finds all that is unsent. `today` is the day whose
deadlines are looked at, `clock` gives the moment; both come from the entry point.
"""

from tracker.reminders.claiming import sweep, waiting_batches
from tracker.reminders.gaps import Gap
from tracker.reminders.planning import PlanResult, plan
from tracker.reminders.preview import Preview, preview
from tracker.reminders.refusals import Outcome
from tracker.reminders.sending import RunReport, report_held_back, send_waiting

__all__ = [
    "Gap",
    "Outcome",
    "PlanResult",
    "Preview",
    "RunReport",
    "plan",
    "preview",
    "report_held_back",
    "send_waiting",
    "sweep",
    "waiting_batches",
]
