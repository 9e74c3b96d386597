"""What every page of the admin shares: rights by tracker.access, closed side doors, and the day it is shown for."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter

from tracker import access
from tracker.admin.typed_text import OrdinaryModelForm
from tracker.reports.office_day import OfficeDay, office_day

# A row's key as an address or a form gives it; any longer number is beyond every database's.
_KEY = re.compile(r"[0-9]{1,18}")


def is_key(given: str) -> bool:
    """Whether it may be a row's key."""
    return _KEY.fullmatch(given) is not None


def day_of(request: HttpRequest) -> OfficeDay:
    """The day this request is answered for: read once and kept on the request."""
    day = getattr(request, "office_day", None)
    if day is None:
        day = office_day(timezone.localdate())
        request.office_day = day  # type: ignore[attr-defined]
    return day


class ScopedAdmin(ModelAdmin):
    """A model's pages where rows and rights come from tracker.access, never from Django's permission tables.

    Read-only unless a subclass says otherwise.
    """

    show_facets = ShowFacets.NEVER
    list_filter_submit = True
    list_per_page = 50
    form: "type[ModelForm[Any]]" = OrdinaryModelForm
    # Names the rows in a list's address that a person may filter by; everything else is refused.
    filter_names: tuple[str, ...] = ()

    def rows(self, user: access.Someone) -> QuerySet[Any]:
        """The rows that the user sees."""
        raise NotImplementedError

    def is_open_to(self, user: access.Someone) -> bool:
        """Whether the pages are shown to the user at all."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.rows(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_open_to(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not self.is_open_to(request.user):
            return False
        return obj is None or self.rows(request.user).filter(pk=obj.pk).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the theme's add-and-change buttons beside a choice: each register has its own page."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Without the chosen rows whose key is none: Django would fail to look them up."""
        given = request.POST.getlist(ACTION_CHECKBOX_NAME)
        keys = [key for key in given if _KEY.fullmatch(key)]
        if len(keys) != len(given):
            posted = request.POST.copy()
            posted.setlist(ACTION_CHECKBOX_NAME, keys)
            request.POST = posted  # type: ignore[assignment]
        return super().response_action(request, queryset)

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Only the filters that the page itself offers; a lookup into other tables could be asked like an oracle."""
        return lookup in self.filter_names

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Rows are chosen by their key alone."""
        return to_field == self.opts.pk.name


class PageAdmin(ScopedAdmin):
    """Rows that are looked at, each on a page of its own (`page`) instead of a stock form; nothing is posted there."""

    def page(self, request: HttpRequest, row: Any) -> HttpResponse:
        """The row's page; that the person sees the row is known."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.is_open_to(request.user):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self.page(request, row)


class ChoiceFilter(DropdownFilter):
    """A filter whose choices are computed from the rows that the person sees."""

    all_option = ("", _("全部"))

    def has_output(self) -> bool:
        return bool(self.lookup_choices)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(name)) for value, name in self.options(request, model_admin)]

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        raise NotImplementedError

    def chosen(self) -> str | None:
        """The value asked for when it is one of the choices."""
        value = self.value()
        return value if value in {choice for choice, _name in self.lookup_choices} else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in (None, ""):
            return queryset
        chosen = self.chosen()
        return queryset.none() if chosen is None else self.narrow(request, queryset, chosen)

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        raise NotImplementedError

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        yield {
            "form": self.form_class(
                label=self.title,
                name=self.parameter_name,
                choices=[self.all_option, *self.lookup_choices],
                data={self.parameter_name: self.value()},
                multiple=False,
            )
        }
