"""`manage.py parse_clauses FILE.jsonl`: reads clauses, a JSON object a line, and prints who and by when each says."""

import json

from django.core.management.base import CommandError, CommandParser

from tracker.management.console import OfficeCommand, chinese_errors
from tracker.plan_document import clause_to_json, parse_clause, read_document


class Command(OfficeCommand):
    help = "逐行读取责任和时限语句（JSONL），逐行输出识别结果。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help='每行一个 JSON：{"text": 语句, "context_year": 年份或 null}')

    def handle(self, *args: object, **options: str) -> None:
        with chinese_errors():
            lines = read_document(options["file"]).text.splitlines()
        clauses = [_clause(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        for text, year in clauses:
            self.stdout.write(json.dumps(clause_to_json(parse_clause(text, year)), ensure_ascii=False))


def _clause(number: int, line: str) -> tuple[str, int | None]:
    """The text and the year of one line; raises CommandError naming the line."""
    try:
        row = json.loads(line)
        text, year = row["text"], row.get("context_year")
    except json.JSONDecodeError as error:
        raise CommandError(f"第{number}行不是有效的 JSON：{error}") from error
    except (KeyError, TypeError, AttributeError):
        raise CommandError(f"第{number}行应为含有 text 的 JSON 对象。") from None
    if not isinstance(text, str) or not (year is None or (isinstance(year, int) and 1 <= year <= 9999)):
        raise CommandError(f"第{number}行：text 应为文字，context_year 应为年份或 null。")
    return text, year
