"""A wrong environment variable is one Chinese sentence that names it; a right one gives Django's setting."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment


@pytest.fixture
def env() -> Environment:
    return Environment()


@pytest.mark.parametrize("value", ["abc", "1.5", "-1", "61", "0x10", "٣", "1" * 30])
def test_number_refuses(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_N", value)
    with pytest.raises(ImproperlyConfigured, match=r"DUBAN_N 的值“.*”无效，应为0到60之间的整数。"):
        env.number("DUBAN_N", default=3, maximum=60)


@pytest.mark.parametrize(("value", "number"), [("0", 0), ("60", 60), (" 7 ", 7), ("", 3)])
def test_number(env, monkeypatch, value, number):
    monkeypatch.setenv("DUBAN_N", value)
    assert env.number("DUBAN_N", default=3, maximum=60) == number


@pytest.mark.parametrize(
    ("value", "flag"), [("true", True), ("1", True), ("是", True), ("Off", False), ("0", False), ("", True)]
)
def test_flag(env, monkeypatch, value, flag):
    monkeypatch.setenv("DUBAN_F", value)
    assert env.flag("DUBAN_F", default=True) is flag


def test_flag_refuses_what_is_neither(env, monkeypatch):
    monkeypatch.setenv("DUBAN_F", "ture")
    with pytest.raises(ImproperlyConfigured, match="DUBAN_F 的值“ture”无效"):
        env.flag("DUBAN_F", default=False)


def test_choice_refuses_what_is_not_offered(env, monkeypatch):
    monkeypatch.setenv("DUBAN_MODE", "prod")
    with pytest.raises(ImproperlyConfigured, match="embedded、production"):
        env.choice("DUBAN_MODE", ("embedded", "production"), default="embedded")


def test_words_are_trimmed(env, monkeypatch):
    monkeypatch.setenv("DUBAN_W", " a.example, b.example ,,")
    assert env.words("DUBAN_W") == ["a.example", "b.example"]
    assert env.words("DUBAN_NONE", default=["c"]) == ["c"]


@pytest.mark.parametrize(
    "value",
    ["duban", "mysql://u:secret@h/d", "postgres://u:secret@h:x/d", "postgres://u:secret@h:5432/", "sqlite://",
     "sqlite://:memory:", "postgres://[::1/d", "postgres://u:secret@h:0/d"],
)  # fmt: skip
def test_database_refuses_without_repeating_the_password(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_D", value)
    with pytest.raises(ImproperlyConfigured, match="DUBAN_D") as refusal:
        env.database("DUBAN_D", default=Path("/d"), base=Path("/base"))
    assert "secret" not in str(refusal.value)


def test_database(env, monkeypatch):
    monkeypatch.setenv("DUBAN_D", "postgres://u:p%40%23s@db.city.example:5433/duban?sslmode=require")
    config = env.database("DUBAN_D", default=Path("/d"), base=Path("/base"))
    assert config == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "duban",
        "USER": "u",
        "PASSWORD": "p@#s",
        "HOST": "db.city.example",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("", "/data #1/督办.sqlite3"),
        ("sqlite:////srv/d.sqlite3", "/srv/d.sqlite3"),
        ("sqlite:///d.db", "/base/d.db"),
    ],
)
def test_sqlite_file(env, monkeypatch, value, name):
    monkeypatch.setenv("DUBAN_D", value)
    config = env.database("DUBAN_D", default=Path("/data #1/督办.sqlite3"), base=Path("/base"))
    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", name)


@pytest.mark.parametrize(
    ("value", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://mail.example", 587, True, False),
        ("smtp+ssl://mail.example", 465, False, True),
        ("smtp://mail.example:2525", 2525, False, False),
    ],
)
def test_email(env, monkeypatch, value, port, tls, ssl):
    monkeypatch.setenv("DUBAN_E", value)
    config = env.email("DUBAN_E")
    assert (config["EMAIL_HOST"], config["EMAIL_PORT"]) == ("mail.example", port)
    assert (config["EMAIL_USE_TLS"], config["EMAIL_USE_SSL"]) == (tls, ssl)


def test_email_user_and_password_are_decoded(env, monkeypatch):
    monkeypatch.setenv("DUBAN_E", "smtp+tls://duban%40city.example:p%3Ass@mail.example")
    config = env.email("DUBAN_E")
    assert (config["EMAIL_HOST_USER"], config["EMAIL_HOST_PASSWORD"]) == ("duban@city.example", "p:ss")


@pytest.mark.parametrize("value", ["mail.example", "http://mail.example", "smtp://mail.example:port"])
def test_email_refuses(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_E", value)
    with pytest.raises(ImproperlyConfigured, match="DUBAN_E 不是有效的地址"):
        env.email("DUBAN_E")


def test_file_gives_what_the_environment_lacks(env, monkeypatch, tmp_path):
    file = tmp_path / "env"
    file.write_text("\ufeffDUBAN_A=from file\nDUBAN_B='from file'\n", encoding="utf-8")
    monkeypatch.setenv("DUBAN_ENV_FILE", str(file))
    monkeypatch.setenv("DUBAN_A", "from environment")
    monkeypatch.setenv("DUBAN_B", "")
    monkeypatch.delenv("DUBAN_B")
    env.read_file(tmp_path / "no such file")
    assert (env.text("DUBAN_A"), env.text("DUBAN_B")) == ("from environment", "from file")


def test_file_must_exist_when_named_and_be_utf8(env, monkeypatch, tmp_path):
    monkeypatch.setenv("DUBAN_ENV_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="不存在或不可读"):
        env.read_file(tmp_path / ".env")
    (tmp_path / "missing").write_bytes("DUBAN_OFFICE_NAME=督查室".encode("gb18030"))
    with pytest.raises(ImproperlyConfigured, match="不是 UTF-8"):
        env.read_file(tmp_path / ".env")


def test_unknown_variables_are_listed(env, monkeypatch):
    given = set(env.unknown())
    monkeypatch.setenv("DUBAN_KNOWN", "1")
    monkeypatch.setenv("DUBAN_DUE_SOON_DAY", "1")
    env.text("DUBAN_KNOWN")
    assert set(env.unknown()) - given == {"DUBAN_DUE_SOON_DAY"}


@pytest.mark.parametrize("value", ["", "duban@city.example", "督查室 <duban@city.example>"])
def test_mailbox(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_M", value)
    assert env.mailbox("DUBAN_M") == value


@pytest.mark.parametrize(
    "value", ["duban", "@city.example", "督查@city.example", "a@市.example", "a@b\r\nBcc: c@d"]
)
def test_mailbox_refuses(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_M", value)
    with pytest.raises(ImproperlyConfigured, match="DUBAN_M 的值“"):
        env.mailbox("DUBAN_M")


@pytest.mark.parametrize(
    ("value", "protocol", "security", "port", "folder"),
    [
        ("imaps://u:p@mail.example", "imap", "ssl", 993, "INBOX"),
        ("imaps://u:p@mail.example:1993/Bounces", "imap", "ssl", 1993, "Bounces"),
        ("imap+tls://u:p@mail.example/INBOX", "imap", "tls", 143, "INBOX"),
        ("pop3s://u:p@mail.example", "pop3", "ssl", 995, "INBOX"),
        ("pop3+tls://u:p@mail.example/", "pop3", "tls", 110, "INBOX"),
    ],
)
def test_mailbox_to_read(env, monkeypatch, value, protocol, security, port, folder):
    monkeypatch.setenv("DUBAN_B", value)
    config = env.mailbox_to_read("DUBAN_B", plain_allowed="DUBAN_P")
    assert (config["protocol"], config["security"], config["port"], config["folder"]) == (
        protocol,
        security,
        port,
        folder,
    )


def test_mailbox_to_read_takes_plain_only_when_said_and_decodes_its_parts(env, monkeypatch):
    assert env.mailbox_to_read("DUBAN_B", plain_allowed="DUBAN_P") == {}
    monkeypatch.setenv("DUBAN_B", "imap://duban%40city.example:p%23w@mail.example")
    with pytest.raises(ImproperlyConfigured, match=r"DUBAN_B 使用明文连接.*DUBAN_P=true"):
        env.mailbox_to_read("DUBAN_B", plain_allowed="DUBAN_P")
    monkeypatch.setenv("DUBAN_P", "true")
    config = env.mailbox_to_read("DUBAN_B", plain_allowed="DUBAN_P")
    assert (config["user"], config["password"], config["security"]) == ("duban@city.example", "p#w", "plain")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("http://u:p@mail.example", "不是有效的地址"),
        ("imaps://mail.example", "没有写明主机、用户名或密码"),
        ("imaps://u@mail.example", "没有写明主机、用户名或密码"),
        ("imaps://u:p@/INBOX", "没有写明主机、用户名或密码"),
        ("imaps://u:s3cret@mail.example/退信", "只能用英文字符"),
        ("imaps://u:s3cret?x@mail.example", "不是有效的地址|没有写明"),
        ("imaps://u:s3cret@mail.example/INBOX?x=1", "未转义的"),
        ("pop3s://u:s3cret@mail.example/INBOX", "POP3 没有文件夹"),
        ("imaps://u:s3cret@mail.example:0", "不是有效的地址"),
    ],
)
def test_mailbox_to_read_refuses_without_repeating_the_password(env, monkeypatch, value, words):
    monkeypatch.setenv("DUBAN_B", value)
    with pytest.raises(ImproperlyConfigured, match=words) as refused:
        env.mailbox_to_read("DUBAN_B", plain_allowed="DUBAN_P")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("value", ["督查室 <a@b.example>, c@d.example", "a@b.example,c@d.example"])
def test_mails_come_from_one_address(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_M", value)
    with pytest.raises(ImproperlyConfigured, match=r"DUBAN_M 的值“.*只能写一个邮箱"):
        env.mailbox("DUBAN_M")


SITE = {"default": "http://127.0.0.1:8000", "example": "https://duban.city.example"}


@pytest.mark.parametrize(
    ("value", "site"),
    [
        ("", "http://127.0.0.1:8000"),
        ("https://duban.city.example/", "https://duban.city.example"),
        ("http://10.0.0.8:8080", "http://10.0.0.8:8080"),
        ("https://[fd00::1]:8443", "https://[fd00::1]:8443"),
    ],
)
def test_a_site_is_where_pages_begin(env, monkeypatch, value, site):
    monkeypatch.setenv("DUBAN_S", value)
    assert env.site("DUBAN_S", **SITE) == site


@pytest.mark.parametrize(
    "value",
    [
        "https://city.example/duban",
        "https://city.example/?a=1",
        "https://city.example#top",
        "https://u:p@city.example",
        "https:///path",
        "https://:443",
        "https://city.example?",
    ],
)
def test_a_site_is_no_page(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_S", value)
    with pytest.raises(ImproperlyConfigured, match="DUBAN_S 只能写协议、域名和端口") as refused:
        env.site("DUBAN_S", **SITE)
    assert "u:p" not in str(refused.value)


@pytest.mark.parametrize("value", ["\u200b", "督查局\u202e", "督查\n局"])
def test_a_name_is_seen(env, monkeypatch, value):
    monkeypatch.setenv("DUBAN_N", value)
    with pytest.raises(ImproperlyConfigured, match="DUBAN_N 含有看不见的字符"):
        env.name("DUBAN_N", default="市委市政府督查局")
    monkeypatch.setenv("DUBAN_N", "  ")
    assert env.name("DUBAN_N", default="市委市政府督查局") == "市委市政府督查局"


def test_of_two_thresholds_the_lower_is_not_the_higher(env, monkeypatch):
    def both():
        return env.thresholds("DUBAN_LOW", "DUBAN_HIGH", defaults=(10, 30), maximum=100)

    assert both() == (10, 30)
    monkeypatch.setenv("DUBAN_LOW", "30")
    assert both() == (30, 30)
    monkeypatch.setenv("DUBAN_LOW", "40")
    with pytest.raises(ImproperlyConfigured, match="DUBAN_LOW（40）不能大于 DUBAN_HIGH（30）"):
        both()
