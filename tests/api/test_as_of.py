"""`?as_of=`: what stood at the end of a past day, by the same rules of who sees what, filtered by the state of then."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.callers import ROOT, client_of
from tests.api.test_measures import MEASURE_KEYS
from tests.makers import (
    NOW,
    TODAY,
    liaison_of,
    make_department,
    make_draft,
    make_measure,
    make_section,
    make_user,
)
from tracker import actions

pytestmark = pytest.mark.django_db
LIST = f"{ROOT}measures/"
NOT_OF_THEN = {"indicators", "allowed_actions"}


def day(n):
    return (TODAY + timedelta(days=n)).isoformat()


@pytest.fixture
def story():
    """Registered on day 0, assigned on day 2 until day 10, reported, transferred on day 12 until day 30, closed on day 20."""
    first, second = make_department(), make_department()
    office = make_user("office")
    measure = make_draft(title="旧题", now=NOW)
    by = {"measure_id": measure.pk}

    def at(n):
        return NOW + timedelta(days=n)

    actions.assign(
        **by, actor=office, now=at(2), lead=first, starts_on=TODAY, due_on=TODAY + timedelta(days=10)
    )
    actions.acknowledge(**by, actor=liaison_of(first), now=at(3))
    actions.report(**by, actor=liaison_of(first), now=at(5), percent=30, progress="推进")
    actions.edit(**by, actor=office, now=at(6), title="新题", co=[second])
    actions.edit(**by, actor=office, now=at(11), co=[])
    actions.transfer(
        **by, actor=office, now=at(12), lead=second, reason="调整", due_on=TODAY + timedelta(days=30)
    )
    actions.acknowledge(**by, actor=liaison_of(second), now=at(13))
    actions.apply_to_close(**by, actor=liaison_of(second), now=at(18), result="完成")
    actions.close(**by, actor=office, now=at(20), grade="good")
    return measure, first, second, office


def test_the_state_of_each_day(story):
    measure, first, second, office = story
    client = client_of(office)
    expected = {
        0: ("draft", None, 0, None, "旧题", [], "none"),
        1: ("draft", None, 0, None, "旧题", [], "none"),
        2: ("assigned", first.code, 0, day(10), "旧题", [], "yellow"),
        3: ("in_progress", first.code, 0, day(10), "旧题", [], "yellow"),
        5: ("in_progress", first.code, 30, day(10), "旧题", [], "yellow"),
        6: ("in_progress", first.code, 30, day(10), "新题", [second.code], "yellow"),
        11: ("in_progress", first.code, 30, day(10), "新题", [], "red"),
        12: ("assigned", second.code, 30, day(30), "新题", [], "yellow"),
        18: ("closing", second.code, 100, day(30), "新题", [], "green"),
        20: ("closed", second.code, 100, day(30), "新题", [], "done"),
    }
    for n, (status, lead, percent, due, title, co, light) in expected.items():
        row = client.get(f"{LIST}{measure.pk}/?as_of={day(n)}").json()
        assert (row["status"], (row["lead"] or {}).get("code"), row["percent"], row["due_on"]) == (
            status,
            lead,
            percent,
            due,
        ), n
        assert (row["title"], [part["code"] for part in row["co"]]) == (title, co), n
        assert set(row) == MEASURE_KEYS - NOT_OF_THEN
        if light in ("red", "done", "none"):
            assert (row["light"], row["overdue"]) == (light, light == "red"), n
        (listed,) = client.get(f"{LIST}?as_of={day(n)}").json()["results"]
        assert listed == row
    assert client.get(f"{LIST}{measure.pk}/?as_of={day(-1)}").status_code == 404
    assert client.get(f"{LIST}?as_of={day(-1)}").json()["results"] == []


def test_today_is_the_stored_state_without_what_can_be_done(story):
    measure, *_rest, office = story
    client = client_of(office)
    now = client.get(f"{LIST}{measure.pk}/")
    then = client.get(f"{LIST}{measure.pk}/?as_of={timezone.localdate()}")
    assert then.json() == {name: value for name, value in now.json().items() if name not in NOT_OF_THEN}
    # Nothing can be done to the past, so there is no version to name.
    assert "ETag" in now and "ETag" not in then


def test_filters_ask_for_the_state_of_then(story):
    measure, first, second, office = story
    client = client_of(office)

    def found(n, query):
        answer = client.get(f"{LIST}?as_of={day(n)}&{query}")
        assert answer.status_code == 200, answer.json()
        return len(answer.json()["results"])

    for n, query, number in [
        (5, "status=in_progress", 1),
        (5, "status=closed", 0),
        (20, "status=closed", 1),
        (5, f"lead={first.code}", 1),
        (5, f"lead={second.code}", 0),
        (15, f"lead={second.code}", 1),
        (10, "overdue=true", 0),
        (11, "overdue=true", 1),
        (11, "overdue=false", 0),
        (13, "overdue=true", 0),
        (11, "light=red", 1),
        (20, "light=red", 0),
        (20, "light=done", 1),
        (5, f"due_before={day(10)}", 1),
        (15, f"due_before={day(10)}", 0),
        (15, f"due_after={day(30)}", 1),
        (5, "importance=major", 0),
        (5, "ordering=-due_on", 1),
        (5, "cursor=", 1),
        (5, f"section={measure.section_id}&plan={measure.plan_id}&search=新题", 1),
    ]:
        assert found(n, query) == number, (n, query)
    assert client.get(f"{LIST}?as_of={day(11)}&light=red&fields=status,light").json()["results"] == [
        {"status": "in_progress", "light": "red"}
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=2999-01-01", "as_of"),
        ("as_of=tomorrow", "as_of"),
        ("as_of=", "as_of"),
        ("as_of=1999-12-31", "as_of"),
        ("as_of=2026-03-10T10:00:00Z", "as_of"),
        ("as_of=2026-03-10&as_of=2026-03-11", "as_of"),
        ("as_of=2026-03-10&co={code}", "co"),
        ("as_of=2026-03-10&changed_since=2026-03-01T00:00:00Z", "changed_since"),
        ("as_of=2026-03-10&ordering=updated_at", "ordering"),
        ("as_of=2026-03-10&fields=allowed_actions", "fields"),
        ("as_of=2026-03-10&fields=id,indicators", "fields"),
    ],
)
def test_what_cannot_be_asked_of_the_past(story, query, field):
    client = client_of(story[3])
    answer = client.get(f"{LIST}?{query.format(code=story[1].code)}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    if field == "as_of":
        assert client.get(f"{LIST}{story[0].pk}/?{query}").status_code == 400
    assert client_of(None).get(f"{LIST}?{query}").status_code == 401


def test_who_sees_what_is_as_today_but_for_drafts_of_then(story, town):
    measure, first, second, _office = story
    # Led by the second department today: it sees the whole past but the draft, as in the timeline; the first sees nothing.
    now, before = client_of(liaison_of(second)), client_of(liaison_of(first))
    assert now.get(f"{LIST}{measure.pk}/?as_of={day(5)}").json()["lead"]["code"] == first.code
    assert now.get(f"{LIST}{measure.pk}/?as_of={day(1)}").status_code == 404
    assert now.get(f"{LIST}?as_of={day(1)}").json()["results"] == []
    for n in (1, 5, 20):
        assert before.get(f"{LIST}{measure.pk}/?as_of={day(n)}").status_code == 404
        assert before.get(f"{LIST}?as_of={day(n)}").json()["results"] == []
    today = timezone.localdate()
    for user in town.users.values():
        client = client_of(user)
        seen = {row["id"] for row in client.get(LIST).json()["results"]}
        then = {row["id"] for row in client.get(f"{LIST}?as_of={today}").json()["results"]}
        assert then == seen
        for kind in ("led", "assisted", "foreign", "draft"):
            one = client.get(f"{LIST}{getattr(town, kind).pk}/?as_of={today}")
            assert (one.status_code == 200) == (getattr(town, kind).pk in seen)


def test_a_page_costs_the_same_however_many_measures_and_steps(django_assert_max_num_queries):
    office, lead, section = make_user("office"), make_department(), make_section()
    client = client_of(office)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"{LIST}?as_of={day(1)}&light=red,yellow,green&overdue=false")
            assert answer.status_code == 200
        return len(queries), answer.json()["count"]

    counts = []
    for n in range(3):
        for _ in range(4):
            measure = make_measure(lead=lead, draft={"section": section})
            for percent in range(n * 3):
                actions.report(
                    measure_id=measure.pk, actor=liaison_of(lead), now=NOW, percent=percent, progress="好"
                )
        counts.append(cost())
    assert [number for _queries, number in counts] == [4, 8, 12]
    assert len({queries for queries, _number in counts}) == 1 and counts[0][0] <= 13


def test_who_had_a_published_measure_before_is_nobodys_affair():
    meant, stranger = make_department(), liaison_of(make_department())
    draft = make_draft(now=NOW)
    by = {"measure_id": draft.pk}

    def at(n):
        return NOW + timedelta(days=n)

    actions.assign(**by, actor=None, now=at(1), lead=meant, due_on=TODAY + timedelta(days=90))
    actions.object_to_assignment(**by, actor=liaison_of(meant), now=at(2), reason="非职责")
    actions.uphold_objection(**by, actor=None, now=at(3))
    actions.edit(**by, actor=None, now=at(3), lead=meant)
    actions.publish(**by, actor=None, now=at(6))
    for n, seen_by_stranger in ((1, False), (4, False), (6, True)):
        for user, seen in ((stranger, seen_by_stranger), (make_user("office"), True)):
            then = f"?as_of={day(n)}"
            assert client_of(user).get(f"{LIST}{draft.pk}/{then}").status_code == (200 if seen else 404)
            assert client_of(user).get(LIST + then).json()["count"] == int(seen)
    assert client_of(stranger).get(f"{LIST}{draft.pk}/?as_of={day(6)}").json()["lead"] is None
    # Taken down and published again: how it stood in between, and the first time, is of then.
    actions.unpublish(**by, actor=None, now=at(7))
    actions.publish(**by, actor=None, now=at(8))
    for n, status in ((6, 404), (7, 404), (8, 200)):
        then = f"{LIST}{draft.pk}/?as_of={day(n)}"
        assert client_of(stranger).get(then).status_code == status, n
