"""Suggested leads: duty words of the departments against the measure's words, shown with a confidence."""

import pytest

from tests.importing.support import SHEET, run_import
from tests.makers import make_department
from tracker.importing.suggest import LeadSuggester


@pytest.mark.django_db
def test_words_and_confidence_are_shown():
    trade = make_department("甲局", duties=["招商引资", "签约"])
    roads = make_department("乙局", duties=["公路", "签约"])
    make_department("各有关部门", kind="group", duties=["招商引资"])
    first, second = LeadSuggester().suggest(title="狠抓招商引资", text="狠抓招商引资。推动签约。")
    assert (first.department, first.words) == (trade, ("招商引资", "签约"))
    assert (second.department, second.words) == (roads, ("签约",))
    assert first.confidence + second.confidence == 100
    assert first.confidence > second.confidence
    assert LeadSuggester().suggest(title="思想破冰", text="解放思想。") == []


@pytest.mark.django_db
def test_on_the_real_report_the_reviewed_lead_is_among_the_suggested_for_most(departments, report):
    plan = run_import(report, sheet=SHEET).plan
    suggester = LeadSuggester()
    found = sum(
        measure.lead in {s.department for s in suggester.suggest(title=measure.title, text=measure.text)}
        for measure in plan.measures.select_related("lead")
    )
    assert found >= 14  # of 22: the last recorded value
