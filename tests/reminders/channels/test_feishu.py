"""飞书: the signature in the body as its server checks it, its limits and error codes."""

import base64
import hashlib
import hmac

import pytest

from tests.makers import NOW
from tests.reminders.channels.vendor import Got, Reply, Vendor, answer, endpoint, one_late, run
from tests.reminders.scene import Clock, State
from tracker.models import Reminder

pytestmark = pytest.mark.django_db
SECRET = "demo-secret"


def robot(got: Got) -> Reply:
    """Checks time and signature as the vendor's documentation words them."""
    at = got.json.get("timestamp", "0")
    expected = base64.b64encode(hmac.digest(f"{at}\n{SECRET}".encode(), b"", hashlib.sha256)).decode()
    fresh = abs(int(at) - int(NOW.timestamp())) <= 3600
    if not fresh or not hmac.compare_digest(expected, got.json.get("sign", "")):
        words = "sign match fail or timestamp is not within one hour from current time"
        return answer({"code": 19021, "msg": words})
    if len(got.body) > 20 * 1024:
        return answer({"code": 9499, "msg": "Bad Request"}, 400)
    return answer({"code": 0, "msg": "success", "data": {}})


def test_signed_as_the_vendor_checks_it_and_nothing_is_markup():
    with Vendor(robot) as vendor:
        endpoint("feishu", f"{vendor.url}/open-apis/bot/v2/hook/abc", SECRET)
        one_late('<at user_id="all">所有人</at>')
        assert run().count(State.SENT) == 1
    [got] = vendor.got
    post = got.json["content"]["post"]["zh_cn"]
    assert post["title"] == "【督查督办】1项逾期"
    [link, words] = post["content"][1]
    assert (link["tag"], words["tag"]) == ("a", "text"), "text stays text"
    assert "所有人" in link["text"] and link["href"].endswith("/change/")


def test_without_a_secret_nothing_is_signed():
    with Vendor(lambda got: answer({"code": 0, "msg": "success"})) as vendor:
        endpoint("feishu", f"{vendor.url}/hook")
        one_late()
        run()
    assert "sign" not in vendor.got[0].json and "timestamp" not in vendor.got[0].json


def test_a_wrong_secret_is_an_alarm(caplog):
    with Vendor(robot) as vendor:
        endpoint("feishu", f"{vendor.url}/hook", "other")
        one_late()
        run()
    row = Reminder.objects.get()
    assert (row.state, "19021" in row.error) == (State.RETRY, True)
    assert "need mending" in caplog.text


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (answer({"code": 9499, "msg": "too many request"}, 400), State.RETRY),
        (answer({"code": 11232, "msg": "frequency limited"}), State.RETRY),
        ((429, {"Retry-After": "7200"}, b""), State.RETRY),
        (answer({"code": 19002, "msg": "params error, msg_type need"}), State.FAILED),
    ],
)
def test_other_answers(reply, state):
    with Vendor(robot, replies=[reply]) as vendor:
        endpoint("feishu", f"{vendor.url}/hook", SECRET)
        one_late()
        run()
    row = Reminder.objects.get()
    assert row.state == state
    if reply[0] == 429:
        assert (row.not_before - NOW).total_seconds() == 7200, "the pause that was asked for"


def test_many_are_cut():
    from tests.reminders.scene import overdue, unit

    with Vendor(robot) as vendor:
        endpoint("feishu", f"{vendor.url}/hook", SECRET)
        lead = unit("", "a@x.example")
        for number in range(50):
            overdue(lead, f"第{number}项" + "长" * 250)
        assert run(clock=Clock(NOW)).count(State.SENT) == 1
    assert "另有 30 项" in vendor.got[0].body.decode()
