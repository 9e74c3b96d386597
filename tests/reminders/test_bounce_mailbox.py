"""Polling the mailbox that mails come back to: what is read, marked, deleted and left alone, and what its troubles lead to."""

import io
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.environment import Environment
from tests.mail_boxes import ImapServer, MailboxServer, Pop3Server
from tests.makers import NOW
from tests.reminders.bounce_notices import exim, postfix
from tests.reminders.scene import Clock, State, overdue, plan, send, unit
from tracker.models import AddressState, BounceMailbox, EngineState, Reminder
from tracker.reminders.bounce_mail import imap, poll, polling, pop3
from tracker.reminders.health import health
from tracker.tasks import read_bounces

pytestmark = pytest.mark.django_db
HELLO = b"Subject: hello\r\nFrom: li@x.example\r\n\r\nhow are you\r\n"


@pytest.fixture
def sent(mailoutbox) -> Reminder:
    overdue(unit("市教育局", "a@x.example", mailbox="jyj@x.example"))
    plan()
    send()
    return Reminder.objects.get()


@pytest.fixture(params=[ImapServer, Pop3Server])
def server(request, settings, monkeypatch):
    with request.param() as running:
        use(running, settings, monkeypatch)
        yield running


def use(server: MailboxServer, settings, monkeypatch, url: str = "") -> None:
    monkeypatch.setenv("DUBAN_BOUNCE_MAILBOX_URL", url or server.url)
    monkeypatch.setenv("DUBAN_BOUNCE_MAILBOX_PLAIN", "true")
    settings.BOUNCE_MAILBOX = Environment().mailbox_to_read(
        "DUBAN_BOUNCE_MAILBOX_URL", plain_allowed="DUBAN_BOUNCE_MAILBOX_PLAIN"
    )


def left(server: MailboxServer) -> list[bytes]:
    """The messages that stand in the mailbox as if nobody had read them."""
    return [one.content for one in server.messages if not one.seen]


def test_a_bounce_is_taken_and_other_mail_left_alone(server, sent):
    bounce, foreign = postfix(sent.message_id, "a@x.example"), postfix("<x@city.example>", "a@x.example")
    for content in (HELLO, bounce, foreign):
        server.put(content)
    run = poll(clock=Clock())
    assert (run.error, run.recorded, len(run.taken)) == ("", 1, 3)
    assert left(server) == [HELLO, foreign]
    assert AddressState.objects.get().address == "a@x.example"
    assert len(server.messages) == (3 if isinstance(server, ImapServer) else 2)
    # What was left is not read again, what is new is.
    assert poll(clock=Clock()).taken == []
    server.put(bounce)
    [again] = poll(clock=Clock()).taken
    assert "此前已按退信处理" in again.words
    assert left(server) == [HELLO, foreign]


def test_a_run_takes_so_many_and_the_next_goes_on(server, sent, monkeypatch):
    monkeypatch.setattr(polling, "MOST_MESSAGES", 2)
    bounce = postfix(sent.message_id, "a@x.example")
    for content in (HELLO, HELLO, bounce, HELLO, HELLO):
        server.put(content)
    runs = [poll(clock=Clock()) for _ in range(4)]
    assert [(len(run.taken), run.left) for run in runs] == [(2, 3), (2, 1), (1, 0), (0, 0)]
    assert sum(run.recorded for run in runs) == 1


def test_a_run_ends_with_its_time(server, sent):
    server.put(HELLO)
    server.put(HELLO)

    class Hurrying(Clock):
        def __call__(self):
            self.pass_(seconds=25)
            return self.now

    run = poll(clock=Hurrying())
    assert (len(run.taken), run.left) == (1, 1)


def test_only_the_beginning_of_a_large_message_is_read(server, sent, monkeypatch):
    monkeypatch.setattr(pop3, "LINES", 100)
    large = exim(sent.message_id, "a@x.example").replace(b"the mail", b"xxxxxxxxx\r\n" * 60_000)
    server.put(large)
    assert poll(clock=Clock()).recorded == 1


