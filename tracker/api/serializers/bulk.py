"""What goes into and comes out of a bulk request."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracker.api.fields import Input, OneOf, Whole
from tracker.api.operations import example
from tracker.api.schema import ACTION, STATUS, ProblemSerializer

_BIGGEST_ID = 2**63 - 1


class Body(serializers.DictField):
    default_error_messages = {"not_a_dict": _("应为 JSON 对象。"), "null": _("不能为空。")}


class BulkItemInput(Input):
    id = Whole(min_value=1, max_value=_BIGGEST_ID, help_text=_("事项编号（id）"))
    action = OneOf(
        choices=ACTION, help_text=_("办理的步骤，与 allowed_actions 中的名称相同；edit 须给出 version")
    )
    version = Whole(
        required=False,
        min_value=0,
        max_value=_BIGGEST_ID,
        help_text=_("读取时的版本，相当于单独办理时的 If-Match；事项此后若有变动，该项答复 412。"),
    )
    body = Body(required=False, help_text=_("与单独办理时的请求正文相同；不须填写时可以省略。"))


@extend_schema_field(BulkItemInput(many=True))
class Items(serializers.ListField):
    """Items are read one by one later on: a wrong one is its own failure, not that of all."""

    child = serializers.JSONField()
    default_error_messages = {
        "not_a_list": _("应为列表。"),
        "empty": _("至少要有一项。"),
        "null": _("不能为空。"),
        "required": _("必须填写。"),
    }


@example(
    _("签收一项、报告一项"),
    {
        "items": [
            {"id": 12, "action": "acknowledge", "version": 4},
            {"id": 15, "action": "report", "body": {"percent": 40, "progress": "可研报告已报送审批。"}},
        ]
    },
    request_only=True,
)
class BulkInput(Input):
    items = Items(allow_empty=False, help_text=_("逐项办理，最多 500 项"))


class BulkResultSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(allow_null=True, help_text=_("事项编号；该项写错而无法得知时为 null。"))
    status = serializers.IntegerField(help_text=_("该项单独办理时的 HTTP 状态码"))
    version = serializers.IntegerField(allow_null=True, help_text=_("办理后的版本；未办理时为 null。"))
    measure_status = serializers.ChoiceField(
        choices=STATUS, allow_null=True, help_text=_("办理后的状态；未办理时为 null。")
    )
    problem = ProblemSerializer(allow_null=True, help_text=_("未办理的原因；已办理时为 null。"))


@example(
    _("一项成功，一项失败"),
    {
        "results": [
            {"id": 12, "status": 200, "version": 5, "measure_status": "in_progress", "problem": None},
            {
                "id": 15,
                "status": 403,
                "version": None,
                "measure_status": None,
                "problem": {
                    "type": "urn:problem:duban:not_allowed",
                    "title": "没有权限",
                    "status": 403,
                    "detail": "“报告进展”只能由牵头单位办理。",
                    "code": "not_allowed",
                    "errors": [],
                },
            },
        ],
        "succeeded": 1,
        "failed": 1,
    },
)
class BulkSerializer(serializers.Serializer[Any]):
    results = BulkResultSerializer(many=True, help_text=_("逐项结果，顺序与请求相同"))
    succeeded = serializers.IntegerField(help_text=_("办成的项数"))
    failed = serializers.IntegerField(help_text=_("未办成的项数"))
