"""Target and unit cells of an assignment sheet: what is read, what is refused, what reads back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.targets import (
    Comparison,
    Indicator,
    Period,
    PeriodTarget,
    TargetError,
    format_indicators,
    parse_indicators,
    parse_period_target,
    split_names,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("每年10项", PeriodTarget(Period.YEARLY, 10, "项")),
        ("每年度 １０ 项", PeriodTarget(Period.YEARLY, 10, "项")),
        ("每年十个", PeriodTarget(Period.YEARLY, 10, "个")),
        ("每季度2次", PeriodTarget(Period.QUARTERLY, 2, "次")),
        ("每季2次", PeriodTarget(Period.QUARTERLY, 2, "次")),
        ("每个月3家", PeriodTarget(Period.MONTHLY, 3, "家")),
        ("每周两场", PeriodTarget(Period.WEEKLY, 2, "场")),
        (None, None),
        ("  ", None),
    ],
)
def test_reads_a_period_target(value: object, expected: PeriodTarget | None) -> None:
    assert parse_period_target(value) == expected


@pytest.mark.parametrize("value", ["每年", "10项", "每年0项", "每年10", "每日1次", "每年百项", 10])
def test_refuses_what_is_no_period_target(value: object) -> None:
    with pytest.raises(TargetError, match=f"“{value}”不是可识别的周期目标，应为：每年10项"):
        parse_period_target(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ("", ()),
        ("通达时间≤1小时", (Indicator("通达时间", Comparison.AT_MOST, Decimal(1), "小时"),)),
        (
            "通达时间≤1小时；覆盖时间 <= 2 小时;",
            (
                Indicator("通达时间", Comparison.AT_MOST, Decimal(1), "小时"),
                Indicator("覆盖时间", Comparison.AT_MOST, Decimal(2), "小时"),
            ),
        ),
        (
            "办结率＞＝９９．５％（基数９０％）",
            (Indicator("办结率", Comparison.AT_LEAST, Decimal("99.5"), "％", Decimal(90)),),
        ),
        (
            "到位资金（省外）≥1,200亿元 (基数 800.50)",
            (Indicator("到位资金（省外）", Comparison.AT_LEAST, Decimal(1200), "亿元", Decimal("800.5")),),
        ),
        ("第1批入库项目≥5个", (Indicator("第1批入库项目", Comparison.AT_LEAST, Decimal(5), "个"),)),
        ("同比增速≥-3%", (Indicator("同比增速", Comparison.AT_LEAST, Decimal(-3), "%"),)),
    ],
)
def test_reads_indicators(value: object, expected: tuple[Indicator, ...]) -> None:
    assert parse_indicators(value) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("提高满意度", "“提高满意度”不是可识别的指标，应为：名称≥目标值单位"),
        ("满意度≥95", "“满意度≥95”不是可识别的指标"),
        ("满意度>95%", "“满意度>95%”不是可识别的指标"),
        ("≥95%", "“≥95%”不是可识别的指标"),
        ("满意度≥95%；增长快", "“增长快”不是可识别的指标"),
        ("满意度≥95%（基数不详）", "不是可识别的指标"),
        ("满意度≥95.123%", "“95.123”最多12位整数、2位小数"),
        ("产值≥1000000000000元", "最多12位整数"),
        ("产值≥" + "9" * 40 + "元", "最多12位整数"),
        ("满意度≥95%；满意度≥96%", "指标“满意度”重复"),
    ],
)
def test_refuses_what_is_no_indicator(value: object, reason: str) -> None:
    with pytest.raises(TargetError, match=reason):
        parse_indicators(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ("市工信局", ("市工信局",)),
        ("市工信局、市财政局，各县（市、区）人民政府", ("市工信局", "市财政局", "各县（市、区）人民政府")),
        ("各县(市、区)；\n市商务局 、", ("各县(市、区)", "市商务局")),
        ("各区〔市、县〕政府、市财政局", ("各区〔市、县〕政府", "市财政局")),
        ("市教育局）、市财政局", ("市教育局）", "市财政局")),
    ],
)
def test_splits_unit_names(value: object, expected: tuple[str, ...]) -> None:
    assert split_names(value) == expected


words = st.text(alphabet="市县通达时间满意度率（）ab", min_size=1, max_size=12)
units = st.sampled_from(["小时", "%", "亿元", "个", "m²", "项/年"])
values = st.decimals(min_value=-(10**11), max_value=10**11, places=2)
indicators = st.builds(
    Indicator, words, st.sampled_from(Comparison), values, units, st.one_of(st.none(), values)
)


@given(st.lists(indicators, max_size=4, unique_by=lambda indicator: indicator.name).map(tuple))
def test_written_indicators_read_back(written: tuple[Indicator, ...]) -> None:
    assert parse_indicators(format_indicators(written)) == written


period_targets = st.builds(
    PeriodTarget, st.sampled_from(Period), st.integers(1, 10**6), st.sampled_from(["项", "个", "家次"])
)


@given(period_targets)
def test_a_written_period_target_reads_back(written: PeriodTarget) -> None:
    assert parse_period_target(str(written)) == written
