"""What goes with a digest: the 催办单, the calendar file, the way to mute, the office's own wording and its fallback."""

import io
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser

import pytest
from docx import Document
from icalendar import Calendar

from tests.makers import NOW, TODAY, make_user
from tests.reminders.scene import Clock, State, only_rules, overdue, plan, run_days, send, soon, unit
from tests.reminders.test_digest import make_item
from tracker import actions, reminders
from tracker.models import AddressState, DepartmentAlias, MailTemplate, Milestone, Reminder, ReminderRule
from tracker.reminders import muting
from tracker.reminders.channels.email.templates import shipped_source
from tracker.reminders.channels.email.wire import UnsafeHeader, write
from tracker.reminders.digest import Digest
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import NoticeKind

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=17)  # the overdue ladder has climbed to red by then


def read(mail):
    raw = mail.message().as_bytes(linesep="\r\n")
    found = BytesParser(policy=policy.default).parsebytes(raw)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def files(mail):
    return {part.get_filename(): part.get_content() for part in read(mail).iter_attachments()}


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


def sheets_of(mail) -> list[dict[str, str]]:
    """Each sheet as its rows, under 颜色 the one of its title."""
    [content] = [file for name, file in files(mail).items() if name.endswith(".docx")]
    document = Document(io.BytesIO(content))
    titles = [p.text for p in document.paragraphs if p.text.startswith("督查催办单")]
    return [
        {"颜色": title, **{line.cells[0].text: line.cells[1].text for line in table.rows}}
        for title, table in zip(titles, document.tables, strict=True)
    ]


def words_of(mail) -> list[str]:
    [content] = [file for name, file in files(mail).items() if name.endswith(".docx")]
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def numbers_of(mail) -> list[str]:
    return [line for line in words_of(mail) if line.startswith("编号：")]


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


def test_days_of_two_matters_both_reach_the_calendar(mailoutbox):
    only_rules("deadline-soon", "milestone-near")
    measure = soon(unit("", "a@x.example"), acknowledged=True)
    Milestone.objects.create(measure=measure, text="选址", due_on=TODAY + timedelta(days=1))
    plan()
    send()
    [mail] = mailoutbox
    assert mail.subject == "【督查督办】1项即将到期、1个阶段目标临近"
    [content] = files(mail).values()
    events = Calendar.from_ical(content).walk("VEVENT")
    assert {str(event["uid"]).split("-")[1]: event["dtstart"].dt for event in events} == {
        "deadline": date(2026, 3, 12),
        "milestone": TODAY + timedelta(days=1),
    }


def test_the_first_word_of_a_measure_brings_its_deadline_and_a_moved_one_replaces_it(mailoutbox):
    only_rules("milestone-near", "milestone-overdue")
    measure = soon(unit("", "a@x.example"), due_on=date(2026, 9, 30), acknowledged=True)
    Milestone.objects.create(measure=measure, text="选址", due_on=TODAY + timedelta(days=1))
    plan()
    send()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=date(2026, 10, 30), note="批示")
    Milestone.objects.update(due_on=TODAY - timedelta(days=1))
    plan()
    send(clock=Clock(NOW + timedelta(minutes=5)))
    found = []
    for mail in mailoutbox:
        [content] = [content for name, content in files(mail).items() if name.endswith(".ics")]
        found += [event for event in Calendar.from_ical(content).walk("VEVENT") if "deadline" in event["uid"]]
    first, second = found
    assert (first["dtstart"].dt, second["dtstart"].dt) == (date(2026, 9, 30), date(2026, 10, 30))
    assert first["uid"] == second["uid"] and second["sequence"] > first["sequence"]
    assert first["summary"].startswith("完成时限：") and "完成时限：2026年9月30日" in first["description"]


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["overdue"], "已逾期"),
        (["behind_red"], "进度滞后"),
        (["due_soon", "milestone_near"], "即将到期或需要关注"),
        (["overdue", "behind_red"], "需要督促办理"),
    ],
)
def test_a_leader_is_told_what_the_matters_are(kinds, words):
    items = [
        make_item(kind=NoticeKind(kind), party=Party.LEADER, measure_id=n) for n, kind in enumerate(kinds)
    ]
    said = Digest.of(items, recipient="l@x.example", today=TODAY).introduction
    assert words in said and ("已逾期" in said) == (kinds == ["overdue"])


