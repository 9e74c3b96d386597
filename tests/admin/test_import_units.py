"""Units that a plan names and nobody knows: made or named on the desk, and never left out in silence."""

import pytest

from tests.admin.import_support import DESK, PLAN, UNIT, fields, shown_form, upload
from tests.makers import make_department
from tracker.admin.import_pages import ROWS_A_PAGE
from tracker.models import Department, ImportDraft, Measure

pytestmark = pytest.mark.django_db


UNKNOWN = PLAN.replace("推进项目。", "推进项目。（牵头单位：市梦想局；完成时限：2030年12月底前）")


def test_an_unknown_unit_is_made_with_one_click_and_the_row_resolves(office):
    upload(office, UNKNOWN)
    draft = ImportDraft.objects.get()
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert "单位名录中没有的单位" in page
    assert 'name="unit-name-0" value="市梦想局"' in page
    assert 'name="unit-code-0" value="mengxiang"' in page
    posted = fields(
        draft, do="unit-create-0", **UNIT, **{"due_on-1.2": "2030-12-31", "title-1.1": "抓牢链条"}
    )
    response = office.post(f"{DESK}{draft.pk}/", posted)
    assert (response.status_code, response.url) == (302, f"{DESK}{draft.pk}/#units")
    assert Department.objects.get(name="市梦想局").code == "mx"
    page = office.get(f"{DESK}{draft.pk}/")
    row = page.context["page"].rows[1]
    assert (row.shown["lead"], row.unknown) == ("市梦想局", ())
    # What was typed meanwhile is kept.
    assert page.context["page"].rows[0].shown["title"] == "抓牢链条"
    assert "单位名录中没有的单位" not in page.content.decode()


def test_a_single_unit_is_not_said_to_be_ticked(office):
    upload(office, UNKNOWN)
    one = office.get(f"{DESK}{ImportDraft.objects.get().pk}/").content.decode()
    assert "unit-take-0" not in one
    assert "勾选" not in one[one.index('id="units"') : one.index("import-unit-fields")]
    upload(office, UNKNOWN.replace("做强链条。", "做强链条。（市幻想局牵头）"))
    several = office.get(f"{DESK}{ImportDraft.objects.latest('pk').pk}/").content.decode()
    assert "unit-take-1" in several
    assert "勾选后一起新建" in several


def test_or_it_becomes_an_alias(office):
    finance = make_department("市财政局")
    upload(office, UNKNOWN)
    draft = ImportDraft.objects.get()
    posted = fields(draft, do="unit-alias-0", **UNIT, **{"due_on-1.2": "2030-12-31"})
    refused = office.post(f"{DESK}{draft.pk}/", {**posted, "unit-alias-0": "没有的局"})
    assert refused.status_code == 422
    assert "哪个已有单位的别名" in refused.content.decode()
    assert office.post(f"{DESK}{draft.pk}/", {**posted, "unit-alias-0": "市财政局"}).status_code == 302
    assert [alias.name for alias in finance.aliases.all()] == ["市梦想局"]
    assert office.get(f"{DESK}{draft.pk}/").context["page"].rows[1].shown["lead"] == "市财政局"
    assert Department.objects.count() == 1


def test_a_code_that_is_taken_is_refused_and_what_was_typed_stays(office):
    make_department("甲局", code="mx")
    upload(office, UNKNOWN)
    draft = ImportDraft.objects.get()
    response = office.post(
        f"{DESK}{draft.pk}/", fields(draft, do="unit-create-0", **UNIT, **{"title-1.1": "另名"})
    )
    assert response.status_code == 422
    assert ">另名</textarea>" in response.content.decode()
    assert not Department.objects.filter(name="市梦想局").exists()


MIXED = (
    "重点任务\n一、产业\n（一）抓链条。做强链条。（市梦想局牵头；配合单位：市财政局）\n"
    "（二）抓项目。推进项目。（牵头单位：市财政局；配合单位：市火星办）\n（三）抓招商。开展招商。（市财政局牵头）\n"
)


def test_who_would_be_left_out_is_said_before_and_after_confirming(office):
    make_department("市财政局")
    upload(office, MIXED)
    draft = ImportDraft.objects.get()
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    before = page[page.index("import-unresolved") : page.index('value="import"')]
    assert "有 2 项的原文单位不在单位名录中" in before
    assert "其中 1 项将没有牵头单位" in before
    assert '<a class="link" href="#r1.1">1.1 市梦想局</a>' in before
    assert '<a class="link" href="#r1.2">1.2 市火星办</a>' in before
    assert "1.3" not in before
    answer = office.post(f"{DESK}{draft.pk}/", {"version": 1, "do": "import"}, follow=True)
    after = [str(message) for message in answer.context["messages"] if message.level_tag == "warning"]
    assert len(after) == 1
    assert "有2项的原文单位不在单位名录中" in after[0]
    assert "其中1项没有牵头单位" in after[0]
    chain, project, trade = Measure.objects.order_by("position")
    assert (
        f'<a class="link" href="/admin/tracker/measure/{chain.pk}/change/">1.1 抓链条</a>（市梦想局）'
        in after[0]
    )
    assert f'href="/admin/tracker/measure/{project.pk}/change/"' in after[0]
    assert f"/{trade.pk}/" not in after[0]
    assert after[0] in answer.content.decode()


