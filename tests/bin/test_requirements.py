"""The compiled requirements install anywhere: pinned, hashed, bound to no registry, whole for every Python we admit."""

import re
from importlib import metadata

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.servers import ROOT

FILES = ("requirements.txt", "requirements-dev.txt")


def pins(file: str) -> dict[str, list[str]]:
    """The hashes of each pinned package, by its canonical name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([A-Za-z0-9._-]+)(\[[a-z,]+\])?==[^ ]+ \\$", line):
            name = canonicalize_name(pin[1])
            found[name] = []
        elif digest := re.match(r" {4}--hash=sha256:([0-9a-f]{64})( \\)?$", line):
            found[name].append(digest[1])
        else:
            assert line == "" or line.lstrip().startswith("#"), f"{file}: {line}"
    return found


@pytest.mark.parametrize("file", FILES)
def test_everything_is_pinned_with_hashes_and_nothing_else(file: str):
    packages = pins(file)
    assert len(packages) > 40
    assert [name for name, hashes in packages.items() if not hashes] == []


def test_the_development_set_holds_the_runtime_set():
    runtime, development = (pins(file) for file in FILES)
    assert {name: development.get(name) for name in runtime} == runtime


# 3.11.2 is Debian 12; some packages ask for more below 3.11.3.
@pytest.mark.parametrize("version", ["3.11.2", "3.11.9", "3.12.3", "3.13.1"])
@pytest.mark.parametrize("file", FILES)
def test_no_python_that_we_admit_needs_a_package_that_is_not_pinned(file: str, version: str):
    packages = pins(file)
    here = default_environment() | {"extra": ""}
    here |= {"python_version": version.rpartition(".")[0], "python_full_version": version}
    missing = []
    for name in packages:
        try:
            wanted = metadata.distribution(name).requires or []
        except metadata.PackageNotFoundError:  # pinned for another Python than the one at hand
            continue
        for text in wanted:
            requirement = Requirement(text)
            applies = requirement.marker is None or requirement.marker.evaluate(here)
            if applies and canonicalize_name(requirement.name) not in packages:
                missing.append(f"{name} wants {text}")
    assert missing == []
