"""Wrong or unsafe settings stop each process of the product at its start, with a message and without a traceback."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, free_port, product_environment, production_environment

COMMANDS = {
    "manage.py": ("manage.py", "migrate", "--plan"),
    "web": ("-m", "granian", "--interface", "wsgi", "config.wsgi:application", "--port"),
    "worker": ("-m", "celery", "-A", "config", "worker", "--pool", "threads"),
    "beat": ("-m", "celery", "-A", "config", "beat"),
}


def start(process: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *COMMANDS[process], *([str(free_port())] if process == "web" else [])]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


@pytest.mark.parametrize("process", COMMANDS)
def test_malformed_value_is_one_line(tmp_path: Path, process: str):
    done = start(process, product_environment(tmp_path, DUBAN_DUE_SOON_WORKING_DAYS="x"))
    assert done.returncode == 1
    assert "配置有误，未启动。DUBAN_DUE_SOON_WORKING_DAYS 的值“x”无效" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DUBAN_SITE_URL", "https://city.example/duban?x=1"),
        ("DUBAN_MAIL_FROM", "a@b.example,c@d.example"),
        ("DUBAN_REMINDER_TICK_SECONDS", "86400"),
        ("DUBAN_LIGHT_YELLOW_BEHIND_PERCENT", "50"),
        ("DUBAN_OFFICE_NAME", "\u200b"),
    ],
)
def test_a_senseless_value_is_refused_by_name(tmp_path: Path, name: str, value: str):
    done = manage(product_environment(tmp_path, **{name: value}), "check")
    assert done.returncode == 1
    assert f"配置有误，未启动。{name}" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("process", COMMANDS)
def test_production_without_anything_is_refused(tmp_path: Path, process: str):
    done = start(process, product_environment(tmp_path, DUBAN_MODE="production", DUBAN_DEBUG="true"))
    assert done.returncode == 1
    for code in ("duban.E001", "duban.E002", "duban.E003"):
        assert code in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DUBAN_SECRET_KEY", "", "duban.E001"),
        ("DUBAN_SECRET_KEY", "short", "duban.E001"),
        ("DUBAN_SECRET_KEY", "a" * 64, "duban.E001"),
        ("DUBAN_DEBUG", "true", "duban.E002"),
        ("DUBAN_ALLOWED_HOSTS", "", "duban.E003"),
        ("DUBAN_ALLOWED_HOSTS", "*", "duban.E003"),
        ("DUBAN_ALLOWED_HOSTS", "a.example,.city.example", "duban.E003"),
    ],
)
def test_each_unsafe_value_alone_is_refused(tmp_path: Path, name: str, value: str, code: str):
    done = manage(production_environment(tmp_path, **{name: value}), "check")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith(f"未启动（{code}）：正式环境")


def test_web_is_refused_until_static_files_are_collected(tmp_path: Path):
    environment = production_environment(tmp_path)
    done = start("web", environment)
    assert done.returncode == 1
    assert "duban.E004" in done.stderr
    assert manage(environment, "collectstatic", "--noinput").returncode == 0
    assert (tmp_path / "static" / "unfold").is_dir()


def test_safe_production_settings_pass_the_deployment_check(tmp_path: Path):
    environment = production_environment(tmp_path)
    (tmp_path / "static").mkdir()
    done = manage(environment, "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), (
        done.stderr
    )


def test_misspelt_variable_is_named(tmp_path: Path):
    done = manage(product_environment(tmp_path, DUBAN_DUE_SOON_DAYS="5"), "check")
    assert done.returncode == 0
    assert "duban.W001" in done.stderr
    assert "DUBAN_DUE_SOON_DAYS" in done.stderr


def test_embedded_default_makes_its_own_key_and_keeps_it(tmp_path: Path):
    data_dir = tmp_path / "new" / "督办 #1"
    environment = product_environment(data_dir)
    show = ("shell", "-v", "0", "-c", "from django.conf import settings; print(settings.SECRET_KEY)")
    first, second = manage(environment, *show), manage(environment, *show)
    assert first.returncode == 0, first.stderr
    assert len(first.stdout.strip()) == 100
    assert second.stdout == first.stdout
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "secret-key").stat().st_mode) == 0o600


def test_data_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    done = manage(product_environment(tmp_path / "file" / "var"), "check")
    assert done.returncode == 1
    assert "DUBAN_DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr
