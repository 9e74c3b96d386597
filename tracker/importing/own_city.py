"""Whose plan a document is: the city that its title or issuer names, whose bureaus are printed with or without its name."""

import re
from collections.abc import Iterable

from django.db.models.functions import Left, Right

from tracker.importing.departments import DepartmentNames
from tracker.models import PlanDocument

_CITY = r"(?P<city>(?!全|各|本|我)[\u4e00-\u9fff]{2,3}市)"
_IN_TITLE = re.compile(
    rf"(?:^|关于印发|关于|年度?|中共|《){_CITY}(?=人民政府|政府|委|20\d\d|“?十[三四五六]五|重点|政府工作)"
)
# 清源市人民政府办公室关于印发…, 清源市人民政府文件, or a signature.
_ISSUER = re.compile(
    rf"^[ \u3000]*(?:中共)?{_CITY}(?:人民政府|委)(?:办公[室厅])?(?=关于|文件|[ \u3000]*$)", re.MULTILINE
)
_HEAD, _FOOT = 1000, 600  # characters in which the issuer is looked for
_TITLE_LINES, _TITLE_LENGTH = 3, 60


def own_city(title: str | None, text: str) -> str:
    """The city's name (清源市), "" where none is named or several are."""
    named = {found["city"] for found in _IN_TITLE.finditer(title or "")}
    for part in (text[:_HEAD], text[-_FOOT:]):
        named |= {found["city"] for found in _ISSUER.finditer(part)}
    return named.pop() if len(named) == 1 else ""


def cities_of(plan_ids: Iterable[int]) -> dict[int, str]:
    """By the plan's key the city whose plan it is, as own_city finds it in the newest document and its name; plans that name
    none are left out (one query, whose answer holds no whole text)."""
    documents = PlanDocument.objects.filter(plan__in=set(plan_ids)).order_by("version")
    ends = documents.annotate(head=Left("text", _HEAD), foot=Right("text", _FOOT))
    cities: dict[int, str] = {}
    for plan, title, head, foot in ends.values_list("plan", "plan__title", "head", "foot"):
        # A plan may bear another name than its document's title, which stands among the first lines.
        lines = [line.strip() for line in head.splitlines() if line.strip()][:_TITLE_LINES]
        titles = [title, *(line for line in lines if len(line) <= _TITLE_LENGTH and "。" not in line)]
        named = {own_city(one, "") for one in titles} | {own_city(None, f"{head}\n{foot}")}
        named.discard("")
        cities[plan] = named.pop() if len(named) == 1 else ""
    return {plan: city for plan, city in cities.items() if city}


def names_by_plan(plan_ids: Iterable[int]) -> dict[int, DepartmentNames]:
    """The departments as each plan's city prints them (three queries)."""
    plans = set(plan_ids)
    cities, anywhere = cities_of(plans), DepartmentNames()
    of_city = {city: anywhere.of_city(city) for city in set(cities.values())}
    return {plan: of_city.get(cities.get(plan, ""), anywhere) for plan in plans}
