"""Every process of the product starts here: wrong or unsafe settings end it with one clear message."""

import sys


def refuse_unsafe_start(*, web: bool = False) -> None:
    """Loads the settings; ends the process (exit code 1) where they are wrong or unsafe in production.

    Django runs its system checks only in some management commands: a WSGI server, a Celery worker and most
    commands would start without them. `web` adds what only a web process needs.
    """
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        settings.INSTALLED_APPS  # noqa: B018  the first access reads them
    except ImproperlyConfigured as error:
        sys.exit(f"配置有误，未启动。{error}")

    from tracker.checks import production_settings_are_safe, static_files_are_collected

    errors = production_settings_are_safe(None)
    if web:
        errors += static_files_are_collected(None)
    if errors:
        sys.exit("\n".join(f"未启动（{error.id}）：{error.msg}{error.hint}" for error in errors))
