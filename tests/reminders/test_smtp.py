"""Over a real SMTP dialogue: what arrives, one connection a run, and what each kind of refusal leads to."""

import asyncio
import smtplib
import socket
from collections import Counter
from datetime import timedelta

import pytest
from django.db import OperationalError

from tests.makers import NOW, TODAY
from tests.reminders.scene import Clock, State, overdue, plan, send, soon, unit
from tests.servers import SmtpSink, free_port
from tracker.models import AddressState, Reminder
from tracker.reminders.channels import DeliveryError
from tracker.reminders.channels.email import EmailChannel
from tracker.reminders.channels.email.addresses import recipient_in_ascii
from tracker.reminders.channels.email.dialogue import hand_over
from tracker.reminders.claiming import BACKOFF_MINUTES


class Server(SmtpSink):
    """A sink that counts its connections and misbehaves on demand."""

    def __init__(self) -> None:
        super().__init__()
        self.connections: set[object] = set()
        self.data_reply = ""
        self.hang_up: Counter[str] = Counter()
        self.per_connection = 0
        self.accepted: Counter[object] = Counter()
        self.answers_when = lambda address: True
        self.impatient = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.connections.add(session.peer)
        if self.per_connection and self.accepted[session.peer] >= self.per_connection:
            server.transport.close()
            return "421 4.7.0 too many messages"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        [address] = envelope.rcpt_tos
        for _ in range(200):
            if self.answers_when(address):
                break
            await asyncio.sleep(0.01)
        else:
            self.impatient += 1
        if self.hang_up[address]:
            self.hang_up[address] -= 1
            if address.startswith("accepted-"):
                await super().handle_DATA(server, session, envelope)
            server.transport.close()
            return "250 nobody hears this"
        if self.data_reply:
            return self.data_reply
        self.accepted[session.peer] += 1
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def server(settings):
    with Server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = 5
        yield running


def units(*names: str) -> None:
    for name in names:
        overdue(unit("", f"{name}@x.example"))
    plan()


def arrived(server: Server) -> list[str]:
    return sorted(message["To"] for message in server.messages)


@pytest.mark.django_db
def test_end_to_end(server):
    lead = unit("市教育局", "a@x.example")
    overdue(lead, "推进义务教育优质均衡")
    soon(lead, "新建公办幼儿园")
    plan()
    [outcome] = send().outcomes
    [message] = server.messages
    assert server.envelopes[0].rcpt_tos == ["a@x.example"]
    assert message["Subject"] == outcome.subject == "【督查督办】1项逾期、1项即将到期"
    assert message["Message-ID"] == outcome.message_id
    for part in (message.get_body(("plain",)), message.get_body(("html",))):
        assert "推进义务教育优质均衡" in part.get_content()
        assert "新建公办幼儿园" in part.get_content()
    assert Reminder.objects.filter(state=State.SENT).count() == 2


@pytest.mark.django_db
def test_one_connection_for_a_whole_run_even_with_a_refusal_in_it(server):
    server.replies["c@x.example"] = "550 5.1.1 no such mailbox"
    server.replies["d@x.example"] = "451 4.7.1 greylisted, come back later"
    units("a", "b", "c", "d", "e", "f")
    report = send()
    assert arrived(server) == ["a@x.example", "b@x.example", "e@x.example", "f@x.example"]
    assert len(server.connections) == 1
    states = {outcome.recipient[0]: outcome.state for outcome in report.failures}
    assert states == {"c": State.FAILED, "d": State.RETRY}
    assert "550 5.1.1 no such mailbox" in Reminder.objects.get(recipient="c@x.example").error
    del server.replies["d@x.example"]
    send(clock=Clock(NOW + timedelta(minutes=1)))
    assert "d@x.example" in arrived(server)


@pytest.mark.django_db
def test_the_next_message_is_made_while_the_server_works_on_one(server, monkeypatch):
    """The server answers each message only when the next one is made; what goes wrong in making it concerns it alone."""
    made, prepare = Counter(), EmailChannel.prepare
    following = {"a@x.example": "b@x.example", "b@x.example": "bad@x.example", "bad@x.example": "c@x.example"}
    server.answers_when = lambda address: address not in following or made[following[address]]

    def preparing(channel, digest, **kw):
        made[digest.recipient] += 1
        if digest.recipient == "bad@x.example":
            raise ValueError("no such message")
        return prepare(channel, digest, **kw)

    monkeypatch.setattr(EmailChannel, "prepare", preparing)
    units("a", "b", "bad", "c")
    report = send()
    assert arrived(server) == ["a@x.example", "b@x.example", "c@x.example"]
    assert server.impatient == 0
    assert set(made.values()) == {1}
    assert len(server.connections) == 1
    [failure] = report.failures
    assert (failure.recipient, failure.state) == ("bad@x.example", State.FAILED)
    assert "no such message" in failure.error


