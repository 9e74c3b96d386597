"""催办单 are numbered from 1 within a year, one number a sheet, given once."""

from datetime import date, timedelta

import pytest

from tests.makers import NOW, TODAY, make_user
from tests.reminders.mails import numbers_of
from tests.reminders.scene import Clock, overdue, plan, run_days, send, soon, unit
from tracker import reminders
from tracker.models import Reminder, ReminderRule, SheetNumber
from tracker.reminders import queue
from tracker.reminders.sheet_numbers import sheet_numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    make_user("office", email="office@city.example")
    ReminderRule.objects.filter(code="overdue").update(
        level="orange", climb_after=0, audience=["liaison"], audience_orange=[], audience_red=[]
    )
    return unit("市教育局", "a@x.example")


def test_they_run_from_one_whatever_else_is_in_the_ledger(lead, mailoutbox):
    for _number in range(5):
        soon(lead)
    plan()
    for _number in range(3):
        overdue(lead)
    run_days(TODAY)
    assert [numbers_of(mail) for mail in mailoutbox] == [[f"编号：催〔2026〕{n}号" for n in (1, 2, 3)]]


def test_each_year_begins_anew(lead, mailoutbox):
    overdue(lead, due_on=date(2026, 12, 29))
    run_days(date(2026, 12, 31), date(2027, 1, 12))
    assert [numbers_of(mail) for mail in mailoutbox] == [["编号：催〔2026〕1号"], ["编号：催〔2027〕1号"]]


def test_sent_again_is_the_same_sheet(lead, mailoutbox):
    overdue(lead)
    run_days(TODAY)
    Reminder.objects.update(state="failed", failed_at=NOW)
    overdue(unit("", "b@x.example"))
    reminders.plan(now=NOW, today=TODAY)
    send()
    queue.retry(list(Reminder.objects.filter(recipient="a@x.example").values_list("pk", flat=True)), now=NOW)
    send(clock=Clock(NOW + timedelta(minutes=5)))
    numbers = {}
    for mail in mailoutbox:
        numbers.setdefault(mail.to[0], []).append(numbers_of(mail))
    assert numbers == {
        "a@x.example": [["编号：催〔2026〕1号"], ["编号：催〔2026〕1号"]],
        "b@x.example": [["编号：催〔2026〕2号"]],
    }


def test_a_look_gives_no_number(lead):
    overdue(lead)
    plan()
    queue.sample("me@city.example", today=TODAY)
    reminders.preview(now=NOW, today=TODAY)
    assert not SheetNumber.objects.exists()


def test_a_number_is_given_once_though_its_measure_is_gone(lead):
    overdue(lead)
    plan()
    [row] = Reminder.objects.filter(recipient="a@x.example")
    assert sheet_numbers([row]) == {row.pk: (2026, 1)}
    SheetNumber.objects.update(measure=None)
    assert sheet_numbers([row]) == {row.pk: (2026, 2)}


def test_whoever_was_first_has_the_number(lead, monkeypatch):
    """Another sender takes the number between our look and our writing: we take the next one, and of one sheet theirs."""
    from tracker.reminders import sheet_numbers as module

    for _number in range(2):
        overdue(lead)
    plan()
    ours, theirs = Reminder.objects.filter(recipient="a@x.example").order_by("pk")
    taken = []
    last = module.Max

    def and_another_before_it(name):
        if not taken:
            taken.append(1)
            sheet_numbers([theirs])
        return last(name)

    monkeypatch.setattr(module, "Max", and_another_before_it)
    assert sheet_numbers([ours, theirs]) == {theirs.pk: (2026, 1), ours.pk: (2026, 2)}
    assert SheetNumber.objects.count() == 2


def test_the_page_of_a_reminder_shows_the_number(lead, client):
    overdue(lead)
    run_days(TODAY)
    [row] = Reminder.objects.filter(recipient="a@x.example")
    office = make_user("office")
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    assert "催〔2026〕1号" in client.get(f"/admin/tracker/reminder/{row.pk}/change/").content.decode()
