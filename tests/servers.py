"""Private servers for tests, started on free ports from installed binaries, so that a test may kill them.

None of them touches a server that the machine already runs. A missing binary raises MissingBinary: a failed
test, never a skipped one.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PACKAGES = "postgresql redis-server chromium fonts-noto-cjk"
START_SECONDS = 60
ROOT = Path(__file__).resolve().parent.parent


class MissingBinary(Exception):
    """A program that the tests need is not installed; the message gives the line that installs it."""


def binary(name: str, *patterns: str) -> str:
    """The path of an installed program: the newest match of `patterns` (globs below /), else from PATH."""
    for pattern in patterns:
        if matches := sorted(Path("/").glob(pattern), key=lambda path: (len(str(path)), str(path))):
            return str(matches[-1])
    found = shutil.which(name)
    if not found:
        raise MissingBinary(f"{name} is not installed: apt-get install --no-install-recommends {PACKAGES}")
    return found


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(done: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Returns once `done()` is true. Raises TimeoutError naming `what`; the limit only stops a hung run."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: nothing after {seconds} s")
        time.sleep(0.02)


class Server:
    """A child process with a folder of its own: start(), stop(), kill() (no farewell) and restart()."""

    name: str

    def __init__(self) -> None:
        # /tmp, not TMPDIR: the unprivileged user must reach it, and a socket's path has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix=f"duban-{self.name}-", dir="/tmp"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.user: str | None = None
        self.environment: dict[str, str] | None = None  # None: that of the tests
        self.log = self.folder / "log"

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} is not running"
        return self.process.pid

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._as_user(), *self.command()],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for pytest, which then stops its servers in order.
                start_new_session=True,
            )
        wait_until(lambda: self.dead() or self.answers(), f"start of {self.name}")
        if self.dead():
            raise RuntimeError(f"{self.name} ended at its start:\n{self.log.read_text(errors='replace')}")
        return self

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """What a power cut does: the process is gone, its files stay."""
        self._end(signal.SIGKILL)

    def restart(self) -> Self:
        """Starts again on the same port, with the same files."""
        self.stop()
        return self.start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *error: object) -> None:
        self.remove()

    def dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(START_SECONDS)
        self.process = None

    def _as_user(self) -> list[str]:
        # The kernel ends the server when pytest itself is killed, so that nothing is ever left behind.
        prefix = [binary("setpriv"), "--pdeathsig", "INT"]
        if self.user:
            prefix += [f"--reuid={self.user}", f"--regid={pwd.getpwnam(self.user).pw_gid}", "--clear-groups"]
        return prefix


class PrivatePostgres(Server):
    """A PostgreSQL cluster with the superuser `duban` and a database `duban`; no fsync, for speed."""

    name = "pg"

    def __init__(self) -> None:
        initdb = binary("initdb", "usr/lib/postgresql/*/bin/initdb", "usr/pgsql-*/bin/initdb")
        self.bin = Path(initdb).resolve().parent
        super().__init__()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.folder, self.user)
        self._client(
            str(self.bin / "initdb"),
            *("--pgdata", str(self.folder / "data"), "--username=duban", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        )

    @property
    def url(self) -> str:
        return f"postgres://duban@127.0.0.1:{self.port}/duban"

    def command(self) -> list[str]:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "max_connections": 60,
            # Commits reach the kernel (synchronous_commit stays on), not the disk: they survive kill().
            "fsync": "off",
            "full_page_writes": "off",
            # Compiling a query pays on many rows; on a test's few it took longer than the query, mostly of the past as of a day.
            "jit": "off",
        }
        pairs = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.folder / "data"), *pairs]

    def answers(self) -> bool:
        ready = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def start(self) -> Self:
        super().start()
        if "duban" not in self.sql("SELECT datname FROM pg_database").split():
            self.sql("CREATE DATABASE duban")
        return self

    def sql(self, statement: str) -> str:
        """Runs one statement as the superuser and returns what psql prints, without headings."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "duban", "-d", "postgres")
        return self._client(str(self.bin / "psql"), "-X", "-q", "-t", "-A", *where, "-c", statement)

    def _client(self, *command: str) -> str:
        done = subprocess.run(
            [*self._as_user(), *command], cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}")
        return done.stdout


class PrivateRedis(Server):
    """A Redis server that writes nothing to disk."""

    name = "redis"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        where = ("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder))
        return [binary("redis-server"), *where, "--save", "", "--appendonly", "no", "--daemonize", "no"]

    def answers(self) -> bool:
        try:
            return self.ask("PING") == "+PONG"
        except OSError:
            return False

    def ask(self, command: str) -> str:
        """The first line of the server's answer to one command without blanks in its arguments."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(f"{command}\r\n".encode())
            return connection.makefile(encoding="utf-8").readline().rstrip("\r\n")

    def info(self, name: str) -> str:
        """One value of INFO, e.g. of redis_version."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(b"INFO server\r\n")
            for line in connection.makefile(encoding="utf-8"):
                if line.startswith(f"{name}:"):
                    return line.partition(":")[2].strip()
        raise LookupError(name)


def product_environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """The environment for a process of the product: a plain C locale, and no setting but the given ones."""
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return own | {"LANG": "C", "DUBAN_ENV_FILE": os.devnull, "DUBAN_DATA_DIR": str(data_dir)} | variables


def production_environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """What a production installation gives, complete and safe."""
    given = {
        "DUBAN_MODE": "production",
        "DUBAN_SECRET_KEY": "0123456789abcdef" * 4,
        "DUBAN_ALLOWED_HOSTS": "127.0.0.1",
        "DUBAN_SITE_URL": "https://duban.city.example",
        "DUBAN_STATIC_DIR": str(data_dir / "static"),
    }
    return product_environment(data_dir, **(given | variables))


class WebServer(Server):
    """The product's web process under granian, as the README starts it in production."""

    name = "web"

    def __init__(self, environment: dict[str, str], threads: int = 4) -> None:
        super().__init__()
        self.environment = environment
        self.threads = threads

    def command(self) -> list[str]:
        options = ("--interface", "wsgi", "--port", str(self.port), "--blocking-threads", str(self.threads))
        return [
            sys.executable,
            "-m",
            "granian",
            *options,
            "--working-dir",
            str(ROOT),
            "config.wsgi:application",
        ]

    def answers(self) -> bool:
        try:
            return self.get("/").status in (200, 302)
        except OSError:
            return False

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> HTTPResponse:
        """One answer, redirects not followed. By default it is asked as by a proxy that ends HTTPS."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            connection.request("GET", path, headers={"X-Forwarded-Proto": "https", **(headers or {})})
            response = connection.getresponse()
            response.read()
            return response
        finally:
            connection.close()


class SmtpSink:
    """A mail server on a free port that keeps every message it accepts.

    `replies[address] = "550 5.1.1 no such mailbox"` makes it answer that to RCPT for the address.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.replies: dict[str, str] = {}
        self._controller: Controller | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> Self:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    # The two names below are those that aiosmtpd calls.
    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.envelopes.append(envelope)
        self.messages.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        return "250 accepted"