@pytest.mark.django_db
def test_a_database_lost_while_the_server_works_on_a_message_leaves_that_message_on_record(
    server, monkeypatch
):
    prepare = EmailChannel.prepare

    def preparing(channel, digest, **kw):
        if digest.recipient == "b@x.example":
            raise OperationalError("gone")
        return prepare(channel, digest, **kw)

    monkeypatch.setattr(EmailChannel, "prepare", preparing)
    units("a", "b")
    with pytest.raises(OperationalError):
        send()
    assert arrived(server) == ["a@x.example"]
    states = dict(Reminder.objects.values_list("recipient", "state"))
    assert states == {"a@x.example": State.SENT, "b@x.example": State.CLAIMED}


def test_a_line_of_one_dot_does_not_end_a_message(server):
    with smtplib.SMTP("127.0.0.1", server.port) as connection:
        text = b"Subject: x\r\n\r\n.\r\nRSET\r\n..\r\n"
        hand_over(connection, "a@x.example", "b@x.example", text, lambda: None)
    [message] = server.messages
    assert message.get_content().split() == [".", "RSET", ".."]


@pytest.mark.django_db
def test_a_server_that_allows_few_messages_a_connection(server):
    server.per_connection = 2
    units("a", "b", "c", "d", "e")
    report = send()
    assert report.failures == []
    assert len(arrived(server)) == 5
    assert len(server.connections) == 3


@pytest.mark.django_db
def test_connection_lost_within_a_message_sends_it_again_under_its_id(server):
    server.hang_up["accepted-b@x.example"] = 1
    units("a", "accepted-b", "c")
    report = send()
    assert report.failures == []
    assert Counter(arrived(server)) == {"a@x.example": 1, "accepted-b@x.example": 2, "c@x.example": 1}
    twice = [message for message in server.messages if message["To"].startswith("accepted-")]
    assert len({message["Message-ID"] for message in twice}) == 1


@pytest.mark.django_db
def test_connection_lost_at_once_waits_for_the_next_run(server):
    server.hang_up["a@x.example"] = 1
    units("a", "b")
    report = send()
    assert arrived(server) == ["b@x.example"], "the others are not held up"
    [failure] = report.failures
    assert (failure.recipient, failure.state) == ("a@x.example", State.RETRY)
    send(clock=Clock(NOW + timedelta(minutes=1)))
    assert arrived(server) == ["a@x.example", "b@x.example"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reply", "state"),
    [("554 5.7.1 looks like spam", State.FAILED), ("452 4.3.1 out of disk", State.RETRY)],
)
def test_refused_after_data_it_waits_and_only_a_final_word_is_believed_after_hours(server, reply, state):
    server.data_reply = reply
    units("a")
    clock = Clock()
    for minutes in (0, *BACKOFF_MINUTES[:-1]):
        assert Reminder.objects.get().state != State.FAILED
        clock.pass_(minutes=minutes)
        [failure] = send(clock=clock).failures
    assert (failure.state, Reminder.objects.get().state) == (state, state)
    assert reply[4:] in Reminder.objects.get().error
    assert not AddressState.objects.exists(), "the address was taken"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("to_recipient", "to_message"),
    [("550 no", ""), ("", "554 5.7.1 looks like spam"), ("", "554 transaction failed")],
)
def test_a_server_that_turns_against_us_in_mid_run_costs_nobody_a_notice(server, to_recipient, to_message):
    """It takes one message and refuses all that follow; what says nothing about an address is no word about it."""
    names = ("a", "b", "c", "d", "e", "f")
    units(*names)
    taken = server.handle_DATA

    async def one_only(*given):
        answer = await taken(*given)
        server.data_reply = to_message
        server.replies.update({f"{name}@x.example": to_recipient for name in names if to_recipient})
        return answer

    server.handle_DATA = one_only
    report = send()
    assert "连续拒收3封" in report.stopped
    assert (report.count(State.SENT), report.count(State.RETRY), report.held_back) == (1, 3, 2)
    assert not AddressState.objects.exists()
    del server.handle_DATA
    server.data_reply = ""
    server.replies.clear()
    send(clock=Clock(NOW + timedelta(minutes=1)))
    assert arrived(server) == [f"{name}@x.example" for name in names]
    assert set(Reminder.objects.values_list("state", flat=True)) == {State.SENT}


@pytest.mark.django_db
def test_a_directory_that_goes_away_in_mid_run_flags_nobody(server):
    names = ("a", "b", "c", "d", "e")
    units(*names)
    server.replies.update({f"{name}@x.example": "550 5.1.1 user unknown" for name in names[1:]})
    report = send()
    assert "连续拒收3封" in report.stopped
    assert (report.count(State.SENT), report.count(State.RETRY), report.held_back) == (1, 3, 1)
    assert not AddressState.objects.filter(bounced_at__isnull=False).exists()


