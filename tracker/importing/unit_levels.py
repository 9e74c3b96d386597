"""Of which level of government a unit is by its name: a county's bureau is never another name of the city's."""

import re

# (level, pattern); the first that fits. The group is whose it is, "" where the name does not say.
_LEVELS = (
    ("国家", re.compile(r"^(?:国家|中国|国务院|中央|全国)()")),
    ("省", re.compile(r"^([\u4e00-\u9fff]{0,3}?(?:省|自治区))(?!直)")),
    # 高新区管委会 and 市开发区办 are the city's own; 社区, 园区, 灾区 are no governments.
    (
        "县区",
        re.compile(
            r"^(?:[\u4e00-\u9fff]{1,3}市)?((?!.{0,4}(?:高新|开发|经开|示范|新|园|社|景|保税|灾|小|地|城|库|矿|林)区)"
            r"[\u4e00-\u9fff]{0,3}?[县区旗])(?![域块])"
        ),
    ),
    ("镇街", re.compile(r"^([\u4e00-\u9fff]{0,4}?(?:街道|镇|乡))(?!村|镇企业)")),
)
CITY = "市"


def level_of(name: str) -> tuple[str, str]:
    """The level and whose unit it is; what names no other level is the city's own."""
    for level, pattern in () if name.startswith(CITY) else _LEVELS:
        found = pattern.search(name)
        if found:
            whose = found[1]
            return level, "" if len(whose) <= 1 else whose
    return CITY, ""


def may_be_one(name: str, other: str) -> bool:
    """Whether two names can mean one unit as far as their level and place go."""
    level, whose = level_of(name)
    other_level, other_whose = level_of(other)
    return level == other_level and (not whose or not other_whose or whose == other_whose)
