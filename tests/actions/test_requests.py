"""What departments ask for: more time, another lead, a published measure; and what becomes of it."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import access, actions
from tracker.models import Claim, ExtensionRequest, Measure, Objection, Regime
from tracker.rules.lifecycle import Status, Verb
from tracker.rules.violations import InvalidInput, NotAllowed, WrongState

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=20)
LATER = DUE + timedelta(days=30)


@pytest.fixture
def led():
    lead = make_department()
    return make_measure(lead=lead, due_on=DUE, acknowledged=True), liaison_of(lead)


def ask(measure, liaison, now=NOW, to=LATER):
    return actions.request_extension(
        measure_id=measure.pk,
        actor=liaison,
        now=now,
        reason="征地未完成",
        proposed_due_on=to,
        progress="已完成一半",
    )


def now_of(measure):
    return Measure.objects.get(pk=measure.pk)


class TestExtension:
    def test_approved_with_the_deciders_own_date(self, led):
        measure, liaison = led
        request = ask(measure, liaison)
        assert now_of(measure).extension_pending and not request.late
        granted = DUE + timedelta(days=10)
        actions.approve_extension(
            measure_id=measure.pk, actor=make_user("office"), now=NOW, due_on=granted, answer="同意部分"
        )
        measure = now_of(measure)
        assert (measure.due_on, measure.original_due_on) == (granted, DUE)
        request.refresh_from_db()
        assert (request.state, request.granted_due_on, request.due_on) == ("approved", granted, DUE)
        assert not measure.extension_pending
        assert_trail(measure)

    def test_without_another_date_the_proposed_one_is_granted(self, led):
        measure, liaison = led
        ask(measure, liaison)
        actions.approve_extension(measure_id=measure.pk, actor=None, now=NOW)
        assert now_of(measure).due_on == LATER

    def test_refused_and_withdrawn_change_no_date_and_leave_the_way_open(self, led):
        measure, liaison = led
        ask(measure, liaison)
        with pytest.raises(InvalidInput, match="不同意的原因"):
            actions.refuse_extension(measure_id=measure.pk, actor=None, now=NOW, answer=" ")
        actions.refuse_extension(measure_id=measure.pk, actor=None, now=NOW, answer="理由不充分")
        ask(measure, liaison)
        actions.withdraw_extension(measure_id=measure.pk, actor=liaison, now=NOW)
        states = list(ExtensionRequest.objects.order_by("id").values_list("state", flat=True))
        assert states == ["refused", "withdrawn"]
        assert now_of(measure).due_on == DUE
        with pytest.raises(WrongState, match="没有待审批"):
            actions.approve_extension(measure_id=measure.pk, actor=None, now=NOW)

    def test_one_at_a_time_and_no_earlier_date(self, led):
        measure, liaison = led
        with pytest.raises(InvalidInput, match="应晚于现在的时限"):
            ask(measure, liaison, to=DUE)
        ask(measure, liaison)
        with pytest.raises(WrongState, match="已有一份"):
            ask(measure, liaison)
        with pytest.raises(IntegrityError), transaction.atomic():
            ExtensionRequest.objects.create(
                measure=measure,
                department=liaison.department,
                requested_at=NOW,
                reason="x",
                due_on=DUE,
                proposed_due_on=LATER,
            )

    @pytest.mark.parametrize(
        ("ahead", "asked", "late"), [(0, 0, False), (0, 1, True), (5, -5, False), (5, -4, True)]
    )
    def test_late_requests_are_taken_and_marked(self, led, ahead, asked, late):
        measure, liaison = led
        own = Regime.objects.create(code="own", name="自定", extension_days_ahead=ahead)
        actions.apply_regime(measure_id=measure.pk, actor=None, now=NOW, regime=own)
        when = NOW + (DUE + timedelta(days=asked) - TODAY)
        assert ask(measure, liaison, now=when).late is late

    def test_a_regime_may_limit_their_number(self, led):
        measure, liaison = led
        own = Regime.objects.create(code="own", name="自定", extension_max=1)
        actions.apply_regime(measure_id=measure.pk, actor=None, now=NOW, regime=own)
        ask(measure, liaison)
        actions.approve_extension(measure_id=measure.pk, actor=None, now=NOW)
        with pytest.raises(InvalidInput, match="最多延期 1 次"):
            ask(measure, liaison, to=LATER + timedelta(days=9))

    def test_the_leader_in_charge_decides_where_the_regime_says_so(self):
        leader = make_user("leader")
        lead = make_department(leader_in_charge=leader)
        measure, liaison = make_measure(lead=lead, due_on=DUE), liaison_of(lead)
        own = Regime.objects.create(code="own", name="自定", extension_decider="leader")
        actions.apply_regime(measure_id=measure.pk, actor=None, now=NOW, regime=own)
        ask(measure, liaison)
        office, stranger = make_user("office"), make_user("leader")
        for nobody in (office, stranger, liaison):
            with pytest.raises(NotAllowed):
                actions.approve_extension(measure_id=measure.pk, actor=nobody, now=NOW)
        assert Verb.APPROVE_EXTENSION in access.verbs_for(leader, now_of(measure), today=TODAY)
        actions.approve_extension(measure_id=measure.pk, actor=leader, now=NOW)
        assert now_of(measure).due_on == LATER

    def test_where_there_is_no_such_leader_the_office_decides(self, led):
        measure, liaison = led
        own = Regime.objects.create(code="own", name="自定", extension_decider="leader")
        actions.apply_regime(measure_id=measure.pk, actor=None, now=NOW, regime=own)
        ask(measure, liaison)
        actions.approve_extension(measure_id=measure.pk, actor=make_user("office"), now=NOW)
        assert now_of(measure).due_on == LATER

    def test_what_nobody_decided_lapses_when_the_measure_is_cancelled(self, led):
        measure, liaison = led
        request = ask(measure, liaison)
        actions.cancel(measure_id=measure.pk, actor=None, now=NOW, reason="重复")
        request.refresh_from_db()
        assert request.state == "lapsed" and not now_of(measure).extension_pending


class TestObjection:
    @pytest.fixture
    def given(self):
        lead = make_department()
        return make_measure(lead=lead, acknowledged=False), liaison_of(lead)

    def test_upheld_the_measure_is_a_draft_again_and_the_department_sees_it_no_more(self, given):
        measure, liaison = given
        row = actions.object_to_assignment(
            measure_id=measure.pk, actor=liaison, now=NOW, reason="非本单位职责"
        )
        with pytest.raises(WrongState, match="异议正在等待"):
            actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
        actions.uphold_objection(measure_id=measure.pk, actor=None, now=NOW, answer="同意")
        row.refresh_from_db()
        assert (now_of(measure).status, row.state, row.answer) == (Status.DRAFT, "approved", "同意")
        assert not access.visible_to(liaison).filter(pk=measure.pk).exists()
        assert not measure.checkpoints.exists()
        assert_trail(measure)

    def test_rejected_it_has_to_be_acknowledged(self, given):
        measure, liaison = given
        actions.object_to_assignment(measure_id=measure.pk, actor=liaison, now=NOW, reason="非本单位职责")
        actions.reject_objection(
            measure_id=measure.pk, actor=None, now=NOW, answer="三定方案明确由你单位负责"
        )
        actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
        assert Objection.objects.get().state == "refused"

    def test_only_within_the_regimes_working_days(self, given):
        measure, liaison = given
        # Assigned on Tuesday 10 March 2026; three working days end on Friday 13.
        friday, saturday = NOW + timedelta(days=3), NOW + timedelta(days=4)
        assert measure.object_until == date(2026, 3, 13)
        for day, offered in ((friday, True), (saturday, False)):
            verbs = access.verbs_for(liaison, now_of(measure), today=day.date())
            assert (Verb.OBJECT in verbs) is offered
        with pytest.raises(WrongState, match="提出异议的期限已过") as refused:
            actions.object_to_assignment(measure_id=measure.pk, actor=liaison, now=saturday, reason="非职责")
        assert refused.value.code == "too_late"
        actions.object_to_assignment(measure_id=measure.pk, actor=liaison, now=friday, reason="非职责")

    def test_transfer_settles_it_and_the_history_stays(self, given):
        measure, liaison = given
        row = actions.object_to_assignment(measure_id=measure.pk, actor=liaison, now=NOW, reason="非职责")
        other = make_department()
        actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=other, reason="职责调整")
        row.refresh_from_db()
        measure = now_of(measure)
        assert (measure.lead, measure.status, row.state) == (other, Status.ASSIGNED, "lapsed")
        assert [event.verb for event in measure.events.all()][-2:] == ["object", "transfer"]
        assert {row.department for row in measure.checkpoints.all()} == {other}
        actions.acknowledge(measure_id=measure.pk, actor=liaison_of(other), now=NOW)
        assert_trail(measure)


def test_transfer_keeps_what_the_former_lead_met_and_moves_a_co_department_up():
    old, new = make_department(), make_department()
    measure = make_measure(lead=old, co=(new,))
    with pytest.raises(InvalidInput, match="已是牵头单位"):
        actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=old, reason="x")
    actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=new, reason="机构改革")
    assert not now_of(measure).co_departments.exists()
    met = measure.checkpoints.filter(done_on__isnull=False)
    assert [(row.kind, row.department) for row in met] == [("acknowledge", old)]
    assert measure.checkpoints.filter(done_on__isnull=True, kind="acknowledge").get().department == new
    assert_trail(measure)


class TestClaims:
    @pytest.fixture
    def posted(self):
        draft = make_draft()
        actions.edit(measure_id=draft.pk, actor=None, now=NOW, due_on=DUE)
        actions.publish(measure_id=draft.pk, actor=None, now=NOW, claim_until=TODAY + timedelta(days=5))
        return now_of(draft)

    def test_every_department_sees_it_and_the_accepted_one_leads(self, posted):
        first, second = liaison_of(make_department()), liaison_of(make_department())
        assert access.visible_to(first).filter(pk=posted.pk).exists()
        one = actions.claim(measure_id=posted.pk, actor=first, now=NOW, reason="有队伍")
        two = actions.claim(measure_id=posted.pk, actor=second, now=NOW, reason="有场地")
        assert list(access.claims_visible_to(first)) == [one]
        with pytest.raises(WrongState, match="已经揭榜"):
            actions.claim(measure_id=posted.pk, actor=first, now=NOW, reason="再来")
        actions.accept_claim(claim_id=two.pk, actor=None, now=NOW)
        measure = now_of(posted)
        assert (measure.lead, measure.status, measure.due_on) == (second.department, Status.ASSIGNED, DUE)
        assert {claim.pk: claim.state for claim in Claim.objects.all()} == {
            one.pk: "lapsed",
            two.pk: "approved",
        }
        assert not access.visible_to(first).filter(pk=posted.pk).exists()
        with pytest.raises(WrongState):
            actions.accept_claim(claim_id=one.pk, actor=None, now=NOW)
        assert measure.checkpoints.filter(kind="acknowledge").exists()
        assert_trail(measure)

    def test_declined_withdrawn_and_after_its_day(self, posted):
        liaison = liaison_of(make_department())
        row = actions.claim(measure_id=posted.pk, actor=liaison, now=NOW, reason="有队伍")
        actions.decline_claim(claim_id=row.pk, actor=None, now=NOW, answer="条件不足")
        again = actions.claim(measure_id=posted.pk, actor=liaison, now=NOW, reason="已补充")
        with pytest.raises(NotAllowed):
            actions.withdraw_claim(claim_id=again.pk, actor=liaison_of(make_department()), now=NOW)
        actions.withdraw_claim(claim_id=again.pk, actor=liaison, now=NOW)
        with pytest.raises(WrongState, match="截止"):
            actions.claim(measure_id=posted.pk, actor=liaison, now=NOW + timedelta(days=6), reason="迟了")
        actions.unpublish(measure_id=posted.pk, actor=None, now=NOW)
        assert now_of(posted).status == Status.DRAFT
        assert_trail(posted)

    def test_who_has_no_department_claims_nothing(self, posted):
        for user in (make_user("leader"), make_user("head"), make_user("office")):
            with pytest.raises(NotAllowed):
                actions.claim(measure_id=posted.pk, actor=user, now=NOW, reason="x")


def test_the_first_deadline_is_never_overwritten(led):
    measure, liaison = led
    for days in (40, 80):
        ask(measure, liaison, to=DUE + timedelta(days=days))
        actions.approve_extension(measure_id=measure.pk, actor=None, now=NOW)
    actions.extend(measure_id=measure.pk, actor=None, now=NOW, due_on=date(2026, 12, 31), reason="统一调整")
    measure = now_of(measure)
    assert (measure.original_due_on, measure.due_on) == (DUE, date(2026, 12, 31))


class TestNoDeadEnds:
    """Whatever is pending or waiting when a measure's course changes, a way leads on."""

    def test_a_measure_suspended_before_it_was_acknowledged_waits_for_that_again(self):
        lead = make_department()
        measure = make_measure(lead=lead, acknowledged=False)
        liaison = liaison_of(lead)
        actions.object_to_assignment(measure_id=measure.pk, actor=liaison, now=NOW, reason="非职责")
        actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等批复")
        actions.resume(measure_id=measure.pk, actor=None, now=NOW)
        assert now_of(measure).status == Status.ASSIGNED
        actions.reject_objection(measure_id=measure.pk, actor=None, now=NOW, answer="属你单位")
        actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)

    @pytest.mark.parametrize("step", [actions.assign, partial(actions.transfer, reason="职责调整")])
    def test_a_new_lead_is_not_held_by_the_former_ones_objection(self, step):
        lead, other = make_department(), make_department()
        measure = make_measure(lead=lead, acknowledged=False)
        actions.object_to_assignment(measure_id=measure.pk, actor=liaison_of(lead), now=NOW, reason="非职责")
        step(measure_id=measure.pk, actor=None, now=NOW, lead=other)
        assert Objection.objects.get().state == "lapsed"
        actions.acknowledge(measure_id=measure.pk, actor=liaison_of(other), now=NOW)

    def test_a_draft_that_was_cancelled_is_a_draft_again_and_nobody_else_saw_it(self):
        lead = make_department()
        draft = make_draft()
        actions.edit(measure_id=draft.pk, actor=None, now=NOW, lead=lead, due_on=DUE)
        actions.cancel(measure_id=draft.pk, actor=None, now=NOW, reason="重复")
        assert not access.visible_to(liaison_of(lead)).exists()
        actions.reopen(measure_id=draft.pk, actor=None, now=NOW, reason="仍要办")
        assert now_of(draft).status == Status.DRAFT
        assert_trail(draft)

    @pytest.mark.parametrize(
        ("stop", "go_on"), [(actions.suspend, actions.resume), (actions.cancel, actions.reopen)]
    )
    def test_an_application_is_settled_when_the_measure_stops(self, led, stop, go_on):
        measure, liaison = led
        actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=40, progress="推进")
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        stop(measure_id=measure.pk, actor=None, now=NOW, reason="有变")
        words = {"reason": "继续"} if go_on is actions.reopen else {}
        go_on(measure_id=measure.pk, actor=None, now=NOW, due_on=LATER, **words)
        assert (now_of(measure).percent, now_of(measure).due_on) == (40, LATER)
        closing = measure.reports.get(kind="closing")
        assert closing.state == "withdrawn"
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        actions.send_back(measure_id=measure.pk, actor=None, now=NOW, reason="缺")
        assert now_of(measure).percent == 40
        assert_trail(measure)

    def test_a_leader_who_is_none_any_more_does_not_hold_an_extension(self):
        leader = make_user("leader")
        lead = make_department(leader_in_charge=leader)
        measure, liaison = make_measure(lead=lead, due_on=DUE), liaison_of(lead)
        own = Regime.objects.create(code="own", name="自定", extension_decider="leader")
        actions.apply_regime(measure_id=measure.pk, actor=None, now=NOW, regime=own)
        ask(measure, liaison)
        leader.role = "office"
        leader.save()
        actions.approve_extension(measure_id=measure.pk, actor=make_user("office"), now=NOW)
        assert now_of(measure).due_on == LATER

    def test_the_first_deadline_follows_a_slip_corrected_before_anybody_began(self):
        measure = make_measure(acknowledged=False, due_on=TODAY + timedelta(days=1))
        actions.assign(measure_id=measure.pk, actor=None, now=NOW, due_on=DUE)
        assert now_of(measure).original_due_on == DUE


