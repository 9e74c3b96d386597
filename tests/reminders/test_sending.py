"""Sending: one digest a recipient, nothing stale, refusals told apart, a bad row set aside, the cap reported."""

import smtplib
from datetime import date, timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.makers import NOW, TODAY, make_user
from tests.reminders.scene import OVERDUE_ON, SOON_ON, Clock, State, ledger, overdue, plan, send, soon, unit
from tracker import actions, reminders
from tracker.models import AddressState, Department, InboxNotice, Reminder, ReminderRule
from tracker.reminders import refusals, sending
from tracker.reminders.channels.email import EmailChannel
from tracker.reminders.lines import chinese_date
from tracker.rules.workdays import WorkCalendar

pytestmark = pytest.mark.django_db


def refuse(monkeypatch, error, *, only=None, times=None):
    """The mail backend raises `error` for everybody or for one address, so many times; returns the addresses tried."""
    tried = []
    accept = EmailChannel._send

    def _send(channel, message, meanwhile):
        [to] = message.to
        tried.append(to)
        if (only is None or to == only) and (times is None or len(tried) <= times):
            raise error
        accept(channel, message, meanwhile)

    monkeypatch.setattr(EmailChannel, "_send", _send)
    return tried


def test_one_digest_for_all_departments_of_a_person(mailoutbox):
    education = unit("市教育局", "Same@x.example")
    finance = unit("市财政局", "same@X.example")
    overdue(education)
    soon(education)
    overdue(finance)
    plan()
    report = send()
    [mail] = mailoutbox
    assert mail.to == ["same@x.example"]
    assert mail.subject == "【督查督办】2项逾期、1项即将到期"
    assert "市教育局、市财政局" in mail.body
    [outcome] = report.outcomes
    assert (outcome.state, outcome.rows) == (State.SENT, 3)
    for row in Reminder.objects.all():
        assert row.state == State.SENT
        assert row.sent_at == NOW
        assert row.message_id == mail.extra_headers["Message-ID"]
        assert row.batch is not None and row.batch.hex in row.message_id
        assert row.claim is None


def test_no_message_asks_the_database_for_itself():
    """What a chunk needs is read at its beginning; that records are written as time passes is not counted."""

    def reads(messages):
        for _ in range(messages):
            overdue(unit("", f"a{next(serial)}@x.example"))
        plan()
        with CaptureQueriesContext(connection) as asked:
            assert send().count(State.SENT) == messages
        return sum(query["sql"].startswith(("SELECT", "WITH")) for query in asked)

    serial = count()
    assert reads(2) == reads(7)


def test_sent_once_only(mailoutbox):
    overdue(unit("", "a@x.example"))
    for _ in range(3):
        plan()
        send()
    assert len(mailoutbox) == 1


def test_overdue_ladder_over_weeks_sends_each_step_once(mailoutbox):
    make_user("office", email="office@city.example")
    lead = unit("", "a@x.example")
    make_user("head", department=lead, email="a@x.example")
    overdue(lead)
    for offset in range(21):
        day = TODAY + timedelta(days=offset)
        plan(today=day)
        send(today=day, clock=Clock(NOW + timedelta(days=offset)))
    # First said on Tuesday the 10th, then five working days after each: the 17th and the 24th, when 督查室 hears as well.
    assert [row[:3] for row in ledger()] == [
        *(("a@x.example", "overdue", number) for number in range(3)),
        ("office@city.example", "overdue", 2),
    ]
    assert len(mailoutbox) == 4


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("suspend", "暂缓"),
        ("deadline", "完成时限已由2026-03-12改为2026-03-13"),
        ("lead", "现不负责"),
        ("liaison", "已不在单位的联系人中"),
        ("same person, other lead", "责任单位已变更"),
    ],
)
def test_what_changed_after_planning_is_not_sent(mailoutbox, change, reason):
    lead, other = unit("市教育局", "a@x.example"), unit("市财政局", "b@y.example")
    measure = soon(lead)
    plan()
    if change == "suspend":
        actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等待上级文件")
    elif change == "deadline":
        actions.edit(
            measure_id=measure.pk, actor=None, now=NOW, due_on=SOON_ON + timedelta(days=1), note="批示"
        )
    elif change == "lead":
        actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=other, reason="调整")
    elif change == "liaison":
        lead.members.update(is_active=False)
    else:
        other.members.update(email="a@x.example")
        actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=other, reason="调整")
    report = send()
    assert mailoutbox == []
    assert report.dropped == 1
    row = Reminder.objects.get()
    assert row.state == State.DROPPED
    assert reason in row.error
    # What is due instead is planned by the next run and does go out.
    plan()
    send()
    expected = {
        "suspend": [],
        "deadline": ["a@x.example"],
        "lead": ["b@y.example"],
        "liaison": [lead.mailbox],
        "same person, other lead": ["a@x.example"],
    }[change]
    assert [mail.to[0] for mail in mailoutbox] == expected


