"""What a person had typed on the import desk when somebody else imported the document: it is not written, but listed and kept.

The list lies in the session of who typed it, until he puts it away; the desk's list leads back to it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from tracker.admin.import_merge import NAMES, typed_over, words
from tracker.admin.import_progress import go_on
from tracker.admin.import_rows import shown_now
from tracker.models import ImportDraft, Measure, PlanDocument

_SHOWN = re.compile(r"shown-(?P<number>[0-9.]{1,20})")
# A session is no archive.
MOST_ROWS = 200


def imported_already(request: HttpRequest, draft: ImportDraft, site: AdminSite) -> HttpResponse:
    """What was imported already is looked at in the list: after a second click, or on the way back. Corrections that came too
    late are listed first."""
    listed = f"{reverse('admin:tracker_measure_changelist')}?plan={draft.imported_into_id}"
    key = _key(draft)
    if request.method == "POST":
        if request.POST.get("do") == "forget":
            request.session.pop(key, None)
            return go_on(request, listed)
        late = {**request.session.get(key, {}), **_late(draft, request.POST)}
        if late:
            request.session[key] = dict(list(late.items())[:MOST_ROWS])
            return go_on(request, reverse("admin:import_draft", args=[draft.pk]))
    kept = request.session.get(key)
    if not kept:
        messages.info(request, "该文件已经导入，没有再次写入。")
        return go_on(request, listed)
    documents = (
        PlanDocument.objects.filter(plan=draft.imported_into_id).defer("text").select_related("imported_by")
    )
    document = next((one for one in documents if one.imported_at == draft.imported_at), None)
    context = {
        **site.each_context(request),
        "title": str(draft),
        "draft": draft,
        "by": document.imported_by if document is not None else None,
        "rows": kept.values(),
        "listed": listed,
    }
    return TemplateResponse(request, "tracker/import_late.html", context)


def too_late(request: HttpRequest) -> set[int]:
    """The keys of the drafts of which this person's corrections wait to be looked at."""
    prefix = _key(None)
    return {int(key.removeprefix(prefix)) for key, _kept in request.session.items() if key.startswith(prefix)}


def _key(draft: ImportDraft | None) -> str:
    return f"import-late-{draft.pk if draft is not None else ''}"


def _late(draft: ImportDraft, posted: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """By row number what the form would have changed and the plan does not say now: the row's title, its measure's key (None where
    none is found) and one Chinese sentence a field."""
    measures = _measures(draft)
    late: dict[str, dict[str, Any]] = {}
    title, shown = posted.get("plan_title", "").strip(), posted.get("shown-plan_title", "")
    plan = draft.imported_into
    if plan is not None and title and title not in (shown, plan.title):
        late[""] = {
            "title": "方案名称",
            "measure": None,
            "words": [f"您填写“{title[:200]}”，现为“{plan.title}”"],
        }
    for name in posted:
        row = _SHOWN.fullmatch(name)
        base = _json(posted[name]) if row is not None else None
        if row is None or base is None:
            continue
        number = row["number"]
        measure = measures.get(number)
        told = _told(typed_over(number, posted, base), measure)
        if told:
            title = measure.title if measure is not None else str(base.get("title", ""))[:300]
            late[number] = {
                "title": f"{number} {title}",
                "measure": measure.pk if measure is not None else None,
                "words": told,
            }
    return late


def _json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _told(typed: Mapping[str, Any], measure: Measure | None) -> list[str]:
    now = shown_now(measure) if measure is not None else {}
    told = []
    for name, value in typed.items():
        if name not in now:
            told.append(f"{NAMES[name]}：您选择“{words(value)}”")
        elif words(value) != words(now[name]):
            told.append(f"{NAMES[name]}：您填写“{words(value)}”，现为“{words(now[name])}”")
    return told


def _measures(draft: ImportDraft) -> dict[str, Measure]:
    """The plan's measures by number, unless a later version has been imported since: its numbers may mean other measures."""
    latest = PlanDocument.objects.filter(plan=draft.imported_into_id).order_by("-version").first()
    if latest is None or draft.imported_at is None or latest.imported_at > draft.imported_at:
        return {}
    measures = Measure.objects.filter(plan=draft.imported_into_id, in_text=True).select_related("lead")
    return {
        measure.number: measure
        for measure in measures.prefetch_related("co_departments", "indicators", "milestones")
    }
