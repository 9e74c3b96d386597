"""Whose plan a document is: the city that its title or issuer names, whose bureaus are printed with or without its name."""

import re

_CITY = r"(?P<city>(?!全|各|本|我)[\u4e00-\u9fff]{2,3}市)"
_IN_TITLE = re.compile(
    rf"(?:^|关于印发|关于|年度?|中共|《){_CITY}(?=人民政府|政府|委|20\d\d|“?十[三四五六]五|重点|政府工作)"
)
# 清源市人民政府办公室关于印发…, 清源市人民政府文件, or a signature.
_ISSUER = re.compile(
    rf"^[ \u3000]*(?:中共)?{_CITY}(?:人民政府|委)(?:办公[室厅])?(?=关于|文件|[ \u3000]*$)", re.MULTILINE
)
_HEAD, _FOOT = 1000, 600  # characters in which the issuer is looked for


def own_city(title: str | None, text: str) -> str:
    """The city's name (清源市), "" where none is named or several are."""
    named = {found["city"] for found in _IN_TITLE.finditer(title or "")}
    for part in (text[:_HEAD], text[-_FOOT:]):
        named |= {found["city"] for found in _ISSUER.finditer(part)}
    return named.pop() if len(named) == 1 else ""
