"""How a row that was left out is found again: by its words, of several with the same words by its number."""

import pytest

from tests.importing.support import propose, run_import
from tests.makers import NOW
from tracker.importing import apply_import
from tracker.importing.assignment import Decision
from tracker.importing.left_out import found_again, to_leave_out, to_remember
from tracker.importing.render import proposal_to_json, proposal_to_text
from tracker.models import Measure
from tracker.plan_document import parse_plan, read_bytes

TWICE = "重点任务\n一、产业\n（一）抓链条。做强链条。\n（二）抓项目。推进项目。\n（三）抓链条。做强链条。\n"
ONCE = "重点任务\n一、产业\n（一）抓项目。推进项目。\n（二）抓招商。开展招商。\n"
OUT = {"1.3": Decision({}, leave_out=True)}


def rows(text):
    return [
        row
        for section in parse_plan(read_bytes(text.encode(), "甲.txt")).sections
        for row in section.measures
    ]


def test_of_two_rows_with_the_same_words_the_number_decides():
    known = to_remember(rows(TWICE), {"1.3"}, [])
    assert found_again(rows(TWICE), known) == {"1.3"}
    # The numbers are others, but one of the two stays out.
    assert len(found_again(rows(TWICE.replace("（一）", "（一）抓人才。引进人才。\n（二）")), known)) == 1


def test_what_a_version_does_not_hold_is_remembered_for_a_later_one():
    known = to_remember(rows(TWICE), {"1.3"}, [])
    assert found_again(rows(ONCE), known) == set()
    assert to_remember(rows(ONCE), set(), known) == known


def test_what_is_decided_now_goes_before_what_was_decided_then():
    decisions = {
        "1.1": Decision({}, leave_out=False),
        "1.2": Decision({}, leave_out=True),
        "1.4": Decision({}),
    }
    assert to_leave_out({"1.1", "1.3"}, decisions) == {"1.2", "1.3"}


@pytest.mark.django_db
def test_an_import_from_the_command_line_leaves_it_out_as_well_and_says_so():
    apply_import(propose(TWICE, decisions=OUT), actor=None, now=NOW)
    proposal = propose(TWICE)
    assert not proposal.changes_anything
    assert "1.3 抓链条：按上次导入时的决定，不导入本条。" in proposal_to_text(proposal, None)
    assert proposal_to_json(proposal, None)["counts"]["left_out"] == 1
    assert not run_import(TWICE).changed
    assert Measure.objects.count() == 2
