"""`manage.py export_ledger FILE`: a plan's measures as an Excel ledger that can be edited and imported back."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from tracker.management.console import OfficeCommand, chinese_errors, progress_bar
from tracker.models import Measure, Plan
from tracker.reports.ledger import for_ledger, write_ledger


class Command(OfficeCommand):
    help = "导出台账（Excel）。修改后可用 import_ledger 导回。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="要写入的 .xlsx 文件")
        parser.add_argument("--plan", type=int, help="只导出该编号的方案；默认全部")
        parser.add_argument("--overwrite", action="store_true", help="文件已存在时覆盖")

    def handle(self, *args: object, **options: Any) -> None:
        path: Path = options["file"]
        if path.suffix.lower() != ".xlsx":
            raise CommandError(f"文件名应以 .xlsx 结尾：{path}")
        if path.exists() and not options["overwrite"]:
            raise CommandError(f"文件已存在：{path}。要覆盖请加 --overwrite。")
        with chinese_errors():
            measures = Measure.objects.filter(in_text=True)
            if options["plan"] is not None:
                if not Plan.objects.filter(pk=options["plan"]).exists():
                    raise CommandError(f"没有编号为 {options['plan']} 的方案。")
                measures = measures.filter(plan=options["plan"])
            total = measures.count()
            with progress_bar("导出") as progress:
                rows = for_ledger(measures).iterator(chunk_size=1000)
                data = write_ledger(rows, progress=lambda done: progress(done, total))
        try:
            path.write_bytes(data)
        except OSError as error:
            raise CommandError(f"无法写入 {path}：{error.strerror}") from error
        self.stdout.write(f"已导出{total}项到 {path}。")
