"""报送日 and 每期时限 in the ledger: there and back, an edited cell is exactly its field, and what does not fit is named by its cell."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.actions.support import assert_trail
from tests.importing.ledgers import LETTERS, edited, exported, refused, saved
from tests.makers import NOW, make_measure
from tracker import actions
from tracker.actions import step
from tracker.importing import ImportRefused
from tracker.importing.ledger import apply_ledger, propose_ledger

pytestmark = pytest.mark.django_db
NEW = {"cadence_day", "recurrence_by"}


@pytest.fixture
def measure():
    return make_measure(
        due_on=None, cadence="monthly", cadence_day=5, recurrence="monthly", recurrence_by="每月5日前"
    )


def write(data):
    changes = propose_ledger(data, actor=None).changes
    apply_ledger(changes, actor=None, now=NOW, name="台账.xlsx")
    return changes


def test_unchanged_it_changes_nothing(measure):
    make_measure()
    data = exported()
    assert propose_ledger(data, actor=None).changes == ()
    assert propose_ledger(edited(data, {("报送日", 2): "5日"}), actor=None).changes == ()


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"报送日": 20}, {"cadence_day": 20}),
        ({"报送日": "20日"}, {"cadence_day": 20}),
        ({"报送日": None}, {"cadence_day": None}),
        ({"每期时限": "每月8日前"}, {"recurrence_by": "每月8日前"}),
        ({"每期时限": None}, {"recurrence_by": ""}),
        ({"报送周期": "每周", "报送日": "周三"}, {"cadence": "weekly", "cadence_day": 3}),
    ],
)
def test_an_edited_cell_is_exactly_its_field(measure, cells, values):
    (change,) = write(edited(exported(), {(header, 2): cell for header, cell in cells.items()}))
    assert dict(change.values) == values and set(change.words) == set(cells)
    before = measure.version
    measure.refresh_from_db()
    assert measure.version == before + 1
    assert {name: getattr(measure, name) for name in values} == values
    assert propose_ledger(exported(), actor=None).changes == ()
    assert_trail(measure)


def test_a_period_that_is_cleared_takes_its_words_with_it(measure):
    write(edited(exported(), {("周期目标", 2): None}))
    measure.refresh_from_db()
    assert (measure.recurrence, measure.recurrence_by) == ("none", "")


@pytest.mark.parametrize(
    ("header", "cell", "words"),
    [
        ("报送日", 32, "不是报送日"),
        ("报送日", "月底", "不是报送日"),
        ("每期时限", "长" * 101, "不能超过100个字符"),
    ],
)
def test_a_wrong_cell_is_named(measure, header, cell, words):
    (reason,) = refused(edited(exported(), {(header, 2): cell}))
    assert reason.startswith(f"台账!{LETTERS[header]}2（{header}）") and words in reason


@pytest.mark.parametrize(
    ("cells", "header", "words"),
    [
        ({"报送周期": "每周", "报送日": 25}, "报送日", "星期几"),
        ({"周期目标": None, "每期时限": "每月8日前"}, "每期时限", "请同时选择"),
    ],
)
def test_what_does_not_fit_together_is_named_by_its_cell(measure, cells, header, words):
    data = edited(exported(), {(name, 2): cell for name, cell in cells.items()})
    with pytest.raises(ImportRefused) as caught:
        write(data)
    (reason,) = caught.value.reasons
    assert reason.startswith(f"台账!{LETTERS[header]}2（") and words in reason


def test_a_ledger_of_an_older_release_changes_nothing_there(measure):
    """It has neither column; one that the office added itself is then no renamed one."""
    book = load_workbook(BytesIO(exported()))
    for header in ("每期时限", "报送日"):  # from the right
        book.active.delete_cols(ord(LETTERS[header]) - ord("A") + 1)
    book.active.cell(1, len(LETTERS) - 1, "我的批注")
    found = propose_ledger(saved(book), actor=None)
    assert found.changes == ()
    assert any("缺少“报送日”、“每期时限”列" in words for words in found.notices)
    book.active.cell(1, 6, "改了名")  # 具体要求: that one may have been renamed
    assert "可能是改了列名" in refused(saved(book))[0]


def test_what_was_written_since_stays_where_the_events_before_knew_no_such_field(monkeypatch):
    """A measure of an older release: its first events say nothing of the new fields, its ledger of then had empty cells."""
    with monkeypatch.context() as older:
        older.setattr(step, "TRACKED", tuple(name for name in step.TRACKED if name not in NEW))
        measure = make_measure(recurrence="monthly")
    assert not any(NEW & event.changes.keys() for event in measure.events.all())
    data = exported()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, recurrence_by="每月5日前", remark="盯紧")
    assert propose_ledger(data, actor=None).changes == ()
    words = refused(edited(data, {("每期时限", 2): "每月9日前"}))[0]
    assert "改为“每月5日前”，请重新导出后再修改" in words
