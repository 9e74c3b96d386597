"""`manage.py parse_… | head -1`: a reader that leaves early ends the command quietly, without a traceback."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLAUSE = json.dumps({"text": "（市财政局牵头，6月底前完成）", "context_year": 2024}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("command", "line", "lines"),
    [("parse_clauses", CLAUSE, 1), ("parse_clauses", CLAUSE, 800), ("parse_plan", "1.完成选址。", 1)],
    ids=["one line, met when the output is flushed", "more than is buffered", "a plan"],
)
def test_reader_that_leaves_is_no_error(tmp_path: Path, command: str, line: str, lines: int):
    source = tmp_path / "source.txt"
    source.write_text("\n".join([line] * lines), encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)  # nobody reads any more
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", command, str(source)],
            cwd=ROOT,
            env=os.environ | {"DUBAN_ENV_FILE": os.devnull, "DUBAN_DATA_DIR": str(tmp_path)},
            stdout=writing,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 128 + signal.SIGPIPE
