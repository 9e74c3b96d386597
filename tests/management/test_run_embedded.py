"""`make run` for real: it starts, says what to do, and whatever ends it leaves no process behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.servers import ROOT, free_port, product_environment, wait_until

COMMAND = [sys.executable, "manage.py", "run_embedded"]


class Product:
    """One `run_embedded` with a data folder and a port of its own."""

    FOLDER = "督办 data"

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.data_dir = folder / self.FOLDER
        self.environment = product_environment(self.data_dir, DUBAN_PORT=str(self.port))
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_until_ready(self) -> None:
        wait_until(
            lambda: "按 Ctrl-C 停止" in self.output or self.process.poll() is not None,
            "the welcome",
            seconds=120,
        )
        assert self.process.poll() is None, self.output

    def members(self) -> dict[int, str]:
        """Every live process of this product, the supervisor too, by pid, with its command line."""
        mark = f"DUBAN_DATA_DIR={self.data_dir}".encode()
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    if mark in (folder / "environ").read_bytes().split(b"\0"):
                        words = (folder / "cmdline").read_bytes().split(b"\0")
                        found[int(folder.name)] = b" ".join(words).decode()
                except OSError:
                    continue  # ended meanwhile, or another user's
        return found

    def pid_of(self, *words: str) -> int:
        pids = [pid for pid, line in self.members().items() if all(word in line for word in words)]
        return min(pids)  # granian's main process is older than its worker

    def ended(self) -> int:
        code = self.process.wait(60)
        wait_until(lambda: not self.members(), f"end of {self.members()}")
        return code

    def page(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response.status, body


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose tables are made, without the sample data: making them is most of a first start."""
    data_dir = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=product_environment(data_dir), check=True)
    return data_dir


@contextmanager
def started_in(folder: Path, installed: Path) -> Iterator[Callable[..., Product]]:
    """Starts the product with the given arguments and waits until it is ready; without sample data, in an installed folder."""
    started: list[Product] = []

    def run(*arguments: str) -> Product:
        if "--no-demo" in arguments:
            shutil.copytree(installed, folder / Product.FOLDER)
        product = Product(folder, *arguments)
        started.append(product)
        product.wait_until_ready()
        return product

    try:
        yield run
    finally:
        for product in started:
            for pid in product.members():
                os.kill(pid, signal.SIGKILL)
            product.process.wait()


@pytest.fixture
def start(tmp_path: Path, installed: Path) -> Iterator[Callable[..., Product]]:
    with started_in(tmp_path, installed) as run:
        yield run


def test_first_start_brings_the_report_the_logins_and_the_pages(start: Callable[..., Product]):
    product = start()
    assert f"http://127.0.0.1:{product.port}/" in product.output
    assert "7个部分，22项措施" in product.output
    assert len(re.findall(r"用户名 \S+ +密码 \S{14}", product.output)) == 3
    assert str(product.data_dir / "outbox") in product.output
    status, body = product.page("/admin/login/")
    assert status == 200
    styles = re.findall(r'href="(/static/unfold/css/[^"]+\.css)"', body)
    assert {product.page(style)[0] for style in styles} == {200}
    # The reminders of what is due went through timer, queue and worker, and can be read.
    wait_until(lambda: any((product.data_dir / "outbox").rglob("*.eml")), "a mail in the outbox")
    product.process.send_signal(signal.SIGINT)
    assert product.ended() == 0
    assert product.output.endswith("已全部停止。\n")
    assert "Traceback" not in product.output
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", product.port))


def test_without_its_pages_the_product_ends(start: Callable[..., Product]):
    product = start("--no-demo")
    os.kill(product.pid_of("granian"), signal.SIGKILL)
    assert product.ended() == 1
    assert "“网站”进程意外退出（退出码 -9）" in product.output


def test_killed_supervisor_leaves_nothing_behind(start: Callable[..., Product]):
    product = start("--no-demo")
    assert len(product.members()) >= 4
    product.process.kill()
    assert product.ended() == -signal.SIGKILL


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, installed: Path) -> Iterator[Product]:
    """One product for the tests that leave it running; the last of them ends it."""
    with started_in(tmp_path_factory.mktemp("running"), installed) as run:
        yield run("--no-demo")


def test_second_run_and_taken_port_are_told_clearly(running: Product, tmp_path: Path):
    same = subprocess.run(
        COMMAND, cwd=ROOT, env=running.environment, capture_output=True, encoding="utf-8", check=False
    )
    assert same.returncode == 1
    assert f"系统已在运行（http://127.0.0.1:{running.port}/，进程号 {running.process.pid}）" in same.stderr
    elsewhere = running.environment | {"DUBAN_DATA_DIR": str(tmp_path / "other")}
    other = subprocess.run(
        COMMAND, cwd=ROOT, env=elsewhere, capture_output=True, encoding="utf-8", check=False
    )
    assert other.returncode == 1
    assert f"端口 {running.port} 无法使用" in other.stderr
    assert "DUBAN_PORT=" in other.stderr
    assert not (tmp_path / "other" / "duban.sqlite3").exists()
    assert running.page("/admin/login/")[0] == 200


def test_a_dead_worker_and_a_spoilt_queue_leave_the_pages_up(running: Product):
    """Empty and half-written files are what a full disk or a power cut leaves."""
    worker = running.pid_of("celery", " worker ")
    os.kill(worker, signal.SIGKILL)
    queue = running.data_dir / "queue"
    (queue / "0_a.celery.msg").write_bytes(b"")
    (queue / "0_b.celery.msg").write_bytes(b'{"body": "abc", "proper')
    wait_until(lambda: len(list(queue.glob("0_*.unreadable"))) == 2, "both files set aside by a new worker")
    assert running.pid_of("celery", " worker ") != worker
    assert "“后台任务”进程意外退出（退出码 -9），1 秒后重新启动" in running.output
    assert running.page("/admin/login/")[0] == 200


def test_a_termination_ends_it_in_order(running: Product):
    running.process.send_signal(signal.SIGTERM)
    assert running.ended() == 0


def test_production_is_refused(tmp_path: Path):
    environment = product_environment(
        tmp_path,
        DUBAN_MODE="production",
        DUBAN_SECRET_KEY="0123456789abcdef" * 4,
        DUBAN_ALLOWED_HOSTS="a.example",
    )
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert "只用于试用" in done.stderr
