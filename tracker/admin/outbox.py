"""The local outbox as pages: what the embedded default would have sent, for 督查室 to read."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from tracker import access
from tracker.reminders.channels.email.outbox_reader import NoSuchMail, mail_names, read_mail

PER_PAGE = 20
# Links in a mail open in a new tab; scripts, forms and navigation of our own page stay impossible in the frame.
_FRAME_HEAD = '<base target="_blank">'


def outbox_is_in_use() -> bool:
    """Whether mails are written to the outbox rather than sent."""
    return bool(settings.EMAIL_BACKEND.endswith(".outbox.OutboxBackend"))


def outbox_list(request: HttpRequest, site: AdminSite) -> HttpResponse:
    _must_be_open(request)
    page = Paginator(mail_names(settings.OUTBOX_DIR), PER_PAGE).get_page(request.GET.get("p"))
    mails = []
    for name in page:
        try:
            mails.append(read_mail(settings.OUTBOX_DIR, name))
        except NoSuchMail:
            continue  # deleted since it was listed
    return _answer(request, site, "tracker/outbox.html", title=_("发件箱"), page=page, mails=mails)


def outbox_mail(request: HttpRequest, name: str, site: AdminSite) -> HttpResponse:
    _must_be_open(request)
    try:
        mail = read_mail(settings.OUTBOX_DIR, name)
    except NoSuchMail as missing:
        raise Http404 from missing
    frame = f"{_FRAME_HEAD}{mail.html}" if mail.html else ""
    return _answer(request, site, "tracker/outbox_mail.html", title=mail.subject, mail=mail, frame=frame)


def _must_be_open(request: HttpRequest) -> None:
    if not access.is_office(request.user):
        raise PermissionDenied
    if not outbox_is_in_use():
        raise Http404


def _answer(request: HttpRequest, site: AdminSite, template: str, **context: Any) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **context})
