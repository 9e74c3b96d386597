"""The rest of the loop over HTTP: objections, more time, review and what the admin's forms take; by whom, and by whom not."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.actions.support import assert_trail
from tests.api.callers import ROOT, client_of
from tests.api.loop_support import LATER, REPORT, at, fresh, ok, post
from tests.makers import liaison_of, make_department, make_draft, make_measure, make_user
from tracker.admin.measure_forms import STEPS
from tracker.models import (
    Indicator,
    Measure,
    Occurrence,
    ProgressReport,
    Regime,
)
from tracker.rules import lengths
from tracker.rules.lifecycle import Verb

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("attachments_in")]


class TestObjection:
    def test_upheld_and_rejected(self):
        lead, other = make_department(), make_department()
        office, liaison = client_of(make_user("office")), client_of(liaison_of(lead))
        for decide, body, status in (
            ("uphold", {}, "draft"),
            ("reject", {"answer": "是你局职责"}, "assigned"),
        ):
            measure = make_measure(lead=lead, acknowledged=False, now=timezone.now())
            made = post(liaison, at(measure, "objections/"), {"reason": "不属我局"})
            assert ok(made, 201)["state"] == "pending" and made["ETag"] == f'"{measure.version + 1}"'
            seen = ok(liaison.get(at(measure)))
            assert seen["objection_pending"] and "acknowledge" not in seen["allowed_actions"]
            again = post(liaison, at(measure, "objections/"), {"reason": "再提"})
            assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
            assert ok(post(office, at(measure, f"{decide}-objection/"), body))["status"] == status
            (row,) = ok(office.get(at(measure, "objections/")))["results"]
            assert row["answer"] == body.get("answer", "") and row["decided_by"]
        # Whoever leads after an upheld one does not learn who had objected.
        upheld = Measure.objects.filter(status="draft").get()
        body = {"lead": other.code, "due_on": LATER}
        ok(post(office, at(upheld, "assign/"), body))
        assert ok(client_of(liaison_of(other)).get(at(upheld, "objections/")))["results"] == []

    def test_too_late(self):
        lead = make_department()
        measure = make_measure(lead=lead, acknowledged=False, now=timezone.now() - timedelta(days=30))
        answer = post(client_of(liaison_of(lead)), at(measure, "objections/"), {"reason": "不属我局"})
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
        row = client_of(liaison_of(lead)).get(at(measure)).json()
        assert row["allowed_actions"] == ["acknowledge"]


class TestExtension:
    def test_asked_granted_and_the_first_deadline_kept(self):
        lead = make_department()
        measure = make_measure(lead=lead)
        office, liaison = client_of(make_user("office")), client_of(liaison_of(lead))
        body = {"reason": "征地", "proposed_due_on": "2098-01-01", "progress": "一半"}
        row = ok(post(liaison, at(measure, "extensions/"), body), 201)
        assert (row["late"], row["due_on"], row["state"]) == (True, measure.due_on.isoformat(), "pending")
        assert "request_extension" not in ok(liaison.get(at(measure)))["allowed_actions"]
        granted = ok(post(office, at(measure, "approve-extension/"), {"due_on": LATER, "answer": "同意"}))
        assert (granted["due_on"], granted["original_due_on"]) == (LATER, measure.due_on.isoformat())
        (row,) = ok(liaison.get(at(measure, "extensions/")))["results"]
        assert (row["granted_due_on"], row["answer"], row["state"]) == (LATER, "同意", "approved")
        assert_trail(fresh(measure))

    def test_where_the_regime_says_so_the_leader_decides(self, django_assert_max_num_queries):
        leader = make_user("leader")
        lead = make_department(leader_in_charge=leader)
        regime = Regime.objects.create(code="own", name="自定", extension_decider="leader")
        measures = [make_measure(lead=lead, regime=regime) for _ in range(4)]
        liaison, office, client = (
            client_of(user) for user in (liaison_of(lead), make_user("office"), leader)
        )
        for measure in measures:
            ok(
                post(
                    liaison,
                    at(measure, "extensions/"),
                    {"reason": "征地", "proposed_due_on": LATER, "progress": "过半"},
                ),
                201,
            )
        refused = post(office, at(measures[0], "approve-extension/"))
        assert refused.status_code == 403
        with django_assert_max_num_queries(9):
            rows = ok(client.get(f"{ROOT}measures/"))["results"]
        assert all("approve_extension" in row["allowed_actions"] and row["regime"] == "own" for row in rows)
        assert ok(post(client, at(measures[0], "approve-extension/")))["due_on"] == LATER


class TestReview:
    def test_returned_reported_again_and_accepted(self):
        lead = make_department()
        measure = make_measure(lead=lead)
        office, liaison = client_of(make_user("office")), client_of(liaison_of(lead))
        first = ok(post(liaison, at(measure, "reports/"), REPORT), 201)
        day = (timezone.localdate() + timedelta(days=5)).isoformat()
        returned = post(
            office, f"{ROOT}reports/{first['id']}/return/", {"reason": "太简略", "report_by": day}
        )
        assert ok(returned)["state"] == "returned" and returned["ETag"] == f'"{fresh(measure).version}"'
        assert returned.json()["resubmit_by"] == day
        assert ok(liaison.get(at(measure)))["report_by"] == day
        second = ok(post(liaison, at(measure, "reports/"), {**REPORT, "progress": "详细说明"}), 201)
        accepted = post(office, f"{ROOT}reports/{second['id']}/accept/", {"note": "好"})
        assert ok(accepted)["state"] == "accepted"
        again = post(office, f"{ROOT}reports/{second['id']}/return/", {"reason": "悔"})
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
        stale = post(office, f"{ROOT}reports/{first['id']}/accept/", {}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412

    @pytest.mark.parametrize("step", ["accept", "return"])
    def test_by_whom(self, town, step):
        report = ProgressReport.objects.get(measure=town.led)
        seen = {}
        for role, user in {**town.users, "nobody": None}.items():
            if role != "office":
                seen[role] = post(
                    client_of(user), f"{ROOT}reports/{report.pk}/{step}/", {"reason": "x"}
                ).status_code
        assert seen == {
            "liaison": 403,
            "head": 403,
            "leader": 403,
            "other liaison": 404,
            "other leader": 404,
            "none": 404,
            "nobody": 401,
        }
        assert (
            post(
                client_of(town.users["office"]), f"{ROOT}reports/999999/{step}/", {"reason": "x"}
            ).status_code
            == 404
        )

    def test_milestones_indicators_and_pieces_with_a_report(self):
        lead, office = make_department(), make_user("office")
        measure = make_draft()
        stages = [{"due_on": "2026-05-01", "text": "选址"}, {"due_on": "2026-09-01", "text": "开工"}]
        body = {
            "lead": lead.code,
            "due_on": LATER,
            "recurrence": "yearly",
            "recurrence_target": 10,
            "milestones": stages,
        }
        ok(post(client_of(office), at(measure, "assign/"), body))
        indicator = measure.indicators.create(name="投资", unit="亿元", target=50)
        liaison = client_of(liaison_of(lead))
        ok(post(liaison, at(measure, "acknowledge/")))
        rows = ok(liaison.get(at(measure, "milestones/")))["results"]
        assert [(row["text"], row["done_on"]) for row in rows] == [("选址", None), ("开工", None)]
        given = {
            **REPORT,
            "count": 3,
            "milestones": [{"id": rows[0]["id"], "done_on": "2026-04-28"}],
            "indicators": [{"id": indicator.pk, "current": 12.5}],
        }
        ok(post(liaison, at(measure, "reports/"), given), 201)
        assert ok(liaison.get(at(measure, "milestones/")))["results"][0]["done_on"] == "2026-04-28"
        assert ok(liaison.get(at(measure)))["indicators"][0]["current"] == "12.50"
        (period,) = ok(liaison.get(at(measure, "occurrences/")))["results"]
        assert (period["target"], period["done"]) == (10, 3)
        assert {row["kind"] for row in ok(liaison.get(at(measure, "checkpoints/")))["results"]} >= {
            "acknowledge",
            "first_report",
        }
        for wrong in (
            {"milestones": [{"id": 999999, "done_on": None}]},
            {"indicators": [{"id": indicator.pk, "current": 1.234}]},
            {"indicators": [{"id": indicator.pk, "current": True}]},
            {"indicators": [{"id": indicator.pk, "current": "1e5000"}]},
            {"milestones": {"id": 1}},
            {"milestones": [5]},
            {"count": -1},
        ):
            answer = post(liaison, at(measure, "reports/"), {**REPORT, **wrong})
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), wrong
        assert measure.reports.count() == 1


class TestParity:
    """What the forms of the admin take, the API takes."""

    def test_a_measure_comes_back_with_a_new_deadline(self, town):
        office = client_of(town.users["office"])
        ok(post(office, at(town.led, "suspend/"), {"reason": "用地未落实"}))
        body = ok(post(office, at(town.led, "resume/"), {"due_on": "2099-03-01"}))
        assert (body["status"], body["due_on"]) == ("in_progress", "2099-03-01")
        ok(post(office, at(town.led, "cancel/"), {"reason": "并入他项"}))
        body = ok(post(office, at(town.led, "reopen/"), {"reason": "恢复", "due_on": "2099-04-01"}))
        assert (body["status"], body["due_on"]) == ("in_progress", "2099-04-01")
        assert body["original_due_on"] == town.led.original_due_on.isoformat()

    def test_indicators_are_set_and_keep_what_was_reported(self, town):
        office, address = client_of(town.users["office"]), at(town.led)
        kept = Indicator.objects.create(measure=town.led, name="里程", target=10, current=4)
        body = {
            "indicators": [
                {"name": "里程", "target": 12, "unit": "公里"},
                {"name": "时间", "comparison": "le", "target": "1.5", "unit": "小时", "baseline": 3},
            ]
        }
        answer = office.patch(address, body, format="json", HTTP_IF_MATCH=office.get(address)["ETag"])
        first, second = ok(answer)["indicators"]
        assert (first["id"], first["target"], first["current"]) == (kept.pk, "12.00", "4.00")
        assert (second["comparison"], second["target"], second["baseline"]) == ("le", "1.50", "3.00")
        twice = {"indicators": [body["indicators"][0]] * 2}
        answer = office.patch(address, twice, format="json", HTTP_IF_MATCH=office.get(address)["ETag"])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "indicators")

    def test_reasons_are_as_long_as_in_the_forms(self, town):
        office = client_of(town.users["office"])
        reason = "因" * lengths.REASON
        assert post(office, at(town.led, "suspend/"), {"reason": reason + "因"}).status_code == 400
        ok(post(office, at(town.led, "suspend/"), {"reason": reason}))
        form = STEPS[Verb.SUSPEND].form.base_fields["reason"]
        assert form.max_length == lengths.REASON

    def test_days_of_a_year_without_announced_holidays_say_so(self, town):
        office, address = client_of(town.users["office"]), at(town.led)
        assert ok(office.get(address))["provisional"] is False
        ok(post(office, at(town.led, "extend/"), {"due_on": "2099-03-01", "reason": "顺延"}))
        assert ok(office.get(address))["provisional"] is True
        (row,) = (r for r in ok(office.get(f"{ROOT}measures/"))["results"] if r["id"] == town.led.pk)
        assert row["provisional"] is True
        points = ok(office.get(at(town.led, "checkpoints/")))["results"]
        assert {point["provisional"] for point in points if point["due_on"] < "2026-12-31"} == {False}
        asked = {"reason": "再延", "proposed_due_on": "2099-06-01", "progress": "过半"}
        made = ok(post(client_of(town.users["liaison"]), at(town.led, "extensions/"), asked), 201)
        assert made["provisional"] is True

    def test_periods_keep_a_total(self, town):
        for number, (start, done) in enumerate(((date(2024, 1, 1), 3), (date(2025, 1, 1), 4)), start=1):
            Occurrence.objects.create(
                measure=town.led,
                name=f"第{number}期",
                starts_on=start,
                ends_on=start.replace(month=12, day=31),
                target=5,
                done=done,
            )
        rows = ok(client_of(town.users["liaison"]).get(at(town.led, "occurrences/")))["results"]
        assert [row["done_total"] for row in rows] == [3, 7]

    def test_regimes_say_by_which_lights_and_points(self, town):
        (row,) = (
            r
            for r in ok(client_of(town.users["liaison"]).get(f"{ROOT}regimes/"))["results"]
            if r["code"] == "13710"
        )
        assert {"yellow_behind", "red_behind", "near_workdays"} <= row.keys()
        stored = Regime.objects.get(code="13710")
        points = {name: value for name, value in row.items() if name.startswith("score_")}
        assert len(points) == 11
        assert points == {name: getattr(stored, name) for name in points}
