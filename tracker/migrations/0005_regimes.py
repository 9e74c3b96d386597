"""The regimes and stage templates that ship: 13710 (the default), 710, 三个一批. The office edits them as its own rows."""

from typing import Any

from django.db import migrations

REGIMES: list[dict[str, Any]] = [
    {
        "code": "13710",
        "name": "“13710”工作制度",
        "note": "1：当天研究部署；3：三天内首次反馈；7：一般事项七天内办结；1：重大复杂事项一个月内办结；0：跟踪到销号为止。",
        "is_default": True,
        "cadence": "monthly",
        "cadence_day": 25,
        "nodes": [
            ("acknowledge", "", 0, "days"),
            ("first_report", "", 3, "days"),
            ("resolve", "ordinary", 7, "days"),
            ("resolve", "major", 1, "months"),
        ],
    },
    {
        "code": "710",
        "name": "“710”工作制度",
        "note": "从交办之日起，一般事项不超过七天，复杂事项不超过一个月；年度事项年底前办结。",
        "is_default": False,
        "cadence": "none",
        "cadence_day": 25,
        "nodes": [
            ("acknowledge", "", 1, "days"),
            ("resolve", "ordinary", 7, "days"),
            ("resolve", "major", 1, "months"),
        ],
    },
]
TEMPLATES = [
    ("三个一批", "滚动实施“三个一批”：签约一批、开工一批、投产一批。", [("签约", 20), ("开工", 50), ("投产", 100)]),
]


def add(apps: Any, schema_editor: Any) -> None:
    Regime = apps.get_model("tracker", "Regime")
    RegimeNode = apps.get_model("tracker", "RegimeNode")
    for values in REGIMES:
        values = dict(values)
        nodes = values.pop("nodes")
        regime = Regime.objects.create(**values)
        for kind, importance, amount, unit in nodes:
            RegimeNode.objects.create(
                regime=regime, kind=kind, importance=importance, amount=amount, unit=unit
            )
    StageTemplate = apps.get_model("tracker", "StageTemplate")
    TemplateStage = apps.get_model("tracker", "TemplateStage")
    for name, note, stages in TEMPLATES:
        template = StageTemplate.objects.create(name=name, note=note)
        for position, (stage, share) in enumerate(stages, 1):
            TemplateStage.objects.create(template=template, position=position, name=stage, share=share)


def remove(apps: Any, schema_editor: Any) -> None:
    """Only what nobody has used or taken over since."""
    Regime = apps.get_model("tracker", "Regime")
    Regime.objects.filter(code__in=[values["code"] for values in REGIMES], editions__isnull=True).delete()
    apps.get_model("tracker", "StageTemplate").objects.filter(name__in=[row[0] for row in TEMPLATES]).delete()


class Migration(migrations.Migration):
    dependencies = [("tracker", "0004_supervision")]
    operations = [migrations.RunPython(add, remove)]
