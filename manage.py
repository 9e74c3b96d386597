#!/usr/bin/env python3
"""Django's command line for this project; runs in the environment that `make run` made, whoever calls it."""

import os
import sys
from pathlib import Path


def use_own_environment() -> None:
    """Starts again with .venv's Python where this one has no Django; says what to do where there is none either."""
    try:
        import django  # noqa: F401
    except ModuleNotFoundError:
        own = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
        if not own.exists() or Path(sys.executable) == own:
            sys.exit("运行环境还没有建立，请先在本目录运行一次 make run。")
        os.execv(own, [str(own), *sys.argv])


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    use_own_environment()
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    from config.start import refuse_unsafe_start

    refuse_unsafe_start()
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        sys.exit(
            f"数据库连接不上或还没有建立（{reason}）。请检查 DUBAN_DATABASE_URL，首次使用请先运行 manage.py migrate。"
        )


if __name__ == "__main__":
    main()
