"""Numbers of 催办单: from 1 within a year, one for one sheet whoever gets it, never given twice."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Max

from tracker.models import Reminder, SheetNumber

_NOTICE = ("measure_id", "rule_id", "anchor", "due_on", "step_on")
Notice = tuple[int, int | None, int, date, date]


def sheet_numbers(rows: Sequence[Reminder]) -> dict[int, tuple[int, int]]:
    """By the row's id, year and number of its sheet; what has none yet is given the next ones, in the order of the rows.

    Whoever gets the sheet reads the same one, today, when it is sent again, and when it is passed on to the next in line. The year
    is that in which the notice was first due to be said. Two senders at once may want the same number or number the same sheet:
    the constraints let one of them have it, and the other asks again.
    """
    if not rows:
        return {}
    wanted = list(dict.fromkeys(_notice(row) for row in rows))
    known = _known(wanted)
    while missing := [notice for notice in wanted if notice not in known]:
        _give(missing)
        known = _known(wanted)
    return {row.pk: known[_notice(row)] for row in rows}


def sheet_number(row: Reminder) -> SheetNumber | None:
    """That of one row, None when no sheet went with it."""
    if row.channel != Reminder.Channel.EMAIL:
        return None
    return SheetNumber.objects.filter(**{name: getattr(row, name) for name in _NOTICE}).first()


def _notice(row: Reminder) -> Notice:
    return row.measure_id, row.rule_id, row.anchor, row.due_on, row.step_on


def _known(wanted: Sequence[Notice]) -> dict[Notice, tuple[int, int]]:
    found = SheetNumber.objects.filter(
        measure__in={notice[0] for notice in wanted}, step_on__in={notice[4] for notice in wanted}
    )
    return {
        tuple(notice): (year, number)
        for year, number, *notice in found.values_list("year", "number", *_NOTICE)
    }


def _give(notices: Sequence[Notice]) -> None:
    by_year: dict[int, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_year[notice[4].year].append(notice)
    for year, its in by_year.items():
        last = SheetNumber.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
        SheetNumber.objects.bulk_create(
            (
                SheetNumber(year=year, number=number, **dict(zip(_NOTICE, notice, strict=True)))
                for number, notice in enumerate(its, last + 1)
            ),
            ignore_conflicts=True,
        )
