"""阶段模板 as 督查室 keeps them: named stages with their planned place between start and deadline."""

from itertools import pairwise
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from tracker import access
from tracker.admin.base import ScopedAdmin
from tracker.admin.regimes import KeptByOffice
from tracker.models import StageTemplate, TemplateStage


class StageFormSet(TabularInline.formset):
    def clean(self) -> None:
        """At least one stage, each name once, and none planned before the one that it follows."""
        super().clean()
        rows: list[tuple[int, int, str, Any]] = []
        seen: set[str] = set()
        for form in self.forms:
            row = dict(getattr(form, "cleaned_data", {}))
            if not row.get("name") or row.get("DELETE"):
                continue
            if row["name"] in seen:
                form.add_error("name", _("“%(name)s”重复填写。") % {"name": row["name"]})
            seen.add(row["name"])
            if row.get("share") is not None and row.get("position") is not None:
                rows.append((row["position"], row["share"], row["name"], form))
        if not seen and not any(self.errors):
            self._non_form_errors.append(_("模板至少要有一个阶段。"))
        rows.sort(key=lambda row: row[0])
        for (former, before, earlier, _form), (place, share, _name, form) in pairwise(rows):
            if place == former:
                form.add_error("position", _("顺序与“%(earlier)s”相同。") % {"earlier": earlier})
            if share < before:
                form.add_error(
                    "share",
                    _("不能早于前一阶段“%(earlier)s”（%(share)d%%）。")
                    % {"earlier": earlier, "share": before},
                )
        for _place, share, _name, form in rows:
            if share > 100:
                form.add_error("share", _("应为 0 到 100 之间的整数。"))

    def validate_unique(self) -> None:
        """In clean(), with a sentence at the row itself."""


class StageInline(KeptByOffice):
    model = TemplateStage
    formset = StageFormSet
    fields = ("position", "name", "share")
    ordering = ("position", "id")
    verbose_name = _("阶段")
    verbose_name_plural = _("阶段")


@admin.register(StageTemplate)
class StageTemplateAdmin(ScopedAdmin):
    inlines = (StageInline,)
    list_display = ("name", "stages_in_words", "active")
    search_fields = ("name", "note")
    search_help_text = _("名称或说明")
    ordering = ("name",)
    fields = ("name", "note", "active")

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def rows(self, user: access.Someone) -> QuerySet[StageTemplate]:
        return StageTemplate.objects.prefetch_related("stages")

    @display(description=_("阶段"))
    def stages_in_words(self, template: StageTemplate) -> str:
        stages = sorted(template.stages.all(), key=lambda stage: (stage.position, stage.pk))
        return " → ".join(stage.name for stage in stages)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What was arranged by a template keeps its milestones: they are the measure's own."""
        return access.keeps_registers(request.user)
