"""What 督查室 arranges on a measure beside its reports: named roles, recorded exemptions, urging by hand."""

from datetime import timedelta

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import access, actions
from tracker.models import Exemption, Measure
from tracker.rules.violations import InvalidInput, NotAllowed, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    lead, co = make_department(), make_department()
    measure = make_measure(lead=lead, co=(co,), due_on=TODAY + timedelta(days=60))
    return measure, liaison_of(lead), liaison_of(co)


def send(measure, who, **kw):
    return actions.report(
        **{"measure_id": measure.pk, "actor": who, "now": NOW, "percent": 10, "progress": "推进", **kw}
    )


class TestRolesAndExemption:
    def test_who_is_named_reads_the_measure_and_nothing_else(self):
        chief = make_user("leader")
        measure, other = make_measure(), make_measure()
        actions.set_roles(
            measure_id=measure.pk,
            actor=None,
            now=NOW,
            roles=[actions.Role("链长", user=chief), actions.Role("院长", person="张三")],
        )
        assert set(access.visible_to(chief)) == {measure}
        assert not access.visible_to(chief).filter(pk=other.pk).exists()
        assert access.verbs_for(chief, measure, today=TODAY) == ()
        actions.set_roles(measure_id=measure.pk, actor=None, now=NOW, roles=[])
        assert not access.visible_to(chief).exists()
        assert_trail(measure)

    def test_a_draft_is_not_shown_to_who_is_named_on_it(self):
        chief = make_user("leader")
        draft = make_draft()
        actions.set_roles(measure_id=draft.pk, actor=None, now=NOW, roles=[actions.Role("链长", user=chief)])
        assert not access.visible_to(chief).exists()

    def test_a_role_without_anybody_is_refused(self):
        with pytest.raises(InvalidInput, match="没有写明"):
            actions.set_roles(measure_id=make_measure().pk, actor=None, now=NOW, roles=[actions.Role("链长")])

    def test_an_exemption_names_reason_and_approver(self):
        measure, office = make_measure(), make_user("office")
        actions.exempt(
            measure_id=measure.pk, actor=office, now=NOW, reason="先行先试", approver="容错纠错小组"
        )
        row = Exemption.objects.get()
        assert (row.approver, row.approved_on, row.recorded_by) == ("容错纠错小组", TODAY, office)
        with pytest.raises(InvalidInput, match="批准人"):
            actions.exempt(measure_id=measure.pk, actor=office, now=NOW, reason="x", approver="")
        assert_trail(measure)


class TestUrging:
    def test_by_hand_once_a_day_until_the_department_answers(self, scene):
        measure, liaison, _co = scene
        actions.urge(measure_id=measure.pk, actor=make_user("office"), now=NOW, note="请抓紧")
        assert Measure.objects.get(pk=measure.pk).urged_on == TODAY
        with pytest.raises(WrongState, match="今天已经催办过"):
            actions.urge(measure_id=measure.pk, actor=None, now=NOW)
        with pytest.raises(NotAllowed):
            actions.urge(measure_id=measure.pk, actor=liaison, now=NOW + timedelta(days=1))
        send(measure, liaison)
        assert Measure.objects.get(pk=measure.pk).urged_on is None
        assert_trail(measure)


def test_what_was_withheld_in_an_earlier_life_does_not_come_back_with_a_closed_measure():
    before, after = make_department(), make_department()
    draft = make_draft()
    by = {"measure_id": draft.pk, "actor": None, "now": NOW}
    actions.edit(**by, co=[before], remark="旧备注")
    actions.publish(**by)
    actions.cancel(**by, reason="停")
    actions.reopen(**by, reason="再办")
    lead = make_department()
    due_on = TODAY + timedelta(days=30)
    actions.assign(**by, lead=lead, co=[after], due_on=due_on)
    actions.edit(**by, remark="")
    actions.acknowledge(measure_id=draft.pk, actor=liaison_of(lead), now=NOW)
    actions.apply_to_close(measure_id=draft.pk, actor=liaison_of(lead), now=NOW, result="完成")
    actions.close(**by, grade="good")
    actions.reopen(**by, reason="返工", due_on=due_on)
    draft.refresh_from_db()
    assert (list(draft.co_departments.all()), draft.remark) == ([after], "")
