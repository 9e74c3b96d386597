"""`manage.py sweep_files`: removes attachments' bytes that no report owns, for installations that run no Celery beat."""

from django.utils import timezone

from tracker import actions
from tracker.management.console import OfficeCommand, chinese_errors


class Command(OfficeCommand):
    help = "清理附件：删除一天以前留下、不属于任何报告的附件内容。可反复运行；没有定时器时由 cron 每天调用。"

    def handle(self, *args: object, **options: object) -> None:
        with chinese_errors():
            swept = actions.sweep_files(now=timezone.now())
        self.stdout.write(f"已清理{swept}个文件。" if swept else "没有需要清理的文件。")
