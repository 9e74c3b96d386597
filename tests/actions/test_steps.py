"""Each step of a measure's life: what it changes, what it refuses, and the event it leaves."""

from datetime import timedelta

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import access, actions
from tracker.models import AppendOnly, Measure, MeasureEvent
from tracker.reports.office_day import office_day
from tracker.reports.todo import TODO
from tracker.rules.lifecycle import Status
from tracker.rules.targets import parse_indicators
from tracker.rules.violations import InvalidInput, NotAllowed, Outdated, WrongState

pytestmark = pytest.mark.django_db


def test_the_whole_way_from_draft_to_closed():
    lead, co, office = make_department(), make_department(), make_user("office")
    liaison = liaison_of(lead)
    measure = make_draft()
    due = TODAY + timedelta(days=30)
    actions.assign(
        measure_id=measure.pk,
        actor=office,
        now=NOW,
        lead=lead,
        co=[co],
        due_on=due,
        indicators=parse_indicators("通达时间≤1小时"),
    )
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
    actions.report(
        measure_id=measure.pk, actor=liaison, now=NOW, percent=40, progress=" 已开工 ", problems="缺地"
    )
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="已完成")
    actions.send_back(measure_id=measure.pk, actor=office, now=NOW, reason="缺佐证材料")
    measure.refresh_from_db()
    assert (measure.status, measure.percent, measure.applied_on) == (Status.IN_PROGRESS, 40, None)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="已补齐")
    note = "通达时间待复测"
    actions.close(measure_id=measure.pk, actor=office, now=NOW, grade="good", note=note)
    measure.refresh_from_db()
    assert (measure.status, measure.percent, measure.grade) == (Status.CLOSED, 100, "good")
    assert measure.closed_on == TODAY
    assert measure.original_due_on == measure.due_on == due
    assert measure.starts_on == TODAY
    verbs = list(measure.events.order_by("version").values_list("verb", flat=True))
    assert verbs == [
        "register", "assign", "acknowledge", "report", "apply_to_close", "return", "apply_to_close", "close"
    ]  # fmt: skip
    assert [report.percent for report in measure.reports.order_by("id")] == [40, 100, 100]
    assert measure.reports.order_by("id")[0].progress == "已开工"
    assert measure.events.get(verb="report").department == lead
    assert measure.events.get(verb="assign").changes["indicators"] == [[], ["通达时间≤1小时"]]
    assert_trail(measure)


def test_a_refused_step_leaves_nothing_behind():
    measure = make_measure(percent=50)
    liaison = liaison_of(measure.lead)
    before = (
        Measure.objects.values().get(pk=measure.pk),
        MeasureEvent.objects.count(),
        measure.reports.count(),
    )
    refused = [
        (
            InvalidInput,
            lambda: actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=49, progress="x"),
        ),
        (
            InvalidInput,
            lambda: actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=101, progress="x"),
        ),
        (
            InvalidInput,
            lambda: actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=60, progress="  "),
        ),
        (
            InvalidInput,
            lambda: actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="\n"),
        ),
        (WrongState, lambda: actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)),
        (NotAllowed, lambda: actions.close(measure_id=measure.pk, actor=liaison, now=NOW, grade="good")),
        (WrongState, lambda: actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="good")),
        (InvalidInput, lambda: actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="best")),
        *(
            (
                InvalidInput,
                lambda blank=blank: actions.cancel(measure_id=measure.pk, actor=None, now=NOW, reason=blank),
            )
            for blank in (
                " ",
                "\u200b",
                "\u2060 \ufeff",
                "\u3164",
                "\u2800\ufe0f",
                "\u115f\uffa0\u3000",
                "\ufffc",
                "\U0001d159 \u303f",
                "\U00013441",
            )
        ),
        (
            InvalidInput,
            lambda: actions.edit(
                measure_id=measure.pk, actor=None, now=NOW, due_on=TODAY - timedelta(days=99), note="批示"
            ),
        ),
        (
            InvalidInput,
            lambda: actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=None, note="批示"),
        ),
        (
            InvalidInput,
            lambda: actions.edit(measure_id=measure.pk, actor=None, now=NOW, standing=True, note="批示"),
        ),
        (InvalidInput, lambda: actions.edit(measure_id=measure.pk, actor=None, now=NOW, co=[measure.lead])),
        (InvalidInput, lambda: actions.edit(measure_id=measure.pk, actor=None, now=NOW, title=" ")),
        (InvalidInput, lambda: actions.acknowledge(measure_id=999_999, actor=liaison, now=NOW)),
        (
            Outdated,
            lambda: actions.edit(measure_id=measure.pk, actor=None, now=NOW, remark="x", expected_version=1),
        ),
    ]
    for error, step in refused:
        with pytest.raises(error) as caught:
            step()
        assert caught.value.message.endswith("。")
    after = (
        Measure.objects.values().get(pk=measure.pk),
        MeasureEvent.objects.count(),
        measure.reports.count(),
    )
    assert after == before


def test_progress_falls_only_with_a_reason():
    measure = make_measure(percent=50)
    liaison = liaison_of(measure.lead)
    report = actions.report(
        measure_id=measure.pk, actor=liaison, now=NOW, percent=30, progress="复核", lowering_reason="上次多报"
    )
    measure.refresh_from_db()
    assert (measure.percent, report.lowering_reason) == (30, "上次多报")


