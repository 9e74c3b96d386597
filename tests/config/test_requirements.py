"""What the product imports is named in requirements.txt: an installation has no development packages to borrow from."""

import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Imported by name at run time, when the one setting that needs them is given.
TRANSPORTS = [
    "kombu.transport.redis",
    "config.file_queue",
    "django.db.backends.postgresql.base",
    "granian.cli",
]
PROGRAM = """
import importlib, sys
missing = set(sys.argv[1].split(","))
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
import config.wsgi, config.celery
for name in sys.argv[2:]:
    importlib.import_module(name)
print("imported", len(sys.argv) - 2)
"""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def development_only() -> set[str]:
    """Top-level modules of the installed distributions that requirements.txt does not name."""
    named = {
        normal(match[1])
        for match in re.finditer(
            r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE
        )
    }
    assert {"django", "celery"} <= named
    modules: dict[str, bool] = {}
    for distribution in distributions():
        ours = normal(distribution.metadata["Name"]) in named
        for path in distribution.files or ():
            top = path.parts[0].removesuffix(".py")
            if path.suffix == ".py" and top.isidentifier():
                modules[top] = modules.get(top, False) or ours
    return {module for module, ours in modules.items() if not ours} - {
        "config",
        "tracker",
        "tests",
        "fixtures",
    }


def test_every_module_of_the_product_is_importable_without_development_packages(tmp_path):
    absent = development_only()
    assert "pytest" in absent
    assert "django" not in absent
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for folder in ("config", "tracker")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, ",".join(sorted(absent)), *modules, *TRANSPORTS],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DUBAN_DATA_DIR": str(tmp_path), "DUBAN_ENV_FILE": "/dev/null"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("imported")
