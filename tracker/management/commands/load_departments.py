"""`manage.py load_departments FILE`: brings departments with their aliases and duties in; twice changes nothing."""

from pathlib import Path

from django.core.management.base import CommandParser

from tracker.importing.departments import load_departments
from tracker.management.console import OfficeCommand, chinese_errors


class Command(OfficeCommand):
    help = "导入单位名录（JSON）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="单位名录，例如 fixtures/departments.json")

    def handle(self, *args: object, **options: Path) -> None:
        with chinese_errors():
            loaded = load_departments(options["file"])
        self.stdout.write(f"单位：新增{loaded.added}个，更新{loaded.changed}个，不变{loaded.unchanged}个。")
