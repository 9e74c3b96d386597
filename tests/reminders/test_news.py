"""What the office has just decided is told at once and once: a measure handed over, a deadline moved."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from icalendar import Calendar

from tests.makers import NOW, TODAY, liaison_of, make_department, make_measure, make_user
from tests.reminders.mails import files, read
from tests.reminders.scene import Clock, State, ledger, only_rules, overdue, plan, run_days, send, unit
from tracker import actions, reminders
from tracker.models import AddressState, InboxNotice, Measure, Reminder, ReminderRule

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=90)
DUE = TODAY + timedelta(days=60)


@pytest.fixture(autouse=True)
def rules(two_rules):
    only_rules("assigned", "deadline-moved")


@pytest.fixture
def lead():
    return unit("市教育局", "a@x.example")


def handed(lead, **kw) -> Measure:
    return make_measure(lead=lead, **{"due_on": DUE, "acknowledged": False, **kw})


def known(lead, **kw) -> Measure:
    """In progress, and its hand-over is history."""
    return handed(lead, **{"acknowledged": True, **kw})


def events(mail, name="deadlines.ics"):
    return Calendar.from_ical(files(mail)[name]).walk("VEVENT")


def test_many_assigned_at_once_are_one_digest_a_recipient_told_once(lead, mailoutbox):
    other = unit("市财政局", "b@y.example")
    for number in range(12):
        handed(lead, draft={"title": f"教育第{number}项"})
    handed(other)
    run_days(TODAY, TODAY, TODAY + timedelta(days=1))
    mails = {mail.to[0]: mail for mail in mailoutbox}
    assert len(mailoutbox) == len(mails) == 2
    mail = mails["a@x.example"]
    assert mail.subject == "【督查督办】12项新交办"
    assert "新近交办贵单位" in mail.body and "今日交办" in mail.body
    assert mail.body.count(f"完成时限：{DUE.year}年{DUE.month}月{DUE.day}日") == 12
    found = events(mail)
    assert len({event["uid"] for event in found}) == 12
    assert {event["dtstart"].dt for event in found} == {DUE}


def test_the_next_tick_tells_it_although_it_looks_only_at_what_changed(lead):
    known(make_department())
    reminders.plan(now=NOW, today=TODAY, quick=True)
    handed(lead, now=NOW + timedelta(minutes=20))
    reminders.plan(now=NOW + timedelta(minutes=21), today=TODAY, quick=True)
    assert ledger() == [("a@x.example", "assigned", 0, State.PLANNED)]


def test_an_acknowledged_measure_is_no_news(lead):
    measure = handed(lead)
    plan()
    assert InboxNotice.objects.filter(withdrawn_at__isnull=True).count() == 1
    actions.acknowledge(measure_id=measure.pk, actor=liaison_of(lead), now=NOW)
    [outcome] = send().outcomes
    assert (outcome.state, "已知悉" in outcome.error) == (State.DROPPED, True)
    assert plan().planned == 0
    assert InboxNotice.objects.filter(withdrawn_at__isnull=True).count() == 0
    handed(lead, acknowledged=True)
    assert plan().planned == 0


def test_a_transfer_is_told_to_the_new_lead_alone(lead, mailoutbox):
    new = unit("市财政局", "b@y.example")
    measure = handed(lead)
    plan()
    actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=new, reason="职责调整", due_on=LATER)
    plan()
    send()
    assert ledger() == [
        ("a@x.example", "assigned", 0, State.DROPPED),
        ("b@y.example", "assigned", 0, State.SENT),
    ]
    [mail] = mailoutbox
    assert [event["dtstart"].dt for event in events(mail)] == [LATER]
    # And back again: another event, told anew.
    actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=lead, reason="还是原单位")
    run_days(TODAY)
    assert [mail.to for mail in mailoutbox] == [["b@y.example"], ["a@x.example"]]


def granted(measure):
    actor = liaison_of(measure.lead)
    actions.request_extension(
        measure_id=measure.pk, actor=actor, now=NOW, reason="征地", proposed_due_on=LATER, progress="过半"
    )
    actions.approve_extension(measure_id=measure.pk, actor=None, now=NOW)


def adjusted(measure):
    actions.extend(measure_id=measure.pk, actor=None, now=NOW, due_on=LATER, reason="上级要求")


def corrected(measure):
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=LATER, note="笔误")


def resumed(measure):
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等待")
    actions.resume(measure_id=measure.pk, actor=None, now=NOW, due_on=LATER)


def reopened(measure):
    actor = liaison_of(measure.lead)
    actions.apply_to_close(measure_id=measure.pk, actor=actor, now=NOW, result="完成")
    actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="good")
    actions.reopen(measure_id=measure.pk, actor=None, now=NOW, reason="复查", due_on=LATER)


@pytest.mark.parametrize("move", [granted, adjusted, corrected, resumed, reopened])
def test_a_moved_deadline_is_told_once_with_the_first_one_beside_it(lead, mailoutbox, move):
    measure = known(lead)
    run_days(TODAY)
    move(measure)
    run_days(TODAY, TODAY, TODAY + timedelta(days=2))
    [mail] = mailoutbox
    assert mail.subject == "【督查督办】1项时限调整"
    new, old = (f"{day.year}年{day.month}月{day.day}日" for day in (LATER, DUE))
    assert f"完成时限：{new}（原定{old}）" in mail.body
    assert [event["dtstart"].dt for event in events(mail)] == [LATER]


def test_the_same_date_again_and_a_word_changed_are_no_news(lead):
    measure = known(lead)
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, title="改个名字", due_on=DUE)
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等待")
    actions.resume(measure_id=measure.pk, actor=None, now=NOW)
    assert plan().planned == 0


def test_moved_twice_only_the_last_is_told_and_the_calendar_takes_it(lead, mailoutbox):
    measure = known(lead)
    adjusted(measure)
    plan()
    send()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=LATER + timedelta(days=1), note="笔误")
    plan()
    last = LATER + timedelta(days=2)
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=last, note="又改")
    [stale] = send().outcomes
    assert (stale.state, "最近一次" in stale.error) == (State.DROPPED, True)
    plan()
    send()
    first, second = (events(mail)[0] for mail in mailoutbox)
    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"], "in the same minute too"
    assert second["dtstart"].dt == last


def test_what_was_told_stays_told_when_the_measure_is_returned(lead, mailoutbox):
    measure = known(lead)
    adjusted(measure)
    run_days(TODAY)
    actor = liaison_of(lead)
    later = NOW + timedelta(days=3)
    actions.apply_to_close(measure_id=measure.pk, actor=actor, now=later, result="完成")
    actions.send_back(measure_id=measure.pk, actor=None, now=later, reason="缺材料")
    run_days(TODAY + timedelta(days=3))
    assert len(mailoutbox) == 1


def test_a_deadline_that_was_lifted_leaves_the_calendar(lead, mailoutbox):
    measure = known(lead)
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=None, standing=True, note="常态化")
    run_days(TODAY)
    [mail] = mailoutbox
    assert "完成时限：长期坚持" in mail.body
    assert list(files(mail)) == ["cancelled.ics"]
    assert "METHOD:CANCEL" in files(mail)["cancelled.ics"]
    [event] = events(mail, "cancelled.ics")
    assert event["status"] == "CANCELLED"
    assert event["uid"].startswith(f"duban-deadline-{measure.pk}-0@")


def test_handed_over_and_corrected_in_one_message_is_one_matter(lead, mailoutbox):
    measure = handed(lead)
    actions.assign(measure_id=measure.pk, actor=None, now=NOW, due_on=LATER)
    run_days(TODAY)
    [mail] = mailoutbox
    assert mail.subject == "【督查督办】1项新交办"
    assert f"完成时限：{LATER.year}年{LATER.month}月{LATER.day}日" in mail.body
    assert {row.state for row in Reminder.objects.all()} == {State.SENT}


@pytest.mark.parametrize("undo", [actions.cancel, actions.suspend])
def test_what_was_given_up_before_it_was_sent_is_not_sent(lead, mailoutbox, undo):
    measure, moved = handed(lead), known(lead)
    adjusted(moved)
    plan()
    for pk in (measure.pk, moved.pk):
        undo(measure_id=pk, actor=None, now=NOW, reason="停")
    send()
    assert mailoutbox == []
    assert {row.state for row in Reminder.objects.all()} == {State.DROPPED}


def test_no_address_goes_down_the_chain_to_the_office():
    make_user("office", email="office@city.example")
    handed(unit("市档案馆", mailbox="post@x.example"))
    handed(unit("市地方志办", mailbox=""))
    [gap] = plan().gaps
    assert gap.department == "市地方志办"
    assert {row[0] for row in ledger()} == {"", "office@city.example", "post@x.example"}


def test_it_waits_for_no_departments_own_hour_and_nobody_is_spared_it(lead, mailoutbox):
    lead.send_at = time(16)  # it is ten o'clock
    lead.save()
    AddressState.objects.create(address="a@x.example", muted_at=NOW)
    handed(lead)
    shown = reminders.preview(now=NOW, today=TODAY)
    assert list(shown.mails) == ["a@x.example"]
    assert "交办日期2026-03-10，今日交办；规则：交办日期当日提醒一次" in shown.mails["a@x.example"][0].why
    plan()
    send()
    assert len(mailoutbox) == 1
    assert read(mailoutbox[0])["List-Unsubscribe"] is None
    for rule in ReminderRule.objects.filter(kind__in=["assigned", "deadline_moved"]):
        rule.mutable = True
        with pytest.raises(ValidationError, match="不能退订"):
            rule.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            rule.save()


def test_what_the_office_urges_by_hand_waits_for_no_departments_own_hour(lead, mailoutbox):
    only_rules("urged", "overdue")
    lead.send_at = time(16)  # it is ten o'clock
    lead.save()
    actions.urge(measure_id=overdue(lead, "打通断头路").pk, actor=None, now=NOW)
    overdue(lead, "另一项")
    shown = reminders.preview(now=NOW, today=TODAY)
    assert [line.why.partition("：")[0] for line in shown.mails["a@x.example"]] == ["督查室催办"]
    plan()
    send()
    [mail] = mailoutbox
    assert mail.subject == "【督查督办】1项督查室催办", "the rest is told at the department's own hour"


def test_a_long_holiday_loses_nothing_and_a_month_makes_it_history(lead):
    measure = handed(lead)
    Measure.objects.filter(pk=measure.pk).update(updated_at=NOW)
    plan(today=TODAY + timedelta(days=31))
    assert ledger() == []
    now = NOW + timedelta(days=30)
    reminders.plan(now=now, today=now.date())
    [outcome] = send(today=now.date(), clock=Clock(now)).outcomes
    assert (outcome.state, outcome.subject) == (State.SENT, "【督查督办】1项新交办")


def test_what_was_assigned_before_there_was_such_a_notice_is_not_announced(lead):
    Measure.objects.filter(pk=handed(lead).pk).update(handed_on=None, handed_version=None)
    assert plan().planned == 0


def test_in_the_night_it_waits_for_the_morning(lead, monkeypatch):
    """The engine's own hours hold for it as for everything."""
    from tracker import tasks
    from tracker.models import ReminderPolicy

    assert ReminderPolicy.objects.filter(quiet_from=time(18), quiet_until=time(8, 30)).exists()
    night = datetime.combine(date(2026, 3, 10), time(13, 0), tzinfo=NOW.tzinfo)  # 21:00 in Shanghai
    handed(lead, now=night)
    monkeypatch.setattr(tasks.timezone, "now", lambda: night)
    tasks.reminder_tick()
    assert ledger() == [("a@x.example", "assigned", 0, State.PLANNED)]


