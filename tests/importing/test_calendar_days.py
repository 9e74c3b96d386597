"""The table of days off and make-up days: read in every encoding, every wrong row named, shown before it is written."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.makers import days_off
from tracker.importing import ImportRefused
from tracker.importing.calendar_days import MOST_REASONS, import_days, propose_days, read_days
from tracker.models import CalendarDay, load_calendar
from tracker.rules.violations import Outdated

NOTICE = """日期,类型,说明
2032-01-01,休,元旦
2032-02-08,班,春节调休上班
2032-02-11,休,春节
"""
YEAR = 2032  # beyond every notice that a library can know
WHOLE = "日期,类型\n" + "".join(f"{day},休\n" for day in days_off(YEAR))


def stored():
    return list(CalendarDay.objects.values_list("day", "is_workday", "name"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_of_wps_excel_and_notepad(encoding, line_end):
    rows = read_days(NOTICE.replace("\n", line_end).encode(encoding), "2032.csv")
    assert [(row.line, row.day, row.is_workday, row.name) for row in rows] == [
        (2, date(2032, 1, 1), False, "元旦"),
        (3, date(2032, 2, 8), True, "春节调休上班"),
        (4, date(2032, 2, 11), False, "春节"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "2032-02-11",
        "2032/2/11",
        "2032.2.11",
        "2032年2月11日",
        "2032年2月11",
        "20320211",
        "２０３２－２－１１",
        " 2032-02-11 ",
    ],
)
def test_forms_of_a_date(written):
    [row] = read_days(f"日期,类型\n{written},休\n".encode(), "a.csv")
    assert row.day == date(2032, 2, 11)


@pytest.mark.parametrize(
    ("kind", "works"),
    [("休", False), ("放假", False), ("节假日", False), ("班", True), ("补班", True), ("工 作 日", True)],
)
def test_words_for_the_two_kinds(kind, works):
    [row] = read_days(f"日期,类型\n2032-02-11,{kind}\n".encode(), "a.csv")
    assert row.is_workday is works


def test_columns_in_any_order_tabs_and_blank_lines():
    text = "说明\t 类型\t日期\t备忘\n\n元旦\t休\t2032-01-01\tx\n\t\t\n"
    [row] = read_days(text.encode("utf-16"), "a.txt")
    assert (row.line, row.day, row.name) == (3, date(2032, 1, 1), "元旦")


def test_every_wrong_row_is_named_by_its_line():
    text = """日期,类型,说明
