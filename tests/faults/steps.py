"""The steps of the pipeline at which a worker can be made to die, and the ways in which the engine can be sabotaged."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """`what` in words; `target` a dotted function of the product, and when around it the worker dies: `before`, `after`, or
    at the `commit` inside it. `nth` call; `doubled_at_most` notices that may arrive again, because the server had them."""

    what: str
    target: str
    moment: str
    nth: int = 1
    doubled_at_most: int = 0


_SEND = "tracker.reminders.channels.email.transport.EmailChannel"
# A message of these trials holds two notices, and up to ten messages are recorded together.
_ONE_RECORD = 20
STEPS: dict[str, Step] = {
    "tick": Step("a tick arrives", "tracker.tasks.note_tick", "before"),
    "swept": Step("the sweep is done", "tracker.reminders.sweep", "after"),
    "planning": Step("the plan is written, not committed", "tracker.reminders.watermark.write", "after"),
    "planned": Step(
        "the plan is committed, nothing handed to the workers", "tracker.reminders.plan", "after"
    ),
    "handing": Step("a part is handed to the workers", "tracker.tasks.send_chunk.apply_async", "after"),
    "claim": Step("a worker begins", "tracker.reminders.sending.claim", "before"),
    "claiming": Step("the claim is written, not committed", "tracker.reminders.sending.claim", "commit"),
    "claimed": Step("the claim is committed", "tracker.reminders.sending.claim", "after"),
    "look": Step("the second look begins", "tracker.reminders.sending.no_longer_true", "before"),
    "looked": Step("the second look is done", "tracker.reminders.sending.no_longer_true", "after"),
    "binding": Step(
        "the messages are bound, not committed", "tracker.reminders.sending.begin_sending", "commit"
    ),
    "bound": Step(
        "the binding is committed, nothing sent", "tracker.reminders.sending.begin_sending", "after"
    ),
    # The four messages before the fifth are accepted, and as a rule not recorded yet.
    "made": Step(
        "the fifth message is made, not handed over",
        f"{_SEND}.deliver",
        "before",
        nth=5,
        doubled_at_most=_ONE_RECORD,
    ),
    "half": Step(
        "half of the fifth message is on the wire",
        "tracker.reminders.channels.email.dialogue.say",
        "half",
        nth=5,
        doubled_at_most=_ONE_RECORD,
    ),
    "answered": Step(
        "the server has accepted the fifth message, its answer is not read",
        "tracker.reminders.channels.email.dialogue.say",
        "whole",
        nth=5,
        doubled_at_most=_ONE_RECORD,
    ),
    "accepted": Step(
        "the server's answer to the fifth message is read",
        f"{_SEND}.deliver",
        "after",
        nth=5,
        doubled_at_most=_ONE_RECORD,
    ),
    "record": Step(
        "the first record is about to be written",
        "tracker.reminders.recording.record_sent",
        "before",
        doubled_at_most=_ONE_RECORD,
    ),
    # What the other thread of the worker has handed over and not recorded.
    "recorded": Step(
        "the first record is committed",
        "tracker.reminders.recording.record_sent",
        "after",
        doubled_at_most=_ONE_RECORD,
    ),
    "sent": Step(
        "all is recorded, the task not acknowledged to the broker",
        "tracker.reminders.send_waiting",
        "after",
    ),
}

SABOTAGE: dict[str, str] = {
    "lose": "drops every fifth message and records it as sent",
    "repeat": "hands every fifth message over twice",
    "repeat-apart": "hands every fifth message over twice, the second time under another Message-ID",
    "believe": "takes no second look before sending",
}
