"""What the commands share at the console: Chinese errors with exit code 1, and a progress bar for long work."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.db.utils import OperationalError, ProgrammingError
from tqdm import tqdm

from tracker.importing import ImportRefused
from tracker.importing.errors import Advice
from tracker.plan_document import DocumentError
from tracker.rules.deadlines import wrong_year
from tracker.rules.violations import RuleViolation

# What helps, as the commands offer it.
_ADVICE: dict[Advice | None, str] = {
    Advice.NAME_THE_PART: "可用 --part 指定。",
    Advice.ENTER_DEPARTMENTS: "请先导入单位：manage.py load_departments fixtures/departments.json。",
}


class OfficeParser(CommandParser):
    """Says in one line what is wrong with the arguments, with exit code 1 like every other refusal."""

    def error(self, message: str) -> NoReturn:
        if self.called_from_command_line:
            self.exit(1, f"参数有误：{message}（用 --help 查看用法）\n")
        raise CommandError(f"参数有误：{message}")


class OfficeCommand(BaseCommand):
    """A command that people of the office run: on the command line a refusal is one Chinese line and exit code 1."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = OfficeParser
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            printed = super().execute(*args, **options)
            sys.stdout.flush()  # here, so that a reader who left is met here too
            return printed
        except BrokenPipeError:
            _leave_quietly()
        except CommandError as refusal:
            if not getattr(self, "_called_from_command_line", False) or isinstance(refusal, SystemCheckError):
                raise
            self.stderr.write(str(refusal))
            sys.exit(refusal.returncode)


def _leave_quietly() -> NoReturn:
    """`| head -1` took what it wanted: end as tools do whose reader is gone, without a traceback."""
    # What is still buffered must not hit the closed pipe again when the interpreter flushes at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(128 + signal.SIGPIPE)


@contextmanager
def chinese_errors() -> Iterator[None]:
    """Turns what the product refuses into one CommandError (printed without a traceback, exit code 1)."""
    try:
        yield
    except DocumentError as error:
        raise CommandError(str(error)) from error
    except ImportRefused as error:
        raise CommandError("\n".join(error.reasons) + _ADVICE.get(error.advice, "")) from error
    except RuleViolation as violation:
        raise CommandError(violation.message) from violation
    except (OperationalError, ProgrammingError) as error:
        # Most often a database that nobody has set up yet; the first line says which table or connection.
        first = str(error).splitlines()[0]
        raise CommandError(
            f"数据库不可用（{first}）。如果是首次使用，请先运行 manage.py migrate。"
        ) from error


def plan_year(given: int | None) -> int | None:
    """The year of --year; raises CommandError for one in which no deadline of a plan may lie."""
    wrong = wrong_year(given) if given is not None else None
    if wrong is not None:
        raise CommandError(f"--year {wrong}")
    return given


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callable (done, total) that draws a bar on a terminal's stderr once the work lasts longer than a second."""
    with tqdm(desc=label, file=sys.stderr, delay=1, disable=None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show