def test_a_blue_reminder_has_no_sheet(mailoutbox):
    overdue(unit("", "a@x.example"))
    plan()
    send()
    assert files(mailoutbox[0]) == {}


def test_a_new_deadline_comes_as_a_calendar_file_and_moved_it_replaces_itself(mailoutbox):
    measure = soon(unit("", "a@x.example"), "新建公办幼儿园；一期, 二期")
    plan()
    send()
    later = TODAY + timedelta(days=1)
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=later, note="批示")
    plan()
    send(clock=Clock(NOW + timedelta(minutes=5)))
    events = []
    for mail in mailoutbox:
        [part] = read(mail).iter_attachments()
        assert part.get_content_type() == "text/calendar"
        [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
        events.append(event)
    first, second = events
    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"]
    assert (first["dtstart"].dt, second["dtstart"].dt) == (date(2026, 3, 12), later)
    assert "新建公办幼儿园；一期, 二期" in first["summary"]
    assert first["url"].endswith(f"/{measure.pk}/change/")


def test_mutable_notices_say_how_to_mute_and_the_link_mutes(mailoutbox, client, settings):
    lead = unit("", "a@x.example")
    soon(lead)
    plan()
    send()
    mail = read(mailoutbox[0])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    assert link in mail.get_body(("plain",)).get_content()
    address = link.removeprefix(settings.SITE_URL)

    assert "a@x.example" in client.get(address).content.decode()
    assert not AddressState.objects.exists(), "looking changes nothing"
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert muting.is_muted("a@x.example")

    soon(lead)
    overdue(lead)
    plan()
    send(clock=Clock(NOW + timedelta(minutes=5)))
    assert [mail.subject for mail in mailoutbox[1:]] == ["【督查督办】1项逾期"], (
        "what is overdue is told all the same"
    )
    assert read(mailoutbox[1])["List-Unsubscribe"] is None

    client.post(address, {"wanted": "all"})
    assert plan().planned == 1


def test_muted_between_planning_and_sending(mailoutbox):
    soon(unit("", "a@x.example"))
    plan()
    muting.mute("A@x.example", now=NOW)
    send()
    assert mailoutbox == []
    assert Reminder.objects.get().state == State.DROPPED


@pytest.mark.parametrize("token", ["x", "ImFAeC5leGFtcGxlIg:forged", "W10:abc"])
def test_a_link_that_was_not_made_here(client, token):
    assert client.get(f"/mute/{token}/").status_code == 404
    assert client.post(f"/mute/{token}/").status_code == 404
    assert not AddressState.objects.exists()


def own(part: str, source: str) -> MailTemplate:
    return MailTemplate.objects.create(part=part, source=source)


def test_the_offices_own_wording(mailoutbox):
    own("txt", "{{ digest.salutation }}请速办：{% for item in digest.items %}{{ item.title }}{% endfor %}")
    own("html", shipped_source("html").replace("本邮件由", "此函由"))
    overdue(unit("市教育局", "a@x.example"), "<script>新建学校</script>")
    plan()
    send()
    mail = read(mailoutbox[0])
    assert mail.get_body(("plain",)).get_content().strip() == "市教育局：请速办：<script>新建学校</script>"
    html = mail.get_body(("html",)).get_content()
    assert "此函由" in html and "<script>" not in html


@pytest.mark.parametrize(
    "source",
    [
        "{% for %}",
        "{{ nothing_of_that_name }}",
        "{{ digest.items[99].title }}",
        "{{ digest.__class__.__init__.__globals__ }}",
        "{% for n in range(10000000) %}{{ n }}{% endfor %}",
        "{{ 1 / 0 }}",
        "{% for a in digest.items %}{% for a in a %}{% endfor %}{% endfor %}",
        '{{ "\\ud800" }}',
        "{% if digest.on_request %}x{% endif %}",
        "<p>&#32;</p><!-- nothing to see -->",
        "{% include 'other' %}",
    ],
)
def test_a_broken_edit_stops_nothing_and_says_so(mailoutbox, caplog, source):
    broken = own("html", source)
    for name in ("a", "b"):
        overdue(unit("", f"{name}@x.example"), "新建学校")
    plan()
    report = send()
    assert report.count(State.SENT) == 2
    for mail in mailoutbox:
        assert "新建学校" in read(mail).get_body(("html",)).get_content()
    broken.refresh_from_db()
    assert broken.broken_at == NOW
    assert broken.error
    assert [record.levelname for record in caplog.records if "shipped one is sent" in record.message] == [
        "ERROR"
    ]


def test_a_broken_template_is_not_tried_again_until_it_is_edited(mailoutbox):
    broken = own(
        "txt",
        "{% if digest.items|length > 1 %}{{ nothing_of_that_name }}{% endif %}一项：{{ digest.items[0].title }}",
    )
    lead = unit("", "a@x.example")
    overdue(lead)
    overdue(lead)
    plan()
    send()
    overdue(lead)
    plan()
    send()
    assert [mail.body.startswith("一项") for mail in mailoutbox] == [False, False], (
        "it would work for one item"
    )
    broken.refresh_from_db()
    assert broken.error == "第1行：用到了不存在的内容（nothing_of_that_name）。"


def test_replies_go_to_the_office(mailoutbox, settings):
    settings.MAIL_REPLY_TO = "督查室 <office@city.example>"
    overdue(unit("", "a@x.example"))
    plan()
    send()
    [address] = read(mailoutbox[0])["Reply-To"].addresses
    assert (address.display_name, address.addr_spec) == ("督查室", "office@city.example")


@pytest.mark.parametrize(
    ("name", "alias", "mailbox", "office", "goes_to"),
    [
        ("市委市政府督查局", "", "ducha@city.example", "市委市政府督查局", "ducha@city.example"),
        ("市督查考核办", "督查室", "ducha@city.example", "某某市", "ducha@city.example"),
        ("市委市政府督查局", "", "", "市委市政府督查局", ""),
        ("市教育局", "", "jiaoyu@city.example", "市委市政府督查局", ""),
    ],
)
def test_without_the_setting_replies_go_to_the_offices_own_department(
    mailoutbox, settings, name, alias, mailbox, office, goes_to
):
    settings.MAIL_REPLY_TO, settings.OFFICE_NAME = "", office
    own = unit(name, mailbox=mailbox)
    if alias:
        DepartmentAlias.objects.create(department=own, name=alias)
    overdue(unit("", "a@x.example"))
    plan()
    send()
    header = read(mailoutbox[0])["Reply-To"]
    assert str(header or "") == goes_to
    assert ("回复将送达 " + goes_to if goes_to else "请勿直接回复") in mailoutbox[0].body


def test_no_header_breaks_out_of_its_line():
    with pytest.raises(UnsafeHeader):
        write({"Subject": "a\r\nBcc: b@x.example"}, text="", html="", boundary="b")


def test_the_shipped_words_work_for_every_kind(mailoutbox):
    only_rules(*ReminderRule.objects.values_list("code", flat=True))
    make_user("office", email="office@city.example")
    lead = unit("", "a@x.example")
    overdue(lead)
    plan(today=LATER)
    report = send(today=LATER, clock=Clock(NOW + timedelta(days=17)))
    assert report.failures == []
    assert all(read(mail)["Subject"].startswith("【督查督办】") for mail in mailoutbox)
