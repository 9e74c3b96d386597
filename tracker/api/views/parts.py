"""What belongs to a measure, as lists below its address: reports, requests, checkpoints, milestones, roles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum, Window
from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access
from tracker.api.conditions import etag
from tracker.api.operations import Operation
from tracker.api.pagination import PAGE_PARAMETERS, Pages
from tracker.api.serializers import arrangements, reports, requests
from tracker.api.steps import CLAIM, OBJECT, REPORT, REQUEST_EXTENSION, Step
from tracker.api.views.measures import MeasureView
from tracker.models import Occurrence
from tracker.rules.lifecycle import VERB_NAMES


@dataclass(frozen=True)
class Part:
    """A list below a measure: `rows` gives what the caller may see of all measures' rows.

    `joined` and `fetched` name relations by the field that shows them; `step` makes a new row by POST.
    """

    path: str
    summary: Any
    rows: Callable[[access.Someone], QuerySet[Any]]
    serializer_class: Any
    order: tuple[str, ...]
    joined: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    description: Any = ""
    step: Step | None = None


def occurrences(user: access.Someone) -> QuerySet[Occurrence]:
    """The periods of the measures that the user sees, each with `done_total`: what was done from the first up to it."""
    so_far = Window(Sum("done"), partition_by="measure", order_by="starts_on")
    return access.occurrences_visible_to(user).annotate(done_total=so_far)


_ASKED = ("department", "requested_by", "decided_by")
_NEWEST = ("-requested_at", "-id")
PARTS = (
    Part(
        "reports",
        _("查询进展报告"),
        access.reports_visible_to,
        reports.ReportSerializer,
        ("-reported_at", "-id"),
        ("department", "reported_by"),
        ("attachments__department", "attachments__uploaded_by"),
        _("新的在前；草稿只有本单位可见。"),
        REPORT,
    ),
    Part(
        "extensions",
        _("查询延期申请"),
        access.extensions_visible_to,
        requests.ExtensionSerializer,
        _NEWEST,
        _ASKED,
        description=_("新的在前。"),
        step=REQUEST_EXTENSION,
    ),
    Part(
        "objections",
        _("查询异议"),
        access.objections_visible_to,
        requests.ObjectionSerializer,
        _NEWEST,
        _ASKED,
        description=_("新的在前；只有提出的单位和督查室可见。"),
        step=OBJECT,
    ),
    Part(
        "claims",
        _("查询揭榜申请"),
        access.claims_visible_to,
        requests.ClaimSerializer,
        ("requested_at", "id"),
        _ASKED,
        description=_("先提出的在前；只有揭榜的单位和督查室可见。"),
        step=CLAIM,
    ),
    Part(
        "checkpoints",
        _("查询督办节点"),
        access.checkpoints_visible_to,
        arrangements.CheckpointSerializer,
        ("due_on", "id"),
        ("department",),
        description=_("按制度应当签收、反馈、定期报告的日期及完成情况。"),
    ),
    Part(
        "milestones",
        _("查询节点"),
        access.milestones_visible_to,
        arrangements.MilestoneSerializer,
        ("due_on", "id"),
        description=_("事项的分阶段时限和完成日期。"),
    ),
    Part(
        "occurrences",
        _("查询周期任务"),
        occurrences,
        arrangements.OccurrenceSerializer,
        ("starts_on", "id"),
        description=_("周期性任务每一期的目标数、完成数和截至该期的累计完成数。"),
    ),
    Part(
        "roles",
        _("查询角色"),
        access.roles_visible_to,
        arrangements.RoleSerializer,
        ("id",),
        ("user", "department"),
        description=_("牵头、配合单位之外写明的角色。"),
    ),
    Part(
        "exemptions",
        _("查询容错记录"),
        access.exemptions_visible_to,
        arrangements.ExemptionSerializer,
        ("-recorded_at", "-id"),
        ("recorded_by",),
        description=_("已登记的容错及批准人。"),
    ),
)


class PartView(ListModelMixin, MeasureView):
    """One row of PARTS, given by the address."""

    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class = Pages
    query_parameters = PAGE_PARAMETERS
    part: Any = None

    @property
    def serializer_class(self) -> Any:  # type: ignore[override]
        return self.part.serializer_class

    @property
    def queryset(self) -> Any:  # type: ignore[override]
        return self.serializer_class.Meta.model.objects.none()

    @property
    def operations(self) -> dict[str, Operation]:
        part: Part = self.part
        found = {"GET": Operation(f"measures_{part.path}", part.summary, part.description)}
        if part.step is not None:
            step = part.step
            found["POST"] = Operation(
                f"measures_{step.verb.value}",
                VERB_NAMES[step.verb],
                step.description,
                step.input_class,
                status=201,
            )
        return found

    def get_queryset(self) -> Any:
        rows = self.part.rows(self.request.user).filter(measure=self.find(self.kwargs["pk"]))
        for path in self.part.fetched:
            if self.wants(path.split("__", 1)[0]):
                rows = rows.prefetch_related(path)
        return self.with_related(rows, *self.part.joined).order_by(*self.part.order)

    def get(self, request: Request, pk: int) -> Response:
        return self.list(request)


class MakingPartView(PartView):
    """A list that a step adds to."""

    def post(self, request: Request, pk: int) -> Response:
        row = self.take(self.part.step, self.find(pk))
        return Response(self.get_serializer(row).data, status=201, headers={"ETag": etag(row.measure)})
