"""The same document printed another way (half-width, indented, spaced out, other brackets) reads the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.plan_document import clause_to_json, parse_clause, parse_plan, read_document
from tracker.plan_document.typography import _TRADITIONAL

from .support import outline_of
from .test_examples import SETS, clauses, documents

PAIRS = list(zip(",;:()!?", "，；：（）！？", strict=True))
DRAWN = re.compile(r"[│┃┌┏|\t]")
WRAPPED = {"38.txt", "514.txt"}  # broken into lines by hand: a blank line there is another text


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


def square_brackets(text: str) -> str:
    """Every outermost bracket square, those inside it round as they were."""
    printed, depth = [], 0
    for letter in text:
        depth -= letter in "）)"
        printed.append("〔〕"[letter in "）)"] if letter in "（(）)" and not depth else letter)
        depth += letter in "（("
    return "".join(printed)


def blanks_after_marks(text: str) -> str:
    return text if re.match(r"\S{1,3}、", text) else text.replace("、", "、 ")


SIMPLIFIED = list(zip(_TRADITIONAL[1::2], _TRADITIONAL[::2], strict=True))
TO_TRADITIONAL = {ord(plain): letter for plain, letter in reversed(SIMPLIFIED) if plain != letter}


def traditional(text: str) -> str:
    return text.translate(TO_TRADITIONAL)


def after_a_sentence(text: str) -> str:
    plain = text[0] not in "│|0123456789" and "\n" not in text and "\t" not in text
    return "（三）推进重点工作。" + text if plain else text


ROUND = str.maketrans("【】〔〕", "()()")


def bare(text: str | None) -> str:
    return re.sub(r"[ \u3000]", "", half(text or "")).translate(ROUND)


# A page keeps its cells and styles beside its text, which a text printed otherwise has lost.
ALL_DOCUMENTS = [path for folder in SETS.values() for path in documents(folder) if path.suffix == ".txt"]


@pytest.mark.parametrize(
    "printing", [half, full, indented, spaced, trailing_blanks, traditional], ids=lambda f: f.__name__
)
def test_outline_and_title_do_not_depend_on_the_printing(printing: Callable[[str], str]) -> None:
    seen: list[Path] = []
    for path in ALL_DOCUMENTS:
        if printing is spaced and path.name in WRAPPED:
            continue
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        plan = parse_plan(printing(read_document(path).text))
        got = [(level, bare(str(marker)), bare(str(heading))) for level, marker, heading in outline_of(plan)]
        letters = traditional if printing is traditional else str
        wanted = [
            (n, bare(letters(marker)), bare(letters(heading))) for n, marker, heading in truth["outline"]
        ]
        assert got == wanted, f"{path.name} printed {printing.__name__}"
        assert bare(plan.title) == bare(letters(truth["title"] or "")), (
            f"{path.name} printed {printing.__name__}"
        )
        seen.append(path)
    assert len(seen) > 90


@pytest.mark.parametrize(
    "printing",
    [half, full, other_brackets, square_brackets, blanks_after_marks, traditional, after_a_sentence],
    ids=lambda f: f.__name__,
)
def test_clauses_do_not_depend_on_the_printing(printing: Callable[[str], str]) -> None:
    seen = 0
    for folder in SETS.values():
        for truth in clauses(folder):
            read = clause_to_json(parse_clause(printing(truth["text"]), truth["context_year"]))
            letters = traditional if printing is traditional else str
            for field in ("lead", "co"):
                wanted = [bare(letters(name)) for name in truth[field]]
                assert [bare(name) for name in read[field]] == wanted, truth["text"]
            for field in ("deadline", "recurring", "milestones"):
                assert read[field] == truth[field], truth["text"]
            seen += 1
    assert seen > 200
