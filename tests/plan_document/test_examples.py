"""Precision, recall and F1 a field on labelled documents and clauses; below a recorded value the test fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tracker.plan_document import clause_to_json, parse_clause, parse_plan, read_document

from .support import HERE, account_for, outline_of

# examples: given with the task. documents: written by us, truth before the parser saw them.
SETS = {"examples": HERE / "examples", "own": HERE / "documents"}
# F1 that was last reached; raise these when the parser gets better, never lower them.
RECORDED = {
    "examples": {
        "outline": 1.0,
        "title": 1.0,
        "lead": 1.0,
        "co": 1.0,
        "deadline": 1.0,
        "recurring": 1.0,
        "milestones": 1.0,
    },
    "own": {
        "outline": 1.0,
        "title": 1.0,
        "lead": 1.0,
        "co": 1.0,
        "deadline": 1.0,
        "recurring": 1.0,
        "milestones": 1.0,
        "measures": 1.0,
    },
}
CLAUSE_FIELDS = ("lead", "co", "deadline", "recurring", "milestones")


class Score:
    """Counts of right, superfluous and missing values of one field."""

    def __init__(self) -> None:
        self.right = self.extra = self.missing = 0

    def compare(self, got: Iterable[Hashable], wanted: Iterable[Hashable]) -> None:
        """Count one case; a value counts as often as it is there."""
        have, want = Counter(got), Counter(wanted)
        common = (have & want).total()
        self.right += common
        self.extra += have.total() - common
        self.missing += want.total() - common

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def documents(folder: Path) -> list[Path]:
    found = folder / "documents" if (folder / "documents").is_dir() else folder
    return sorted(path for path in found.iterdir() if path.suffix in {".txt", ".html"})


def clauses(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "clauses.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def values(field: object) -> list[Hashable]:
    if field is None:
        return []
    if isinstance(field, list):
        return [str(value) for value in field]
    return [str(field)]


def report(name: str, scores: dict[str, Score]) -> list[str]:
    """Print a line a field; the fields that fell below their recorded value."""
    fallen = []
    for field, score in scores.items():
        print(
            f"{name:9s}{field:11s} precision {score.precision:.3f} recall {score.recall:.3f} F1 "
            f"{score.f1:.3f}"
            f" (right {score.right}, extra {score.extra}, missing {score.missing})"
        )
        if score.f1 < RECORDED[name][field]:
            fallen.append(field)
    return fallen


@pytest.mark.parametrize("name", SETS)
def test_outlines_and_titles(name: str) -> None:
    scores = {"outline": Score(), "title": Score()}
    seen = 0
    for path in documents(SETS[name]):
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        source = read_document(path)
        plan = parse_plan(source)
        account_for(plan, source.text)
        scores["outline"].compare(
            [tuple(map(str, node)) for node in outline_of(plan)],
            [tuple(map(str, node)) for node in truth["outline"]],
        )
        scores["title"].compare(values(plan.title), values(truth["title"]))
        seen += 1
    assert seen >= 10
    assert report(name, scores) == []


@pytest.mark.parametrize("name", SETS)
def test_clauses(name: str) -> None:
    scores = {field: Score() for field in CLAUSE_FIELDS}
    for truth in clauses(SETS[name]):
        read = clause_to_json(parse_clause(truth["text"], truth["context_year"]))
        for field, score in scores.items():
            score.compare(values(read[field]), values(truth[field]))
    assert scores["lead"].right >= 20
    assert report(name, scores) == []


def test_measures_of_documents() -> None:
    """Whole rows (title, lead, co, deadline) of the documents whose truth names their measures."""
    scores = {"measures": Score()}
    seen = 0
    for path in documents(SETS["own"]):
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if "measures" not in truth:
            continue
        seen += 1
        read = [
            (m.title, "、".join(m.lead), "、".join(m.co), m.deadline.isoformat() if m.deadline else "")
            for section in parse_plan(read_document(path)).sections
            for m in section.measures
        ]
        scores["measures"].compare(read, [tuple(row) for row in truth["measures"]])
    assert seen >= 6
    assert report("own", scores) == []
