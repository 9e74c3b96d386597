"""What changes while a document waits on the import desk: nobody's decision is undone unseen, nothing is written twice."""

from datetime import date

import pytest

from tests.admin.import_support import DESK, JSON, fields, upload
from tests.makers import NOW, make_department, make_user
from tracker import actions
from tracker.importing.render import proposal_to_text
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db
FIRST = (
    "重点任务\n一、产业\n（一）抓链条。做强链条。（市财政局牵头，2030年6月底前完成）\n"
    "（二）抓项目。推进项目。（市财政局牵头，2030年6月底前完成）\n（三）抓招商。开展招商。（市财政局牵头，2030年6月底前完成）\n"
)
SECOND = (
    "重点任务\n一、产业\n（一）抓项目。推进项目。（市财政局牵头，2030年9月底前完成）\n"
    "（二）抓链条。做强链条，培育链主企业。（市财政局牵头，2030年6月底前完成）\n（三）抓人才。引进人才。（市教育局牵头）\n"
)


@pytest.fixture
def imported(office):
    """The first version, imported; one measure has gone on since."""
    make_department("市财政局")
    make_department("市教育局")
    upload(office, FIRST)
    draft = ImportDraft.objects.get()
    assert office.post(f"{DESK}{draft.pk}/", {"version": 1, "do": "import"}).status_code == 302
    return Measure.objects.in_bulk([row.pk for row in Measure.objects.all()])


def second(office, text=SECOND):
    plan = Measure.objects.first().plan
    assert upload(office, text, plan=plan.pk).status_code == 302
    draft = ImportDraft.objects.latest("pk")
    return f"{DESK}{draft.pk}/", draft


def as_shown(page):
    """The form of the page that was looked at, unchanged."""
    posted = {"version": page.context["version"], "do": "import"}
    for row in page.context["page"].rows:
        if row.editable:
            posted[f"was-{row.number}"] = row.seen
            posted |= {
                f"{name}-{row.number}": value for name, value in row.shown.items() if value is not False
            }
    return posted


def test_a_second_version_shows_what_changes_and_keeps_what_was_decided_since(office, imported):
    chain = Measure.objects.get(title="抓链条")
    actions.edit(measure_id=chain.pk, actor=None, now=NOW, due_on=date(2030, 12, 31), note="批准延期")
    address, _draft = second(office)
    page = office.get(address)
    rows = {row.shown["title"]: row for row in page.context["page"].rows}
    assert {title: row.change_name for title, row in rows.items()} == {
        "抓项目": "改写",
        "抓链条": "改写",
        "抓人才": "新增",
        "抓招商": "撤销",
    }
    assert rows["抓链条"].shown["due_on"] == "2030-12-31"
    assert rows["抓链条"].changes == []
    assert rows["抓项目"].changes == [("完成时限", "2030-06-30", "2030-09-30")]
    words = page.content.decode()
    assert "<del>2030-06-30</del> → <ins>2030-09-30</ins>" in words
    assert "做强链条<ins>，培育链主企业</ins>。" in words
    assert "导入后撤销；办理记录保留。" in words
    assert office.post(address, as_shown(page)).status_code == 302
    chain.refresh_from_db()
    assert (chain.number, chain.due_on) == ("1.2", date(2030, 12, 31))
    assert Measure.objects.get(title="抓项目").due_on == date(2030, 9, 30)
    assert Measure.objects.get(title="抓招商").status == "cancelled"


def test_a_title_that_people_decided_is_never_replaced_unseen(office, imported):
    chain, project = (Measure.objects.get(title=title) for title in ("抓链条", "抓招商"))
    for measure, title in ((chain, "链条人工题"), (project, "招商人工题")):
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, title=title)
    # One goes, and then comes back as it was; of the other the text goes on, then the title too.
    longer = FIRST.replace("做强链条。", "做强大链条。")
    for text in (longer[: longer.index("（三）")], longer):
        address, _draft = second(office, text)
        page = office.get(address)
        assert not any("措施" in line for row in page.context["page"].rows for line in row.changes)
        assert office.post(address, as_shown(page)).status_code == 302
    for measure, title in ((chain, "链条人工题"), (project, "招商人工题")):
        measure.refresh_from_db()
        assert (measure.title, measure.in_text) == (title, True)
    retitled = FIRST.replace("抓链条。做强链条。", "抓大链条。做强大链条。")
    address, _draft = second(office, retitled)
    page = office.get(address)
    row = page.context["page"].rows[0]
    assert row.shown["title"] == "抓大链条"
    assert ("措施", "链条人工题", "抓大链条") in row.changes
    assert "措施：<del>链条人工题</del> → <ins>抓大链条</ins>" in page.content.decode()
    assert "措施：链条人工题 → 抓大链条" in proposal_to_text(page.context["proposal"], None)
    # Whoever decides to keep it sees no such line, and keeps it.
    kept = {**as_shown(page), "title-1.1": "链条人工题"}
    assert office.post(address, {**kept, "do": "save"}).status_code == 302
    page = office.get(address)
    assert page.context["page"].rows[0].changes == []
    assert office.post(address, as_shown(page)).status_code == 302
    chain.refresh_from_db()
    assert (chain.title, chain.printed_title) == ("链条人工题", "抓大链条")
    # Unless somebody does, what was shown is written.
    address, _draft = second(office, retitled.replace("抓大链条", "抓全链条"))
    assert office.post(address, as_shown(office.get(address))).status_code == 302
    chain.refresh_from_db()
    assert chain.title == "抓全链条"


