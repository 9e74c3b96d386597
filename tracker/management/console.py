"""What the commands share at the console: Chinese errors with exit code 1, and a progress bar for long work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db.utils import OperationalError, ProgrammingError
from tqdm import tqdm

from tracker.importing import ImportRefused
from tracker.plan_document import DocumentError
from tracker.rules.violations import RuleViolation


@contextmanager
def chinese_errors() -> Iterator[None]:
    """Turns what the product refuses into one CommandError (printed without a traceback, exit code 1)."""
    try:
        yield
    except DocumentError as error:
        raise CommandError(str(error)) from error
    except ImportRefused as error:
        raise CommandError("\n".join(error.reasons)) from error
    except RuleViolation as violation:
        raise CommandError(violation.message) from violation
    except (OperationalError, ProgrammingError) as error:
        # Most often a database that nobody has set up yet; the first line says which table or connection.
        first = str(error).splitlines()[0]
        raise CommandError(
            f"数据库不可用（{first}）。如果是首次使用，请先运行 manage.py migrate。"
        ) from error


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callable (done, total) that draws a bar on a terminal's stderr once the work lasts longer than a second."""
    with tqdm(desc=label, file=sys.stderr, delay=1, disable=None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show
