"""`manage.py roll_periods`: the clock's daily bookkeeping for installations that run no Celery beat; cron calls it."""

from django.utils import timezone

from tracker import actions
from tracker.management.console import OfficeCommand, chinese_errors


class Command(OfficeCommand):
    help = "滚动周期：为到期的事项生成下一个报送日，为周期性任务开启新一期。可反复运行；没有定时器时由 cron 每天调用。"

    def handle(self, *args: object, **options: object) -> None:
        now, touched = timezone.now(), 0
        with chinese_errors():
            # A call takes a bounded batch; every batch moves its measures' dates on, so this ends.
            while batch := actions.roll_periods(now=now):
                touched += batch
        self.stdout.write(f"已更新{touched}项。" if touched else "没有到期的周期，未作改动。")
