"""Remind by hand: plan and send in this process, or show who would get what and why."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from tracker import reminders
from tracker.management.console import OfficeCommand
from tracker.models import Endpoint, Reminder
from tracker.reminders.contacts import usable

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
HELP = """\
规划并发送催办提醒：即将到期、已逾期的事项，每个收件人一封邮件。可反复运行，同一提醒不会重复发送。

--on DATE 以该日为“今天”推算哪些提醒应发（事项的状态、时限仍按当前数据）。
只有当天的提醒可以发送：其他日期须与 --dry-run 一起使用，只显示、不写入、不发送。
退出码：0 成功（包括没有可发的提醒）；1 输入有误，或有邮件未能发送。"""


class Command(OfficeCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="以该日为“今天”，格式 YYYY-MM-DD（默认：当天）")
        parser.add_argument(
            "--dry-run", action="store_true", help="只显示谁会收到什么、为什么，不写入、不发送"
        )
        parser.add_argument("--only-to", metavar="ADDRESS", help="只处理这一个收件邮箱的提醒")

    def handle(self, *args: Any, on: str | None, dry_run: bool, only_to: str | None, **options: Any) -> None:
        now = timezone.now()
        real_today = timezone.localdate(now)
        today = real_today if on is None else _day(on)
        address = None if only_to is None else _address(only_to)
        if today != real_today and not dry_run:
            # What is said goes into the ledger under its day, and the next notice is counted from it: said of another day, it
            # would silence the true ones until then.
            raise CommandError(
                f"--on {today} 不是当天（{real_today}）：只能发送当天的提醒，未写入、未发送。"
                f"要看该日会发什么，请加 --dry-run。"
            )
        self._groups = {endpoint.address: endpoint.name for endpoint in Endpoint.objects.all()}
        self.stdout.write(f"以 {today} 为“今天”" + ("（试运行，不写入、不发送）" if dry_run else ""))
        if today != real_today:
            self.stderr.write(
                f"注意：{today} 不是当天（{real_today}）。时限按 {today} 推算，事项状态按当前数据。"
            )
        if dry_run:
            self._show(reminders.preview(now=now, today=today, only_to=address))
        else:
            self._run(today, address)

    def _run(self, today: date, address: str | None) -> None:
        now = timezone.now()
        swept = reminders.sweep(now=now)
        planned = reminders.plan(now=now, today=today, only_to=address)
        report = reminders.send_waiting(today=today, clock=timezone.now, only_to=address)
        if swept:
            self.stdout.write(f"有 {swept} 条提醒上次发送没有留下结果，已重新排队。")
        self.stdout.write(
            f"新增提醒 {planned.planned} 条" + (f"，恢复 {planned.revived} 条" if planned.revived else "")
        )
        for outcome in report.outcomes:
            if outcome.state == Reminder.State.SENT:
                self.stdout.write(f"已发送 {self._whom(outcome.recipient)}：{outcome.subject}")
            elif outcome.state == Reminder.State.DROPPED:
                self.stdout.write(f"未发送 {self._whom(outcome.recipient)}：{outcome.error}")
        for outcome in report.failures:
            again = "，稍后重试" if outcome.state == Reminder.State.RETRY else ""
            self.stderr.write(
                f"失败{again} {self._whom(outcome.recipient)}（{outcome.rows or outcome.set_aside}条）：{outcome.error}"
            )
        self._gaps(planned.gaps)
        if report.held_back:
            why = report.stopped or "已达到单次发送上限（DUBAN_REMINDER_CAP_PER_RUN）。"
            self.stdout.write(
                f"{why}还有 {report.held_back} 封（{report.held_back_rows} 条提醒）留待下次运行。"
            )
        sent = report.count(Reminder.State.SENT)
        self.stdout.write(
            f"共发送 {sent} 封，失败 {len(report.failures)} 封，"
            f"取消 {report.dropped} 条，留待下次 {report.held_back} 封。"
        )
        if report.failures or report.stopped:
            raise CommandError("有邮件未能发送，详见上文及后台“催办提醒”。")

    def _show(self, found: reminders.Preview) -> None:
        for title, mails in (
            ("将发送", found.mails),
            ("本次不发送", found.resting),
            ("将取消（情况已变化）", found.dropped),
        ):
            for address, lines in mails.items():
                self.stdout.write(f"\n{title}：{self._whom(address)}（{len(lines)} 条）")
                for line in lines:
                    self.stdout.write(f"  {line.measure}")
                    self.stdout.write(
                        f"    {line.capacity}；{line.why}" + (f"；{line.ledger}" if line.ledger else "")
                    )
        self._gaps(found.gaps)
        if found.inbox:
            self.stdout.write(f"\n另将写入站内消息 {found.inbox} 条。")
        if found.held_back:
            self.stdout.write(f"超过单次发送上限，以下 {len(found.held_back)} 个收件人留待下次运行：")
            self.stdout.write("  " + "、".join(map(self._whom, found.held_back)))
        self.stdout.write(
            f"\n合计：将发送 {len(found.mails)} 封，共 {sum(map(len, found.mails.values()))} 条提醒。"
        )

    def _whom(self, recipient: str) -> str:
        """The address; a group or callback by the name that the office gave it (two may have the same), with its number."""
        name = self._groups.get(recipient)
        return recipient if name is None else f"{name}（{recipient}）"

    def _gaps(self, gaps: tuple[reminders.Gap, ...]) -> None:
        for gap in gaps:
            self.stderr.write(str(gap))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--on “{text}”不是有效日期，应为 YYYY-MM-DD，例如 2026-03-10。") from None
    if len(text) != 10 or not FIRST_DAY <= day <= LAST_DAY:
        raise CommandError(f"--on “{text}”应为 {FIRST_DAY} 至 {LAST_DAY} 之间的日期，格式 YYYY-MM-DD。")
    return day


def _address(text: str) -> str:
    address = usable(text)
    if not address:
        raise CommandError(f"--only-to “{text}”不是有效的邮箱地址。")
    return address
