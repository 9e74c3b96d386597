"""Find how often something recurs: the shortest period a clause names."""

from __future__ import annotations

import re
from typing import NamedTuple

from .date_words import QUARTER_MONTHS
from .model import Recurring


class Cadence(NamedTuple):
    """How often something recurs, the span of the words that say so, and these words where they name a day (每月5日前)."""

    period: Recurring
    start: int
    end: int
    day: str | None = None


_PERIODS: tuple[tuple[Recurring, re.Pattern[str]], ...] = (
    (
        "weekly",
        re.compile(
            r"每个?(?:周|星期)(?!年|边|末)|每周末|按周|逐周|(?:一|1)周一|(?<![双两隔半上本当次下])周(?:调度|通报|统计|监测|评比|"
            r"报告|例会|碰头|"
            r"点评|会商|汇总|报送|研判|督查|总结)(?!期)|(?<![两二三四1-9])周报(?!纸|社)|每7[天日]|周周"
        ),
    ),
    (
        "monthly",
        re.compile(
            r"每个?月(?!均)|按月(?!份)|逐月|(?:一|1)月一|月月|(?<![双两隔半个上本当次下\d二三四五六七八九十])月(?:调度|通报|统计|监测|评比|报告|例会|"
            r"点评|会商|汇总|"
            r"报送|研判|督查|考核|总结|小结|推进会|分析|公示)|(?<![上本当次下半个\d一二三四五六七八九十])月[初中末底](?:安排|部署|督促|调度|通报|总结|汇总|评比|考核|小结)|月度(?:调度|通报|报告|例会|汇总|报送|会商|"
            r"点评|考核|分析|总结|推进)|(?<![半双两隔个\d])月报(?!表册)|各月(?:底|\d)"
        ),
    ),
    (
        "quarterly",
        re.compile(
            r"每个?(?:季度?|一季度)|按季度?|逐季|(?:一|1)季度?一|季季|(?<![一二三四1-4上本当次下])季(?:度)?(?:调度|"
            r"通报|报告|例会|点评|汇总|报送|会商|督查|考核|总结|评比|评估|分析|讲评|拉练|推进会)|"
            r"(?<![一二三四1-4])季报|每3个月|每三个月|" + QUARTER_MONTHS.pattern
        ),
    ),
    (
        "yearly",
        re.compile(
            r"每(?:一)?年度?(?!均|产|吨)|按年度?(?!计划|任务|目标)|逐年(?!递|提|增|减|下|上|扩|加|降|改)|"
            r"(?:一|1)年一(?!度的)|(?<!\d)年年(?![底末初度中])|年度(?:通报|报告|考核|评估|总结|"
            r"例会)(?:制度|机制|一次)|每12个月"
        ),
    ),
)
_ANY = re.compile(
    # A set of characters first, which a search skips ahead to.
    r"[每按逐周月季年一1、](?:(?<=[每按逐])|(?<=[周月季年])度?[调通报例碰点会汇研督总小推公讲评拉分考统监]|(?<=月)[初中末底][安部督调通总汇评考小]|"
    r"(?<=各月)[底\d]|(?<=周)周|(?<=月)月|(?<=季)季|(?<=年)年|(?<=[一1])[周月季年]|(?<=、)1[02] ?月)"
)
_ALLOWANCE = re.compile(
    r"(?:每(?:人|户|名|家|个?(?!月|季|周|日|天|年|星|半)[\u4e00-\u9fff]|平方米|亩|辆|床|台|件|位|学生)[^,。;]{0,3})$"
)
_MONEY_PER = re.compile(r"元[/每]?$")
# 每人每月500元 is an amount, 每个驻点每月拜访20家 how often.
_WHAT_EACH_GETS = re.compile(
    r"[^,。;]{0,24}?(?:元|斤|吨|立方|千瓦|\d ?度|%|补贴|补助|奖励|救助|标准|给予|发放|租金|费)"
)
_AMOUNT = re.compile(
    r"^(?:[^,。;不]{0,10}?)\d[\d.]*(?:万|亿)?元(?![^,。;]{0,6}(?:以上)?(?:投资|产值|项目|资金))(?:[/每的]|"
    r"[^,。;]{0,4}(?:标准|补贴|补助|奖励|救助|租金|发放|生活费|津贴))"
)


_DATE = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]) ?[日号]"
_PART = r"(?:上旬|中旬|下旬|[底末初])"
_BY = r"(?:之前|以前|前)?"
_MONTH = r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]) ?月份?"
_MONTH_DAY = rf"{_MONTH}(?:{_DATE}|{_PART})?{_BY}"
# What day of the period is meant, right behind its name: 每周五, 每月5日前, 每季度首月20日前, 每年6月底前、12月底前.
_DAY_OF: dict[Recurring, re.Pattern[str]] = {
    "weekly": re.compile(r"的?(?:星期|周)?[一二三四五六日天](?![次个到至—-])(?:上午|下午|下班)?" + _BY),
    "monthly": re.compile(rf"的?(?:{_DATE}|月?{_PART}){_BY}"),
    "quarterly": re.compile(
        rf"的?(?:(?:首|末|第[一二三1-3]个?|最后一个|次)月的?(?:{_DATE}|{_PART})?{_BY}|(?:{_DATE}|{_PART}){_BY})"
    ),
    "yearly": re.compile(
        rf"的?(?:{_MONTH_DAY}(?:[、和及]{_MONTH_DAY})*|年?{_PART}{_BY}|(?:[一二三四]季度|[上下]半年){_PART}?{_BY})"
    ),
}


def read_cadence(work: str) -> Cadence | None:
    """The shortest period that `work` names with its span; amounts (每人每月500元) are no cadence."""
    if _ANY.search(work) is None:
        return None
    for period, pattern in _PERIODS:
        for match in pattern.finditer(work):
            before = work[max(0, match.start() - 8) : match.start()]
            each = _ALLOWANCE.search(before) and _WHAT_EACH_GETS.match(work, match.end())
            if each or _MONEY_PER.search(before) or _AMOUNT.match(work[match.end() : match.end() + 40]):
                continue
            day = _DAY_OF[period].match(work, match.end())
            if day is None:
                return Cadence(period, *match.span())
            return Cadence(period, match.start(), day.end(), work[match.start() : day.end()])
    return None
