"""What no honest client sends: every such request gets a Chinese problem, never a 500, and changes nothing."""

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.api.callers import ROOT, client_of, make_token
from tests.makers import make_user
from tracker.api.views.directory import Me
from tracker.models import MeasureEvent

pytestmark = pytest.mark.django_db


def is_problem(answer, status, code=None):
    body = answer.json()
    assert answer.status_code == status, body
    assert answer["Content-Type"] == "application/problem+json"
    assert set(body) - {"instance"} == {"type", "title", "status", "detail", "code", "errors"}
    assert body["status"] == status
    assert body["type"] == f"urn:problem:duban:{body['code']}"
    for words in (body["title"], body["detail"], *(error["message"] for error in body["errors"])):
        assert any("\u4e00" <= char <= "\u9fff" for char in words), words
    if code is not None:
        assert body["code"] == code
    return body


@pytest.fixture
def send(town):
    client = client_of(town.users["liaison"])
    before = MeasureEvent.objects.count()

    def post(body: bytes, content_type: str = "application/json", **extra):
        address = f"{ROOT}measures/{town.led.pk}/reports/"
        return client.generic("POST", address, body, content_type=content_type, **extra)

    yield post
    assert MeasureEvent.objects.count() == before


GOOD = '{"percent": 50, "progress": "好"}'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed_json"),
        (b"percent=50", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"a":' * 50_000, "malformed_json"),
        (b'{"percent": NaN, "progress": "x"}', "malformed_json"),
        (b'{"percent": -Infinity, "progress": "x"}', "malformed_json"),
        (b'{"percent": ' + b"9" * 5000 + b', "progress": "x"}', "malformed_json"),
        (b'{"percent": 10, "percent": 90, "progress": "x"}', "duplicate_field"),
        (b'{"percent": 50, "progress": "\xff\xfe"}', "invalid_utf8"),
        (GOOD.encode("gb18030"), "invalid_utf8"),
        (GOOD.encode("utf-16"), "invalid_utf8"),
        (b"\x00" * 10, "malformed_json"),
        (b"null", "invalid_input"),
        (b"[]", "invalid_input"),
        (b'"x"', "invalid_input"),
        (b"5", "invalid_input"),
        (b"[" * 500 + b"]" * 500, "invalid_input"),
        (b'{"percent": 1e999, "progress": "x"}', "invalid_input"),
        (b'{"percent": 1e400000, "progress": "x"}', "invalid_input"),
        (b'{"percent": "50%", "progress": "x"}', "invalid_input"),
        (b'{"percent": 50, "progress": "\\u0000"}', "invalid_input"),
        (b'{"percent": 50, "progress": "\\ud800"}', "invalid_input"),
        (b'{"percent": 50, "progress": {"$ne": ""}}', "invalid_input"),
        (b'{"percent": 50, "progress": "x", "\\ud800\\u0000": 1}', "invalid_input"),
        (b'{"percent": 50, "progress": "x", "' + b"k" * 50_000 + b'": 1}', "invalid_input"),
        (json.dumps({f"k{n}": n for n in range(5000)}).encode(), "invalid_input"),
        (json.dumps({"percent": 50, "progress": "\u202e好"}).encode(), "invalid_input"),
        (json.dumps({"percent": 50, "progress": "\u200b\u3164\u2800"}).encode(), "invalid_input"),
    ],
)
def test_bodies(send, body, code):
    answer = send(body)
    problem = is_problem(answer, 400, code)
    assert len(answer.content) < 20_000
    assert len(problem["errors"]) <= 50


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("text/plain", "unsupported_media_type"),
        ("application/x-www-form-urlencoded", "unsupported_media_type"),
        ("multipart/form-data; boundary=x", "unsupported_media_type"),
        ("application/xml", "unsupported_media_type"),
        ("", "unsupported_media_type"),
        ("nonsense", "unsupported_media_type"),
        ("application/json; charset=gbk", "unsupported_charset"),
        ("application/json; charset=bz2", "unsupported_charset"),
    ],
)
def test_content_types(send, content_type, code):
    is_problem(send(GOOD.encode(), content_type), 415, code)


@pytest.mark.parametrize("size", [2 * 1024 * 1024, 10 * 1024 * 1024])
def test_large_bodies_are_not_read_to_the_end(send, size):
    is_problem(send(b'{"progress": "' + b"x" * size + b'"}'), 413, "body_too_large")


def test_chunked_bodies_are_refused_instead_of_taken_for_empty(town):
    client = client_of(town.users["liaison"])
    address = f"{ROOT}measures/{town.led.pk}/reports/"
    answer = client.generic("POST", address, b"", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    is_problem(answer, 411, "length_required")


@pytest.mark.parametrize(("length", "status"), [("-5", 400), ("abc", 400), ("9" * 40, 413)])
def test_wrong_lengths(send, length, status):
    is_problem(send(GOOD.encode(), CONTENT_LENGTH=length), status)


def test_a_byte_order_mark_is_let_pass(town):
    answer = client_of(town.users["liaison"]).generic(
        "POST",
        f"{ROOT}measures/{town.led.pk}/reports/",
        b"\xef\xbb\xbf" + GOOD.encode(),
        content_type="application/json; charset=UTF-8",
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "measures/0/", "measures/-1/", "measures/99999999999999999999999/", "measures/1e3/", "measures/%00/",
        "measures/" + "9" * 5000 + "/", "measures/１/", "measures/abc/reports/", "measures/1/nonsense/", "nowhere/",
        "measures", "%0a", "../admin/", "plans/" + "9" * 30 + "/", "%ff%fe",
        "measures/" + "9" * 30 + "/timeline/", "schema", "docs/x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_addresses_that_are_none(town, path, method):
    answer = client_of(town.users["office"]).generic(method, ROOT + path)
    if (
        path.startswith(("measures/9", "measures/0", "plans/"))
        and method != "GET"
        and answer.status_code == 405
    ):
        return
    is_problem(answer, 404, "not_found")


def test_a_wrong_address_is_no_page_for_anybody(db):
    is_problem(Client().get(f"{ROOT}nowhere/", HTTP_ACCEPT="text/html"), 404)


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "nonsense", "*/*", "image/png, */*;q=0.1"]
)
def test_any_accept_header_gets_json(town, accept):
    answer = client_of(town.users["office"]).get(f"{ROOT}me/", HTTP_ACCEPT=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("charset", ["zlib", "bz2", "utf-16", "rot13", "idna"])
def test_charset_of_a_body_does_not_change_the_query(town, charset):
    client = client_of(town.users["office"])
    answer = client.get(f"{ROOT}measures/?search=甲局", CONTENT_TYPE=f"application/json; charset={charset}")
    assert {row["title"] for row in answer.json()["results"]} == {"甲局牵头", "甲局配合"}


def test_an_unexpected_error_tells_no_details(monkeypatch, caplog):
    def explode(self, request):
        raise RuntimeError("secret: the password is 123")

    monkeypatch.setattr(Me, "get", explode)
    client = APIClient(HTTP_AUTHORIZATION=f"Token {make_token(make_user('office'))}")
    problem = is_problem(client.get(f"{ROOT}me/"), 500, "internal_error")
    assert "secret" not in str(problem)
    incident = problem["instance"].removeprefix("urn:uuid:")
    (record,) = [record for record in caplog.records if incident in record.getMessage()]
    assert "secret" in str(record.exc_info[1])
