"""What a token may do apart from its user's rights: a read token never writes."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tracker.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView


def may_write(request: Request) -> bool:
    """Whether the way of signing in allows writing at all; what exactly is for tracker/access to say."""
    return not isinstance(request.auth, ApiToken) or request.auth.scope == ApiToken.Scope.WRITE


class TokenScope(BasePermission):
    """Refuses unsafe methods with a read token."""

    message = _("该令牌只能读取，不能办理。请使用“读写”令牌。")
    code = "token_read_only"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.method in SAFE_METHODS or may_write(request)
