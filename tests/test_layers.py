"""The layer rule of docs/architecture.md, read off the imports: entry points → use cases → models → rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TRACKER = Path(__file__).resolve().parent.parent / "tracker"

# What stands directly below tracker/, with its level: a module imports its own level or a lower one.
ENTRY, USE_CASE, ACCESS, MODEL, PURE = 4, 3, 2, 1, 0
LEVELS = {
    "admin": ENTRY,
    "api": ENTRY,
    "management": ENTRY,
    "tasks": ENTRY,
    "apps": ENTRY,
    "checks": ENTRY,
    "actions": USE_CASE,
    "importing": USE_CASE,
    "reminders": USE_CASE,
    "reports": USE_CASE,
    "access": ACCESS,
    "models": MODEL,
    "migrations": MODEL,
    "rules": PURE,
    "plan_document": PURE,
}
# The application's registration loads the checks: that is no door beside a door.
ALLOWED = {("apps", "checks")}
FRAMEWORKS = {"django", "rest_framework", "celery", "environ", "config"}
CLOCKS = {"now", "utcnow", "today"}
CONVERTERS = {"localdate", "localtime"}  # read the clock only when no value is given


@dataclass(frozen=True)
class Import:
    path: str
    line: int
    layer: str
    target: str  # dotted name of what is imported

    def __str__(self) -> str:
        return f"{self.path}:{self.line} ({self.layer}) imports {self.target}"


def python_files(tracker: Path) -> Iterator[tuple[Path, str]]:
    """Every Python file below `tracker` with the layer it belongs to; tracker/__init__.py belongs to none."""
    for path in sorted(tracker.rglob("*.py")):
        top = path.relative_to(tracker).parts[0].removesuffix(".py")
        if top != "__init__":
            yield path, top


def imports(tracker: Path) -> Iterator[Import]:
    for path, layer in python_files(tracker):
        package = ["tracker", *path.relative_to(tracker).parent.parts]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                targets = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = [*package[: len(package) + 1 - node.level]] if node.level else []
                module = ".".join([*base, node.module] if node.module else base)
                # `from tracker import actions` imports a layer, so the imported name belongs to the target.
                targets = [f"{module}.{name.name}" for name in node.names]
            else:
                continue
            for target in targets:
                yield Import(str(path.relative_to(tracker.parent)), node.lineno, layer, target)


def violations(tracker: Path) -> list[str]:
    found = []
    for item in imports(tracker):
        top, _, rest = item.target.partition(".")
        level = LEVELS[item.layer]
        if top == "config":
            found.append(f"{item}: settings are read through django.conf")
        elif level == PURE and top in FRAMEWORKS:
            found.append(f"{item}: the layer is pure Python")
        elif top == "tracker":
            target = rest.split(".")[0]
            if target == item.layer or (item.layer, target) in ALLOWED:
                continue
            if target == "access" and rest.count(".") > 1:
                found.append(f"{item}: who may is asked of tracker.access itself, the one door")
                continue
            if target not in LEVELS:
                found.append(f"{item}: no layer of that name")
            elif LEVELS[target] > level or (LEVELS[target] == level and level in (ENTRY, PURE)):
                found.append(f"{item}: upwards or sideways")
    return found


def clock_reads(tracker: Path) -> list[str]:
    """Where a layer below the entry points asks for the time instead of being told."""
    found = []
    for path, layer in python_files(tracker):
        if LEVELS[layer] == ENTRY or layer == "migrations":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name, told = node.func.attr, bool(node.args or node.keywords)
                if name in CLOCKS or (name in CONVERTERS and not told):
                    found.append(f"{path.relative_to(tracker.parent)}:{node.lineno} {name}()")
    return found


def test_every_file_has_a_layer_and_every_layer_files():
    layers = {layer for _, layer in python_files(TRACKER)}
    assert layers == LEVELS.keys(), "give the new module a level in LEVELS, or take the old one out"


def test_no_layer_imports_upwards_or_sideways():
    assert violations(TRACKER) == []


def test_only_entry_points_read_the_clock():
    assert clock_reads(TRACKER) == []


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("rules/light.py", "from django.utils import timezone", "pure Python"),
        ("rules/light.py", "import django", "pure Python"),
        ("rules/light.py", "from tracker.plan_document import parse_plan", "sideways"),
        ("plan_document/reader.py", "from tracker import rules", "sideways"),
        ("plan_document/reader.py", "from ..models import Measure", "upwards"),
        ("models/measure.py", "from tracker import access", "upwards"),
        ("access/steps.py", "from tracker.actions.office import close", "upwards"),
        ("actions/office.py", "import tracker.api.urls", "upwards"),
        ("api/urls.py", "from tracker.admin import site", "sideways"),
        ("tasks.py", "from .management.console import chinese_errors", "sideways"),
        ("admin/site.py", "def late():\n    from tracker.api import urls", "sideways"),
        ("api/urls.py", "from config import settings", "django.conf"),
        ("api/urls.py", "from tracker import utils", "no layer"),
        ("api/urls.py", "from tracker.access.people import own_departments", "the one door"),
    ],
)
def test_planted_violation_is_caught(tmp_path: Path, file: str, line: str, complaint: str):
    tracker = plant(tmp_path, file, line)
    [found] = violations(tracker)
    assert complaint in found
    assert f"tracker/{file}" in found


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("admin/site.py", "from tracker import access, actions, models"),
        ("actions/office.py", "from tracker.rules.lifecycle import Status"),
        ("importing/apply.py", "from tracker import actions"),
        ("models/measure.py", "from .plan import Plan"),
        ("rules/light.py", "from tracker.rules.lifecycle import Status"),
        ("apps.py", "from tracker import checks"),
        ("plan_document/reader.py", "import docx, cn2an"),
    ],
)
def test_what_is_allowed_passes(tmp_path: Path, file: str, line: str):
    assert violations(plant(tmp_path, file, line)) == []


@pytest.mark.parametrize(
    "call", ["date.today()", "datetime.now(UTC)", "timezone.now()", "timezone.localdate()"]
)
def test_planted_clock_is_caught(tmp_path: Path, call: str):
    tracker = plant(tmp_path, "rules/light.py", f"TODAY = {call}")
    [found] = clock_reads(tracker)
    assert found.startswith("tracker/rules/light.py:1 ")


def test_converting_a_given_time_is_no_clock(tmp_path: Path):
    assert (
        clock_reads(plant(tmp_path, "rules/light.py", "def day(now):\n    return timezone.localdate(now)"))
        == []
    )


def plant(folder: Path, file: str, text: str) -> Path:
    path = folder / "tracker" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder / "tracker"
