"""Leads, co-departments and deadlines that the plan itself states fill drafts; people confirm; nothing is created."""

from datetime import date, timedelta

import pytest

from tests.actions.support import assert_trail
from tests.importing.support import propose, run_import
from tests.makers import NOW
from tracker import actions
from tracker.importing.departments import DepartmentNames
from tracker.models import Department
from tracker.rules.lifecycle import Status
from tracker.rules.milestones import Milestone

PLAN = """重点工作任务分解
一、产业
（一）抓链条。做强产业链。（牵头单位：市工信局；配合单位：市财政局、市发展改革委；完成时限：2026年9月底前）
（二）抓项目。滚动推进项目。（市发展改革委、住建局分别牵头）
（三）抓梦想。敢想敢干。（牵头单位：市梦想局；完成时限：2026年12月底前）
（四）抓常态。持之以恒。（责任单位：市财政局；完成时限：长期坚持）
"""


@pytest.mark.django_db
def test_what_the_text_states_fills_drafts(departments):
    count = Department.objects.count()
    plan = run_import(PLAN).plan
    by_title = {measure.title: measure for measure in plan.measures.all()}
    assert set(plan.measures.values_list("status", flat=True)) == {Status.DRAFT}
    chain = by_title["抓链条"]
    assert chain.lead.name == "市工业和信息化局"
    assert {d.name for d in chain.co_departments.all()} == {"市财政局", "市发展和改革委员会"}
    assert (chain.due_on, chain.original_due_on) == (date(2026, 9, 30), None)
    project = by_title["抓项目"]
    assert project.lead.name == "市发展和改革委员会"
    assert [d.name for d in project.co_departments.all()] == ["市住房和城乡建设局"]
    dream = by_title["抓梦想"]
    assert (dream.lead, dream.due_on) == (None, date(2026, 12, 31))
    assert by_title["抓常态"].standing
    assert Department.objects.count() == count


@pytest.mark.django_db
def test_what_a_person_must_look_at_is_said(departments):
    warnings = "\n".join(propose(PLAN).warnings)
    assert "抓梦想：原文单位“市梦想局”不在单位名录中" in warnings
    assert "抓项目：原文有2个牵头单位，暂以列首位的“市发展和改革委员会”牵头" in warnings


@pytest.mark.django_db
def test_twice_changes_nothing_and_a_new_date_in_the_text_changes_that_alone(departments):
    plan = run_import(PLAN).plan
    assert not run_import(PLAN).changed
    chain = plan.measures.get(title="抓链条")
    actions.assign(measure_id=chain.pk, actor=None, now=NOW)
    actions.edit(
        measure_id=chain.pk, actor=None, now=NOW, due_on=chain.due_on + timedelta(days=5), note="批示"
    )
    assert not run_import(PLAN).changed
    later = PLAN.replace("2026年9月底前", "2026年11月底前")
    run_import(later)
    chain.refresh_from_db()
    assert (chain.due_on, chain.status) == (date(2026, 11, 30), Status.ASSIGNED)
    assert chain.original_due_on == date(2026, 9, 30)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("市发展和改革委员会", "市发展和改革委员会"),
        ("市发展改革委", "市发展和改革委员会"),
        ("市发改委", "市发展和改革委员会"),
        ("发改委", "市发展和改革委员会"),
        ("交通运输局", "市交通运输局"),
        ("市卫生健康委员会", "市卫生健康委员会"),
        ("市场监督管理局", "市市场监督管理局"),
        ("各县（市、区）人民政府", "各县(市、区)人民政府"),
        ("市人民政府办公室", "市政府办公室"),
        (" 市 财政局", "市财政局"),
        ("市局", None),
        ("市人民医院", None),
        ("局", None),
        ("", None),
    ],
)
def test_names_resolve_by_alias_and_abbreviation(departments, printed, name):
    found = DepartmentNames().find(printed)
    assert (found.name if found else None) == name


CUSTOMARY = {
    "市发展和改革委员会": ("市发展改革委", "市发改委", "发展改革委", "发改委"),
    "市工业和信息化局": ("市工业信息化局", "市工信局", "工信局"),
    "市人力资源和社会保障局": ("市人力资源社会保障局", "市人社局"),
    "市住房和城乡建设局": ("市住房城乡建设局", "市住建局"),
    "市自然资源和规划局": ("市自然资源规划局", "市自规局"),
    "市市场监督管理局": ("市市场监管局", "市场监管局", "市监局"),
    "市国有资产监督管理委员会": ("市国资委", "国资委"),
    "市文化广电和旅游局": ("市文广旅局", "市文旅局"),
    "市卫生健康委员会": ("市卫生健康委", "市卫健委", "卫健委"),
    "市城市管理局": ("市城管局", "城管局"),
    "市应急管理局": ("市应急局",),
    "市医疗保障局": ("市医保局",),
    "市委机构编制委员会办公室": ("市委编办",),
    "市机关事务管理局": ("市机关事务局",),
}


