"""The lifecycle table says who may take which step from where, and nothing else may."""

import pytest

from tracker.rules.lifecycle import (
    OPEN,
    SETTLED,
    STATUS_NAMES,
    TRANSITIONS,
    VERB_NAMES,
    Party,
    Status,
    Verb,
    allowed_verbs,
    check_step,
)
from tracker.rules.violations import NotAllowed, WrongState

OFFICE, LEAD = frozenset({Party.OFFICE}), frozenset({Party.LEAD})


def test_every_status_and_verb_has_a_chinese_name():
    assert set(STATUS_NAMES) == set(Status)
    assert set(VERB_NAMES) == set(Verb)


@pytest.mark.parametrize("verb", TRANSITIONS)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("party", Party)
def test_check_step_agrees_with_allowed_verbs(verb, status, party):
    parties = frozenset({party})
    offered = verb in allowed_verbs(status=status, parties=parties)
    try:
        check_step(verb, status=status, parties=parties)
        taken = True
    except (NotAllowed, WrongState):
        taken = False
    assert offered == taken


def test_each_status_but_draft_is_reached_and_every_open_one_can_be_left():
    reached = {row.target for row in TRANSITIONS.values() if row.target}
    assert reached == set(Status) - {Status.DRAFT}
    for status in OPEN:
        assert any(status in row.sources and row.target not in (None, status) for row in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("status", "parties", "verbs"),
    [
        (Status.DRAFT, LEAD, ()),
        (Status.ASSIGNED, LEAD, (Verb.ACKNOWLEDGE,)),
        (Status.IN_PROGRESS, LEAD, (Verb.REPORT, Verb.APPLY_TO_CLOSE)),
        (Status.CLOSING, LEAD, ()),
        (Status.CLOSED, LEAD, ()),
        (Status.IN_PROGRESS, frozenset({Party.CO}), ()),
        (Status.IN_PROGRESS, frozenset({Party.LEADER}), ()),
        (Status.IN_PROGRESS, frozenset(), ()),
        (Status.CLOSED, OFFICE, (Verb.REWORD, Verb.REOPEN)),
    ],
)
def test_what_is_offered(status, parties, verbs):
    assert allowed_verbs(status=status, parties=parties) == verbs


def test_refusals_say_who_and_what_in_chinese():
    with pytest.raises(NotAllowed, match="“签收”只能由牵头单位办理"):
        check_step(Verb.ACKNOWLEDGE, status=Status.ASSIGNED, parties=OFFICE)
    with pytest.raises(WrongState, match="事项当前为“已办结”，不能报告进展"):
        check_step(Verb.REPORT, status=Status.CLOSED, parties=LEAD)


def test_settled_measures_change_only_by_reopening_or_following_the_text():
    leaving = {verb for verb, row in TRANSITIONS.items() if row.sources & SETTLED}
    assert leaving == {Verb.REWORD, Verb.REOPEN}
