"""The rules that ship for 13710, each on the day it speaks, to whom, and when it falls silent; and what the office may set."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.makers import NOW, TODAY, liaison_of, make_draft, make_measure, make_user
from tests.reminders.mails import sheets_of
from tests.reminders.scene import Clock, only_rules, send, soon, unit
from tracker import actions, reminders
from tracker.models import CalendarDay, Checkpoint, InboxNotice, Milestone, Reminder, ReminderRule
from tracker.reminders import planning

pytestmark = pytest.mark.django_db


def on(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(hours=10)


def planned(day: date) -> set[tuple[str, str, int, str]]:
    """Everything that is due on a day, planned into an empty ledger; what people read in the product stays said."""
    Reminder.objects.all().delete()
    reminders.plan(now=on(day), today=day)
    rows = Reminder.objects.exclude(recipient="")
    return {(row.recipient, row.kind, row.occurrence, row.level) for row in rows}


@pytest.fixture
def lead():
    head_of = make_user("leader", email="leader@city.example")
    found = unit("市教育局", "a@x.example", leader_in_charge=head_of)
    make_user("head", department=found, email="head@x.example")
    make_user("office", email="office@city.example")
    return found


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def test_acknowledgement_overdue_climbs_and_ends_when_it_is_acknowledged(lead):
    only_rules("acknowledge-overdue")
    measure = make_measure(lead=lead, due_on=day(60), acknowledged=False)
    assert Checkpoint.objects.get(measure=measure, kind="acknowledge").due_on == TODAY
    assert planned(TODAY) == set()
    assert planned(day(1)) == {("a@x.example", "ack_overdue", 0, "blue")}
    # Assigned on Tuesday the 10th: two working days after Wednesday the 11th.
    assert planned(date(2026, 3, 13)) == {
        ("a@x.example", "ack_overdue", 1, "orange"),
        ("head@x.example", "ack_overdue", 1, "orange"),
    }
    assert planned(date(2026, 3, 17)) == {
        ("a@x.example", "ack_overdue", 2, "red"),
        ("head@x.example", "ack_overdue", 2, "red"),
        ("leader@city.example", "ack_overdue", 2, "red"),
    }
    actions.acknowledge(measure_id=measure.pk, actor=liaison_of(lead), now=on(day(7)))
    assert planned(date(2026, 3, 18)) == set()


def test_first_report_overdue_until_there_is_a_report(lead):
    only_rules("first-report-overdue", "checkpoint-near")
    measure = make_measure(lead=lead, due_on=day(60))
    due = Checkpoint.objects.get(measure=measure, kind="first_report").due_on
    assert due == day(3)
    assert planned(day(2)) == {("a@x.example", "checkpoint_near", 0, "")}
    assert planned(day(4)) == {("a@x.example", "first_report_overdue", 0, "blue")}
    actions.report(
        measure_id=measure.pk, actor=liaison_of(lead), now=on(day(4)), percent=10, progress="已部署"
    )
    assert planned(day(5)) == set()


def test_a_period_report_is_asked_for_on_the_measure_s_own_day(lead):
    only_rules("period-report-due", "period-report-overdue")
    measure = make_measure(lead=lead, due_on=None, cadence="monthly", cadence_day=18)
    assert planned(date(2026, 3, 18)) == {("a@x.example", "period_report_due", 0, "")}
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, cadence_day=27)
    assert planned(date(2026, 3, 19)) == set()
    assert planned(date(2026, 3, 27)) == {("a@x.example", "period_report_due", 0, "")}
    assert planned(date(2026, 3, 28)) == {("a@x.example", "period_report_overdue", 0, "blue")}


def test_period_report_due_and_overdue(lead):
    only_rules("period-report-due", "period-report-overdue")
    measure = make_measure(lead=lead, due_on=day(200))
    due = Checkpoint.objects.get(measure=measure, kind="period_report").due_on
    assert due == date(2026, 3, 25)
    assert planned(due - timedelta(days=5)) == set()
    assert planned(due) == {("a@x.example", "period_report_due", 0, "")}
    assert planned(due + timedelta(days=1)) == {("a@x.example", "period_report_overdue", 0, "blue")}


def test_reports_missed_in_a_row_are_one_matter(lead, mailoutbox):
    only_rules("period-report-due", "period-report-overdue")
    measure = make_measure(lead=lead, due_on=day(200))
    Checkpoint.objects.filter(measure=measure).delete()
    for offset in (-21, -14, -7, 7):
        Checkpoint.objects.create(measure=measure, department=lead, kind="period_report", due_on=day(offset))
    ReminderRule.objects.filter(code="period-report-overdue").update(level="orange")
    reminders.plan(now=NOW, today=TODAY)
    row = Reminder.objects.get(recipient="a@x.example")
    assert row.due_on == day(-21), "the oldest speaks"
    reminders.send_waiting(today=TODAY, clock=lambda: NOW)
    [mail] = [mail for mail in mailoutbox if mail.to == ["a@x.example"]]
    assert mail.subject == "【督查督办】3期报告超期（橙色催办）"
    assert mail.body.count("连续3期未报，最早一期逾期21天（12个工作日）") == 1
    assert "连续3期未报，最早一期逾期21天" in mail.alternatives[0][0]
    [sheet] = sheets_of(mail)
    assert "连续3期未报，最早一期逾期21天（12个工作日）" in sheet["催办事由"]
    # The one that comes next is told ahead all the same.
    assert planned(day(7)) >= {("a@x.example", "period_report_due", 0, "")}
    # One report settles them.
    Checkpoint.objects.filter(measure=measure, due_on__lt=TODAY).update(done_on=TODAY)
    assert {kind for _to, kind, *_rest in planned(day(6))} <= {"period_report_due"}


def test_milestones_near_and_overdue_but_not_the_one_that_is_the_deadline(lead):
    only_rules("milestone-near", "milestone-overdue")
    measure = make_measure(lead=lead, due_on=day(60))
    first = Milestone.objects.create(measure=measure, due_on=day(10), text="完成立项")
    Milestone.objects.create(measure=measure, due_on=day(60), text="完工")
    assert planned(day(8)) == {("a@x.example", "milestone_near", 0, "")}
    assert planned(day(11)) == {("a@x.example", "milestone_overdue", 0, "blue")}
    row = Reminder.objects.get()
    assert (row.anchor, row.due_on) == (first.pk, day(10))
    first.done_on = day(11)
    first.save()
    assert planned(day(12)) == set()
    assert planned(day(61)) == set()


def test_deadline_ahead_today_and_past(lead):
    only_rules("deadline-soon", "deadline-today", "overdue")
    soon(lead, due_on=date(2026, 3, 12))
    assert planned(date(2026, 3, 9)) == {("a@x.example", "due_soon", 0, "")}
    assert planned(date(2026, 3, 12)) == {("a@x.example", "due_today", 0, "")}
    assert planned(date(2026, 3, 13)) == {
        ("a@x.example", "overdue", 0, "blue"),
        ("leader@city.example", "overdue", 0, "blue"),
    }
    assert {row[0] for row in planned(date(2026, 3, 20))} == {
        *("a@x.example", "leader@city.example", "head@x.example")
    }
    assert {row[0] for row in planned(date(2026, 3, 27))} == {
        *("a@x.example", "leader@city.example", "head@x.example", "office@city.example")
    }


def test_behind_schedule_yellow_then_red_and_told_as_one_of_them(lead):
    only_rules("behind-yellow", "behind-red")
    # 100 days: yellow from ten points behind, red from more than thirty.
    measure = make_measure(lead=lead, starts_on=TODAY, due_on=day(100), percent=20)
    assert (measure.yellow_on, measure.red_on) == (day(30), day(51))
    assert planned(day(29)) == set()
    assert planned(day(30)) == {("a@x.example", "behind_yellow", 0, "")}
    assert {row[:2] for row in planned(day(51))} == {
        ("a@x.example", "behind_red"),
        ("head@x.example", "behind_red"),
    }
    actions.report(
        measure_id=measure.pk, actor=liaison_of(lead), now=on(day(51)), percent=60, progress="赶上"
    )
    assert planned(day(51)) == set()


def test_days_of_falling_behind_follow_the_offices_thresholds(lead, settings):
    measure = make_measure(lead=lead, starts_on=TODAY, due_on=day(100), percent=20)
    settings.LIGHT_YELLOW_BEHIND_PERCENT = 25
    only_rules("behind-yellow")
    assert planned(day(30)) == set()
    measure.refresh_from_db()
    assert measure.yellow_on == day(45)
    assert planned(day(45)) == {("a@x.example", "behind_yellow", 0, "")}


def test_returned_and_not_resubmitted(lead):
    only_rules("returned")
    measure = make_measure(lead=lead, due_on=day(60))
    actions.apply_to_close(measure_id=measure.pk, actor=liaison_of(lead), now=NOW, result="已完成")
    actions.send_back(measure_id=measure.pk, actor=None, now=NOW, reason="缺佐证材料")
    measure.refresh_from_db()
    # No day was named: five working days, over one weekend.
    by = day(7)
    assert measure.report_by == by
    assert planned(by) == set()
    assert planned(by + timedelta(days=1)) == {("a@x.example", "returned", 0, "blue")}


def test_urged_by_hand_until_the_department_answers(lead):
    only_rules("urged")
    measure = make_measure(lead=lead, due_on=day(60))
    both = {("a@x.example", "urged", 0, "blue"), ("head@x.example", "urged", 0, "blue")}
    assert planned(TODAY) == set()
    actions.urge(measure_id=measure.pk, actor=None, now=NOW, note="请抓紧")
    assert planned(TODAY) == both
    actions.report(measure_id=measure.pk, actor=liaison_of(lead), now=NOW, percent=9, progress="推进")
    dropped = reminders.send_waiting(today=TODAY, clock=Clock(NOW)).dropped
    assert dropped == 2, "answered before it went out"
    actions.urge(measure_id=measure.pk, actor=None, now=on(day(1)))
    assert planned(day(1)) == both


def test_extension_and_closing_wait_for_the_office(lead):
    only_rules("extension-waiting", "closing-waiting")
    asked, applied = make_measure(lead=lead, due_on=day(60)), make_measure(lead=lead, due_on=day(60))
    actions.request_extension(
        measure_id=asked.pk,
        actor=liaison_of(lead),
        now=NOW,
        reason="征地未完成",
        proposed_due_on=day(90),
        progress="过半",
    )
    actions.apply_to_close(measure_id=applied.pk, actor=liaison_of(lead), now=NOW, result="已完成")
    assert planned(TODAY) == set()
    assert planned(day(1)) == {("office@city.example", "extension_waiting", 0, "")}
    assert planned(day(2)) == {("office@city.example", "extension_waiting", 1, "")}
    assert planned(day(3)) == {
        ("office@city.example", "extension_waiting", 2, ""),
        ("office@city.example", "closing_waiting", 0, ""),
    }
    [extension] = Reminder.objects.filter(kind="extension_waiting")
    assert extension.party == "office"
    actions.approve_extension(measure_id=asked.pk, actor=make_user("office"), now=on(day(3)))
    actions.close(measure_id=applied.pk, actor=None, now=on(day(3)), grade="good")
    report = reminders.send_waiting(today=day(3), clock=Clock(on(day(3))))
    assert report.dropped == 2, "decided between planning and sending"


def test_asking_for_an_extension_is_an_answer(lead):
    only_rules("overdue")
    measure = make_measure(lead=lead, starts_on=day(-30), due_on=day(-20))
    assert [{row[3] for row in planned(day(after))} for after in (0, 7, 14)] == [
        {"blue"},
        {"orange"},
        {"red"},
    ]
    actions.request_extension(
        measure_id=measure.pk,
        actor=liaison_of(lead),
        now=on(day(14)),
        reason="征地",
        proposed_due_on=day(30),
        progress="过半",
    )
    assert {row[3] for row in planned(day(14))} == {"blue"}, "what was not sent yet loses its colour"
    assert {row[3] for row in planned(day(21))} == {"blue"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"audience": []}, "至少选择一个"),
        ({"audience": ["mayor"]}, "收件身份无效"),
        ({"kind": "due_soon", "level": "blue"}, "没有颜色"),
        ({"level": "", "climb_after": 1}, "起始颜色"),
        ({"level": "blue", "climb_after": 1, "repeat": 0}, "重复间隔"),
    ],
)
def test_a_senseless_rule_is_refused(fields, words):
    rule = ReminderRule(
        code="own", name="自定", **{"kind": "overdue", "audience": ["liaison"], "climb_after": 0, **fields}
    )
    with pytest.raises(ValidationError, match=words):
        rule.full_clean()


def test_the_office_adds_a_rule_of_its_own(lead):
    only_rules()
    ReminderRule.objects.create(
        code="ten", name="十天前", kind="due_soon", days=10, unit="calendar", audience=["mailbox", "head"]
    )
    soon(lead, due_on=day(10))
    assert planned(TODAY) == {
        (lead.mailbox, "due_soon", 0, ""),
        ("head@x.example", "due_soon", 0, ""),
    }


def test_fallback_chain_down_to_the_office_and_the_gap(lead, settings):
    only_rules("deadline-soon")
    bare = unit("市档案馆", mailbox="")
    soon(bare)
    reminders.plan(now=NOW, today=TODAY)
    assert set(Reminder.objects.values_list("recipient", "party", "state")) == {
        ("office@city.example", "office", "planned"),
        ("", "lead", "failed"),
    }
    make_user("head", department=bare, email="boss@y.example")
    result = reminders.plan(now=NOW, today=TODAY)
    assert (result.planned, result.gaps) == (1, ())
    send()
    assert dict(Reminder.objects.values_list("recipient", "state")) == {
        "office@city.example": "dropped",
        "": "dropped",
        "boss@y.example": "sent",
    }


def test_inboxes_get_each_notice_once(lead):
    only_rules("deadline-soon", "overdue")
    soon(lead)
    liaison = lead.members.get(email="a@x.example")
    result = reminders.plan(now=NOW, today=TODAY)
    assert result.inbox == 1
    assert reminders.plan(now=NOW, today=TODAY).inbox == 0
    notice = InboxNotice.objects.get()
    assert (notice.user, notice.kind, notice.read_at) == (liaison, "due_soon", None)


# --- between two whole plannings --------------------------------------------------------------------------------------


def quick(minutes: int) -> int:
    now = NOW + timedelta(minutes=minutes)
    return planning.plan(now=now, today=TODAY, quick=True).planned


def test_a_tick_looks_only_at_what_changed_and_misses_nothing_of_it(lead, django_assert_max_num_queries):
    only_rules("deadline-soon", "overdue")
    first, second = soon(lead), soon(lead)
    assert quick(0) == 2
    assert quick(1) == 0
    # A step makes a measure due.
    third = soon(lead, due_on=day(40))
    assert quick(20) == 0
    actions.edit(measure_id=third.pk, actor=None, now=NOW + timedelta(minutes=30), due_on=day(2), note="批示")
    assert quick(30) == 1
    # Dropped and true again.
    actions.suspend(measure_id=first.pk, actor=None, now=NOW + timedelta(minutes=31), reason="等文件")
    send(clock=Clock(NOW + timedelta(minutes=32)))
    actions.resume(measure_id=first.pk, actor=None, now=NOW + timedelta(minutes=33))
    result = planning.plan(now=NOW + timedelta(minutes=34), today=TODAY, quick=True)
    assert result.revived == 1
    # Another contact, another rule, another calendar: everything is looked at again.
    make_user("liaison", department=lead, email="b@x.example")
    assert quick(35) == 3
    ReminderRule.objects.filter(code="deadline-soon").update(audience=["liaison", "head"])
    assert quick(36) == 3
    far = soon(lead, due_on=date(2026, 3, 16))
    type(far).objects.filter(pk=far.pk).update(updated_at=NOW - timedelta(days=1))
    assert quick(37) == 0
    CalendarDay.objects.create(day=date(2026, 3, 11), is_workday=False)
    assert quick(38) == 3
    assert second.pk in set(Reminder.objects.values_list("measure_id", flat=True))


def test_what_no_step_tells_of_is_found_within_the_hour(lead):
    only_rules("deadline-soon")
    assert quick(0) == 0
    measure = soon(lead)
    type(measure).objects.filter(pk=measure.pk).update(updated_at=NOW - timedelta(days=1))
    assert quick(30) == 0
    assert quick(61) == 1


def test_drafts_are_nobodys(lead):
    only_rules(*ReminderRule.objects.values_list("code", flat=True))
    make_draft()
    assert planned(day(300)) == set()
