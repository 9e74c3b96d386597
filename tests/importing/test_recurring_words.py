"""每期时限 as the plan prints it: stored with its period, compared with the next version, never put over what people decided."""

import pytest

from tests.actions.support import assert_trail
from tests.importing.support import propose, run_import
from tests.makers import NOW
from tracker import actions
from tracker.models import Measure

pytestmark = pytest.mark.django_db

PLAN = """重点工作任务分解
一、治理
（一）抓河道。巡查河道，每月5日前通报治理情况。（牵头单位：市水利局）
（二）抓扬尘。每季度首月20日前通报扬尘情况。（牵头单位：市生态环境局）
（三）抓安全。每年6月底前、12月底前各检查一次。（牵头单位：市应急管理局）
（四）抓调度。对重点项目每月调度一次。（牵头单位：市发展改革委）
（五）抓收尾。做好收尾。（牵头单位：市财政局）
"""


def stored(plan):
    rows = plan.measures.order_by("position")
    return list(rows.values_list("recurrence", "recurrence_by"))


def measure(title):
    return Measure.objects.get(title=title)


def decided(text):
    """Title → what an import would change beside text and place."""
    return {item.title: dict(item.changes) for item in propose(text).measures if item.changes}


def test_the_words_are_stored_as_the_plan_states_them(departments):
    assert not [words for words in propose(PLAN).warnings if "原文写明" in words]
    plan = run_import(PLAN).plan
    assert stored(plan) == [
        ("monthly", "每月5日前"),
        ("quarterly", "每季度首月20日前"),
        ("yearly", "每年6月底前、12月底前"),
        ("monthly", ""),
        ("none", ""),
    ]
    assert not run_import(PLAN).changed
    for row in plan.measures.all():
        assert_trail(row)


def test_another_day_in_the_next_version_is_a_difference_of_its_own(departments):
    run_import(PLAN)
    later = PLAN.replace("每月5日前", "每月8日前").replace("每季度首月20日前通报", "每季度通报")
    assert decided(later) == {
        "抓河道": {"recurrence_by": ("每月5日前", "每月8日前")},
        "抓扬尘": {"recurrence_by": ("每季度首月20日前", "（空）")},
    }
    plan = run_import(later).plan
    assert stored(plan)[:2] == [("monthly", "每月8日前"), ("quarterly", "")]
    run_import(later.replace("每月8日前", "每周五"))
    assert stored(plan)[0] == ("weekly", "每周五")


def test_words_decided_since_stay_until_the_text_itself_changes_them(departments):
    plan = run_import(PLAN).plan
    actions.edit(measure_id=measure("抓河道").pk, actor=None, now=NOW, recurrence_by="每月3日前")
    assert not run_import(PLAN).changed
    reworded = PLAN.replace("巡查河道", "认真巡查河道")
    (item,) = [item for item in propose(reworded).measures if item.title == "抓河道"]
    assert [(kept.field, kept.stored, kept.printed) for kept in item.kept] == [
        ("recurrence_by", "每月3日前", "每月5日前")
    ]
    run_import(reworded)
    assert stored(plan)[0] == ("monthly", "每月3日前")
    run_import(PLAN.replace("每月5日前", "每月10日前"))
    assert stored(plan)[0] == ("monthly", "每月10日前")


@pytest.mark.parametrize("period", ["none", "weekly"])
def test_words_of_another_period_than_people_chose_stay_out(departments, period):
    plan = run_import(PLAN).plan
    actions.edit(measure_id=measure("抓河道").pk, actor=None, now=NOW, recurrence=period)
    assert stored(plan)[0] == (period, "")
    assert not run_import(PLAN).changed
    run_import(PLAN.replace("每月5日前", "每月8日前"))
    assert stored(plan)[0] == (period, "")
    assert not run_import(PLAN.replace("每月5日前", "每月8日前")).changed


