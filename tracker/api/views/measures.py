"""Reading measures with their reports and timelines; 督查室 edits them here too."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.filters import BaseFilterBackend
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access, actions
from tracker.api.base import GenericApiView
from tracker.api.conditions import checked_version, etag, expected_version
from tracker.api.filters import ORDERS, ORDERS_THEN, DayField, MeasureFilter
from tracker.api.operations import Operation
from tracker.api.pagination import PAGE_PARAMETERS, ByCursor, Pages
from tracker.api.problems import Problem, query_refused
from tracker.api.serializers.measures import (
    EventSerializer,
    MeasureSerializer,
    columns_of,
    department_codes,
)
from tracker.api.serializers.steps import EditInput, RegisterInput
from tracker.api.steps import EDIT, Step
from tracker.models import Measure, MeasureEvent, User
from tracker.models.measure import MeasureQuerySet
from tracker.reports import history
from tracker.reports.office_day import OfficeDay, office_day
from tracker.reports.timeline import days_given
from tracker.rules.lifecycle import VERB_NAMES, Status, Verb, check_step
from tracker.rules.violations import NotAllowed

# What the events do not tell of a past day, and what nobody can do any more.
NOT_OF_THEN = frozenset({"indicators", "allowed_actions"})
ORDER_OF_NOW = ORDERS.keys() - ORDERS_THEN.keys()
_AS_OF = OpenApiParameter(
    "as_of",
    date,
    description=_(
        "截至日期：按办理轨迹给出事项在这一天（北京时间）结束时的状态、进度、时限、牵头单位等，不能是将来的日期。"
        "status、light、overdue、lead、importance、due_after、due_before 按当时的情况筛选；不能与 co、changed_since 和按更新时间排序同用；"
        "答复中没有 indicators 和 allowed_actions。"
    ),
)


class MeasureView(GenericApiView):
    """A view over the measures that the caller sees; any other measure does not exist for him (404)."""

    queryset: Any = Measure.objects.none()
    serializer_class: Any = MeasureSerializer
    tag = _("事项")
    # Whether the answer about one measure carries its version as ETag, and a write may name it.
    versioned = True
    # The past day that the caller asks about; `today` is then that day.
    as_of: date | None = None

    def read_query(self, request: Request) -> None:
        given = request.query_params.get("as_of")
        if given is not None and request.method == "GET" and "as_of" in (self.query_parameters or ()):
            try:
                self.as_of = DayField().clean(given)
            except ValidationError as error:
                raise self._refused("as_of", error.messages[0]) from None
            if self.as_of is None or self.as_of > self.today:
                raise self._refused("as_of", _("不能是将来的日期。"))
            self.today, self.unavailable = self.as_of, NOT_OF_THEN
        super().read_query(request)

    def _refused(self, name: str, message: Any) -> Problem:
        errors = [{"field": name, "code": "invalid", "message": str(message)}]
        return query_refused(errors)

    @cached_property
    def day(self) -> OfficeDay:
        """The day that the answer is about, with its calendar and the light's thresholds."""
        return office_day(self.today)

    @property
    def caller(self) -> User:
        """Who writes: whoever gets this far has signed in."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def get_queryset(self) -> Any:
        rows = access.visible_to(self.request.user)
        if self.as_of is not None:
            return self._rows_of_then(rows)
        if self.wants("light", "light_name") or "light" in self.request.query_params:
            rows = rows.with_light(self.today, self.day.thresholds)
        if self.wanted is not None:
            rows = rows.only(*columns_of(self.wanted))
        # Whether somebody may take a step depends on the co-departments.
        if self.wants("co", "allowed_actions"):
            rows = rows.prefetch_related("co_departments")
        if self.wants("indicators"):
            rows = rows.prefetch_related("indicators")
        if self.wants("regime"):
            rows = rows.select_related("regime_edition__regime")
        if self.wants("regime_due_on"):
            rows = rows.select_related("regime_edition")
        if self.wants("allowed_actions"):
            # The leader in charge may be the one who decides.
            rows = rows.select_related("lead__leader_in_charge")
            rows = access.with_own_claim(rows, self.request.user)
        return self.with_related(rows, "section", "lead")

    def _rows_of_then(self, rows: MeasureQuerySet) -> MeasureQuerySet:
        """What the caller sees today, as it was; what was a draft then is the office's own affair still."""
        assert self.as_of is not None
        rows = history.as_of(rows, self.as_of)
        if not access.is_office(self.request.user):
            rows = rows.exclude(was_status=Status.DRAFT)  # type: ignore[misc]  # history's alias
            # How it stood before it was published for claiming is nobody's affair while it is.
            published = MeasureEvent.objects.filter(measure=OuterRef("pk"), verb=Verb.PUBLISH)
            later = published.filter(at__gte=history.end_of(self.as_of))
            rows = rows.exclude(Exists(later), status=Status.PUBLISHED)
        if "light" in self.request.query_params:
            rows = rows.with_light(self.as_of, self.day.thresholds, of=history.WAS)
        return rows

    def rewound(self, rows: list[Measure]) -> list[Measure]:
        """The rows as of the day asked about; unchanged when none is."""
        if self.as_of is not None and rows:
            history.rewind(rows, self.as_of, self.day.thresholds)
        return rows

    def find(self, pk: int) -> Measure:
        """The measure of this number. Raises Http404."""
        return get_object_or_404(access.visible_to(self.request.user), pk=pk)

    def answer(self, *, status: int = 200) -> Response:
        """The measure as it is now, with its ETag; as of a past day without, because nothing can be done to that."""
        (measure,) = self.rewound([self.get_object()])
        if self.as_of is not None:
            return Response(self.get_serializer(measure).data)
        return Response(self.get_serializer(measure).data, status=status, headers={"ETag": etag(measure)})

    def take(
        self,
        row: Step,
        measure: Measure,
        *,
        version: int | None = None,
        body: Any = None,
        subject: dict[str, int] | None = None,
    ) -> Any:
        """Takes the step and returns what its action does; `version` and `body` None are read off the request.

        `subject` names what the action is taken on when that is not the measure itself.

        Refuses in this order: not visible 404, never allowed 403, not in this status 409, version 428 and 412;
        only then is the body read (400). The action decides once more under the row lock.
        """
        user = self.request.user
        check_step(
            row.verb,
            status=Status(measure.status),
            parties=access.parties(user, measure),
            flags=access.flags(measure, today=self.today),
        )
        if body is None:
            seen = expected_version(self.request, measure, required=row.version_required)
        else:
            seen = checked_version(version, measure, required=row.version_required, user=user)
        return row.act(
            **(subject or {"measure_id": measure.pk}),
            actor=user,
            now=self.now,
            expected_version=seen,
            **(self.given(row.input_class) if body is None else self.validated(row.input_class, body)),
        )

    def given(self, input_class: Any) -> dict[str, Any]:
        """The validated body. Raises ValidationError, Problem."""
        if not isinstance(self.request.data, dict):
            raise Problem(400, "invalid_input", _("请求正文应为 JSON 对象。"))
        return self.validated(input_class, self.request.data)

    def validated(self, input_class: Any, data: Any) -> dict[str, Any]:
        """A JSON object as the input wants it. Raises ValidationError."""
        serializer = input_class(data=data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class MeasureList(ListModelMixin, MeasureView):
    filterset_class = MeasureFilter
    pagination_class = Pages
    query_parameters = PAGE_PARAMETERS | {"pagination", "cursor", "as_of"} | set(MeasureFilter.base_filters)
    operations = {
        "GET": Operation(
            "measures_list",
            _("查询事项"),
            _(
                "部门用户只能看到本单位牵头或配合的、已交办的事项；分管领导看到所分管单位的事项；督查室看到全部。"
                "逐批读取全部数据时请用 pagination=cursor；增量同步请再加 changed_since。"
            ),
            parameters=(
                _AS_OF,
                OpenApiParameter(
                    "pagination",
                    str,
                    enum=["page", "cursor"],
                    default="page",
                    description=_(
                        "翻页方式：page 按页码，cursor 按游标（依 id 逐批读取，期间有变动也不会漏读）。"
                    ),
                ),
                OpenApiParameter(
                    "cursor",
                    str,
                    allow_blank=True,
                    description=_("游标：空的从头读起，此后直接使用答复中 next 给出的地址。"),
                ),
            ),
        ),
        "POST": Operation(
            "measures_register",
            VERB_NAMES[Verb.REGISTER],
            _(
                "督查室登记一个不出自方案原文的事项，列入某个方案的某个部分，状态为“拟办”；再次导入方案时不受影响。"
                "牵头单位、时限等可以同时给出，交办另行办理。"
            ),
            RegisterInput,
            status=201,
        ),
    }

    def post(self, request: Request) -> Response:
        if not access.is_office(self.caller):
            raise NotAllowed("立项只能由督查室办理。")
        measure = actions.register_by_hand(actor=self.caller, now=self.now, **self.given(RegisterInput))
        self.kwargs["pk"] = measure.pk
        return self.answer(status=201)

    @property
    def paginator(self) -> BasePagination:
        if not hasattr(self, "_paginator"):
            self._paginator = ByCursor() if self._by_cursor() else Pages()
        return self._paginator

    def _by_cursor(self) -> bool:
        if getattr(self, "swagger_fake_view", False):
            return False
        query = self.request.query_params
        chosen = query.get("pagination", "cursor" if "cursor" in query else "page")
        if chosen not in ("page", "cursor"):
            raise self._refused("pagination", _("应为 page 或 cursor。"))
        foreign = {"page", "ordering"} if chosen == "cursor" else {"cursor"}
        for name in sorted(foreign & set(query)):
            raise self._refused(name, _("不能与所选的翻页方式同时使用。"))
        return chosen == "cursor"

    def get_queryset(self) -> MeasureQuerySet:
        return super().get_queryset().order_by("plan", "position", "id")

    def filter_queryset(self, queryset: Any) -> Any:
        if self.as_of is not None:
            query = self.request.query_params
            later = [name for name in ("co", "changed_since") if name in query]
            if query.get("ordering", "") in ORDER_OF_NOW:
                later.append("ordering")
            for name in later:
                raise self._refused(name, _("不能与 as_of 同时使用。"))
        return super().filter_queryset(queryset)

    def paginate_queryset(self, queryset: Any) -> Any:
        return self.rewound(super().paginate_queryset(queryset) or [])

    def get(self, request: Request) -> Response:
        return self.list(request)


class MeasureDetail(MeasureView):
    query_parameters = frozenset({"fields", "as_of"})
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    operations = {
        "GET": Operation(
            "measures_retrieve",
            _("读取事项"),
            _(
                "答复的 ETag 头是事项的版本和内容摘要；办理时放在 If-Match 头中，可避免覆盖他人的修改（只看版本），"
                "再次读取时放在 If-None-Match 头中，内容没有变化则答复 304。"
            ),
            parameters=(_AS_OF,),
        ),
        "PATCH": Operation(
            "measures_edit",
            _("修改事项"),
            _(
                "督查室修改尚未办结的事项，只须给出要改的字段；必须带 If-Match 头。"
                "交办之后改动完成时限（due_on、standing）须在 note 中写明原因，与 extend/ 一致。"
            ),
            EditInput,
        ),
    }

    def get(self, request: Request, pk: int) -> Response:
        return self.answer()

    def patch(self, request: Request, pk: int) -> Response:
        self.take(EDIT, self.find(pk))
        return self.answer()


class MeasureTimeline(ListModelMixin, MeasureView):
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class = Pages
    query_parameters = PAGE_PARAMETERS
    queryset = MeasureEvent.objects.none()
    serializer_class = EventSerializer
    operations = {
        "GET": Operation(
            "measures_timeline",
            _("查询办理轨迹"),
            _("事项每一步的时间、办理人、单位、状态变化和说明，按先后排列。交办前的步骤只有督查室可见。"),
        )
    }

    def get_queryset(self) -> Any:
        self.measure = self.find(self.kwargs["pk"])
        events = access.events_visible_to(self.request.user).filter(measure=self.measure)
        return self.with_related(events, "actor", "department").order_by("version")

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False) and self.wants("changes"):
            context["department_codes"] = department_codes()
            context["days_given"] = days_given(self.measure, self.request.user)
        return context

    def get(self, request: Request, pk: int) -> Response:
        return self.list(request)
