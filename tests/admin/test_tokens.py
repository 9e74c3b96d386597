"""API tokens: made by form, shown once, stored as a digest, revoked by deleting."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from tests.makers import make_user
from tracker.models import ApiToken

ADD = "/admin/tracker/apitoken/add/"
LIST = "/admin/tracker/apitoken/"


def make(client, user, **fields):
    return client.post(ADD, {"name": "OA对接", "user": user.pk, "scope": "write", "days": "30", **fields})


def test_the_token_is_shown_once_and_works(town, signed_in, client):
    office = signed_in(town.office)
    answer = make(office, town.liaison)
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    plain = answer.context["plain"]
    assert plain in answer.content.decode()
    token = ApiToken.objects.get()
    assert (token.name, token.user, token.scope) == ("OA对接", town.liaison, "write")
    left = token.expiry - timezone.now()
    assert timedelta(days=29, hours=23) < left <= timedelta(days=30)
    seen = client.get("/api/v1/me/", headers={"Authorization": f"Token {plain}"})
    assert seen.status_code == 200
    # nowhere else, and never again
    assert plain not in str(ApiToken.objects.values().get())
    assert not any(plain in str(session.get_decoded()) for session in Session.objects.all())
    assert not any(plain in str(cookie) for cookie in office.cookies.values())
    assert not any(plain in entry.object_repr + entry.change_message for entry in LogEntry.objects.all())
    for address in (LIST, reverse("admin:tracker_apitoken_change", args=[token.pk]), "/admin/"):
        page = office.get(address)
        assert page.status_code == 200 and plain not in page.content.decode()


def test_deleting_revokes(town, signed_in, client):
    office = signed_in(town.office)
    plain = make(office, town.liaison).context["plain"]
    token = ApiToken.objects.get()
    answer = office.post(reverse("admin:tracker_apitoken_delete", args=[token.pk]), {"post": "yes"})
    assert answer.status_code == 302 and not ApiToken.objects.exists()
    assert client.get("/api/v1/me/", headers={"Authorization": f"Token {plain}"}).status_code == 401


def test_a_token_is_never_changed(town, signed_in):
    office = signed_in(town.office)
    make(office, town.liaison)
    token = ApiToken.objects.get()
    address = reverse("admin:tracker_apitoken_change", args=[token.pk])
    assert office.post(address, {"name": "改", "scope": "read"}).status_code == 403
    assert ApiToken.objects.get().scope == "write"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"days": "0"}, "days"),
        ({"days": "9999"}, "days"),
        ({"scope": "all"}, "scope"),
    ],
)
def test_a_wrong_form_makes_no_token(town, signed_in, fields, field):
    answer = make(signed_in(town.office), town.liaison, **fields)
    assert field in answer.context["adminform"].form.errors
    assert not ApiToken.objects.exists()


def test_nobody_makes_a_token_in_anothers_name(town, signed_in):
    colleague, gone = make_user("office"), make_user("liaison", is_active=False)
    client = signed_in(town.office)
    for other in (colleague, town.admin, gone, town.nobody):
        answer = make(client, other)
        assert "user" in answer.context["adminform"].form.errors
    assert not ApiToken.objects.exists()
    for holder in (town.office, town.liaison, town.head, town.leader):
        assert "plain" in make(client, holder).context


def test_tokens_of_a_system_administrator_stay_out_of_reach(town, signed_in):
    token, _plain = ApiToken.objects.create(user=town.admin, name="备份")
    client = signed_in(town.office)
    assert "备份" not in client.get(LIST).content.decode()
    address = reverse("admin:tracker_apitoken_delete", args=[token.pk])
    assert client.post(address, {"post": "yes"}).status_code in (302, 403)
    assert ApiToken.objects.exists()
    assert "备份" in signed_in(town.admin).get(LIST).content.decode()
