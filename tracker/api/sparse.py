"""`?fields=id,title`: only what the caller asks for is looked up and answered."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, ListSerializer

from tracker.api.problems import query_refused

PARAMETER = "fields"


def names_of(serializer_class: Any) -> tuple[str, ...]:
    """Every field of the serializer, in its order."""
    return tuple(serializer_class.Meta.fields)


def wanted(
    request: Request, serializer_class: Any, without: Collection[str] = frozenset()
) -> frozenset[str] | None:
    """The fields asked for, None for all. Raises Problem 400 that names those which do not exist.

    `without` names fields that this answer cannot have.
    """
    known = [name for name in names_of(serializer_class) if name not in without]
    given = request.query_params.get(PARAMETER)
    if given is None:
        return frozenset(known) if without else None
    names = [name.strip() for name in given.split(",")]
    unknown = [name[:60] for name in dict.fromkeys(names) if name and name not in known]
    if unknown:
        message = _("没有这些字段：%(names)s。") % {"names": "、".join(unknown[:20])}
    elif not all(names):
        message = _("应为用逗号分隔的字段名，例如 %(some)s。") % {"some": ",".join(known[:3])}
    else:
        return frozenset(names)
    errors = [{"field": PARAMETER, "code": "unknown_field", "message": str(message)}]
    raise query_refused(errors)


def thin_out(serializer: BaseSerializer[Any], names: frozenset[str] | None) -> None:
    """Leaves in the serializer only the named fields."""
    one: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
    for name in () if names is None else [name for name in one.fields if name not in names]:
        del one.fields[name]


def parameter(serializer_class: Any) -> OpenApiParameter:
    """What the OpenAPI document says of it."""
    return OpenApiParameter(
        PARAMETER,
        str,
        enum=names_of(serializer_class),
        many=True,
        style="form",
        explode=False,
        description=str(_("只答复这些字段，用逗号分隔；不给出时答复全部字段。")),
    )
