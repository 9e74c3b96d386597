"""Suggests who might lead a measure that names nobody, from the departments' duties; a person decides."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.models import Department

# The heading says what a measure is about; its text also names partners and examples.
TITLE_WEIGHT = 3
# A word that a text repeats says more, but not without end.
MOST_REPEATS = 3
# What must be found, in weighted characters, for half of the confidence: one four-character word in the heading is 12.
HALF_SURE_AT = 12


@dataclass(frozen=True)
class Suggestion:
    """A department and why: the duty words found whole in the measure, weightiest first: 建设 alone is not 平安建设.

    `confidence`, percent: its share of all found, the less the less was found; one word in passing is no certainty.
    """

    department: Department
    words: tuple[str, ...]
    confidence: int


class LeadSuggester:
    """Knows every department's duty words; asks the database once."""

    def __init__(self, departments: Iterable[Department] | None = None) -> None:
        if departments is None:
            # A class of units (各有关部门, 各县市区) assists everywhere and leads nowhere.
            departments = Department.objects.filter(active=True).exclude(
                kind__in=[Department.Kind.GROUP, Department.Kind.LOCAL_GOVERNMENT]
            )
        self._owners: dict[str, list[Department]] = defaultdict(list)
        for department in departments:
            for word in department.duties:
                self._owners[word].append(department)

    def suggest(self, *, title: str, text: str, most: int = 3) -> list[Suggestion]:
        """At most `most` departments, likeliest first; empty when no duty word occurs.

        A longer word says more than a short one, a word of many departments less than one of a single one.
        """
        score: dict[int, float] = defaultdict(float)
        words: dict[int, dict[str, float]] = defaultdict(dict)
        by_id: dict[int, Department] = {}

        for word, owners in self._owners.items():
            weight = TITLE_WEIGHT * (word in title) + min(text.count(word), MOST_REPEATS)
            for department in owners if weight else ():
                words[department.pk][word] = weight * len(word) / len(owners)
                score[department.pk] += words[department.pk][word]
                by_id[department.pk] = department
        total = sum(score.values())
        best = sorted(score, key=lambda pk: (-score[pk], by_id[pk].name))[:most]
        return [
            Suggestion(
                by_id[pk],
                tuple(sorted(words[pk], key=lambda word: (-words[pk][word], word))),
                round(100 * score[pk] / (total + HALF_SURE_AT)),
            )
            for pk in best
        ]
