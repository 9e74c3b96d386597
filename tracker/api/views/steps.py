"""The steps of a measure's life as POST sub-resources; who may take which is not decided here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access
from tracker.api.conditions import etag
from tracker.api.operations import Operation
from tracker.api.serializers.measures import MeasureSerializer
from tracker.api.steps import (
    ACCEPT_CLAIM,
    ACCEPT_REPORT,
    DECLINE_CLAIM,
    RETURN_REPORT,
    WITHDRAW_CLAIM,
    Step,
)
from tracker.api.views.measures import MeasureView
from tracker.models import Measure
from tracker.rules.lifecycle import VERB_NAMES


class StepView(MeasureView):
    """One row of STEPS, given by the address."""

    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    row: Any = None

    @property
    def serializer_class(self) -> Any:  # type: ignore[override]
        return self.row.made or MeasureSerializer

    @property
    def operations(self) -> dict[str, Operation]:
        row: Step = self.row
        name = f"measures_{row.verb.value}"
        return {
            "POST": Operation(name, VERB_NAMES[row.verb], row.description, row.input_class, status=row.status)
        }

    def post(self, request: Request, pk: int) -> Response:
        made = self.take(self.row, self.find(pk))
        if self.row.made is None:
            return self.answer()
        return Response(self.get_serializer(made).data, status=201, headers={"ETag": etag(made.measure)})


@dataclass(frozen=True)
class OfRow:
    """A step that is taken with one report or one claim: `name` is what the action calls its number."""

    path: str
    name: str
    rows: Callable[[access.Someone], QuerySet[Any]]
    step: Step


OF_ROWS = (
    OfRow("reports/<int:pk>/accept", "report_id", access.reports_visible_to, ACCEPT_REPORT),
    OfRow("reports/<int:pk>/return", "report_id", access.reports_visible_to, RETURN_REPORT),
    OfRow("claims/<int:pk>/accept", "claim_id", access.claims_visible_to, ACCEPT_CLAIM),
    OfRow("claims/<int:pk>/decline", "claim_id", access.claims_visible_to, DECLINE_CLAIM),
    OfRow("claims/<int:pk>/withdraw", "claim_id", access.claims_visible_to, WITHDRAW_CLAIM),
)


class OfRowView(MeasureView):
    """One row of OF_ROWS, given by the address; a row that the caller does not see does not exist for him."""

    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    of_row: Any = None

    @property
    def serializer_class(self) -> Any:  # type: ignore[override]
        return self.of_row.step.made

    @property
    def queryset(self) -> Any:  # type: ignore[override]
        return self.serializer_class.Meta.model.objects.none()

    @property
    def operations(self) -> dict[str, Operation]:
        step: Step = self.of_row.step
        return {"POST": Operation(step.verb.value, VERB_NAMES[step.verb], step.description, step.input_class)}

    def post(self, request: Request, pk: int) -> Response:
        rows = self.of_row.rows(request.user)
        row = get_object_or_404(rows.select_related("measure"), pk=pk)
        # The action finds the measure by the row.
        self.take(self.of_row.step, row.measure, subject={self.of_row.name: row.pk})
        row = self.serializer_class.Meta.model.objects.select_related("measure").get(pk=pk)
        version = Measure.objects.only("version").get(pk=row.measure_id)
        return Response(self.get_serializer(row).data, headers={"ETag": etag(version)})
