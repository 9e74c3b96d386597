"""The next notice is counted from what was really said: over edited rules, new leads, pauses, queues and days off."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.makers import NOW, TODAY, liaison_of, make_user
from tests.reminders.scene import Clock, State, ledger, only_rules, overdue, plan, run_days, send, soon, unit
from tracker import access, actions, reminders
from tracker.models import Endpoint, InboxNotice, Reminder, ReminderPolicy, ReminderRule
from tracker.reminders import muting, queue
from tracker.reminders.bounces import flag_bounced
from tracker.reminders.health import health

pytestmark = pytest.mark.django_db


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(count)]


def said(recipient: str = "a@x.example") -> list[tuple[int, str, int]]:
    """Day of March, colour and number of what was sent to an address."""
    rows = Reminder.objects.filter(recipient=recipient, state=State.SENT).order_by("step_on")
    return [(row.step_on.day, row.level, row.occurrence) for row in rows]


def a_rule(code: str, **kw) -> ReminderRule:
    rule = ReminderRule(**{"code": code, "name": code, **kw})
    rule.full_clean()
    rule.save()
    return rule


@pytest.fixture(autouse=True)
def office():
    return make_user("office", email="office@city.example")


@pytest.fixture
def lead():
    return unit("市教育局", "a@x.example")


def set_repeat(repeat: int) -> None:
    ReminderRule.objects.filter(code="overdue").update(repeat=repeat)


def test_a_longer_interval_does_not_silence_and_a_shorter_one_jumps_no_colour(lead):
    overdue(lead)
    set_repeat(1)
    run_days(*days(TODAY, 4))
    set_repeat(5)
    run_days(*days(TODAY + timedelta(days=4), 10))
    assert said() == [
        *((10, "blue", 0), (11, "orange", 1), (12, "red", 2), (13, "red", 3)),
        (20, "red", 4),
    ]


def test_a_shorter_interval_climbs_one_step(lead):
    overdue(lead)
    run_days(*days(TODAY, 2))
    set_repeat(1)
    run_days(*days(TODAY + timedelta(days=2), 2))
    assert said() == [(10, "blue", 0), (12, "orange", 1), (13, "red", 2)]


def test_after_a_long_silence_it_goes_on_where_it_stopped(lead):
    overdue(lead, due_on=date(2025, 12, 30))
    run_days(TODAY, date(2026, 3, 27), date(2026, 3, 30))
    assert said() == [(10, "blue", 0), (27, "orange", 1)]


def test_the_new_lead_hears_blue_first_and_the_first_time(lead):
    other = unit("市财政局", "b@x.example")
    measure = overdue(lead)
    run_days(TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=14))
    assert said()[-1] == (24, "red", 2)
    handed_over = NOW + timedelta(days=15)
    actions.transfer(measure_id=measure.pk, actor=None, now=handed_over, lead=other, reason="职能调整")
    run_days(TODAY + timedelta(days=15), TODAY + timedelta(days=22))
    assert said("b@x.example") == [(25, "blue", 0), (1, "orange", 1)]
    # And back: the former lead begins anew as well.
    back = NOW + timedelta(days=23)
    actions.transfer(measure_id=measure.pk, actor=None, now=back, lead=lead, reason="退回原单位")
    run_days(TODAY + timedelta(days=23))
    assert said()[-1] == (2, "blue", 0)


def test_what_was_suspended_begins_anew_in_blue(lead):
    measure = overdue(lead)
    run_days(TODAY, TODAY + timedelta(days=7))
    assert said()[-1] == (17, "orange", 1)
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW + timedelta(days=8), reason="等待文件")
    actions.resume(measure_id=measure.pk, actor=None, now=NOW + timedelta(days=16))
    run_days(TODAY + timedelta(days=16))
    assert said()[-1] == (26, "blue", 0)


def test_an_answer_before_the_sending_takes_the_colour_back(lead, mailoutbox):
    make_user("head", department=lead, email="head@x.example")
    measure = overdue(lead, acknowledged=True)
    run_days(TODAY, TODAY + timedelta(days=7))
    later, day = NOW + timedelta(days=14), TODAY + timedelta(days=14)
    reminders.plan(now=later, today=day)
    assert {row.level for row in Reminder.objects.filter(state=State.PLANNED)} == {"red"}
    actions.report(measure_id=measure.pk, actor=liaison_of(lead), now=later, percent=50, progress="推进中")
    [outcome] = {o.state for o in reminders.send_waiting(today=day, clock=Clock(later)).outcomes} - {
        State.SENT
    }
    assert outcome == State.DROPPED
    reminders.plan(now=later, today=day)
    reminders.send_waiting(today=day, clock=Clock(later))
    assert said()[-1] == (24, "blue", 2)
    assert said("office@city.example") == []


def test_what_waits_is_not_followed_by_the_next_before_anybody_heard_it(lead):
    ReminderRule.objects.update(by_inbox=False)
    overdue(lead)
    for day in (TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=30)):
        reminders.plan(now=NOW + timedelta(days=(day - TODAY).days), today=day)
    assert ledger() == [("a@x.example", "overdue", 0, State.PLANNED)]
    run_days(TODAY + timedelta(days=30))
    reminders.plan(now=NOW + timedelta(days=31), today=TODAY + timedelta(days=31))
    assert ledger() == [("a@x.example", "overdue", 0, State.SENT)], "counted from the day it was heard"


def test_what_lies_unread_in_an_inbox_was_not_heard(lead):
    """Beside a mail that was refused for good it counts once it is read, and from that day on."""
    overdue(lead)
    plan()
    Reminder.objects.update(state=State.FAILED, failed_at=NOW)
    later = TODAY + timedelta(days=8)
    reminders.plan(now=NOW + timedelta(days=8), today=later)
    assert [(row.step_on, row.level, row.occurrence) for row in Reminder.objects.order_by("id")] == [
        (TODAY, "blue", 0),
        (later, "blue", 0),
    ]
    Reminder.objects.update(state=State.FAILED, failed_at=NOW)
    InboxNotice.objects.filter(step_on=later).update(read_at=NOW + timedelta(days=10))
    run_days(TODAY + timedelta(days=16))
    assert said() == [], "four working days after the reading"
    run_days(TODAY + timedelta(days=17))
    assert said() == [(27, "orange", 1)]


@pytest.mark.parametrize("nobody_to_mail", [False, True])
def test_an_inbox_that_is_the_only_way_is_heard_at_once(lead, office, nobody_to_mail):
    if nobody_to_mail:
        for user in (liaison_of(lead), office):
            user.email = ""
            user.save()
        lead.mailbox = ""
        lead.save()
    else:
        ReminderRule.objects.update(by_mail=False)
    overdue(lead)
    run_days(TODAY, TODAY + timedelta(days=7))
    notices = InboxNotice.objects.filter(user=liaison_of(lead)).order_by("step_on")
    assert [(notice.level, notice.occurrence) for notice in notices] == [("blue", 0), ("orange", 1)]


def test_one_called_off_holds_its_interval_and_counts_for_nothing(lead):
    ReminderRule.objects.update(by_inbox=False)
    overdue(lead)
    plan()
    queue.call_off(list(Reminder.objects.values_list("pk", flat=True)), by="王敏")
    run_days(*days(TODAY, 7))
    assert said() == []
    run_days(TODAY + timedelta(days=7))
    assert said() == [(17, "blue", 0)]


def test_two_rules_that_remind_ahead_tell_each_their_own(lead):
    make_user("head", department=lead, email="head@x.example")
    a_rule("last-day", kind="due_soon", days=1, unit="workday", audience=["head"])
    Endpoint.objects.create(name="群", channel="wecom", url="https://robot.example/x")
    a_rule("robot", kind="due_soon", days=3, unit="workday", by_mail=False, by_inbox=False, by_robot=True)
    soon(lead, due_on=date(2026, 3, 11))
    plan()
    robot = Endpoint.objects.get().address
    assert {row[0] for row in ledger()} == {"a@x.example", "head@x.example", robot}


def test_catching_up_tells_one_person_only_the_nearest(lead):
    rule = a_rule("last-day", kind="due_soon", days=1, unit="workday", audience=["liaison"])
    soon(lead, due_on=date(2026, 3, 11))
    plan()
    [row] = Reminder.objects.all()
    assert row.rule == rule
    assert InboxNotice.objects.count() == 1


@pytest.mark.parametrize(
    ("audience", "to", "gap"),
    [
        (["head"], {"box@x.example"}, ""),
        (["leader"], {"office@city.example", ""}, "分管领导没有可用的邮箱。"),
        (
            ["liaison", "leader"],
            {"box@x.example", "office@city.example", ""},
            "分管领导没有可用的邮箱。",
        ),
        (["co"], {"office@city.example", ""}, "联络员、单位邮箱和部门负责人都没有可用的邮箱。"),
    ],
)
def test_every_audience_has_its_place_in_the_chain(audience, to, gap):
    lead = unit("市教育局", mailbox="box@x.example", leader_in_charge=make_user("leader", email=""))
    make_user("head", department=lead, email="")
    ReminderRule.objects.filter(code="overdue").update(audience=audience)
    overdue(lead, co=(unit("市财政局", mailbox=""),))
    result = plan()
    assert {row.recipient for row in Reminder.objects.all()} == to
    assert [row.error for row in Reminder.objects.filter(recipient="")] == ([gap] if gap else [])
    assert len(result.gaps) == (1 if gap else 0)


def test_an_office_without_any_address_is_a_gap_that_closes_when_it_has_one(lead, office):
    only_rules("closing-waiting")
    office.email = ""
    office.save()
    measure = overdue(lead, acknowledged=True)
    actions.apply_to_close(
        measure_id=measure.pk, actor=liaison_of(lead), now=NOW - timedelta(days=10), result="已完成"
    )
    assert plan().gaps
    assert [(row.recipient, row.error) for row in Reminder.objects.all()] == [("", "督查室没有可用的邮箱。")]
    office.email = "office@city.example"
    office.save()
    assert plan().planned == 1
    assert {(row[0], row[3]) for row in ledger()} == {
        ("", State.DROPPED),
        ("office@city.example", State.PLANNED),
    }


@pytest.mark.parametrize("mailbox", ["Supervise@City.example", "督查室 <supervise@city.example>"])
def test_the_offices_mailbox_may_carry_a_name(settings, mailbox):
    settings.MAIL_REPLY_TO = mailbox
    lead = unit("市档案馆", mailbox="")
    overdue(lead)
    plan()
    assert {row[0] for row in ledger()} == {"", "supervise@city.example"}


@pytest.mark.parametrize("kind", ["overdue", "urged", "behind_red", "returned"])
def test_what_is_late_cannot_be_muted(kind):
    with pytest.raises(ValidationError, match="不能退订"):
        a_rule("x", kind=kind, days=1, audience=["liaison"], mutable=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderRule.objects.create(code="x", name="x", kind=kind, days=1, audience=["liaison"], mutable=True)


def test_a_rule_needs_a_way():
    with pytest.raises(ValidationError, match="至少选择一种方式"):
        a_rule("x", kind="due_soon", days=1, audience=["liaison"], by_mail=False, by_inbox=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderRule.objects.filter(code="overdue").update(by_mail=False, by_inbox=False, by_robot=False)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def test_a_departments_hour_holds_after_days_off_as_well():
    ReminderPolicy.objects.all().delete()
    ReminderPolicy.objects.create(quiet_from=time(20), quiet_until=time(8), workdays_only=True)
    overdue(unit("市教育局", "b@x.example", send_at=time(15, 30)), due_on=date(2026, 9, 30))
    holiday = date(2026, 10, 1)
    reminders.plan(now=local(holiday, 9), today=holiday)
    assert Reminder.objects.get().not_before == local(date(2026, 10, 8), 15, 30)


def test_a_departments_hour_delays_neither_the_office_nor_a_leader(office):
    leader = make_user("leader", email="leader@city.example")
    lead = unit("市教育局", "b@x.example", send_at=time(16), leader_in_charge=leader)
    ReminderRule.objects.filter(code="overdue").update(audience=["liaison", "leader", "office"])
    overdue(lead)
    seen = reminders.preview(now=NOW, today=TODAY)
    assert (set(seen.mails), set(seen.resting)) == (
        {"leader@city.example", "office@city.example"},
        {"b@x.example"},
    )
    plan()
    assert dict(Reminder.objects.values_list("recipient", "not_before")) == {
        "b@x.example": local(TODAY, 16),
        "leader@city.example": NOW,
        "office@city.example": NOW,
    }


def test_a_night_in_the_queue_is_no_delay(lead):
    ReminderPolicy.objects.all().delete()
    ReminderPolicy.objects.create(quiet_from=time(20), quiet_until=time(8))
    overdue(lead)
    reminders.plan(now=local(TODAY, 21), today=TODAY)
    tomorrow = TODAY + timedelta(days=1)

    def problems(moment: datetime) -> list[str]:
        found = health(now=moment, local_now=timezone.localtime(moment)).problems
        return [problem for problem in found if "待发提醒" in problem]

    assert problems(local(tomorrow, 8)) == []
    assert problems(local(tomorrow, 9, 30)) == ["最早一条待发提醒已等待90分钟。"]


def test_an_office_is_installed_with_its_hours():
    policy = ReminderPolicy.objects.get()
    assert (policy.quiet_from, policy.quiet_until, policy.workdays_only) == (time(18), time(8, 30), True)


def test_who_assists_is_told_in_the_product_too(lead):
    ReminderRule.objects.filter(code="overdue").update(audience=["co"])
    overdue(lead, co=(unit("市财政局", "b@x.example"),))
    plan()
    assert [notice.user.email for notice in InboxNotice.objects.all()] == ["b@x.example"]
    plan(today=TODAY + timedelta(days=1))
    assert InboxNotice.objects.count() == 1, "one notice an interval"


def test_an_unread_notice_goes_when_it_is_no_longer_true_and_comes_back_with_it(lead):
    measure = overdue(lead)
    plan()
    liaison = liaison_of(lead)
    assert access.inbox_of(liaison).count() == 1
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等待文件")
    plan()
    assert access.inbox_of(liaison).count() == 0
    actions.resume(measure_id=measure.pk, actor=None, now=NOW)
    plan()
    assert access.inbox_of(liaison).count() == 1
    assert InboxNotice.objects.count() == 1


def test_a_department_sees_what_it_was_told_and_not_what_the_office_was(lead):
    flag_bounced("a@x.example", now=NOW, reason="550")
    lead.mailbox = ""
    lead.save()
    overdue(lead)
    plan()
    assert {row.party for row in Reminder.objects.exclude(recipient="")} == {"office"}
    assert not access.reminders_visible_to(liaison_of(lead)).exclude(recipient="").exists()


def test_who_muted_meanwhile_is_the_reason_that_is_given(lead):
    soon(lead)
    plan()
    muting.mute("a@x.example", now=NOW)
    send()
    assert "退订" in Reminder.objects.get().error


def test_the_dry_run_says_what_the_run_does(lead, settings):
    """Called off, put off to a department's hour, beyond the cap, in the inbox: told as the run then does it."""
    off, late, urgent = unit("市财政局", "off@x.example"), unit("", "late@x.example", send_at=time(16)), lead
    overdue(off)
    plan()
    queue.call_off(list(Reminder.objects.values_list("pk", flat=True)), by="王敏")
    soon(late)
    soon(unit("", "z@x.example"))
    overdue(urgent)
    settings.REMINDER_CAP_PER_RUN = 1
    found = reminders.preview(now=NOW, today=TODAY)
    assert {address: [line.ledger for line in lines] for address, lines in found.resting.items()} == {
        "off@x.example": ["已取消，不再发送：由王敏取消发送。"],
        "late@x.example": ["2026-03-10 16:00起发送（单位的发送时间）"],
    }
    result = plan()
    assert found.inbox == result.inbox == 3
    report = send()
    assert list(found.mails) == [outcome.recipient for outcome in report.outcomes] == ["a@x.example"]
    assert found.held_back == ("z@x.example",)
    assert report.held_back == 1
