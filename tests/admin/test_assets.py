"""Nothing loads from outside this machine: every page, all it refers to, and what that refers to in turn."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from config.content_security import POLICY
from tests.admin.pages import pages_of

# What a page loads is the same on each database; that every page opens on both shows test_matrix.
pytestmark = pytest.mark.only_on("sqlite")

HOST = "http://testserver"
# What a browser fetches by itself when it shows a page (links are followed by people only).
LOADS = {"src", "srcset", "data", "poster", "background", "action", "formaction"}
IN_STYLE = re.compile(r"""url\(\s*(['"]?)(.*?)\1\s*\)|@import\s+(['"])(.*?)\3""")


class Loads(HTMLParser):
    """Collects addresses that the page loads, and every inline script or handler that the policy would refuse."""

    def __init__(self):
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.styles = ""
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.inside = tag
        self.addresses += [value for name, value in attrs if name in LOADS and value]
        if tag == "link" and given.get("rel") != "canonical":
            self.addresses.append(given["href"])
        if tag == "base":
            self.inline.append("base")
        if (
            tag == "script"
            and "src" not in given
            and given.get("type") not in ("application/json", "text/template")
        ):
            self.inline.append("script")
        self.inline += [name for name, _ in attrs if name.startswith("on")]
        self.styles += given.get("style") or ""

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "style":
            self.styles += data


def style_addresses(style):
    return [match[1] or match[3] for match in IN_STYLE.findall(style)]


def loads_of(page):
    reader = Loads()
    reader.feed(page)
    return [*reader.addresses, *style_addresses(reader.styles)], reader.inline


def test_the_reader_finds_what_a_browser_loads():
    page = """<link rel="icon" href="/a"><script src='https://x.example/b'></script><img srcset="/c"><p style="background:
    url(/d)" onclick="x()"></p><style>@import "//e"; a { b: url( '/f' ) }</style><a href="https://g">g</a><script>h</script>"""
    addresses, inline = loads_of(page)
    assert sorted(addresses) == ["//e", "/a", "/c", "/d", "/f", "https://x.example/b"]
    assert sorted(inline) == ["onclick", "script"]


@pytest.fixture(scope="module")
def fetched():
    """Assets that were already found sound, over all pages of this file."""
    return set()


def check_page(client, address, fetched):
    answer = client.get(address)
    assert answer.status_code in (200, 400, 403, 404), address
    if answer.status_code == 200:
        assert answer.headers["Content-Security-Policy"] == POLICY
    addresses, inline = loads_of(answer.content.decode())
    assert not inline, f"{address} has {inline}, which the policy refuses"
    waiting = [(address, found) for found in addresses]
    while waiting:
        origin, found = waiting.pop()
        if found.startswith(("data:", "#")):
            continue
        whole = urljoin(HOST + origin, found)
        assert whole.startswith(HOST + "/"), f"{origin} loads {found}"
        path = urlsplit(whole).path
        if path in fetched or path == urlsplit(HOST + address).path or path == "/admin/logout/":
            continue
        asset = client.get(path)
        assert asset.status_code in (200, 302), f"{origin} loads {found}: {asset.status_code}"
        fetched.add(path)
        if path.endswith(".css"):
            style = b"".join(asset) if asset.streaming else asset.content
            waiting += [(path, other) for other in style_addresses(style.decode())]


@pytest.mark.parametrize("role", ["office", "liaison", "leader"])
def test_every_page_and_all_it_loads(town, signed_in, with_everything, fetched, role):
    client = signed_in(getattr(town, role))
    for address in pages_of(town, role):
        check_page(client, address, fetched)
    assert len(fetched) > 20
    assert any(path.endswith(".woff2") for path in fetched), "fonts are followed into the style sheets"


def test_pages_before_signing_in_and_refusals(town, signed_in, fetched):
    for address in ("/admin/login/", "/no-such-page/", "/api/v1/docs/"):
        check_page(Client(), address, fetched)
    check_page(signed_in(town.liaison), "/admin/tracker/user/", fetched)


def test_the_policy():
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'self'" and rules["object-src"] == "'none'"
    assert "'unsafe-inline'" not in rules["script-src"]
    assert rules["frame-ancestors"] == "'none'" and rules["form-action"] == "'self'"
    for rule, value in rules.items():
        assert not re.search(r"https?:|\*", value), rule


def test_answers_without_a_page_carry_the_policy_too(client, db):
    for address in ("/admin/login/", "/no-such-page/", "/api/v1/measures/", "/static/tracker/office.css"):
        answer = client.get(address)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"], address
