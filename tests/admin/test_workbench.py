"""The front page: each role sees its own figures, in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.admin.addresses import LIST
from tests.makers import make_measure, make_user
from tracker import actions


def sections(page):
    return {item["title"]: [row["measure"].title for row in item["rows"]] for item in page.context["lists"]}


def tiles(page):
    return {tile["kind"]: tile["n"] for tile in page.context["tiles"]}


def test_the_office(town, signed_in):
    page = signed_in(town.office).get("/admin/")
    # the makers' measures were due in March 2026
    assert sections(page) == {
        "待审核": [],
        "待答复": [],
        "报告待审阅": [],
        "待交办": ["待议事项"],
        "已逾期": ["打通断头路", "建公园", "秘密工程"],
    }
    assert tiles(page) == {"all": 4, "late": 3, "red": 3, "yellow": 0, "green": 0, "done": 0}
    names = [row.name for _, parameter, rows in page.context["tables"] if parameter == "lead" for row in rows]
    assert names == ["丙局", "乙局", "甲局"]


def test_a_department(town, signed_in):
    make_measure(lead=town.own, acknowledged=False, draft={"section": town.led.section, "title": "新事项"})
    for person in (town.liaison, town.head):
        page = signed_in(person).get("/admin/")
        assert sections(page) == {
            "待签收": ["新事项"],
            "退回待办": [],
            "应报送": ["打通断头路", "新事项"],
            "已逾期": ["打通断头路", "新事项"],
            "即将到期": [],
        }
        assert tiles(page)["all"] == 3
        assert "另有 1 项由本单位配合办理" in page.content.decode()


def test_a_leader(town, signed_in):
    page = signed_in(town.leader).get("/admin/")
    assert sections(page) == {"待答复": [], "已逾期": ["打通断头路", "建公园"]}
    [(title, _, rows)] = page.context["tables"]
    assert title == "分管单位" and [row.name for row in rows] == ["甲局"]


def test_a_person_without_a_role_sees_nothing(town, signed_in):
    page = signed_in(town.nobody).get("/admin/")
    assert page.status_code == 200 and sections(page) == {} and tiles(page)["all"] == 0


@pytest.mark.parametrize(
    ("role", "queries"),
    # session, user, calendar, counts and overdue; then each list (and its full count) and each table; whether a
    # department's person is of one in use
    [("office", 19), ("liaison", 15), ("leader", 12)],
)
def test_as_many_queries_however_many_measures(town, signed_in, role, queries, django_assert_num_queries):
    client = signed_in(getattr(town, role))
    now = timezone.now()
    waiting = make_measure(lead=town.own, now=now, draft={"section": town.led.section})
    actions.apply_to_close(measure_id=waiting.pk, actor=town.liaison, now=now, result="完工")
    client.get("/admin/")
    with django_assert_num_queries(queries):
        client.get("/admin/")
    for _ in range(4):
        make_measure(lead=town.own, co=(town.other,), draft={"section": town.led.section})
    with django_assert_num_queries(queries):
        client.get("/admin/")


def test_what_waits_for_a_word_is_listed_for_who_gives_it(town, signed_in):
    now = timezone.now()
    fresh = make_measure(
        lead=town.own,
        now=now,
        starts_on=None,
        due_on=timezone.localdate(now) + timedelta(days=40),
        draft={"section": town.led.section, "title": "修路"},
    )
    report = actions.report(measure_id=fresh.pk, actor=town.liaison, now=now, percent=5, progress="开工")
    actions.request_extension(
        measure_id=fresh.pk,
        actor=town.liaison,
        now=now,
        reason="征地",
        proposed_due_on=timezone.localdate(now) + timedelta(days=80),
        progress="过半",
    )
    page = signed_in(town.office).get("/admin/")
    assert sections(page)["待答复"] == ["修路"] and sections(page)["报告待审阅"] == ["修路"]
    assert sections(signed_in(town.leader).get("/admin/"))["待答复"] == []
    town.led.__class__.objects.filter(pk=fresh.pk).update(leader_extends=True)
    assert sections(signed_in(town.office).get("/admin/"))["待答复"] == []
    assert sections(signed_in(town.leader).get("/admin/"))["待答复"] == ["修路"]
    actions.return_report(report_id=report.pk, actor=town.office, now=now, reason="缺数据")
    page = signed_in(town.liaison).get("/admin/")
    assert sections(page)["退回待办"] == ["修路"]
    listed = signed_in(town.liaison).get(LIST + "?todo=returned").context["cl"].result_list
    assert [measure.title for measure in listed] == ["修路"]
    # A kind of work that is not the person's is no choice of his filter.
    assert list(signed_in(town.liaison).get(LIST + "?todo=decide").context["cl"].result_list) == []


def test_what_is_due_soon_is_the_same_behind_the_link(town, signed_in):
    today, now = timezone.localdate(), timezone.now()
    begun = {"lead": town.own, "now": now, "draft": {"section": town.led.section, "title": "快到期"}}
    # Far behind its schedule, so its light is red although its day has not come.
    make_measure(**begun, starts_on=today - timedelta(days=100), due_on=today)
    make_measure(
        lead=town.own,
        now=now,
        starts_on=today - timedelta(days=40),
        due_on=today + timedelta(days=60),
        draft={"section": town.led.section, "title": "落后而未到期"},
    )
    client = signed_in(town.liaison)
    page = client.get("/admin/")
    assert sections(page)["即将到期"] == ["快到期"]
    [url] = [item["url"] for item in page.context["lists"] if item["title"] == "即将到期"]
    assert [row.title for row in client.get(url).context["cl"].result_list] == ["快到期"]


def test_what_may_be_claimed_waits_on_a_departments_front_page(town, signed_in):
    client = signed_in(town.liaison)
    assert "待揭榜" not in sections(client.get("/admin/"))
    today, now = timezone.localdate(), timezone.now()
    actions.edit(measure_id=town.draft.pk, actor=town.office, now=now, due_on=today + timedelta(days=90))
    actions.publish(measure_id=town.draft.pk, actor=town.office, now=now, claim_until=today)
    page = client.get("/admin/")
    assert sections(page)["待揭榜"] == ["待议事项"]
    [url] = [item["url"] for item in page.context["lists"] if item["title"] == "待揭榜"]
    assert [row.title for row in client.get(url).context["cl"].result_list] == ["待议事项"]
    assert "待揭榜" in sections(signed_in(town.head).get("/admin/"))
    actions.claim(measure_id=town.draft.pk, actor=town.liaison, now=now, reason="有队伍")
    assert "待揭榜" not in sections(client.get("/admin/"))
    type(town.draft).objects.filter(pk=town.draft.pk).update(claim_until=today - timedelta(days=1))
    other = signed_in(make_user("liaison", department=town.other))
    assert "待揭榜" not in sections(other.get("/admin/"))
