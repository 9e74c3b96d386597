"""Clients that call the API as an office system does, and the rows they meet."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rest_framework.test import APIClient

from tests.makers import (
    liaison_of,
    make_department,
    make_draft,
    make_measure,
    make_plan,
    make_section,
    make_user,
)
from tracker.models import ApiToken, Department, Measure, User

ROOT = "/api/v1/"
# Operations in the OpenAPI document.
OPERATIONS = 72


def make_token(user: User, *, scope: str = "write", days: int = 1, **kw: Any) -> str:
    """The token as its holder writes it."""
    row, token = ApiToken.objects.create(
        user=user, expiry=timedelta(days=days), **{"name": "OA 系统", "scope": scope, **kw}
    )
    assert row.digest != token
    return token


def client_of(user: User | None, *, scope: str = "write") -> APIClient:
    """A client with a token of its own; None for nobody."""
    client = APIClient()
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {make_token(user, scope=scope)}")
    return client


@dataclass
class Town:
    """Two departments under two leaders, a measure of each kind, a user of each role.

    `own` leads `led` and assists `assisted`; `foreign` and `draft` are none of its business.
    """

    own: Department
    other: Department
    led: Measure
    assisted: Measure
    foreign: Measure
    draft: Measure
    users: dict[str, User]


def make_town() -> Town:
    own, other = make_department("甲局", aliases=("甲",)), make_department("乙局", aliases=("乙别名",))
    users = {
        "office": make_user("office"),
        "liaison": liaison_of(own),
        "head": make_user("head", department=own),
        "leader": make_user("leader", name="甲局的分管领导"),
        "other liaison": liaison_of(other),
        "other leader": make_user("leader", name="乙局的分管领导"),
        "none": make_user("none"),
    }
    Department.objects.filter(pk=own.pk).update(leader_in_charge=users["leader"])
    Department.objects.filter(pk=other.pk).update(leader_in_charge=users["other leader"])
    shared = make_section(make_plan("共同方案"))
    foreign_section = make_section(make_plan("乙局方案"), title="乙局部分", intro="乙局导语")
    return Town(
        own=own,
        other=other,
        led=make_measure(lead=own, percent=20, draft={"section": shared, "title": "甲局牵头"}),
        assisted=make_measure(
            lead=other, co=(own,), percent=30, draft={"section": shared, "title": "甲局配合"}
        ),
        foreign=make_measure(
            lead=other,
            percent=40,
            draft={"section": foreign_section, "title": "乙局机密", "text": "乙局机密。内容。"},
        ),
        draft=make_draft(section=foreign_section, title="尚未交办"),
        users=users,
    )
