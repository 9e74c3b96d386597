"""Deadlines of an assignment sheet: every accepted form, what is refused and how, where each one falls."""

import unicodedata
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.rules.deadlines import (
    DeadlineError,
    DeadlineExpression,
    Kind,
    parse_deadline,
    parse_start,
    resolve,
)
from tracker.rules.workdays import WorkCalendar

CALENDAR = WorkCalendar()
END_OF_2026 = DeadlineExpression(Kind.DATE, on=date(2026, 12, 31))

FORMS = [
    ("2026-12-31", END_OF_2026),
    ("2026/12/31", END_OF_2026),
    ("2026.12.31", END_OF_2026),
    ("2026年12月31日", END_OF_2026),
    ("2026年12月31日前", END_OF_2026),
    ("2026 年 12 月 31 号", END_OF_2026),
    ("２０２６－１２－３１", END_OF_2026),
    ("二〇二六年十二月三十一日", END_OF_2026),
    ("2026-12-31 00:00:00", END_OF_2026),
    ("2026年12月底", END_OF_2026),
    ("2026年底", END_OF_2026),
    ("2026年年底前", END_OF_2026),
    (date(2026, 12, 31), END_OF_2026),
    (datetime(2026, 12, 31, 8, 30), END_OF_2026),
    ("2027年2月底前", DeadlineExpression(Kind.DATE, on=date(2027, 2, 28))),
    ("2026-3-5", DeadlineExpression(Kind.DATE, on=date(2026, 3, 5))),
    ("+30天", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    ("+30日", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    ("+30", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    ("＋３０天", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    (" + 30 天 ", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    ("30天内", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    ("30个自然日", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    ("+三十天", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    ("30", DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    (30, DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    (30.0, DeadlineExpression(Kind.CALENDAR_DAYS, 30)),
    (0, DeadlineExpression(Kind.CALENDAR_DAYS)),
    ("+2026", DeadlineExpression(Kind.CALENDAR_DAYS, 2026)),
    ("+5个工作日", DeadlineExpression(Kind.WORKDAYS, 5)),
    ("+5工作日", DeadlineExpression(Kind.WORKDAYS, 5)),
    ("五个工作日内", DeadlineExpression(Kind.WORKDAYS, 5)),
    ("+3个月", DeadlineExpression(Kind.MONTHS, 3)),
    ("两个月内", DeadlineExpression(Kind.MONTHS, 2)),
    ("本月底", DeadlineExpression(Kind.MONTH_END)),
    ("下月底前", DeadlineExpression(Kind.MONTH_END, 1)),
    ("季度末", DeadlineExpression(Kind.QUARTER_END)),
    ("本季度末", DeadlineExpression(Kind.QUARTER_END)),
    ("下季度末", DeadlineExpression(Kind.QUARTER_END, 1)),
    ("年底", DeadlineExpression(Kind.YEAR_END)),
    ("本年底", DeadlineExpression(Kind.YEAR_END)),
    ("年底之前", DeadlineExpression(Kind.YEAR_END)),
    ("次年底", DeadlineExpression(Kind.YEAR_END, 1)),
    ("第1年底", DeadlineExpression(Kind.YEAR_END)),
    ("第3年底", DeadlineExpression(Kind.YEAR_END, 2)),
    ("第三年年底", DeadlineExpression(Kind.YEAR_END, 2)),
    ("长期", DeadlineExpression(Kind.STANDING)),
    ("长期坚持", DeadlineExpression(Kind.STANDING)),
    ("持续推进", DeadlineExpression(Kind.STANDING)),
]


@pytest.mark.parametrize(("value", "expected"), FORMS, ids=lambda value: str(value))
def test_accepts(value: object, expected: DeadlineExpression) -> None:
    assert parse_deadline(value) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "时限为空"),
        ("  ", "时限为空"),
        ("尽快", "“尽快”不是可识别的时限"),
        ("上月底", "“上月底”不是可识别的时限"),
        ("+1.5个月", "“+1.5个月”不是可识别的时限"),
        ("-5天", "“-5天”不是可识别的时限"),
        ("2026-12/31", "不是可识别的时限"),
        (True, "“True”不是可识别的时限"),
        (["+30天"], "不是可识别的时限"),
        ("2026-02-30", "日历上没有这一天"),
        ("2026年13月底", "日历上没有这一天"),
        ("26-12-31", "年份要写四位数字"),
        ("0年底", "年份要写四位数字"),
        ("第0年底", "从“第1年底”（起始当年年底）算起"),
        ("第一百年底", "最多为“第21年底”"),
        ("+99999天", "最多为“+7320天”"),
        ("+百天", "“百”不是数字"),
        (46387, "不清楚数字“46387”是天数还是日期"),
        (2026, "不清楚数字“2026”是天数还是日期"),
        ("2026", "不清楚数字“2026”是天数还是日期"),
        (-1, "不清楚数字“-1”"),
        (1.5, "不清楚数字“1.5”"),
        (float("nan"), "不清楚数字“nan”"),
        (float("inf"), "不清楚数字“inf”"),
    ],
)
def test_refuses_with_a_reason_and_a_way_out(value: object, reason: str) -> None:
    with pytest.raises(DeadlineError) as caught:
        parse_deadline(value)
    assert reason in str(caught.value)
    assert "2026-12-31" in str(caught.value) and "+30天" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("2026-12-31", date(2026, 3, 1), date(2026, 12, 31)),
        ("2025-12-31", date(2026, 3, 1), date(2025, 12, 31)),
        ("+0天", date(2026, 10, 1), date(2026, 10, 1)),
        ("+30天", date(2026, 10, 9), date(2026, 11, 8)),
        ("+5个工作日", date(2026, 9, 30), date(2026, 10, 13)),
        ("+1个月", date(2026, 1, 31), date(2026, 2, 28)),
        ("+1个月", date(2028, 1, 31), date(2028, 2, 29)),
        ("+3个月", date(2026, 10, 15), date(2027, 1, 15)),
        ("+12个月", date(2028, 2, 29), date(2029, 2, 28)),
        ("本月底", date(2028, 2, 1), date(2028, 2, 29)),
        ("下月底", date(2026, 12, 31), date(2027, 1, 31)),
        ("季度末", date(2026, 1, 1), date(2026, 3, 31)),
        ("季度末", date(2026, 6, 30), date(2026, 6, 30)),
        ("季度末", date(2026, 7, 1), date(2026, 9, 30)),
        ("下季度末", date(2026, 5, 20), date(2026, 9, 30)),
        ("下季度末", date(2026, 12, 31), date(2027, 3, 31)),
        ("年底", date(2026, 12, 31), date(2026, 12, 31)),
        ("次年底", date(2026, 12, 31), date(2027, 12, 31)),
        ("第3年底", date(2026, 11, 1), date(2028, 12, 31)),
        ("长期", date(2026, 11, 1), None),
    ],
)
def test_falls_on(text: str, start: date, expected: date | None) -> None:
    assert resolve(parse_deadline(text), start=start, calendar=CALENDAR) == expected


@pytest.mark.parametrize("text", ["+5天", "+5个工作日", "+3个月", "下季度末", "次年底"])
def test_a_date_beyond_the_calendar_is_a_deadline_error(text: str) -> None:
    with pytest.raises(DeadlineError, match="超出了日期范围"):
        resolve(parse_deadline(text), start=date(9999, 12, 30), calendar=CALENDAR)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, DeadlineExpression(Kind.CALENDAR_DAYS)),
        ("", DeadlineExpression(Kind.CALENDAR_DAYS)),
        ("+0", DeadlineExpression(Kind.CALENDAR_DAYS)),
        (0, DeadlineExpression(Kind.CALENDAR_DAYS)),
        ("+1个月", DeadlineExpression(Kind.MONTHS, 1)),
        (date(2026, 12, 31), END_OF_2026),
    ],
)
def test_start(value: object, expected: DeadlineExpression) -> None:
    assert parse_start(value) == expected


def test_a_start_names_a_day() -> None:
    with pytest.raises(DeadlineError, match="开始时间不能是“长期”"):
        parse_start("长期")


starts = st.dates(min_value=date(2012, 1, 1), max_value=date(2031, 12, 31))
relative = st.one_of(
    st.integers(0, 7320).map(lambda n: DeadlineExpression(Kind.CALENDAR_DAYS, n)),
    st.integers(0, 2000).map(lambda n: DeadlineExpression(Kind.WORKDAYS, n)),
    st.integers(0, 240).map(lambda n: DeadlineExpression(Kind.MONTHS, n)),
    st.integers(0, 1).map(lambda n: DeadlineExpression(Kind.MONTH_END, n)),
    st.integers(0, 1).map(lambda n: DeadlineExpression(Kind.QUARTER_END, n)),
    st.integers(0, 20).map(lambda n: DeadlineExpression(Kind.YEAR_END, n)),
)
absolute = st.dates(min_value=date(1900, 1, 1)).map(lambda day: DeadlineExpression(Kind.DATE, on=day))


@given(expression=st.one_of(relative, absolute, st.just(DeadlineExpression(Kind.STANDING))))
def test_what_is_written_reads_back(expression: DeadlineExpression) -> None:
    assert parse_deadline(str(expression)) == expression


@given(expression=relative, start=starts)
def test_a_relative_deadline_is_never_before_its_start(expression: DeadlineExpression, start: date) -> None:
    due = resolve(expression, start=start, calendar=CALENDAR)
    assert due is not None and due >= start


@given(expression=relative, start=starts)
def test_a_later_start_is_never_due_earlier(expression: DeadlineExpression, start: date) -> None:
    due = resolve(expression, start=start, calendar=CALENDAR)
    later = resolve(expression, start=start + timedelta(days=1), calendar=CALENDAR)
    assert due is not None and later is not None and due <= later


@given(text=st.text(alphabet="+0123456789年月日天底末个工作长期本下次第三十-/. 前内", max_size=14))
@example("²³天")
@example("+٣天")
@example("千千年底")
def test_any_text_is_a_deadline_or_a_clear_error(text: str) -> None:
    try:
        expression = parse_deadline(text)
    except DeadlineError as error:
        assert "，" in str(error) or "：" in str(error)
    else:
        assert parse_deadline(unicodedata.normalize("NFKC", text)) == expression
