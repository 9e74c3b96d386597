"""Units that nobody knows are proposed, never made by themselves; 督查室 alone says what they are, and the rows then resolve."""

from dataclasses import replace

import pytest

from tests.importing.support import propose, run_import
from tests.makers import make_department, make_user
from tracker.importing.departments import DepartmentNames
from tracker.importing.units import (
    NewUnit,
    UnknownUnit,
    add_alias,
    create_unit,
    create_units,
    guess_kind,
    propose_units,
    suggest_code,
    unknown_units,
)
from tracker.models import Department, DepartmentAlias
from tracker.rules.violations import InvalidInput, NotAllowed

PLAN = """重点任务
一、产业
（一）抓梦想。敢想敢干。（牵头单位：市梦想局；配合单位：市财政局、重庆银行分行；完成时限：2026年12月底前）
（二）抓就业。扩大就业。（梦想局、市人社局分别牵头，2026年底前完成）
"""


@pytest.mark.django_db
def test_each_unknown_name_is_proposed_once_with_its_measures(departments):
    count = Department.objects.count()
    proposal = propose(PLAN)
    assert proposal.unknown == (
        UnknownUnit("市梦想局", ("1.1", "1.2")),
        UnknownUnit("重庆银行分行", ("1.1",)),
    )
    dream, bank = propose_units(proposal.unknown)
    assert (dream.code, dream.kind) == ("mengxiang", "department")
    assert (bank.code, bank.kind) == ("chongqingyinhang", "enterprise")
    assert "银行" in bank.kind_reason
    assert Department.objects.count() == count


@pytest.mark.django_db
def test_the_second_in_line_does_not_slip_into_an_unknown_lead_s_place(departments):
    by_number = {item.number: item for item in propose(PLAN).measures}
    values = by_number["1.2"].assignment.values
    assert "lead" not in values
    assert [department.name for department in values["co"]] == ["市人力资源和社会保障局"]


@pytest.mark.django_db
def test_once_it_is_made_every_spelling_resolves(departments):
    office = make_user("office")
    (dream, bank) = propose(PLAN).unknown
    create_unit(actor=office, printed=dream.name, name="市梦想局", code="mengxiang", kind="department")
    create_unit(actor=office, printed=bank.name, name="重庆银行本市分行", code="cqbank", kind="enterprise")
    assert propose(PLAN).unknown == ()
    first, second = run_import(PLAN).plan.measures.order_by("position")
    assert (first.lead.name, second.lead.name) == ("市梦想局", "市梦想局")
    assert {d.code for d in first.co_departments.all()} == {"caizheng", "cqbank"}
    assert DepartmentNames().find("重庆银行分行").code == "cqbank"


@pytest.mark.django_db
def test_or_it_is_another_name_of_one_that_is_known(departments):
    finance = Department.objects.get(code="caizheng")
    add_alias(actor=make_user("office"), printed="市梦想局", department=finance)
    by_number = {item.number: item for item in propose(PLAN).measures}
    assert by_number["1.1"].assignment.values["lead"] == finance
    assert [unit.name for unit in propose(PLAN).unknown] == ["重庆银行分行"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["县住建局", "卧龙区住房和城乡建设局", "省住房城乡建设厅", "城关镇住建局", "国家住建局"]
)
def test_a_unit_of_another_level_is_never_offered_as_the_city_s(departments, name):
    [proposed] = propose_units([UnknownUnit(name, ("1.1",))])
    assert (proposed.alike, proposed.nearly_the_same) == (None, False)


@pytest.mark.django_db
def test_only_what_is_nearly_the_same_is_filled_in():
    make_department("市住房和城乡建设局")
    make_department("桥东区教育局")
    near, far, place = propose_units(
        [
            UnknownUnit(name, ("1.1",))
            for name in ("市住房和城乡建设管理局", "市城乡建设投资局", "桥西区教育局")
        ]
    )
    assert (near.alike.name, near.nearly_the_same) == ("市住房和城乡建设局", True)
    assert not far.nearly_the_same
    assert place.alike is None


@pytest.mark.django_db
def test_several_are_made_all_or_none():
    office = make_user("office")
    make_department("甲局", code="taken")
    wanted = [
        NewUnit("县住建局", "县住建局", "zhujian", "department"),
        NewUnit("县商务局", "县商务局", "taken", "department"),
    ]
    with pytest.raises(InvalidInput, match="没有新建任何单位。“县商务局”："):
        create_units(actor=office, units=wanted)
    assert Department.objects.count() == 1
    made = create_units(actor=office, units=[wanted[0], replace(wanted[1], code="shangwu")])
    assert [unit.name for unit in made] == ["县住建局", "县商务局"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["liaison", "head", "leader", "none"])