@pytest.fixture
def assisted(lead):
    """A measure just handed over, with a department that assists; the rule tells it too."""
    ReminderRule.objects.filter(code="assigned").update(audience=["liaison", "co"])
    return handed(lead, co=(unit("市财政局", "co@y.example"),))


@pytest.mark.parametrize("shows_it_knows", ["acknowledge", "object_to_assignment"])
def test_who_assists_is_told_although_the_lead_was_faster(assisted, shows_it_knows, mailoutbox):
    plan()
    given = {} if shows_it_knows == "acknowledge" else {"reason": "职责不在我局，请另行安排"}
    step = getattr(actions, shows_it_knows)
    step(measure_id=assisted.pk, actor=liaison_of(assisted.lead), now=NOW, **given)
    outcomes = {outcome.recipient: outcome for outcome in send().outcomes}
    assert "已知悉" in outcomes["a@x.example"].error
    assert [mail.to for mail in mailoutbox] == [["co@y.example"]]
    run_days(TODAY, TODAY + timedelta(days=1))
    assert len(mailoutbox) == 1
    seen = InboxNotice.objects.filter(withdrawn_at=None)
    assert {row.user.department.name for row in seen} == {"市财政局"}


def test_who_assists_is_told_also_when_the_lead_knew_before_anything_was_planned(assisted, mailoutbox):
    actions.acknowledge(measure_id=assisted.pk, actor=liaison_of(assisted.lead), now=NOW)
    run_days(TODAY, TODAY + timedelta(days=1))
    assert [mail.to for mail in mailoutbox] == [["co@y.example"]]


def test_handed_on_it_is_new_to_the_lead_and_to_who_assists(assisted, mailoutbox):
    actions.acknowledge(measure_id=assisted.pk, actor=liaison_of(assisted.lead), now=NOW)
    run_days(TODAY)
    new = unit("市住建局", "b@z.example")
    actions.transfer(measure_id=assisted.pk, actor=None, now=NOW, lead=new, reason="职责调整")
    run_days(TODAY)
    assert sorted(mail.to[0] for mail in mailoutbox) == ["b@z.example", "co@y.example", "co@y.example"]
