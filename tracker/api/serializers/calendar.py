"""The work calendar as answers show it and as requests change it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracker.api.fields import Day, Input, Text, YesNo
from tracker.api.operations import example
from tracker.api.schema import DAY_SOURCE
from tracker.models import CalendarDay

_NAME_LENGTH = CalendarDay._meta.get_field("name").max_length or 0
_MOST_DAYS = 500

_DAY = {
    "day": "2027-02-14",
    "is_workday": True,
    "source": "office",
    "name": "春节调休上班",
    "provisional": False,
}


@example(_("调休上班的一天"), _DAY)
class CalendarDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text=_("日期"))
    is_workday = serializers.BooleanField(help_text=_("是否上班"))
    source = serializers.ChoiceField(  # type: ignore[assignment]
        DAY_SOURCE, help_text=_("依据：督查室录入的优先，其次是国务院办公厅的放假安排")
    )
    name = serializers.CharField(help_text=_("督查室录入时写的说明，没有则为空"))
    provisional = serializers.BooleanField(
        help_text=_("该年放假安排尚未公布，是否上班为暂估，公布后可能变化。")
    )


@example(
    _("一年的工作日历"),
    {
        "year": 2027,
        "provisional": False,
        "missing_holidays": [],
        "workdays": 249,
        "known_until": "2027-12-31",
        "days": [_DAY],
    },
)
class CalendarYearSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField(help_text=_("年份"))
    provisional = serializers.BooleanField(help_text=_("该年的放假安排是否尚未公布（工作日为暂估）"))
    missing_holidays = serializers.ListField(
        child=serializers.CharField(), help_text=_("还没有放假日期的法定节日；已公布的年份为空")
    )
    workdays = serializers.IntegerField(help_text=_("该年的工作日数"))
    known_until = serializers.DateField(help_text=_("放假安排已知至这一天"))
    days = CalendarDaySerializer(
        many=True, help_text=_("与平常的周一至周五不同的日子，以及督查室录入的全部日子，按日期排列")
    )


@example(_("一天"), {"is_workday": True, "name": "春节调休上班"}, request_only=True)
class CalendarDayInput(Input):
    is_workday = YesNo(help_text=_("true 为上班（调休），false 为休息"))
    name = Text(required=False, allow_blank=True, max_length=_NAME_LENGTH, help_text=_("说明"))


class DatedInput(CalendarDayInput):
    """One day among many."""

    day = Day(help_text=_("日期"))


@example(
    _("导入两天"),
    {
        "days": [
            {"day": "2027-01-01", "is_workday": False, "name": "元旦"},
            {"day": "2027-02-14", "is_workday": True, "name": "春节调休上班"},
        ]
    },
    request_only=True,
)
class CalendarInput(Input):
    days = DatedInput(  # type: ignore[call-arg]
        many=True, allow_empty=False, max_length=_MOST_DAYS, help_text=_("逐日写明，最多 500 天")
    )
    dry_run = YesNo(required=False, help_text=_("为 true 时只答复会有什么改动，不写入"))


class CalendarChangeSerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text=_("日期"))
    before = serializers.CharField(allow_null=True, help_text=_("改动前督查室录入的内容；未录入过为 null。"))
    after = serializers.CharField(allow_null=True, help_text=_("改动后的内容；删除时为 null。"))


class EstimatedYearSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField(help_text=_("年份"))
    missing_holidays = serializers.ListField(
        child=serializers.CharField(), help_text=_("还没有放假日期的法定节日")
    )


@example(
    _("写入的改动"),
    {
        "changes": [{"day": "2027-02-14", "before": None, "after": "上班（春节调休上班）"}],
        "unchanged": 1,
        "announced": [],
        "provisional": [{"year": 2027, "missing_holidays": ["清明节"]}],
        "moved": 3,
    },
)
class CalendarProposalSerializer(serializers.Serializer[Any]):
    changes = CalendarChangeSerializer(many=True, help_text=_("有改动的日子，按日期排列"))
    unchanged = serializers.IntegerField(help_text=_("与现有内容相同的天数"))
    announced = serializers.ListField(
        child=serializers.IntegerField(), help_text=_("由此确定、不再暂估的年份")
    )
    provisional = EstimatedYearSerializer(many=True, help_text=_("涉及的年份中仍为暂估的"))
    moved = serializers.IntegerField(
        help_text=_("按工作日计算、因此重新推算的督办节点数；完成时限不变。dry_run 时为 0。")
    )
