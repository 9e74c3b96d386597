"""Units sorted into lead and co while one task is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .dates import looks_like_limit
from .duty_words import CO, LEAD
from .typography import working_copy
from .unit_names import is_class_of_governments
from .units import SIGNS, Unit, split_units

_PHRASE_STOP = re.compile("[,;]")
_SIGNS = " " + SIGNS


@dataclass(slots=True)
class Duties:
    """Units by role with spans in the source, the spans of labelled limits, and how they were found."""

    lead: list[Unit] = field(default_factory=list)
    co: list[Unit] = field(default_factory=list)
    due: list[tuple[int, int]] = field(default_factory=list)
    reason: str = ""
    to_confirm: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    doers_only: bool = True
    # Names of those who only see to it that others do it, and units that a verb of doing gives an object of their own.
    overseers: set[str] = field(default_factory=set)
    own_task: list[Unit] = field(default_factory=list)
    people_lead: bool = False  # who is said to lead are people, no unit
    doers: list[Unit] = field(default_factory=list)  # units before a verb of doing
    told: bool = False  # doers are named behind 由
    # Who is said to 统筹, and whether somebody else is said to 牵头.
    coordinators: list[Unit] = field(default_factory=list)
    led_by_word: bool = False
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.lead or self.co:
            self._known.update(unit.name for unit in [*self.lead, *self.co])

    def promote_doers(self) -> None:
        """具体落实 names who does it: they lead where nobody else is named, local governments beside them."""
        if self.lead:
            if self.own_task:
                self._lead_beside_others()
            return
        if self.people_lead and not self.doers_only:
            # 由副市长刘洋牵头，甲局落实，乙局配合: the doers lead in the place of who is no unit
            leading = [unit for unit in self.doers if not _is_class(unit) and unit.name not in self.overseers]
            self._lead_with(leading)
            return
        doers = [unit for unit in self.co if unit.name not in self.overseers]
        told_apart = 0 < len(doers) < len(self.co)
        if not told_apart:
            doers = self.co
        if not self.doers_only or (all(_is_class(unit) for unit in doers) and not (told_apart or self.told)):
            return
        self._lead_with(doers)

    def add_of_other_task(self, other: Duties, *, first_listed: bool) -> None:
        """What another bracket says of another task of the same words: who leads it leads as well, whole classes excepted.

        `first_listed`: it names units and no lead, while one before it does say who leads.
        """
        self.due += other.due
        leading = [] if first_listed or all(map(_is_class, other.lead)) else other.lead
        known = {unit.name for unit in leading}
        self.co = [unit for unit in self.co if unit.name not in known]
        self.lead += [unit for unit in leading if unit.name not in {led.name for led in self.lead}]
        self._known.update(known)
        for units in (other.lead, other.co):
            self.add(CO, units)
        self.to_confirm = self.to_confirm or other.to_confirm

    def lead_by_verb(self, verb: str, units: list[Unit]) -> None:
        """Units before a verb of leading; 统筹 leads only where nobody else is said to 牵头: 甲局统筹，乙局牵头."""
        self.add(LEAD, units)
        if "牵头" in verb:
            self.led_by_word = True
        elif verb.startswith("统筹"):
            self.coordinators += units
        if self.led_by_word and self.coordinators:
            self._coordinators_help()

    def _coordinators_help(self) -> None:
        helping = [unit for unit in self.coordinators if unit in self.lead]
        self.coordinators = []
        if len(helping) < len(self.lead):
            self.lead = [unit for unit in self.lead if unit not in helping]
            self.co = sorted([*self.co, *helping], key=lambda unit: unit.start)

    def _lead_with(self, doers: list[Unit]) -> None:
        others = [unit for unit in self.co if unit not in doers]
        if not doers:
            return
        self.co = []
        self._known.clear()
        all_lead(doers, self)
        self.add(CO, others)

    def _lead_beside_others(self) -> None:
        """水利局7月前修订预案；应急局落实值班: each subject of a sentence leads, whatever its verb."""
        beside = [unit for unit in self.own_task if unit in self.co and not _is_class(unit)]
        if beside and self.reason == "义务句的主语":
            self.co = [unit for unit in self.co if unit not in beside]
            self.lead = sorted([*self.lead, *beside], key=lambda unit: unit.start)

    def add(self, role: str, units: list[Unit]) -> None:
        """Put units where they are not yet named."""
        target = self.lead if role == LEAD else self.co
        for unit in units:
            if unit.name not in self._known:
                self._known.add(unit.name)
                target.append(unit)


def _is_class(unit: Unit) -> bool:
    return is_class_of_governments(working_copy(unit.name))


def all_lead(units: list[Unit], duties: Duties) -> None:
    """按职责分工负责: all named lead, whole classes of local governments named last are co."""
    last = len(units)
    while last > 1 and _is_class(units[last - 1]):
        last -= 1
    duties.add(LEAD, units[:last])
    duties.add(CO, units[last:])
    duties.reason = "按职责分工负责，所列单位均为牵头"
    duties.to_confirm = len(units) > 1


def nothing_but_units(inside: str) -> bool:
    """Units, and beside them limits: （2024年6月底前；市财政局）."""
    named = False
    for phrase in _PHRASE_STOP.split(inside):
        if split_units(phrase, phrase, strict=True):
            named = True
        elif phrase.strip(_SIGNS) and not looks_like_limit(phrase):
            return False
    return named