@pytest.mark.django_db
def test_customary_short_names_need_no_alias():
    for number, name in enumerate(CUSTOMARY):
        Department.objects.create(code=f"d{number}", name=name)
    names = DepartmentNames()
    for name, printed in CUSTOMARY.items():
        for short in printed:
            found = names.find(short)
            assert found is not None, short
            assert found.name == name
    # What is short for nobody here stays unknown.
    for stranger in ("市信访局", "市教育局", "市发展局", "市城市更新局", "市工会"):
        assert names.find(stranger) is None


@pytest.mark.django_db
def test_an_ambiguous_short_form_names_nobody():
    for code, name in (("a", "市粮食管理局"), ("b", "市粮食局")):
        Department.objects.create(code=code, name=name)
    names = DepartmentNames()
    assert names.find("市粮食管理局").code == "a"
    assert names.find("粮食局") is None


STAGED = """重点工作任务分解
一、项目
（一）建大桥。2026年6月底前完成选址，9月底前开工建设，2026年12月底前主体完工。（牵头单位：市交通运输局）
（二）抓调度。对重点项目每月调度一次。（牵头单位：市发展改革委；完成时限：2026年12月底前）
（三）抓收尾。做好收尾。（牵头单位：市财政局；完成时限：2026年12月底前）
"""


@pytest.mark.django_db
def test_milestones_and_recurrence_that_the_text_states_are_written(departments):
    plan = run_import(STAGED).plan
    bridge, checks, _last = plan.measures.order_by("position")
    assert [row.due_on for row in bridge.milestones.all()] == [
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 12, 31),
    ]
    assert "选址" in bridge.milestones.first().text
    assert bridge.due_on == date(2026, 12, 31)
    assert (checks.recurrence, checks.recurrence_target) == ("monthly", None)
    assert not run_import(STAGED).changed
    for measure in plan.measures.all():
        assert_trail(measure)


@pytest.mark.django_db
def test_milestones_decided_since_stay_until_the_text_itself_changes_them(departments):
    plan = run_import(STAGED).plan
    bridge = plan.measures.get(title="建大桥")
    decided = Milestone(date(2026, 8, 31), "完成选址")
    actions.edit(measure_id=bridge.pk, actor=None, now=NOW, milestones=[decided], recurrence="weekly")
    assert not run_import(STAGED).changed
    run_import(STAGED.replace("做好收尾", "认真做好收尾"))
    assert [str(row) for row in bridge.milestones.all()] == ["2026-08-31 完成选址"]
    run_import(STAGED.replace("9月底前开工", "10月底前开工"))
    assert [row.due_on for row in bridge.milestones.all()] == [
        date(2026, 6, 30),
        date(2026, 10, 31),
        date(2026, 12, 31),
    ]
    bridge.refresh_from_db()
    assert bridge.recurrence == "weekly"
    assert_trail(bridge)


@pytest.mark.django_db
def test_a_draft_keeps_what_people_decided_when_another_measure_is_reworded(departments):
    plan = run_import(STAGED).plan
    bridge = plan.measures.get(title="建大桥")
    later = bridge.due_on + timedelta(days=10)
    actions.edit(measure_id=bridge.pk, actor=None, now=NOW, due_on=later, note="批示")
    run_import(STAGED.replace("做好收尾", "认真做好收尾"))
    bridge.refresh_from_db()
    assert (bridge.due_on, bridge.status) == (later, Status.DRAFT)


@pytest.mark.django_db
def test_a_sheet_decides_its_columns_and_the_text_its_milestones(departments, edited_sheet):
    sheet = edited_sheet(
        {"A2": "1.1", "B2": None, "C2": "市水利局", "D2": None, "G2": "2026-12-31"},
        delete_rows=range(3, 40),
    )
    plan = run_import(STAGED, sheet=sheet).plan
    bridge = plan.measures.get(title="建大桥")
    assert (bridge.lead.name, bridge.status) == ("市水利局", Status.ASSIGNED)
    assert bridge.milestones.count() == 3
    assert not run_import(STAGED, sheet=sheet).changed
    assert not run_import(STAGED).changed


CHAPTERS = """优化营商环境若干措施
一、提升政务服务
（一）办事提速
1.压减时限。（市政务局牵头）
2.合并环节。（市政务局牵头）
（二）数据多跑
1.归集证照。（市数据局牵头）
2.共享数据。（市数据局牵头）
二、减轻企业负担
（一）减税降费
1.落实减税。（市税务局牵头）
2.清理收费。（市发展改革委牵头）
"""


@pytest.mark.django_db
def test_sections_below_chapters_bear_their_headings(departments):
    plan = run_import(CHAPTERS).plan
    wanted = [
        "一、提升政务服务／（一）办事提速",
        "一、提升政务服务／（二）数据多跑",
        "二、减轻企业负担／（一）减税降费",
    ]
    assert [str(section) for section in plan.sections.order_by("number")] == wanted
    assert not run_import(CHAPTERS).changed
    before = {section.above: section.pk for section in plan.sections.all()}
    run_import(
        CHAPTERS.replace(
            "（一）办事提速\n1.压减时限。（市政务局牵头）\n2.合并环节。（市政务局牵头）\n（二）", "（一）"
        )
    )
    kept = {section.above: section.pk for section in plan.sections.filter(in_text=True)}
    assert kept["二、减轻企业负担"] == before["二、减轻企业负担"]
