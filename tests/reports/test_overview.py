"""The front page's figures: each person's own, right, and in a fixed number of queries."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import actions
from tracker.reports import overview
from tracker.reports.office_day import office_day
from tracker.rules.lifecycle import Status
from tracker.rules.light import Light

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """甲局: one overdue, one due soon, one returned, one to acknowledge, one assisted. 乙局: one on track, one waiting."""
    first, second = make_department("甲局"), make_department("乙局")
    late = make_measure(lead=first, due_on=TODAY - timedelta(days=2), percent=50)
    soon = make_measure(lead=first, due_on=TODAY + timedelta(days=1), percent=95)
    back = make_measure(lead=first, due_on=TODAY + timedelta(days=60), percent=40)
    actions.apply_to_close(measure_id=back.pk, actor=liaison_of(first), now=NOW, result="已完成")
    actions.send_back(measure_id=back.pk, actor=None, now=NOW, reason="缺少材料")
    fresh = make_measure(lead=first, due_on=TODAY + timedelta(days=60), acknowledged=False)
    assisted = make_measure(lead=second, co=(first,), due_on=TODAY + timedelta(days=60), percent=50)
    waiting = make_measure(lead=second, due_on=TODAY + timedelta(days=60))
    actions.apply_to_close(measure_id=waiting.pk, actor=liaison_of(second), now=NOW, result="已完成")
    return {
        "first": first,
        "second": second,
        "late": late,
        "soon": soon,
        "back": back,
        "fresh": fresh,
        "assisted": assisted,
        "waiting": waiting,
        "draft": make_draft(),
    }


def test_counts_of_the_office(town):
    counts = overview.counts(make_user("office"), office_day(TODAY))
    assert (counts.total, counts.overdue) == (7, 1)
    assert {status: n for status, n in counts.statuses.items() if n} == {
        Status.DRAFT: 1,
        Status.ASSIGNED: 1,
        Status.IN_PROGRESS: 4,
        Status.CLOSING: 1,
    }
    # the one to acknowledge is 14 points behind its schedule
    assert {light: n for light, n in counts.lights.items() if n} == {
        Light.RED: 1,
        Light.YELLOW: 2,
        Light.GREEN: 3,
        Light.NONE: 1,
    }


def test_what_the_office_looks_at_first(town):
    office, day = make_user("office"), office_day(TODAY)
    assert overview.waiting_for_review(office, day).measures == [town["waiting"]]
    assert overview.overdue(office, day, total=1).measures == [town["late"]]
    assert overview.drafts(office, day).measures == [town["draft"]]
    rows = overview.by_department(office, day)
    assert [(row.name, row.total, row.open, row.overdue, row.closed) for row in rows] == [
        ("甲局", 4, 4, 1, 0),
        ("乙局", 2, 2, 0, 0),
    ]
    assert sum(row.total for row in overview.by_section(office, day)) == 7


def test_what_a_department_looks_at_first(town):
    liaison, day = liaison_of(town["first"]), office_day(TODAY)
    assert overview.to_acknowledge(liaison, day).measures == [town["fresh"]]
    assert overview.own_overdue(liaison, day).measures == [town["late"]]
    assert overview.todo("due", liaison, day).measures == [town["soon"]]
    assert overview.todo("returned", liaison, day).measures == [town["back"]]
    assert overview.assisted_count(liaison) == 1
    assert overview.counts(liaison, day).total == 5


def test_a_report_ends_the_return(town):
    liaison = liaison_of(town["first"])
    actions.edit(measure_id=town["back"].pk, actor=None, now=NOW, importance="major")
    assert overview.todo("returned", liaison, office_day(TODAY)).total == 1
    actions.report(measure_id=town["back"].pk, actor=liaison, now=NOW, percent=60, progress="已补材料")
    assert overview.todo("returned", liaison, office_day(TODAY)).total == 0


def test_a_leader_sees_the_departments_in_charge(town):
    leader = make_user("leader")
    town["second"].leader_in_charge = leader
    town["second"].save()
    day = office_day(TODAY)
    assert [(row.name, row.total) for row in overview.by_department(leader, day)] == [("乙局", 2)]
    assert overview.counts(leader, day).overdue == 0


def test_a_long_list_is_cut_and_says_how_long_it_is():
    lead = make_department()
    for _ in range(overview.SHORT_LIST + 2):
        make_measure(lead=lead, acknowledged=False)
    short = overview.to_acknowledge(make_user("liaison", department=lead), office_day(TODAY))
    assert (len(short.measures), short.total) == (overview.SHORT_LIST, overview.SHORT_LIST + 2)