def test_whoever_chose_another_in_its_place_is_not_warned(office):
    make_department("市财政局")
    upload(office, UNKNOWN)
    draft = ImportDraft.objects.get()
    posted = fields(draft, **{"lead-1.2": "市财政局", "due_on-1.2": "2030-12-31"})
    office.post(f"{DESK}{draft.pk}/", {**posted, "do": "save"})
    assert "import-unresolved" not in office.get(f"{DESK}{draft.pk}/").content.decode()
    answer = office.post(f"{DESK}{draft.pk}/", {**posted, "version": 2}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    assert Measure.objects.get(number="1.2").lead.name == "市财政局"


def test_an_unknown_unit_on_another_page_is_reached_by_a_button(office):
    tasks = "".join(f"{n}.推进第{n}号项目。做好服务。\n" for n in range(1, ROWS_A_PAGE + 2))
    upload(office, f"重点任务\n一、项目\n{tasks}".rstrip() + "（市梦想局牵头）\n")
    draft = ImportDraft.objects.get()
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert page.count(f'value="page-2-r1.{ROWS_A_PAGE + 1}"') == 2


def test_the_same_file_again_fills_in_the_unit_that_is_known_by_then(office):
    upload(office, UNKNOWN)
    first = ImportDraft.objects.get()
    assert office.post(f"{DESK}{first.pk}/", {"version": 1, "do": "import"}).status_code == 302
    assert Measure.objects.get(number="1.2").lead is None
    make_department("市梦想局")
    upload(office, UNKNOWN)
    again = ImportDraft.objects.latest("pk")
    page = office.get(f"{DESK}{again.pk}/")
    assert page.context["page"].rows[1].changes == [("牵头单位", "（空）", "市梦想局")]
    assert office.post(f"{DESK}{again.pk}/", {"version": 1, "do": "import"}).status_code == 302
    assert Measure.objects.get(number="1.2").lead.name == "市梦想局"


COUNTY = "重点任务\n一、产业\n（一）抓链条。做强链条。（县住建局牵头；配合单位：县商务局）\n（二）抓项目。推进项目。（县教育局牵头）\n"


def unit_fields(page, *, take):
    posted = {}
    for index, unit in enumerate(page.context["units"]):
        posted[f"unit-printed-{index}"] = unit["found"].unit.name
        posted |= {f"unit-{name}-{index}": value for name, value in unit["shown"].items()}
        if unit["found"].unit.name in take:
            posted[f"unit-take-{index}"] = "on"
    return posted


def test_several_are_made_at_once_as_looked_at(office):
    make_department("市住房和城乡建设局")
    make_department("市商务局")
    upload(office, COUNTY)
    address = f"{DESK}{ImportDraft.objects.get().pk}/"
    page = office.get(address)
    assert [unit["shown"]["alias"] for unit in page.context["units"]] == ["", "", ""]
    assert all(unit["taken"] for unit in page.context["units"])
    posted = shown_form(page) | unit_fields(page, take={"县住建局", "县商务局"})
    none = {name: value for name, value in posted.items() if not name.startswith("unit-take")}
    assert "请先勾选" in office.post(address, none | {"do": "unit-create-taken"}).content.decode()
    assert office.post(address, posted | {"do": "unit-create-taken"}).status_code == 302
    page = office.get(address)
    assert [unit["found"].unit.name for unit in page.context["units"]] == ["县教育局"]
    assert Department.objects.count() == 4


def test_an_alias_of_another_level_or_that_others_print_is_asked_about_again(office):
    city = make_department("市住房和城乡建设局")
    make_department("市财政局")
    upload(office, COUNTY.replace("县住建局", "市建设委"))
    first = ImportDraft.objects.get()
    office.post(f"{DESK}{first.pk}/", {"version": 1, "do": "import"})
    text = COUNTY.replace("链条", "产业链").replace("项目", "大项目").replace("县商务局", "市建设委")
    upload(office, text, title="县里的方案", as_new="on")
    address = f"{DESK}{ImportDraft.objects.latest('pk').pk}/"
    for name, words in (("县住建局", "按名称是县区级单位"), ("市建设委", "《重点任务》也写有“市建设委”")):
        page = office.get(address)
        index = next(i for i, unit in enumerate(page.context["units"]) if unit["found"].unit.name == name)
        posted = shown_form(page) | unit_fields(page, take=())
        posted |= {f"unit-alias-{index}": city.name, "do": f"unit-alias-{index}"}
        asked = office.post(address, posted)
        assert asked.status_code == 422
        assert words in asked.content.decode()
        assert "别名对所有方案有效" in asked.content.decode()
        assert not city.aliases.filter(name=name).exists()
        unit = asked.context["units"][index]
        assert (unit["shown"]["alias"], unit["sure"]) == (city.name, city.name)
        # Another department than the one asked about is asked about too.
        sure = {f"unit-sure-{index}": city.name}
        other = office.post(address, posted | sure | {f"unit-alias-{index}": "市财政局"})
        assert other.status_code == 422
        assert office.post(address, posted | sure).status_code == 302
        assert city.aliases.filter(name=name).exists()


def test_rows_without_a_lead_stand_in_the_list_of_what_to_look_at(office):
    make_department("市财政局")
    upload(office, PLAN.replace("做强链条。", "做强链条。（市财政局牵头，长期坚持）"))
    page = office.get(f"{DESK}{ImportDraft.objects.get().pk}/")
    assert page.context["notes"]["count"] == 1
    words = page.content.decode()
    assert "1 项没有牵头单位，请补上或确认后由督查室另定：" in words
    assert '<a class="link" href="#r1.2">1.2 抓项目</a>' in words
