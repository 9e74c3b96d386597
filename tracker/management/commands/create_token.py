"""Makes an API token for an office system and prints it, the only time that it can be read."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError, CommandParser

from tracker.management.console import OfficeCommand
from tracker.models import ApiToken, Department, User, service_account_of

LONGEST_DAYS = 3650


class Command(OfficeCommand):
    help = "生成接口令牌（只显示一次，系统只保存摘要）。"

    def add_arguments(self, parser: CommandParser) -> None:
        holder = parser.add_mutually_exclusive_group(required=True)
        holder.add_argument("username", metavar="用户名", nargs="?", help="令牌所代表的个人")
        holder.add_argument(
            "--department",
            metavar="单位代码",
            help="令牌所代表的单位：用单位自己的接口账号，不因联络员变动而失效；部门办公系统用这个",
        )
        parser.add_argument("--name", required=True, help="用途，例如“OA 系统”，不超过 60 个字符")
        parser.add_argument(
            "--scope", choices=ApiToken.Scope.values, default="read", help="read 只读（默认），write 读写"
        )
        parser.add_argument(
            "--days", type=int, help=f"有效天数，1 到 {LONGEST_DAYS}，默认按 DUBAN_TOKEN_DAYS 设置"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Only the token goes to standard output, so that a script can take it from there."""
        code = options["department"]
        holder: User | Department = self._department(code) if code else self._user(options["username"])
        name = options["name"].strip()
        if not name or len(name) > ApiToken._meta.get_field("name").max_length or not name.isprintable():
            raise CommandError("用途（--name）不能为空，不能含控制字符，且不超过 60 个字符。")
        days = options["days"]
        if days is not None and not 1 <= days <= LONGEST_DAYS:
            raise CommandError(f"有效天数（--days）应为 1 到 {LONGEST_DAYS}。")
        expiry = settings.REST_KNOX["TOKEN_TTL"] if days is None else timedelta(days=days)
        user = service_account_of(holder) if isinstance(holder, Department) else holder
        row, token = ApiToken.objects.create(user=user, expiry=expiry, name=name, scope=options["scope"])
        # The register's own history of a token begins with its making, whoever made it.
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(ApiToken),
            object_id=row.pk,
            object_repr=str(row)[:200],
            action_flag=ADDITION,
            change_message="由系统管理员在命令行生成",
        )
        acts_for = f"，代表{user.department}" if user.department else ""
        self.stderr.write(
            f"已为“{user}”{acts_for}生成{row.get_scope_display()}令牌“{name}”，有效期至 {row.expiry:%Y-%m-%d}。"
            "令牌只显示这一次，请妥善保存："
        )
        self.stdout.write(token)

    def _department(self, code: str) -> Department:
        department = Department.objects.filter(code=code, active=True).first()
        if department is None:
            raise CommandError(f"没有代码为“{code}”的在用单位。")
        return department

    def _user(self, username: str) -> User:
        user = User.objects.select_related("department").filter(username=username).first()
        if user is None:
            raise CommandError(f"没有用户“{username}”。")
        if not user.is_active:
            raise CommandError(f"用户“{username}”已停用。")
        if user.role == User.Role.NONE and not user.is_superuser:
            raise CommandError(f"用户“{username}”没有业务角色，令牌什么也看不到；请先在管理后台设置角色。")
        return user
