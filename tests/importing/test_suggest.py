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
    assert first.confidence > second.confidence
    assert LeadSuggester().suggest(title="思想破冰", text="解放思想。") == []


@pytest.mark.django_db
def test_one_word_in_passing_is_no_certainty():
    make_department("甲局", duties=["营商环境"])
    [passing] = LeadSuggester().suggest(title="做好服务", text="做好服务，改善营商环境。")
    [heading] = LeadSuggester().suggest(title="优化营商环境", text="优化营商环境，改善营商环境。")
    assert passing.confidence < 50 < heading.confidence < 100


@pytest.mark.django_db
def test_a_word_broken_out_of_a_longer_duty_says_nothing():
    make_department("市委政法委员会", duties=["平安建设", "行政审批"])
    text = "建设生物防火林带，简化审批，治理隐患。"
    assert LeadSuggester().suggest(title="建设生物防火林带", text=text) == []
    [whole] = LeadSuggester().suggest(title="推进平安建设", text="推进平安建设。")
    assert whole.words == ("平安建设",)


@pytest.mark.django_db
def test_on_the_real_report_the_reviewed_lead_is_among_the_suggested_for_most(departments, report):
    plan = run_import(report, sheet=SHEET).plan
    suggester = LeadSuggester()
    found = sum(
        measure.lead in {s.department for s in suggester.suggest(title=measure.title, text=measure.text)}
        for measure in plan.measures.select_related("lead")
    )
    assert found >= 16  # of 22: the last recorded value
