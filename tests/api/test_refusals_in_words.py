"""A refusal's one sentence (`detail`) names what it is about, since a log or a person often has nothing else."""

import pytest

from tests.api.callers import ROOT, client_of
from tests.api.loop_support import at, post
from tests.makers import NOW, make_user
from tracker import actions

pytestmark = pytest.mark.django_db


def detail(answer, status):
    assert answer.status_code == status, answer.content.decode()
    return answer.json()["detail"]


def test_each_field_is_named_with_what_is_wrong_with_it(town):
    client = client_of(town.users["liaison"])
    assert (
        detail(post(client, at(town.led, "reports/"), {}), 400) == "percent：必须填写。；progress：必须填写。"
    )
    said = detail(post(client, at(town.led, "reports/"), {"percent": "x", "progress": "推进"}), 400)
    assert said.startswith("percent：")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?farbe=rot", "查询参数有误：farbe："),
        ("?fields=titel", "查询参数有误：fields：没有这些字段"),
        ("?as_of=2099-01-01", "查询参数有误：as_of：不能是将来的日期"),
        ("?page_size=0", "page_size："),
    ],
)
def test_a_parameter_is_named(town, query, words):
    assert words in detail(client_of(town.users["office"]).get(f"{ROOT}measures/{query}"), 400)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?page=9999", "没有第“9999”页"),
        ("?page=abc", "没有第“abc”页"),
        ("?cursor=garbage", "游标无效，请从第一页重新读取。"),
        ("?cursor=cD1hYmM=", "游标无效"),
    ],
)
def test_a_page_that_is_none_is_said_to_be_none(town, query, words):
    assert words in detail(client_of(town.users["office"]).get(f"{ROOT}measures/{query}"), 404)


def test_asking_for_more_time_takes_reason_day_and_progress(town):
    client = client_of(town.users["liaison"])
    asked = {"reason": "征地未完成", "proposed_due_on": "2099-06-30"}
    assert "progress：必须填写" in detail(post(client, at(town.led, "extensions/"), asked), 400)
    for blank in ("", " ", "\u200b"):
        assert "progress" in detail(
            post(client, at(town.led, "extensions/"), {**asked, "progress": blank}), 400
        )
    assert not town.led.extensions.exists()


@pytest.mark.parametrize("name", ["牵头", "牵头单位", "配合单位", "责任单位", "协办部门"])
def test_lead_and_assisting_departments_are_no_roles(town, name):
    roles = {"roles": [{"name": name, "department": town.other.code}]}
    said = detail(post(client_of(town.users["office"]), at(town.led, "set-roles/"), roles), 400)
    assert f"“{name}”不是可以另外指定的角色" in said
    assert not town.led.roles.exists()


def test_who_comes_too_late_reads_who_changed_what(town):
    office, seen = town.users["office"], town.led.version
    actions.edit(measure_id=town.led.pk, actor=office, now=NOW, remark="重点", importance="major")
    late = {"HTTP_IF_MATCH": f'"{seen}"'}
    answer = client_of(make_user("office")).patch(at(town.led), {"remark": "一般"}, format="json", **late)
    assert detail(answer, 412) == f"事项已被他人更新：{office}修改（重要程度、备注），请重新读取后再办理。"
    items = [
        {"id": town.led.pk, "action": "report", "version": seen, "body": {"percent": 1, "progress": "x"}}
    ]
    answer = client_of(town.users["liaison"]).post(f"{ROOT}measures/bulk/", {"items": items}, format="json")
    assert f"{office}修改" in answer.json()["results"][0]["problem"]["detail"]
