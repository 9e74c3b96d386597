"""The deadline of an assigned measure moves by one rule, whichever door moves it; a request overtaken by it can be decided."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.urls import reverse

from tests.actions.support import assert_trail
from tests.api.callers import ROOT, client_of
from tests.importing.ledgers import edited, exported
from tests.makers import NOW, TODAY, liaison_of, make_draft, make_measure, make_user
from tracker import actions
from tracker.importing import ImportRefused
from tracker.importing.ledger import apply_ledger, propose_ledger
from tracker.models import ExtensionRequest, Measure
from tracker.rules.lifecycle import Status
from tracker.rules.violations import InvalidInput, WrongState

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=20)
ASKED, MOVED = DUE + timedelta(days=30), DUE + timedelta(days=60)
PENDING = "已有一份延期申请在等待审批。"


def asked(measure):
    return actions.request_extension(
        measure_id=measure.pk,
        actor=liaison_of(measure.lead),
        now=NOW,
        reason="征地未完成",
        proposed_due_on=ASKED,
        progress="已完成一半",
    )


def waiting(state):
    """A measure whose deadline 调整时限 refuses to move, and in which words."""
    measure = make_measure(due_on=DUE)
    if state == "pending":
        asked(measure)
        return measure, PENDING
    if state == Status.CLOSING:
        actions.apply_to_close(measure_id=measure.pk, actor=liaison_of(measure.lead), now=NOW, result="完成")
        return measure, "事项当前为“待审核”，不能调整时限。"
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等批复")
    return measure, "事项当前为“暂缓”，不能调整时限。"


def now_of(measure):
    return Measure.objects.get(pk=measure.pk)


def by_extending(measure):
    with pytest.raises(WrongState) as refused:
        actions.extend(measure_id=measure.pk, actor=None, now=NOW, due_on=MOVED, reason="调整")
    return refused.value.code, refused.value.message


def by_editing(measure):
    with pytest.raises(WrongState) as refused:
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=MOVED, note="调整")
    assert refused.value.field == "due_on"
    return refused.value.code, refused.value.message


def by_patching(measure):
    answer = client_of(make_user("office")).patch(
        f"{ROOT}measures/{measure.pk}/",
        {"due_on": MOVED.isoformat(), "note": "调整"},
        format="json",
        HTTP_IF_MATCH=f'"{now_of(measure).version}"',
    )
    assert answer.status_code == 409, answer.content.decode()
    return answer.json()["code"], answer.json()["detail"]


def by_editing_in_bulk(measure):
    item = {
        "id": measure.pk,
        "action": "edit",
        "version": now_of(measure).version,
        "body": {"due_on": MOVED.isoformat(), "note": "调整"},
    }
    answer = client_of(make_user("office")).post(f"{ROOT}measures/bulk/", {"items": [item]}, format="json")
    (result,) = answer.json()["results"]
    assert result["status"] == 409, result
    return result["problem"]["code"], result["problem"]["detail"]


def by_the_form(measure, client):
    client.force_login(make_user("office"), backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:tracker_measure_step", args=[measure.pk, "edit"])
    shown = client.get(address).context["form"]
    given = {name: shown[name].value() for name in shown.fields}
    typed = {name: value for name, value in given.items() if value not in (None, [], False)}
    answer = client.post(address, {**typed, "due_on": MOVED.isoformat(), "note": "调整"})
    assert answer.status_code == 409, answer.context["form"].errors
    (message,) = answer.context["form"].errors["due_on"]
    return "wrong_state", message


def by_the_ledger(measure):
    changes = propose_ledger(edited(exported(), {("完成时限", 2): MOVED}), actor=None).changes
    assert [change.words["完成时限"] for change in changes] == [(DUE.isoformat(), MOVED.isoformat())]
    with pytest.raises(ImportRefused) as refused:
        apply_ledger(changes, actor=None, now=NOW, name="台账.xlsx")
    (reason,) = refused.value.reasons
    place, message = reason.split("：", 1)
    assert place.startswith("台账!"), "the cell is named"
    return "wrong_state", message


def by_an_import(measure):
    with pytest.raises(WrongState) as refused:
        actions.rearrange(measure_id=measure.pk, actor=None, now=NOW, due_on=MOVED, note="按责任分解表更新")
    return refused.value.code, refused.value.message


DOORS = [by_extending, by_editing, by_patching, by_editing_in_bulk, by_the_form, by_the_ledger, by_an_import]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("state", ["pending", Status.CLOSING, Status.SUSPENDED], ids=str)
def test_no_door_moves_what_another_refuses(door, state, client):
    measure, words = waiting(state)
    before = now_of(measure).version
    try_door = partial(door, client=client) if door is by_the_form else door
    assert try_door(measure) == ("wrong_state", words)
    assert (now_of(measure).due_on, now_of(measure).version) == (DUE, before)


def test_a_day_that_has_passed_is_no_new_deadline_by_any_door():
    measure, yesterday = make_measure(due_on=DUE), TODAY - timedelta(days=1)
    for move in (
        partial(actions.extend, reason="调整"),
        partial(actions.edit, note="调整"),
        partial(actions.rearrange, note="按台账更新"),
    ):
        with pytest.raises(InvalidInput, match="已经过去") as refused:
            move(measure_id=measure.pk, actor=None, now=NOW, due_on=yesterday)
        assert refused.value.field == "due_on"
    assert now_of(measure).due_on == DUE


def test_lifting_the_deadline_waits_for_the_request_too_and_a_standing_measure_may_get_one():
    measure, words = waiting("pending")
    with pytest.raises(WrongState, match=words):
        actions.edit(
            measure_id=measure.pk, actor=None, now=NOW, due_on=None, standing=True, note="改为长期坚持"
        )
    standing = make_measure(due_on=None)
    actions.edit(measure_id=standing.pk, actor=None, now=NOW, due_on=DUE, standing=False, note="定下时限")
    assert now_of(standing).due_on == DUE


def test_a_draft_and_everything_but_the_deadline_may_be_corrected_all_the_same():
    measure, _words = waiting("pending")
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, remark="重点", due_on=DUE)
    draft = make_draft()
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, due_on=TODAY - timedelta(days=1))
    assert (now_of(measure).remark, now_of(draft).due_on) == ("重点", TODAY - timedelta(days=1))


def test_resuming_leaves_the_deadline_to_the_answer_that_is_waited_for():
    measure, _words = waiting("pending")
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等批复")
    with pytest.raises(WrongState, match=PENDING):
        actions.resume(measure_id=measure.pk, actor=None, now=NOW, due_on=MOVED)
    actions.resume(measure_id=measure.pk, actor=None, now=NOW, due_on=DUE)
    actions.approve_extension(measure_id=measure.pk, actor=None, now=NOW)
    assert now_of(measure).due_on == ASKED


class TestOvertaken:
    """A request whose day is no later than the deadline by now, as an earlier release let it happen."""

    @pytest.fixture
    def stuck(self):
        measure, _words = waiting("pending")
        # What that release wrote, behind the back of the rule.
        Measure.objects.filter(pk=measure.pk).update(due_on=MOVED)
        return SimpleNamespace(measure=measure, office=make_user("office"))

    def test_the_decider_is_told_and_gives_a_day_of_his_own(self, stuck):
        with pytest.raises(InvalidInput, match=f"{ASKED}.*不晚于现在的时限（{MOVED}）.*另定时限，或者不同意"):
            actions.approve_extension(measure_id=stuck.measure.pk, actor=stuck.office, now=NOW)
        later = MOVED + timedelta(days=5)
        actions.approve_extension(measure_id=stuck.measure.pk, actor=stuck.office, now=NOW, due_on=later)
        assert now_of(stuck.measure).due_on == later
        assert ExtensionRequest.objects.get().granted_due_on == later

    def test_or_refuses(self, stuck):
        actions.refuse_extension(
            measure_id=stuck.measure.pk, actor=stuck.office, now=NOW, answer="已另行顺延"
        )
        assert (now_of(stuck.measure).due_on, now_of(stuck.measure).extension_pending) == (MOVED, False)

    def test_his_form_says_so_and_proposes_no_day(self, stuck, client):
        client.force_login(stuck.office, backend="django.contrib.auth.backends.ModelBackend")
        address = reverse("admin:tracker_measure_step", args=[stuck.measure.pk, "approve_extension"])
        page = client.get(address)
        assert f"不晚于现在的时限（{MOVED}）" in page.content.decode()
        assert page.context["form"]["due_on"].value() is None

    def test_a_day_that_has_passed_meanwhile_is_told_as_well(self):
        measure, _words = waiting("pending")
        late = NOW + timedelta(days=90)
        with pytest.raises(InvalidInput, match="已经过去，不能照申请同意"):
            actions.approve_extension(measure_id=measure.pk, actor=None, now=late)
        actions.approve_extension(
            measure_id=measure.pk, actor=None, now=late, due_on=late.date() + timedelta(days=9)
        )
        assert_trail(measure)
