"""考核得分 as answers show it: a row a department, its arithmetic line by line, the facts behind it where one is asked for."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracker.api.operations import example
from tracker.api.schema import CHECKPOINT_KIND, SCORE_PART, SCORE_ROLE
from tracker.api.serializers.directory import DEPARTMENT, DepartmentRefSerializer
from tracker.rules.lifecycle import GRADE_NAMES


class Points(serializers.DecimalField):
    """Points as a JSON number with at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=None, coerce_to_string=False, **kwargs)


class ScoreLineSerializer(serializers.Serializer[Any]):
    """So many facts of one kind at so many points each."""

    part = serializers.ChoiceField(SCORE_PART, help_text=_("计分项"))
    name = serializers.CharField(help_text=_("计分项名称"))
    role = serializers.ChoiceField(SCORE_ROLE, help_text=_("责任：牵头、配合、曾牵头（已转办）"))
    each = Points(help_text=_("每项（次）的分值；配合单位已按制度规定的比例折算"))
    count = serializers.IntegerField(help_text=_("项（次）数"))
    points = Points(help_text=_("合计加分或扣分"))
    exempted = serializers.BooleanField(help_text=_("已登记容错，不扣分"))


class ScoreFactSerializer(serializers.Serializer[Any]):
    """One thing that counts, with its measure."""

    measure = serializers.IntegerField(
        allow_null=True, help_text=_("事项的 id；已转由其他单位办理、调用者看不到的为 null。")
    )
    role = serializers.ChoiceField(SCORE_ROLE, help_text=_("责任：牵头、配合、曾牵头（已转办）"))
    part = serializers.ChoiceField(SCORE_PART, help_text=_("计分项"))
    kind = serializers.ChoiceField(
        CHECKPOINT_KIND, allow_null=True, help_text=_("督办节点；与节点无关的为 null。")
    )
    on = serializers.DateField(help_text=_("所指的日期：时限、应报日期、退回日期或亮灯日期"))
    days = serializers.IntegerField(help_text=_("逾期或迟报的天数（自然日）"))
    points = Points(help_text=_("加分或扣分"))
    exempt = serializers.BooleanField(help_text=_("事项已登记容错"))
    words = serializers.CharField(help_text=_("说明，可直接显示给用户"))


class GradesSerializer(serializers.Serializer[Any]):
    """How many measures were struck off with each grade."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            grade.value: serializers.IntegerField(help_text=_(name)) for grade, name in GRADE_NAMES.items()
        }


class ScoreRowSerializer(serializers.Serializer[Any]):
    """One department."""

    department = DepartmentRefSerializer(help_text=_("单位"))
    score = Points(allow_null=True, help_text=_("得分，0 到 100；本期没有可以计分的事项的为 null。"))
    base = Points(allow_null=True, help_text=_("基础分"))
    cap = Points(allow_null=True, help_text=_("最高分"))
    led = serializers.IntegerField(help_text=_("牵头的事项数"))
    assisted = serializers.IntegerField(help_text=_("配合的事项数"))
    exempted = serializers.IntegerField(help_text=_("已登记容错的事项数"))
    in_time = serializers.IntegerField(help_text=_("按时签收、首次反馈、定期报告的次数，不计分"))
    overdue_days = serializers.IntegerField(help_text=_("牵头事项累计逾期天数（自然日），不计分"))
    grades = GradesSerializer(help_text=_("牵头事项本期办结的等次，不计分"))
    lines = ScoreLineSerializer(many=True, help_text=_("得分的算式，逐项列出"))
    facts = ScoreFactSerializer(
        many=True, allow_null=True, help_text=_("每一分的由来；给出 department 时才有，否则为 null。")
    )


_LINE = {
    "part": "late_report",
    "name": "迟报",
    "role": "lead",
    "each": -0.1,
    "count": 2,
    "points": -0.2,
    "exempted": False,
}


@example(
    _("考核得分"),
    {
        "name": "2026年第1季度",
        "first": "2026-01-01",
        "last": "2026-03-31",
        "as_of": "2026-03-31",
        "plan": None,
        "regime": "13710",
        "results": [
            {
                "department": DEPARTMENT,
                "score": 79.8,
                "base": 80,
                "cap": 100,
                "led": 3,
                "assisted": 1,
                "exempted": 0,
                "in_time": 4,
                "overdue_days": 0,
                "grades": {"excellent": 0, "good": 0, "pass": 0, "fail": 0},
                "lines": [_LINE],
                "facts": None,
            }
        ],
    },
)
class ScorecardSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text=_("考核时段的名称"))
    first = serializers.DateField(help_text=_("第一天"))
    last = serializers.DateField(help_text=_("最后一天"))
    as_of = serializers.DateField(help_text=_("截至这一天（北京时间）结束时的情况；时段未结束的为今天。"))
    plan = serializers.IntegerField(allow_null=True, help_text=_("所选方案的 id"))
    regime = serializers.CharField(allow_null=True, help_text=_("所选督办制度的代码"))
    results = ScoreRowSerializer(many=True, help_text=_("各单位，得分高的在前"))
