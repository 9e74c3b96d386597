"""`manage.py import_plan FILE`: a plan's document (and its assignment sheet) into supervised measures."""

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from tracker.importing import (
    ImportProposal,
    ImportRefused,
    ImportResult,
    MassRemovalUnconfirmed,
    apply_import,
    propose_import,
    read_assignment_sheet,
)
from tracker.importing.given_year import with_given_year
from tracker.importing.render import proposal_to_json, proposal_to_text
from tracker.importing.turns import take_turn
from tracker.management.console import OfficeCommand, chinese_errors, plan_year, progress_bar
from tracker.models import Plan, load_calendar
from tracker.plan_document import ParsedPlan, SourceDocument, parse_plan, read_document


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期，应为 2026-03-01 的形式") from None


class Command(OfficeCommand):
    help = """导入方案为督办事项。先比较差异，确认无误后一次写入；同一文件再次导入不产生任何变化。

--dry-run 显示差异，试写一遍再全部撤回：真正导入会被拒绝、会要求确认的，试运行也照样说明。

退出码：0 已导入、没有变化，或试运行顺利；1 输入有误、被拒绝，或删去原方案一半以上而没有用 --replace 确认（试运行也是）。"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="方案文件")
        parser.add_argument("--assignments", type=Path, help="责任分解表（.xlsx）")
        parser.add_argument(
            "--start",
            type=_day,
            help="起算日期，相对时限从这一天起算；默认为今天（已导入的方案保持原起算日期）",
        )
        parser.add_argument("--dry-run", action="store_true", help="只显示差异，不写入")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--title", help="方案名称；默认取文件标题或文件名")
        parser.add_argument("--plan", type=int, help="作为该编号方案的新版本导入；默认自动识别")
        parser.add_argument(
            "--replace", action="store_true", help="新版本删去原方案一半以上的措施时，确认确实如此"
        )
        parser.add_argument("--new", action="store_true", help="作为新方案导入，不与已有方案比较")
        parser.add_argument("--year", type=int, help="文中只写“6月底前”时采用的年份")
        parser.add_argument("--part", help="行动部分：编号（如 三、 或 3）或标题中的几个字；不给时按规则判断")

    def handle(self, *args: object, **options: Any) -> None:
        now = timezone.now()
        if options["plan"] and options["new"]:
            raise CommandError("--plan 和 --new 不能同时使用。")
        with chinese_errors():
            document, parsed = _read(options)
            written = refused = None
            with transaction.atomic():
                take_turn()
                proposal = self._propose(document, parsed, options, timezone.localdate(now))
                try:
                    with progress_bar("试写" if options["dry_run"] else "写入") as progress:
                        written = _write(proposal, options["replace"], now, progress)
                except (CommandError, ImportRefused) as error:
                    if not options["dry_run"]:
                        raise
                    refused = error
                if options["dry_run"]:
                    # Only writing knows every rule that it meets.
                    transaction.set_rollback(True)
                    written = None
            self._show(proposal, written, options["format"])
            if refused is not None:
                raise refused

    def _show(self, proposal: ImportProposal, written: ImportResult | None, form: str) -> None:
        if form == "json":
            shown = proposal_to_json(proposal, written)
            self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(proposal_to_text(proposal, written))
        # Before a refusal on the other stream, wherever both are led.
        self.stdout.flush()

    def _propose(
        self, document: SourceDocument, parsed: ParsedPlan, options: dict[str, Any], today: date
    ) -> ImportProposal:
        plan = None
        if options["plan"]:
            plan = Plan.objects.filter(pk=options["plan"]).first()
            if plan is None:
                raise CommandError(f"没有编号为 {options['plan']} 的方案。")
        return propose_import(
            source=document,
            parsed=parsed,
            sheet=read_assignment_sheet(options["assignments"]) if options["assignments"] else None,
            title=options["title"],
            starts_on=options["start"],
            today=today,
            calendar=load_calendar(),
            plan=plan,
            as_new=options["new"],
        )


def _read(options: dict[str, Any]) -> tuple[SourceDocument, ParsedPlan]:
    year = plan_year(options["year"])
    document = read_document(options["file"], max_bytes=settings.MAX_DOCUMENT_BYTES)
    with progress_bar("解析") as progress:
        parsed = parse_plan(document, year=year, action_part=options["part"], progress=progress)
    return document, parsed if year is None else with_given_year(parsed)


def _write(
    proposal: ImportProposal, replace: bool, now: datetime, progress: Callable[[int, int], None]
) -> ImportResult:
    try:
        return apply_import(proposal, actor=None, now=now, removal_confirmed=replace, progress=progress)
    except MassRemovalUnconfirmed as refused:
        raise CommandError(
            f"{refused.removal.words}。未写入，须先确认：核对过（用 --dry-run 看差异）、确实如此的，请加 --replace；"
            "若是另一个方案请加 --new；若任务部分不对请用 --part 指定。"
        ) from None
