"""Cells of an assignment sheet that hold targets or lists of units: “每年10项”, “时间≤1小时”, “甲局、乙局”.

Each target has one textual form that reads back to the same value, so a sheet can be written as well as read.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

PERIOD_TARGET_FORM = "每年10项（每周、每月、每季度、每年，加数量和单位；不计数量的只写周期）"
INDICATORS_FORM = "名称≥目标值单位，或名称≤目标值单位，可在其后注明（基数N），多个指标用分号隔开"


class TargetError(ValueError):
    """A cell that is no target; the message is Chinese and shows the accepted form."""


class Period(StrEnum):
    """How often something recurs."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


PERIOD_NAMES: dict[Period, str] = {
    Period.WEEKLY: "每周",
    Period.MONTHLY: "每月",
    Period.QUARTERLY: "每季度",
    Period.YEARLY: "每年",
}


class Comparison(StrEnum):
    """Whether a target is a floor or a ceiling."""

    AT_LEAST = "ge"
    AT_MOST = "le"


_COMPARISON_SIGNS = {Comparison.AT_LEAST: "≥", Comparison.AT_MOST: "≤"}


@dataclass(frozen=True)
class PeriodTarget:
    """So many `unit`s in every period (每年筛选十大项目 is yearly, 10, 项); `count` is at least 1."""

    period: Period
    count: int
    unit: str

    def __str__(self) -> str:
        return f"{PERIOD_NAMES[self.period]}{self.count}{self.unit}"


@dataclass(frozen=True)
class Indicator:
    """A quantified target; `target` and `baseline` are in `unit`, with at most two decimals."""

    name: str
    comparison: Comparison
    target: Decimal
    unit: str
    baseline: Decimal | None = None

    def __str__(self) -> str:
        sign = _COMPARISON_SIGNS[self.comparison]
        baseline = "" if self.baseline is None else f"（基数{_plain(self.baseline)}）"
        return f"{self.name}{sign}{_plain(self.target)}{self.unit}{baseline}"

    def is_met(self, current: Decimal | None) -> bool:
        """Whether this value reaches the target; one never reported reaches nothing."""
        if current is None:
            return False
        return current >= self.target if self.comparison is Comparison.AT_LEAST else current <= self.target


_PERIOD_TARGET = re.compile(
    r"每(?P<period>个?季度|季|周|个?月|年)度?"
    r"(?P<count>[0-9]+|[零〇一二两三四五六七八九十百千]+)(?P<unit>[^\d\W]+)"
)
_PERIODS = {"周": Period.WEEKLY, "月": Period.MONTHLY, "季": Period.QUARTERLY, "年": Period.YEARLY}

_VALUE = r"-?\d[\d,，]*(?:[.．]\d+)?"
_INDICATOR = re.compile(
    r"(?P<name>[^≥≧≤≦<>＜＞]+?)\s*(?P<sign>[≥≧≤≦]|[<>＜＞][=＝])\s*"
    rf"(?P<target>{_VALUE})\s*(?P<unit>[^\d\s（()）][^（()）]*?)\s*"
    rf"(?:[（(]\s*基数\s*(?P<baseline>{_VALUE})\s*(?P=unit)?\s*[)）])?"
)
_SEPARATOR = re.compile(r"[;；\n]")
_BRACKETS = {"（": 1, "(": 1, "〔": 1, "）": -1, ")": -1, "〕": -1}


def parse_period_target(value: object) -> PeriodTarget | None:
    """The target in a 周期目标 cell such as 每年10项; None when blank. Raises TargetError."""
    text = "".join(unicodedata.normalize("NFKC", _text(value)).split())
    if not text:
        return None
    match = _PERIOD_TARGET.fullmatch(text)
    count = _whole(match["count"]) if match else 0
    if not match or count < 1:
        raise TargetError(f"“{value}”不是可识别的周期目标，应为：{PERIOD_TARGET_FORM}。")
    return PeriodTarget(_PERIODS[match["period"].removeprefix("个")[0]], count, match["unit"])


def parse_recurrence(value: object) -> tuple[Period | None, int | None, str]:
    """Period, count and unit of a 周期目标 cell: 每年10项, or the period alone (每月) where nothing is counted; no period when
    blank. Raises TargetError."""
    bare = {name: period for period, name in PERIOD_NAMES.items()}.get(_text(value).strip())
    if bare is not None:
        return bare, None, ""
    target = parse_period_target(value)
    return (None, None, "") if target is None else (target.period, target.count, target.unit)


def parse_indicators(value: object) -> tuple[Indicator, ...]:
    """The indicators in a 指标 cell, in order; empty when blank.

    Names and units stay as printed. Raises TargetError for what is no indicator, and for a repeated name.
    """
    indicators = tuple(_indicator(part.strip()) for part in _SEPARATOR.split(_text(value)) if part.strip())
    names = [indicator.name for indicator in indicators]
    for name in names:
        if names.count(name) > 1:
            raise TargetError(f"指标“{name}”重复。")
    return indicators


def format_indicators(indicators: Iterable[Indicator]) -> str:
    """The 指标 cell that parse_indicators reads back."""
    return "；".join(str(indicator) for indicator in indicators)


def split_names(value: object) -> tuple[str, ...]:
    """The unit names in a 牵头单位 or 配合单位 cell, in order, as printed.

    Separated by 、 ， ； or a new line, but not inside brackets: 各县（市、区）人民政府 is one name.
    """
    names, depth = [""], 0
    for character in _text(value):
        depth = max(0, depth + _BRACKETS.get(character, 0))
        if depth == 0 and character in "、,，;；\n":
            names.append("")
        else:
            names[-1] += character
    return tuple(name.strip() for name in names if name.strip())


def _indicator(text: str) -> Indicator:
    match = _INDICATOR.fullmatch(text)
    if not match:
        raise TargetError(f"“{text}”不是可识别的指标，应为：{INDICATORS_FORM}。")
    return Indicator(
        name=match["name"].strip(),
        comparison=Comparison.AT_MOST if match["sign"][0] in "≤≦<＜" else Comparison.AT_LEAST,
        target=_decimal(match["target"], text),
        unit=match["unit"],
        baseline=None if match["baseline"] is None else _decimal(match["baseline"], text),
    )


def _decimal(digits: str, text: str) -> Decimal:
    number = Decimal(unicodedata.normalize("NFKC", digits).replace(",", ""))
    if abs(number) >= 10**12 or number != number.quantize(Decimal("0.01")):
        raise TargetError(f"“{text}”中的数值“{digits}”最多12位整数、2位小数。")
    return number


def _whole(digits: str) -> int:
    # Here: loading it compiles patterns, which a process that reads no numeral need not wait for.
    import cn2an  # type: ignore[import-untyped, unused-ignore]

    try:
        return int(cn2an.cn2an(digits, "smart"))
    except ValueError:
        return 0


def _plain(number: Decimal) -> str:
    """Without exponent and trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: object) -> str:
    return "" if value is None else str(value)
