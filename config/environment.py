"""Reads DUBAN_… variables so that a wrong value is one Chinese sentence naming its variable, never a traceback."""

import ipaddress
import os
import re
from collections.abc import Sequence
from email.utils import getaddresses, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"true", "1", "yes", "on", "是"}
FALSE = {"false", "0", "no", "off", "否"}
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
# Scheme of a mailbox to read → protocol, how the connection is kept secret, port.
MAILBOXES = {
    "imaps": ("imap", "ssl", 993),
    "imap+tls": ("imap", "tls", 143),
    "imap": ("imap", "plain", 143),
    "pop3s": ("pop3", "ssl", 995),
    "pop3+tls": ("pop3", "tls", 110),
    "pop3": ("pop3", "plain", 110),
}


class Environment:
    """The variables of the process, completed by a `.env` file; an empty value counts as not given.

    Every method raises ImproperlyConfigured (its message is Chinese and names the variable) on a value that it
    cannot take. Values of addresses are never repeated in a message: they may hold a password.
    """

    def __init__(self) -> None:
        self.known = {"DUBAN_ENV_FILE"}

    def read_file(self, default: Path) -> None:
        """Takes what the environment lacks from the file named by DUBAN_ENV_FILE, else from `default` if there."""
        named = os.environ.get("DUBAN_ENV_FILE", "")
        if named and not os.access(named, os.R_OK):
            raise ImproperlyConfigured(f"DUBAN_ENV_FILE 指向的文件“{named}”不存在或不可读。")
        try:
            environ.Env.read_env(named or default, encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ImproperlyConfigured(f"配置文件“{named or default}”不是 UTF-8 编码。") from error

    def unknown(self) -> list[str]:
        """Names of DUBAN_… variables that nothing reads: most often a slip of the pen."""
        return sorted(name for name in os.environ if name.startswith("DUBAN_") and name not in self.known)

    def text(self, name: str, *, default: str = "") -> str:
        self.known.add(name)
        return os.environ.get(name, "").strip() or default

    def choice(self, name: str, options: Sequence[str], *, default: str) -> str:
        value = self.text(name, default=default)
        if value not in options:
            raise ImproperlyConfigured(f"{name} 的值“{value}”无效，应为以下之一：{'、'.join(options)}。")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if value and value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} 的值“{value}”无效，应为 true 或 false。")
        return value in TRUE if value else default

    def number(self, name: str, *, default: int, minimum: int = 0, maximum: int | None = None) -> int:
        """A whole number from `minimum` to `maximum`, both included."""
        value = self.text(name, default=str(default))
        number = int(value) if re.fullmatch(r"-?[0-9]{1,18}", value) else None
        if number is None or number < minimum or (maximum is not None and number > maximum):
            span = f"不小于{minimum}" if maximum is None else f"{minimum}到{maximum}之间"
            raise ImproperlyConfigured(f"{name} 的值“{value}”无效，应为{span}的整数。")
        return number

    def rate(self, name: str, *, default: str) -> str:
        """A number of requests in a span of time, e.g. "600/min"; "" when the value is `none`."""
        value = self.text(name, default=default)
        if value != "none" and not re.fullmatch(r"[1-9][0-9]{0,8}/(s|min|h|d)", value):
            raise ImproperlyConfigured(
                f"{name} 的值“{value}”无效，应写成“次数/单位”，例如 600/min，不限写 none。"
            )
        return "" if value == "none" else value

    def words(self, name: str, *, default: Sequence[str] = ()) -> list[str]:
        """Words parted by commas."""
        words = [word.strip() for word in self.text(name).split(",")]
        return [word for word in words if word] or [*default]

    def some_of(self, name: str, options: Sequence[str]) -> list[str]:
        """Words parted by commas, each one of `options`; all of them when not given."""
        words = self.words(name, default=options)
        wrong = [word for word in words if word not in options]
        if wrong:
            raise ImproperlyConfigured(
                f"{name} 中的“{'、'.join(wrong)}”无效，可用的有：{'、'.join(options)}。"
            )
        return words

    def networks(self, name: str) -> list[str]:
        """Networks parted by commas, such as 10.0.0.0/8,192.168.1.20."""
        words = self.words(name)
        for word in words:
            try:
                ipaddress.ip_network(word)
            except ValueError as error:
                raise ImproperlyConfigured(
                    f"{name} 的值“{word}”不是有效的网段，应写成 10.0.0.0/8 或 192.168.1.20。"
                ) from error
        return words

    def url(self, name: str, schemes: Sequence[str], *, default: str = "", example: str) -> str:
        value = self.text(name, default=default)
        try:
            parts = urlsplit(value)
            well_formed = parts.scheme in schemes and bool(parts.netloc or parts.path.strip("/"))
            well_formed = well_formed and parts.port != 0  # reading the port checks it
        except ValueError:
            well_formed = False
        if value and not well_formed:
            raise ImproperlyConfigured(f"{name} 不是有效的地址，格式如：{example}")
        return value

    def site(self, name: str, *, default: str, example: str) -> str:
        """Where people reach the product, without a trailing slash: scheme, host and port alone, since paths of pages are put
        behind it."""
        value = self.url(name, ("http", "https"), default=default, example=example)
        parts = urlsplit(value)
        if not parts.hostname or "@" in parts.netloc or parts.path.strip("/") or "?" in value or "#" in value:
            raise ImproperlyConfigured(
                f"{name} 只能写协议、域名和端口，不能带路径、参数或用户名，格式如：{example}"
            )
        return f"{parts.scheme}://{parts.netloc}"

    def name(self, name: str, *, default: str) -> str:
        """A name that people read in one line: something of it is to be seen."""
        value = self.text(name, default=default)
        if not value.isprintable():
            raise ImproperlyConfigured(f"{name} 含有看不见的字符或换行，请重新填写；不写则用“{default}”。")
        return value

    def thresholds(
        self, lower: str, higher: str, *, defaults: tuple[int, int], maximum: int
    ) -> tuple[int, int]:
        """Two whole numbers, the first of which is not above the second."""
        low = self.number(lower, default=defaults[0], maximum=maximum)
        high = self.number(higher, default=defaults[1], maximum=maximum)
        if low > high:
            raise ImproperlyConfigured(f"{lower}（{low}）不能大于 {higher}（{high}）。")
        return low, high

    def database(self, name: str, *, default: Path, base: Path) -> dict[str, Any]:
        """Django's settings of one database: SQLite in the file `default` when the variable is not given.

        A relative SQLite path is taken from `base`, so that the folder a command is started in plays no part.
        """
        example = "postgres://用户名:密码@127.0.0.1:5432/duban 或 sqlite:////绝对路径/duban.sqlite3"
        value = self.url(name, ("postgres", "postgresql", "sqlite"), example=example)
        if not value:
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(default)}
        config: dict[str, Any] = environ.Env.db_url_config(value)
        if not config["NAME"] or config["NAME"] == ":memory:":
            raise ImproperlyConfigured(f"{name} 没有写明数据库，格式如：{example}")
        if config["ENGINE"] == "django.db.backends.sqlite3":
            config["NAME"] = str(base / config["NAME"])
        return config

    def mailbox(self, name: str, *, default: str = "") -> str:
        """An address that mails name, such as duban@city.example or 督查室 <duban@city.example>."""
        value = self.text(name, default=default)
        if len(getaddresses([value])) > 1:
            raise ImproperlyConfigured(
                f"{name} 的值“{value}”只能写一个邮箱；名称中有逗号的，名称要加英文引号。"
            )
        address = parseaddr(value)[1]
        local, at, domain = address.rpartition("@")
        plain = re.fullmatch(r"[!-~]+", address) and re.fullmatch(r"[^@]+", local)
        if value and not (at and plain and re.fullmatch(r"[A-Za-z0-9.-]+", domain) and value.isprintable()):
            raise ImproperlyConfigured(f"{name} 的值“{value}”不是有效的邮箱地址。")
        return value

    def email(self, name: str) -> dict[str, Any]:
        """Django's EMAIL_… settings of a mail server; empty when none is given."""
        value = self.url(name, [*MAIL_PORTS], example="smtp+tls://用户名:密码@mail.city.example:587")
        if not value:
            return {}
        config = environ.Env.email_url_config(value)
        scheme = urlsplit(value).scheme
        return {
            "EMAIL_BACKEND": config["EMAIL_BACKEND"],
            "EMAIL_HOST": config["EMAIL_HOST"] or "localhost",
            "EMAIL_PORT": config["EMAIL_PORT"] or MAIL_PORTS[scheme],
            "EMAIL_HOST_USER": config["EMAIL_HOST_USER"] or "",
            "EMAIL_HOST_PASSWORD": config["EMAIL_HOST_PASSWORD"] or "",
            "EMAIL_USE_TLS": scheme == "smtp+tls",
            "EMAIL_USE_SSL": scheme == "smtp+ssl",
        }

    def mailbox_to_read(self, name: str, *, plain_allowed: str) -> dict[str, Any]:
        """Where and how a mailbox is read; empty when none is given. Without encryption only if the flag `plain_allowed` is on."""
        example = "imaps://用户名:密码@mail.city.example/INBOX 或 pop3s://用户名:密码@mail.city.example"
        value = self.url(name, [*MAILBOXES], example=example)
        plain = self.flag(plain_allowed, default=False)
        if not value:
            return {}
        parts = urlsplit(value)
        protocol, security, port = MAILBOXES[parts.scheme]
        user, password, folder = (
            unquote(text or "") for text in (parts.username, parts.password, parts.path.strip("/"))
        )
        wrong = ""
        if not (parts.hostname and user and password):
            wrong = "没有写明主机、用户名或密码（其中的 @ : / # ? % 须写成 %40 %3A %2F %23 %3F %25）"
        elif not all(text.isascii() and text.isprintable() for text in (user, password, folder)):
            wrong = "用户名、密码和文件夹只能用英文字符"
        elif parts.query or parts.fragment:
            wrong = "含有未转义的 ? 或 #（须写成 %3F %23）"
        elif protocol == "pop3" and folder:
            wrong = "写了文件夹，而 POP3 没有文件夹"
        elif security == "plain" and not plain:
            wrong = f"使用明文连接，密码会在网络上裸传；请改用 {parts.scheme}s://，确需明文时设 {plain_allowed}=true"
        if wrong:
            raise ImproperlyConfigured(f"{name} {wrong}。格式如：{example}")
        return {
            "protocol": protocol,
            "security": security,
            "host": parts.hostname,
            "port": parts.port or port,
            "user": user,
            "password": password,
            "folder": folder or "INBOX",
        }