2032-02-30,休,
2032-13-01,休,
1999-01-01,休,
明年元旦,休,
2032-01-02,调休,
2032-01-03,,
,休,
2032-01-04,休,"两
行"
2032-01-05,休,元旦\u202e
2032-01-06,休,{long}
2032-01-07,休,
2032-01-07,班,
""".replace("{long}", "长" * 41)
    with pytest.raises(ImportRefused) as refused:
        read_days(text.encode(), "a.csv")
    assert refused.value.reasons == [
        "第2行：日期“2032-02-30”不存在。",
        "第3行：日期“2032-13-01”不存在。",
        "第4行：日期“1999-01-01”应在2000年至2100年之间。",
        "第5行：日期“明年元旦”应为 2027-10-01 的形式。",
        "第6行：类型“调休”应为 休 或 班。",
        "第7行：类型“”应为 休 或 班。",
        "第8行：日期“”应为 2027-10-01 的形式。",
        "第9行：说明含有换行或控制字符。",
        "第11行：说明含有换行或控制字符。",
        "第12行：说明有41字，最多40字。",
        "第14行：2032-01-07在第13行已经写过。",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "表头"),
        ("日期,类型\n".encode(), "只有表头"),
        ("时间,种类\n2032-01-01,休\n".encode(), "第一行应为表头"),
        ("日期,类型,日期\n".encode(), "出现了两次"),
        ('日期,类型\n2032-01-01,"休\n'.encode(), "第2行：引号不成对"),
        ('日期,类型\n"2032-01-01"x,休\n'.encode(), "第2行：引号不成对"),
        (b"PK\x03\x04\x00\x00", "不是文本文件"),
        ("日期,类型\n2032-01-01,休\n".encode()[:-2], "编码"),
        (b"\xff\xfe\x00", "编码已损坏"),
    ],
)
def test_what_is_no_such_table_is_refused(data, words):
    with pytest.raises(ImportRefused, match=words):
        read_days(data, "a.csv")


def test_a_file_of_another_kind_names_so_many_rows_and_no_more():
    text = "日期,类型\n" + "x,y\n" * 500
    with pytest.raises(ImportRefused) as refused:
        read_days(text.encode(), "a.csv")
    assert len(refused.value.reasons) == MOST_REASONS + 1
    assert refused.value.reasons[-1] == "另有450行有误。"


@pytest.mark.django_db
def test_it_is_shown_then_written_and_changes_nothing_the_second_time():
    CalendarDay.objects.create(day=date(2032, 1, 1), is_workday=True, name="误录")
    CalendarDay.objects.create(day=date(2032, 10, 1), is_workday=False, name="国庆")
    before = stored()
    found = propose_days(NOTICE.encode(), "a.csv")
    assert [(str(row.day), row.before, row.after) for row in found.changes] == [
        ("2032-01-01", "上班（误录）", "休息（元旦）"),
        ("2032-02-08", None, "上班（春节调休上班）"),
        ("2032-02-11", None, "休息（春节）"),
    ]
    assert stored() == before
    assert import_days(NOTICE.encode(), "a.csv", agreed=found.digest()).changes == found.changes
    written = stored()
    assert len(written) == 4 and (date(2032, 10, 1), False, "国庆") in written, "what it does not name stays"
    again = import_days(NOTICE.encode("gb18030"), "a.csv")
    assert (again.changes, again.unchanged) == ((), 3)
    assert stored() == written


@pytest.mark.django_db
def test_a_year_becomes_known_by_its_days_off_alone():
    assert load_calendar().is_provisional(date(YEAR, 6, 1))
    only_worked = propose_days(f"日期,类型\n{YEAR}-02-08,班\n".encode(), "a.csv")
    [(year, missing)] = only_worked.provisional
    assert (only_worked.announced, year, len(missing)) == ((), YEAR, 7)
    partly = import_days(NOTICE.encode(), "a.csv")
    assert partly.announced == ()
    assert partly.provisional == ((YEAR, ("清明节", "劳动节", "端午节", "中秋节", "国庆节")),)
    assert load_calendar().is_provisional(date(YEAR, 6, 1))
    assert import_days(WHOLE.encode(), "a.csv").announced == (YEAR,)
    assert not load_calendar().is_provisional(date(YEAR, 6, 1))


@pytest.mark.django_db
def test_another_difference_than_the_agreed_one_is_not_written():
    agreed = propose_days(NOTICE.encode(), "a.csv").digest()
    CalendarDay.objects.create(day=date(2032, 1, 1), is_workday=True, name="值班")
    with pytest.raises(Outdated):
        import_days(NOTICE.encode(), "a.csv", agreed=agreed)
    assert len(stored()) == 1


@pytest.mark.django_db
def test_the_command(tmp_path):
    path = tmp_path / "2032.csv"
    path.write_bytes(NOTICE.encode("gb18030"))

    def run(*options):
        out = StringIO()
        call_command("import_calendar", path, *options, stdout=out, stderr=out)
        return out.getvalue()

    said = run("--dry-run")
    assert "2032-02-08  （未录入） → 上班（春节调休上班）" in said and "试运行，未写入：3天有改动。" in said
    assert stored() == []
    said = run()
    assert (
        "2032年还没有清明节、劳动节、端午节、中秋节、国庆节的放假日期，该年工作日仍为暂估。" in said
        and len(stored()) == 3
    )
    path.write_text(WHOLE, encoding="utf-8")
    assert "2032年放假安排由此确定，不再暂估。" in run() and len(stored()) == 8
    assert run().endswith("没有变化，未写入任何数据。\n")
    path.write_text("日期,类型\n2032-05-01,休\n2032-05-02,歇\n", encoding="utf-8")
    with pytest.raises(CommandError, match="第3行"):
        run()
    assert len(stored()) == 8, "nothing half-written"
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_calendar", tmp_path / "none.csv")