@pytest.mark.django_db
def test_nobody_listens(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    units("a", "b", "c", "d", "e")
    report = send()
    assert "连续3次不可用" in report.stopped
    assert (report.count(State.RETRY), report.held_back) == (3, 2)
    with Server() as running:
        settings.EMAIL_PORT = running.port
        send(clock=Clock(NOW + timedelta(minutes=1)))
        assert len(arrived(running)) == 5


@pytest.mark.django_db
def test_a_server_that_never_answers_times_out(settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = deaf.getsockname()
        settings.EMAIL_TIMEOUT = 0.05
        units("a")
        [failure] = send().failures
        waiting = deaf.accept()[0]
        waiting.close()
        deaf.settimeout(0.05)
        with pytest.raises(TimeoutError):  # a server that stalls is not asked twice in a run
            deaf.accept()
    assert failure.state == State.RETRY
    assert Reminder.objects.get().error == "邮件服务器超时未答复。"


@pytest.mark.django_db
@pytest.mark.parametrize("after_data", [False, True])
def test_a_server_that_wants_a_login_first_costs_nobody_a_notice(server, after_data):
    names = ("a", "b", "c", "d", "e")
    units(*names)
    reply = "550 Please turn on SMTP Authentication in your mail client"
    if after_data:
        server.data_reply = "554 5.7.1 rejected by policy"
    else:
        server.replies.update({f"{name}@x.example": reply for name in names})
    report = send()
    assert (report.count(State.RETRY), report.count(State.FAILED), report.held_back) == (3, 0, 2)
    assert "连续3次不可用" in report.stopped
    assert not AddressState.objects.exists()
    server.replies.clear()
    server.data_reply = ""
    send(clock=Clock(NOW + timedelta(minutes=1)))
    assert arrived(server) == [f"{name}@x.example" for name in names]


@pytest.mark.django_db
def test_a_server_that_knows_no_address_at_all_is_not_believed(server, caplog):
    """Its directory is away: from the first message on everybody is unknown."""
    names = ("a", "b", "c", "d", "e")
    units(*names)
    server.replies.update({f"{name}@x.example": "550 5.1.1 user unknown" for name in names})
    report = send()
    assert "连续拒收3封" in report.stopped
    assert (report.count(State.RETRY), report.held_back) == (3, 2)
    assert sorted(Reminder.objects.values_list("state", flat=True)) == [State.PLANNED] * 2 + [State.RETRY] * 3
    assert "user unknown" in Reminder.objects.filter(state=State.RETRY)[0].error
    assert not AddressState.objects.filter(bounced_at__isnull=False).exists()
    # The next run reaches somebody: now the server is believed about the one that it still refuses.
    for name in names[1:]:
        del server.replies[f"{name}@x.example"]
    clock = Clock(NOW + timedelta(minutes=2))
    Reminder.objects.filter(recipient="a@x.example").update(planned_on=TODAY + timedelta(days=1))
    assert send(clock=clock).stopped == ""
    assert arrived(server) == ["b@x.example", "c@x.example", "d@x.example", "e@x.example"]
    assert Reminder.objects.get(recipient="a@x.example").state == State.FAILED
    assert AddressState.objects.get(bounced_at__isnull=False).address == "a@x.example"


@pytest.mark.django_db
def test_addresses_that_stay_unknown_for_hours_are_believed_at_last(server):
    """Three wrong addresses and nobody else: the next in line must not wait for ever."""
    units("a", "b", "c")
    server.replies.update({f"{name}@x.example": "550 5.1.1 user unknown" for name in "abc"})
    clock = Clock()
    for minutes in (0, *BACKOFF_MINUTES[:-1]):
        assert not Reminder.objects.filter(state=State.FAILED).exists()
        clock.pass_(minutes=minutes)
        report = send(clock=clock)
    assert report.count(State.FAILED) == 3
    assert AddressState.objects.filter(bounced_at__isnull=False).count() == 3


@pytest.mark.django_db
def test_a_chinese_domain_goes_out_in_its_ascii_form(server):
    overdue(unit("", "li@例子.中国"))
    plan()
    [outcome] = send().outcomes
    assert (outcome.recipient, outcome.state) == ("li@例子.中国", State.SENT)
    [message] = server.messages
    assert server.envelopes[0].rcpt_tos == [message["To"]] == ["li@xn--fsqu00a.xn--fiqs8s"]


@pytest.mark.django_db
def test_a_part_before_the_at_that_no_server_takes_is_told_by_the_next_way(server):
    overdue(unit("", "李@x.example", mailbox="box@x.example"))
    plan()
    send()
    assert arrived(server) == ["box@x.example"]
    with pytest.raises(DeliveryError, match="请换用英文邮箱") as refused:
        recipient_in_ascii("李@x.example")
    assert refused.value.permanent and refused.value.bounced


@pytest.mark.django_db
def test_today_is_kept_in_the_mail(server):
    units("a")
    send(today=TODAY)
    [message] = server.messages
    assert "2026年3月10日" in message.get_body(("plain",)).get_content()
