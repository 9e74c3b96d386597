"""`manage.py import_ledger FILE`: imports an edited ledger back; exactly the edited cells change, or nothing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tracker.importing.ledger import apply_ledger, propose_ledger, try_ledger
from tracker.management.console import OfficeCommand, chinese_errors, progress_bar


class Command(OfficeCommand):
    help = "导回修改过的台账：只写入改动的单元格；有一处不对，全部不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="export_ledger 导出后修改的 .xlsx 文件")
        parser.add_argument("--dry-run", action="store_true", help="只显示改动，不写入")

    def handle(self, *args: object, **options: Any) -> None:
        now = timezone.now()
        data = _read(options["file"])
        with chinese_errors():
            proposal = propose_ledger(data, actor=None, name=options["file"].name)
            changes = proposal.changes
            for notice in proposal.notices:
                self.stdout.write(notice)
            if proposal.missing:
                named = "、".join(measure.number for measure in proposal.missing)
                self.stdout.write(f"台账中没有这{len(proposal.missing)}项，它们保持不变：{named}")
            for change in changes:
                self.stdout.write(f"{change.place} {change.measure}")
                for header, (before, after) in change.words.items():
                    self.stdout.write(f"    {header}：{before or '（空）'} → {after or '（空）'}")
            if not changes:
                self.stdout.write("没有变化，未写入任何数据。")
            elif options["dry_run"]:
                try_ledger(changes, actor=None, now=now, name=options["file"].name)
                self.stdout.write(f"试运行，未写入：{len(changes)}项有改动。")
            else:
                with progress_bar("写入") as progress:
                    apply_ledger(
                        changes,
                        actor=None,
                        now=now,
                        name=options["file"].name,
                        progress=lambda d: progress(d, len(changes)),
                    )
                self.stdout.write(f"已更新{len(changes)}项。")


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
