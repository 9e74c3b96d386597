"""钉钉: the signature as its server checks it, its limits and error codes."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest

from tests.makers import NOW
from tests.reminders.channels.vendor import Got, Reply, Vendor, answer, endpoint, one_late, run
from tests.reminders.scene import Clock, State
from tracker.models import Reminder

pytestmark = pytest.mark.django_db
SECRET = "SEC0123456789abcdef"


def robot(got: Got) -> Reply:
    """Checks token and signature as the vendor's documentation words them."""
    if got.query.get("access_token") != "t-1":
        return answer({"errcode": 300001, "errmsg": "token is not exist"})
    text = f"{got.query['timestamp']}\n{SECRET}"
    expected = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256)).decode()
    if not hmac.compare_digest(expected, got.query["sign"]):
        return answer({"errcode": 310000, "errmsg": "sign not match"})
    if got.json["msgtype"] != "markdown" or not got.json["markdown"]["title"]:
        return answer({"errcode": 400105, "errmsg": "unsupported msgtype"})
    return answer({"errcode": 0, "errmsg": "ok"})


def test_signed_as_the_vendor_checks_it():
    with Vendor(robot) as vendor:
        endpoint("dingtalk", f"{vendor.url}/robot/send?access_token=t-1", SECRET)
        one_late()
        assert run().count(State.SENT) == 1
    [got] = vendor.got
    assert got.query["timestamp"] == str(int(NOW.timestamp() * 1000))
    assert "推进义务教育优质均衡" in got.json["markdown"]["text"]


def test_a_wrong_secret_is_an_alarm(caplog):
    with Vendor(robot) as vendor:
        endpoint("dingtalk", f"{vendor.url}/?access_token=t-1", "SECwrong")
        one_late()
        run()
    row = Reminder.objects.get()
    assert row.state == State.RETRY
    assert "310000 sign not match" in row.error
    assert "need mending" in caplog.text


@pytest.mark.parametrize("code", [400013, 400102, 300005, 40014])
def test_a_group_or_robot_that_is_gone_waits_to_be_mended(caplog, code):
    with Vendor(robot, replies=[answer({"errcode": code, "errmsg": "群已被解散"})]) as vendor:
        endpoint("dingtalk", f"{vendor.url}/?access_token=t-1", SECRET)
        one_late()
        run()
        assert Reminder.objects.get().state == State.RETRY
        assert "need mending" in caplog.text
        run(clock=Clock(NOW + timedelta(minutes=31)))
    assert Reminder.objects.get().state == State.SENT


def test_silenced_for_ten_minutes():
    with Vendor(robot, replies=[answer({"errcode": 410100, "errmsg": "发送速度太快而限流"})]) as vendor:
        endpoint("dingtalk", f"{vendor.url}/?access_token=t-1", SECRET)
        one_late()
        run()
        assert Reminder.objects.get().not_before == NOW + timedelta(minutes=10)
        run(clock=Clock(NOW + timedelta(minutes=9)))
        assert len(vendor.got) == 1
        later = NOW + timedelta(minutes=11)
        run(clock=Clock(later))
        # The repeated request is signed for its own moment: a signature is valid for an hour only.
        assert vendor.got[1].query["timestamp"] == str(int(later.timestamp() * 1000))
    assert Reminder.objects.get().state == State.SENT


def test_refused_content_is_not_tried_again():
    with Vendor(robot, replies=[answer({"errcode": 430104, "errmsg": "含有不合适的内容"})]) as vendor:
        endpoint("dingtalk", f"{vendor.url}/?access_token=t-1", SECRET)
        one_late()
        run()
    assert Reminder.objects.get().state == State.FAILED
