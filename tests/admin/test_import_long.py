"""Long plans on the import desk: page by page, and how far reading and writing have come."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.admin.import_support import DESK, JSON, KEY, PLAN, fields, upload
from tests.makers import make_department, make_user
from tracker.admin.import_pages import ROWS_A_PAGE
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db


MANY = ROWS_A_PAGE * 2 + 30


@pytest.fixture
def long_draft(office):
    tasks = "".join(f"{n}.推进第{n}号项目。做好服务。\n" for n in range(1, MANY + 1))
    assert upload(office, f"重点任务\n一、项目\n{tasks}").status_code == 302
    return ImportDraft.objects.get()


def test_a_long_plan_is_shown_page_by_page_and_no_character_is_left_out(office, long_draft):
    pages = [office.get(f"{DESK}{long_draft.pk}/?page={number}").context for number in (1, 2, 3)]
    assert [len(page["page"].rows) for page in pages] == [ROWS_A_PAGE, ROWS_A_PAGE, 30]
    text = "".join(piece.text for page in pages for piece in page["pieces"])
    assert text == pages[0]["proposal"].source.text
    for page in pages:
        shown = {piece.number for piece in page["pieces"] if piece.number}
        assert shown == {row.number for row in page["page"].rows}


def test_turning_the_page_keeps_what_was_typed_and_importing_writes_every_page(office, long_draft):
    address = f"{DESK}{long_draft.pk}/"
    posted = {"version": 1, "page": "1", "title-1.1": "首项", "do": f"page-3-r1.{MANY}"}
    response = office.post(address, posted)
    assert response.url == f"{address}?page=3#r1.{MANY}"
    last = {"version": 2, "page": "3", f"title-1.{MANY}": "末项", "do": "import"}
    assert office.post(address, last).status_code == 302
    titles = list(Measure.objects.order_by("position").values_list("title", flat=True))
    assert (len(titles), titles[0], titles[-1]) == (MANY, "首项", "末项")
    assert titles[1].startswith("推进第2号项目")


def test_the_page_s_script_gets_its_answers_as_json(office):
    document = SimpleUploadedFile("任务.txt", PLAN.encode())
    answer = office.post(DESK, {"document": document, "progress": KEY}, **JSON)
    draft = ImportDraft.objects.get()
    assert answer.json() == {"next": f"{DESK}{draft.pk}/"}
    bad = office.post(DESK, {"pasted": "今天天气很好。"}, **JSON)
    assert bad.status_code == 422
    assert "任务" in "".join(bad.json()["errors"][""])
    wrong = office.post(f"{DESK}{draft.pk}/", fields(draft, **{"lead-1.2": "没有的局"}), **JSON)
    assert wrong.status_code == 422
    assert "没有的局" in wrong.json()["errors"]["1.2"]
    done = office.post(f"{DESK}{draft.pk}/", fields(draft, progress=KEY), **JSON)
    assert done.json() == {"next": f"/admin/tracker/measure/?plan={Measure.objects.first().plan_id}"}


def test_after_a_refused_import_the_next_attempt_is_not_outdated(office, draft):
    make_department("甲局")
    posted = fields(draft, **{"lead-1.1": "甲局", "due_on-1.1": "2001-01-01", "assign-1.1": "on"})
    posted["milestones-1.1"] = "2026-06-30 完成"
    office.post(f"{DESK}{draft.pk}/", {**posted, "do": "save"})
    stale = office.post(f"{DESK}{draft.pk}/", posted, **JSON)
    assert "已被他人修改" in stale.json()["errors"][""]
    # Whoever was told so and sends the same again is told so again.
    assert stale.json()["version"] == str(draft.version)


def test_how_far_the_work_has_come_is_told_to_its_owner_alone(office, signed_in):
    noted = []
    real = cache.set

    def set_and_keep(key, value, *rest):
        noted.append(value)
        real(key, value, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "set", set_and_keep)
        upload(office, progress=KEY)
    assert [value["stage"] for value in noted] == ["reading", "parsing", "comparing"]
    assert all(0 <= value["done"] <= value["total"] for value in noted)
    answer = office.get(f"{DESK}progress/{KEY}/")
    assert (answer.json()["stage"], answer.json()["name"]) == ("comparing", "正在与已有方案比较")
    assert "no-store" in answer["Cache-Control"]
    other = signed_in(make_user("office"))
    assert other.get(f"{DESK}progress/{KEY}/").json()["stage"] == ""
    assert office.get(f"{DESK}progress/{'f' * 32}/").json()["stage"] == ""
    assert office.get(f"{DESK}progress/..%2f..%2fx/").status_code in (200, 404)


def test_without_a_key_or_with_a_bad_one_nothing_is_noted(office):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "set", lambda *given: pytest.fail("noted"))
        assert upload(office).status_code == 302
        assert upload(office, progress="x" * 32).status_code == 302
