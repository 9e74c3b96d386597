"""System checks: what no production installation may have, and slips of the pen in the settings."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError, ProgrammingError
from django.utils import timezone


@register(Tags.security)
def production_settings_are_safe(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """duban.E001–E003: in production a missing secret key, DEBUG, or wildcard or missing hosts."""
    if not settings.PRODUCTION:
        return []
    errors: list[CheckMessage] = []
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's answer to an empty one
        key = ""
    if len(key) < 50 or len(set(key)) < 5:
        errors.append(
            Error(
                "正式环境缺少密钥，或密钥过短（少于50个字符）、过于简单（不同字符少于5个）。",
                hint="请设置 DUBAN_SECRET_KEY，可用这条命令生成："
                'python3 -c "import secrets; print(secrets.token_hex(50))"',
                id="duban.E001",
            )
        )
    if settings.DEBUG:
        errors.append(Error("正式环境不能打开调试模式。", hint="请去掉 DUBAN_DEBUG。", id="duban.E002"))
    hosts = settings.ALLOWED_HOSTS
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        errors.append(
            Error(
                "正式环境必须逐个写明访问域名，不能为空或使用通配符。",
                hint="请设置 DUBAN_ALLOWED_HOSTS，例如 DUBAN_ALLOWED_HOSTS=duban.city.example",
                id="duban.E003",
            )
        )
    return errors


@register(Tags.staticfiles, deploy=True)
def static_files_are_collected(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """duban.E004: in production pages would come without their styles until collectstatic has run once."""
    if not settings.PRODUCTION or (settings.STATIC_ROOT and Path(settings.STATIC_ROOT).is_dir()):
        return []
    return [Error("静态文件尚未收集。", hint="请先运行 manage.py collectstatic --noinput", id="duban.E004")]


@register(Tags.database)
def work_calendar_reaches_the_deadlines(
    app_configs: object, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """duban.W002: open deadlines beyond the holidays that are known; asked with `check --database default`."""
    if "default" not in (databases or ()):
        return []
    # The start reads this file before the applications are loaded (config/start.py).
    from tracker.models import Measure, load_calendar
    from tracker.reports.calendar_horizon import horizon

    try:
        found = horizon(Measure.objects.all(), today=timezone.localdate(), calendar=load_calendar())
    except (OperationalError, ProgrammingError):
        return []  # no tables yet: migrate, which runs the checks too, is about to make them
    if not found.matters:
        return []
    return [
        Warning(
            found.words,
            hint="公布后请在“工作日历”页录入，或运行 manage.py import_calendar 文件。",
            id="duban.W002",
        )
    ]


@register()
def variables_are_known(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """duban.W001: a DUBAN_… variable that no setting reads has no effect; its name is probably misspelt."""
    if not settings.UNKNOWN_VARIABLES:
        return []
    names = "、".join(settings.UNKNOWN_VARIABLES)
    return [
        Warning(
            f"环境变量没有对应的设置项：{names}", hint="请核对名称，见 README 的设置表。", id="duban.W001"
        )
    ]


@register()
def reminder_time_limits_are_in_order(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """duban.E005: a claim swept, or a message handed on, while its task still runs would send a mail twice."""
    limits: list[tuple[str, int]] = [
        ("CELERY_TASK_SOFT_TIME_LIMIT", settings.CELERY_TASK_SOFT_TIME_LIMIT),
        ("CELERY_TASK_TIME_LIMIT", settings.CELERY_TASK_TIME_LIMIT),
        ("REMINDER_CLAIM_STALE_SECONDS", settings.REMINDER_CLAIM_STALE_SECONDS),
    ]
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout")
    if isinstance(visibility, int):
        limits.append(("visibility_timeout", visibility))
    return [
        Error(f"{shorter}（{low}秒）必须小于 {longer}（{high}秒）。", id="duban.E005")
        for (shorter, low), (longer, high) in pairwise(limits)
        if low >= high
    ]
