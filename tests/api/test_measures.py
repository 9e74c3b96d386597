"""Reading measures: what is shown to whom, filters, order, pages, and what never leaks through any of them."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.api.callers import ROOT, client_of
from tests.makers import NOW, liaison_of, make_department, make_measure, make_section, make_user
from tracker import access, actions
from tracker.api.filters import ORDERS
from tracker.models import CalendarDay, Measure

pytestmark = pytest.mark.django_db
LIST = f"{ROOT}measures/"
MEASURE_KEYS = {
    "id", "plan", "section", "number", "position", "title", "text", "lead", "co", "importance", "cadence",
    "cadence_day", "recurrence", "recurrence_target", "recurrence_unit", "recurrence_by", "indicators", "remark", "starts_on", "due_on",
    "original_due_on", "standing",
    "provisional", "status", "status_name", "light", "light_name", "overdue", "percent", "grade",
    "assigned_at", "acknowledged_at", "applied_on", "closed_on", "report_by", "claim_until",
    "extension_pending", "objection_pending", "regime", "regime_due_on", "in_text", "version", "updated_at", "allowed_actions",
}  # fmt: skip
REF_KEYS = {"code", "name", "kind"}


def titles(client, query=""):
    answer = client.get(LIST + query)
    assert answer.status_code == 200, answer.json()
    return [row["title"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("office", ["尚未交办", "甲局牵头", "甲局配合", "乙局机密"]),
        ("liaison", ["甲局牵头", "甲局配合"]),
        ("head", ["甲局牵头", "甲局配合"]),
        ("leader", ["甲局牵头", "甲局配合"]),
        ("other liaison", ["甲局配合", "乙局机密"]),
        ("other leader", ["甲局配合", "乙局机密"]),
        ("none", []),
    ],
)
def test_each_role_lists_its_own(town, role, expected):
    assert sorted(titles(client_of(town.users[role]))) == sorted(expected)


@pytest.mark.parametrize("role", ["office", "liaison", "leader"])
def test_exactly_the_listed_fields(town, role):
    client = client_of(town.users[role])
    row = client.get(f"{LIST}{town.led.pk}/").json()
    assert set(row) == MEASURE_KEYS
    assert set(row["lead"]) == REF_KEYS
    assert set(row["section"]) == {"id", "number", "title"}
    listed = next(item for item in client.get(LIST).json()["results"] if item["id"] == town.led.pk)
    assert listed == row


def test_times_carry_an_offset_and_answers_stay_private(town):
    answer = client_of(town.users["office"]).get(f"{LIST}{town.led.pk}/")
    assert answer.json()["assigned_at"] == "2026-03-10T02:00:00Z"
    assert answer["Cache-Control"] == "private, no-store"
    assert re.fullmatch(rf'"{town.led.version}-[0-9a-f]{{16}}"', answer["ETag"])


def test_what_the_caller_has_is_not_sent_again(town):
    """The tag tells another caller's buttons and names of today apart, though the version is the same."""
    address = f"{LIST}{town.led.pk}/"
    client = client_of(town.users["liaison"])
    tag = client.get(address)["ETag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag), known
        assert again["Cache-Control"] == "private, no-store"
    assert client.head(address, headers={"If-None-Match": tag}).status_code == 304
    for other in (f'"{town.led.version}"', '"', "x y", ""):
        assert client.get(address, headers={"If-None-Match": other}).status_code == 200, other
    office = client_of(town.users["office"])
    assert office.get(address, headers={"If-None-Match": tag}).status_code == 200
    # Renamed, the lead reads otherwise, as a light does on another day; the version is the same.
    lead = town.led.lead
    type(lead).objects.filter(pk=lead.pk).update(name="改名后的局")
    renamed = client.get(address, headers={"If-None-Match": tag})
    assert (renamed.status_code, renamed.json()["version"]) == (200, town.led.version)
    assert renamed["ETag"] != tag
    # Nobody learns by it of what he does not see; a list and a refusal carry no tag.
    assert client.get(f"{LIST}{town.foreign.pk}/", headers={"If-None-Match": "*"}).status_code == 404
    assert client.get(LIST, headers={"If-None-Match": "*"}).status_code == 200
    body = {"percent": 30, "progress": "推进"}
    assert client.post(f"{address}reports/", body, format="json", HTTP_IF_MATCH=tag).status_code == 201
    fresh = client.get(address, headers={"If-None-Match": tag})
    assert fresh.status_code == 200 and fresh["ETag"] != tag


def test_allowed_actions_are_what_access_says(town):
    seen = set()
    for user in town.users.values():
        client = client_of(user)
        for row in client.get(LIST).json()["results"]:
            verbs = set(access.verbs_for(user, Measure.objects.get(pk=row["id"]), today=timezone.localdate()))
            assert set(row["allowed_actions"]) == verbs - {"reword"}
            seen |= verbs
    assert {"report", "apply_to_close", "assign", "edit", "suspend"} <= seen


@pytest.mark.parametrize(
    "query",
    [
        "?search=乙局", "?search=机密", "?lead={other}", "?section={section}", "?plan={plan}", "?ordering=-updated_at",
        "?ordering=due_on", "?status=in_progress", "?light=green,yellow,red", "?pagination=cursor", "?overdue=false",
        "?changed_since=2020-01-01T00:00:00%2B08:00", "?page_size=200", "?search=尚未", "?status=draft",
    ],
)  # fmt: skip
def test_no_query_finds_what_is_hidden(town, query):
    query = query.format(other=town.other.code, section=town.foreign.section_id, plan=town.foreign.plan_id)
    hidden = {"乙局机密", "尚未交办"}
    # The office finds some of it by the same query, so there was something to leak.
    assert hidden & set(titles(client_of(town.users["office"]), query))
    answer = client_of(town.users["liaison"]).get(LIST + query)
    assert not hidden & {row["title"] for row in answer.json()["results"]}
    assert "机密" not in answer.content.decode()
    if "count" in answer.json():
        assert answer.json()["count"] == len(answer.json()["results"])


@pytest.fixture
def shelf(db):
    """Measures that differ in everything one can filter by; and the office's client."""
    today = timezone.localdate()
    # Every day works here, so that what "soon" means does not depend on the day of the run.
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=today + timedelta(days=n), is_workday=True) for n in range(-40, 40)]
    )
    a, b = make_department(), make_department()
    section = make_section()

    def put(title, **kw):
        draft = {"section": section, "title": title, "text": f"{title}。要求{kw.pop('word', '')}。"}
        return make_measure(draft=draft, **{"starts_on": today - timedelta(days=2), **kw})

    rows = {
        "late": put("late", lead=a, due_on=today - timedelta(days=1), importance="major"),
        "soon": put("soon", lead=a, co=(b,), due_on=today + timedelta(days=2), percent=60),
        "far": put("far", lead=b, due_on=today + timedelta(days=300), word="招商 100%_引资"),
        "standing": put("standing", lead=b, due_on=None, acknowledged=False),
    }
    later = NOW + timedelta(days=1)
    actions.report(measure_id=rows["far"].pk, actor=liaison_of(b), now=later, percent=5, progress="好")
    return client_of(make_user("office")), a, b, section, today