def test_the_original_deadline_is_never_overwritten():
    measure = make_measure()
    first = measure.due_on
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=first + timedelta(days=60), note="批示")
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, remark="市领导批示", note="会议议定")
    measure.refresh_from_db()
    assert (measure.remark, measure.events.last().note) == ("市领导批示", "会议议定")
    assert (measure.original_due_on, measure.due_on) == (first, first + timedelta(days=60))
    assert_trail(measure)


def test_another_deadline_of_what_is_assigned_needs_its_reason():
    measure, waiting, draft = make_measure(), make_measure(acknowledged=False), make_draft()
    later = {"due_on": TODAY + timedelta(days=60)}
    for changed in (later, {"due_on": None, "standing": True}):
        for row in (measure, waiting):
            for note in ("", " "):
                with pytest.raises(InvalidInput, match="原因") as refused:
                    actions.edit(measure_id=row.pk, actor=None, now=NOW, note=note, remark="顺带", **changed)
                assert refused.value.field == "note"
            stored = Measure.objects.get(pk=row.pk)
            assert (stored.version, stored.due_on, stored.remark) == (row.version, row.due_on, "")
    # Before it is assigned nobody has been told a date.
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, **later)
    assert Measure.objects.get(pk=draft.pk).due_on == later["due_on"]


def test_assigning_needs_a_lead_and_a_deadline_or_standing():
    measure = make_draft()
    lead = make_department()
    with pytest.raises(InvalidInput, match="必须指定牵头单位"):
        actions.assign(measure_id=measure.pk, actor=None, now=NOW, due_on=TODAY)
    with pytest.raises(InvalidInput, match="必须给出完成时限"):
        actions.assign(measure_id=measure.pk, actor=None, now=NOW, lead=lead)
    actions.assign(measure_id=measure.pk, actor=None, now=NOW, lead=lead, standing=True)
    measure.refresh_from_db()
    assert (measure.status, measure.due_on, measure.original_due_on) == (Status.ASSIGNED, None, None)


def test_an_edit_that_changes_nothing_writes_nothing():
    measure = make_measure()
    actions.edit(
        measure_id=measure.pk, actor=None, now=NOW + timedelta(hours=1), due_on=measure.due_on, co=[]
    )
    again = Measure.objects.get(pk=measure.pk)
    assert (again.version, again.updated_at) == (measure.version, measure.updated_at)


def test_a_draft_given_up_is_a_draft_again_and_a_closed_one_runs_again():
    draft = make_draft()
    actions.cancel(measure_id=draft.pk, actor=None, now=NOW, reason="重复")
    actions.reopen(measure_id=draft.pk, actor=None, now=NOW, reason="误撤")
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    measure = make_measure(percent=35)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison_of(measure.lead), now=NOW, result="完成")
    actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="pass")
    actions.reopen(measure_id=measure.pk, actor=None, now=NOW, reason="群众反映反弹")
    measure.refresh_from_db()
    assert (measure.status, measure.percent, measure.grade, measure.closed_on) == (
        Status.IN_PROGRESS,
        35,
        "",
        None,
    )
    assert_trail(measure)


def test_suspending_and_resuming():
    measure = make_measure()
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等待上级批复")
    with pytest.raises(WrongState):
        actions.report(
            measure_id=measure.pk, actor=liaison_of(measure.lead), now=NOW, percent=1, progress="x"
        )
    actions.resume(measure_id=measure.pk, actor=None, now=NOW)
    assert_trail(measure)


@pytest.mark.parametrize(
    ("stop", "resume"), [(actions.suspend, actions.resume), (actions.cancel, actions.reopen)]
)
def test_an_application_withdrawn_by_the_office_is_not_returned(stop, resume):
    measure = make_measure(percent=35)
    liaison, day = liaison_of(measure.lead), office_day(TODAY)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
    stop(measure_id=measure.pk, actor=None, now=NOW, reason="等待批复")
    (application,) = measure.reports.filter(kind="closing")
    assert (application.state, application.get_state_display()) == ("withdrawn", "已撤回")
    assert "等待批复" in application.review_note
    resume(
        measure_id=measure.pk, actor=None, now=NOW, **({} if resume is actions.resume else {"reason": "再办"})
    )
    measure.refresh_from_db()
    assert (measure.status, measure.percent) == (Status.IN_PROGRESS, 35)
    assert not TODO["returned"].find(access.visible_to(liaison), liaison, day).exists()
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
    actions.send_back(measure_id=measure.pk, actor=None, now=NOW, reason="缺材料")
    assert TODO["returned"].find(access.visible_to(liaison), liaison, day).get() == measure
    assert_trail(measure)


def test_events_can_be_neither_changed_nor_deleted():
    event = make_measure().events.first()
    event.note = "改"
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        event.delete()
    with pytest.raises(AppendOnly):
        MeasureEvent.objects.all().update(note="改")
    with pytest.raises(AppendOnly):
        MeasureEvent.objects.all().delete()


def test_unknown_fields_are_a_programming_error():
    measure = make_measure()
    with pytest.raises(TypeError, match="status"):
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, status="closed")


def test_a_deadline_already_past_can_be_assigned():
    measure = make_draft()
    past = TODAY - timedelta(days=40)
    actions.assign(measure_id=measure.pk, actor=None, now=NOW, lead=make_department(), due_on=past)
    measure.refresh_from_db()
    assert (measure.starts_on, measure.due_on) == (past, past)
