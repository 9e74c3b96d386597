"""A ledger's cell counts for what it says: another spelling of the same is no change, and a trial run refuses what writing does."""

from datetime import date
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from tests.importing.ledgers import LETTERS, edited, exported, refused, saved
from tests.makers import NOW, make_department, make_draft, make_measure, make_section, make_user
from tracker import actions
from tracker.importing import ImportRefused, desk
from tracker.importing.ledger import propose_ledger
from tracker.models import ImportDraft, Measure, MeasureEvent
from tracker.rules.targets import parse_indicators

pytestmark = pytest.mark.django_db
SPELLINGS = [
    ("牵头单位", "发改委"),
    ("牵头单位", " 市发展改革委 "),
    ("配合单位", "市教育局，财政局"),
    ("配合单位", "市教育局；市财政局；市教育局"),
    ("开始时间", "2024.1.1"),
    ("开始时间", "2024年1月1日"),
    ("完成时限", "2024年9月底"),
    ("完成时限", "2024.9.30"),
    ("完成时限", "2024年9月30日"),
    ("周期目标", "每季2期"),
    ("周期目标", "每个季度两期"),
    ("指标", "时间<=1小时；培训干部≥1,500.0人"),
    ("具体措施", " 抓链条\n"),
]


@pytest.fixture
def measure():
    """Assigned, in row 2, with something in every cell that may be edited."""
    return make_measure(
        lead=make_department("市发展改革委", aliases=("发改委",)),
        co=(make_department("市财政局", aliases=("财政局",)), make_department("市教育局")),
        starts_on=date(2024, 1, 1),
        due_on=date(2024, 9, 30),
        recurrence="quarterly",
        recurrence_target=2,
        recurrence_unit="期",
        indicators=parse_indicators("培训干部≥1500人；时间≤1小时"),
        draft={"title": "抓链条"},
    )


def test_another_spelling_of_the_same_value_is_no_change(measure):
    data = exported()
    others = edited(data, {("完成时限", 2): date(2024, 10, 31)})
    assert [set(change.words) for change in propose_ledger(others, actor=None).changes] == [{"完成时限"}]
    for header, words in SPELLINGS:
        assert propose_ledger(edited(data, {(header, 2): words}), actor=None).changes == (), words
    # Nor is it a change, or a clash, in a ledger that is older than another change of the measure.
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, remark="盯紧", note="批示")
    for header, words in SPELLINGS:
        assert propose_ledger(edited(data, {(header, 2): words}), actor=None).changes == (), words


def test_what_others_wrote_meanwhile_and_the_ledger_says_too_is_no_clash(measure):
    data = exported()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=date(2026, 12, 31), note="批示")
    agreed = edited(data, {("完成时限", 2): "2026年12月底"})
    assert propose_ledger(agreed, actor=None).changes == ()


@pytest.fixture
def broken_rules():
    """A ledger whose cells can each be read, while what they say together breaks a rule; by cell the reason."""
    section, lead, co = make_section(), make_department("甲局"), make_department("乙局")
    for _row in (2, 3, 4):
        make_measure(lead=lead, co=(co,), draft={"section": section})
    make_draft(section=section)
    draft = Measure.objects.get(status="draft")
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, lead=lead, co=[co])
    cancelled = make_measure(lead=lead, draft={"section": section})
    actions.cancel(measure_id=cancelled.pk, actor=None, now=NOW, reason="并入他项")
    rows = [row.pk for row in Measure.objects.order_by("plan", "position", "id")]
    at = {pk: index for index, pk in enumerate(rows, 2)}
    assigned = [at[row.pk] for row in Measure.objects.filter(status="in_progress").order_by("pk")]
    cells = {
        ("配合单位", assigned[0]): "乙局、甲局",
        ("开始时间", assigned[1]): date(2090, 1, 1),
        ("备注", assigned[2]): "这一行没有错",
        ("牵头单位", at[draft.pk]): "乙局",
        ("备注", at[cancelled.pk]): "已撤销",
    }
    wrong = {
        f"台账!{LETTERS['配合单位']}{assigned[0]}": "“甲局”已是牵头单位",
        f"台账!{LETTERS['开始时间']}{assigned[1]}": "早于开始日期",
        f"台账!{LETTERS['牵头单位']}{at[draft.pk]}": "“乙局”已是牵头单位",
        f"台账!A{at[cancelled.pk]}": "当前为“撤销”",
    }
    return edited(exported(), cells), wrong


def test_a_trial_run_refuses_what_writing_refuses_by_the_cell(broken_rules, tmp_path):
    data, wrong = broken_rules
    path = tmp_path / "台账.xlsx"
    path.write_bytes(data)
    before = (list(Measure.objects.order_by("pk").values()), MeasureEvent.objects.count())
    refusals = []
    for dry_run in (True, False):
        with pytest.raises(CommandError) as caught:
            call_command("import_ledger", str(path), dry_run=dry_run)
        refusals.append(str(caught.value))
    assert refusals[0] == refusals[1]
    for place, words in wrong.items():
        assert any(place + "（" in line and words in line for line in refusals[0].split("\n")), place
    assert (list(Measure.objects.order_by("pk").values()), MeasureEvent.objects.count()) == before


def test_the_desk_does_not_take_a_ledger_that_it_could_not_write(broken_rules):
    data, wrong = broken_rules
    with pytest.raises(ImportRefused) as caught:
        desk.open_ledger(actor=make_user("office"), now=NOW, document=desk.Upload("台账.xlsx", data))
    assert sorted(reason.split("（")[0] for reason in caught.value.reasons) == sorted(wrong)
    assert not ImportDraft.objects.exists()
    assert not Measure.objects.filter(remark="这一行没有错").exists()


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (46280, "2026-09-15"),
        (46280.0, "2026-09-15"),
        ("46280", "2026-09-15"),
        (20270915, "2027-09-15"),
        ("20270915", "2027-09-15"),
    ],
)
def test_a_day_in_a_cell_of_no_date_s_format_is_that_day(cell, day):
    measure = make_measure()
    workbook = load_workbook(BytesIO(exported()))
    typed = workbook.active[f"{LETTERS['完成时限']}2"]
    typed.value, typed.number_format = cell, "General"
    (change,) = propose_ledger(saved(workbook), actor=None).changes
    assert (change.measure, str(change.values["due_on"])) == (measure, day)


@pytest.mark.parametrize("cell", [20271315, 30, 99999999, 46280.5, "9月底前", True])
def test_a_number_that_is_no_day_is_refused(cell):
    make_measure()
    workbook = load_workbook(BytesIO(exported()))
    typed = workbook.active[f"{LETTERS['完成时限']}2"]
    typed.value, typed.number_format = cell, "General"
    (reason,) = refused(saved(workbook))
    assert "不是日期" in reason


@pytest.mark.filterwarnings("ignore:Cell K2 is marked as a date")
def test_eight_digits_in_a_cell_of_a_date_s_format_say_how_to_write_them():
    make_measure()
    (reason,) = refused(edited(exported(), {("完成时限", 2): 20270915}))
    assert "写成 2027-09-15 的形式" in reason
