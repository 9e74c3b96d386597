"""The 催办单 that goes with an orange or red reminder: what it says, its number, its order in the file."""

import io
from datetime import date, timedelta

import pytest
from docx import Document

from tests.makers import NOW, TODAY
from tests.reminders.mails import files, numbers_of, sheets_of, words_of
from tests.reminders.scene import Clock, State, only_rules, overdue, plan, run_days, send, unit
from tracker import reminders
from tracker.models import AddressState, Milestone, Reminder, ReminderRule

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=17)  # the overdue ladder has climbed to red by then


def test_a_red_reminder_brings_its_sheet(mailoutbox, settings):
    settings.OFFICE_NAME = "市委市政府督查局"
    lead = unit("市教育局", "a@x.example")
    overdue(lead, "推进义务教育优质均衡", draft={"text": "新建学校三所。\x07\r\n<b>年底前</b>招生。"})
    overdue(lead, "建设幼儿园")
    run_days(LATER - timedelta(days=14), LATER - timedelta(days=7))
    mailoutbox.clear()
    run_days(LATER)
    [mail] = [mail for mail in mailoutbox if mail.to == ["a@x.example"]]
    [(name, content)] = files(mail).items()
    assert name == f"催办单-{LATER}.docx"
    sheet = Document(io.BytesIO(content))
    words = "\n".join(paragraph.text for paragraph in sheet.paragraphs)
    assert words.count("督查催办单（红色）") == 2, "one sheet a measure"
    # Two orange ones went before.
    assert [line for line in words.splitlines() if line.startswith("编号")] == [
        "编号：催〔2026〕3号",
        "编号：催〔2026〕4号",
    ]
    assert "市委市政府督查局" in words
    cells = {cells[0].text: cells[1].text for cells in (line.cells for line in sheet.tables[0].rows)}
    assert cells["责任单位"] == "市教育局"
    assert cells["办理要求"] == "新建学校三所。\n<b>年底前</b>招生。"
    assert cells["完成时限"] == "2026年3月6日"
    assert cells["催办事由"].startswith("已逾期：完成时限2026年3月6日，逾期21天")
    assert cells["催办次数"] == "第3次", "two were sent before"
    assert "办理结果" in cells and "负责人签字" in cells
    # Programs that read the columns' widths rather than the cells' would halve the page.
    assert [round(column.width.cm, 1) for column in sheet.tables[0].columns] == [3.6, 12.2]
    breaks = [paragraph.paragraph_format.page_break_before for paragraph in sheet.paragraphs]
    assert breaks.count(True) == 1, "the second begins a page, the first does not"
    assert name in mail.body


def test_the_sheets_of_a_file_run_in_the_order_of_the_mail(mailoutbox):
    lead = unit("", "a@x.example")
    for days in (3, 30, 9):
        overdue(lead, due_on=TODAY - timedelta(days=days), acknowledged=True)
    ReminderRule.objects.filter(code="overdue").update(level="red")
    plan()
    send()
    [mail] = [mail for mail in mailoutbox if mail.to == ["a@x.example"]]
    causes = [sheet["催办事由"] for sheet in sheets_of(mail)]
    assert [cause.split("逾期")[-1].split("天")[0] for cause in causes] == ["30", "9", "3"]
    assert mail.body.index("逾期30天") < mail.body.index("逾期9天") < mail.body.index("逾期3天")
    assert len(set(numbers_of(mail))) == 3


def test_a_sheet_has_one_number_for_all_who_get_it(mailoutbox):
    """Two liaisons, one of them later passed over: the head who is told instead reads the number that the others read."""
    overdue(unit("", "a@x.example", "b@x.example", mailbox="c@x.example"), acknowledged=True)
    ReminderRule.objects.filter(code="overdue").update(level="red")
    plan()
    send()
    for address in ("a@x.example", "b@x.example"):
        AddressState.objects.create(address=address, bounced_at=NOW, bounce="550")
    Reminder.objects.update(state=State.FAILED, failed_at=NOW)
    plan()
    send()
    assert [mail.to for mail in mailoutbox] == [["a@x.example"], ["b@x.example"], ["c@x.example"]]
    assert [numbers_of(mail) for mail in mailoutbox] == [["编号：催〔2026〕1号"]] * 3
    # The next notice of the same matter is another document.
    Reminder.objects.exclude(recipient="c@x.example").delete()
    later = TODAY + timedelta(days=10)
    reminders.plan(now=NOW + timedelta(days=10), today=later)
    send(today=later, clock=Clock(NOW + timedelta(days=10)))
    assert numbers_of(mailoutbox[-1]) == ["编号：催〔2026〕2号"]


def test_red_threatens_with_nothing_above_it(mailoutbox):
    overdue(unit("", "a@x.example"), acknowledged=True)
    ReminderRule.objects.filter(code="overdue").update(level="red")
    plan()
    send()
    [closing] = [line for line in words_of(mailoutbox[0]) if line.endswith("。")]
    assert "升级" not in closing
    assert "本单为最高级别催办" in closing


def test_two_matters_of_a_measure_keep_their_own_day_and_colour(mailoutbox):
    only_rules("overdue", "milestone-overdue")
    ReminderRule.objects.filter(code="milestone-overdue").update(level="red")
    measure = overdue(unit("", "a@x.example"), due_on=TODAY - timedelta(days=1), acknowledged=True)
    Milestone.objects.create(measure=measure, text="选址", due_on=date(2026, 1, 9))
    plan()
    send()
    [mail] = [mail for mail in mailoutbox if mail.to == ["a@x.example"]]
    assert mail.subject == "【督查督办】1项逾期、1个阶段目标逾期（红色催办）"
    assert "逾期1天" in mail.body and "同时：阶段目标已逾期（选址）：逾期60天" in mail.body
    [sheet] = sheets_of(mail)
    assert sheet["颜色"] == "督查催办单（红色）"
    assert sheet["催办事由"].startswith("阶段目标已逾期：阶段时限（选址）2026年1月9日，逾期60天")
    assert sheet["完成时限"] == "2026年3月9日", "the measure's own deadline"


def test_the_sheet_counts_what_was_really_sent(mailoutbox):
    lead = unit("", "a@x.example", "b@x.example")
    overdue(lead, acknowledged=True)
    for days in (0, 7, 14, 21):
        day = TODAY + timedelta(days=days)
        reminders.plan(now=NOW + timedelta(days=days), today=day)
        send(today=day, clock=Clock(NOW + timedelta(days=days)))
    said = [
        sheet["催办次数"]
        for mail in mailoutbox
        if mail.to == ["a@x.example"] and files(mail)
        for sheet in sheets_of(mail)
    ]
    earlier = len([mail for mail in mailoutbox if mail.to == ["a@x.example"]]) - len(said)
    assert said == [f"第{earlier + n}次" for n in range(1, len(said) + 1)]
    assert said


def test_a_blue_reminder_has_no_sheet(mailoutbox):
    overdue(unit("", "a@x.example"))
    plan()
    send()
    assert files(mailoutbox[0]) == {}
