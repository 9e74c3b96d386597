"""The ledger's pages: everybody exports what he sees, 督查室 imports after a look at the changes."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tests.admin.import_support import JSON, KEY
from tests.importing.ledgers import LETTERS
from tracker.admin.uploads import MOST_REASONS
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db
TITLES, REMARKS = LETTERS["具体措施"], LETTERS["备注"]


def sheet_of(client, query=""):
    answer = client.get(f"/admin/ledger/export/{query}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return load_workbook(BytesIO(answer.content))


def upload(client, workbook, *, watched=False):
    stream = BytesIO()
    workbook.save(stream)
    posted = {"document": SimpleUploadedFile("台账.xlsx", stream.getvalue()), "progress": KEY}
    return client.post("/admin/ledger/", posted, **(JSON if watched else {}))


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("liaison", {"打通断头路", "建公园"}),
        ("leader", {"打通断头路", "建公园"}),
        ("office", {"打通断头路", "建公园", "秘密工程", "待议事项"}),
        ("nobody", set()),
    ],
)
def test_each_exports_what_it_sees(town, signed_in, role, titles):
    sheet = sheet_of(signed_in(getattr(town, role))).active
    assert {sheet[f"{TITLES}{row}"].value for row in range(2, sheet.max_row + 1)} == titles


def test_a_plan_of_others_is_not_found(town, signed_in):
    client = signed_in(town.liaison)
    assert client.get(f"/admin/ledger/export/?plan={town.foreign.plan_id}").status_code == 404
    assert client.get("/admin/ledger/export/?plan=%00").status_code == 404
    assert sheet_of(client, f"?plan={town.led.plan_id}").active.max_row == 3


def test_an_edited_ledger_is_shown_then_written(town, signed_in):
    client = signed_in(town.office)
    workbook = sheet_of(client, f"?plan={town.led.plan_id}")
    workbook.active[f"{REMARKS}2"] = "<b>盯紧</b>"
    answer = upload(client, workbook)
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "&lt;b&gt;盯紧&lt;/b&gt;" in page
    assert not Measure.objects.filter(remark="<b>盯紧</b>").exists()
    assert client.post(answer.url, {"do": "import"}).status_code == 302
    assert Measure.objects.get(remark="<b>盯紧</b>") == town.led


def test_a_second_click_and_the_way_back_find_it_written(town, signed_in):
    client = signed_in(town.office)
    workbook = sheet_of(client, f"?plan={town.led.plan_id}")
    workbook.active[f"{REMARKS}2"] = "盯紧"
    draft = upload(client, workbook).url
    assert draft in client.get("/admin/ledger/").content.decode()
    assert client.post(draft, {"do": "import"}).status_code == 302
    version = Measure.objects.get(pk=town.led.pk).version
    for ask in (lambda: client.post(draft, {"do": "import"}), lambda: client.get(draft)):
        assert ask().url == "/admin/ledger/"
        page = client.get("/admin/ledger/").content.decode()
        assert "这份台账已经写入" in page
        assert draft not in page
    assert Measure.objects.get(pk=town.led.pk).version == version
    workbook.active[f"{REMARKS}2"] = "再盯紧"
    workbook.active["B2"] = version
    gone = upload(client, workbook).url
    for _click in range(2):
        assert client.post(gone, {"do": "discard"}).url == "/admin/ledger/"
    assert "已不在导入台" in client.get("/admin/ledger/").content.decode()


def test_what_the_sheet_leaves_out_is_said_before_it_is_written(town, signed_in):
    client = signed_in(town.office)
    workbook = sheet_of(client, f"?plan={town.led.plan_id}")
    workbook.active.delete_rows(3)
    workbook.active.delete_cols(len(LETTERS))
    workbook.active[f"{TITLES}2"] = "打通全部断头路"
    page = client.get(upload(client, workbook).url).content.decode()
    assert "有 1 项在这份台账里没有对应的行" in page
    assert f'<a href="/admin/tracker/measure/{town.assisted.pk}/change/">' in page
    assert "缺少“备注”列" in page


def test_a_ledger_without_any_change_is_told_so_and_not_kept(town, signed_in):
    client = signed_in(town.office)
    workbook = sheet_of(client, f"?plan={town.led.plan_id}")
    assert upload(client, workbook, watched=True).json() == {"next": "/admin/ledger/"}
    page = client.get("/admin/ledger/").content.decode()
    assert "没有改动过的单元格，没有要写入的内容，这次上传没有保留" in page
    workbook.active.delete_rows(3)
    assert upload(client, workbook).url == "/admin/ledger/"
    assert (
        f"有1项在这份台账里没有对应的行，没有改动它们：{town.assisted.number}"
        in client.get("/admin/ledger/").content.decode()
    )
    assert not ImportDraft.objects.exists()


def test_a_wrong_cell_is_named_and_nothing_is_kept(town, signed_in):
    client = signed_in(town.office)
    workbook = sheet_of(client)
    workbook.active["G2"] = "梦想局"
    answer = upload(client, workbook)
    assert answer.status_code == 422
    assert "台账!G2" in answer.content.decode()
    assert not ImportDraft.objects.exists()
    refused = client.post("/admin/ledger/", {"document": SimpleUploadedFile("台账.xlsx", b"not a sheet")})
    assert refused.status_code == 422


def test_the_page_s_script_is_told_how_far_it_is_and_what_comes_next(town, signed_in, monkeypatch):
    client, noted = signed_in(town.office), []
    monkeypatch.setattr(cache, "set", lambda key, value, *rest: noted.append(value))
    workbook = sheet_of(client)
    workbook.active["G2"] = "梦想局"
    wrong = upload(client, workbook, watched=True)
    assert wrong.status_code == 422
    assert "台账!G2" in "".join(wrong.json()["errors"][""])
    empty = client.post("/admin/ledger/", {}, **JSON)
    assert (empty.status_code, list(empty.json()["errors"])) == (422, ["document"])
    noted.clear()
    workbook = sheet_of(client)
    workbook.active[f"{REMARKS}2"] = "盯紧"
    draft = upload(client, workbook, watched=True).json()["next"]
    done = client.post(draft, {"do": "import", "progress": KEY}, **JSON).json()["next"]
    stages = ["reading", "comparing"]
    assert [value["stage"] for value in noted if "stage" in value] == [*stages, *stages, "writing"]
    assert noted[-1]["done"] == noted[-1]["total"] == 1
    # The list of the plan, with a link to each measure that was written.
    assert done == f"/admin/tracker/measure/?plan={town.led.plan_id}"
    written = client.get(done).content.decode()
    assert "台账已写入：更新1项：" in written
    assert f'<a class="link" href="/admin/tracker/measure/{town.led.pk}/change/">' in written
    # A second click, and a cell that somebody else has changed since the ledger was looked at.
    assert client.post(draft, {"do": "import"}, **JSON).json() == {"next": "/admin/ledger/"}
    first, second = (upload(client, workbook, watched=True).json()["next"] for workbook in edited(client))
    assert client.post(first, {"do": "import"}, **JSON).status_code == 200
    meanwhile = client.post(second, {"do": "import"}, **JSON)
    assert meanwhile.status_code == 422
    assert "改为“甲”，请重新导出后再修改" in "".join(meanwhile.json()["errors"][""])


def edited(client):
    """Two ledgers of one export that say otherwise in one cell."""
    for remark in ("甲", "乙"):
        workbook = sheet_of(client)
        workbook.active[f"{REMARKS}2"] = remark
        yield workbook


@pytest.mark.parametrize("role", ["liaison", "head", "leader", "nobody"])
def test_only_the_office_imports(town, signed_in, role):
    office, other = signed_in(town.office), signed_in(getattr(town, role))
    workbook = sheet_of(office, f"?plan={town.led.plan_id}")
    workbook.active[f"{REMARKS}2"] = "盯紧"
    draft = upload(office, workbook).url
    assert upload(other, workbook).status_code == 403
    assert other.get(draft).status_code == 403
    assert other.post(draft, {"do": "import"}).status_code == 403
    assert not Measure.objects.filter(remark="盯紧").exists()


def test_an_edited_text_is_marked_where_it_differs(town, signed_in):
    client = signed_in(town.office)
    workbook = sheet_of(client, f"?plan={town.led.plan_id}")
    workbook.active["F2"] = "打通断头路。<i>明</i>年底前完成。"
    page = client.get(upload(client, workbook).url).content.decode()
    assert "打通断头路。<ins>&lt;i&gt;明&lt;/i&gt;</ins>年底前完成。" in page


def test_of_very_many_wrong_cells_the_first_are_named_and_the_rest_counted(town, signed_in):
    client = signed_in(town.office)
    workbook = sheet_of(client)
    for row in range(MOST_REASONS + 7):
        workbook.active.append([9_000_000 + row, 1])
    page = upload(client, workbook).content.decode()
    assert page.count('class="refusal"') == MOST_REASONS + 1
    assert "另有7处错误" in page
