"""The local outbox: read by 督查室 alone, only what lies in it, and nothing in a mail runs."""

import os
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from tests.makers import make_user
from tracker.admin.outbox import PER_PAGE
from tracker.reminders.channels.email.outbox_reader import NoSuchMail, mail_names, read_mail

BOX = "/admin/outbox/"


@pytest.fixture
def folder(tmp_path, settings):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.OUTBOX_DIR.mkdir()
    settings.EMAIL_BACKEND = "tracker.reminders.channels.email.outbox.OutboxBackend"
    return settings.OUTBOX_DIR


def put(folder, name, *, subject="催办提醒", html="<p>请尽快办理</p>", at=0):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "duban@city.example", "jia@city.example"
    message.set_content("请尽快办理：打通断头路\n")
    if html:
        message.add_alternative(html, subtype="html")
    path = folder / name
    path.write_bytes(message.as_bytes())
    os.utime(path, (1_800_000_000 + at, 1_800_000_000 + at))
    return path


def test_newest_first_and_in_pages(town, signed_in, folder):
    for number in range(PER_PAGE + 3):
        put(folder, f"{number:02}.eml", subject=f"第{number}封", at=number)
    (folder / "notes.txt").write_text("不是邮件")
    office = signed_in(town.office)
    first = office.get(BOX)
    assert [mail.subject for mail in first.context["mails"]][:2] == [
        f"第{PER_PAGE + 2}封",
        f"第{PER_PAGE + 1}封",
    ]
    assert len(first.context["mails"]) == PER_PAGE
    assert [mail.subject for mail in office.get(BOX, {"p": 2}).context["mails"]] == [
        "第2封",
        "第1封",
        "第0封",
    ]
    assert office.get(BOX, {"p": "x"}).status_code == 200


def test_a_mail_of_our_own_backend(town, signed_in, folder):
    mail = EmailMultiAlternatives(
        "【督办】2项事项即将到期", "正文：打通断头路", to=["jia@city.example"], cc=["leader@city.example"]
    )
    mail.attach_alternative("<p style='color:red'>打通断头路</p>", "text/html")
    assert mail.send() == 1
    [name] = mail_names(folder)
    page = signed_in(town.office).get(reverse("admin:outbox_mail", args=[name])).content.decode()
    for word in ("【督办】2项事项即将到期", "正文：打通断头路", "jia@city.example", "leader@city.example"):
        assert word in page
    assert "&lt;p style=&#x27;color:red&#x27;&gt;打通断头路&lt;/p&gt;" in page


def test_nothing_in_a_mail_runs(town, signed_in, folder):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    put(folder, "evil.eml", subject=evil, html=f'{evil}"></iframe>{evil}')
    answer = signed_in(town.office).get(reverse("admin:outbox_mail", args=["evil.eml"]))
    page = answer.content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    frame = page[page.index("<iframe") : page.index("</iframe>")]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    assert "allow-scripts" not in frame and "allow-same-origin" not in frame
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("role", ["liaison", "head", "leader", "nobody"])
def test_for_the_office_alone(town, signed_in, folder, role):
    put(folder, "a.eml")
    client = signed_in(getattr(town, role))
    assert client.get(BOX).status_code == 403
    assert client.get(reverse("admin:outbox_mail", args=["a.eml"])).status_code == 403


def test_not_signed_in_sees_the_login(client, db, folder):
    put(folder, "a.eml")
    for address in (BOX, reverse("admin:outbox_mail", args=["a.eml"])):
        assert client.get(address).headers["Location"].startswith("/admin/login/")


def test_gone_when_mails_are_really_sent(town, signed_in, folder, settings):
    put(folder, "a.eml")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    client = signed_in(town.office)
    assert client.get(BOX).status_code == 404
    assert client.get(reverse("admin:outbox_mail", args=["a.eml"])).status_code == 404
    assert BOX not in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "../secret.eml",
        "..",
        ".eml/../../secret.eml",
        "sub/a.eml",
        "..\\secret.eml",
        "a.eml\0",
        "missing.eml",
        "secret.txt",
        "link.eml",
        "folder.eml",
        "",
    ],
)
def test_only_files_of_the_box(folder, name):
    secret = put(folder.parent, "secret.eml")
    (folder / "sub").mkdir()
    put(folder / "sub", "a.eml")
    (folder / "secret.txt").write_text("x")
    (folder / "link.eml").symlink_to(secret)
    (folder / "folder.eml").mkdir()
    with pytest.raises(NoSuchMail):
        read_mail(folder, name)
    assert mail_names(folder) == []


@pytest.mark.parametrize("name", ["..%2Fsecret.eml", "%2e%2e/secret.eml", "..%5csecret.eml", "missing.eml"])
def test_no_address_leads_out_of_the_box(town, signed_in, folder, name):
    put(folder.parent, "secret.eml", subject="绝密")
    answer = signed_in(town.office).get(f"{BOX}{name}/")
    assert answer.status_code == 404 and "绝密" not in answer.content.decode()


def test_an_empty_or_missing_box_says_so(town, signed_in, folder):
    office = signed_in(town.office)
    assert "还没有邮件" in office.get(BOX).content.decode()
    folder.rmdir()
    assert "还没有邮件" in office.get(BOX).content.decode()


@pytest.mark.parametrize(
    ("content", "subject", "text"),
    [
        (b"Subject: =?utf-8?b?5rWL6K+V?=\r\n\r\nbody", "测试", "body"),
        (b"", "（无主题）", ""),
        (b"\xff\xfe\x00garbage", "（无主题）", None),
        (
            b"Subject: x\r\nContent-Type: text/plain; charset=no-such-charset\r\n\r\n\xe6\xb5\x8b",
            "x",
            "测",
        ),
    ],
)
def test_broken_mails_are_shown_as_far_as_they_can_be_read(folder, content, subject, text):
    (folder / "broken.eml").write_bytes(content)
    mail = read_mail(folder, "broken.eml")
    assert mail.subject == subject
    assert text is None or mail.text.strip() == text


def test_a_mail_of_text_alone_has_no_frame(folder, db, signed_in):
    put(folder, "plain.eml", html="")
    page = (
        signed_in(make_user("office")).get(reverse("admin:outbox_mail", args=["plain.eml"])).content.decode()
    )
    assert "<iframe" not in page and "请尽快办理：打通断头路" in page
