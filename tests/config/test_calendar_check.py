"""The check that says when open deadlines reach past the holidays that are known."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from tests.config.test_start import manage
from tests.makers import NOW, announce, make_measure
from tests.servers import product_environment
from tracker import actions
from tracker.checks import work_calendar_reaches_the_deadlines as check
from tracker.management.commands.run_embedded import Command
from tracker.models import load_calendar

FAR = date(2032, 6, 30)


@pytest.fixture
def next_year():
    return load_calendar().known_until.year + 1


@pytest.mark.django_db
def test_it_counts_open_deadlines_beyond_what_is_known(next_year, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: date(2026, 3, 10))
    make_measure(due_on=date(next_year - 1, 12, 31))
    assert check(None, databases=["default"]) == []
    late, given_up = make_measure(due_on=date(next_year, 1, 1)), make_measure(due_on=FAR)
    actions.cancel(measure_id=given_up.pk, actor=None, now=NOW, reason="重复")
    [warning] = check(None, databases=["default"])
    assert (warning.id, warning.level) == ("duban.W002", 30)
    assert warning.msg.startswith(f"{next_year}年放假安排尚未录入，1项未办结事项的时限在其后")
    assert check(None) == [], "Django asks the database only when it is told to"
    announce(late.due_on.year)
    assert check(None, databases=["default"]) == []


@pytest.mark.django_db
def test_a_year_that_has_begun_unknown_is_said_without_any_measure(next_year, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: date(next_year, 1, 4))
    [warning] = check(None, databases=["default"])
    assert warning.msg == f"{next_year}年放假安排尚未录入，工作日按周一至周五（扣除法定节假日及补假）暂估。"


@pytest.mark.django_db
def test_the_command_line_shows_it():
    make_measure(due_on=FAR)
    err = StringIO()
    call_command("check", databases=["default"], stdout=StringIO(), stderr=err)
    assert "duban.W002" in err.getvalue() and "import_calendar" in err.getvalue()


@pytest.mark.django_db
def test_run_embedded_says_it_at_its_start():
    make_measure(due_on=FAR)
    out = StringIO()
    Command(stdout=out)._prepare(no_demo=True)
    assert "放假安排尚未录入，1项未办结事项的时限在其后" in out.getvalue()


def test_a_database_without_tables_is_no_reason_to_stop(tmp_path):
    done = manage(product_environment(tmp_path / "var"), "check", "--database", "default")
    assert (done.returncode, "duban.W002" in done.stderr) == (0, False), done.stderr
