"""Mails that come back after a relay had taken them: which notices count, and that they count like a refusal at once."""

import io
import mailbox
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.makers import NOW, make_user
from tests.reminders import bounce_notices
from tests.reminders.bounce_notices import SHAPES, postfix
from tests.reminders.scene import Clock, State, overdue, plan, send, unit
from tracker import reminders
from tracker.models import AddressState, Reminder
from tracker.reminders import bounces
from tracker.reminders.bounce_mail import MOST_BYTES, Verdict, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(mailoutbox) -> Reminder:
    """One notice to a@x.example, taken by the mail server; the department has a mailbox too."""
    overdue(unit("市教育局", "a@x.example", mailbox="jyj@x.example"), "建设公办幼儿园")
    plan()
    send()
    row = Reminder.objects.get()
    assert (row.state, row.recipient) == (State.SENT, "a@x.example")
    return row


def states() -> dict[str, str]:
    return dict(Reminder.objects.values_list("recipient", "state"))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_dead_address_is_flagged_and_the_next_in_line_is_told(sent, shape, mailoutbox):
    taken = take(shape(sent.message_id, "a@x.example"), now=NOW + timedelta(minutes=2))
    assert taken.verdict is Verdict.RECORDED, taken.words
    sent.refresh_from_db()
    assert sent.state == State.FAILED
    assert sent.error.startswith("邮件发出后被退回：")
    state = AddressState.objects.get(address="a@x.example")
    assert state.bounced_at == NOW + timedelta(minutes=2)
    assert "退回" in state.bounce
    plan(quick=True)
    send(clock=Clock(NOW + timedelta(minutes=3)))
    assert states() == {"a@x.example": State.FAILED, "jyj@x.example": State.SENT}
    assert [mail.to for mail in mailoutbox] == [["a@x.example"], ["jyj@x.example"]]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_same_notice_twice_counts_once(sent, shape):
    content = shape(sent.message_id, "a@x.example")
    take(content, now=NOW)
    again = take(content, now=NOW + timedelta(hours=1))
    assert again.verdict is Verdict.SETTLED
    assert "此前已按退信处理" in again.words
    assert AddressState.objects.get().bounced_at == NOW


def test_a_notice_older_than_the_last_sending_says_nothing_of_it(sent):
    """The address was trusted again and the notice sent again: an old mbox read once more must not undo it."""
    old = postfix(sent.message_id, "a@x.example")
    take(old, now=NOW)
    later = NOW + timedelta(days=1)
    bounces.release(AddressState.objects.values_list("pk", flat=True), now=later)
    send(clock=Clock(later))
    assert states() == {"a@x.example": State.SENT}
    assert take(old, now=later).verdict is Verdict.SETTLED
    assert states() == {"a@x.example": State.SENT}
    new = postfix(sent.message_id, "a@x.example", written=format_datetime(later))
    assert take(new, now=later).verdict is Verdict.RECORDED


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"action": "delayed", "status": "4.4.1", "said": "X-Postfix; timed out"}, "不是投递失败的通知"),
        ({"action": "delivered", "status": "2.0.0", "said": "smtp; 250 ok"}, "不是投递失败的通知"),
        ({"action": "relayed", "status": "2.0.0", "said": "smtp; 250 ok"}, "不是投递失败的通知"),
    ],
)
def test_what_is_no_failure_changes_nothing(sent, more, why):
    taken = take(postfix(sent.message_id, "a@x.example", **more), now=NOW)
    assert taken.verdict is Verdict.NOTHING
    assert why in taken.words
    assert states() == {"a@x.example": State.SENT}
    assert not AddressState.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"status": "4.4.7", "said": "smtp; 550 4.4.7 message expired"},
        {"status": "4.4.1", "said": "X-Postfix; connect to mail.x.example[192.0.2.7]:25: timed out"},
        {"status": "5.2.2", "said": "smtp; 552 5.2.2 mailbox full"},
        {"status": "5.7.1", "said": "smtp; 554 5.7.1 looks like spam"},
        {"status": "5.7.1", "said": "smtp; 550 5.7.1 Relay access denied"},
        {"status": "5.4.6", "said": "X-Postfix; mail for x.example loops back to myself"},
    ],
)
def test_what_was_given_up_is_shown_but_the_address_is_not_at_fault(sent, more):
    taken = take(postfix(sent.message_id, "a@x.example", **more), now=NOW)
    assert taken.verdict is Verdict.RECORDED
    assert "邮箱未标记" in taken.words
    assert states() == {"a@x.example": State.FAILED}
    assert not AddressState.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"status": "5.1.1", "said": 'X-Postfix; unknown user: "a"'},
        {
            "status": "5.4.4",
            "said": "X-Postfix; Host or domain name not found. Name service error for name=x.example",
        },
        {"status": "5.0.0", "said": "smtp; 550 5.1.1 no such user"},
        {"status": "5.2.1", "said": "smtp; 550 account disabled"},
    ],
)
def test_statuses_and_words_that_mean_a_dead_address(sent, more):
    take(postfix(sent.message_id, "a@x.example", **more), now=NOW)
    assert AddressState.objects.filter(address="a@x.example", bounced_at=NOW).exists()