def test_what_is_dropped_comes_back_when_it_is_true_again(mailoutbox):
    measure = overdue(unit("", "a@x.example"))
    plan()
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等待上级文件")
    send()
    assert [row[3] for row in ledger()] == [State.DROPPED]
    actions.resume(measure_id=measure.pk, actor=None, now=NOW)
    assert plan().revived == 1
    send()
    assert len(mailoutbox) == 1
    assert [row[3] for row in ledger()] == [State.SENT]


def test_held_back_and_overtaken_by_the_next_step_is_listed_once(mailoutbox):
    lead = unit("", "a@x.example")
    make_user("head", department=lead, email="a@x.example")
    overdue(lead)
    plan()
    InboxNotice.objects.update(read_at=NOW)
    later = date(2026, 3, 20)
    plan(today=later)
    report = send(today=later)
    [mail] = mailoutbox
    assert mail.subject == "【督查督办】1项逾期（橙色催办）", "read once before, in the product"
    assert report.dropped == 1
    assert ledger() == [
        ("a@x.example", "overdue", 0, State.DROPPED),
        ("a@x.example", "overdue", 1, State.SENT),
    ]


def test_cap_holds_back_reports_and_sends_next_time(mailoutbox, caplog):
    for number in range(5):
        overdue(unit("", f"u{number}@x.example"))
    plan()
    report = send(cap=2)
    assert (len(mailoutbox), report.held_back, report.held_back_rows) == (2, 3, 3)
    assert "held back" in caplog.text
    assert send(cap=2).held_back == 1
    assert send(cap=2).held_back == 0
    assert sorted(mail.to[0] for mail in mailoutbox) == [f"u{number}@x.example" for number in range(5)]


def test_oldest_then_overdue_go_first(mailoutbox):
    soon(unit("", "soon@x.example"))
    overdue(unit("", "late@x.example"))
    plan()
    assert [batch.recipient for batch in reminders.waiting_batches(now=NOW)] == [
        "late@x.example",
        "soon@x.example",
    ]
    overdue(unit("", "new@x.example"))
    plan(today=TODAY + timedelta(days=1))
    waiting = [batch.recipient for batch in reminders.waiting_batches(now=NOW)]
    assert waiting == ["late@x.example", "soon@x.example", "new@x.example"]


def test_refused_for_now_is_sent_again_as_the_same_message(monkeypatch, mailoutbox):
    lead = unit("", "a@x.example")
    overdue(lead)
    plan()
    refuse(monkeypatch, smtplib.SMTPServerDisconnected("gone"), times=2)
    clock = Clock()
    [outcome] = send(clock=clock).outcomes
    assert outcome.state == State.RETRY
    row = Reminder.objects.get()
    assert row.not_before == NOW + timedelta(minutes=1)
    assert "无法连接邮件服务器" in row.error
    first = (row.batch, row.message_id)

    assert send(clock=clock).outcomes == [], "not before its time"
    clock.pass_(minutes=1)
    send(clock=clock)
    row.refresh_from_db()
    assert row.attempts == 2
    assert row.not_before == clock.now + timedelta(minutes=5)

    # A notice that came meanwhile is a message of its own: the old one keeps its rows and its Message-ID.
    soon(lead)
    plan()
    clock.pass_(minutes=5)
    send(clock=clock)
    assert sorted(mail.subject for mail in mailoutbox) == ["【督查督办】1项即将到期", "【督查督办】1项逾期"]
    row.refresh_from_db()
    assert (row.state, row.batch, row.message_id) == (State.SENT, *first)


