"""Taking steps over HTTP: the whole life of a measure, versions, and every refusal with its stable code."""

import pytest

from tests.api.callers import ROOT, client_of
from tests.makers import liaison_of, make_department, make_draft, make_measure, make_user
from tracker.models import MeasureEvent, ProgressReport

pytestmark = pytest.mark.django_db


def at(measure, step=""):
    return f"{ROOT}measures/{measure.pk}/{step}"


def post(client, measure, step, body=None, **extra):
    return client.post(at(measure, step), {} if body is None else body, format="json", **extra)


def test_a_whole_life():
    measure, lead, helper = make_draft(), make_department(), make_department()
    office, liaison = client_of(make_user("office")), client_of(liaison_of(lead))
    assigned = post(
        office,
        measure,
        "assign/",
        {
            "lead": lead.code,
            "co": [helper.code],
            "importance": "major",
            "cadence": "monthly",
            "starts_on": "2026-03-01",
            "due_on": "2026-12-31",
            "note": "按方案交办",
        },
    )
    assert assigned.status_code == 200, assigned.json()
    row = assigned.json()
    assert (row["status"], row["lead"]["code"], row["due_on"]) == ("assigned", lead.code, "2026-12-31")
    assert [co["code"] for co in row["co"]] == [helper.code]
    assert (row["importance"], row["cadence"], row["original_due_on"]) == ("major", "monthly", "2026-12-31")
    assert post(liaison, measure, "acknowledge/", {"note": " 已收到 "}).json()["status"] == "in_progress"
    report = post(
        liaison,
        measure,
        "reports/",
        {"percent": 40, "progress": "推进中", "problems": "缺地", "next_steps": "协调"},
    )
    assert report.status_code == 201
    assert report.json()["percent"] == 40
    assert report["ETag"] == '"4"'
    closing = post(liaison, measure, "apply-to-close/", {"result": "已完成"}).json()
    assert (closing["status"], closing["percent"]) == ("closing", 100)
    returned = post(office, measure, "return/", {"reason": "缺验收报告"}).json()
    assert (returned["status"], returned["percent"]) == ("in_progress", 40)
    assert post(office, measure, "suspend/", {"reason": "等待用地"}).json()["status"] == "suspended"
    assert post(office, measure, "resume/").json()["status"] == "in_progress"
    assert post(liaison, measure, "apply-to-close/", {"result": "材料已补"}).status_code == 200
    closed = post(office, measure, "close/", {"grade": "good", "note": "同意"}).json()
    assert (closed["status"], closed["grade"]) == ("closed", "good")
    assert post(office, measure, "reopen/", {"reason": "复查发现问题"}).json()["status"] == "in_progress"
    cancelled = post(office, measure, "cancel/", {"reason": "政策调整"})
    assert cancelled.json()["status"] == "cancelled"
    assert cancelled["ETag"] == '"12"'
    whole = office.get(at(measure, "timeline/")).json()["results"]
    assert [step["verb"] for step in whole] == [
        "register", "assign", "acknowledge", "report", "apply_to_close", "return", "suspend", "resume",
        "apply_to_close", "close", "reopen", "cancel",
    ]  # fmt: skip
    assert whole[1]["note"] == "按方案交办"
    assert whole[2]["note"] == "已收到"
    assert {"field": "lead", "before": None, "after": lead.code} in whole[1]["changes"]
    reports = liaison.get(at(measure, "reports/")).json()["results"]
    assert [row["progress"] for row in reports] == ["材料已补", "已完成", "推进中"]


def test_department_sees_no_step_of_the_draft_and_not_what_it_was():
    considered, lead = make_department("曾考虑的局"), make_department()
    measure = make_draft()
    office = client_of(make_user("office"))
    edited = office.patch(
        at(measure),
        {"lead": considered.code, "note": "内部酝酿"},
        format="json",
        HTTP_IF_MATCH='"1"',
    )
    assert edited.status_code == 200, edited.json()
    assert post(office, measure, "assign/", {"lead": lead.code, "due_on": "2030-01-01"}).status_code == 200
    liaison = client_of(liaison_of(lead))
    answer = liaison.get(at(measure, "timeline/"))
    [(verb, changes)] = [(step["verb"], step["changes"]) for step in answer.json()["results"]]
    # Which days it was given, and nothing of what was meant before.
    set_days = [
        {"field": name, "before": None, "after": "2030-01-01"} for name in ("due_on", "original_due_on")
    ]
    assert (verb, changes) == ("assign", set_days)
    assert "酝酿" not in answer.content.decode()
    assert considered.code not in answer.content.decode()
    # The office sees all of it.
    whole = office.get(at(measure, "timeline/")).json()["results"]
    assert [step["verb"] for step in whole] == ["register", "edit", "assign"]
    assert {"field": "lead", "before": considered.code, "after": lead.code} in whole[2]["changes"]


