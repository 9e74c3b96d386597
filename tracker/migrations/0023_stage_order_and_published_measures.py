"""The order of stages is kept with the milestones themselves, and what is published for claiming shows no more than a claimant
needs, also where it was published before that was so."""

from decimal import Decimal
from typing import Any

from django.db import migrations, models
from django.utils import timezone

NOTE = "系统升级：揭榜期间，原拟牵头单位、备注和此前的办理情况只有督查室可见。"
BLANKS = {"lead_id": None, "remark": "", "percent": 0, "original_due_on": None, "regime_edition_id": None}
# What the version before withheld.
FORMERLY = ("lead_id", "remark", "percent")
INDICATOR = "indicator:"


def keep_stage_order(apps: Any, schema_editor: Any) -> None:
    """From the steps 安排阶段: by the template's stages where it still bears its name, else by the milestones that it made."""
    events = apps.get_model("tracker", "MeasureEvent").objects.filter(verb="set_stages")
    templates = {
        row.name: row for row in apps.get_model("tracker", "StageTemplate").objects.prefetch_related("stages")
    }
    for event in events.order_by("measure_id", "version").iterator():
        template = templates.get(event.note)
        if template is None:
            before, after = event.changes.get("milestones", [[], []])
            known = {words.partition(" ")[2] for words in before}
            key, names = event.note, [words.partition(" ")[2] for words in after]
            names = [name for name in names if name not in known]
        else:
            key = str(template.pk)
            names = [row.name for row in sorted(template.stages.all(), key=lambda row: (row.position, row.pk))]
        for row in event.measure.milestones.order_by("-due_on", "-id"):
            if row.text in names:
                row.stages = {**row.stages, key: names.index(row.text)}
                row.save(update_fields=["stages"])


def withhold(apps: Any, schema_editor: Any) -> None:
    for measure in apps.get_model("tracker", "Measure").objects.filter(status="published"):
        shown = [name for name, blank in BLANKS.items() if getattr(measure, name) != blank]
        if shown or measure.co_departments.exists() or measure.indicators.exclude(current=None).exists():
            publish_again(apps, measure, tuple(BLANKS), indicators=True)


def show_again(apps: Any, schema_editor: Any) -> None:
    """The version before knows how to bring back FORMERLY alone."""
    for measure in apps.get_model("tracker", "Measure").objects.filter(status="published"):
        published = measure.events.filter(verb="publish").order_by("version").last()
        names = [] if published is None else published.changes
        if any(name.startswith(INDICATOR) or name in BLANKS and name not in FORMERLY for name in names):
            publish_again(apps, measure, FORMERLY, indicators=False)


def publish_again(apps: Any, measure: Any, withheld: tuple[str, ...], *, indicators: bool) -> None:
    """撤榜 and 张榜 at once, as the office would have done it: two steps that replay, claims still waiting."""
    now = timezone.now()
    published = measure.events.filter(verb="publish").order_by("version").last()
    kept = {} if published is None else published.changes
    back: dict[str, Any] = {}
    away: dict[str, Any] = {}
    for name, blank in BLANKS.items():
        if name in kept and getattr(measure, name) == blank:
            value = measure._meta.get_field(name.removesuffix("_id")).to_python(kept[name][0])
            back.update(set_field(measure, name, value))
    if "co" in kept and not measure.co_departments.exists():
        back.update(set_co(apps, measure, kept["co"][0]))
    for row in measure.indicators.filter(current=None):
        if INDICATOR + row.name in kept:
            back.update(set_current(row, Decimal(kept[INDICATOR + row.name][0])))
    for name in withheld:
        away.update(set_field(measure, name, BLANKS[name]))
    away.update(set_co(apps, measure, []))
    if indicators:
        for row in measure.indicators.exclude(current=None):
            away.update(set_current(row, None))
    steps = (("unpublish", "published", "draft", back), ("publish", "draft", "published", away))
    for verb, before, after, changes in steps:
        measure.version += 1
        apps.get_model("tracker", "MeasureEvent").objects.create(
            measure=measure,
            version=measure.version,
            verb=verb,
            at=now,
            from_status=before,
            to_status=after,
            note=NOTE,
            # Taken down and published again, the status is what it was: only 拟办 in between.
            changes={"status": [before, after], **changes},
        )
    measure.updated_at = now
    measure.save()


def set_field(measure: Any, name: str, value: Any) -> dict[str, Any]:
    before = getattr(measure, name)
    setattr(measure, name, value)
    return {} if before == value else {name: [plain(before), plain(value)]}


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def set_co(apps: Any, measure: Any, codes: list[str]) -> dict[str, Any]:
    before = sorted(row.code for row in measure.co_departments.all())
    rows = apps.get_model("tracker", "Department").objects.filter(code__in=codes, active=True)
    measure.co_departments.set(rows)
    after = sorted(row.code for row in rows)
    return {} if before == after else {"co": [before, after]}


def set_current(row: Any, value: Decimal | None) -> dict[str, Any]:
    before, row.current = row.current, value
    row.save(update_fields=["current"])
    words = [None if one is None else f"{one.normalize():f}" for one in (before, value)]
    return {INDICATOR + row.name: words}


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0022_withdrawn_applications'),
    ]

    operations = [
        migrations.AddField(
            model_name='milestone',
            name='stages',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.RunPython(keep_stage_order, migrations.RunPython.noop),
        migrations.RunPython(withhold, show_again),
    ]
