"""The real report: both printings are one plan, twice changes nothing, a new version keeps what was done."""

from datetime import timedelta

import pytest
from django.apps import apps

from tests.actions.support import assert_trail
from tests.importing.support import OTHER_PRINTING, SHEET, import_report, propose, run_import
from tests.makers import NOW, TODAY, liaison_of, make_user
from tracker import actions
from tracker.importing import Change, ImportRefused, apply_import
from tracker.models import Measure, MeasureEvent, Plan, PlanDocument
from tracker.rules.lifecycle import Status
from tracker.rules.violations import NotAllowed

pytestmark = pytest.mark.django_db


def everything():
    """Every row of every table of the product."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("tracker").get_models()
    }


@pytest.fixture
def make_standing():
    return import_report


@pytest.fixture
def imported(standing_rows):
    return standing_rows


def numbered(plan, number):
    return plan.measures.get(number=number, in_text=True)


def test_the_report_becomes_22_assigned_measures(imported, report):
    assert [s.measures.count() for s in imported.sections.order_by("number")] == [4, 3, 3, 3, 3, 3, 3]
    assert set(imported.measures.values_list("status", flat=True)) == {Status.ASSIGNED}
    measure = numbered(imported, "7.2")
    assert (measure.lead.name, measure.recurrence, measure.recurrence_target) == (
        "市文化广电和旅游局",
        "yearly",
        10,
    )
    assert measure.standing and measure.due_on is None
    rail = numbered(imported, "6.2")
    assert [str(row) for row in rail.indicators.all()] == [
        "中心城区至所有县市到达时间≤1小时",
        "市域全部乡镇覆盖时间≤2小时",
    ]
    for measure in imported.measures.select_related("document"):
        span = measure.document.text[measure.span_start : measure.span_end]
        assert span.startswith(f"{measure.marker}{measure.title}"), measure
    fourth = numbered(imported, "1.4")
    assert report[fourth.span_start - 1] != "\n"  # starts in the middle of a paragraph


def test_departments_are_found_by_alias(imported):
    assert numbered(imported, "2.1").lead == numbered(imported, "2.2").lead  # 市工信局 and 市经信局
    assert numbered(imported, "2.1").lead.name == "市工业和信息化局"


def test_twice_changes_nothing(imported, report):
    before = everything()
    result = run_import(report, sheet=SHEET)
    assert not result.changed
    assert everything() == before


def test_the_other_printing_is_the_same_plan(imported):
    before = everything()
    proposal = propose(OTHER_PRINTING.read_text(encoding="utf-8"), sheet=SHEET)
    assert (proposal.plan, proposal.changes_anything) == (imported, False)
    assert not run_import(OTHER_PRINTING.read_text(encoding="utf-8"), sheet=SHEET).changed
    assert everything() == before


def test_a_proposal_writes_nothing(departments, report):
    before = everything()
    proposal = propose(report, sheet=SHEET)
    assert proposal.count(Change.ADDED) == 22
    assert everything() == before


def test_a_reworded_measure_keeps_its_progress_and_deadline(imported, report):
    measure = numbered(imported, "5.3")
    liaison = liaison_of(measure.lead)
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
    actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=60, progress="过半")
    actions.edit(
        measure_id=measure.pk, actor=None, now=NOW, due_on=measure.due_on + timedelta(days=9), note="批示"
    )
    others = Measure.objects.exclude(pk=measure.pk).order_by("pk")
    untouched = list(others.values())
    changed = report.replace("洛阳邻里中心做法", "洛阳邻里中心经验做法")
    result = run_import(changed, sheet=SHEET)
    assert (result.reworded, result.added, result.removed) == (1, 0, 0)
    after = Measure.objects.get(pk=measure.pk)
    assert "经验做法" in after.text
    assert (after.percent, after.status) == (60, Status.IN_PROGRESS)
    assert after.due_on == measure.due_on + timedelta(days=9)
    assert after.document.version == 2
    assert after.document.text[after.span_start : after.span_end].startswith("三是提升运管水平")
    assert list(others.values()) == untouched
    assert after.events.last().changes["text"] == [measure.text, after.text]


def test_an_inserted_measure_renumbers_and_a_removed_one_is_cancelled(imported, report):
    second = "二是能力破题。"
    inserted = report.replace(second, f"二是制度先行。完善考察学习成果转化的各项制度。\n{second}")
    inserted = inserted.replace("三是作风破局。", "四是作风破局。").replace(
        "四是导向破茧。", "五是导向破茧。"
    )
    inserted = inserted.replace("\n二是能力破题。", "\n三是能力破题。")
    removed_line = next(line for line in report.splitlines() if line.startswith("三是发展壮大枢纽经济"))
    inserted = inserted.replace(removed_line + "\n", "")
    proposal = propose(inserted)
    assert {(item.change, item.number) for item in proposal.measures if item.change != Change.UNCHANGED} == {
        (Change.ADDED, "1.2"),
        (Change.MOVED, "1.3"),
        (Change.MOVED, "1.4"),
        (Change.MOVED, "1.5"),
        (Change.REMOVED, "6.3"),
    }
    pks = {measure.title: measure.pk for measure in imported.measures.all()}
    run_import(inserted)
    assert numbered(imported, "1.3").pk == pks["能力破题"]
    assert numbered(imported, "1.2").status == Status.DRAFT
    gone = Measure.objects.get(pk=pks["发展壮大枢纽经济"])
    assert (gone.status, gone.in_text) == (Status.CANCELLED, False)
    assert "已无此项" in gone.events.last().note
    titles = [m.title for m in imported.measures.filter(in_text=True).order_by("position")]
    assert titles[:5] == ["思想破冰", "制度先行", "能力破题", "作风破局", "导向破茧"]
    before = everything()
    assert not run_import(inserted).changed
    assert everything() == before


def test_a_closed_measure_that_leaves_the_text_stays_closed(imported, report):
    measure = numbered(imported, "6.3")
    liaison = liaison_of(measure.lead)
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
    actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="good", note="按会议要求")
    line = next(line for line in report.splitlines() if line.startswith("三是发展壮大枢纽经济"))
    run_import(report.replace(line + "\n", ""))
    measure.refresh_from_db()
    assert (measure.status, measure.in_text) == (Status.CLOSED, False)


def test_sections_that_change_places_keep_their_measures(imported, report):
    head, action = report.split("（一）“四个极限”谋跨越\n")
    first, rest = action.split("（二）兴工强市筑根基\n")
    second, rest = rest.split("（三）项目招商增动能\n")
    swapped = (
        f"{head}（一）兴工强市筑根基\n{second}（二）“四个极限”谋跨越\n{first}（三）项目招商增动能\n{rest}"
    )
    pks = {measure.title: measure.pk for measure in imported.measures.all()}
    result = run_import(swapped)
    assert (result.added, result.removed, result.reworded, result.moved) == (0, 0, 0, 7)
    moved = Measure.objects.get(pk=pks["做强产业链"])
    assert (moved.number, moved.section.title, moved.section.number) == ("1.1", "兴工强市筑根基", 1)
    assert not run_import(swapped).changed


def test_what_people_decided_since_survives_the_same_sheet(imported, report):
    measure = numbered(imported, "1.1")
    later = measure.due_on + timedelta(days=30)
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=later, note="市领导批示延长")
    assert not run_import(report, sheet=SHEET).changed
    measure.refresh_from_db()
    assert measure.due_on == later


def test_exactly_the_edited_cells_are_written(imported, report, edited_sheet):
    # Row 2 is 1.1: C lead, D co, G deadline.
    sheet = edited_sheet({"C2": "市委组织部", "D2": "市委宣传部、市委办", "G2": "+60天"})
    before = numbered(imported, "1.1")
    proposal = propose(report, sheet=sheet)
    (item,) = [item for item in proposal.measures if item.decided]
    assert (item.number, set(item.decided)) == ("1.1", {"lead", "co", "due_on"})
    run_import(report, sheet=sheet)
    after = numbered(imported, "1.1")
    assert after.lead.name == "市委组织部"
    assert {d.name for d in after.co_departments.all()} == {"市委宣传部", "市委办公室"}
    assert (after.due_on, after.original_due_on) == (TODAY + timedelta(days=60), before.due_on)
    # Another lead is a transfer, the rest a correction.
    assert (after.cadence, after.version) == (before.cadence, before.version + 2)
    assert [event.verb for event in after.events.all()][-2:] == ["transfer", "edit"]
    assert not run_import(report, sheet=sheet).changed


def test_working_days_into_a_year_not_announced_are_named_as_estimates(departments, report, edited_sheet):
    proposal = propose(report, sheet=edited_sheet({"G2": "+2000工作日", "G3": "2034年底"}))
    [note] = [warning for warning in proposal.warnings if "暂估" in warning]
    assert "!G2：“+2000工作日”推算为203" in note and "年放假安排尚未录入，为暂估。" in note


def test_a_closed_measure_ignores_the_sheet_and_says_so(imported, report, edited_sheet):
    measure = numbered(imported, "1.1")
    liaison = liaison_of(measure.lead)
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
    actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="good", note="按会议要求")
    proposal = propose(report, sheet=edited_sheet({"G2": "+60天"}))
    assert not proposal.changes_anything
    assert "1.1 思想破冰：已办结，责任和时限的改动不再写入。" in proposal.warnings


def test_measures_missing_in_the_sheet_stay_drafts(departments, report, edited_sheet):
    proposal = propose(report, sheet=edited_sheet(delete_rows=(3, 5)))
    assert "责任分解表未列出 1.2、1.4，这些事项保持拟办。" in proposal.warnings
    plan = run_import(report, sheet=edited_sheet(delete_rows=(3, 5))).plan
    drafts = plan.measures.filter(status=Status.DRAFT).values_list("number", flat=True)
    assert sorted(drafts) == ["1.2", "1.4"]
    run_import(report, sheet=SHEET)
    assert not plan.measures.filter(status=Status.DRAFT).exists()


def test_a_new_start_moves_relative_deadlines(imported, report):
    start = imported.starts_on + timedelta(days=10)
    before = {m.pk: m.due_on for m in imported.measures.filter(number__in=["1.1", "2.1"])}
    run_import(report, sheet=SHEET, starts_on=start)
    after = {m.pk: m.due_on for m in imported.measures.filter(pk__in=before)}
    moved = {pk: (after[pk] - due).days for pk, due in before.items()}
    assert sorted(moved.values()) == [0, 10]
    imported.refresh_from_db()
    assert imported.starts_on == start


def test_as_a_new_plan(imported, report):
    other = run_import(report, as_new=True, title="另一方案").plan
    assert other != imported
    assert Plan.objects.count() == 2
    assert PlanDocument.objects.count() == 2


def test_somebody_else_in_between_stops_the_import_whole(imported, report):
    changed = report.replace("洛阳邻里中心做法", "洛阳邻里中心经验做法").replace("“宛味十足”", "宛味十足")
    proposal = propose(changed)
    assert proposal.count(Change.REWORDED) == 2
    actions.edit(measure_id=numbered(imported, "5.3").pk, actor=None, now=NOW, remark="同时修改")
    before = everything()
    with pytest.raises(ImportRefused, match=r"5\.3 提升运管水平：事项已被他人更新"):
        apply_import(proposal, actor=None, now=NOW)
    assert everything() == before


def test_only_the_office_imports(departments, report):
    with pytest.raises(NotAllowed):
        run_import(report, sheet=SHEET, actor=make_user("liaison"))
    assert not Plan.objects.exists()
    office = make_user("office")
    plan = run_import(report, sheet=SHEET, actor=office).plan
    assert set(MeasureEvent.objects.filter(measure__plan=plan).values_list("actor", flat=True)) == {office.pk}


def test_words_that_the_office_edited_survive_the_same_document(imported, report):
    measure = numbered(imported, "5.3")
    actions.edit(
        measure_id=measure.pk,
        actor=None,
        now=NOW,
        title="提升城市运管水平",
        text="三是提升城市运管水平。要实。",
    )
    assert not run_import(report, sheet=SHEET).changed
    run_import(report.replace("洛阳邻里中心做法", "洛阳邻里中心经验做法"))
    measure.refresh_from_db()
    assert measure.title == "提升城市运管水平"
    assert "经验做法" in measure.text
    run_import(report.replace("三是提升运管水平。", "三是提升运行管理水平。"))
    measure.refresh_from_db()
    assert measure.title == "提升运行管理水平"


def test_the_document_again_without_its_sheet_changes_nothing(imported, report):
    before = everything()
    assert not run_import(report).changed
    assert everything() == before
    changed = report.replace("“宛味十足”", "宛味十足")
    schedule = {m.pk: (m.due_on, m.standing, m.lead_id) for m in imported.measures.all()}
    assert run_import(changed).reworded == 1
    assert {m.pk: (m.due_on, m.standing, m.lead_id) for m in imported.measures.all()} == schedule


def test_a_measure_that_comes_back_has_all_that_was_done(imported, report):
    running, closed = numbered(imported, "6.3"), numbered(imported, "6.2")
    for measure in (running, closed):
        liaison = liaison_of(measure.lead)
        actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
        actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=40, progress="推进")
    actions.apply_to_close(measure_id=closed.pk, actor=liaison_of(closed.lead), now=NOW, result="完成")
    actions.close(measure_id=closed.pk, actor=None, now=NOW, grade="good", note="按会议要求")
    lines = [
        line for line in report.splitlines() if line.startswith(("三是发展壮大枢纽经济", "二是提升内部联通"))
    ]
    run_import(report.replace("".join(f"{line}\n" for line in lines), ""))
    assert not imported.measures.filter(pk__in=[running.pk, closed.pk], in_text=True).exists()
    result = run_import(report)
    assert (result.restored, result.added) == (2, 0)
    assert imported.measures.filter(in_text=True).count() == imported.measures.count() == 22
    back = Measure.objects.get(pk=running.pk)
    assert (back.status, back.percent, back.due_on) == (Status.IN_PROGRESS, 40, running.due_on)
    assert Measure.objects.get(pk=closed.pk).status == Status.CLOSED
    assert_trail(back)
    assert not run_import(report, sheet=SHEET).changed
