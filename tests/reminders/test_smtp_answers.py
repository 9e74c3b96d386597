"""What an SMTP server's codes and words mean: who is to blame, whether to try again, whether the address is a wrong one."""

import smtplib
import ssl

import pytest

from tracker.reminders.channels.email.transport import describe


@pytest.mark.parametrize(
    ("error", "permanent", "unavailable", "misconfigured"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no")}), True, False, False),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"later")}), False, False, False),
        (smtplib.SMTPRecipientsRefused({"a": (421, b"bye")}), False, True, False),
        (smtplib.SMTPSenderRefused(553, b"no relay", "o@x"), False, True, True),
        (smtplib.SMTPSenderRefused(451, b"later", "o@x"), False, False, False),
        (smtplib.SMTPSenderRefused(421, b"bye", "o@x"), False, True, False),
        (smtplib.SMTPDataError(554, b"spam"), True, False, False),
        (smtplib.SMTPDataError(421, b"bye"), False, True, False),
        (smtplib.SMTPAuthenticationError(535, b"bad"), False, True, True),
        (smtplib.SMTPNotSupportedError("STARTTLS"), False, True, True),
        (ssl.SSLCertVerificationError("self-signed"), False, True, True),
        (smtplib.SMTPConnectError(554, b"go away"), False, True, False),
        (smtplib.SMTPHeloError(501, b"who"), False, True, False),
        (smtplib.SMTPServerDisconnected("gone"), False, True, False),
        (TimeoutError(), False, True, False),
        (ConnectionResetError(104, "reset"), False, True, False),
        (OSError(28, "No space left on device"), False, True, False),
    ],
)
def test_what_an_error_means(error, permanent, unavailable, misconfigured):
    found = describe(error)
    assert (found.permanent, found.unavailable, found.misconfigured) == (
        permanent,
        unavailable,
        misconfigured,
    )
    assert str(found)


@pytest.mark.parametrize(
    ("code", "text", "permanent", "bounced"),
    [
        (550, b"5.1.1 no such user", True, True),
        (550, b"5.1.2 bad destination system", True, True),
        (550, b"5.2.1 mailbox disabled", True, True),
        (550, b"Mailbox not found or access denied", True, True),
        (550, b"User suspended", True, True),
        (553, b"mailbox name not allowed", True, True),
        (550, b"5.7.1 spam policy", True, False),
        (550, b"no", True, False),
        (550, b"The user is unknown (#5.1.1)", True, True),
        (550, b"<a@x.example>: Recipient address rejected: User unknown", True, True),
        (550, "用户不存在".encode(), True, True),
        (550, "收件人地址不存在".encode(), True, True),
        (554, b"DT:SPM 163 smtp", True, False),
        (550, b"rejected as spam", True, False),
        (552, b"5.3.4 message too big", True, False),
        (550, b"5.2.2 mailbox full", False, False),
        (552, b"5.2.2 over quota", False, False),
        (552, b"exceeded storage allocation", False, False),
        (550, b"RP:DF frequency limited", False, False),
        (550, b"Ip frequency limited", False, False),
        (550, b"Mailbox is full", False, False),
        (550, b"5.7.1 too many messages, try again later", False, False),
        (550, b"4.7.1 greylisted", False, False),
        (452, b"4.2.2 mailbox full", False, False),
    ],
)
def test_only_a_wrong_address_is_one(code, text, permanent, bounced):
    refused = describe(smtplib.SMTPRecipientsRefused({"a": (code, text)}))
    assert (refused.permanent, refused.bounced) == (permanent, bounced)
    after_data = describe(smtplib.SMTPDataError(code, text))
    assert (after_data.permanent, after_data.bounced) == (permanent, False), "the recipient had been taken"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (550, b"Please turn on SMTP Authentication in your mail client"),
        (553, b"sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        (550, b"Sender verify failed"),
        (550, b"Sender verify failed: no such user"),
        (550, b"Access denied"),
        (550, b"authentication required"),
        (550, b"User has no permission"),
        (550, b"5.7.1 Unable to relay"),
        (550, b"5.7.1 <a@x.example>: Relay access denied"),
        (530, b"5.7.0 Authentication required"),
        (550, b"5.1.8 bad sender"),
        (554, b"5.7.1 rejected by policy"),
        (550, b"blocked by our blacklist"),
        (550, "发件人未通过身份验证".encode()),
    ],
)
def test_what_is_refused_because_of_us_waits_and_blames_no_address(code, text):
    for error in (
        smtplib.SMTPRecipientsRefused({"a": (code, text)}),
        smtplib.SMTPDataError(code, text),
    ):
        found = describe(error)
        assert (found.permanent, found.bounced, found.misconfigured) == (False, False, True)
        assert "DUBAN_EMAIL_URL" in str(found)


def test_a_servers_words_are_made_harmless():
    found = describe(smtplib.SMTPDataError(554, "拒绝\r\n\x1b[31m ".encode() + b"\xff" * 5 + b"x" * 1000))
    assert len(str(found)) < 350
    assert str(found).isprintable()
