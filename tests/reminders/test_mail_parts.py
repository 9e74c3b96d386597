"""What goes with a digest: the calendar file, the way to mute, the office's own wording and its fallback."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from tests.makers import NOW, TODAY, make_user
from tests.reminders.mails import files, read
from tests.reminders.scene import Clock, State, only_rules, overdue, plan, send, soon, unit
from tests.reminders.test_digest import make_item
from tracker import actions
from tracker.models import AddressState, DepartmentAlias, MailTemplate, Milestone, Reminder, ReminderRule
from tracker.reminders import muting
from tracker.reminders.channels.email.templates import shipped_source
from tracker.reminders.channels.email.wire import UnsafeHeader, write
from tracker.reminders.digest import Digest
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import NoticeKind

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=17)  # the overdue ladder has climbed to red by then


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