def test_a_plan_of_an_older_release_gets_the_words_once_and_nothing_else(departments):
    """What an older release remembered of the text has no such field; people had meanwhile chosen another period of one."""
    plan = run_import(PLAN).plan
    for row in plan.measures.all():
        said = {
            name: value for name, value in row.imported_assignment["text"].items() if name != "recurrence_by"
        }
        Measure.objects.filter(pk=row.pk).update(recurrence_by="", imported_assignment={"text": said})
    actions.edit(measure_id=measure("抓安全").pk, actor=None, now=NOW, recurrence="weekly")
    assert decided(PLAN) == {
        "抓河道": {"recurrence_by": ("（空）", "每月5日前")},
        "抓扬尘": {"recurrence_by": ("（空）", "每季度首月20日前")},
    }
    run_import(PLAN)
    assert stored(plan)[:3] == [
        ("monthly", "每月5日前"),
        ("quarterly", "每季度首月20日前"),
        ("weekly", ""),
    ]
    assert not run_import(PLAN).changed


def test_words_longer_than_the_field_are_left_to_a_person(departments):
    words = "每年" + "、".join(f"{month}月{day}日前" for month in (1, 3, 5, 7, 9, 11) for day in (10, 20, 28))
    assert len(words) > 100
    long = PLAN.replace("每年6月底前、12月底前", words)
    assert any(f"原文写明“{words}”，超过每期时限的100个字符" in told for told in propose(long).warnings)
    assert stored(run_import(long).plan)[2] == ("yearly", "")


ROW = {"A2": "1.1", "B2": None, "C2": "市水利局", "D2": None, "G2": "2026-12-31", "J2": None}


def test_a_sheet_that_names_the_same_period_leaves_the_words_to_the_text(departments, edited_sheet):
    sheet = edited_sheet({**ROW, "I2": "每月"}, delete_rows=range(3, 40))
    plan = run_import(PLAN, sheet=sheet).plan
    assert stored(plan)[0] == ("monthly", "每月5日前")
    assert not run_import(PLAN, sheet=sheet).changed


def test_a_sheet_that_names_another_period_says_nothing_of_the_day(departments, edited_sheet):
    sheet = edited_sheet({**ROW, "I2": "每季度2次"}, delete_rows=range(3, 40))
    assert stored(run_import(PLAN, sheet=sheet).plan)[0] == ("quarterly", "")


def test_a_sheet_with_columns_of_its_own_decides_both_days(departments, edited_sheet):
    columns = {"L1": "报送日", "M1": "每期时限"}
    sheet = edited_sheet(
        {**ROW, **columns, "H2": "每月", "I2": "每月", "L2": "8日", "M2": "每月3日前"},
        delete_rows=range(3, 40),
    )
    run_import(PLAN, sheet=sheet)
    row = measure("抓河道")
    assert (row.cadence, row.cadence_day, row.recurrence_by) == ("monthly", 8, "每月3日前")
    assert not run_import(PLAN, sheet=sheet).changed
    blank = edited_sheet({**ROW, **columns, "H2": "每月", "I2": "每月"}, delete_rows=range(3, 40))
    run_import(PLAN, sheet=blank)
    row.refresh_from_db()
    assert (row.cadence, row.cadence_day, row.recurrence_by) == ("monthly", None, "")


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"H2": "每周", "L2": "8"}, "L2"),
        ({"H2": "无", "L2": "8"}, "L2"),
        ({"H2": "每月", "L2": "月底"}, "L2"),
        ({"I2": None, "M2": "每月3日前"}, "M2"),
        ({"I2": "每月", "M2": "长" * 101}, "M2"),
    ],
)
def test_a_wrong_cell_of_the_sheet_is_named(departments, edited_sheet, cells, place):
    from tracker.importing import ImportRefused

    sheet = edited_sheet(
        {**ROW, "L1": "报送日", "M1": "每期时限", **cells}, delete_rows=range(3, 40)
    )  # fmt: skip
    with pytest.raises(ImportRefused) as refused:
        run_import(PLAN, sheet=sheet)
    (reason,) = refused.value.reasons
    assert place in reason
    assert not Measure.objects.exists()
