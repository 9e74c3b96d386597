"""Bounced mails by hand or by a mail server's pipe: read, matched with the ledger, recorded."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db.utils import OperationalError, ProgrammingError
from django.utils import timezone

from tracker.management.console import OfficeCommand
from tracker.reminders import bounce_mail
from tracker.reminders.bounce_mail import MOST_BYTES, Taken, Verdict

# sysexits.h, as mail servers understand a pipe's answer: keep the message and try again.
TRY_AGAIN = 75
HELP = """\
读取退信（投递失败通知）：只有退回的正是台账中某封邮件、且正是发往该地址的，才把对应提醒记为失败；
地址无效的标记该邮箱，其提醒改由后备联系人接收。同一退信读多少次都只记一次。

不带参数：从标准输入读一封邮件（供邮件服务器的管道使用）。
PATH：一封邮件（.eml）、mbox 文件或 Maildir 文件夹，可以有多个；“-”为标准输入。
--mailbox：现在就读一次 DUBAN_BOUNCE_MAILBOX_URL 所设的邮箱。
退出码：0 已读完（包括不是退信的）；75 数据库不可用，或该邮件正在发送中，请稍后重试；1 输入有误或邮箱读不了。"""


class Command(OfficeCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="*", metavar="PATH", help="邮件、mbox 或 Maildir（默认：标准输入）"
        )
        parser.add_argument("--mailbox", action="store_true", help="读一次所设的退信邮箱")

    def handle(self, *args: Any, paths: list[str], mailbox: bool, **options: Any) -> None:
        if mailbox and paths:
            raise CommandError("--mailbox 与文件只能选一个。")
        try:
            taken = self._from_mailbox() if mailbox else self._from(paths or ["-"])
        except (OperationalError, ProgrammingError) as error:
            first = str(error).splitlines()[0]
            raise CommandError(f"数据库不可用（{first}）。", returncode=TRY_AGAIN) from error
        count = sum(one.verdict is Verdict.RECORDED for one in taken)
        self.stdout.write(f"共读 {len(taken)} 封，记入退信 {count} 封。")
        if any(one.verdict is Verdict.LATER for one in taken):
            raise CommandError("有邮件正在发送中，请稍后重试。", returncode=TRY_AGAIN)

    def _from(self, paths: Iterable[str]) -> list[Taken]:
        taken = []
        for path in paths:
            try:
                if path == "-":
                    taken.append(self._take(_standard_input(), "标准输入"))
                else:
                    for number, content in enumerate(bounce_mail.messages_of(Path(path)), 1):
                        taken.append(self._take(content, f"{path} 第{number}封"))
            except OSError as error:
                raise CommandError(f"无法读取“{path}”：{error.strerror or error}") from error
            except ValueError as error:
                raise CommandError(str(error)) from error
        return taken

    def _take(self, content: bytes, name: str) -> Taken:
        taken = bounce_mail.take(content, now=timezone.now())
        self.stdout.write(f"{name}：{taken.words}")
        return taken

    def _from_mailbox(self) -> list[Taken]:
        if not settings.BOUNCE_MAILBOX:
            raise CommandError("没有设置退信邮箱（DUBAN_BOUNCE_MAILBOX_URL）。")
        run = bounce_mail.poll(clock=timezone.now)
        for number, one in enumerate(run.taken, 1):
            self.stdout.write(f"邮箱第{number}封新邮件：{one.words}")
        if run.error:
            raise CommandError(run.error)
        if run.left:
            self.stdout.write(f"还有 {run.left} 封留待下次。")
        return run.taken


def _standard_input() -> bytes:
    """What is longer is read to its end all the same: a mail server takes a closed pipe for a failure."""
    content = sys.stdin.buffer.read(MOST_BYTES)
    while sys.stdin.buffer.read(MOST_BYTES):
        pass
    return content
