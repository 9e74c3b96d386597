"""The command that makes an API token: printed once, alone on standard output, and refused in words."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from tests.makers import make_department, make_user
from tracker.models import ApiToken, User

pytestmark = pytest.mark.django_db


def make(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("create_token", *arguments, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


def test_command_prints_a_working_token_once():
    user = make_user("liaison")
    token, explanation = make(user.username, "--name", "OA 系统", "--scope", "write", "--days", "30")
    assert token not in explanation
    assert str(user.department) in explanation
    answer = APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Token {token}")
    assert answer.json()["token"]["scope"] == "write"
    row = ApiToken.objects.get()
    assert timedelta(days=29) < row.expiry - timezone.now() <= timedelta(days=30)


def test_command_makes_a_token_for_a_department():
    department = make_department("市交通运输局", code="jiaotong")
    token, explanation = make("--department", "jiaotong", "--name", "OA 系统", "--scope", "write")
    assert "代表市交通运输局" in explanation
    me = APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Token {token}").json()
    assert (me["department"]["code"], me["role"], me["token"]["scope"]) == ("jiaotong", "liaison", "write")
    make("--department", "jiaotong", "--name", "看板")
    assert User.objects.get(service=True).department == department


def test_command_gives_read_scope_and_the_set_time_by_default(settings):
    settings.REST_KNOX = {**settings.REST_KNOX, "TOKEN_TTL": timedelta(days=7)}
    make(make_user("office").username, "--name", "看板")
    row = ApiToken.objects.get()
    assert row.scope == "read"
    assert timedelta(days=6) < row.expiry - timezone.now() <= timedelta(days=7)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["没有的人", "--name", "x"], "没有用户"),
        (["--department", "nobody", "--name", "x"], "没有代码为“nobody”的在用单位"),
        (["clerk", "--department", "nobody", "--name", "x"], "不能|not allowed"),
        (["--name", "x"], "必须|required"),
        (["gone", "--name", "x"], "已停用"),
        (["nobody", "--name", "x"], "没有业务角色"),
        (["clerk", "--name", " "], "用途"),
        (["clerk", "--name", "长" * 61], "用途"),
        (["clerk", "--name", "a\x00b"], "用途"),
        (["clerk", "--name", "x", "--days", "0"], "有效天数"),
        (["clerk", "--name", "x", "--days", "99999999"], "有效天数"),
    ],
)
def test_command_refuses_in_words(arguments, words):
    make_user("office", username="clerk")
    make_user("office", username="gone", is_active=False)
    make_user("none", username="nobody")
    with pytest.raises(CommandError, match=words):
        make(*arguments)
    assert not ApiToken.objects.exists()
