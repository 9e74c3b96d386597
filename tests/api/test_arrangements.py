"""Claims, transfers, roles, stages, exemptions and other regimes over HTTP; by whom, and by whom not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.actions.support import assert_trail
from tests.api.callers import ROOT, client_of
from tests.api.loop_support import LATER, at, fresh, ok, post
from tests.makers import liaison_of, make_department, make_draft, make_user
from tracker import actions
from tracker.models import Regime, StageTemplate
from tracker.rules.milestones import Milestone
from tracker.rules.targets import parse_indicators

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("attachments_in")]


class TestClaims:
    @pytest.fixture
    def published(self, town):
        office = client_of(town.users["office"])
        assert ok(post(office, at(town.draft, "publish/"), {"claim_until": LATER}))["status"] == "published"
        return town.draft

    def test_published_claimed_and_given(self, town, published):
        office, own, other = (client_of(town.users[role]) for role in ("office", "liaison", "other liaison"))
        for role, status in {"leader": 404, "none": 404, "head": 403, "office": 403}.items():
            answer = post(client_of(town.users[role]), at(published, "claims/"), {"reason": "我来"})
            assert answer.status_code == status, role
        mine = ok(post(own, at(published, "claims/"), {"reason": "甲局的方案"}), 201)
        theirs = ok(post(other, at(published, "claims/"), {"reason": "乙局的方案"}), 201)
        # Neither learns of the other, in whatever way.
        for client, secret in ((own, "乙局"), (other, "甲局")):
            for part in ("claims/", "timeline/"):
                assert secret not in client.get(at(published, part)).content.decode(), part
        assert len(ok(office.get(at(published, "claims/")))["results"]) == 2
        assert len(ok(office.get(at(published, "timeline/")))["results"]) == 4
        for client, status in ((other, 404), (own, 403)):
            assert post(client, f"{ROOT}claims/{mine['id']}/accept/", {"due_on": LATER}).status_code == status
            assert post(client, f"{ROOT}claims/{mine['id']}/decline/", {"answer": "x"}).status_code == status
        assert post(other, f"{ROOT}claims/{mine['id']}/withdraw/").status_code == 404
        given = post(office, f"{ROOT}claims/{theirs['id']}/accept/", {"due_on": LATER})
        assert ok(given)["state"] == "approved" and given["ETag"] == f'"{fresh(published).version}"'
        measure = fresh(published)
        assert (measure.lead, measure.status) == (town.other, "assigned")
        assert own.get(at(published)).status_code == 404
        assert_trail(measure)

    def test_published_shows_nobody_what_was_meant_or_done_before(self, town):
        office, stranger = client_of(town.users["office"]), town.users["liaison"]
        meant, third = make_department("丁局"), make_department("丙局")
        draft, now = town.draft, timezone.now()
        assign = {"due_on": date.fromisoformat(LATER), "lead": meant, "co": [third], "remark": "拟由丁局牵头"}
        actions.assign(
            measure_id=draft.pk, actor=None, now=now, regime=Regime.objects.get(code="13710"), **assign
        )
        liaison = liaison_of(meant)
        actions.set_roles(
            measure_id=draft.pk, actor=None, now=now, roles=[actions.Role("链长", person="李某")]
        )
        actions.edit(
            measure_id=draft.pk,
            actor=None,
            now=now,
            milestones=[
                Milestone(due_on=timezone.localdate(), text="选址"),
                Milestone(due_on=date.fromisoformat(LATER), text="试运营"),
            ],
            indicators=parse_indicators("投资≥30亿元"),
            recurrence="yearly",
            recurrence_target=3,
        )
        actions.acknowledge(measure_id=draft.pk, actor=liaison, now=now)
        done = {row.pk: timezone.localdate() for row in draft.milestones.filter(text="选址")}
        words = {"percent": 40, "progress": "好", "count": 1}
        money = {draft.indicators.get().pk: Decimal("12.5")}
        actions.report(
            measure_id=draft.pk, actor=liaison, now=now, milestones=done, indicators=money, **words
        )
        actions.transfer(measure_id=draft.pk, actor=None, now=now, lead=third, reason="调整")
        actions.object_to_assignment(measure_id=draft.pk, actor=liaison_of(third), now=now, reason="非职责")
        actions.uphold_objection(measure_id=draft.pk, actor=None, now=now)
        actions.edit(measure_id=draft.pk, actor=None, now=now, lead=meant, co=[third], remark="拟由丁局牵头")
        assert ok(post(office, at(draft, "publish/"), {"claim_until": LATER}))["status"] == "published"
        api, site = client_of(stranger), Client()
        site.force_login(stranger)
        seen = ok(api.get(at(draft)))
        assert (seen["lead"], seen["co"], seen["remark"], seen["percent"]) == (None, [], "", 0)
        assert (seen["regime"], seen["regime_due_on"], seen["original_due_on"]) == (None, None, None)
        assert (seen["due_on"], seen["indicators"][0]["target"]) == (LATER, "30.00")
        assert seen["indicators"][0]["current"] is None
        events = ok(api.get(at(draft, "timeline/")))["results"]
        assert [(row["verb"], row["changes"]) for row in events] == [("publish", [])]
        for part in ("checkpoints/", "milestones/", "occurrences/", "roles/", "reports/", "exemptions/"):
            assert ok(api.get(at(draft, part)))["results"] == [], part
            held = ok(office.get(at(draft, part)))["results"]
            assert held or part == "exemptions/", part
        for query in ("?lead=" + meant.code, "?co=" + third.code, "?search=拟由丁局"):
            found = ok(api.get(f"{ROOT}measures/{query}"))["results"]
            assert draft.pk not in [row["id"] for row in found], query
        page = site.get(reverse("admin:tracker_measure_change", args=[draft.pk])).content.decode()
        assert draft.title in page
        for secret in ("丁局", "丙局", "链长", "李某", ">40%", "选址", "试运营", "12.5"):
            assert secret not in page, secret
        refused = office.patch(
            at(draft), {"lead": meant.code}, HTTP_IF_MATCH=f'"{fresh(draft).version}"', format="json"
        )
        assert refused.status_code == 409 and "正在揭榜" in refused.json()["detail"]
        assert ok(post(office, at(draft, "unpublish/")))["status"] == "draft"
        again = ok(office.get(at(draft)))
        assert (again["lead"]["code"], again["remark"], again["percent"]) == (meant.code, "拟由丁局牵头", 40)
        assert [row["code"] for row in again["co"]] == [third.code]
        assert (again["regime"], again["original_due_on"]) == ("13710", LATER)
        assert again["indicators"][0]["current"] == "12.50"
        # Given up while published, a measure comes back as the draft it was.
        ok(post(office, at(draft, "publish/")))
        actions.cancel(measure_id=draft.pk, actor=None, now=now, reason="停")
        actions.reopen(measure_id=draft.pk, actor=None, now=now, reason="再办")
        assert (fresh(draft).lead, list(fresh(draft).co_departments.all())) == (meant, [third])
        ok(post(office, at(draft, "publish/")))
        # A unit once meant to assist leads now; nobody is asked to edit first.
        claim = actions.claim(measure_id=draft.pk, actor=liaison_of(third), now=now, reason="有队伍")
        actions.accept_claim(claim_id=claim.pk, actor=None, now=now)
        measure = fresh(draft)
        assert (measure.lead, measure.remark, list(measure.co_departments.all())) == (
            third,
            "拟由丁局牵头",
            [],
        )
        assert_trail(measure)

    def test_offered_until_claimed_and_again_once_withdrawn(self, town, published, django_assert_num_queries):
        own, other = (client_of(town.users[role]) for role in ("liaison", "other liaison"))

        def offered(client):
            (row,) = [
                row for row in ok(client.get(f"{ROOT}measures/"))["results"] if row["id"] == published.pk
            ]
            alone = ok(client.get(at(published)))
            assert alone["allowed_actions"] == row["allowed_actions"]
            return row["allowed_actions"]

        assert offered(own) == offered(other) == ["claim"]
        mine = ok(post(own, at(published, "claims/"), {"reason": "方案"}), 201)
        assert (offered(own), offered(other)) == ([], ["claim"])
        again = post(own, at(published, "claims/"), {"reason": "再来"})
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
        (seen,) = ok(own.get(at(published, "claims/")))["results"]
        assert (seen["id"], seen["state"]) == (mine["id"], "pending")
        assert ok(other.get(at(published, "claims/")))["results"] == []
        ok(post(own, f"{ROOT}claims/{mine['id']}/withdraw/"))
        assert offered(own) == ["claim"]
        # A list of what is published costs no query a row.
        with CaptureQueriesContext(connection) as one:
            own.get(f"{ROOT}measures/")
        for _ in range(3):
            actions.publish(measure_id=make_draft().pk, actor=None, now=timezone.now())
        with django_assert_num_queries(len(one)):
            own.get(f"{ROOT}measures/")

    def test_withdrawn_declined_and_taken_down(self, town, published):
        office, own = client_of(town.users["office"]), client_of(town.users["liaison"])
        first = ok(post(own, at(published, "claims/"), {"reason": "方案"}), 201)
        assert ok(post(own, f"{ROOT}claims/{first['id']}/withdraw/"))["state"] == "withdrawn"
        second = ok(post(own, at(published, "claims/"), {"reason": "方案"}), 201)
        declined = ok(post(office, f"{ROOT}claims/{second['id']}/decline/", {"answer": "条件不足"}))
        assert (declined["state"], declined["answer"]) == ("refused", "条件不足")
        for role, status in {"liaison": 403, "head": 403, "leader": 404, "none": 404}.items():
            assert post(client_of(town.users[role]), at(published, "unpublish/")).status_code == status
            assert post(client_of(town.users[role]), at(published, "publish/")).status_code == status
        assert ok(post(office, at(published, "unpublish/")))["status"] == "draft"
        assert own.get(at(published)).status_code == 404


class TestArrangements:
    def test_transfer_and_roles(self, town):
        office, third = client_of(town.users["office"]), make_department()
        named = make_user("leader", username="chain")
        roles = {"roles": [{"name": "链长", "user": "chain"}, {"name": "专班", "department": third.code}]}
        assert client_of(named).get(at(town.led)).status_code == 404
        assert ok(post(office, at(town.led, "set-roles/"), roles))["id"] == town.led.pk
        assert client_of(named).get(at(town.led)).status_code == 200
        listed = ok(client_of(town.users["liaison"]).get(at(town.led, "roles/")))["results"]
        assert [(row["name"], row["user"]) for row in listed] == [("链长", str(named)), ("专班", None)]
        for wrong in (
            [{"name": "链长"}],
            [{"name": "链长", "user": "nobody"}],
            [{"name": "", "person": "李"}],
            [3],
        ):
            assert post(office, at(town.led, "set-roles/"), {"roles": wrong}).status_code == 400
        moved = ok(post(office, at(town.led, "transfer/"), {"lead": third.code, "reason": "职责调整"}))
        assert (moved["lead"]["code"], moved["status"]) == (third.code, "assigned")
        assert client_of(town.users["liaison"]).get(at(town.led)).status_code == 404

    def test_stages_exemption_and_regime(self, town):
        office = client_of(town.users["office"])
        (template,) = ok(office.get(f"{ROOT}stage-templates/"))["results"]
        assert [stage["name"] for stage in template["stages"]] == ["签约", "开工", "投产"]
        body = {"template": template["id"], "dates": {"签约": "2026-03-20"}}
        ok(post(office, at(town.led, "set-stages/"), body))
        stages = ok(office.get(at(town.led, "milestones/")))["results"]
        planned = {row["text"]: row["due_on"] for row in stages}
        assert (planned["签约"], planned["投产"]) == ("2026-03-20", town.led.due_on.isoformat())
        StageTemplate.objects.update(active=False)
        assert post(office, at(town.led, "set-stages/"), body).status_code == 400
        ok(post(office, at(town.led, "exempt/"), {"reason": "先行先试", "approver": "市委常委会"}))
        (exemption,) = ok(client_of(town.users["liaison"]).get(at(town.led, "exemptions/")))["results"]
        assert (exemption["approver"], exemption["recorded_by"]) == ("市委常委会", str(town.users["office"]))
        assert ok(office.get(at(town.led)))["regime"] == "13710"
        assert ok(post(office, at(town.led, "apply-regime/"), {"regime": "710"}))["regime"] == "710"
        assert post(office, at(town.led, "apply-regime/"), {"regime": "999"}).status_code == 400
        regimes = {row["code"]: row for row in ok(office.get(f"{ROOT}regimes/"))["results"]}
        assert regimes["13710"]["is_default"] and {node["kind"] for node in regimes["13710"]["nodes"]} == {
            "acknowledge",
            "first_report",
            "resolve",
        }

    def test_assigning_under_a_regime_counts_the_deadline(self):
        lead, measure = make_department(), make_draft()
        answer = post(
            client_of(make_user("office")), at(measure, "assign/"), {"lead": lead.code, "regime": "13710"}
        )
        due = timezone.localdate() + timedelta(days=7)
        assert (ok(answer)["due_on"], answer.json()["regime"]) == (due.isoformat(), "13710")
