"""A short plan, its upload and its form, for the tests of the import desk."""

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from tracker.admin.import_rows import TICKED, TYPED

DESK = "/admin/import/"


KEY = "0123456789abcdef" * 2


JSON = {"headers": {"Accept": "application/json"}}


UNIT = {
    "unit-printed-0": "市梦想局",
    "unit-name-0": "市梦想局",
    "unit-code-0": "mx",
    "unit-kind-0": "department",
}


PLAN = "重点任务\n一、产业\n（一）抓链条。做强链条。\n（二）抓项目。推进项目。\n"


def everything():
    """Every row of every table of the product."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("tracker").get_models()
    }


def upload(client, text=PLAN, **fields):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(DESK, {"document": SimpleUploadedFile("任务.txt", content), **fields})


def fields(draft, **changed):
    """The form as the page shows it, with changes."""
    posted = {"version": draft.version, "do": "import"}
    for number, title in (("1.1", "抓链条"), ("1.2", "抓项目")):
        posted |= {f"title-{number}": title, f"lead-{number}": "", f"co-{number}": "", f"due_on-{number}": ""}
    return {**posted, **changed}


def shown_form(page):
    """The preview's form as the page shows it, by its context."""
    context = page.context
    posted = {
        "version": context["version"],
        "seen": context["seen"],
        "page": context["page"].number,
        "year": context["year"],
        "plan_title": context["plan_title"],
        "shown-plan_title": context["proposal"].title,
        "shown-year": context["draft"].year or "",
    }
    for row in (row for group in context["groups"] for row in group["rows"]):
        if row.may_leave_out:
            posted |= {f"was-{row.number}": row.seen, f"shown-{row.number}": row.base}
        if row.editable:
            posted |= {f"{name}-{row.number}": row.shown[name] for name in TYPED}
        posted |= {f"{name}-{row.number}": "on" for name in TICKED if row.shown[name]}
        if row.origins:
            posted[f"origin-{row.number}"] = row.origin
    return posted
