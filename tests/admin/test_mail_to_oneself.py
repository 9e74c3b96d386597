"""The mail that 督查室 sends to itself to see how mails look: nobody takes it for a real one, and no server holds the page."""

import re
import socket
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.makers import NOW, TODAY, make_user
from tests.reminders.scene import only_rules
from tracker import reminders
from tracker.models import Checkpoint, Milestone, Reminder, ReminderRule, load_calendar
from tracker.reminders import queue
from tracker.reminders.demands import demands_of
from tracker.reminders.digest import Digest
from tracker.reminders.items import item

pytestmark = pytest.mark.django_db


def test_a_test_mail_says_that_it_is_one_and_nothing_in_it_acts(town, signed_in, mailoutbox):
    """Whoever it is really about is not greeted, no day goes into a calendar, no link mutes the person for real."""
    only_rules("overdue", "deadline-soon", "assigned")
    ReminderRule.objects.filter(code="deadline-soon").update(mutable=True)
    ReminderRule.objects.filter(code="overdue").update(level="red")
    type(town.led).objects.filter(pk=town.led.pk).update(due_on=TODAY - timedelta(days=4))
    make_user("liaison", department=town.own, email="one@city.example")
    make_user("liaison", department=town.own, email="two@city.example")
    reminders.plan(now=NOW, today=TODAY)
    assert Reminder.objects.filter(measure=town.led).count() > 1, "told to several, and listed once"
    type(town.office).objects.filter(pk=town.office.pk).update(email="me@city.example", name="王科长")
    signed_in(town.office).post(reverse("admin:reminder_test"))
    [mail] = mailoutbox
    assert mail.subject.startswith("【测试】【督查督办】")
    for content in (mail.body, mail.alternatives[0][0]):
        assert "王科长：" in content
        assert "测试邮件" in content and "无需办理" in content
    message = mail.message()
    raw = message.as_bytes(linesep="\r\n")
    assert b"text/calendar" not in raw and b"List-Unsubscribe" not in raw
    measures = Reminder.objects.values("measure").distinct().count()
    assert sum(int(number) for number in re.findall(r"(\d+)[项个期]", mail.subject)) == measures
    assert mail.body.count("/admin/tracker/measure/") == measures


def test_a_stalling_mail_server_does_not_hold_the_button(town, signed_in, settings, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 20
        assert queue.TEST_SECONDS <= 5
        monkeypatch.setattr(queue, "TEST_SECONDS", 0.3)
        town.office.email = "me@city.example"
        town.office.save()
        client = signed_in(town.office)
        began = time.monotonic()
        page = client.post(reverse("admin:reminder_test"), follow=True)
        assert time.monotonic() - began < 10
    assert "未能发送：邮件服务器超时未答复。" in page.content.decode()


def test_the_test_mail_counts_and_names_as_the_real_one_does(town, signed_in, mailoutbox):
    only_rules("period-report-overdue", "milestone-near")
    Checkpoint.objects.all().delete()
    for offset in (-21, -14):
        Checkpoint.objects.create(
            measure=town.led,
            department=town.own,
            kind="period_report",
            due_on=timezone.localdate() + timedelta(days=offset),
        )
    Milestone.objects.create(
        measure=town.assisted, due_on=timezone.localdate() + timedelta(days=1), text="完成选址"
    )
    make_user("liaison", department=town.own, email="one@city.example")
    reminders.plan(now=timezone.now(), today=timezone.localdate())
    real = Digest.of(
        [
            item(row, today=timezone.localdate(), calendar=load_calendar(), demand=demand)
            for row in Reminder.objects.filter(recipient="one@city.example")
            for demand in demands_of([row], today=timezone.localdate()).values()
        ],
        recipient="one@city.example",
        today=timezone.localdate(),
    )
    assert "2期报告超期" in real.subject
    shown = queue.sample("me@city.example", today=timezone.localdate(), test_for="王科长")
    assert "2期报告超期" in shown.subject
    assert any("完成选址" in fact for found in shown.items for fact in found.facts)
