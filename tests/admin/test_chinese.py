"""Every page speaks Chinese: no word of the theme's or Django's English is left where a person reads."""

import gettext
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.admin.pages import pages_of

# Words are the same on each database; that every page opens on both shows test_matrix.
pytestmark = pytest.mark.only_on("sqlite")

# Words that Chinese offices write in Latin letters, names of algorithms and headers, and keys of the keyboard.
LATIN = {
    "API",
    "SHA-256",
    "Message-ID",
    "Authorization",
    "Token",
    "argon",
    "md5",
    "esc",
    "Ctrl",
    "HTTP",
    "Excel",
    "Word",
    "docx",
    "xlsx",
    "html",
    "mht",
    "txt",
    "OA",
    "Webhook",
    "whsec",
    "CSV",
    "UTF-8",
    "GB18030",
}
READ_ALOUD = {"title", "placeholder", "aria-label", "alt", "data-label"}
SILENT = {"script", "style", "template"}


class Reader(HTMLParser):
    """Collects what a person reads or is read out: texts and speaking attributes, not icons' names."""

    def __init__(self):
        super().__init__()
        self.words: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        hidden = tag in SILENT or "material-symbols" in (given.get("class") or "") or tag == "code"
        if tag not in {"input", "br", "img", "link", "meta", "hr"} and (hidden or self.silent):
            self.silent.append(tag)
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            self.words.append(given.get("value") or "")
        self.words += [value or "" for name, value in attrs if name in READ_ALOUD]

    def handle_endtag(self, tag):
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def latin_words(page, known=()):
    """Latin words on a page that are neither data (names, addresses, codes with digits) nor customary."""
    reader = Reader()
    reader.feed(page)
    text = "\n".join(reader.words)
    text = re.sub(r"<?[\w.+-]+@[\w.-]+>?|[\w-]+\.(?:eml|txt)\b", " ", text)
    found = re.findall(r"[A-Za-z][A-Za-z0-9-]*", text)
    return {
        word
        for word in found
        if len(word) > 1
        and word not in LATIN
        and word not in known
        and not re.fullmatch(r"[a-z]?[0-9a-f]*\d[0-9a-f]*", word)
    }


def test_the_reader_sees_what_a_person_sees():
    page = '<p title="Go back">甲 Save <span class="material-symbols-outlined">arrow_forward</span></p><script>x y</script>'
    assert latin_words(page) == {"Go", "back", "Save"}


@pytest.mark.parametrize("role", ["office", "admin", "liaison", "leader"])
def test_every_page(town, signed_in, role, with_everything):
    client = signed_in(getattr(town, role))
    english = {}
    shown = 0
    for address in pages_of(town, role):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        shown += 1
        if words := latin_words(answer.content.decode(), known=with_everything):
            english[address] = words
    assert not english, "\n".join(f"{address}: {words}" for address, words in english.items())
    assert shown > (20 if role in ("office", "admin") else 8)


def test_signing_in_and_out(town, signed_in):
    client = Client()
    login = client.get("/admin/login/")
    wrong = client.post("/admin/login/", {"username": town.office.username, "password": "wrong"})
    assert "用户名或密码不正确" in wrong.content.decode()
    out = signed_in(town.office).post("/admin/logout/")
    changed = signed_in(town.office).get("/admin/password_change/done/")
    refused = signed_in(town.office).post("/admin/password_change/", {"old_password": "x"})
    for answer in (login, wrong, out, changed, refused):
        assert answer.status_code == 200
        assert latin_words(answer.content.decode()) == set()


def test_being_locked_out(town, settings):
    client = Client()
    attempt = {"username": town.office.username, "password": "wrong"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/admin/login/", attempt)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "登录失败次数过多" in page and "约 15 分钟后再试" in page
    assert latin_words(page) == set()


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/no-such-page/", 404, "页面不存在"),
        ("/admin/tracker/measure/999/step/close/", 302, ""),
        ("/admin/tracker/measure/?text__startswith=x", 400, "请求无法理解"),
        ("/admin/tracker/section/add/", 403, "没有权限"),
    ],
)
def test_refusals(town, signed_in, address, status, heading):
    answer = signed_in(town.office).get(address)
    assert answer.status_code == status and heading in answer.content.decode()
    assert latin_words(answer.content.decode()) == set()


def test_a_fault_of_our_own(town, signed_in, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("tracker.admin.workbench.overview.counts", fail)
    client = signed_in(town.office)
    client.raise_request_exception = False
    answer = client.get("/admin/")
    page = answer.content.decode()
    assert answer.status_code == 500 and "系统出错" in page and "secret" not in page
    assert latin_words(page) == set()


def test_refused_forms_of_the_registers(town, signed_in):
    client = signed_in(town.office)
    rows = ("aliases", "nodes", "stages")
    empty = {f"{name}-{kind}_FORMS": "0" for name in rows for kind in ("TOTAL", "INITIAL")}
    for model in ("department", "user", "calendarday", "regime", "stagetemplate", "apitoken"):
        answer = client.post(reverse(f"admin:tracker_{model}_add"), empty)
        assert answer.status_code == 200
        assert latin_words(answer.content.decode(), known={"argon2", *_codes(town)}) == set()


def _codes(town):
    return {town.own.code, town.other.code, town.stranger.code}


def test_the_compiled_catalogue_is_the_written_one():
    folder = Path(settings.BASE_DIR) / "tracker/locale/zh_Hans/LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = (folder / "django.po").read_text(encoding="utf-8")
    single = re.findall(r'^msgid (".+")\nmsgstr (".*")$', written, re.MULTILINE)
    assert len(single) > 90
    for source, chinese in single:
        source, chinese = (text[1:-1].replace('\\"', '"').replace("\\n", "\n") for text in (source, chinese))
        assert chinese and compiled.gettext(source) == chinese