STEP_KEYS = {
    "version", "verb", "verb_name", "at", "actor", "department", "from_status", "to_status", "note", "changes",
}  # fmt: skip
REPORT_KEYS = {
    "id", "measure", "kind", "state", "department", "reported_by", "reported_at", "percent", "progress", "problems",
    "next_steps", "lowering_reason", "count", "attachments", "reviewed_at", "review_note", "resubmit_by",
}  # fmt: skip


def test_reports_and_timeline_show_exactly_the_listed_fields(town):
    client = client_of(town.users["liaison"])
    steps = client.get(at(town.led, "timeline/")).json()["results"]
    assert [step["verb"] for step in steps] == ["assign", "acknowledge", "report"]
    assert all(set(step) == STEP_KEYS for step in steps)
    assert steps[2]["changes"] == [{"field": "percent", "before": 0, "after": 20}]
    (report,) = client.get(at(town.led, "reports/")).json()["results"]
    assert set(report) == REPORT_KEYS
    assert report["reported_by"] == str(liaison_of(town.own))


def test_lists_below_a_measure_cost_the_same_however_long(town, django_assert_max_num_queries):
    client = client_of(town.users["liaison"])
    for percent in range(30, 40):
        assert post(client, town.led, "reports/", {"percent": percent, "progress": "好"}).status_code == 201
    with django_assert_max_num_queries(5):
        assert client.get(at(town.led, "reports/")).json()["count"] == 11
    with django_assert_max_num_queries(6):
        assert client.get(at(town.led, "timeline/")).json()["count"] == 13


def test_if_match_lets_only_the_seen_version_pass(town):
    client = client_of(town.users["liaison"])
    tag = client.get(at(town.led))["ETag"]
    first = post(client, town.led, "reports/", {"percent": 30, "progress": "一"}, HTTP_IF_MATCH=tag)
    assert first.status_code == 201
    second = post(client, town.led, "reports/", {"percent": 35, "progress": "二"}, HTTP_IF_MATCH=tag)
    assert (second.status_code, second.json()["code"]) == (412, "outdated")
    assert ProgressReport.objects.filter(measure=town.led).count() == 2
    third = post(client, town.led, "reports/", {"percent": 35, "progress": "三"}, HTTP_IF_MATCH=first["ETag"])
    assert third.status_code == 201
    # A compressing proxy marks tags weak; several tags and the star are HTTP's own.
    version = town.led.version + 2
    for value in (f'W/"{version}"', f'"999", "{version + 1}"', "*"):
        answer = post(client, town.led, "reports/", {"percent": 36, "progress": "四"}, HTTP_IF_MATCH=value)
        assert answer.status_code == 201, value
    assert client.get(at(town.led))["ETag"].startswith(f'"{version + 3}-')
    for value in ("5", "''", "x y", '"'):
        answer = post(client, town.led, "reports/", {"percent": 37, "progress": "五"}, HTTP_IF_MATCH=value)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_if_match"), value


def test_patch_needs_the_version_and_overwrites_nothing(town):
    office = client_of(town.users["office"])
    body = {"due_on": "2031-05-01", "note": "上级调整"}
    missing = office.patch(at(town.led), body, format="json")
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    # True of every version, so it names none.
    any_version = office.patch(at(town.led), body, format="json", HTTP_IF_MATCH="*")
    assert (any_version.status_code, any_version.json()["code"]) == (428, "precondition_required")
    tag = office.get(at(town.led))["ETag"]
    silent = office.patch(at(town.led), {"due_on": "2031-05-01"}, format="json", HTTP_IF_MATCH=tag)
    assert (silent.status_code, [row["field"] for row in silent.json()["errors"]]) == (400, ["note"])
    done = office.patch(at(town.led), body, format="json", HTTP_IF_MATCH=tag)
    assert done.status_code == 200
    assert (done.json()["due_on"], done.json()["version"]) == ("2031-05-01", town.led.version + 1)
    assert done.json()["original_due_on"] == town.led.original_due_on.isoformat()
    assert done["ETag"] == f'"{town.led.version + 1}"'
    late = office.patch(at(town.led), {"importance": "major"}, format="json", HTTP_IF_MATCH=tag)
    assert late.status_code == 412
    town.led.refresh_from_db()
    assert town.led.importance == "ordinary"
    event = MeasureEvent.objects.filter(measure=town.led).latest("version")
    assert (event.note, event.actor) == ("上级调整", town.users["office"])
    nothing = office.patch(at(town.led), {}, format="json", HTTP_IF_MATCH=done["ETag"])
    assert nothing["ETag"] == done["ETag"]


