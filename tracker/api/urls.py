"""Addresses of the API and of its self-hosted documentation."""

from django.urls import path, re_path

from tracker.api.base import NoSuchAddress
from tracker.api.steps import STEPS
from tracker.api.views import (
    attachments,
    bulk,
    calendar,
    directory,
    documentation,
    drafts,
    measures,
    notices,
    parts,
    scores,
    steps,
)

urlpatterns = [
    path("", directory.Root.as_view(), name="api-root"),
    path("measures/", measures.MeasureList.as_view(), name="api-measures"),
    path("measures/<int:pk>/", measures.MeasureDetail.as_view(), name="api-measure"),
    *(
        path(
            f"measures/<int:pk>/{part.path}/",
            (parts.PartView if part.step is None else parts.MakingPartView).as_view(part=part),
            name=f"api-measure-{part.path}",
        )
        for part in parts.PARTS
    ),
    path("measures/<int:pk>/draft/", drafts.Draft.as_view(), name="api-measure-draft"),
    path(
        "measures/<int:pk>/attachments/",
        attachments.MeasureAttachments.as_view(),
        name="api-measure-attachments",
    ),
    path("measures/<int:pk>/timeline/", measures.MeasureTimeline.as_view(), name="api-measure-timeline"),
    path("measures/bulk/", bulk.MeasuresBulk.as_view(), name="api-measures-bulk"),
    *(
        path(
            f"measures/<int:pk>/{row.path}/",
            steps.StepView.as_view(row=row),
            name=f"api-measure-{row.path}",
        )
        for row in STEPS.values()
    ),
    *(
        path(f"{row.path}/", steps.OfRowView.as_view(of_row=row), name=f"api-{row.step.path}")
        for row in steps.OF_ROWS
    ),
    path("attachments/<int:pk>/", attachments.AttachmentDetail.as_view(), name="api-attachment"),
    path(
        "attachments/<int:pk>/content/",
        attachments.AttachmentContent.as_view(),
        name="api-attachment-content",
    ),
    path("plans/", directory.PlanList.as_view(), name="api-plans"),
    path("plans/<int:pk>/", directory.PlanDetail.as_view(), name="api-plan"),
    path("sections/", directory.SectionList.as_view(), name="api-sections"),
    path("departments/", directory.DepartmentList.as_view(), name="api-departments"),
    path("regimes/", directory.RegimeList.as_view(), name="api-regimes"),
    path("stage-templates/", directory.StageTemplateList.as_view(), name="api-stage-templates"),
    path("scorecard/", scores.ScorecardView.as_view(), name="api-scorecard"),
    path("calendar/", calendar.Calendar.as_view(), name="api-calendar"),
    path("calendar/<str:day>/", calendar.CalendarOneDay.as_view(), name="api-calendar-day"),
    path("notices/", notices.NoticeList.as_view(), name="api-notices"),
    path("notices/read/", notices.NoticesRead.as_view(), name="api-notices-read"),
    path("me/", directory.Me.as_view(), name="api-me"),
    path("schema/", documentation.Schema.as_view(), name="api-schema"),
    path("docs/", documentation.Docs.as_view(), name="api-docs"),
    # A wrong address is a problem in JSON too, never a page; the empty pattern is found in every address.
    re_path(r"", NoSuchAddress.as_view(), name="api-no-such-address"),
]
