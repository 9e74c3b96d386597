"""--year of the commands that read plans: a year no deadline may lie in is refused in Chinese, before any reading."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("command", ["parse_plan", "import_plan"])
@pytest.mark.parametrize("year", [99999, 2101, 1999, 0, -1])
def test_a_year_out_of_range_is_refused(tmp_path: Path, command: str, year: int):
    file = tmp_path / "plan.txt"
    file.write_text("1.完成选址。市财政局牵头，6月底前完成。", encoding="utf-8")
    with pytest.raises(CommandError, match=f"--year 应在2000到2100之间，给出的是{year}。"):
        call_command(command, str(file), year=year)
