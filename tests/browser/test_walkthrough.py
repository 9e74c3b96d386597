"""The whole loop as one story, told with pictures in docs/walkthrough.md: one department in the browser, one by API.

The clock is the story's: days pass between the scenes, so that 签收 comes late and more time is asked for before the deadline.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.api.callers import make_token
from tests.makers import make_user
from tests.shipped import ship_regimes
from tracker.importing.departments import load_departments
from tracker.models import Department, Measure

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PASSWORD = "correct-horse-9"
FIRST_DAY = datetime(2026, 3, 9, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(monkeypatch):
    """`clock(days, hours)`: the story's time from its first morning on."""
    moment = [FIRST_DAY]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])

    def move(days, hours=0):
        moment[0] = FIRST_DAY + timedelta(days=days, hours=hours)

    return move


@pytest.fixture(autouse=True)
def attachments_apart(tmp_path, monkeypatch):
    from django.core.files.storage import FileSystemStorage

    from tracker.models import Attachment

    storage = FileSystemStorage(location=tmp_path / "attachments")
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)


class Story:
    """People at their desks, one browser for all, and an office system that speaks HTTP."""

    def __init__(self, page, live_server, screenshot):
        self.page, self.root, self._screenshot = page, live_server.url, screenshot
        self.pictures = 0

    def as_(self, username):
        self.page.context.clear_cookies()
        self.page.goto(f"{self.root}/admin/login/?next=/admin/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.locator(".workbench").wait_for()
        return self.page

    def open(self, measure):
        self.page.goto(f"{self.root}/admin/tracker/measure/{measure.pk}/change/")
        return self.page

    def take(self, measure, button, confirm, **fields):
        """One step by its button, its form and its confirmation; ends on the measure's page."""
        page = self.open(measure)
        link = page.locator(".step-buttons a", has_text=button).first
        if not link.is_visible():
            page.locator(".more-steps summary").click()
        link.click()
        self.fill(**fields)
        page.get_by_role("button", name=confirm, exact=True).click()
        expect(page.locator("#timeline")).to_be_visible()

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]")
            kind = field.first.get_attribute("type")
            if kind == "file":
                field.set_input_files(value)
            elif kind == "radio":
                self.page.locator(f"[name={name}][value={value}]").check()
            elif field.first.evaluate("node => node.tagName") == "SELECT":
                # The theme lays a searchable list over the browser's own.
                field.first.evaluate(
                    "(node, text) => { for (const option of node.options) option.selected = option.text === text;"
                    " node.dispatchEvent(new Event('change')); }",
                    value,
                )
            else:
                field.first.fill(value)

    def picture(self, name, *, whole=True):
        self.pictures += 1
        self._screenshot(f"walkthrough-{self.pictures:02}-{name}", whole=whole)

    def api(self, token, method, path, body=None, version=None, key=None):
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.root}/api/v1/{path}", data=data, headers=headers, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except HTTPError as refused:
            return refused.code, json.loads(refused.read())


def number(text):
    return Measure.objects.get(number=text, in_text=True)