def test_forged_and_foreign_notices_change_nothing_and_say_why(sent):
    for content, why in (
        (postfix("<duban-" + "0" * 32 + "@city.example>", "a@x.example"), "台账中没有这封邮件"),
        (postfix("<other@city.example>", "a@x.example"), "没有本系统的 Message-ID"),
        (postfix(sent.message_id, "jyj@x.example"), "不是该邮件的收件人"),
        (bounce_notices.old_exim(sent.message_id, "jyj@x.example"), "不是该邮件的收件人"),
        (bounce_notices.out_of_office(sent.message_id, "a@x.example"), "不是退信"),
        (bounce_notices.warning(sent.message_id, "a@x.example"), "没有写明投递彻底失败"),
        (b"", "不是退信"),
        (b"Subject: hello\n\nhow are you", "不是退信"),
        (
            b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--",
            "没有写明收件人",
        ),
        (
            b"\n".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d" % (n, n) for n in range(5000)),
            "",
        ),
        (bytes(range(256)) * 100, "不是退信"),
    ):
        taken = take(content, now=NOW)
        assert taken.verdict is Verdict.NOTHING, taken.words
        assert why in taken.words
    assert states() == {"a@x.example": State.SENT}
    assert not AddressState.objects.exists()


def test_a_forwarded_mail_is_found_by_the_address_it_was_sent_to(sent):
    forwarded = postfix(sent.message_id, "b@elsewhere.example", original="a@x.example")
    assert take(forwarded, now=NOW).verdict is Verdict.RECORDED
    assert AddressState.objects.get().address == "a@x.example"


def test_a_chinese_domain_comes_back_in_its_ascii_form(mailoutbox):
    overdue(unit("市教育局", "li@例子.中国"))
    plan()
    send()
    row = Reminder.objects.get()
    assert take(postfix(row.message_id, "li@xn--fsqu00a.xn--fiqs8s"), now=NOW).verdict is Verdict.RECORDED


def test_every_notice_of_the_mail_comes_back_with_it_and_no_other(mailoutbox):
    lead = unit("市教育局", "a@x.example", "b@x.example")
    overdue(lead, "一")
    overdue(lead, "二")
    plan()
    send()
    message_id = Reminder.objects.filter(recipient="a@x.example").values_list("message_id", flat=True)[0]
    assert "2 条提醒" in take(postfix(message_id, "a@x.example"), now=NOW).words
    assert states() == {"a@x.example": State.FAILED, "b@x.example": State.SENT}


def test_a_gap_is_reported_when_nobody_else_is_there(mailoutbox):
    make_user("office", email="dcs@x.example")
    overdue(unit("市档案馆", "a@x.example", mailbox=""))
    plan()
    send()
    take(postfix(Reminder.objects.get().message_id, "a@x.example"), now=NOW)
    plan(quick=True)
    assert states() == {"a@x.example": State.FAILED, "dcs@x.example": State.PLANNED, "": State.FAILED}


def test_a_mail_that_is_just_being_recorded_is_read_again_later(sent):
    Reminder.objects.update(state=State.CLAIMED)
    assert take(postfix(sent.message_id, "a@x.example"), now=NOW).verdict is Verdict.LATER
    assert states() == {"a@x.example": State.CLAIMED}


def test_a_huge_mail_behind_the_report_is_not_read(sent):
    content = bounce_notices.exim(sent.message_id, "a@x.example").replace(b"the mail", b"x" * 5_000_000)
    assert len(content) > MOST_BYTES
    assert take(content, now=NOW).verdict is Verdict.RECORDED


# --- by hand and by a pipe ---------------------------------------------------------------------------------------


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("read_bounces", *args, stdout=out)
    return out.getvalue()


class _StandardInput:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_standard_input(sent, monkeypatch):
    monkeypatch.setattr(
        "sys.stdin",
        _StandardInput(b"From MAILER-DAEMON Tue Mar 10\n" + postfix(sent.message_id, "a@x.example")),
    )
    assert "记入退信 1 封" in run()
    assert states() == {"a@x.example": State.FAILED}


def test_a_pipe_is_told_to_try_again(sent, monkeypatch):
    Reminder.objects.update(state=State.CLAIMED)
    monkeypatch.setattr("sys.stdin", _StandardInput(postfix(sent.message_id, "a@x.example")))
    with pytest.raises(CommandError) as refused:
        run()
    assert refused.value.returncode == 75


def test_files_mbox_and_maildir(sent, tmp_path):
    content, other = postfix(sent.message_id, "a@x.example"), b"Subject: hello\n\nhow are you\n"
    (tmp_path / "one.eml").write_bytes(other)
    mbox = mailbox.mbox(tmp_path / "mbox")
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    for message in (other, content):
        mbox.add(message)
        maildir.add(message)
    mbox.close()
    printed = run(str(tmp_path / "one.eml"), str(tmp_path / "mbox"))
    assert "共读 3 封，记入退信 1 封。" in printed
    assert "one.eml 第1封：不是退信" in printed
    assert "共读 2 封，记入退信 0 封。" in run(str(tmp_path / "Maildir"))
    for wrong in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(CommandError, match=r"Maildir|无法读取"):
            run(str(wrong))


def test_health_counts_a_bounce_like_a_refusal(sent):
    now = timezone.now()
    take(postfix(sent.message_id, "a@x.example", written=format_datetime(now)), now=now)
    from tracker.reminders.health import health

    assert health(now=now, local_now=timezone.localtime(now)).failed_last_hour == 1
    assert reminders.waiting_batches(now=now) == []
