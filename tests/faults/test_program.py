"""`make faults` ends with an error when a trial found something, or did not come to its end."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from tests.faults import __main__ as program
from tests.faults.counting import Notice, count
from tests.faults.trial import Trial


def stood(plant):
    trial = Trial(4, "PostgreSQL restarted", 1)
    trial.found = count({Notice("a@x.example", "M00001", "已逾期")}, [])
    yield trial


def found(plant):
    [trial] = stood(plant)
    trial.wrong.append("1 lost")
    yield trial


def ended(plant):
    yield from stood(plant)
    raise TimeoutError("all notices: nothing after 120 s\nand a log")


@pytest.mark.parametrize(
    ("trials", "code", "said"), [(stood, 0, "stood"), (found, 1, "1 lost"), (ended, 1, "120 s |")]
)
def test_the_document_and_the_exit_code_say_what_was_found(trials, code, said, monkeypatch, tmp_path):
    plant = SimpleNamespace(versions=lambda: "Last run on nothing.")
    monkeypatch.setattr(program, "Plant", lambda: nullcontext(plant))
    monkeypatch.setattr(program, "GROUPS", {4: ("PostgreSQL restarted", trials)})
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setattr(program, "DOCUMENT", tmp_path / "reliability.md")
    monkeypatch.setattr(program.signal, "signal", lambda *given: None)
    monkeypatch.setattr(program, "forget_variables", lambda: None)
    monkeypatch.setattr(program.sys, "argv", ["faults"])
    assert program.main() == code
    page = (tmp_path / "reliability.md").read_text()
    assert said in page and "## 4. PostgreSQL restarted" in page
    assert ("**failed**" in page) == bool(code)
    assert "and a log" not in page
