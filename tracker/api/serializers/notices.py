"""Notices (站内消息) as answers show them, and what marks them as read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracker.api.fields import Ids, Input, YesNo
from tracker.api.operations import example
from tracker.api.serializers.shown import Moment, Shown
from tracker.models import InboxNotice, Measure
from tracker.models.reminder import KIND_CHOICES, LEVEL_CHOICES
from tracker.rules.reminder_kinds import KINDS, NoticeKind


class NotedMeasureSerializer(Shown[Measure]):
    class Meta:
        model = Measure
        fields = ("id", "number", "title", "due_on")
        read_only_fields = fields


@example(
    _("一条消息"),
    {
        "id": 31,
        "kind": "assigned",
        "kind_name": "新交办",
        "about": "",
        "level": "",
        "measure": {"id": 12, "number": "1.2", "title": "推进铁路前期工作", "due_on": "2026-09-30"},
        "day_name": "交办日期",
        "day": "2026-03-10",
        "occurrence": 1,
        "created_at": "2026-03-10T02:01:00Z",
        "read_at": None,
    },
)
class NoticeSerializer(Shown[InboxNotice]):
    kind = serializers.ChoiceField(choices=KIND_CHOICES, help_text=_("类别"))
    kind_name = serializers.SerializerMethodField(help_text=_("类别名称"))
    about = serializers.CharField(
        source="part", help_text=_("阶段目标类为阶段的内容，节点类为节点名称；关于整个事项的为空。")
    )
    level = serializers.ChoiceField(
        choices=LEVEL_CHOICES, allow_blank=True, help_text=_("催办的颜色；没有颜色时为空。")
    )
    measure = NotedMeasureSerializer(help_text=_("事项及其现在的完成时限"))
    day_name = serializers.SerializerMethodField(help_text=_("day 是什么日期"))
    day = serializers.DateField(source="due_on", help_text=_("事由所计日期，名称见 day_name"))
    occurrence = serializers.SerializerMethodField(help_text=_("第几次，从 1 起"))
    read_at = Moment(
        source="seen_at", allow_null=True, help_text=_("已读时间；单位的令牌为本单位第一人读到的时间。")
    )

    class Meta:
        model = InboxNotice
        fields = (
            "id",
            "kind",
            "kind_name",
            "about",
            "level",
            "measure",
            "day_name",
            "day",
            "occurrence",
            "created_at",
            "read_at",
        )
        read_only_fields = fields

    def get_kind_name(self, notice: InboxNotice) -> str:
        return KINDS[NoticeKind(notice.kind)].name

    def get_day_name(self, notice: InboxNotice) -> str:
        return KINDS[NoticeKind(notice.kind)].full_day_name

    def get_occurrence(self, notice: InboxNotice) -> int:
        return notice.occurrence + 1


@example(_("两条已读"), {"ids": [31, 32]}, request_only=True)
class ReadInput(Input):
    ids = Ids(required=False, allow_empty=False, help_text=_("消息编号（id），最多 100 个；与 all 只给一个"))
    all = YesNo(required=False, help_text=_("true：全部标为已读"))

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if bool(given.get("all")) == ("ids" in given):
            raise serializers.ValidationError({"ids": [_("请给出 ids，或 all 为 true，二者只给一个。")]})
        return given


@example(_("已标为已读"), {"marked": 2, "unread": 5})
class ReadSerializer(serializers.Serializer[Any]):
    marked = serializers.IntegerField(help_text=_("这次标为已读的条数；此前已读的不再计。"))
    unread = serializers.IntegerField(help_text=_("还有几条未读"))
