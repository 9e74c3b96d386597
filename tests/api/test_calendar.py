"""The work calendar by HTTP: read by everyone, written by 督查室 alone, with the admin's rules and consequences."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry

from tests.api.callers import ROOT, client_of
from tests.makers import NOW, announce, days_off, make_department, make_draft, make_user
from tracker import actions
from tracker.models import CalendarDay, Checkpoint, Measure, Regime

pytestmark = pytest.mark.django_db
CALENDAR = f"{ROOT}calendar/"
FAR = 2032  # beyond every notice that a library can know
ENTRY = {"is_workday": False, "name": "市里放假"}


def of_day(day):
    return f"{CALENDAR}{day}/"


def notice(**more):
    return {"days": [{"day": str(day), "is_workday": works} for day, works in days_off(FAR).items()], **more}


@pytest.fixture
def office(db):
    return client_of(make_user("office"))


@pytest.fixture
def counted(db):
    """A measure whose first report is due five working days after 10 March 2026."""
    own = Regime.objects.create(code="own", name="自定", day_kind="workdays")
    own.nodes.create(kind="first_report", amount=5)
    draft = make_draft()
    lead = make_department()
    due = date(2026, 12, 31)
    actions.assign(measure_id=draft.pk, actor=None, now=NOW, lead=lead, due_on=due, regime=own)
    return Measure.objects.get(pk=draft.pk)


def first_report(measure):
    return Checkpoint.objects.get(measure=measure, kind="first_report").due_on


def test_a_year_says_what_is_known_and_by_whose_word(office):
    CalendarDay.objects.create(day=date(2026, 3, 13), is_workday=False, name="市里放假")
    body = office.get(CALENDAR, {"year": 2026}).json()
    assert (body["year"], body["provisional"], body["missing_holidays"]) == (2026, False, [])
    days = {row["day"]: (row["is_workday"], row["source"], row["name"]) for row in body["days"]}
    assert days["2026-03-13"] == (False, "office", "市里放假")
    assert days["2026-10-01"] == (False, "notice", "") and days["2026-02-14"] == (True, "notice", "")
    # Neither a plain Monday nor a plain Sunday.
    assert "2026-03-09" not in days and "2026-03-08" not in days and list(days) == sorted(days)
    far = office.get(CALENDAR, {"year": FAR}).json()
    assert far["provisional"] and "春节" in far["missing_holidays"]
    assert {(row["source"], row["provisional"]) for row in far["days"]} == {("law", True)}
    one = office.get(of_day("2032-10-01")).json()
    assert one == {
        "day": "2032-10-01", "is_workday": False, "source": "law", "name": "", "provisional": True
    }  # fmt: skip
    for query in ("year=1999", "year=x", "year=2026&year=2027", "jahr=2026"):
        assert office.get(f"{CALENDAR}?{query}").status_code == 400
    for day in ("2026-02-30", "1999-01-01", "heute"):
        answer = office.get(of_day(day))
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "day")


def test_who_may_read_and_who_may_write(town):
    users = {**town.users, "superuser": make_user("none", is_superuser=True), "nobody": None}
    writes = [
        ("post", CALENDAR, notice()),
        ("put", of_day("2032-01-01"), ENTRY),
        ("delete", of_day("2032-05-01"), None),
    ]
    for role, user in users.items():
        read = 401 if role == "nobody" else 200
        write = {"office": 200, "superuser": 200, "nobody": 401}.get(role, 403)
        for scope in ("read", "write") if user else ("write",):
            client = client_of(user, scope=scope)
            CalendarDay.objects.all().delete()
            CalendarDay.objects.create(day=date(2032, 5, 1), name="劳动节")
            assert client.get(CALENDAR).status_code == read, role
            assert client.get(of_day("2032-05-01")).status_code == read, role
            wanted = write if scope == "write" else 403
            for method, address, body in writes:
                answer = getattr(client, method)(address, body, format="json")
                assert answer.status_code == wanted, (role, method)
            if wanted != 200:
                assert [str(row.day) for row in CalendarDay.objects.all()] == ["2032-05-01"]


def test_many_at_once_move_what_counts_working_days_and_are_noted(office, counted):
    assert first_report(counted) == date(2026, 3, 17)
    body = {"days": [{"day": "2026-03-13", **ENTRY}, {"day": "2026-03-14", "is_workday": True}]}
    shown = office.post(CALENDAR, {**body, "dry_run": True}, format="json").json()
    assert [row["after"] for row in shown["changes"]] == ["休息（市里放假）", "上班"]
    assert (shown["moved"], CalendarDay.objects.count()) == (0, 0)
    done = office.post(CALENDAR, {"days": body["days"][:1]}, format="json").json()
    assert (done["changes"], done["moved"]) == (shown["changes"][:1], 1)
    assert first_report(counted) == date(2026, 3, 18)
    again = office.post(CALENDAR, {"days": body["days"][:1]}, format="json").json()
    assert (again["changes"], again["unchanged"], again["moved"]) == ([], 1, 0)
    # One day alone, and taken out again: the same consequences.
    put = office.put(of_day("2026-03-13"), {"is_workday": True}, format="json").json()
    assert (put["changes"][0]["before"], put["moved"]) == ("休息（市里放假）", 1)
    assert first_report(counted) == date(2026, 3, 17)
    office.put(of_day("2026-03-13"), ENTRY, format="json")
    gone = office.delete(of_day("2026-03-13")).json()
    assert (gone["changes"][0]["after"], gone["moved"]) == (None, 1)
    assert first_report(counted) == date(2026, 3, 17)
    assert office.delete(of_day("2026-03-13")).status_code == 404
    flags = LogEntry.objects.order_by("pk").values_list("action_flag", flat=True)
    assert list(flags) == [1, 2, 2, 3]  # added, changed, changed, deleted; what changed nothing is no history


def test_a_year_becomes_known_and_estimated_again(office):
    announce(*range(2027, FAR))
    answer = office.post(CALENDAR, notice(), format="json").json()
    assert (answer["announced"], answer["provisional"]) == ([FAR], [])
    assert office.get(CALENDAR).json()["known_until"] == f"{FAR}-12-31"
    answer = office.delete(of_day(f"{FAR}-02-11")).json()
    assert answer["provisional"] == [{"year": FAR, "missing_holidays": ["春节"]}]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": "2032-02-30", "is_workday": True}, "days.2.day"),
        ({"day": "1999-01-01", "is_workday": True}, "days.2.day"),
        ({"day": "2032-01-01", "is_workday": True}, "days"),
        ({"day": "2032-02-08", "is_workday": "班"}, "days.2.is_workday"),
        ({"day": "2032-02-08", "is_workday": True, "name": "长" * 41}, "days.2.name"),
        ({"day": "2032-02-08", "is_workday": True, "name": "a\u202eb"}, "days.2.name"),
        ({"day": "2032-02-08", "is_workday": True, "kind": "班"}, "days.2.kind"),
    ],
)
def test_one_wrong_day_is_named_and_nothing_written(office, wrong, field):
    good = [{"day": "2032-01-01", "is_workday": False}, {"day": "2032-01-02", "is_workday": False}]
    answer = office.post(CALENDAR, {"days": [*good, wrong]}, format="json")
    assert answer.status_code == 400, answer.json()
    assert answer.json()["errors"][0]["field"].replace("[", ".").replace("]", "") == field
    assert not CalendarDay.objects.exists()


def test_what_was_not_seen_is_not_overwritten_and_what_was_sent_twice_is_done_once(office):
    seen = office.get(CALENDAR)["ETag"]
    first = office.put(of_day("2032-01-01"), ENTRY, format="json", headers={"If-Match": seen})
    assert first.status_code == 200 and first["ETag"] != seen
    for method, address, body in (
        ("put", of_day("2032-01-02"), ENTRY),
        ("delete", of_day("2032-01-01"), None),
        ("post", CALENDAR, notice()),
    ):
        answer = getattr(office, method)(address, body, format="json", headers={"If-Match": seen})
        assert (answer.status_code, answer.json()["code"]) == (412, "outdated")
        wrong = getattr(office, method)(address, body, format="json", headers={"If-Match": "x"})
        assert wrong.json()["code"] == "invalid_if_match"
    assert CalendarDay.objects.count() == 1
    headers = {"If-Match": first["ETag"], "Idempotency-Key": "notice-2032"}
    done = office.post(CALENDAR, notice(), format="json", headers=headers)
    again = office.post(CALENDAR, notice(), format="json", headers=headers)
    assert again["Idempotency-Replayed"] == "true" and again.content == done.content
    read = office.get(CALENDAR)["ETag"]
    assert read.startswith(again["ETag"][:-1] + "-")
    assert office.get(CALENDAR, headers={"If-None-Match": read}).status_code == 304