class TestBetweenTwo:
    """What one department writes to the office is not another's to read."""

    def test_reasons_of_an_objection_stand_in_no_event(self):
        lead, co = make_department(), make_department()
        measure = make_measure(lead=lead, co=(co,), acknowledged=False)
        actions.object_to_assignment(
            measure_id=measure.pk, actor=liaison_of(lead), now=NOW, reason="秘密理由"
        )
        actions.reject_objection(measure_id=measure.pk, actor=None, now=NOW, answer="秘密答复")
        notes = access.events_visible_to(liaison_of(co)).values_list("note", flat=True)
        assert not any("秘密" in note for note in notes)

    def test_a_published_measure_shows_no_past_and_no_rivals(self):
        old = make_department()
        measure = make_measure(lead=old)
        actions.report(measure_id=measure.pk, actor=liaison_of(old), now=NOW, percent=5, progress="旧进展")
        third = make_department()
        actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=third, reason="调整")
        actions.object_to_assignment(measure_id=measure.pk, actor=liaison_of(third), now=NOW, reason="非职责")
        actions.uphold_objection(measure_id=measure.pk, actor=None, now=NOW)
        actions.publish(measure_id=measure.pk, actor=None, now=NOW)
        assert now_of(measure).lead is None
        stranger, rival = liaison_of(make_department()), liaison_of(make_department())
        actions.claim(measure_id=measure.pk, actor=rival, now=NOW, reason="有队伍")
        assert access.visible_to(stranger).filter(pk=measure.pk).exists()
        assert not access.reports_visible_to(stranger).exists()
        assert set(access.events_visible_to(stranger).values_list("verb", flat=True)) == {"publish"}
        assert set(access.events_visible_to(rival).values_list("verb", flat=True)) == {"publish", "claim"}

    def test_a_report_returned_after_reopening_falls_back_to_what_was_reported(self, led):
        measure, liaison = led
        actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=40, progress="推进")
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="good")
        actions.reopen(measure_id=measure.pk, actor=None, now=NOW, reason="返工", due_on=LATER)
        last = actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=50, progress="返工")
        actions.return_report(report_id=last.pk, actor=None, now=NOW, reason="不实")
        assert now_of(measure).percent == 40
        assert_trail(measure)
