"""Accounts: 督查室 keeps them, without touching system administrators and without raising its own rights."""

import pytest
from django.urls import reverse

from tests.makers import make_user
from tracker.models import User

PASSWORD = "stone-bridge-42"
ADD = "/admin/tracker/user/add/"


def change(user):
    return reverse("admin:tracker_user_change", args=[user.pk])


def new_user(**fields):
    return {"username": "wang", "password1": PASSWORD, "password2": PASSWORD, "name": "王五", **fields}


def posted(user, **fields):
    present = {"username": user.username, "name": user.name, "phone": "", "email": "", "role": user.role}
    if user.department_id:
        present["department"] = user.department_id
    if user.is_active:
        present["is_active"] = "on"
    return {**present, **fields}


@pytest.mark.parametrize("role", ["liaison", "head", "leader", "office"])
def test_a_new_user_with_a_role_signs_in(town, signed_in, client, role):
    department = {"department": town.own.pk} if role in ("liaison", "head") else {}
    answer = signed_in(town.office).post(ADD, new_user(role=role, **department))
    assert answer.status_code == 302
    user = User.objects.get(username="wang")
    assert (user.role, user.is_staff, user.is_superuser, user.name) == (role, True, False, "王五")
    answer = client.post("/admin/login/?next=/admin/", {"username": "wang", "password": PASSWORD})
    assert answer.status_code == 302 and answer.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_user_without_a_role_does_not_sign_in_here(town, signed_in, client):
    signed_in(town.office).post(ADD, new_user(role="none"))
    assert not User.objects.get(username="wang").is_staff
    answer = client.post("/admin/login/", {"username": "wang", "password": PASSWORD})
    assert answer.status_code == 200 and "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", ["liaison", "head"])
def test_whoever_acts_for_a_department_must_have_one(town, signed_in, role):
    answer = signed_in(town.office).post(ADD, new_user(role=role))
    assert answer.status_code == 200
    assert "部门联络员和部门负责人必须选择所在单位。" in answer.content.decode()
    assert not User.objects.filter(username="wang").exists()


def test_a_weak_password_is_refused_in_chinese(town, signed_in):
    answer = signed_in(town.office).post(
        ADD, new_user(role="office", password1="12345678", password2="12345678")
    )
    assert "密码" in str(answer.context["adminform"].form.errors["password2"])
    assert not User.objects.filter(username="wang").exists()


def test_the_office_makes_no_system_administrator(town, signed_in):
    client = signed_in(town.office)
    client.post(ADD, new_user(role="office", is_superuser="on", is_staff="on"))
    made = User.objects.get(username="wang")
    assert not made.is_superuser
    assert "is_superuser" not in client.get(change(made)).content.decode()
    client.post(change(made), posted(made, is_superuser="on", user_permissions=["1"], groups=["1"]))
    made.refresh_from_db()
    assert not made.is_superuser and not made.user_permissions.exists() and not made.groups.exists()


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_the_office_does_not_reach_a_system_administrator(town, signed_in, page):
    client = signed_in(town.office)
    address = reverse(f"admin:tracker_user_{page}", args=[town.admin.pk])
    assert town.admin.username not in client.get("/admin/tracker/user/").content.decode()
    for answer in (client.get(address), client.post(address, posted(town.admin, name="改"))):
        assert answer.status_code in (302, 403)
    password = reverse("admin:auth_user_password_change", args=[town.admin.pk])
    assert client.get(password).status_code in (302, 403, 404)
    new = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(password, new).status_code in (302, 403, 404)
    before = User.objects.get(pk=town.admin.pk)
    assert (before.name, before.password) == (town.admin.name, town.admin.password)


@pytest.mark.parametrize("person", ["office", "admin"])
def test_nobody_raises_his_own_rights(town, signed_in, person):
    user = getattr(town, person)
    signed_in(user).post(
        change(user), posted(user, name="新名", role="leader", is_superuser="on", department=town.own.pk)
    )
    user.refresh_from_db()
    assert user.name == "新名"
    assert (user.role, user.department, user.is_active) == (
        {"office": "office", "admin": "none"}[person],
        None,
        True,
    )
    assert user.is_superuser == (person == "admin")


def test_rights_of_others_are_changed_and_withdrawn(town, signed_in):
    client = signed_in(town.office)
    answer = client.post(change(town.leader), posted(town.leader, role="head", department=town.own.pk))
    assert answer.status_code == 302
    town.leader.refresh_from_db()
    assert (town.leader.role, town.leader.department, town.leader.is_staff) == ("head", town.own, True)
    client.post(change(town.leader), posted(town.leader, role="none"))
    town.leader.refresh_from_db()
    assert not town.leader.is_staff
    theirs = signed_in(town.head)
    off = posted(town.head)
    del off["is_active"]
    client.post(change(town.head), off)
    assert theirs.get("/admin/").status_code == 302, "a person put out of use is out at once"


def test_a_system_administrator_makes_another(town, signed_in):
    other = make_user("office")
    answer = signed_in(town.admin).post(change(other), posted(other, is_superuser="on"))
    assert answer.status_code == 302
    other.refresh_from_db()
    assert other.is_superuser


def test_users_are_put_out_of_use_never_deleted(town, signed_in):
    for person in (town.office, town.admin):
        client = signed_in(person)
        assert (
            client.post(
                reverse("admin:tracker_user_delete", args=[town.head.pk]), {"post": "yes"}
            ).status_code
            == 403
        )
        bulk = {"action": "delete_selected", "_selected_action": [town.head.pk], "post": "yes"}
        client.post("/admin/tracker/user/", bulk)
    assert User.objects.filter(pk=town.head.pk).exists()


def test_the_office_sets_a_new_password(town, signed_in):
    address = reverse("admin:auth_user_password_change", args=[town.liaison.pk])
    new = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true", "set-password": "1"}
    assert signed_in(town.office).post(address, new).status_code == 302
    assert User.objects.get(pk=town.liaison.pk).check_password(PASSWORD)
