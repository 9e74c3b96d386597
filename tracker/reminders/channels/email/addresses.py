"""Addresses as a mail server understands them: a Chinese domain in its ASCII form, within envelope and headers alike."""

from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from tracker.reminders.channels import DeliveryError
from tracker.reminders.lines import one_line


def in_ascii(address: str) -> str:
    """li@例子.中国 → li@xn--fsqu00a.xn--fiqs8s. Raises ValueError for what has no such form: a part before the @ that is not
    ASCII would need SMTPUTF8, which few servers have and no relay passes on for sure."""
    local, at, domain = address.rpartition("@")
    if not local.isascii():
        raise ValueError(address)
    return f"{local}{at}{punycode(domain)}"


def recipient_in_ascii(address: str) -> str:
    """The same for a recipient. Raises DeliveryError: who has such an address is told by the next way of the chain."""
    try:
        return in_ascii(address)
    except ValueError as error:
        words = _("邮箱 %s 含有邮件服务器不支持的文字，请换用英文邮箱。") % one_line(address, 100)
        raise DeliveryError(words, permanent=True, bounced=True) from error


def sender_in_ascii(address: str) -> str:
    """The same for one of our own."""
    try:
        return in_ascii(address)
    except ValueError as error:
        words = _("发件或回复邮箱 %s 含有邮件服务器不支持的文字，请检查 DUBAN_MAIL_FROM。") % one_line(
            address, 100
        )
        raise DeliveryError(words, misconfigured=True) from error
