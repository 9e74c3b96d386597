"""Who may call at all: tokens with scope and expiry, sessions with CSRF, and a 401 that says why."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests.api.callers import ROOT, client_of, make_token
from tests.makers import make_measure, make_user
from tracker.models import ApiToken

pytestmark = pytest.mark.django_db
ME = f"{ROOT}me/"


@pytest.mark.parametrize("prefix", ["Token", "token", "Bearer", "BEARER"])
def test_token_in_header(prefix):
    user = make_user("office")
    answer = APIClient().get(ME, HTTP_AUTHORIZATION=f"{prefix} {make_token(user, name='考核系统')}")
    assert answer.status_code == 200
    assert answer.json()["username"] == user.username
    assert answer.json()["token"]["name"] == "考核系统"


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token a b",
        "Token " + "0" * 64,
        "Token " + "g" * 64,
        "Token \x00",
        "Token \xff\xfe",
        "Token " + "a" * 10_000,
        "Bearer x",
    ],
)
def test_what_is_no_token_is_refused(header):
    make_token(make_user("office"))
    answer = APIClient().get(ME, HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer.json()["code"] == "token_invalid"


@pytest.mark.parametrize("header", [None, "Basic dTpw", "", "Digest x"])
def test_nobody_is_told_to_identify(header):
    extra = {} if header is None else {"HTTP_AUTHORIZATION": header}
    answer = APIClient().get(ME, **extra)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


def test_expired_token_is_refused_and_kept():
    token = make_token(make_user("office"))
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    answer = APIClient().get(ME, HTTP_AUTHORIZATION=f"Token {token}")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert ApiToken.objects.count() == 1


def test_token_of_an_inactive_user_is_refused():
    user = make_user("office")
    client = client_of(user)
    assert client.get(ME).status_code == 200
    user.is_active = False
    user.save()
    answer = client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "user_inactive")


def test_token_is_stored_as_a_digest_only():
    token = make_token(make_user("office"))
    row = ApiToken.objects.get()
    assert token not in {row.digest, row.name}
    assert row.token_key == token[:15]


def test_read_token_reads_but_never_writes():
    # Assigned today: an objection is offered within the regime's days.
    measure = make_measure(acknowledged=False, now=timezone.now(), starts_on=None, due_on=None)
    liaison = make_user("liaison", department=measure.lead)
    reader = client_of(liaison, scope="read")
    answer = reader.get(f"{ROOT}measures/{measure.pk}/")
    assert answer.status_code == 200
    assert answer.json()["allowed_actions"] == []
    refused = reader.post(f"{ROOT}measures/{measure.pk}/acknowledge/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "token_read_only")
    measure.refresh_from_db()
    assert measure.status == "assigned"
    writer = client_of(liaison)
    assert writer.get(f"{ROOT}measures/{measure.pk}/").json()["allowed_actions"] == ["acknowledge", "object"]
    assert writer.post(f"{ROOT}measures/{measure.pk}/acknowledge/", {}, format="json").status_code == 200


def test_session_of_the_admin_login_works_with_csrf_only():
    measure = make_measure(acknowledged=False)
    liaison = make_user("liaison", department=measure.lead)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(liaison)
    address = f"{ROOT}measures/{measure.pk}/acknowledge/"
    assert browser.get(ME).json()["token"] is None
    refused = browser.post(address, {}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    browser.get("/admin/login/")
    browser.cookies["csrftoken"] = token = "c" * 32
    answer = browser.post(address, {}, content_type="application/json", HTTP_X_CSRFTOKEN=token)
    assert answer.status_code == 200
    assert answer.json()["status"] == "in_progress"


@pytest.mark.parametrize("key", ['"\\000\\000\\000\\000\\000\\000\\000\\000"', "x" * 5000, "%00", "甲" * 10])
def test_session_cookie_of_nobody(key):
    answer = APIClient().get(ME, HTTP_COOKIE=f"sessionid={key}".encode().decode("latin-1"))
    assert answer.status_code == 401
