"""System checks that stop the start on settings no production installation may have."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def production_settings_are_safe(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """duban.E001–E003: in production a missing secret key, DEBUG, or wildcard or missing hosts."""
    if not settings.PRODUCTION:
        return []
    errors: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 5:
        errors.append(
            Error(
                "正式环境缺少密钥，或密钥过短（少于50个字符）。",
                hint='设置环境变量 DUBAN_SECRET_KEY，例如：python -c "import secrets; print(secrets.token_hex(50))"',
                id="duban.E001",
            )
        )
    if settings.DEBUG:
        errors.append(Error("正式环境不能打开调试模式。", hint="去掉 DUBAN_DEBUG。", id="duban.E002"))
    if not settings.ALLOWED_HOSTS or any(
        "*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS
    ):
        errors.append(
            Error(
                "正式环境必须逐个写明访问域名，不能为空或使用通配符。",
                hint="设置 DUBAN_ALLOWED_HOSTS，例如 DUBAN_ALLOWED_HOSTS=duban.city.example",
                id="duban.E003",
            )
        )
    return errors
