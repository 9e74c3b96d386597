"""`manage.py run_embedded`: the whole product in one terminal, needing nothing but Python. `make run` calls it."""

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from tracker.management.processes import Died, Together
from tracker.models import Measure, Plan, User, load_calendar
from tracker.reports.calendar_horizon import horizon

HOST = "127.0.0.1"
WEB, WORKER, BEAT = "网站", "后台任务", "定时器"


class Command(BaseCommand):
    help = "启动网站、后台任务和定时器；数据库为空时先导入演示数据。按 Ctrl-C 全部停止。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="数据库为空时不导入演示数据")

    def handle(self, *args: object, no_demo: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("run_embedded 只用于试用；正式环境请分别启动各进程，见 README。")
        try:
            with only_one(settings.DATA_DIR):
                refuse_taken_port(settings.PORT)
                self._prepare(no_demo)
                self._run()
        except KeyboardInterrupt:
            self.stderr.write("已取消。")
            sys.exit(130)

    def _prepare(self, no_demo: bool) -> None:
        self.stdout.write("正在准备数据库……")
        call_command("migrate", verbosity=0, interactive=False)
        if not no_demo and not Plan.objects.exists() and not User.objects.exists():
            call_command("seed_demo", stdout=self.stdout, stderr=self.stderr)
        else:
            self.stdout.write("已有账号可直接登录；忘记密码时运行 manage.py changepassword 用户名。")

        known = horizon(Measure.objects.all(), today=timezone.localdate(), calendar=load_calendar())
        if known.words:
            self.stdout.write(f"注意：{known.words}公布后请在“工作日历”页录入。")

    def _run(self) -> None:
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        with Together() as programs:
            try:
                for name, command in programs_to_run().items():
                    # Nobody sees the product without its pages; the others can be away for a moment.
                    again = None if name == WEB else self._tell_of_death
                    programs.start(name, command, cwd=settings.BASE_DIR, env=environment, again=again)
                if programs.wait_for(web_answers):
                    send_first_ticks()
                    self._welcome()
                    programs.wait_for(lambda: False)
            except Died as death:
                raise CommandError(
                    f"“{death.name}”进程意外退出（退出码 {death.code}），其余进程已全部停止。", returncode=1
                ) from death
            self.stdout.write("正在停止……")
        self.stdout.write("已全部停止。")

    def _tell_of_death(self, name: str, code: int, pause: float) -> None:
        self.stderr.write(
            f"“{name}”进程意外退出（退出码 {code}），{pause:g} 秒后重新启动；网站照常可用，待发的提醒不会丢失。"
        )

    def _welcome(self) -> None:
        address = f"http://{HOST}:{settings.PORT}"
        mails = f"{address}{reverse('admin:outbox')} （文件在 {settings.OUTBOX_DIR}）"
        if not settings.EMAIL_BACKEND.endswith(".OutboxBackend"):
            mails = f"经邮件服务器 {settings.EMAIL_HOST} 发出"
        lines = [
            "",
            f"督查督办已启动：{address}/",
            "  先用督查室账号登录，打开“事项”，按灯号筛选，再点开一项看它在原文中的出处。",
            f"  催办邮件：{mails}",
            f"  接口文档：{address}{reverse('api-docs')}",
            "  按 Ctrl-C 停止。",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def programs_to_run() -> dict[str, list[str]]:
    """Command lines by Chinese name. Four threads each: SQLite has one writer at a time anyway."""
    python = sys.executable
    # Celery warns whoever runs it as root, which in a container is everyone.
    celery = [python, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "config"]
    web = ("--interface", "wsgi", "--host", HOST, "--port", str(settings.PORT), "--blocking-threads", "4")
    worker = ("worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle")
    return {
        WEB: [python, "-m", "granian", *web, "--log-level", "warning", "config.wsgi:application"],
        WORKER: [*celery, *worker, "--loglevel", "WARNING"],
        BEAT: [*celery, "beat", "--loglevel", "WARNING"],
    }


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Holds the data folder for this process. Raises CommandError when another run_embedded has it."""
    # The lock goes with the process, however it ends; the file itself may stay.
    with (data_dir / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CommandError(
                f"系统已在运行（{lock.read().strip()}）。请直接使用，或先停止它；"
                "要同时运行第二套，请另设 DUBAN_DATA_DIR 和 DUBAN_PORT。"
            ) from None
        lock.truncate(0)
        lock.write(f"http://{HOST}:{settings.PORT}/，进程号 {os.getpid()}")
        lock.flush()
        yield


def refuse_taken_port(port: int) -> None:
    """Raises CommandError when something listens on the port: granian would share it without a word."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 无法使用（{error.strerror}），多半已被其他程序占用。"
                f"请换一个端口，例如：DUBAN_PORT={port + 1 if port < 65535 else 8000} make run"
            ) from error


def web_answers() -> bool:
    connection = HTTPConnection(HOST, settings.PORT, timeout=2)
    try:
        connection.request("GET", reverse("admin:login"))
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def send_first_ticks() -> None:
    """What the timer would send after its first period is sent now, so that reminders show at once."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        current_app.send_task(entry["task"], **entry["options"])
