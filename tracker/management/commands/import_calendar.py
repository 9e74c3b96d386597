"""`manage.py import_calendar FILE`: brings a year's days off and make-up days in; twice changes nothing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from tracker.actions.calendar import CalendarProposal
from tracker.importing.calendar_days import import_days, propose_days
from tracker.management.console import OfficeCommand, chinese_errors


class Command(OfficeCommand):
    help = (
        "导入放假和调休上班日（CSV，UTF-8 或 GB18030，列为 日期、类型、说明，类型写 休 或 班）。"
        "有一行不对，全部不写入；文件中没有的日期保持不变。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件，例如 2027放假安排.csv")
        parser.add_argument("--dry-run", action="store_true", help="只显示改动，不写入")

    def handle(self, *args: object, **options: Any) -> None:
        path: Path = options["file"]
        data = _read(path)
        with chinese_errors():
            found = (propose_days if options["dry_run"] else import_days)(data, path.name)
        self._show(found)
        if not found.changes:
            self.stdout.write("没有变化，未写入任何数据。")
        elif options["dry_run"]:
            self.stdout.write(f"试运行，未写入：{len(found.changes)}天有改动。")
        else:
            self.stdout.write(f"已写入{len(found.changes)}天，另有{found.unchanged}天不变。")
            if found.moved:
                self.stdout.write(f"{found.moved}个按工作日计算的督办节点已按新日历重新推算。")

    def _show(self, found: CalendarProposal) -> None:
        for row in found.changes:
            self.stdout.write(f"{row.day}  {row.before or '（未录入）'} → {row.after}")
        for year in found.announced:
            self.stdout.write(f"{year}年放假安排由此确定，不再暂估。")
        for year, missing in found.provisional:
            self.stderr.write(f"注意：{year}年还没有{'、'.join(missing)}的放假日期，该年工作日仍为暂估。")


def _read(path: Path) -> bytes:
    """The file's bytes. Raises CommandError in Chinese."""
    try:
        if path.stat().st_size > settings.MAX_DOCUMENT_BYTES:
            raise CommandError(f"{path} 超过大小上限（{settings.MAX_DOCUMENT_BYTES}字节）。")
        return path.read_bytes()
    except FileNotFoundError:
        raise CommandError(f"找不到文件：{path}") from None
    except OSError as error:
        raise CommandError(f"无法读取 {path}：{error.strerror}") from error
