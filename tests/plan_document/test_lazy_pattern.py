"""A pattern that is compiled at its first use is the same pattern; none of the parser's is wrong."""

import importlib
import pkgutil
import re
import subprocess
import sys

import pytest

from tests.servers import ROOT
from tracker import plan_document
from tracker.plan_document.lazy_pattern import _LazyPattern, lazy_pattern


def lazy_ones() -> list[tuple[str, _LazyPattern]]:
    modules = [
        importlib.import_module(f"{plan_document.__name__}.{module.name}")
        for module in pkgutil.iter_modules(plan_document.__path__)
    ]
    return [
        (f"{module.__name__}.{name}", value)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, _LazyPattern)
    ]


def test_every_pattern_of_the_parser_compiles():
    found = lazy_ones()
    assert len(found) > 100
    for name, pattern in found:
        assert isinstance(
            pattern.search(b"" if isinstance(pattern.pattern, bytes) else ""), re.Match | None
        ), name


def test_it_answers_as_a_compiled_one():
    lazy, compiled = lazy_pattern("(A)?B+", re.IGNORECASE), re.compile("(A)?B+", re.IGNORECASE)
    text = "abb b ABx"
    assert [m.span() for m in lazy.finditer(text)] == [m.span() for m in compiled.finditer(text)] != []
    assert lazy.findall(text) == compiled.findall(text)
    assert lazy.sub("-", text) == compiled.sub("-", text) == "- - -x"
    assert lazy.split(text) == compiled.split(text)
    assert (lazy.pattern, lazy.flags, lazy.groups) == (compiled.pattern, compiled.flags, compiled.groups)
    assert lazy.fullmatch("x") is lazy.match("x") is None
    assert lazy_pattern(rb"\d").search(b"a1")[0] == b"1"


def test_a_wrong_one_is_told_at_its_first_use():
    wrong = lazy_pattern("(")
    with pytest.raises(re.error):
        wrong.search("")


def test_loading_the_parser_compiles_none_of_them():
    # None of the names that a use would leave behind; cn2an brings patterns of its own.
    program = (
        "import importlib, pkgutil, sys\nfrom tracker import plan_document\n"
        "from tracker.plan_document.lazy_pattern import _LazyPattern\n"
        "modules = [m for name, m in sys.modules.items() if name.startswith('tracker.plan_document.')]\n"
        "found = [v for m in modules for v in vars(m).values() if isinstance(v, _LazyPattern)]\n"
        "print(len(found) > 100, {n for v in found for n in vars(v)} - {'pattern', '_flags'}, 'cn2an' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True set() False\n"
