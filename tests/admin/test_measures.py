"""The list of measures: its marks, filters, search, order and number of queries; and the page of one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.admin.addresses import LIST, page_of
from tests.makers import announce, liaison_of, make_department, make_measure, make_section
from tracker import actions

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def office(town, signed_in):
    return signed_in(town.office)


def titles(answer):
    return [measure.title for measure in answer.context["cl"].result_list]


@pytest.fixture
def kinds():
    """One measure of each light, in one section; the number of the last comes before the second as text."""
    section = make_section()
    lead = make_department("交通局", aliases=("市交通",))
    long_ago = in_days(-100)
    kinds = {
        "late": {"starts_on": long_ago, "due_on": in_days(-10), "percent": 60},
        "near": {"starts_on": long_ago, "due_on": in_days(0), "percent": 100},
        "calm": {"starts_on": in_days(-1), "due_on": in_days(300), "importance": "major"},
        "standing": {"starts_on": long_ago, "due_on": None},
    }
    made = {
        name: make_measure(lead=lead, now=now(), draft={"section": section, "title": name}, **fields)
        for name, fields in kinds.items()
    }
    actions.apply_to_close(
        measure_id=made["standing"].pk, actor=liaison_of(lead), now=now(), result="已成惯例"
    )
    actions.close(measure_id=made["standing"].pk, actor=None, now=now(), grade="good")
    return made


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"light": "red"}, ["late"]),
        ({"light": "yellow"}, ["near"]),
        ({"light": "green"}, ["calm"]),
        ({"light": "done"}, ["standing"]),
        ({"overdue": "yes"}, ["late"]),
        ({"overdue": "no"}, ["near", "calm", "standing"]),
        ({"status": "closed"}, ["standing"]),
        ({"importance": "major"}, ["calm"]),
        ({"status": "in_progress", "light": "green"}, ["calm"]),
        ({"light": "purple"}, []),
        ({"q": "late"}, ["late"]),
        ({"q": "市交通 认真"}, ["late", "near", "calm", "standing"]),
        ({"q": "交通局 calm"}, ["calm"]),
        ({"q": "1.2"}, ["near"]),
        ({"q": "没有这样的字"}, []),
    ],
)
def test_filters_and_search(kinds, signed_in, question, expected):
    from tests.makers import make_user

    answer = signed_in(make_user("office")).get(LIST, question)
    assert titles(answer) == expected


def test_filtering_by_the_measures_own_rows(kinds, office):
    measure = kinds["calm"]
    for question in ({"lead": measure.lead_id}, {"section": measure.section_id}, {"plan": measure.plan_id}):
        assert titles(office.get(LIST, question)) == ["late", "near", "calm", "standing"]


def test_a_co_department_is_found_by_its_alias(town, office):
    assert titles(office.get(LIST, {"q": "甲字局"})) == ["打通断头路", "建公园"]


def test_order_is_the_plans_never_the_numbers_text(signed_in):
    from tests.makers import make_user

    section = make_section()
    made = [make_measure(draft={"section": section, "title": f"第{n}"}) for n in range(1, 13)]
    assert [measure.number for measure in made][-3:] == ["1.10", "1.11", "1.12"]
    answer = signed_in(make_user("office")).get(LIST)
    assert titles(answer) == [f"第{n}" for n in range(1, 13)]


def test_marks_say_in_words_what_they_show_in_colour(kinds, office):
    page = office.get(LIST).content.decode()
    for word in (
        "红灯",
        "黄灯",
        "绿灯",
        "办结",
        "办理中",
        "已办结",
        "长期坚持",
        "今天到期",
        "逾期10天（",
        "个工作日）",
    ):
        assert word in page


def test_a_deadline_on_an_unannounced_calendar_is_marked(town, office):
    far = in_days(365 * 15)
    make_measure(lead=town.own, starts_on=in_days(0), due_on=far, draft={"section": town.led.section})
    assert "暂估" in office.get(LIST).content.decode()
    announce(far.year)
    assert "暂估" not in office.get(LIST).content.decode()


def test_as_many_queries_however_many_measures(town, office, django_assert_num_queries):
    def ask():
        return office.get(LIST, {"light": "red", "q": "局"})

    ask()
    # session, user, calendar; plans, sections, leads for the filters; two counts, the page
    with django_assert_num_queries(10):
        ask()
    for _ in range(5):
        make_measure(lead=town.own, co=(town.other,), starts_on=in_days(-10), due_on=in_days(1), now=now())
    with django_assert_num_queries(10):
        assert len(titles(ask())) >= 5


def test_the_page_of_a_measure_in_a_fixed_number_of_queries(town, office, django_assert_num_queries):
    liaison = liaison_of(town.own)

    def report(percent):
        actions.report(
            measure_id=town.led.pk,
            actor=liaison,
            now=now(),
            percent=percent,
            progress="推进顺利",
            problems="缺资金",
        )

    report(10)
    # session, user, calendar, measure, its document; co, indicators, milestones, reports; the timeline's three
    with django_assert_num_queries(24):
        office.get(page_of(town.led))
    for percent in (20, 30, 40):
        report(percent)
    with django_assert_num_queries(24):
        page = office.get(page_of(town.led)).content.decode()
    for word in ("打通断头路", "甲局", "推进顺利", "缺资金", "40%", "办理轨迹", "签收", "待签收 → 办理中"):
        assert word in page


def test_history_is_the_timeline(town, office):
    answer = office.get(f"/admin/tracker/measure/{town.led.pk}/history/")
    assert answer.headers["Location"] == page_of(town.led) + "#timeline"
