"""A measure's steps in words."""

from datetime import timedelta

import pytest

from tests.importing.support import propose, run_import
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import actions
from tracker.importing import apply_import
from tracker.models import Measure
from tracker.reports.timeline import Change, timeline

pytestmark = pytest.mark.django_db


def test_who_did_what_and_what_changed():
    lead, other, office = make_department("甲局"), make_department("乙局"), make_user("office", name="老王")
    measure = make_measure(lead=lead, due_on=TODAY + timedelta(days=20))
    actions.edit(
        measure_id=measure.pk,
        actor=office,
        now=NOW,
        co=[other],
        importance="major",
        due_on=None,
        standing=True,
        note="会议决定",
    )
    entries = timeline(measure, office)
    assert [entry.verb_name for entry in entries] == ["修改", "签收", "交办", "立项"]
    edit, acknowledged, assigned, registered = entries
    assert (edit.who, edit.department, edit.note, edit.moved) == ("老王", "", "会议决定", False)
    assert edit.changes == (
        Change("配合单位", "无", "乙局"),
        Change("重要程度", "一般", "重大"),
        Change("完成时限", "2026年3月30日", "无"),
        Change("长期坚持", "否", "是"),
    )
    assert (acknowledged.department, acknowledged.from_status, acknowledged.to_status) == (
        "甲局",
        "待签收",
        "办理中",
    )
    assert acknowledged.who == str(liaison_of(lead))
    assert Change("牵头单位", "无", "甲局") in assigned.changes
    assert registered.who == "系统（命令行）" and registered.changes == ()
    actions.transfer(measure_id=measure.pk, actor=office, now=NOW, lead=other, reason="职责调整")
    transferred = timeline(measure, office)[0]
    assert (transferred.verb_name, transferred.note, transferred.moved) == ("转办", "职责调整", True)
    assert Change("牵头单位", "甲局", "乙局") in transferred.changes
    assert Change("配合单位", "乙局", "无") in transferred.changes


def test_a_department_reads_which_days_its_assignment_set_and_nothing_of_the_draft():
    lead, co, meant = make_department("甲局"), make_department("乙局"), make_department("丙局")
    draft = make_draft()
    by = {"measure_id": draft.pk, "actor": None, "now": NOW}
    # Meant already in the draft: the assignment itself does not change it.
    actions.edit(**by, due_on=TODAY + timedelta(days=20), lead=meant, remark="拟由丙局办")
    actions.assign(**by, lead=lead, co=[co])
    for user in (liaison_of(lead), liaison_of(co)):
        [assigned] = [entry for entry in timeline(draft, user) if entry.verb == "assign"]
        assert assigned.changes == (
            Change("完成时限", "无", "2026年3月30日"),
            Change("督办节点", "无", "签收安排 2026-03-10；首次反馈 2026-03-13；定期报告 2026-03-25"),
        )
    # Given back and on to another: what the first was given is not the second's.
    actions.object_to_assignment(measure_id=draft.pk, actor=liaison_of(lead), now=NOW, reason="非职责")
    actions.uphold_objection(**by)
    actions.assign(**by, lead=meant, co=[], due_on=None, standing=True, cadence="weekly")
    second, first = [entry for entry in timeline(draft, liaison_of(meant)) if entry.verb == "assign"]
    assert first.changes == ()
    assert second.changes[:2] == (Change("长期坚持", "无", "是"), Change("报送周期", "无", "每周"))


def test_as_many_queries_however_long(django_assert_num_queries):
    measure = make_measure()
    liaison = liaison_of(measure.lead)
    for percent in range(10, 60, 10):
        actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=percent, progress="推进")
    office = make_user("office")
    with django_assert_num_queries(3):
        assert len(timeline(measure, office)) == 8
    with django_assert_num_queries(3):
        assert len(timeline(measure, liaison)) == 7


def test_what_a_document_says_of_a_new_measure_reads_as_part_of_its_registration():
    make_department("市财政局")
    text = "重点任务\n一、产业\n1.抓链条。做强链条。（市财政局牵头，2030年6月底前完成）\n"
    run_import(text, name="任务.txt")
    measure = Measure.objects.get()
    office = make_user("office")
    assert [(entry.verb_name, entry.note) for entry in timeline(measure, office)] == [
        ("立项时填写", "按《任务.txt》"),
        ("立项", ""),
    ]
    later = text.replace("6月底", "9月底")
    apply_import(propose(later, name="任务.txt"), actor=None, now=NOW + timedelta(minutes=1))
    assert [(entry.verb_name, entry.note) for entry in timeline(measure, office)][:2] == [
        ("修改", "按《任务.txt》更新"),
        ("更新原文", "按《任务.txt》第2版更新"),
    ]