def test_from_the_report_to_the_grade(page, live_server, screenshot, clock, tmp_path):
    ship_regimes()
    load_departments(FIXTURES / "departments.json")
    office = make_user("office", username="dubanshi", name="王督办", password=PASSWORD)
    roads = Department.objects.get(code="jiaotong")
    invest = Department.objects.get(code="touzi")
    make_user("liaison", username="jiaotong", name="张联络", department=roads, password=PASSWORD)
    oa = make_user("liaison", username="toucu", name="投促局办公系统", department=invest)
    story = Story(page, live_server, screenshot)
    clock(0)

    # 一、立项：导入报告
    story.as_(office.username)
    page.goto(f"{story.root}/admin/import/")
    page.set_input_files("input[name=document]", FIXTURES / "plans" / "report-fullwidth.txt")
    page.click("text=上传并核对")
    expect(page.locator(".import-row")).to_have_count(22)
    story.picture("import", whole=False)
    page.click("button[value=import]")
    page.wait_for_url("**/admin/tracker/measure/?plan=*")
    assert Measure.objects.count() == 22
    by_browser, by_api = number("1.1"), number("2.1")

    # 二、交办：按“13710”工作制度
    for measure, department in ((by_browser, roads), (by_api, invest)):
        story.take(
            measure,
            "交办",
            "确认交办",
            lead=department.name,
            due_on="2026-06-30",
            regime="“13710”工作制度",
            note="按方案交办",
        )
    expect(page.locator("#checkpoints")).to_contain_text("首次反馈")
    story.picture("assigned")

    # 三、签收：一家当天，一家迟了两天
    status, me = story.api(token := make_token(oa, days=400), "GET", "me/")
    assert status == 200 and me["department"]["code"] == invest.code
    status, seen = story.api(token, "GET", "measures/?status=assigned")
    assert [row["id"] for row in seen["results"]] == [by_api.pk]
    assert (
        story.api(token, "POST", f"measures/{by_api.pk}/acknowledge/", {"note": "已转规划科"}, key="k-1")[0]
        == 200
    )
    assert story.api(token, "GET", f"measures/{by_browser.pk}/")[0] == 404
    clock(2)
    story.as_("jiaotong")
    expect(page.locator(".box", has_text="待签收").first).to_contain_text(by_browser.title)
    story.picture("inbox")
    story.take(by_browser, "签收", "确认签收")
    expect(page.locator("#checkpoints")).to_contain_text("逾期完成")

    # 四、报告进展，被退回，补报
    evidence = tmp_path / "选址意见书.pdf"
    evidence.write_bytes(b"%PDF-1.7\n%fine\n")
    story.take(
        by_browser, "报告进展", "确认报告进展", percent="15", progress="已成立专班。", evidence=str(evidence)
    )
    body = {"percent": 20, "progress": "已对接三家企业。", "next_steps": "四月签约。"}
    status, _report = story.api(token, "POST", f"measures/{by_api.pk}/reports/", body, key="k-2")
    assert status == 201
    clock(3)
    story.as_(office.username)
    expect(page.locator(".box", has_text="报告待审阅").first).to_contain_text(by_browser.title)
    story.open(by_browser)
    page.locator("#reports a", has_text="退回报告").click()
    story.fill(reason="缺少具体安排和时间表。", report_by="2026-03-13")
    story.picture("return")
    page.get_by_role("button", name="确认退回报告").click()
    expect(page.locator("#reports")).to_contain_text("已退回")
    story.open(by_api)
    page.locator("#reports a", has_text="采纳报告").click()
    page.get_by_role("button", name="确认采纳报告").click()
    expect(page.locator("#reports")).to_contain_text("已采纳")
    clock(4)
    story.as_("jiaotong")
    expect(page.locator(".box", has_text="退回待办").first).to_contain_text(by_browser.title)
    story.take(
        by_browser, "报告进展", "确认报告进展", percent="20", progress="专班已运转，逐月时间表见附件。"
    )

    # 五、申请延期并获批
    clock(60)
    story.as_("jiaotong")
    story.take(
        by_browser,
        "申请延期",
        "确认申请延期",
        proposed_due_on="2026-09-30",
        reason="用地审批需上报省厅。",
        progress="设计已完成。",
    )
    story.as_(office.username)
    expect(page.locator(".box", has_text="待答复").first).to_contain_text(by_browser.title)
    story.picture("desk")
    story.take(by_browser, "同意延期", "确认同意延期", due_on="2026-08-31", answer="同意延至八月底。")
    expect(page.locator("#extensions")).to_contain_text("2026年8月31日")
    story.picture("extended")

    # 六、申请办结、评定等次、销号
    clock(150)
    story.as_("jiaotong")
    story.take(
        by_browser, "申请办结", "确认申请办结", result="道路已通车，验收合格。", evidence=str(evidence)
    )
    body = {"result": "四家企业全部签约落地。"}
    assert story.api(token, "POST", f"measures/{by_api.pk}/apply-to-close/", body, key="k-3")[0] == 200
    clock(152)
    story.as_(office.username)
    for measure, grade in ((by_browser, "good"), (by_api, "excellent")):
        story.take(measure, "办结销号", "确认办结销号", grade=grade, note="验收材料齐全。")
    story.open(by_browser)
    story.picture("closed")

    by_browser.refresh_from_db()
    by_api.refresh_from_db()
    assert (by_browser.status, by_browser.grade, by_api.grade) == ("closed", "good", "excellent")
    assert (by_browser.original_due_on.isoformat(), by_browser.due_on.isoformat()) == (
        "2026-06-30",
        "2026-08-31",
    )
    assert [event.verb for event in by_browser.events.all()] == [
        "register",
        "assign",
        "acknowledge",
        "report",
        "return_report",
        "report",
        "request_extension",
        "approve_extension",
        "apply_to_close",
        "close",
    ]
    met = {row.kind: row for row in by_browser.checkpoints.exclude(kind="period_report")}
    assert met["acknowledge"].late and not met["first_report"].late
