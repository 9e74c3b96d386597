"""Units that a plan names and the register does not know: proposed as new departments or as other names of known ones.

Nothing here writes by itself: a person of 督查室 says which of the two a name is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tracker import access
from tracker.importing.departments import short_forms
from tracker.importing.unit_levels import level_of, may_be_one
from tracker.models import Department, DepartmentAlias, Plan, User, name_key
from tracker.rules.characters import forbidden_character
from tracker.rules.violations import InvalidInput, NotAllowed

# How much of two shortened names must agree before one is named as perhaps the other, and before it is filled in, 0–1.
ALIKE, NEARLY_THE_SAME = 0.6, 0.8

_Kind = Department.Kind
# How a name tells its kind; the first that fits. The words found are shown to the person who decides.
_KIND_RULES: tuple[tuple[Department.Kind, str, re.Pattern[str]], ...] = (
    (
        _Kind.LOCAL_GOVERNMENT,
        "以“{}”结尾",
        re.compile(r"人民政府$|政府$|管委会$|管理委员会$|街道(?:办事处)?$|[县区镇乡]$"),
    ),
    (_Kind.GROUP, "以“{}”开头", re.compile(r"^各|^有关|^相关|^其他")),
    (_Kind.ENTERPRISE, "名称中有“{}”", re.compile(r"公司|集团|银行|电网|烟草|石油|石化")),
    (
        _Kind.PARTY_ORGAN,
        "名称中有“{}”",
        re.compile(
            r"[省市县区]委(?!员)|党工?委|纪委|监委|政法委|组织部|宣传部|统战部|党校|编制委员会|编办"
            r"|总工会|妇联|妇女联合会|团委|工商联|工商业联合会|科协|文联|残联"
        ),
    ),
    (
        _Kind.INSTITUTION,
        "以“{}”结尾",
        re.compile(r"(?:大学|学院|学校|医院|研究院|研究所|中心|[院所馆站社台校])$"),
    ),
)
# What nearly every name has and so tells units apart badly: whose it is (清源市大数据局; but 农贸市场), and what kind of office.
_COMMON_HEAD = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}市(?!场|民|容|域|级|直|政(?!府))|(?:市委|市政府)(?!办公?室?$)|市|省|县|区|各)(?=..)"
)
# 政府办 without its 办 would be the government.
_COMMON_TAIL = re.compile(
    r"(?<=..)(?<!政府)(?:管理局|工作局|管委会|分公司|分行|支行|局|委|办|部|处)$|(?<=..)政府$"
)
# Longer names are told by the first letter of each syllable, so that no word is cut in its middle.
_SYLLABLES = 6
_CODE_LIMIT = 40


@dataclass(frozen=True)
class UnknownUnit:
    """A name as the plan prints it, and the numbers of the measures that name it."""

    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class UnitProposal:
    """What an unknown name might be: a new department with a free `code` and the kind that its words suggest
    (`kind_reason`, Chinese), or another name of `alike`, the department whose name is nearest (None when none of its level is
    near). `nearly_the_same`: near enough to be filled in for a person to confirm."""

    unit: UnknownUnit
    code: str
    kind: str
    kind_reason: str
    alike: Department | None
    nearly_the_same: bool = False


def unknown_units(named: Mapping[str, Iterable[str]]) -> tuple[UnknownUnit, ...]:
    """One row a unit from the unknown names by measure number, in the order met.

    Spellings that would find each other once one of them is registered (梦想局 and 市梦想局) are one; it bears the longest.
    """
    group_of: dict[str, int] = {}
    printed: list[str] = []
    numbers: list[list[str]] = []
    for number, names in named.items():
        for name in names:
            forms = short_forms(name)
            known = next((group_of[form] for form in sorted(forms) if form in group_of), None)
            if known is None:
                known = len(printed)
                printed.append(name)
                numbers.append([])
            group_of |= dict.fromkeys(forms, known)
            printed[known] = max(printed[known], name, key=len)
            numbers[known].append(number)
    return tuple(
        UnknownUnit(name, tuple(dict.fromkeys(found))) for name, found in zip(printed, numbers, strict=True)
    )


def propose_units(units: Iterable[UnknownUnit]) -> list[UnitProposal]:
    """What each unknown name might be; reads only (two queries)."""
    departments = list(Department.objects.prefetch_related("aliases"))
    taken = {department.code for department in departments}
    names = [
        (department, name, form)
        for department in departments
        if department.active
        for name in (department.name, *(alias.name for alias in department.aliases.all()))
        for form in short_forms(name)
    ]
    proposals = []
    for unit in units:
        kind, reason = guess_kind(unit.name)
        code = suggest_code(unit.name, taken)
        taken.add(code)
        alike, share = _alike(unit.name, names)
        proposals.append(UnitProposal(unit, code, kind, reason, alike, share >= NEARLY_THE_SAME))
    return proposals


def guess_kind(name: str) -> tuple[str, str]:
    """The kind that the name's words suggest, and why (Chinese)."""
    for kind, reason, words in _KIND_RULES:
        found = words.search(name)
        if found:
            return kind.value, reason.format(found[0])
    return _Kind.DEPARTMENT.value, "没有其他特征"


