"""报送日 and 每期时限 over the API: given, read, changed, cleared, refused at their fields, told in the timeline and the schema."""

import pytest

from tests.actions.support import assert_trail
from tests.api.callers import ROOT, client_of, make_town

pytestmark = pytest.mark.django_db
RHYTHM = {
    "cadence": "monthly",
    "cadence_day": 5,
    "recurrence": "quarterly",
    "recurrence_by": "每季度首月20日前",
}


@pytest.fixture
def town():
    return make_town()


def at(measure, step=""):
    return f"{ROOT}measures/{measure.pk}/{step}"


def patch(client, measure, body):
    measure.refresh_from_db()
    return client.patch(at(measure), body, format="json", headers={"If-Match": f'"{measure.version}"'})


def shown(client, measure):
    answer = client.get(f"{at(measure)}?fields={','.join(RHYTHM)}").json()
    return {name: answer[name] for name in RHYTHM}


def test_given_with_the_assignment_and_read_by_whoever_sees_the_measure(town):
    office, liaison = client_of(town.users["office"]), client_of(town.users["liaison"])
    body = {**RHYTHM, "lead": town.own.code, "due_on": "2099-12-31"}
    assert office.post(at(town.draft, "assign/"), body, format="json").status_code == 200
    assert shown(office, town.draft) == shown(liaison, town.draft) == RHYTHM
    # The department reads which day was set; the rest of what the office wrote into the draft is its own affair.
    (given,) = [
        {change["field"]: change["after"] for change in event["changes"]}
        for event in liaison.get(at(town.draft, "timeline/")).json()["results"]
        if event["verb"] == "assign"
    ]
    assert (given["cadence"], given["cadence_day"]) == ("monthly", 5)
    assert_trail(town.draft)


def test_changed_cleared_and_told_in_the_timeline(town):
    office = client_of(town.users["office"])
    assert patch(office, town.led, RHYTHM).status_code == 200
    assert patch(office, town.led, {"cadence_day": None, "recurrence_by": "20日前"}).status_code == 200
    assert patch(office, town.led, {"recurrence": "none"}).json()["recurrence_by"] == ""
    assert shown(office, town.led) == {
        "cadence": "monthly",
        "cadence_day": None,
        "recurrence": "none",
        "recurrence_by": "",
    }
    newest = office.get(at(town.led, "timeline/")).json()["results"][-1]
    assert {change["field"]: (change["before"], change["after"]) for change in newest["changes"]} == {
        "recurrence": ("quarterly", "none"),
        "recurrence_by": ("20日前", ""),
    }


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"recurrence_by": "每月5日前"}, "recurrence_by", "invalid_input"),
        ({"recurrence": "monthly", "recurrence_by": "长" * 101}, "recurrence_by", "max_length"),
        ({"recurrence": "monthly", "recurrence_by": None}, "recurrence_by", "null"),
        ({"recurrence": "monthly", "recurrence_by": "每月\u202e5日前"}, "recurrence_by", None),
        ({"cadence_day": 5}, "cadence_day", "invalid_input"),
        ({"cadence": "weekly", "cadence_day": 8}, "cadence_day", "invalid_input"),
        ({"cadence": "monthly", "cadence_day": 32}, "cadence_day", "max_value"),
        ({"cadence": "monthly", "cadence_day": 0}, "cadence_day", "min_value"),
        ({"cadence": "monthly", "cadence_day": "5"}, "cadence_day", "invalid"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(town, body, field, code):
    version = town.led.version
    answer = patch(client_of(town.users["office"]), town.led, body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (400, field)
    assert code is None or error["code"] == code
    assert any("\u4e00" <= char <= "\u9fff" for char in error["message"])
    town.led.refresh_from_db()
    assert (town.led.version, town.led.cadence_day, town.led.recurrence_by) == (version, None, "")


def test_the_schema_says_both_ways_what_may_stand_there(town):
    schema = client_of(town.users["office"]).get(f"{ROOT}schema/?format=json").json()["components"]["schemas"]
    measure, given = schema["Measure"]["properties"], schema["PatchedEditInput"]["properties"]
    assert {"cadence_day", "recurrence_by"} <= measure.keys()
    assert (given["cadence_day"]["minimum"], given["cadence_day"]["maximum"]) == (1, 31)
    assert given["recurrence_by"]["maxLength"] == 100
