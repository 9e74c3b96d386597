"""The trials themselves can fail: what is lost, doubled or out of date is counted as such, in real messages of the product."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tests.faults.counting import Ledger, Notice, arrivals, count, faults_in
from tests.faults.hostile import message_faults
from tests.faults.rig import find
from tests.faults.steps import STEPS
from tests.reminders.scene import overdue, plan, send, soon, unit

A, B = Notice("a@x.example", "M00001", "已逾期"), Notice("a@x.example", "M00002", "即将到期")
C = Notice("b@x.example", "M00003", "已逾期")
EXPECTED = {A, B, C}


@pytest.fixture
def messages(mailoutbox, settings) -> list[EmailMessage]:
    """What the product sends of three matters to two people."""
    settings.MAIL_REPLY_TO = "office@x.example"
    first, second = unit("", "a@x.example"), unit("", "b@x.example")
    overdue(first, "M00001")
    soon(first, "M00002")
    overdue(second, "M00003")
    plan()
    send()
    sent = sorted(mailoutbox, key=lambda message: message.to)
    return [
        message_from_bytes(message.message().as_bytes(linesep="\r\n"), policy=policy.default)
        for message in sent
    ]


ALL_SENT = Ledger(sent=3)


def wrong(messages: list[EmailMessage], ledger: Ledger = ALL_SENT, **allowed: int) -> list[str]:
    return faults_in(count(EXPECTED, arrivals(messages)), ledger, **allowed)


@pytest.mark.django_db
def test_nothing_wrong(messages):
    found = count(EXPECTED, arrivals(messages))
    assert (found.expected, found.arrived, found.sent) == (3, 3, 3)
    assert found.lost == found.doubled == found.doubled_apart == found.stale == ()
    assert wrong(messages) == []
    assert {arrival.notice.day for arrival in arrivals(messages, with_day=True)} == {"2026年3月10日"}


def test_a_link_that_looks_like_a_matter_is_none():
    message = EmailMessage()
    message["To"], message["Message-ID"] = "a@x.example", "<1@x.example>"
    message.set_content(
        "截至2026年3月10日\n■ 已逾期 1 项\nM00001 修路\n停收：https://x.example/mute/abM80694cd:1\n"
    )
    assert [arrival.notice for arrival in arrivals([message])] == [A]


@pytest.mark.django_db
def test_each_fault_is_seen(messages):
    first, second = messages
    assert [w for w in wrong([first]) if "1 lost, the first: b@x.example M00003 已逾期" in w]
    assert wrong([first, second, second]) == [
        "1 doubled under one Message-ID, 0 allowed, the first: b@x.example M00003 已逾期"
    ]
    assert wrong([first, second, second], doubled_at_most=1) == []
    assert wrong([first, first, second], doubled_at_most=1) != []

    again = message_from_bytes(bytes(second), policy=policy.default)
    again.replace_header("Message-ID", "<another@x.example>")
    assert wrong([first, second, again], doubled_at_most=9) == [
        "1 doubled under another Message-ID, the first: b@x.example M00003 已逾期"
    ]
    elsewhere = message_from_bytes(bytes(second), policy=policy.default)
    elsewhere.replace_header("To", "c@x.example")
    assert [w for w in wrong([first, second, elsewhere]) if "1 out of date, the first: c@x.example" in w]


@pytest.mark.django_db
def test_the_ledger_must_agree(messages):
    assert wrong(messages, Ledger(sent=2, waiting=1)) == [
        "3 different notices arrived, the ledger says 2",
        "1 still waiting in the ledger",
    ]
    assert wrong(messages, Ledger(sent=3, failed=1)) == ["1 failed in the ledger instead of 0"]


@pytest.mark.django_db
def test_a_message_that_is_not_whole_is_seen(messages):
    [first, _second] = messages
    content = first.as_bytes(policy=policy.SMTP)
    to = ["a@x.example"]
    assert message_faults(to, content) == []
    assert message_faults(["b@x.example"], content) != []
    assert message_faults(to, content.replace(b"To: a@", b"Bcc: c@x.example\r\nTo: a@")) != []
    assert (
        message_faults(to, content.replace(b"MIME-Version: 1.0", b"MIME-Version: 1.0\r\nX: " + b"y" * 999))
        != []
    )


def test_every_step_is_a_function_of_the_product():
    for step in STEPS.values():
        owner, name = find(step.target)
        assert callable(getattr(owner, name)), step.target
