"""Recognises what was imported before: the plan that a document is a version of, and each measure in its earlier wording."""

from collections import defaultdict
from difflib import SequenceMatcher

from tracker.actions.text import words_hash
from tracker.models import Measure, Plan, PlanDocument
from tracker.plan_document import ParsedMeasure, ParsedPlan, SourceDocument

# Two texts are versions of one measure when at least this share of their characters agrees.
SAME_MEASURE = 0.6
# Beyond this many pairs only measures of the same number are compared, so that a huge rewrite stays quick.
MOST_COMPARISONS = 20_000
# Likeness is told from the beginnings of the texts (characters): the effort grows with the square of the length.
COMPARED = 1_500


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
    parsed: ParsedPlan, plan: Plan | None
) -> tuple[list[tuple[ParsedMeasure, int, Measure | None]], list[Measure]]:
    """Each parsed measure with its section's number and the stored measure it is, and the stored ones left over."""
    wanted = [(measure, section.number) for section in parsed.sections for measure in section.measures]
    if plan is None:
        return [(measure, number, None) for measure, number in wanted], []
    stored = list(
        plan.measures.filter(in_text=True, by_hand=False)
        .select_related("lead", "section")
        .prefetch_related("co_departments", "indicators", "milestones")
    )
    matching = _Matching([measure for measure, _section in wanted], stored)
    matching.by_same_words()
    matching.by_return(
        list(
            plan.measures.filter(in_text=False, by_hand=False)
            .select_related("lead", "section")
            .order_by("-id")
        )
    )
    matching.by_likeness()
    pairs = [(measure, number, matching.partner.get(index)) for index, (measure, number) in enumerate(wanted)]
    return pairs, [measure for measure in stored if measure.pk not in matching.taken]


class _Matching:
    """Pairs parsed measures (by index) with stored ones, each at most once."""

    def __init__(self, wanted: list[ParsedMeasure], stored: list[Measure]) -> None:
        self.wanted, self.stored = wanted, stored
        self.partner: dict[int, Measure] = {}
        self.taken: set[int] = set()

    def _pair(self, index: int, measure: Measure) -> None:
        self.partner[index] = measure
        self.taken.add(measure.pk)

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
                if index not in self.partner and candidates:
                    self._pair(index, candidates.pop(0))

    def by_return(self, gone: list[Measure]) -> None:
        """Measures that an earlier version had dropped and that stand there again word for word."""
        waiting: dict[str, Measure] = {}
        for measure in gone:
            waiting.setdefault(measure.printed_hash, measure)
        for index, parsed in enumerate(self.wanted):
            words = words_hash(parsed.text)
            if index not in self.partner and words in waiting:
                self._pair(index, waiting.pop(words))

    def by_likeness(self) -> None:
        """What is left by likeness of the words, best first."""
        new = [index for index in range(len(self.wanted)) if index not in self.partner]
        old = [measure for measure in self.stored if measure.pk not in self.taken]
        few = len(new) * len(old) <= MOST_COMPARISONS
        scored: list[tuple[float, bool, int, Measure]] = []
        for measure in old:
            matcher = SequenceMatcher(b=measure.text[:COMPARED], autojunk=False)
            for index in new:
                same_number = self.wanted[index].number == measure.number
                if few or same_number:
                    ratio = _likeness(matcher, self.wanted[index].text[:COMPARED])
                    if ratio >= SAME_MEASURE:
                        scored.append((ratio, same_number, index, measure))
        for _ratio, _same, index, measure in sorted(scored, key=lambda row: row[:2], reverse=True):
            if index not in self.partner and measure.pk not in self.taken:
                self._pair(index, measure)


def _likeness(matcher: "SequenceMatcher[str]", text: str) -> float:
    """Share of characters that agree, 0–1; the cheap upper bounds are asked first."""
    matcher.set_seq1(text)
    for bound in (matcher.real_quick_ratio, matcher.quick_ratio):
        if bound() < SAME_MEASURE:
            return 0.0
    return matcher.ratio()
