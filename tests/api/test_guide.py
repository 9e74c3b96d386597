"""docs/api.md is run: every curl command against a live server, and its Python against a client made by a generator."""

import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from tests.api.callers import make_token
from tests.makers import liaison_of, make_department, make_measure
from tests.servers import binary
from tracker.models import ApiToken, Attachment, Measure, MeasureEvent

GUIDE = (configured.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
BASH = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)
(PYTHON,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
# The server's own command, and what is shown by the test of the generated client.
(MAKE_TOKEN,) = (block for block in BASH if "manage.py" in block)
(GENERATE,) = (block for block in BASH if "openapi-python-client" in block)
CURL = [block for block in BASH if "curl" in block and block != GENERATE]
# What a command writes to its measure, by the last part of its address.
WRITES = {
    "acknowledge": "acknowledge",
    "reports": "report",
    "apply-to-close": "apply_to_close",
    "extensions": "request_extension",
    "bulk": "report",
}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "批复.pdf").write_bytes(b"%PDF-1.7\n%fine\n")
    return tmp_path


@pytest.fixture(autouse=True)
def attachments_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings):
    settings.ATTACHMENT_DIR = tmp_path / "files"
    storage = Attachment._meta.get_field("file").storage
    monkeypatch.setattr(storage, "_location", str(tmp_path / "files"))
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    yield
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)


def run(script: str, desk: Path, **variables: str) -> str:
    """What the commands print; the test fails with the first that fails or is refused by the server."""
    strict = 'set -euo pipefail\ncurl() { command curl --fail-with-body --noproxy "*" "$@"; }\n'
    # The environment's locale must not decide what a Chinese file name is.
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **variables}
    done = subprocess.run(
        [binary("bash"), "-c", strict + script],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_guide_has_something_to_run():
    assert len(CURL) >= 10
    assert sum(block.count("curl ") for block in CURL) >= 14
    assert {name for name in WRITES if any(f"/{name}/" in block for block in CURL)} == set(WRITES)


@pytest.mark.django_db
def test_the_line_that_makes_a_token_makes_one():
    department = make_department(code="jiaotong")
    command, *arguments = shlex.split(MAKE_TOKEN)
    assert command == "./manage.py"
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    assert len(out.getvalue().strip()) == 64
    row = ApiToken.objects.get()
    assert (row.user.department, row.user.service, row.scope) == (department, True, "write")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("block", CURL, ids=[str(n) for n in range(1, len(CURL) + 1)])
def test_each_command_does_what_it_says(block: str, live_server: LiveServer, desk: Path):
    lead = make_department()
    liaison = liaison_of(lead)
    first = make_measure(lead=lead, acknowledged="/12/acknowledge/" not in block)
    waiting = make_measure(lead=lead, acknowledged=False)
    variables = {"API": f"{live_server.url}/api/v1", "TOKEN": make_token(liaison)}
    # The guide's measures are number 12 and 15 and its versions invented.
    block = re.sub(r"export \w+=.*\n", "", block)
    block = re.sub(r'/12/|"id": 12\b', lambda found: found[0].replace("12", str(first.pk)), block)
    block = block.replace('"id": 15', f'"id": {waiting.pk}').replace(
        '"version": 2', f'"version": {waiting.version}'
    )
    block = re.sub(r"""'If-Match: "\d+"'""", f"""'If-Match: "{first.version}"'""", block)
    events = MeasureEvent.objects.count()
    if "/attachments/8/" in block:
        upload, rest = re.split(r"(?<=attachments/)   # .*\n", block, maxsplit=1)
        run(upload, desk, **variables)
        kept = str(Attachment.objects.get().pk)
        block = rest.replace("[8]", f"[{kept}]").replace("/attachments/8/", f"/attachments/{kept}/")
    printed = run(block, desk, **variables)
    assert printed or "-o 下载.pdf" in block
    assert "urn:problem" not in printed
    expected = [verb for path, verb in WRITES.items() if f"/{path}/" in block and "-X POST" in block]
    made = MeasureEvent.objects.order_by("pk")[events:]
    assert [event.verb for event in made][: len(expected)] == expected
    assert {event.actor for event in made} <= {liaison}
    if "下载" in block:
        assert (desk / "下载.pdf").read_bytes() == (desk / "批复.pdf").read_bytes()


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package `duban_client`, made from the document by the generator that the guide names."""
    folder = tmp_path_factory.mktemp("client")
    call_command("spectacular", "--format", "openapi-json", "--file", str(folder / "schema.json"))
    (folder / "generator.yaml").write_text("post_hooks: []\n")
    _fetch, line = GENERATE.strip().splitlines()
    program, *arguments = shlex.split(line)
    assert program == "openapi-python-client"
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "openapi_python_client",
            *arguments,
            "--config",
            "generator.yaml",
            "--fail-on-warning",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.mark.django_db(transaction=True)
def test_a_generated_client_lists_acknowledges_and_reports(
    generated: Path, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
):
    lead = make_department()
    liaison = liaison_of(lead)
    waiting = [make_measure(lead=lead, acknowledged=False) for _ in range(2)]
    running, foreign = make_measure(lead=lead), make_measure(acknowledged=False)
    monkeypatch.syspath_prepend(str(generated))
    names = {"SERVER": live_server.url, "TOKEN": make_token(liaison)}
    exec(compile(PYTHON, "docs/api.md", "exec"), names)
    for measure in waiting:
        measure.refresh_from_db()
        assert (measure.status, measure.percent) == ("in_progress", 10)
    assert [Measure.objects.get(pk=row.pk).version for row in (running, foreign)] == [
        running.version,
        foreign.version,
    ]
    # The same report once more under its key is answered and not written again.
    steps = import_module("duban_client.api.事项.measures_report")
    again = steps.sync_detailed(
        waiting[0].pk,
        client=names["client"],
        body=names["ReportInput"](percent=10, progress="已安排部署"),
        idempotency_key=f"2026-03-first-{waiting[0].pk}",
    )
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.parsed.percent == 10 and again.parsed.department.code == lead.code
    assert waiting[0].reports.count() == 1
    # A refusal comes as the document says: a problem with its stable code.
    refused = steps.sync(
        foreign.pk, client=names["client"], body=names["ReportInput"](percent=10, progress="x")
    )
    assert refused.code == "not_found"