def test_a_mail_just_being_sent_waits_for_the_next_run(server, sent):
    server.put(postfix(sent.message_id, "a@x.example"))
    Reminder.objects.update(state=State.CLAIMED)
    assert poll(clock=Clock()).recorded == 0
    Reminder.objects.update(state=State.SENT)
    assert poll(clock=Clock()).recorded == 1


@pytest.mark.parametrize(
    ("imap_waits", "pop3_waits"), [("LOGIN", "PASS"), ("SEARCH", "UIDL"), ("FETCH", "RETR")]
)
def test_a_stalling_server_is_given_up_and_told(server, sent, monkeypatch, imap_waits, pop3_waits):
    for module in (imap, pop3):
        monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.3)
    server.put(HELLO)
    server.stall = imap_waits if isinstance(server, ImapServer) else pop3_waits
    began = time.monotonic()
    run = poll(clock=Clock())
    assert time.monotonic() - began < 5
    assert run.error == BounceMailbox.objects.get().error == "退信邮箱服务器超时未答复。"


def test_a_wrong_password_stands_in_the_health_check_until_it_is_mended(server, sent, settings, monkeypatch):
    EngineState.objects.update_or_create(pk=1, defaults={"last_tick_at": NOW})
    use(server, settings, monkeypatch, server.url.replace("secret", "hidden"))
    clock = Clock()

    def problems() -> str:
        return " ".join(health(now=clock.now, local_now=timezone.localtime(clock.now)).problems)

    run = poll(clock=clock)
    assert "请检查 DUBAN_BOUNCE_MAILBOX_URL" in run.error
    assert "hidden" not in run.error
    assert "退信邮箱" not in problems(), "one failed reading is a mail server's restart"
    clock.pass_(minutes=16)
    poll(clock=clock)
    assert "退信邮箱自03月10日10:00起无法读取：退信邮箱服务器拒绝" in problems()
    use(server, settings, monkeypatch)
    poll(clock=clock)
    assert "退信邮箱" not in problems()
    assert BounceMailbox.objects.get().read_at == clock.now


def test_nobody_listens(settings, monkeypatch, server):
    url = server.url.replace(f":{server.port}", ":1")
    use(server, settings, monkeypatch, url)
    assert "无法连接退信邮箱服务器" in poll(clock=Clock()).error
    with pytest.raises(CommandError, match="无法连接"):
        call_command("read_bounces", "--mailbox", stdout=io.StringIO())


def test_by_the_worker_and_by_hand(server, sent, settings):
    server.put(postfix(sent.message_id, "a@x.example"))
    read_bounces()
    sent.refresh_from_db()
    assert sent.state == State.FAILED
    out = io.StringIO()
    call_command("read_bounces", "--mailbox", stdout=out)
    assert "共读 0 封" in out.getvalue()
    settings.BOUNCE_MAILBOX = {}
    read_bounces()
    with pytest.raises(CommandError, match="没有设置退信邮箱"):
        call_command("read_bounces", "--mailbox", stdout=out)


def test_another_mailbox_or_edition_of_a_folder_begins_anew(sent, settings, monkeypatch):
    with ImapServer() as server:
        use(server, settings, monkeypatch)
        server.put(HELLO)
        poll(clock=Clock())
        server.validity = 8
        assert len(poll(clock=Clock()).taken) == 1
        assert poll(clock=Clock()).taken == []
    with Pop3Server() as other:
        use(other, settings, monkeypatch)
        other.put(HELLO)
        assert len(poll(clock=Clock()).taken) == 1


def test_a_folder_that_is_not_there(sent, settings, monkeypatch):
    with ImapServer() as server:
        use(server, settings, monkeypatch, server.url.replace("/INBOX", "/Bounces"))
        assert "no such mailbox" in poll(clock=Clock()).error


def test_a_line_too_long_for_pop3_sets_its_message_aside(sent, settings, monkeypatch):
    with Pop3Server() as server:
        use(server, settings, monkeypatch)
        server.put(postfix(sent.message_id, "a@x.example"))
        server.put(HELLO + b"x" * 3000 + b"\r\n")
        first, second = poll(clock=Clock()), poll(clock=Clock(NOW + timedelta(minutes=5)))
        assert (first.error, first.left, second.recorded) == ("", 1, 1)
