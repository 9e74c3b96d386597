"""`manage.py parse_plan FILE`: shows what the parser reads in a document; writes nothing."""

import json
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from tracker.importing.places import Places
from tracker.management.console import OfficeCommand, chinese_errors, plan_year, progress_bar
from tracker.plan_document import (
    ParsedPlan,
    SourceDocument,
    parse_plan,
    plan_to_json,
    plan_to_text,
    read_document,
)


def _placed(plan: ParsedPlan, source: SourceDocument) -> ParsedPlan:
    """The plan whose problems say by sheet and cell, or row, where they stand in a workbook: it has no lines of text."""
    if not source.sheets:
        return plan
    places = Places(source)
    told = (replace(problem, message="：".join(places.told(problem))) for problem in plan.problems)
    return replace(plan, problems=tuple(told))


class Command(OfficeCommand):
    help = "读取方案文件，显示解析结果（不写入数据库）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="方案文件")
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="text 供阅读，json 供程序使用"
        )
        parser.add_argument("--year", type=int, help="文中只写“6月底前”时采用的年份")
        parser.add_argument("--part", help="行动部分：编号（如 三、 或 3）或标题中的几个字；不给时按规则判断")

    def handle(self, *args: object, **options: Any) -> None:
        year = plan_year(options["year"])
        with chinese_errors():
            document = read_document(options["file"], max_bytes=settings.MAX_DOCUMENT_BYTES)
            with progress_bar("解析") as progress:
                plan = parse_plan(document, year=year, action_part=options["part"], progress=progress)
            plan = _placed(plan, document)
            if options["format"] == "json":
                self.stdout.write(json.dumps(plan_to_json(plan), ensure_ascii=False, indent=2))
            else:
                self.stdout.write(plan_to_text(plan))