def suggest_code(name: str, taken: Iterable[str]) -> str:
    """A code that nobody has: the pinyin of what is particular to the name in its customary short form (发改, 人社), with a number
    when it is taken."""
    # Its dictionary takes some 60 MB: only who proposes a department pays for it.
    from pypinyin import lazy_pinyin

    own = _COMMON_HEAD.sub("", name_key(name))
    short = _COMMON_TAIL.sub("", max(sorted(short_forms(own)), key=len))
    syllables = lazy_pinyin(short, errors=lambda rest: "".join(re.findall("[a-z0-9]+", rest.lower())))
    if len(syllables) > _SYLLABLES:
        syllables = [syllable[:1] for syllable in syllables]
    base = "".join(syllables)[: _CODE_LIMIT - 4] or "unit"
    used = set(taken)
    return next(
        code
        for code in (base, *(f"{base}-{number}" for number in range(2, len(used) + 3)))
        if code not in used
    )


def _alike(name: str, names: Iterable[tuple[Department, str, str]]) -> tuple[Department | None, float]:
    """The nearest department of the same level of government and the share that agrees; a county's is never the city's."""
    best, found = ALIKE, None
    near = [(department, form) for department, other, form in names if may_be_one(name, other)]
    for form in short_forms(name):
        matcher = SequenceMatcher(b=form, autojunk=False)
        for department, other in near:
            matcher.set_seq1(other)
            if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best:
                ratio = matcher.ratio()
                if ratio > best:
                    best, found = ratio, department
    return found, best if found is not None else 0.0


@dataclass(frozen=True)
class NewUnit:
    """A department to be made: the plan's spelling, and name, code and kind as a person looked at them."""

    printed: str
    name: str
    code: str
    kind: str


def create_units(*, actor: User, units: Iterable[NewUnit]) -> list[Department]:
    """Several at once, all or none. Raises InvalidInput naming every unit that does not fit."""
    made, wrong = [], []
    with transaction.atomic():
        for unit in units:
            try:
                made.append(
                    create_unit(
                        actor=actor, printed=unit.printed, name=unit.name, code=unit.code, kind=unit.kind
                    )
                )
            except InvalidInput as error:
                wrong.append(f"“{unit.printed}”：{error.message}")
        if wrong:
            raise InvalidInput("没有新建任何单位。" + "".join(wrong))
    return made


def before_alias(printed: str, department: Department, *, plan: Plan | None) -> str:
    """What a person should be asked once more before a spelling becomes an alias, in Chinese; "" when nothing speaks against it.

    An alias holds for every plan: `plan` is the one on the desk, the others that print the same name are told.
    """
    doubts = []
    level, other = level_of(printed)[0], level_of(department.name)[0]
    if level != other:
        doubts.append(f"“{printed}”按名称是{level}级单位，“{department}”是{other}级单位")
    elif not may_be_one(printed, department.name):
        doubts.append(f"“{printed}”和“{department}”按名称属于不同地方")
    others = Plan.objects.filter(documents__text__contains=printed).distinct().order_by("-id")
    if plan is not None:
        others = others.exclude(pk=plan.pk)
    titles = list(others.values_list("title", flat=True)[:4])
    if titles:
        named = "".join(f"《{title}》" for title in titles[:3]) + ("等" if len(titles) > 3 else "")
        doubts.append(f"{named}也写有“{printed}”，再次导入时同样会认作“{department}”")
    return "；".join(doubts)


def create_unit(*, actor: User, printed: str, name: str, code: str, kind: str) -> Department:
    """Brings a department into the register. The plan's own spelling becomes its alias when it is registered by another name.

    Raises NotAllowed for anybody but 督查室, InvalidInput when name or code are not fit or belong to another department.
    """
    _check_keeper(actor)
    department = Department(name=_fit(name, "单位名称"), code=code.strip(), kind=kind)
    owner = _owner(department.name)
    if owner is not None:
        if not owner.active:
            raise InvalidInput(f"“{owner}”已在单位名录中，但已停用；请先在“单位”中恢复在用。")
        raise InvalidInput(f"“{department.name}”已是“{owner}”的名称或别名。")
    _check(department)
    try:
        with transaction.atomic():
            department.save(force_insert=True)
            if printed and name_key(printed) != name_key(department.name):
                add_alias(actor=actor, printed=printed, department=department)
    except IntegrityError:
        raise InvalidInput(f"“{department.name}”或代码“{department.code}”刚刚已被他人使用。") from None
    return department


def add_alias(*, actor: User, printed: str, department: Department) -> DepartmentAlias:
    """Makes the plan's spelling another name of a department. Raises as create_unit does."""
    _check_keeper(actor)
    alias = DepartmentAlias(department=department, name=_fit(printed, "单位名称"))
    _check(alias, exclude=("key",))
    try:
        with transaction.atomic():
            alias.save()
    except IntegrityError:
        raise InvalidInput(f"“{alias.name}”刚刚已成为别的单位的别名。") from None
    return alias


def _check_keeper(actor: User) -> None:
    if not access.keeps_registers(actor):
        raise NotAllowed("单位名录只能由督查室维护。")


def _fit(name: str, what: str) -> str:
    name = name.strip()
    if not name:
        raise InvalidInput(f"必须填写{what}。")
    if forbidden_character(name) is not None:
        raise InvalidInput(f"{what}含有不允许的控制字符。")
    return name


def _owner(name: str) -> Department | None:
    """The department, in use or not, that goes by this name already."""
    key = name_key(name)
    alias = DepartmentAlias.objects.filter(key=key).select_related("department").first()
    if alias is not None:
        return alias.department
    return next((found for found in Department.objects.all() if name_key(found.name) == key), None)


def _check(row: Department | DepartmentAlias, exclude: tuple[str, ...] = ()) -> None:
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        raise InvalidInput("；".join(error.messages)) from None
