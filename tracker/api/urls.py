"""Addresses of the API and of its self-hosted documentation."""

from django.urls import path, re_path

from tracker.api.base import NoSuchAddress
from tracker.api.views import directory, documentation, measures, steps

urlpatterns = [
    path("measures/", measures.MeasureList.as_view(), name="api-measures"),
    path("measures/<int:pk>/", measures.MeasureDetail.as_view(), name="api-measure"),
    path("measures/<int:pk>/reports/", measures.MeasureReports.as_view(), name="api-measure-reports"),
    path("measures/<int:pk>/timeline/", measures.MeasureTimeline.as_view(), name="api-measure-timeline"),
    path("measures/<int:pk>/acknowledge/", steps.Acknowledge.as_view(), name="api-measure-acknowledge"),
    path(
        "measures/<int:pk>/apply-to-close/", steps.ApplyToClose.as_view(), name="api-measure-apply-to-close"
    ),
    path("measures/<int:pk>/assign/", steps.Assign.as_view(), name="api-measure-assign"),
    path("measures/<int:pk>/return/", steps.Return.as_view(), name="api-measure-return"),
    path("measures/<int:pk>/close/", steps.Close.as_view(), name="api-measure-close"),
    path("measures/<int:pk>/suspend/", steps.Suspend.as_view(), name="api-measure-suspend"),
    path("measures/<int:pk>/resume/", steps.Resume.as_view(), name="api-measure-resume"),
    path("measures/<int:pk>/cancel/", steps.Cancel.as_view(), name="api-measure-cancel"),
    path("measures/<int:pk>/reopen/", steps.Reopen.as_view(), name="api-measure-reopen"),
    path("plans/", directory.PlanList.as_view(), name="api-plans"),
    path("plans/<int:pk>/", directory.PlanDetail.as_view(), name="api-plan"),
    path("sections/", directory.SectionList.as_view(), name="api-sections"),
    path("departments/", directory.DepartmentList.as_view(), name="api-departments"),
    path("me/", directory.Me.as_view(), name="api-me"),
    path("schema/", documentation.Schema.as_view(), name="api-schema"),
    path("docs/", documentation.Docs.as_view(), name="api-docs"),
    # A wrong address is a problem in JSON too, never a page; the empty pattern is found in every address.
    re_path(r"", NoSuchAddress.as_view(), name="api-no-such-address"),
]
