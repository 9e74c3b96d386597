"""What a new version leaves as people decided it is explained at its row, and a row that moved says from where."""

from datetime import date

import pytest

from tests.admin.import_support import DESK, shown_form, upload
from tests.makers import NOW, make_department, make_user
from tracker import actions
from tracker.models import ImportDraft, Measure, Plan

pytestmark = pytest.mark.django_db
FIRST = (
    "重点任务\n一、教育\n1.抓学校。建设学校。（市财政局牵头，2030年6月底前完成）\n"
    "2.抓师资。培训教师。（市财政局牵头，2030年6月底前完成）\n3.抓校医。配备校医。（市财政局牵头，2030年6月底前完成）\n"
    "二、医疗\n1.抓医院。建设医院。（市财政局牵头，长期坚持）\n2.抓药品。降低药价。（市财政局牵头，长期坚持）\n"
)


@pytest.fixture
def imported(office):
    make_department("市财政局")
    upload(office, FIRST)
    address = f"{DESK}{ImportDraft.objects.get().pk}/"
    form = shown_form(office.get(address))
    ticked = {f"assign-{number}": "on" for number in ("1.1", "1.2", "2.1")}
    assert office.post(address, {**form, **ticked, "do": "import"}).status_code == 302


def preview(office, text):
    upload(office, text, plan=Plan.objects.get().pk)
    return office.get(f"{DESK}{ImportDraft.objects.latest('pk').pk}/")


def rows(page):
    return {row.shown["title"]: row for row in page.context["page"].rows}


def test_a_deadline_and_a_lead_decided_since_are_explained(office, imported):
    clerk, other = make_user("office"), make_department("市教育局")
    school, teachers = (Measure.objects.get(title=title) for title in ("抓学校", "抓师资"))
    actions.extend(measure_id=school.pk, actor=clerk, now=NOW, due_on=date(2031, 1, 31), reason="征地未完")
    actions.transfer(measure_id=teachers.pk, actor=clerk, now=NOW, lead=other, reason="职责调整")
    page = preview(office, FIRST)
    found = {title: row.kept_words for title, row in rows(page).items()}
    assert found == {
        "抓学校": ["保留已定的完成时限“2031-01-31”（调整时限，2026-03-10），文本为“2030-06-30”。"],
        "抓师资": ["保留已定的牵头单位“市教育局”（转办，2026-03-10），文本为“市财政局”。"],
        "抓校医": [],
        "抓医院": [],
        "抓药品": [],
    }
    assert "保留已定的牵头单位“市教育局”" in page.content.decode()
    # What the text says anew is no longer kept, nor what a person now decides.
    newer = FIRST.replace("培训教师。（市财政局牵头", "培训教师。（市教育局牵头")
    assert rows(preview(office, newer))["抓师资"].kept_words == []
    address = f"{DESK}{ImportDraft.objects.latest('pk').pk}/"
    form = {**shown_form(office.get(address)), "due_on-1.1": "2030-06-30", "do": "save"}
    assert office.post(address, form).status_code == 302
    row = rows(office.get(address))["抓学校"]
    assert (row.kept_words, row.changes) == ([], [("完成时限", "2031-01-31", "2030-06-30")])


def test_words_that_people_edited_are_explained(office, imported):
    school = Measure.objects.get(title="抓学校")
    actions.edit(measure_id=school.pk, actor=None, now=NOW, title="学校人工题", text="建设三所学校。")
    row = rows(preview(office, FIRST))["学校人工题"]
    assert row.kept_words == [
        "保留已定的措施“学校人工题”（修改，2026-03-10），文本为“抓学校”。",
        "保留人工修改的具体要求（修改，2026-03-10），不改回文本。",
    ]


def test_nothing_is_kept_of_what_nobody_changed(office, imported):
    assert all(row.kept_words == [] and row.moves == () for row in rows(preview(office, FIRST)).values())


def test_a_row_that_moved_says_from_which_number_and_section(office, imported):
    lines = FIRST.splitlines(keepends=True)
    doctors = lines.pop(4)
    assert doctors.startswith("3.抓校医")
    page = preview(office, "".join(lines) + doctors)
    row = rows(page)["抓校医"]
    assert (row.number, row.change_name) == ("2.3", "调整编号")
    assert row.moves == (("编号", "1.3", "2.3"), ("章节", "一、教育", "二、医疗"))
    assert "编号：原 <del>1.3</del> → <ins>2.3</ins>" in page.content.decode()
    # Only the printed number is another one.
    page = preview(office, FIRST.replace("2.抓药品", "（二）抓药品").replace("1.抓医院", "（一）抓医院"))
    row = rows(page)["抓药品"]
    assert (row.number, row.change_name) == ("2.2", "调整编号")
    assert row.moves == (("文中序号", "2.", "（二）"),)