def test_filters(shelf):
    client, a, b, section, today = shelf
    far = today + timedelta(days=300)
    for query, expected in {
        f"?lead={a.code}": {"late", "soon"},
        f"?co={b.code}": {"soon"},
        f"?plan={section.plan_id}&section={section.pk}": {"late", "soon", "far", "standing"},
        "?plan=999999": set(),
        f"?section={2**62}": set(),
        "?status=assigned": {"standing"},
        "?status=assigned,in_progress": {"late", "soon", "far", "standing"},
        "?light=red": {"late"},
        "?light=yellow": {"soon"},
        "?light=green": {"far", "standing"},
        "?importance=major": {"late"},
        "?overdue=true": {"late"},
        "?overdue=false": {"soon", "far", "standing"},
        f"?due_before={today}": {"late"},
        f"?due_after={far}": {"far"},
        f"?due_after={today}&due_before={far - timedelta(days=1)}": {"soon"},
        "?changed_since=2026-03-11T09:00:00%2B08:00": {"far"},
        "?changed_since=2026-03-11T09:00:00+08:00": {"far"},
        "?changed_since=2026-03-11T02:00:01Z": set(),
        "?search=招商": {"far"},
        "?search=引资 招商": {"far"},
        "?search=招商 没有": set(),
        "?search=%25": {"far"},
        "?search=_": {"far"},
        "?search=": {"late", "soon", "far", "standing"},
        f"?lead={a.code}&overdue=true": {"late"},
    }.items():
        assert set(titles(client, query)) == expected, query


def test_every_order_is_total_and_measures_without_deadline_come_last(shelf):
    client = shelf[0]
    assert titles(client) == ["late", "soon", "far", "standing"]
    assert titles(client, "?ordering=due_on") == ["late", "soon", "far", "standing"]
    assert titles(client, "?ordering=-due_on") == ["far", "soon", "late", "standing"]
    assert titles(client, "?ordering=-updated_at")[0] == "far"
    for order in ORDERS:
        pages = [titles(client, f"?ordering={order}&page_size=1&page={n}")[0] for n in (1, 2, 3, 4)]
        assert pages == titles(client, f"?ordering={order}")
        assert sorted(pages) == ["far", "late", "soon", "standing"]


