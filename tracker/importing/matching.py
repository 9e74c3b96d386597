"""Recognises what was imported before: the plan that a document is a version of, and each measure in its earlier wording."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tracker.actions.text import words_hash
from tracker.importing.likeness import Likeness, own_words
from tracker.models import Measure, Plan, PlanDocument
from tracker.plan_document import ParsedMeasure, ParsedPlan, SourceDocument

# Two texts are versions of one measure from this likeness (tracker/importing/likeness.py) on.
SAME_MEASURE = 0.4
# The same where the new wording names leads of whom the old one says nothing.
SAME_WITH_OTHER_LEAD = 0.6
# Below this likeness a person is asked to look whether it really is the same task.
SURELY_SAME = 0.7
# A pair of characters that more measures have leads to no candidates, so that a plan of thousands stays quick.
MOST_OWNERS = 40


@dataclass(frozen=True)
class Match:
    """A parsed measure, the number of its section, and the stored measure that it is (None for a new one).

    `doubtful`: nothing but likeness of words says so, and it is weak. `named`: a person said which it is, or that it is none.
    """

    parsed: ParsedMeasure
    section_number: int
    measure: Measure | None
    doubtful: bool = False
    named: bool = False


def find_plan(source: SourceDocument, parsed: ParsedPlan, title: str | None) -> tuple[Plan | None, str]:
    """The stored plan that this document is a version of, and by what it was recognised."""
    document = PlanDocument.objects.filter(sha256=source.sha256).select_related("plan").first()
    if document is not None:
        return document.plan, "同一文件"
    hashes = {words_hash(measure.text) for section in parsed.sections for measure in section.measures}
    found: dict[int, set[str]] = defaultdict(set)
    for plan_id, known in Measure.objects.filter(
        printed_hash__in=hashes, in_text=True, by_hand=False
    ).values_list("plan", "printed_hash"):
        found[plan_id].add(known)
    if found:
        best = max(found, key=lambda plan_id: (len(found[plan_id]), plan_id))
        # Half of the measures word for word: a revision. Fewer may be boilerplate that many plans share.
        if 2 * len(found[best]) >= len(hashes):
            return Plan.objects.get(pk=best), "内容相同的措施"
    if title:
        namesakes = list(Plan.objects.filter(title=title)[:2])
        if len(namesakes) == 1:
            return namesakes[0], "相同名称"
    return None, ""


def match_measures(
    parsed: ParsedPlan, plan: Plan | None, origins: Mapping[str, int | None]
) -> tuple[list[Match], list[Measure]]:
    """What each parsed measure is, and the stored measures left over.

    `origins`: what a person said of a row by its number: the key of the measure that it is, None for a new task.
    """
    wanted = [(measure, section.number) for section in parsed.sections for measure in section.measures]
    if plan is None:
        return [Match(measure, number, None) for measure, number in wanted], []
    stored = list(
        plan.measures.filter(in_text=True, by_hand=False)
        .select_related("lead", "section")
        .prefetch_related("co_departments", "indicators", "milestones")
    )
    matching = _Matching([measure for measure, _section in wanted], stored)
    matching.by_word_of_a_person(origins)
    matching.by_same_words()
    matching.by_return(
        list(
            plan.measures.filter(in_text=False, by_hand=False)
            .select_related("lead", "section")
            .order_by("-id")
        )
    )
    matching.by_likeness()
    pairs = [
        Match(
            measure,
            number,
            matching.partner.get(index),
            doubtful=index in matching.doubtful,
            named=index in matching.named,
        )
        for index, (measure, number) in enumerate(wanted)
    ]
    return pairs, [measure for measure in stored if measure.pk not in matching.taken]


class _Matching:
    """Pairs parsed measures (by index) with stored ones, each at most once."""

    def __init__(self, wanted: list[ParsedMeasure], stored: list[Measure]) -> None:
        self.wanted, self.stored = wanted, stored
        self.partner: dict[int, Measure] = {}
        self.taken: set[int] = set()
        # Rows of which a person said what they are, new tasks among them, and those paired by a weak likeness.
        self.named: set[int] = set()
        self.doubtful: set[int] = set()

    def _pair(self, index: int, measure: Measure) -> None:
        self.partner[index] = measure
        self.taken.add(measure.pk)

    def _is_open(self, index: int) -> bool:
        """Whether nothing is known yet of what the row is."""
        return index not in self.partner and index not in self.named

    def by_word_of_a_person(self, origins: Mapping[str, int | None]) -> None:
        """A measure that is no longer there, or that two rows were said to be, leaves the later row to the words."""
        stored = {measure.pk: measure for measure in self.stored}
        for index, parsed in enumerate(self.wanted):
            if parsed.number not in origins:
                continue
            key = origins[parsed.number]
            if key is None:
                self.named.add(index)
            elif key in stored and key not in self.taken:
                self._pair(index, stored[key])
                self.named.add(index)

    def by_same_words(self) -> None:
        """The same words at the same number, then the same words anywhere, then the same title."""
        printed = [(words_hash(measure.text), measure.title, measure.number) for measure in self.wanted]
        known = [(measure.printed_hash, measure.printed_title, measure.number) for measure in self.stored]
        for parts in ((0, 2), (0,), (1,)):
            waiting: dict[tuple[str, ...], list[Measure]] = defaultdict(list)
            for measure, words in zip(self.stored, known, strict=True):
                if measure.pk not in self.taken:
                    waiting[tuple(words[part] for part in parts)].append(measure)
            for index, words in enumerate(printed):
                candidates = waiting.get(tuple(words[part] for part in parts))
                if self._is_open(index) and candidates:
                    self._pair(index, candidates.pop(0))

    def by_return(self, gone: list[Measure]) -> None:
        """Measures that an earlier version had dropped and that stand there again word for word."""
        waiting: dict[str, Measure] = {}
        for measure in gone:
            waiting.setdefault(measure.printed_hash, measure)
        for index, parsed in enumerate(self.wanted):
            words = words_hash(parsed.text)
            if self._is_open(index) and words in waiting:
                self._pair(index, waiting.pop(words))

    def by_likeness(self) -> None:
        """What is left by likeness of the words, best first: never by its place alone."""
        new = {
            index: own_words(self.wanted[index].text)
            for index in range(len(self.wanted))
            if self._is_open(index)
        }
        old = [(measure, own_words(measure.text)) for measure in self.stored if measure.pk not in self.taken]
        if not new or not old:
            return
        likeness = Likeness(new.values(), (words for _measure, words in old))
        holders: dict[str, list[int]] = defaultdict(list)
        at_number: dict[str, list[int]] = defaultdict(list)
        for place, (measure, words) in enumerate(old):
            at_number[measure.number].append(place)
            for pair in words:
                holders[pair].append(place)
        scored: list[tuple[float, bool, int, Measure]] = []
        for index, words in new.items():
            parsed = self.wanted[index]
            places = {place for pair in words if len(holders[pair]) <= MOST_OWNERS for place in holders[pair]}
            places.update(at_number.get(parsed.number, ()))
            for place in places:
                measure, other = old[place]
                alike = likeness.of(words, other)
                if alike >= (SAME_MEASURE if _same_lead(parsed, measure) else SAME_WITH_OTHER_LEAD):
                    scored.append((alike, measure.number == parsed.number, index, measure))
        for alike, _same, index, measure in sorted(scored, key=lambda row: row[:2], reverse=True):
            if self._is_open(index) and measure.pk not in self.taken:
                self._pair(index, measure)
                if alike < SURELY_SAME:
                    self.doubtful.add(index)


def _same_lead(parsed: ParsedMeasure, measure: Measure) -> bool:
    """Whether the old wording names one of the new one's leads too; nobody named says nothing against it."""
    known = (measure.lead.name if measure.lead is not None else "") + measure.text
    return not parsed.lead or any(name in known for name in parsed.lead)
