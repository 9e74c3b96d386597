"""The arithmetic of a score in words that the department judged can check: what counted, at how many points, and why."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tracker.reports.score_record import Answered
from tracker.reports.scorecard import Row
from tracker.rules.regimes import NODE_NAMES
from tracker.rules.scores import LOWEST, PART_NAMES, ROLE_NAMES, WEIGHED, Fact, Line, Part, Role, Score

# How each part is judged, for whoever wants to know.
PART_RULES: dict[Part, str] = {
    Part.ON_TIME: "本期办结销号、申请办结不晚于时限的事项；审核所用时间不算单位的。评为“不合格”的不加分。",
    Part.LATE: "时限已过仍未申请办结，或逾期以后才申请办结的事项。逾期以后才申请的延期，仍按原时限计算。",
    Part.RETURNED: "本期被退回的报告和办结申请，每退回一次计一次。",
    Part.YELLOW: "期末亮黄灯的事项：临近时限，或落后序时进度。",
    Part.RED: "期末亮红灯的事项：已逾期，或严重落后序时进度。",
    Part.LATE_REPORT: "本期应签收、首次反馈、定期报告而迟于规定日期的，每迟一次计一次。",
    Part.MISSING_REPORT: "本期应签收、首次反馈、定期报告，到期末仍没有的，每漏一次计一次。",
    Part.IN_TIME: "本期按时签收、首次反馈、定期报告的次数，不计分。",
}
LEFT_OUT = "期末暂缓、撤销的事项不计入；已登记容错的事项不扣分；暂缓、待审核、异议待答期间应报而未报的不算。"


def points_words(points: Decimal) -> str:
    """`+1`, `-0.5`, `0`: points without trailing zeros."""
    return f"{_plain(points):+}" if points else "0"


def _plain(points: Decimal) -> Decimal:
    whole = points.to_integral_value()
    return whole.quantize(Decimal(1)) if whole == points else points.normalize()


def score_words(score: Score | None) -> str:
    """The score as a table shows it."""
    return "—" if score is None else str(_plain(score.value))


def line_words(line: Line) -> str:
    """“牵头 2 项，每项 -1 分，计 -2 分”."""
    unit = "次" if line.part in (Part.RETURNED, Part.LATE_REPORT, Part.MISSING_REPORT) else "项"
    counted = f"{ROLE_NAMES[line.role]} {line.count} {unit}，每{unit} {points_words(line.each)} 分"
    if line.exempted:
        return f"{counted}，已登记容错，不扣分"
    return f"{counted}，计 {points_words(line.points)} 分"


def sum_words(score: Score) -> str:
    """“基础分 80，按期办结 +1，逾期 -2，合计 79 分”, and what the bounds made of it."""
    terms = [f"基础分 {_plain(score.base)}"]
    for part in WEIGHED:
        points = sum((line.points for line in score.lines if line.part is part), Decimal(0))
        if points:
            terms.append(f"{PART_NAMES[part]} {points_words(points)}")
    words = f"{'，'.join(terms)}，合计 {_plain(score.unbounded)} 分"
    if score.unbounded > score.cap:
        return f"{words}；超过最高分，按 {_plain(score.cap)} 分计"
    if score.unbounded < LOWEST:
        return f"{words}；低于 {LOWEST} 分，按 {LOWEST} 分计"
    return words


def fact_words(fact: Fact) -> str:
    """One fact: “时限 2026-03-10，逾期 21 天未办结”."""
    day = _day(fact.on)
    if fact.kind is not None:
        node = f"{day}应{NODE_NAMES[fact.kind]}"
        return {
            Part.IN_TIME: f"{node}，已按时",
            Part.LATE_REPORT: f"{node}，迟 {fact.days} 天",
        }.get(fact.part, f"{node}，到期末未报")
    if fact.part is Part.ON_TIME:
        return f"{day}申请办结，未超时限"
    if fact.part is Part.LATE:
        return f"时限 {day}，{f'迟 {fact.days} 天申请办结' if fact.closed else f'逾期 {fact.days} 天'}"
    if fact.part is Part.RETURNED:
        return f"{day}退回"
    return f"{day}亮{PART_NAMES[fact.part]}"


def fact_points(item: Answered, fact: Fact) -> Decimal:
    """What the fact adds to the department's score or takes from it."""
    exact = item.judged.points(fact)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def remarks(item: Answered) -> Iterator[str]:
    """What else is to be known of a measure behind a score."""
    if item.judged.role is not Role.LEAD:
        yield ROLE_NAMES[item.judged.role]
    if item.judged.exempt:
        yield "容错"


def summary_words(row: Row) -> str:
    """What a department answered for, in one line."""
    words = [f"牵头 {row.led} 项", f"配合 {row.assisted} 项"]
    if row.exempted:
        words.append(f"其中容错 {row.exempted} 项")
    if row.overdue_days:
        words.append(f"牵头事项累计逾期 {row.overdue_days} 天")
    return "，".join(words)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
