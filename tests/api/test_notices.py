"""站内消息 over the API: one's own or one's department's, each once, and read only when it is said so."""

from datetime import timedelta

import pytest

from tests.api.callers import ROOT, client_of
from tests.makers import NOW, TODAY, make_user
from tracker.models import InboxNotice
from tracker.models.people import service_account_of

pytestmark = pytest.mark.django_db
ADDRESS = f"{ROOT}notices/"


def notice(user, measure, minutes=0, **kw):
    values = {"kind": "assigned", "due_on": TODAY, "step_on": TODAY, "occurrence": 0, **kw}
    at = NOW + timedelta(minutes=minutes)
    return InboxNotice.objects.create(user=user, measure=measure, created_at=at, **values)


@pytest.fixture
def told(town):
    """Two people of one department are told the same; one of them, and another department, of something else."""
    second = make_user("liaison", department=town.own)
    liaison, other = town.users["liaison"], town.users["other liaison"]
    return {
        "both": [notice(liaison, town.led), notice(second, town.led)],
        "one": notice(second, town.assisted, 5, kind="overdue", level="orange", occurrence=1),
        "foreign": notice(other, town.foreign),
        "second": second,
    }


def ids(client, query=""):
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200, answer.content.decode()
    return [row["id"] for row in answer.json()["results"]]


def test_a_person_sees_the_own_ones_and_looking_marks_nothing(town, told):
    client = client_of(told["second"], scope="read")
    assert ids(client) == [told["one"].pk, told["both"][1].pk], "the newest first"
    [row, _older] = client.get(ADDRESS).json()["results"]
    assert row == {
        "id": told["one"].pk,
        "kind": "overdue",
        "kind_name": "已逾期",
        "about": "",
        "level": "orange",
        "measure": {
            "id": town.assisted.pk,
            "number": town.assisted.number,
            "title": "甲局配合",
            "due_on": town.assisted.due_on.isoformat(),
        },
        "day_name": "完成时限",
        "day": TODAY.isoformat(),
        "occurrence": 2,
        "created_at": "2026-03-10T02:05:00Z",
        "read_at": None,
    }
    assert not InboxNotice.objects.filter(read_at__isnull=False).exists()
    answer = client.post(f"{ADDRESS}read/", {"all": True}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "token_read_only")


def test_one_is_read_or_all_and_nobody_elses(town, told):
    client = client_of(told["second"])
    given = {"ids": [told["both"][1].pk, told["both"][0].pk, told["foreign"].pk]}
    assert client.post(f"{ADDRESS}read/", given, format="json").json() == {"marked": 1, "unread": 1}
    assert client.post(f"{ADDRESS}read/", given, format="json").json() == {"marked": 0, "unread": 1}
    assert ids(client, "?unread=true") == [told["one"].pk]
    assert ids(client, "?unread=false") == [told["both"][1].pk]
    assert client.post(f"{ADDRESS}read/", {"all": True}, format="json").json() == {"marked": 1, "unread": 0}
    left = InboxNotice.objects.filter(read_at__isnull=True)
    assert set(left) == {told["both"][0], told["foreign"]}


def test_a_department_has_each_notice_once_and_reads_it_for_all(town, told, django_assert_max_num_queries):
    client = client_of(service_account_of(town.own))
    with django_assert_max_num_queries(4):
        assert ids(client) == [told["one"].pk, told["both"][0].pk]
    # Whoever of the department read it first, read it.
    InboxNotice.objects.filter(pk=told["both"][1].pk).update(read_at=NOW)
    rows = {row["id"]: row["read_at"] for row in client.get(ADDRESS).json()["results"]}
    assert rows[told["both"][0].pk] == "2026-03-10T02:00:00Z"
    assert ids(client, "?unread=true") == [told["one"].pk]
    InboxNotice.objects.update(read_at=None)
    answer = client.post(f"{ADDRESS}read/", {"ids": [told["both"][0].pk]}, format="json")
    assert answer.json() == {"marked": 2, "unread": 1}
    assert set(InboxNotice.objects.filter(read_at__isnull=True)) == {told["one"], told["foreign"]}


@pytest.mark.parametrize("given", [{}, {"all": False}, {"ids": []}, {"ids": [1], "all": True}, [1]])
def test_what_says_neither_which_nor_all_is_refused(town, told, given):
    answer = client_of(town.users["liaison"]).post(f"{ADDRESS}read/", given, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not InboxNotice.objects.filter(read_at__isnull=False).exists()


def test_what_is_no_longer_ones_business_is_not_shown(town, told):
    hidden = notice(town.users["liaison"], town.foreign)
    withdrawn = notice(town.users["liaison"], town.led, kind="due_soon", withdrawn_at=NOW)
    shown = ids(client_of(town.users["liaison"])) + ids(client_of(service_account_of(town.own)))
    assert not {hidden.pk, withdrawn.pk} & set(shown)
    assert client_of(None).get(ADDRESS).status_code == 401