def test_a_long_outage_loses_nothing_and_repeats_nothing(monkeypatch, mailoutbox):
    """Refused for days, over steps of the ladder: then the first notice arrives, once, in its own colour."""
    ReminderRule.objects.update(audience_red=[])
    overdue(unit("", "a@x.example"))
    with monkeypatch.context() as outage:
        refuse(outage, ConnectionRefusedError("refused"))
        for hours in range(0, 24 * 14, 3):
            moment = NOW + timedelta(hours=hours)
            day = TODAY + timedelta(days=hours // 24)
            reminders.plan(now=moment, today=day)
            send(today=day, clock=Clock(moment))
    assert mailoutbox == []
    end = TODAY + timedelta(days=14)
    reminders.plan(now=NOW + timedelta(days=14), today=end)
    send(today=end, clock=Clock(NOW + timedelta(days=14)))
    assert len(mailoutbox) == 1
    row = Reminder.objects.get()
    assert (row.state, row.level, row.occurrence) == (State.SENT, "blue", 0), (
        "an unread inbox is no answer owed"
    )


def test_one_refused_for_good_among_many(monkeypatch, mailoutbox):
    for name in ("a", "b", "c"):
        overdue(unit("", f"{name}@x.example"))
    plan()
    error = smtplib.SMTPRecipientsRefused({"b@x.example": (550, b"5.1.1 no such mailbox")})
    refuse(monkeypatch, error, only="b@x.example")
    report = send()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["a@x.example", "c@x.example"]
    [failure] = report.failures
    assert failure.state == State.FAILED
    row = Reminder.objects.get(recipient="b@x.example")
    assert row.state == State.FAILED
    assert "550 5.1.1 no such mailbox" in row.error
    state = AddressState.objects.get()
    assert (state.address, state.bounced_at) == ("b@x.example", NOW)
    # The contact is passed over from now on: the unit's mailbox is told instead, and b never tried again.
    plan()
    later = send(clock=Clock(NOW + timedelta(days=1)))
    assert [(outcome.recipient, outcome.state) for outcome in later.outcomes] == [
        (Department.objects.get(members__email="b@x.example").mailbox, State.SENT)
    ]


def test_a_dead_server_ends_the_run_early(monkeypatch, caplog):
    for number in range(6):
        overdue(unit("", f"u{number}@x.example"))
    plan()
    tried = refuse(monkeypatch, ConnectionRefusedError("refused"))
    report = send()
    assert len(tried) == refusals.UNAVAILABLE_IN_A_ROW
    assert "连续3次不可用" in report.stopped
    assert report.held_back == 3
    assert sorted(row[3] for row in ledger()) == [State.PLANNED] * 3 + [State.RETRY] * 3


def test_wrong_password_is_an_alarm_not_a_failure(monkeypatch, caplog):
    overdue(unit("", "a@x.example"))
    plan()
    refuse(monkeypatch, smtplib.SMTPAuthenticationError(535, b"5.7.8 bad credentials"))
    send()
    row = Reminder.objects.get()
    assert row.state == State.RETRY
    assert "DUBAN_EMAIL_URL" in row.error
    assert [record.levelname for record in caplog.records if "mending" in record.message] == ["ERROR"]


def test_a_row_that_cannot_be_said_leaves_the_others(monkeypatch, mailoutbox):
    lead = unit("", "a@x.example")
    bad = overdue(lead, "坏行")
    overdue(lead, "好行")
    plan()
    real = sending.item

    def item(row, **kw):
        if row.measure_id == bad.pk:
            raise LookupError("no words for it")
        return real(row, **kw)

    monkeypatch.setattr(sending, "item", item)
    report = send()
    [mail] = mailoutbox
    assert "好行" in mail.body and "坏行" not in mail.body
    assert Reminder.objects.get(measure=bad).state == State.FAILED
    assert "no words for it" in Reminder.objects.get(measure=bad).error
    assert Reminder.objects.exclude(measure=bad).get().state == State.SENT
    assert report.failures[0].set_aside == 1


def test_a_message_that_cannot_be_made_leaves_the_other_messages(monkeypatch, mailoutbox):
    overdue(unit("", "a@x.example"))
    overdue(unit("", "b@x.example"))
    plan()
    prepare = EmailChannel.prepare

    def broken(channel, digest, **kw):
        if digest.recipient == "a@x.example":
            raise ValueError("broken template")
        return prepare(channel, digest, **kw)

    monkeypatch.setattr(EmailChannel, "prepare", broken)
    send()
    assert [mail.to for mail in mailoutbox] == [["b@x.example"]]
    assert "broken template" in Reminder.objects.get(recipient="a@x.example").error


def test_never_inside_a_transaction(mailoutbox):
    overdue(unit("", "a@x.example"))
    plan()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        send()
    assert mailoutbox == []


def test_a_day_that_is_not_today_is_said_in_the_mail(mailoutbox):
    overdue(unit("", "a@x.example"))
    other = date(2026, 3, 18)
    plan(today=other)
    send(today=other)
    [mail] = mailoutbox
    assert "截至2026年3月18日" in mail.body
    assert "并非发送当日的情况" in mail.body
    assert "并非发送当日的情况" in mail.alternatives[0][0]


def test_time_limit_leaves_the_rest(mailoutbox):
    for number in range(3):
        overdue(unit("", f"u{number}@x.example"))
    plan()

    class Ticking(Clock):
        def __call__(self):
            self.pass_(seconds=30)
            return self.now

    report = send(clock=Ticking(), time_limit=timedelta(seconds=60))
    assert report.stopped == "本次运行时间已用完。"
    assert len(mailoutbox) + report.held_back == 3
    assert report.held_back >= 1


def test_leaders_get_only_what_they_are_in_charge_of(mailoutbox):
    one = make_user("leader", email="one@city.example")
    two = make_user("leader", email="two@city.example")
    shared = "same@x.example"
    overdue(unit("市教育局", shared, leader_in_charge=one), "甲事项")
    overdue(unit("市财政局", shared, leader_in_charge=two), "乙事项")
    plan()
    send()
    bodies = {mail.to[0]: mail.body for mail in mailoutbox}
    assert "甲事项" in bodies[shared] and "乙事项" in bodies[shared]
    assert "甲事项" in bodies["one@city.example"] and "乙事项" not in bodies["one@city.example"]
    assert "乙事项" in bodies["two@city.example"] and "甲事项" not in bodies["two@city.example"]
    assert "抄送" in bodies["one@city.example"]
    assert chinese_date(OVERDUE_ON) in bodies[shared]


def test_planned_before_midnight_and_sent_after_it(mailoutbox):
    """On its last day a measure is due soon; a minute later that is no longer true, and it is overdue instead."""
    last_day = WorkCalendar().known_until  # a 31 December
    soon(unit("", "a@x.example"), due_on=last_day)
    plan(today=last_day)
    send(today=last_day + timedelta(days=1))
    assert mailoutbox == []
    plan(today=last_day + timedelta(days=1))
    send(today=last_day + timedelta(days=1))
    [mail] = mailoutbox
    assert mail.subject == "【督查督办】1项逾期"
    assert "逾期1天（" in mail.body
    assert "暂估" in mail.body, "the next year's holidays are not announced yet"
    assert [row[1:] for row in ledger()] == [("due_soon", 0, State.DROPPED), ("overdue", 0, State.SENT)]