def test_refusals_come_in_a_fixed_order(town):
    other, office = client_of(town.users["other liaison"]), client_of(town.users["office"])
    bad = {"percent": "x", "nonsense": 1}
    assert post(other, town.led, "reports/", bad, HTTP_IF_MATCH='"99"').status_code == 404
    assert post(other, town.assisted, "acknowledge/", bad, HTTP_IF_MATCH='"99"').status_code == 409
    assert post(office, town.led, "reports/", bad, HTTP_IF_MATCH='"99"').status_code == 403
    liaison = client_of(town.users["liaison"])
    assert post(liaison, town.led, "reports/", bad, HTTP_IF_MATCH='"99"').status_code == 412
    assert post(liaison, town.led, "reports/", bad).status_code == 400
    assert client_of(town.users["liaison"]).patch(at(town.led), {}, format="json").status_code == 403


@pytest.mark.parametrize(
    ("step", "body", "field", "code"),
    [
        ("reports/", {}, "percent", "required"),
        ("reports/", {"percent": 40}, "progress", "required"),
        ("reports/", {"percent": 40, "progress": "  "}, "progress", "blank"),
        ("reports/", {"percent": 40, "progress": None}, "progress", "null"),
        ("reports/", {"percent": 40, "progress": 5}, "progress", "invalid"),
        ("reports/", {"percent": 40, "progress": ["好"]}, "progress", "invalid"),
        ("reports/", {"percent": 40, "progress": "好" * 10_001}, "progress", "max_length"),
        ("reports/", {"percent": 40, "progress": "a\x00b"}, "progress", "forbidden_character"),
        ("reports/", {"percent": 40, "progress": "完成\u202e%001"}, "progress", "forbidden_character"),
        ("reports/", {"percent": 40, "progress": "\u2066x"}, "progress", "forbidden_character"),
        ("reports/", {"percent": 40, "progress": "\x1b[2J"}, "progress", "forbidden_character"),
        ("reports/", {"percent": "50%", "progress": "好"}, "percent", "invalid"),
        ("reports/", {"percent": "50", "progress": "好"}, "percent", "invalid"),
        ("reports/", {"percent": 50.5, "progress": "好"}, "percent", "invalid"),
        ("reports/", {"percent": True, "progress": "好"}, "percent", "invalid"),
        ("reports/", {"percent": 1e3, "progress": "好"}, "percent", "max_value"),
        ("reports/", {"percent": 101, "progress": "好"}, "percent", "max_value"),
        ("reports/", {"percent": -1, "progress": "好"}, "percent", "min_value"),
        ("reports/", {"percent": 10**400, "progress": "好"}, "percent", "max_value"),
        ("reports/", {"percent": [50], "progress": "好"}, "percent", "invalid"),
        ("reports/", {"percent": None, "progress": "好"}, "percent", "null"),
        ("reports/", {"percent": 10, "progress": "好"}, "lowering_reason", "invalid_input"),
        ("reports/", {"percent": 50, "progress": "好", "status": "closed"}, "status", "unknown_field"),
        ("apply-to-close/", {}, "result", "required"),
        ("apply-to-close/", {"result": ""}, "result", "blank"),
        ("apply-to-close/", {"result": "好", "percent": 3}, "percent", "unknown_field"),
    ],
)
def test_bad_input_of_the_department(town, step, body, field, code):
    answer = post(client_of(town.users["liaison"]), town.led, step, body)
    problem = answer.json()
    assert answer.status_code == 400, problem
    assert [(error["field"], error["code"]) for error in problem["errors"]][:1] == [(field, code)]
    assert any("\u4e00" <= char <= "\u9fff" for char in problem["errors"][0]["message"])
    town.led.refresh_from_db()
    assert (town.led.percent, town.led.status) == (20, "in_progress")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"lead": "nobody"}, "lead", "unknown_department"),
        ({"lead": 5}, "lead", "invalid"),
        ({"lead": None}, "lead", "null"),
        ({"co": "d1"}, "co", "not_a_list"),
        ({"co": ["nobody"]}, "co", "unknown_department"),
        ({"co": ["x"] * 101}, "co", "max_length"),
        ({"co": [["x"]]}, "co.0", "invalid"),
        ({"lead": "OWN", "co": ["OWN"], "due_on": "2030-01-01"}, "co", "invalid_input"),
        ({"lead": "OWN"}, "due_on", "invalid_input"),
        ({"lead": "OWN", "due_on": "2030-01-01", "standing": True}, "due_on", "invalid_input"),
        ({"lead": "OWN", "starts_on": "2030-01-02", "due_on": "2030-01-01"}, "due_on", "invalid_input"),
        ({"due_on": "2030-01-01"}, "lead", "invalid_input"),
        ({"due_on": "01.01.2030"}, "due_on", "invalid"),
        ({"due_on": "2030-02-30"}, "due_on", "invalid"),
        ({"due_on": "9999-12-31"}, "due_on", "range"),
        ({"due_on": 20300101}, "due_on", "invalid"),
        ({"standing": "true"}, "standing", "invalid"),
        ({"standing": 1}, "standing", "invalid"),
        ({"importance": "huge"}, "importance", "invalid_choice"),
        ({"importance": ["major"]}, "importance", "invalid_choice"),
        ({"importance": {}}, "importance", "invalid_choice"),
        ({"recurrence_target": 0}, "recurrence_target", "min_value"),
        ({"status": "closed"}, "status", "unknown_field"),
        ({"percent": 100}, "percent", "unknown_field"),
    ],
)
def test_bad_input_of_the_office(town, body, field, code):
    named = {key: town.own.code if value == "OWN" else value for key, value in body.items()}
    if body.get("co") == ["OWN"]:
        named["co"] = [town.own.code]
    answer = post(client_of(town.users["office"]), town.draft, "assign/", named)
    problem = answer.json()
    assert answer.status_code == 400, problem
    assert [(error["field"], error["code"]) for error in problem["errors"]][:1] == [(field, code)]
    assert any("\u4e00" <= char <= "\u9fff" for char in problem["detail"])
    town.draft.refresh_from_db()
    assert (town.draft.status, town.draft.version) == ("draft", 1)


