"""The lifecycle table says who may take which step from where, and nothing else may."""

import pytest

from tracker.rules.lifecycle import (
    FLAG_REFUSALS,
    OPEN,
    SETTLED,
    STATUS_NAMES,
    TRANSITIONS,
    VERB_NAMES,
    Flag,
    Party,
    Status,
    Verb,
    allowed_verbs,
    check_step,
    flags_of,
)
from tracker.rules.violations import NotAllowed, WrongState

OFFICE, LEAD = frozenset({Party.OFFICE}), frozenset({Party.LEAD})
PLAIN = flags_of(dated=True, extension_pending=False, objection_pending=False)
ASKED = flags_of(dated=True, extension_pending=True, objection_pending=False)
OBJECTED = flags_of(dated=True, extension_pending=False, objection_pending=True)
STANDING = flags_of(dated=False, extension_pending=False, objection_pending=False)


def test_every_status_and_verb_has_a_chinese_name():
    assert set(STATUS_NAMES) == set(Status)
    assert set(VERB_NAMES) == set(Verb)
    assert set(FLAG_REFUSALS) == set(Flag)


@pytest.mark.parametrize("verb", TRANSITIONS)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("party", Party)
def test_check_step_agrees_with_allowed_verbs(verb, status, party):
    parties = frozenset({party})
    for flags in (PLAIN, ASKED, OBJECTED, STANDING):
        offered = verb in allowed_verbs(status=status, parties=parties, flags=flags)
        try:
            check_step(verb, status=status, parties=parties, flags=flags)
            taken = True
        except (NotAllowed, WrongState):
            taken = False
        assert offered == taken


def test_each_status_but_draft_is_reached_and_every_open_one_can_be_left():
    reached = {row.target for row in TRANSITIONS.values() if row.target}
    assert reached == set(Status)
    for status in OPEN:
        assert any(status in row.sources and row.target not in (None, status) for row in TRANSITIONS.values())


CO, DECIDER, CLAIMANT = (frozenset({party}) for party in (Party.CO, Party.DECIDER, Party.CLAIMANT))


@pytest.mark.parametrize(
    ("status", "parties", "flags", "verbs"),
    [
        (Status.DRAFT, LEAD, PLAIN, ()),
        (Status.ASSIGNED, LEAD, PLAIN, (Verb.ACKNOWLEDGE, Verb.OBJECT)),
        (Status.ASSIGNED, LEAD, OBJECTED, ()),
        (Status.IN_PROGRESS, LEAD, PLAIN, (Verb.REPORT, Verb.APPLY_TO_CLOSE, Verb.REQUEST_EXTENSION)),
        (Status.IN_PROGRESS, LEAD, ASKED, (Verb.REPORT, Verb.APPLY_TO_CLOSE, Verb.WITHDRAW_EXTENSION)),
        (Status.IN_PROGRESS, LEAD, STANDING, (Verb.REPORT, Verb.APPLY_TO_CLOSE)),
        (Status.CLOSING, LEAD, PLAIN, ()),
        (Status.CLOSED, LEAD, PLAIN, ()),
        (Status.IN_PROGRESS, CO, PLAIN, (Verb.PART_REPORT,)),
        (Status.IN_PROGRESS, DECIDER, PLAIN, ()),
        (Status.IN_PROGRESS, DECIDER, ASKED, (Verb.APPROVE_EXTENSION, Verb.REFUSE_EXTENSION)),
        (Status.PUBLISHED, CLAIMANT, PLAIN, (Verb.CLAIM, Verb.WITHDRAW_CLAIM)),
        (Status.PUBLISHED, LEAD, PLAIN, ()),
        (Status.IN_PROGRESS, frozenset({Party.LEADER}), ASKED, ()),
        (Status.IN_PROGRESS, frozenset(), ASKED, ()),
        (Status.CLOSED, OFFICE, PLAIN, (Verb.REWORD, Verb.REOPEN, Verb.EXEMPT)),
    ],
)
def test_what_is_offered(status, parties, flags, verbs):
    assert allowed_verbs(status=status, parties=parties, flags=flags) == verbs


def test_refusals_say_who_and_what_in_chinese():
    with pytest.raises(NotAllowed, match="“签收”只能由牵头单位办理"):
        check_step(Verb.ACKNOWLEDGE, status=Status.ASSIGNED, parties=OFFICE, flags=PLAIN)
    with pytest.raises(WrongState, match="事项当前为“已办结”，不能报告进展"):
        check_step(Verb.REPORT, status=Status.CLOSED, parties=LEAD, flags=PLAIN)


def test_settled_measures_change_only_by_reopening_or_following_the_text():
    leaving = {verb for verb, row in TRANSITIONS.items() if row.sources & SETTLED}
    assert leaving == {Verb.REWORD, Verb.REOPEN, Verb.EXEMPT}
    assert TRANSITIONS[Verb.EXEMPT].target is None