def test_a_row_that_only_moves_keeps_the_words_that_people_gave_it(office, imported):
    chain = Measure.objects.get(title="抓链条")
    actions.edit(measure_id=chain.pk, actor=None, now=NOW, title="链条人工题", text="做强链条，每月调度。")
    moved = FIRST.replace("（一）", "（一）立规矩。建章立制。\n（二）", 1).replace(
        "（二）抓项目", "（三）抓项目"
    )
    address, _draft = second(office, moved.replace("（三）抓招商", "（四）抓招商"))
    page = office.get(address)
    assert page.context["page"].rows[1].change_name == "调整编号"
    assert office.post(address, as_shown(page)).status_code == 302
    chain.refresh_from_db()
    assert (chain.number, chain.title, chain.text) == ("1.2", "链条人工题", "做强链条，每月调度。")


def test_a_deadline_decided_while_the_page_lay_open_is_not_undone(office, imported):
    address, draft = second(office)
    posted = as_shown(office.get(address))
    project = Measure.objects.get(title="抓链条")
    actions.edit(measure_id=project.pk, actor=None, now=NOW, due_on=date(2030, 12, 31), note="批准延期")
    refused = office.post(address, posted)
    assert refused.status_code == 422
    row = next(row for row in refused.context["page"].rows if row.number == "1.2")
    assert "已被他人改动" in row.error
    assert row.shown["due_on"] == "2030-12-31"
    assert "已被他人改动" in office.post(address, posted, **JSON).json()["errors"]["1.2"]
    draft.refresh_from_db()
    assert (draft.decisions, draft.version) == ({}, 1)
    assert office.post(address, as_shown(office.get(address))).status_code == 302
    project.refresh_from_db()
    assert project.due_on == date(2030, 12, 31)


def test_a_department_that_went_out_of_use_is_named_and_never_written(office, draft):
    chosen = make_department("甲局")
    posted = fields(draft, **{"lead-1.1": "甲局", "do": "save"})
    assert office.post(f"{DESK}{draft.pk}/", posted).status_code == 302
    chosen.active = False
    chosen.save()
    page = office.get(f"{DESK}{draft.pk}/")
    assert "选定的单位“甲局”已停用" in page.content.decode()
    # The row stands on a page that is not posted, as in a long plan.
    refused = office.post(f"{DESK}{draft.pk}/", {"version": 2, "do": "import"})
    assert refused.status_code == 422
    assert "1.1：选定的单位“甲局”已停用" in refused.content.decode()
    assert not Measure.objects.exists()


def test_two_clerks_on_one_draft(office, signed_in, draft):
    other = signed_in(make_user("office"))
    address = f"{DESK}{draft.pk}/"
    saved = fields(draft, do="save", **{"title-1.1": "甲的改法"})
    assert office.post(address, saved).status_code == 302
    late = other.post(address, fields(draft, **{"title-1.1": "乙的改法"}))
    assert late.status_code == 422
    assert "已被他人修改" in late.content.decode()
    assert not Measure.objects.exists()
    draft.refresh_from_db()
    assert draft.decisions["1.1"] == {"title": "甲的改法"}


def test_a_second_click_and_the_way_back_write_nothing_and_say_so(office, draft):
    address = f"{DESK}{draft.pk}/"
    assert office.post(address, fields(draft)).status_code == 302
    versions = list(Measure.objects.values_list("pk", "version"))
    for ask in (
        lambda: office.post(address, fields(draft), follow=True),
        lambda: office.get(address, follow=True),
    ):
        assert "该文件已经导入，没有再次写入" in ask().content.decode()
    assert list(Measure.objects.values_list("pk", "version")) == versions


def test_what_is_off_the_desk_is_off_after_a_second_click_too(office, draft):
    address = f"{DESK}{draft.pk}/"
    for do in ("discard", "discard", "import"):
        assert office.post(address, fields(draft, do=do)).url == DESK
    assert "该文件已不在导入台" in office.get(DESK).content.decode()
    assert not Measure.objects.exists()


def test_of_two_clicks_the_later_one_finds_it_done(office, draft, monkeypatch):
    """Both had read the draft before either wrote."""
    address = f"{DESK}{draft.pk}/"
    from tracker.admin import import_preview

    real = import_preview.decided_by

    def while_the_other_imports(posted, rows, *, city):
        monkeypatch.setattr(import_preview, "decided_by", real)
        assert office.post(address, fields(draft)).status_code == 302
        return real(posted, rows, city=city)

    monkeypatch.setattr(import_preview, "decided_by", while_the_other_imports)
    answer = office.post(address, fields(draft))
    assert (answer.status_code, answer.url) == (
        302,
        f"/admin/tracker/measure/?plan={Measure.objects.first().plan_id}",
    )
    assert Measure.objects.count() == 2
