"""Who calls: an office system with a token, or a person signed in to the admin in the same browser."""

import re

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.authentication import SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from tracker import access
from tracker.models import ApiToken, User

# What knox makes: 64 hexadecimal digits. Anything else is not looked up (and so never reaches the database).
_TOKEN = re.compile(rb"[0-9a-f]{64}")


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …` (or `Bearer …`); `request.auth` is then the ApiToken.

    An expired token is refused but kept, so that the admin can show which one expired; knox would delete it.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() not in (b"token", b"bearer"):
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("认证头应为“Authorization: Token 令牌”。"), code="token_invalid")
        return self.authenticate_credentials(words[1])

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        row = None
        if _TOKEN.fullmatch(token):
            digest = hash_token(token.decode("ascii"))
            row = ApiToken.objects.select_related("user__department").filter(digest=digest).first()
        if row is None:
            raise AuthenticationFailed(_("令牌无效，可能抄写有误或已被撤销。"), code="token_invalid")
        if row.expiry is not None and row.expiry <= timezone.now():
            raise AuthenticationFailed(_("令牌已过期，请向督查室申请新的令牌。"), code="token_expired")
        if not row.user.is_active:
            raise AuthenticationFailed(_("令牌所属账号已停用。"), code="user_inactive")
        if not access.in_use(row.user):
            raise AuthenticationFailed(_("令牌所属单位已停用。"), code="department_inactive")
        return row.user, row


class AdminSessionAuthentication(SessionAuthentication):
    """The admin's own login; writes need its CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise PermissionDenied(
                _("用浏览器会话写入时须带有效的 CSRF 令牌（X-CSRFToken）；系统对接请使用接口令牌。"),
                code="csrf_failed",
            ) from None
