"""Each matter is said once and by its name: two rules of one kind are not two matters, two stages of one day are not one."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from tests.api.callers import ROOT, client_of
from tests.makers import NOW, TODAY, liaison_of, make_measure, make_user
from tests.reminders.mails import files, sheets_of
from tests.reminders.scene import only_rules, overdue, plan, run_days, send, unit
from tests.reminders.test_counting import a_rule
from tracker import reminders
from tracker.models import Checkpoint, Reminder, ReminderRule
from tracker.rules.milestones import Milestone

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    make_user("office", email="office@city.example")
    return unit("市教育局", "a@x.example")


def test_two_rules_of_one_kind_on_one_measure_are_one_matter(lead, mailoutbox):
    a_rule("long", kind="overdue", days=2, unit="calendar", audience=["liaison"])
    overdue(lead)
    run_days(TODAY)
    [mail] = mailoutbox
    assert Reminder.objects.filter(state="sent").count() == 2, "the ledger keeps both"
    assert mail.subject == "【督查督办】1项逾期"
    assert "■ 已逾期 1 项" in mail.body
    assert "同时：" not in mail.body
    assert mail.body.count("逾期4天") == 1


def test_of_two_rules_of_one_kind_the_higher_colour_is_said(lead, mailoutbox):
    make_user("head", department=lead, email="head@x.example")
    a_rule("red", kind="overdue", days=2, unit="calendar", level="red", audience=["liaison", "head"])
    overdue(lead, "建设幼儿园")
    run_days(TODAY)
    to = {mail.to[0]: mail for mail in mailoutbox}
    for address in ("a@x.example", "head@x.example"):
        assert to[address].subject == "【督查督办】1项逾期（红色催办）"
        assert "同时：" not in to[address].body and "蓝色" not in to[address].body
        [sheet] = sheets_of(to[address])
        assert sheet["颜色"] == "督查催办单（红色）"


def staged(lead, *days: tuple[int, str], now=NOW):
    """A measure with milestones so many days from TODAY; the last of all is its deadline."""
    milestones = [Milestone(day(offset), text) for offset, text in days]
    return make_measure(
        lead=lead,
        due_on=day(40),
        starts_on=day(-30),
        milestones=[*milestones, Milestone(day(40), "竣工")],
        now=now,
    )


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def test_a_milestone_is_told_by_its_name(lead, mailoutbox):
    only_rules("milestone-overdue", "milestone-near")
    ReminderRule.objects.filter(code="milestone-overdue").update(level="orange")
    measure = staged(
        lead, (-4, "完成选址"), (-4, "落实资金<5亿元>"), (2, "开工"), now=NOW - timedelta(days=20)
    )
    run_days(TODAY)
    [mail] = [mail for mail in mailoutbox if mail.to == ["a@x.example"]]
    html = mail.alternatives[0][0]
    assert mail.subject == "【督查督办】2个阶段目标逾期、1个阶段目标临近（橙色催办）"
    assert "阶段时限（完成选址）：2026年3月6日" in mail.body and "阶段时限（完成选址）" in html
    assert "阶段目标已逾期（落实资金<5亿元>）：逾期4天（2个工作日），橙色催办" in mail.body
    assert "落实资金&lt;5亿元&gt;" in html
    assert "阶段目标临近（开工）：还有2天" in mail.body
    causes = [sheet["催办事由"] for sheet in sheets_of(mail)]
    assert [cause.partition("2026年")[0] for cause in causes] == [
        "阶段目标已逾期：阶段时限（完成选址）",
        "阶段目标已逾期：阶段时限（落实资金<5亿元>）",
    ]
    summaries = {
        str(event["summary"])
        for event in Calendar.from_ical(files(mail)["deadlines.ics"]).walk("VEVENT")
        if "milestone" in str(event["uid"])
    }
    assert summaries == {f"阶段时限（开工）：{measure.number} {measure.title}"}


def test_the_inbox_and_the_queue_name_the_milestone(lead, client):
    only_rules("milestone-near")
    staged(lead, (2, "开工"), (2, "落实资金"))
    run_days(TODAY)
    client.force_login(liaison_of(lead), backend="django.contrib.auth.backends.ModelBackend")
    for address in ("/admin/tracker/inboxnotice/", "/admin/tracker/reminder/"):
        page = client.get(address).content.decode()
        assert "阶段目标临近：开工" in page and "阶段目标临近：落实资金" in page
    answer = client_of(liaison_of(lead), scope="read").get(f"{ROOT}notices/").json()
    assert {row["about"] for row in answer["results"]} == {"开工", "落实资金"}


def test_the_dry_run_names_the_milestone(lead):
    only_rules("milestone-near")
    staged(lead, (2, "开工"), (2, "落实资金"))
    lines = reminders.preview(now=NOW, today=TODAY).mails["a@x.example"]
    assert {line.why.partition("：")[0] for line in lines} == {
        "阶段目标临近（开工）",
        "阶段目标临近（落实资金）",
    }


def test_a_node_and_a_period_are_told_by_their_names(lead, mailoutbox):
    only_rules("checkpoint-near", "period-report-due", "period-report-overdue")
    measure = overdue(lead, due_on=day(90), starts_on=TODAY, acknowledged=False)
    measure.checkpoints.all().delete()
    for kind, offset in (("first_report", 1), ("period_report", -10), ("period_report", 0)):
        Checkpoint.objects.create(measure=measure, department=lead, kind=kind, due_on=day(offset))
    run_days(TODAY)
    body = mailoutbox[0].body
    assert "督办节点临近（首次反馈）：还有1天" in body
    assert "定期报告待报送（3月10日一期）：今日应报送" in body


def test_naming_the_parts_costs_one_query_however_many(lead):
    only_rules("milestone-near")
    counts = []
    for offset in (1, 2):
        for number in range(1 if offset == 1 else 30):
            staged(lead, (offset, f"阶段{number}"))
        plan()
        with CaptureQueriesContext(connection) as queries:
            send()
        counts.append(len(queries))
    assert counts[0] == counts[1]
