"""API tokens: made by form, shown once, stored as a digest, revoked by deleting."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from tests.makers import make_measure, make_user
from tracker.admin.tokens import ApiTokenAdmin
from tracker.models import ApiToken, Department, User
from tracker.reminders.contacts import Contacts

ADD = "/admin/tracker/apitoken/add/"
LIST = "/admin/tracker/apitoken/"


def make(client, holder=None, **fields):
    """What the browser sends: the form's own number comes with it."""
    form = {"name": "OA对接", "scope": "write", "days": "30", "nonce": nonce_of(client.get(ADD))}
    return client.post(ADD, {**form, "user": "" if holder is None else holder.pk, **fields})


def nonce_of(page):
    (nonce,) = re.findall(r'name="nonce" value="([-0-9a-f]{36})"', page.content.decode())
    return nonce


def warnings(client, answer):
    assert answer.status_code == 302 and answer.url == LIST
    return client.get(LIST).content.decode()


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
        ({"nonce": ""}, "nonce"),
        ({"nonce": "x"}, "nonce"),
        ({"user": ""}, "__all__"),
        ({"user": "999999"}, "user"),
        ({"department": "999999"}, "department"),
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


def test_sending_the_form_again_makes_no_second_token(town, signed_in):
    """Reload, back, a double click: the browser sends the same form once more."""
    office = signed_in(town.office)
    nonce = nonce_of(office.get(ADD))
    assert nonce != nonce_of(office.get(ADD))
    plain = make(office, town.liaison, nonce=nonce).context["plain"]
    again = make(office, town.liaison, nonce=nonce)
    page = warnings(office, again)
    assert "已经生成" in page and plain not in page
    assert ApiToken.objects.count() == 1
    # Nor for somebody else who got hold of the form, nor with other words in it.
    assert make(signed_in(town.admin), town.head, nonce=nonce, name="另一个").status_code == 302
    assert ApiToken.objects.get().name == "OA对接"


def test_of_two_forms_at_the_same_moment_one_makes_the_token(town, signed_in, monkeypatch):
    office = signed_in(town.office)
    nonce = nonce_of(office.get(ADD))
    assert "plain" in make(office, town.liaison, nonce=nonce).context
    looked, real = [], ApiTokenAdmin._was_used

    def too_early(self, request):
        looked.append(request)
        return len(looked) > 1 and real(self, request)

    monkeypatch.setattr(ApiTokenAdmin, "_was_used", too_early)
    assert "已经生成" in warnings(office, make(office, town.liaison, nonce=nonce))
    assert ApiToken.objects.count() == 1


def test_a_departments_token_outlives_its_liaisons(town, signed_in, client):
    office = signed_in(town.office)
    plain = make(office, department=town.own.pk).context["plain"]
    User.objects.filter(department=town.own, service=False).update(is_active=False)
    bearer = {"Authorization": f"Token {plain}"}
    me = client.get("/api/v1/me/", headers=bearer).json()
    assert (me["role"], me["department"]["code"], me["name"]) == ("liaison", town.own.code, "办公系统接口")
    waiting = make_measure(lead=town.own, acknowledged=False)
    taken = client.post(
        f"/api/v1/measures/{waiting.pk}/acknowledge/", {}, content_type="application/json", headers=bearer
    )
    assert taken.status_code == 200
    event = waiting.events.last()
    assert (event.actor.service, event.department) == (True, town.own)
    assert client.get(f"/api/v1/measures/{town.foreign.pk}/", headers=bearer).status_code == 404
    # One account a department, whatever the number of its tokens.
    make(office, department=town.own.pk, scope="read")
    make(office, department=town.other.pk)
    accounts = User.objects.filter(service=True)
    assert {account.department for account in accounts} == {town.own, town.other} and accounts.count() == 2
    listed = office.get(LIST).content.decode()
    assert listed.count("办公系统接口") == 3 and str(town.own) in listed


def test_a_service_account_is_nobodys(town, signed_in, client):
    """No password, no pages, no place among the people, no mail."""
    office = signed_in(town.office)
    reached = Contacts.load()
    make(office, department=town.own.pk)
    account = User.objects.get(service=True)
    assert not account.has_usable_password() and not account.is_staff
    page = client.post("/admin/login/", {"username": account.username, "password": "!"})
    assert page.status_code == 200 and "_auth_user_id" not in client.session
    for admin in (office, signed_in(town.admin)):
        assert account.username not in admin.get("/admin/tracker/user/").content.decode()
        assert admin.get(f"/admin/tracker/user/{account.pk}/change/").status_code == 302
        assert admin.get(f"/admin/tracker/user/{account.pk}/password/").status_code in (302, 403, 404)
        choices = admin.get(ADD).context["adminform"].form.fields["user"].queryset
        assert account not in choices and town.liaison in choices
    after = Contacts.load()
    assert vars(after) == vars(reached)


def test_only_one_holder_and_only_departments_in_use(town, signed_in):
    office = signed_in(town.office)
    both = make(office, town.liaison, department=town.own.pk)
    assert "请在“代表单位”和“代表个人”中选择一个" in both.content.decode()
    Department.objects.filter(pk=town.other.pk).update(active=False)
    assert "department" in make(office, department=town.other.pk).context["adminform"].form.errors
    assert not ApiToken.objects.exists() and not User.objects.filter(service=True).exists()


def test_a_tokens_own_page_shows_local_time_to_the_minute(town, signed_in):
    office = signed_in(town.office)
    make(office, town.liaison)
    token = ApiToken.objects.get()
    page = office.get(reverse("admin:tracker_apitoken_change", args=[token.pk])).content.decode()
    for at in (token.created, token.expiry):
        assert f"{timezone.localtime(at):%Y-%m-%d %H:%M}" in page
    assert "+00:00" not in page


def test_a_token_of_the_command_line_has_a_history_too(town, signed_in):
    call_command("create_token", town.liaison.username, "--name", "OA", stdout=StringIO(), stderr=StringIO())
    token = ApiToken.objects.get()
    page = signed_in(town.office).get(reverse("admin:tracker_apitoken_history", args=[token.pk]))
    assert "由系统管理员在命令行生成" in page.content.decode()
