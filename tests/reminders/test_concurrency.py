"""Several planners and senders at once on PostgreSQL: one row a notice, each notice sent by one of them."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from tests.makers import NOW, TODAY
from tests.reminders.scene import Clock, State, overdue, plan, send, soon, unit
from tests.servers import PrivatePostgres
from tracker import reminders
from tracker.models import Reminder
from tracker.reminders import claiming
from tracker.reminders.sheet_numbers import sheet_numbers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgres")]
RECIPIENTS = 12


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """Runs `work` in so many threads that start together; returns what they return, raises what they raise."""
    barrier = threading.Barrier(count)
    results: list[object] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            results.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def office() -> None:
    for number in range(RECIPIENTS):
        lead = unit("", f"u{number}@x.example")
        overdue(lead)
        soon(lead)


def test_no_two_sheets_have_one_number(postgres: PrivatePostgres):
    office()
    plan()
    rows = list(Reminder.objects.order_by("pk"))
    shares = iter([rows[start:] + rows[:start] for start in (0, 3, 7, 11)])
    said = at_once(4, lambda: sheet_numbers(next(shares)))
    assert all(numbers == said[0] for numbers in said), "one sheet, one number, whoever asks"
    assert sorted(number for _year, number in said[0].values()) == list(range(1, len(rows) + 1))


def test_four_planners(postgres: PrivatePostgres):
    office()
    at_once(4, plan)
    assert Reminder.objects.count() == RECIPIENTS * 2
    assert Counter(Reminder.objects.values_list("recipient", flat=True)) == {
        f"u{number}@x.example": 2 for number in range(RECIPIENTS)
    }


def test_four_senders(mailoutbox):
    office()
    plan()
    reports = at_once(4, send)
    assert Counter(mail.to[0] for mail in mailoutbox) == {f"u{n}@x.example": 1 for n in range(RECIPIENTS)}
    assert {mail.subject for mail in mailoutbox} == {"【督查督办】1项逾期、1项即将到期"}
    assert sum(report.count(State.SENT) for report in reports) == RECIPIENTS
    assert set(Reminder.objects.values_list("state", flat=True)) == {State.SENT}


def test_four_whole_runs(mailoutbox):
    """Two beats and several workers: sweep, plan and send, all at the same moment."""
    office()

    def run() -> None:
        clock = Clock()
        reminders.sweep(now=clock.now)
        reminders.plan(now=clock.now, today=TODAY)
        reminders.send_waiting(today=TODAY, clock=clock)

    at_once(4, run)
    assert Counter(mail.to[0] for mail in mailoutbox) == {f"u{n}@x.example": 1 for n in range(RECIPIENTS)}
    assert {mail.subject for mail in mailoutbox} == {"【督查督办】1项逾期、1项即将到期"}
    assert Reminder.objects.count() == RECIPIENTS * 2


def test_one_claim_among_eight():
    lead = unit("", "a@x.example")
    for _ in range(20):
        overdue(lead)
    plan()
    [batch] = reminders.waiting_batches(now=NOW)
    claims = [claim for claim in at_once(8, lambda: claiming.claim([batch], now=NOW)) if claim is not None]
    assert len(claims) == 1
    assert Reminder.objects.filter(claim=claims[0].token).count() == 20
