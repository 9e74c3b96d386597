"""The same document printed another way (half-width, indented, spaced out, other brackets) reads the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.plan_document import clause_to_json, parse_clause, parse_plan, read_document

from .support import outline_of
from .test_examples import SETS, clauses, documents

PAIRS = list(zip(",;:()!?", "，；：（）！？", strict=True))
DRAWN = re.compile(r"[│┃┌┏|\t]")
WRAPPED = {"38.txt"}  # broken into lines by hand: a blank line there is another text


def half(text: str) -> str:
    for narrow, wide in PAIRS:
        text = text.replace(wide, narrow)
    return text


def full(text: str) -> str:
    if "&" in text:
        return text  # the semicolon of an entity is no punctuation
    for narrow, wide in PAIRS:
        mark = re.escape(narrow)
        text = re.sub(rf"(?<![0-9A-Za-z]){mark}|{mark}(?![0-9A-Za-z])", wide, text)
    return text


def indented(text: str) -> str:
    if DRAWN.search(text):
        return text
    return "\n".join("　　" + line if line.strip() else line for line in text.split("\n"))


def spaced(text: str) -> str:
    return text if DRAWN.search(text) else text.replace("\n", "\n\n")


def trailing_blanks(text: str) -> str:
    return text.replace("\n", " \n")


def other_brackets(text: str) -> str:
    return text.replace("（", "【").replace("）", "】") if text.count("（") == 1 else text


def after_a_sentence(text: str) -> str:
    plain = text[0] not in "│|0123456789" and "\n" not in text and "\t" not in text
    return "（三）推进重点工作。" + text if plain else text


def bare(text: str | None) -> str:
    return re.sub(r"[ \u3000]", "", half(text or "")).replace("【", "(").replace("】", ")")


ALL_DOCUMENTS = [path for folder in SETS.values() for path in documents(folder)]


@pytest.mark.parametrize(
    "printing", [half, full, indented, spaced, trailing_blanks], ids=lambda f: f.__name__
)
def test_outline_and_title_do_not_depend_on_the_printing(printing: Callable[[str], str]) -> None:
    seen: list[Path] = []
    for path in ALL_DOCUMENTS:
        if printing is spaced and path.name in WRAPPED:
            continue
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        plan = parse_plan(printing(read_document(path).text))
        got = [(level, bare(str(marker)), bare(str(heading))) for level, marker, heading in outline_of(plan)]
        wanted = [(level, bare(marker), bare(heading)) for level, marker, heading in truth["outline"]]
        assert got == wanted, f"{path.name} printed {printing.__name__}"
        assert bare(plan.title) == bare(truth["title"]), f"{path.name} printed {printing.__name__}"
        seen.append(path)
    assert len(seen) > 90


@pytest.mark.parametrize("printing", [half, full, other_brackets, after_a_sentence], ids=lambda f: f.__name__)
def test_clauses_do_not_depend_on_the_printing(printing: Callable[[str], str]) -> None:
    seen = 0
    for folder in SETS.values():
        for truth in clauses(folder):
            read = clause_to_json(parse_clause(printing(truth["text"]), truth["context_year"]))
            for field in ("lead", "co"):
                assert [bare(n) for n in read[field]] == [bare(n) for n in truth[field]], truth["text"]
            for field in ("deadline", "recurring", "milestones"):
                assert read[field] == truth[field], truth["text"]
            seen += 1
    assert seen > 200