@pytest.mark.parametrize("query", ["pagination=cursor", "cursor=", "pagination=cursor&cursor="])
def test_cursor_reads_everything_once_while_rows_change(shelf, query):
    client = shelf[0]
    address, seen = f"{LIST}?{query}&page_size=1", []
    while address:
        page = client.get(address).json()
        assert set(page) == {"next", "previous", "results"}
        seen += [row["title"] for row in page["results"]]
        Measure.objects.update(updated_at=timezone.now())
        address = page["next"]
    assert seen == ["late", "soon", "far", "standing"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("?overdu=true", 400, "overdu"),
        ("?status=open", 400, "status"),
        ("?status=assigned&status=closed", 400, "status"),
        ("?light=blue", 400, "light"),
        ("?lead=nobody", 400, "lead"),
        ("?lead=%00", 400, "lead"),
        ("?plan=abc", 400, "plan"),
        ("?plan=0", 400, "plan"),
        ("?plan=1.5", 400, "plan"),
        ("?plan=" + "9" * 30, 400, "plan"),
        ("?plan=" + "9" * 5000, 400, "plan"),
        ("?due_after=tomorrow", 400, "due_after"),
        ("?due_after=0001-01-01", 400, "due_after"),
        ("?changed_since=2026-03-11", 400, "changed_since"),
        ("?changed_since=2026-03-11T09:00:00", 400, "changed_since"),
        ("?changed_since=0001-01-01T00:00:00%2B08:00", 400, "changed_since"),
        ("?changed_since=9999-12-31T23:59:59-08:00", 400, "changed_since"),
        ("?overdue=2", 400, "overdue"),
        ("?search=" + "x" * 101, 400, "search"),
        ("?search=%00", 400, "search"),
        ("?ordering=imported_assignment", 400, "ordering"),
        ("?ordering=lead__mailbox", 400, "ordering"),
        ("?page_size=0", 400, "page_size"),
        ("?page_size=201", 400, "page_size"),
        ("?page_size=x", 400, "page_size"),
        ("?page_size=" + "9" * 5000, 400, "page_size"),
        ("?page=0", 404, None),
        ("?page=99", 404, None),
        ("?page=" + "9" * 5000, 404, None),
        ("?page=%00", 404, None),
        ("?pagination=none", 400, "pagination"),
        ("?pagination=cursor&ordering=due_on", 400, "ordering"),
        ("?pagination=cursor&page=1", 400, "page"),
        ("?pagination=page&cursor=cD0x", 400, "cursor"),
        ("?cursor=&ordering=due_on", 400, "ordering"),
        ("?fields=id,secret", 400, "fields"),
        ("?fields=imported_assignment", 400, "fields"),
        ("?fields=lead__mailbox", 400, "fields"),
        ("?fields=", 400, "fields"),
        ("?fields=id,,title", 400, "fields"),
        ("?fields=%00", 400, "fields"),
        ("?fields=id&fields=title", 400, "fields"),
        ("?pagination=cursor&cursor=xx", 404, None),
        ("?pagination=cursor&cursor=cD1hYmM%3D", 404, None),  # p=abc
        ("?pagination=cursor&cursor=cD0lMDA%3D", 404, None),  # p=NUL
        ("?pagination=cursor&cursor=%F0%9F%98%80", 404, None),
    ],
)
def test_bad_queries_are_refused_by_name(town, query, status, field):
    answer = client_of(town.users["office"]).get(LIST + query)
    body = answer.json()
    assert answer.status_code == status, body
    assert answer["Content-Type"] == "application/problem+json"
    assert any("\u4e00" <= char <= "\u9fff" for char in body["detail"])
    assert [error["field"] for error in body["errors"]] == ([field] if field else [])


def test_a_search_for_what_no_text_holds_is_refused_in_words(town):
    body = client_of(town.users["office"]).get(f"{LIST}?search=%00").json()
    assert body["errors"] == [
        {"field": "search", "code": "null_characters_not_allowed", "message": "不能含有空字符（NUL）。"}
    ]


@pytest.mark.parametrize(
    ("role", "most"),
    [("office", 7), ("liaison", 7), ("leader", 7)],
)
def test_list_costs_the_same_however_long(town, django_assert_max_num_queries, role, most):
    """Token with user and department; calendar; regimes; count; rows; co-departments; indicators."""
    client = client_of(town.users[role])
    section = town.led.section
    for number in range(6):
        make_measure(lead=town.other, co=(town.own,), draft={"section": section, "title": f"多{number}"})
        make_measure(lead=town.own, draft={"section": section, "title": f"另{number}"})
    cache.clear()
    with django_assert_max_num_queries(most):
        assert client.get(LIST).json()["count"] >= 14
    with django_assert_max_num_queries(6):
        assert client.get(f"{LIST}{town.led.pk}/").status_code == 200
