"""Reminders in the admin: the queue, rules, endpoints, addresses, templates, one's own inbox, and who may do what there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.makers import NOW, TODAY
from tracker.models import (
    AddressState,
    Endpoint,
    EngineState,
    MailTemplate,
    Reminder,
    ReminderPolicy,
    ReminderRule,
)
from tracker.reminders.channels.email.templates import shipped_source

QUEUE = "/admin/tracker/reminder/"
INBOX = "/admin/tracker/inboxnotice/"
MAILS = "/admin/my-mails/"


def row(measure, state="failed", **kw):
    fields = {
        "kind": "overdue",
        "occurrence": 0,
        "step_on": TODAY,
        "due_on": TODAY,
        "recipient": "a@x.example",
        "department": measure.lead,
        "planned_on": TODAY,
        "not_before": NOW,
        "state": state,
        "rule": ReminderRule.objects.get(code="overdue"),
        **kw,
    }
    return Reminder.objects.create(measure=measure, **fields)


def take(client, action, *rows):
    return client.post(
        QUEUE, {"action": action, "_selected_action": [found.pk for found in rows]}, follow=True
    )


def test_the_queue_says_how_sending_goes(town, signed_in):
    row(town.led, failed_at=timezone.now(), error="550 不存在")
    EngineState.objects.create(pk=1, last_tick_at=timezone.now() - timedelta(hours=3))
    page = signed_in(town.office).get(QUEUE).content.decode()
    assert "定时任务已有180分钟没有运行" in page
    assert "最近7天有1条提醒发送失败，尚未处理" in page
    assert "给我发一封测试邮件" in page and "重新发送所选" in page
    other = signed_in(town.liaison).get(QUEUE).content.decode()
    assert "给我发一封测试邮件" not in other and "重新发送所选" not in other


def test_the_queue_shows_the_measures_own_deadline_beside_the_day_counted_from(town, signed_in):
    row(town.led, "planned", kind="assigned", due_on=TODAY)
    page = signed_in(town.office).get(f"{QUEUE}?o=10").content.decode()
    assert "完成时限" in page and "事由日期" in page
    assert town.led.due_on != TODAY and town.led.due_on.isoformat() in page


def test_what_became_of_a_reminder_stands_before_what_may_be_scrolled_to(town, signed_in):
    row(town.led, error="550 不存在")
    page = signed_in(town.office).get(QUEUE)
    shown = list(page.context["cl"].list_display)
    assert [name for name in shown if name != "action_checkbox"][:5] == [
        *("planned", "what", "measure"),
        *("sending", "problem"),
    ]


def test_the_queue_says_what_the_cap_holds_back(town, signed_in, settings):
    settings.REMINDER_CAP_PER_RUN = 2
    for number in range(5):
        row(town.led, "planned", recipient=f"u{number}@x.example")
    page = signed_in(town.office).get(QUEUE).content.decode()
    assert "每次运行最多发送 2 封，另有 3 封留待以后各次" in page


def test_failed_is_sent_again_and_its_address_trusted_again(town, signed_in):
    failed, sent = row(town.led, error="550", failed_at=NOW), row(town.assisted, state="sent")
    AddressState.objects.create(address="a@x.example", bounced_at=NOW)
    page = take(signed_in(town.office), "send_again", failed, sent)
    assert "1 条提醒已重新排队" in page.content.decode()
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.error, failed.failed_at, sent.state) == ("retry", "", None, "sent")
    assert AddressState.objects.get().bounced_at is None


def test_called_off_is_not_planned_again(town, signed_in):
    from tests.reminders.scene import only_rules
    from tracker import reminders

    only_rules("overdue")
    type(town.led).objects.filter(pk=town.led.pk).update(due_on=TODAY - timedelta(days=4))
    reminders.plan(now=NOW, today=TODAY)
    rows = list(Reminder.objects.all())
    assert rows
    page = take(signed_in(town.office), "call_off", *rows)
    assert f"已取消 {len(rows)} 条提醒" in page.content.decode()
    assert reminders.plan(now=NOW, today=TODAY).planned == 0
    assert set(Reminder.objects.values_list("state", flat=True)) == {"cancelled"}
    assert str(town.office) in Reminder.objects.first().error


@pytest.mark.parametrize("role", ["liaison", "head", "leader", "nobody"])
def test_others_neither_send_again_nor_call_off_nor_test(town, signed_in, role, mailoutbox):
    client, failed = signed_in(getattr(town, role)), row(town.led)
    for action in ("send_again", "call_off"):
        take(client, action, failed)
    failed.refresh_from_db()
    assert failed.state == "failed"
    assert client.post(reverse("admin:reminder_test")).status_code in (302, 403)
    assert mailoutbox == []
    for name in ("addressstate", "mailtemplate"):
        assert client.get(reverse(f"admin:tracker_{name}_changelist")).status_code in (302, 403)


def test_send_me_a_test(town, signed_in, mailoutbox):
    client = signed_in(town.office)
    page = client.post(reverse("admin:reminder_test"), follow=True)
    assert "没有可用的邮箱" in page.content.decode()
    town.office.email = "me@city.example"
    town.office.save()
    row(town.led)
    assert client.get(reverse("admin:reminder_test")).status_code == 302
    assert mailoutbox == []
    page = client.post(reverse("admin:reminder_test"), follow=True)
    assert "已发送到 me@city.example" in page.content.decode()
    [mail] = mailoutbox
    assert mail.to == ["me@city.example"] and "打通断头路" in mail.body
    assert Reminder.objects.get().state == "failed", "the ledger is left alone"


def test_a_bounced_address_is_shown_with_its_owner_and_released(town, signed_in):
    state = AddressState.objects.create(address=town.own.mailbox, bounced_at=NOW, bounce="550 不存在")
    client = signed_in(town.office)
    page = client.get(reverse("admin:tracker_addressstate_changelist")).content.decode()
    assert "550 不存在" in page and "甲局" in page
    client.post(reverse("admin:tracker_addressstate_delete", args=[state.pk]), {"post": "yes"})
    assert not AddressState.objects.exists()


def test_flagged_addresses_are_released_together_with_what_failed_for_it(town, signed_in):
    states = [
        AddressState.objects.create(address="a@x.example", bounced_at=NOW, bounce="550"),
        AddressState.objects.create(address="b@x.example", bounced_at=NOW, muted_at=NOW),
    ]
    lost = row(town.led, failed_at=NOW, error="550")
    before = row(town.assisted, failed_at=NOW - timedelta(days=1), error="无法生成")
    others = row(town.foreign, recipient="c@x.example", failed_at=NOW, error="550")
    chosen = {"action": "release", "_selected_action": [state.pk for state in states]}
    page = reverse("admin:tracker_addressstate_changelist")
    signed_in(town.liaison).post(page, chosen)
    assert AddressState.objects.filter(bounced_at__isnull=False).count() == 2
    answer = signed_in(town.office).post(page, chosen, follow=True).content.decode()
    assert "已恢复 2 个邮箱，1 条因此失败的提醒已重新排队" in answer
    assert "删除所选" not in answer, "what their owners muted stays"
    assert set(AddressState.objects.values_list("bounced_at", "bounce")) == {(None, "")}
    assert AddressState.objects.get(address="b@x.example").muted_at == NOW
    found = [Reminder.objects.get(pk=one.pk).state for one in (lost, before, others)]
    assert found == ["retry", "failed", "failed"]


def test_a_template_is_tried_on_real_data_and_kept_only_when_it_can_be_read(town, signed_in):
    row(town.led)
    client = signed_in(town.office)
    preview = reverse("admin:tracker_mailtemplate_preview")
    assert client.get(preview).status_code == 405
    each = "{% for item in digest.items %}请办：{{ item.title }} {% endfor %}"
    page = client.post(preview, {"part": "txt", "source": each}).content.decode()
    assert "请办：打通断头路" in page and "示例事项" not in page
    page = client.post(preview, {"part": "html", "source": "{{ nothing }}"}).content.decode()
    assert "模板出错" in page and "打通断头路" in page, "what would be sent instead is shown"
    assert not MailTemplate.objects.exists()

    add = reverse("admin:tracker_mailtemplate_add")
    assert "digest.groups" in client.get(add).content.decode()
    refused = client.post(add, {"part": "html", "active": "on", "source": "第一行\n{% for %}"})
    assert "模板有误，第2行" in refused.content.decode()
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}{{ subject }}"
    for source, reason in (
        (endless, "模板有误，第1行：循环只能遍历邮件自己的内容"),
        ("{{ nothing }}", "模板有误，第1行：用到了不存在的内容"),
        ('{{ "\\ud800" }}', "模板有误，生成的内容含有无法发送的字符"),
        ("{% if digest.on_request %}x{% endif %}", "模板有误，模板生成的内容为空"),
    ):
        for page in (add, preview):
            answer = client.post(page, {"part": "html", "active": "on", "source": source})
            assert reason.removeprefix("模板有误，") in answer.content.decode()
    assert not MailTemplate.objects.exists()
    client.post(add, {"part": "html", "active": "on", "source": shipped_source("html")})
    template = MailTemplate.objects.get()
    MailTemplate.objects.update(broken_at=NOW, error="出错了")
    change = reverse("admin:tracker_mailtemplate_change", args=[template.pk])
    assert "现以系统自带模板发送" in client.get(change).content.decode()
    loop = "{% for group in digest.groups %}{% for item in group.items %}{{ item.title }}BODY{% endfor %}{% endfor %}"
    for page in (change, f"{preview}?part=html"):
        answer = client.post(page, {"active": "on", "source": "<p>{{ subject }}</p>"}).content.decode()
        assert "邮件须逐项列出事项的标题（item.title），缺少：打通断头路" in answer
    template.refresh_from_db()
    assert template.source == shipped_source("html").strip(), "what names no matter is not kept"
    unlinked = "邮件没有逐项给出事项的链接"
    assert unlinked in client.post(f"{preview}?part=html", {"source": loop}).content.decode()
    assert unlinked in client.post(change, {"active": "on", "source": loop}, follow=True).content.decode()
    template.refresh_from_db()
    assert template.source == loop, "without links it is kept, and told"
    few = loop.replace("{{ item.title }}", "{% if loop.index < 10 %}{{ item.title }}{% endif %}")
    for page in (change, f"{preview}?part=html"):
        answer = client.post(page, {"active": "on", "source": few}).content.decode()
        assert "邮件须逐项列出事项的标题（item.title），缺少：示例事项" in answer, (
            "it would do for today's one"
        )
        answer = client.post(page, {"active": "on", "source": loop + "<script></script>"}).content.decode()
        assert "邮件中不能使用 script 标签" in answer
    template.refresh_from_db()
    assert template.source == loop
    whole = loop.replace("BODY", ' <a href="{{ item.url }}">办理</a>')
    assert unlinked not in client.post(f"{preview}?part=html", {"source": whole}).content.decode()
    told = client.post(change, {"active": "on", "source": whole}, follow=True).content.decode()
    assert unlinked not in told
    template.refresh_from_db()
    assert (template.broken_at, template.source) == (None, whole)


def test_mails_that_one_may_do_without(town, signed_in):
    town.liaison.email = "Own@x.example"
    town.liaison.save()
    client = signed_in(town.liaison)
    assert client.get(MAILS).status_code == 302
    assert not AddressState.objects.exists()
    client.post(MAILS, {"wanted": "less"})
    state = AddressState.objects.get()
    assert state.address == "own@x.example" and state.muted_at is not None
    assert "已停收" in client.get(INBOX).content.decode()
    client.post(MAILS, {"wanted": "all"})
    state.refresh_from_db()
    assert state.muted_at is None


# --- for monitors -----------------------------------------------------------------------------------------------------


def test_health_asks_the_database(town, client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["定时任务还没有运行过。"]
    now = timezone.now()
    ReminderPolicy.objects.all().delete()
    state = EngineState.objects.create(pk=1, last_tick_at=now)
    assert client.get("/healthz").json()["status"] == "ok"
    late = row(town.led, state="planned", not_before=now - timedelta(hours=2))
    [problem] = client.get("/healthz").json()["problems"]
    assert problem == "最早一条待发提醒已等待120分钟。"
    # In quiet hours that is as it should be.
    ReminderPolicy.objects.create(quiet_from="00:00", quiet_until="23:59:59.999999")
    assert client.get("/healthz").status_code == 200
    late.delete()
    ReminderPolicy.objects.all().delete()
    state.last_tick_at = now - timedelta(hours=1)
    state.save()
    assert client.get("/healthz").status_code == 503
    assert client.post("/healthz").status_code == 405


def test_health_forgets_no_failure_that_nobody_has_seen_to(town, signed_in, client):
    now = timezone.now()
    ReminderPolicy.objects.all().delete()
    EngineState.objects.create(pk=1, last_tick_at=now)

    def problems():
        answer = client.get("/healthz")
        assert answer.status_code == (503 if answer.json()["problems"] else 200)
        return answer.json()["problems"]

    old = row(town.led, failed_at=now - timedelta(days=8), error="550", recipient="old@x.example")
    assert problems() == []
    failed = row(town.led, failed_at=now - timedelta(days=3), error="550")
    assert problems() == ["最近7天有1条提醒发送失败，尚未处理（重新发送或取消）。"]
    page = signed_in(town.office).get(QUEUE).content.decode()
    assert "<span>失败 <b>2</b></span>" in page, "all that ever failed"
    # The unit's mailbox was told instead.
    instead = row(town.led, "sent", recipient="box@x.example", sent_at=now - timedelta(days=2))
    assert problems() == []
    instead.delete()
    take(signed_in(town.office), "call_off", failed)
    assert problems() == []
    old.delete()

    gap = row(
        town.led,
        recipient="",
        failed_at=now - timedelta(days=40),
        error="联络员、单位邮箱和部门负责人都没有可用的邮箱。",
    )
    assert problems() == ["有1条提醒未能通知应通知的人，也未能改发督查室，请按“失败”中写明的原因补上。"]
    type(town.led).objects.filter(pk=town.led.pk).update(status="cancelled")
    assert problems() == [], "nobody need be told any more"
    gap.delete()

    row(town.assisted, "retry", attempts=7, not_before=now + timedelta(hours=3), error="550")
    assert problems() == ["有1条提醒重试7次以上仍未送出，请查看待重试的原因。"]
    Reminder.objects.all().delete()
    for number in range(4):
        AddressState.objects.create(address=f"u{number}@x.example", bounced_at=now)
    assert problems() == []
    AddressState.objects.create(address="u5@x.example", bounced_at=now)
    assert problems() == ["最近7天有5个邮箱被标为退信，请检查邮件服务器和邮箱状态。"]


def test_metrics_are_counts_and_nothing_else(town, client):
    row(town.led, error="550 a@x.example")
    page = client.get("/metrics").content.decode()
    assert 'duban_reminders{state="failed"} 1' in page
    assert "duban_reminder_last_tick_seconds -1" in page
    assert "a@x.example" not in page and "打通断头路" not in page
    for line in page.splitlines():
        assert line.startswith("# ") or len(line.rsplit(" ", 1)) == 2


def robot(department=None, **kw):
    values = {
        "name": "督办工作群",
        "channel": "webhook",
        "url": "https://robot.example/x",
        "secret": "x",
        **kw,
    }
    return Endpoint.objects.create(department=department, **values)


def test_the_queue_names_a_robot_as_the_office_does(town, signed_in):
    found = robot()
    failed = row(town.led, recipient=found.address, channel="webhook", error="404")
    office = signed_in(town.office)
    for address in (QUEUE, f"{QUEUE}{failed.pk}/change/"):
        page = office.get(address).content.decode()
        assert "督办工作群" in page and found.address not in page
    address = found.address
    found.delete()
    assert address in office.get(QUEUE).content.decode()


def test_the_offices_robots_are_its_own_affair(town, signed_in):
    common, own = robot(), robot(town.own, name="本局群", channel="wecom")
    foreign = robot(town.other, name="他局群", channel="wecom")
    for found in (common, own, foreign):
        row(town.led, recipient=found.address, channel=found.channel, error="404 不存在")
    row(town.led, recipient="a@x.example", error="550 用户不存在")
    page = signed_in(town.liaison).get(QUEUE).content.decode()
    assert "本局群" in page and "550 用户不存在" in page
    assert "督办工作群" not in page and "他局群" not in page
    everything = signed_in(town.office).get(QUEUE).content.decode()
    assert all(name in everything for name in ("本局群", "督办工作群", "他局群"))
