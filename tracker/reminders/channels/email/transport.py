"""Handing a message to the mail server: one connection reused, and what a refusal means."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import parseaddr
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from tracker.reminders.channels import DeliveryError, Making, nothing
from tracker.reminders.channels.email.addresses import sender_in_ascii
from tracker.reminders.channels.email.calendar_part import deadlines, lifted
from tracker.reminders.channels.email.dialogue import SERVICE_CLOSING, hand_over
from tracker.reminders.channels.email.message import ReminderMessage, making
from tracker.reminders.channels.email.own_wording import OwnWording
from tracker.reminders.channels.email.replies import Refusal, refusal
from tracker.reminders.channels.email.sheet import reminder_sheet
from tracker.reminders.contacts import reply_to, usable
from tracker.reminders.digest import Digest
from tracker.reminders.lines import one_line
from tracker.reminders.muting import mute_url


class EmailChannel:
    """Delivers digests through Django's configured mail backend; use as a context manager."""

    def __init__(
        self, connect: Callable[[], BaseEmailBackend] = get_connection, wording: OwnWording | None = None
    ) -> None:
        self._connect = connect
        self._wording = wording or OwnWording.load()
        self._connection: BaseEmailBackend | None = None
        self._reply_to = reply_to()
        self._sender = sender_in_ascii(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def prepare(self, digest: Digest, *, message_id: str, now: datetime) -> Making:
        """Makes a ReminderMessage; raises whatever its templates make go wrong."""
        office = one_line(settings.OFFICE_NAME, 60)
        files = [reminder_sheet(digest, office=office)]
        if not digest.test_for:
            files += [deadlines(digest, now=now), lifted(digest, now=now)]
        yield
        message = yield from making(
            digest,
            message_id=message_id,
            now=now,
            wording=self._wording.wording,
            reply_to=self._reply_to,
            attachments=[file for file in files if file is not None],
            unsubscribe=mute_url(digest.recipient) if digest.mutable and not digest.test_for else "",
        )
        self._wording.note_broken(now=now)
        return message

    def deliver(self, message: EmailMessage, meanwhile: Callable[[], None] = nothing) -> None:
        """Returns when the server has accepted it; raises DeliveryError otherwise. `meanwhile` is called while a mail server
        is waited for."""
        reused = self._connection is not None
        try:
            self._send(message, meanwhile)
        except (smtplib.SMTPException, OSError) as error:
            if not (reused and _was_hung_up(error)):
                raise describe(error) from error
            # Servers close a connection after so many messages or seconds; that is no reason to wait for
            # the next run. Should this message have been accepted just before, it arrives again under its
            # own Message-ID.
            try:
                self._send(message, meanwhile)
            except (smtplib.SMTPException, OSError) as again:
                raise describe(again) from again

    def _send(self, message: EmailMessage, meanwhile: Callable[[], None]) -> None:
        if self._connection is None:
            connection = self._connect()
            self._connection = connection
        try:
            self._connection.open()
            server = getattr(self._connection, "connection", None)
            if isinstance(server, smtplib.SMTP) and isinstance(message, ReminderMessage):
                self._hand_over(server, message, meanwhile)
            elif not self._connection.send_messages([message]):
                raise DeliveryError(_("邮件没有可用的收件人。"), permanent=True)
        except BaseException as error:
            if not _only_this_message(error):
                self._close()
            raise

    def _hand_over(
        self, server: smtplib.SMTP, message: ReminderMessage, meanwhile: Callable[[], None]
    ) -> None:
        """Django's backend would parse and re-encode addresses that were checked when they were planned."""
        if not usable(message.to[0]):
            raise DeliveryError(_("邮件没有可用的收件人。"), permanent=True)
        hand_over(server, self._sender, message.to[0], message.wire.as_bytes(linesep="\r\n"), meanwhile)

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # What was accepted is accepted; a server that does not say goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                connection.close()


def _timed_out(error: BaseException) -> bool:
    # smtplib reports a server that stalls as one that closed the connection.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _was_hung_up(error: Exception) -> bool:
    if _timed_out(error):
        return False
    if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionResetError | BrokenPipeError):
        return True
    return getattr(error, "smtp_code", None) == SERVICE_CLOSING


def _only_this_message(error: BaseException) -> bool:
    """Whether the server refused one message in good order and stays connected."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code != SERVICE_CLOSING for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code != SERVICE_CLOSING


def describe(error: Exception) -> DeliveryError:
    """What an SMTP or network error means for the message: the network and what replies.refusal calls LATER are not
    permanent.

    A refused login, sender, relaying or certificate is this installation's fault, not the message's: it waits until
    mended.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = list(error.recipients.values())
        found = {refusal(code, text) for code, text in replies}
        said = "; ".join(_reply(code, text) for code, text in replies)
        hung_up = any(code == SERVICE_CLOSING for code, _text in replies)
        if Refusal.OURS in found:
            return _not_from_us(said)
        return DeliveryError(
            _("邮件服务器拒收该收件人：%s") % said,
            permanent=bool(replies) and Refusal.LATER not in found,
            unavailable=hung_up,
            bounced=found == {Refusal.NO_SUCH_ADDRESS},
            by_server=True,
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return DeliveryError(
            _("邮件服务器登录失败，请检查 DUBAN_EMAIL_URL：%s") % _reply(error.smtp_code, error.smtp_error),
            misconfigured=True,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError):
        return DeliveryError(
            _("与邮件服务器的连接方式不符，请检查 DUBAN_EMAIL_URL：%s") % one_line(str(error), 300),
            misconfigured=True,
        )
    if isinstance(error, smtplib.SMTPSenderRefused):
        said = _reply(error.smtp_code, error.smtp_error)
        if error.smtp_code >= 500:
            return DeliveryError(
                _("邮件服务器拒绝发件人，请检查 DUBAN_MAIL_FROM：%s") % said, misconfigured=True
            )
        return DeliveryError(
            _("邮件服务器暂不受理：%s") % said, unavailable=error.smtp_code == SERVICE_CLOSING
        )
    if isinstance(error, smtplib.SMTPDataError):
        text = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
        meant, said = refusal(error.smtp_code, text), _reply(error.smtp_code, text)
        if meant is Refusal.OURS:
            return _not_from_us(said)
        return DeliveryError(
            _("邮件服务器拒收邮件：%s") % said,
            permanent=meant is not Refusal.LATER,
            unavailable=error.smtp_code == SERVICE_CLOSING,
            by_server=True,
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return DeliveryError(
            _("邮件服务器暂不受理：%s") % _reply(error.smtp_code, error.smtp_error), unavailable=True
        )
    if _timed_out(error):
        return DeliveryError(_("邮件服务器超时未答复。"), unavailable=True)
    return DeliveryError(
        _("无法连接邮件服务器：%s") % one_line(f"{type(error).__name__} {error}", 300), unavailable=True
    )


def _not_from_us(said: str) -> DeliveryError:
    return DeliveryError(
        _("邮件服务器不接受本系统发信，请检查 DUBAN_EMAIL_URL、DUBAN_MAIL_FROM 和服务器策略：%s") % said,
        misconfigured=True,
    )


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return one_line(f"{code} {words}", 300)
