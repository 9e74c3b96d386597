"""manage.py send_reminders: what it prints, what it writes, how it ends."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.makers import make_user
from tests.reminders.scene import State, overdue, soon, unit
from tracker import actions, reminders
from tracker.models import Endpoint, InboxNotice, Reminder, ReminderRule
from tracker.reminders import claiming
from tracker.reminders.channels.email import EmailChannel

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("send_reminders", *args, stdout=out, stderr=err)
    except CommandError as error:
        assert error.returncode == 1
        err.write(str(error))
    return out.getvalue(), err.getvalue()


def late(lead, title="", days=9):
    return overdue(lead, title, due_on=timezone.localdate() - timedelta(days=days))


def test_dry_run_says_who_what_and_why_and_writes_nothing(mailoutbox):
    lead = unit("市教育局", "a@x.example")
    late(lead, "推进义务教育优质均衡")
    late(unit("市档案馆", mailbox=""), "建设数字档案馆")
    out, err = run("--dry-run")
    assert "将发送：a@x.example（1 条）" in out
    assert "推进义务教育优质均衡" in out
    assert f"时限{timezone.localdate() - timedelta(days=9)}，逾期9天" in out
    assert "规则：逾期次日首次催办，此后每5个工作日一次" in out
    assert "市教育局·牵头单位" in out
    assert "合计：将发送 1 封" in out
    nobody = "联络员、单位邮箱和部门负责人都没有可用的邮箱；督查室也没有可用的邮箱。"
    assert err.strip() == f"市档案馆：{nobody}涉及的 1 条提醒无人可通知。"
    assert mailoutbox == []
    assert Reminder.objects.count() == 0


def test_a_gap_says_who_has_no_address_and_who_is_told_instead(mailoutbox):
    leader, archive = make_user("leader", email=""), unit("市档案馆", mailbox="")
    archive.leader_in_charge = leader
    archive.save()
    make_user("office", email="office@x.example")
    late(archive, "建设数字档案馆", days=60)
    ReminderRule.objects.filter(kind="overdue").update(audience=["liaison", "leader"])
    nobody = "联络员、单位邮箱和部门负责人都没有可用的邮箱；分管领导没有可用的邮箱。"
    expected = f"市档案馆：{nobody}涉及的 1 条提醒已改发督查室。"
    assert run("--dry-run")[1].strip() == expected
    assert run()[1].strip() == expected
    assert {mail.to[0] for mail in mailoutbox} == {"office@x.example"}


def test_the_run_does_what_the_dry_run_said(mailoutbox):
    for name in ("a", "b"):
        lead = unit("", f"{name}@x.example")
        late(lead)
        soon(lead, due_on=timezone.localdate())
    promised, _ = run("--dry-run")
    out, err = run()
    assert err == ""
    assert "新增提醒 4 条" in out
    assert "已发送 a@x.example：【督查督办】1项逾期、1项即将到期" in out
    assert "共发送 2 封，失败 0 封" in out
    assert [mail.to[0] for mail in mailoutbox] == [
        to for to in ("a@x.example", "b@x.example") if to in promised
    ]

    again, _ = run()
    assert "新增提醒 0 条" in again and "共发送 0 封" in again
    later, _ = run("--dry-run")
    assert "本次不发送：a@x.example（2 条）" in later
    assert "已于" in later
    assert "合计：将发送 0 封" in later


def test_dry_run_shows_what_would_be_dropped():
    measure = late(unit("", "a@x.example"), "旧事项")
    reminders.plan(now=timezone.now(), today=timezone.localdate())
    actions.suspend(measure_id=measure.pk, actor=None, now=timezone.now(), reason="等待上级文件")
    out, _ = run("--dry-run")
    assert "将取消（情况已变化）：a@x.example" in out
    assert "事项现为“暂缓”" in out
    assert Reminder.objects.get().state == State.PLANNED


def test_a_group_is_named_as_the_office_named_it():
    ReminderRule.objects.filter(kind="overdue").update(by_robot=True)
    group = Endpoint.objects.create(name="教育口联络群", channel="wecom", url="https://robot.example/x")
    late(unit("市教育局", "a@x.example"), "推进义务教育优质均衡")
    out, _err = run("--dry-run")
    assert f"将发送：教育口联络群（wecom:{group.pk}）（1 条）" in out
    assert "将发送：a@x.example（1 条）" in out


def test_only_to(mailoutbox):
    late(unit("", "a@x.example"))
    late(unit("", "b@x.example"))
    out, _ = run("--only-to", " B@X.example")
    assert "共发送 1 封" in out
    assert [mail.to for mail in mailoutbox] == [["b@x.example"]]
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize("days", [-3, 1, 60])
def test_another_day_is_shown_and_never_sent(days, mailoutbox):
    today = timezone.localdate()
    day = today + timedelta(days=days)
    soon(unit("", "a@x.example"), due_on=day)
    late(unit("", "b@x.example"), days=30)
    out, err = run("--on", str(day))
    assert f"--on {day} 不是当天（{today}）：只能发送当天的提醒" in err and "--dry-run" in err
    assert (out, mailoutbox, Reminder.objects.count(), InboxNotice.objects.count()) == ("", [], 0, 0)
    out, err = run("--on", str(day), "--dry-run")
    assert f"以 {day} 为“今天”" in out and "将发送：a@x.example（1 条）" in out and "今日到期" in out
    assert f"{day} 不是当天" in err
    assert (mailoutbox, Reminder.objects.count(), InboxNotice.objects.count()) == ([], 0, 0)
    assert "共发送" in run("--on", str(today))[0]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--on", "2026-13-01"), "--on “2026-13-01”不是有效日期，应为 YYYY-MM-DD"),
        (("--on", "明天"), "不是有效日期"),
        (("--on", "20260310"), "格式 YYYY-MM-DD"),
        (("--on", "9999-12-31"), "应为 2000-01-01 至 2100-12-31 之间"),
        (("--only-to", "not an address"), "--only-to “not an address”不是有效的邮箱地址"),
        (("--only-to", ""), "不是有效的邮箱地址"),
    ],
)
def test_bad_input_is_one_chinese_line(args, message):
    late(unit("", "a@x.example"))
    out, err = run(*args)
    assert message in err
    assert out == ""
    assert Reminder.objects.count() == 0


def test_a_failure_ends_with_exit_code_one(monkeypatch):
    late(unit("", "a@x.example"))

    def refused(channel, message, meanwhile):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(EmailChannel, "_send", refused)
    out, err = run()
    assert "失败，稍后重试 a@x.example（1条）：无法连接邮件服务器" in err
    assert "有邮件未能发送" in err
    assert "失败 1 封" in out
    out, _ = run("--dry-run")
    assert "后重试" in out


def test_the_cap_is_said(settings, mailoutbox):
    settings.REMINDER_CAP_PER_RUN = 1
    late(unit("", "a@x.example"))
    late(unit("", "b@x.example"))
    out, _ = run("--dry-run")
    assert "以下 1 个收件人留待下次运行" in out
    out, err = run()
    assert "还有 1 封（1 条提醒）留待下次运行" in out
    assert err == ""
    run()
    assert len(mailoutbox) == 2


def test_what_a_killed_run_left_is_swept(settings, mailoutbox):
    late(unit("", "a@x.example"))
    past = timezone.now() - timedelta(seconds=settings.REMINDER_CLAIM_STALE_SECONDS + 60)
    reminders.plan(now=past, today=timezone.localdate())
    [batch] = reminders.waiting_batches(now=past)
    claiming.claim([batch], now=past)
    out, _ = run()
    assert "有 1 条提醒上次发送没有留下结果" in out
    assert len(mailoutbox) == 1