def test_grade_is_one_of_four(town):
    liaison, office = client_of(town.users["liaison"]), client_of(town.users["office"])
    assert post(liaison, town.led, "apply-to-close/", {"result": "好"}).status_code == 200
    for grade in ("", "perfect", None, 5):
        assert post(office, town.led, "close/", {"grade": grade}).json()["errors"][0]["field"] == "grade"
    assert post(office, town.led, "close/", {"grade": "excellent"}).status_code == 200


def test_a_department_not_in_use_leads_nothing(town):
    retired = make_department(active=False)
    answer = post(client_of(town.users["office"]), town.draft, "assign/", {"lead": retired.code})
    assert answer.json()["errors"][0]["code"] == "unknown_department"


def test_wrong_state_and_wrong_party_have_codes(town):
    liaison, office = client_of(town.users["liaison"]), client_of(town.users["office"])
    again = post(liaison, town.led, "acknowledge/")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert again.json()["detail"] == "事项当前为“办理中”，不能签收。"
    foreign = post(liaison, town.assisted, "reports/", {"percent": 5, "progress": "好"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not_allowed")
    assert post(liaison, town.led, "close/", {"grade": "good"}).status_code == 403
    assert post(office, town.led, "close/", {"grade": "good"}).status_code == 409


def test_lowering_is_accepted_with_its_reason(town):
    body = {"percent": 10, "progress": "重新核定", "lowering_reason": "口径调整"}
    answer = post(client_of(town.users["liaison"]), town.led, "reports/", body)
    assert (answer.status_code, answer.json()["lowering_reason"]) == (201, "口径调整")
    town.led.refresh_from_db()
    assert town.led.percent == 10


def test_acknowledge_needs_no_body():
    measure = make_measure(acknowledged=False)
    client = client_of(liaison_of(measure.lead))
    assert client.post(at(measure, "acknowledge/")).status_code == 200


def test_another_lead_of_a_running_measure_is_no_edit(town):
    office, body = client_of(town.users["office"]), {"lead": make_department().code}
    tag = office.get(at(town.led))["ETag"]
    answer = office.patch(at(town.led), body, format="json", HTTP_IF_MATCH=tag)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert [error["field"] for error in answer.json()["errors"]] == ["lead"]
    item = {"id": town.led.pk, "action": "edit", "version": town.led.version, "body": body}
    bulk = office.post(f"{ROOT}measures/bulk/", {"items": [item]}, format="json").json()
    assert [result["status"] for result in bulk["results"]] == [409]
    town.led.refresh_from_db()
    assert town.led.lead == town.own