def test_nobody_else_keeps_the_register(role):
    department, user = make_department("甲局"), make_user(role)
    before = (Department.objects.count(), DepartmentAlias.objects.count())
    with pytest.raises(NotAllowed):
        create_unit(actor=user, printed="新局", name="新局", code="new", kind="department")
    with pytest.raises(NotAllowed):
        add_alias(actor=user, printed="新局", department=department)
    assert (Department.objects.count(), DepartmentAlias.objects.count()) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": " "}, "必须填写单位名称"),
        ({"name": "甲局"}, "已是“甲局”的名称或别名"),
        ({"name": "甲 字 局"}, "已是“甲局”的名称或别名"),
        ({"name": "旧局"}, "已停用"),
        ({"name": "新\u202e局"}, "控制字符"),
        ({"name": "长" * 81}, "80"),
        ({"code": "d 1"}, "代码|字母"),
        ({"code": ""}, "必填|不能为空|此字段"),
        ({"code": "taken"}, "已存在|代码"),
        ({"kind": "王国"}, "王国"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_made(given, words):
    make_department("甲局", aliases=("甲字局",), code="taken")
    make_department("旧局", active=False)
    before = (Department.objects.count(), DepartmentAlias.objects.count())
    wanted = {"printed": "新局", "name": "新局", "code": "new", "kind": "department", **given}
    with pytest.raises(InvalidInput, match=words):
        create_unit(actor=make_user("office"), **wanted)
    assert (Department.objects.count(), DepartmentAlias.objects.count()) == before


@pytest.mark.django_db
def test_an_alias_of_another_is_refused_with_its_owner():
    make_department("甲局", aliases=("甲字局",))
    other = make_department("乙局")
    with pytest.raises(InvalidInput, match="甲局"):
        add_alias(actor=make_user("office"), printed="甲字局", department=other)
    with pytest.raises(InvalidInput, match="另一个单位的名称"):
        add_alias(actor=make_user("office"), printed="甲局", department=other)


@pytest.mark.django_db
def test_a_new_name_beside_a_taken_spelling_makes_neither():
    make_department("甲局", aliases=("甲字局",))
    with pytest.raises(InvalidInput):
        create_unit(actor=make_user("office"), printed="甲字局", name="丙局", code="bing", kind="department")
    assert not Department.objects.filter(name="丙局").exists()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("市梦想局", "department"),
        ("市发展改革委员会", "department"),
        ("高新区管委会", "local_government"),
        ("新野县人民政府", "local_government"),
        ("卧龙区", "local_government"),
        ("各相关部门", "group"),
        ("有关责任单位", "group"),
        ("市城投集团有限公司", "enterprise"),
        ("国网供电公司", "enterprise"),
        ("市委编办", "party_organ"),
        ("团市委", "party_organ"),
        ("市妇联", "party_organ"),
        ("市中心医院", "institution"),
        ("市不动产登记中心", "institution"),
        ("职业学院", "institution"),
    ],
)
def test_the_kind_follows_the_name(name, kind):
    found, reason = guess_kind(name)
    assert found == kind
    assert reason


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("清源区政府", "qingyuanqu"),
        ("清源区人民政府", "qingyuanqu"),
        ("清源市人民政府办公室", "zhengfuban"),
        ("市政府办公室", "zhengfuban"),
        ("清源市大数据局", "dashuju"),
        ("清源区大数据局", "qingyuanqudashuju"),
        ("市发展和改革委员会", "fagai"),
        ("清源市人力资源和社会保障局", "renshe"),
        ("市市场监督管理局", "shijian"),
        ("市委机构编制委员会办公室", "bianban"),
        ("各县区人民政府", "xianqu"),
        ("中国移动清源分公司", "zhongguoyidongqingyuan"),
        ("农贸市场办", "nongmaoshichang"),
        # Too long to be spelled out: by the first letters, never cut within a word.
        ("清源经济技术开发区管委会", "qyjjjskfq"),
    ],
)
def test_a_code_is_the_short_name_and_never_ends_within_a_word(name, code):
    assert suggest_code(name, ()) == code


def test_codes_are_free_and_fit():
    assert suggest_code("市梦想局", ()) == "mengxiang"
    assert suggest_code("市梦想局", {"mengxiang", "mengxiang-2"}) == "mengxiang-3"
    assert suggest_code("ABC集团", ()) == "abcjituan"
    assert suggest_code("〇〇", ()) in ("linglingg", "lingling", "unit")
    assert len(suggest_code("窗" * 80, ())) <= 40


def test_spellings_are_gathered():
    found = unknown_units({"1.1": ["梦想局", "城投（集团）公司"], "1.2": ["市梦想局", "城投(集团)公司"]})
    assert found == (
        UnknownUnit("市梦想局", ("1.1", "1.2")),
        UnknownUnit("城投（集团）公司", ("1.1", "1.2")),
    )


@pytest.mark.django_db
def test_a_second_nameplate_in_brackets_is_the_same_office():
    plan = make_department("市发展和改革委员会")
    both = make_department("市教育局（市语委办）")
    names = DepartmentNames()
    assert names.find("市发改委（市能源局）") == names.find("市发展改革委(市粮食局)") == plan
    assert names.find("市教育局（市语委办）") == both
    assert names.find("某某局（市发改委）") is None
    assert names.find("（市发改委）") is None
