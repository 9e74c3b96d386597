"""Who could not be told and why, in words: said once each, and of nobody what is another's fault."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tracker.models import Department

# Between what several capacities lack, within the words that a gap's row in the ledger keeps.
_AND = "；"


def words_of(missing: Collection[str], *, office_told: bool) -> str:
    """`missing`: a clause each on the capacities of a unit that cannot be told, none when the office alone was to be told."""
    office = [] if office_told else [_office_too() if missing else _office_alone()]
    return _AND.join([*dict.fromkeys(missing), *office]) + "。"


def _office_alone() -> str:
    return _("督查室没有可用的邮箱")


def _office_too() -> str:
    return _("督查室也没有可用的邮箱")


@dataclass(frozen=True)
class Gap:
    """A department of which somebody cannot be told: `measures` notices of it now, `new` not reported before. `words`: who has
    no address, in a sentence; `office_told`: whether 督查室 hears it in their place. Without a department it is the office's
    own: what was meant for 督查室 itself."""

    department: str
    measures: int
    new: int
    words: str
    office_told: bool

    def __str__(self) -> str:
        values = {"department": self.department, "words": self.words, "n": self.measures}
        if not self.department:
            return _("%(words)s应发督查室的 %(n)d 条提醒无法送达。") % values
        if self.office_told:
            return _("%(department)s：%(words)s涉及的 %(n)d 条提醒已改发督查室。") % values
        return _("%(department)s：%(words)s涉及的 %(n)d 条提醒无人可通知。") % values


@dataclass
class Gaps:
    """What is found of gaps while planning, by the department's id."""

    measures: Counter[int] = field(default_factory=Counter)
    new: Counter[int] = field(default_factory=Counter)
    words: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, department: int, words: str, measures: int = 1) -> None:
        self.measures[department] += measures
        self.words[department].add(words)

    def named(self, *, office_told: bool) -> tuple[Gap, ...]:
        """In the order of the departments' names, the office's own first. One query, none without gaps."""
        if not self.measures:
            return ()
        names = Department.objects.filter(pk__in=self.measures).order_by("name").values_list("pk", "name")
        own = words_of([], office_told=False)
        of_the_office = [pk for pk, _name in names if self.words[pk] == {own}]
        found = [
            Gap(name, self.measures[pk], self.new[pk], _together(self.words[pk]), office_told)
            for pk, name in names
            if pk not in of_the_office
        ]
        if of_the_office:
            measures = sum(self.measures[pk] for pk in of_the_office)
            found.insert(0, Gap("", measures, sum(self.new[pk] for pk in of_the_office), own, False))
        return tuple(found)


def _together(words: Collection[str]) -> str:
    """Several rules may tell several capacities: each clause once, the office's last."""
    clauses = dict.fromkeys(
        clause
        for said in sorted(words, key=lambda said: (len(said), said))
        for clause in said.rstrip("。").split(_AND)
    )
    own = {_office_alone(), _office_too()}
    return words_of([clause for clause in clauses if clause not in own], office_told=not own & clauses.keys())


def of_others(words: str) -> str:
    """What a gap's words say of others than the office, which reads them because it can be told by now; "" when nothing."""
    own = {_office_alone(), _office_too()}
    clauses = [clause for clause in words.rstrip("。").split(_AND) if clause not in own]
    return words_of(clauses, office_told=True) if clauses else ""
