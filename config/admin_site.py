"""The admin site of the office: its titles, its front page and the pages that belong to no model.

Apart from tracker/admin, because Django makes the site while it is about to import that package: a site defined in there
would be made twice, and the pages registered with the one that is thrown away.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class OfficeAdminSite(UnfoldAdminSite):
    site_title = _("督查督办")
    site_header = _("督查督办")
    index_title = _("工作台")
    # Rows of others must not show through the list of the last changes: the front page is our own.
    index_template = "tracker/workbench.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from tracker.admin.workbench import workbench

        return super().index(request, {**workbench(request), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With the day until which holidays are known, read only by a page that marks what lies beyond (provisional.html)."""
        from tracker.admin.base import day_of

        context: dict[str, Any] = super().each_context(request)
        return {**context, "known_until": SimpleLazyObject(lambda: day_of(request).calendar.known_until)}

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("import/", self.admin_view(self.import_desk), name="import_desk"),
            path("import/<int:pk>/", self.admin_view(self.import_draft), name="import_draft"),
            path("import/progress/<str:key>/", self.admin_view(self.import_progress), name="import_progress"),
            path("ledger/", self.admin_view(self.ledger_desk), name="ledger_desk"),
            path("ledger/export/", self.admin_view(self.ledger_export), name="ledger_export"),
            path("ledger/<int:pk>/", self.admin_view(self.ledger_draft), name="ledger_draft"),
            path("as-of/", self.admin_view(self.as_of), name="as_of"),
            path("scorecard/", self.admin_view(self.scorecard), name="scorecard"),
            path("scorecard/export/", self.admin_view(self.scorecard_export), name="scorecard_export"),
            path(
                "scorecard/<int:pk>/",
                self.admin_view(self.scorecard_department),
                name="scorecard_department",
            ),
            path("attachments/<int:pk>/", self.admin_view(self.attachment), name="attachment"),
            path("reminder-test/", self.admin_view(self.reminder_test), name="reminder_test"),
            path("inbox-read/", self.admin_view(self.inbox_read), name="inbox_read"),
            path("my-mails/", self.admin_view(self.my_mails), name="my_mails"),
            path("outbox/", self.admin_view(self.outbox), name="outbox"),
            path("outbox/<str:name>/", self.admin_view(self.outbox_mail), name="outbox_mail"),
        ]

    def import_desk(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.import_desk import import_desk

        return import_desk(request, self)

    def import_draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        from tracker.admin.import_preview import import_draft

        return import_draft(request, pk, self)

    def import_progress(self, request: HttpRequest, key: str) -> HttpResponse:
        from tracker.admin.import_progress import import_progress

        return import_progress(request, key)

    def ledger_desk(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.ledger import ledger_desk

        return ledger_desk(request, self)

    def ledger_draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        from tracker.admin.ledger import ledger_draft

        return ledger_draft(request, pk, self)

    def ledger_export(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.ledger import ledger_export

        return ledger_export(request)

    def as_of(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.as_of import as_of

        return as_of(request, self)

    def scorecard(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.scorecard import scorecard_page

        return scorecard_page(request, self)

    def scorecard_export(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.scorecard import scorecard_export

        return scorecard_export(request)

    def scorecard_department(self, request: HttpRequest, pk: int) -> HttpResponse:
        from tracker.admin.scorecard import scorecard_department

        return scorecard_department(request, pk, self)

    def attachment(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        from tracker.admin.attachments import attachment

        return attachment(request, pk)

    def reminder_test(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.reminders import send_me_a_test

        return send_me_a_test(request)

    def inbox_read(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.inbox import mark_read

        return mark_read(request)

    def my_mails(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.inbox import my_mails

        return my_mails(request)

    def outbox(self, request: HttpRequest) -> HttpResponse:
        from tracker.admin.outbox import outbox_list

        return outbox_list(request, self)

    def outbox_mail(self, request: HttpRequest, name: str) -> HttpResponse:
        from tracker.admin.outbox import outbox_mail

        return outbox_mail(request, name, self)
