"""企业微信: what a group robot is sent, its limits and error codes."""

from datetime import timedelta

import pytest

from tests.makers import NOW
from tests.reminders.channels.vendor import Got, Reply, Vendor, answer, endpoint, one_late, run
from tests.reminders.scene import Clock, State, overdue, unit
from tracker.models import Reminder

pytestmark = pytest.mark.django_db
LIMIT = answer({"errcode": 45009, "errmsg": "api freq out of limit"})


def robot(got: Got) -> Reply:
    """Takes markdown of at most 4096 bytes for one key, as the vendor does."""
    if got.query.get("key") != "k-1":
        return answer({"errcode": 93000, "errmsg": "invalid webhook url"})
    if got.json["msgtype"] != "markdown":
        return answer({"errcode": 40008, "errmsg": "invalid message type"})
    if len(got.json["markdown"]["content"].encode()) > 4096:
        return answer({"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"})
    return answer({"errcode": 0, "errmsg": "ok"})


def test_a_group_is_told_once():
    with Vendor(robot) as vendor:
        target = endpoint("wecom", f"{vendor.url}/cgi-bin/webhook/send?key=k-1")
        one_late()
        [outcome] = run().outcomes
        assert (outcome.recipient, outcome.state) == (target.address, State.SENT)
        assert run().outcomes == []
    [got] = vendor.got
    assert got.path == "/cgi-bin/webhook/send"
    content = got.json["markdown"]["content"]
    assert "【督查督办】1项逾期" in content
    assert "推进义务教育优质均衡" in content and "逾期4天" in content and "/admin/tracker/measure/" in content


def test_hundreds_fit_into_the_limit_and_say_what_is_left_out():
    with Vendor(robot) as vendor:
        endpoint("wecom", f"{vendor.url}/?key=k-1")
        lead = unit("市教育局", "a@x.example")
        for number in range(60):
            overdue(lead, f"第{number}项" + "长" * 100)
        assert run().count(State.SENT) == 1
    assert "请登录系统查看" in vendor.got[0].json["markdown"]["content"]


def test_user_text_neither_formats_nor_links_nor_mentions():
    with Vendor(robot) as vendor:
        endpoint("wecom", f"{vendor.url}/?key=k-1")
        one_late("<@all> [点此](http://evil.example) **粗体** `x`")
        run()
    content = vendor.got[0].json["markdown"]["content"]
    assert "<@all>" not in content and "](http://evil.example" not in content and "`" not in content


def test_called_too_often_it_waits_and_comes_again():
    with Vendor(robot, replies=[LIMIT]) as vendor:
        endpoint("wecom", f"{vendor.url}/?key=k-1")
        one_late()
        [failure] = run().failures
        assert failure.state == State.RETRY
        row = Reminder.objects.get()
        assert "45009 api freq out of limit" in row.error
        assert row.not_before >= NOW + timedelta(minutes=1)
        run(clock=Clock(NOW + timedelta(minutes=2)))
    assert Reminder.objects.get().state == State.SENT
    assert len(vendor.got) == 2


def test_a_removed_robot_is_an_alarm_and_waits_to_be_mended(caplog):
    with Vendor(robot) as vendor:
        target = endpoint("wecom", f"{vendor.url}/?key=gone")
        one_late()
        [failure] = run().failures
        assert failure.state == State.RETRY and "93000" in failure.error
        assert "need mending" in caplog.text
        target.url = f"{vendor.url}/?key=k-1"
        target.save()
        run(clock=Clock(NOW + timedelta(minutes=31)))
    assert Reminder.objects.get().state == State.SENT


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (answer({"errcode": 40058, "errmsg": "invalid Request"}), State.FAILED, "40058"),
        (answer({"errcode": -1, "errmsg": "system busy"}), State.RETRY, "-1 system busy"),
        ((500, {}, b"oops"), State.RETRY, "HTTP 500 oops"),
        ((404, {}, b"nothing here"), State.RETRY, "HTTP 404"),
        ((200, {}, b"<html>login</html>"), State.RETRY, "无法识别"),
    ],
)
def test_other_answers(reply, state, words):
    with Vendor(robot, replies=[reply]) as vendor:
        endpoint("wecom", f"{vendor.url}/?key=k-1")
        one_late()
        run()
    row = Reminder.objects.get()
    assert row.state == state
    assert words in row.error


def test_an_endpoint_switched_off_after_planning_is_not_told():
    with Vendor(robot) as vendor:
        target = endpoint("wecom", f"{vendor.url}/?key=k-1")
        one_late()
        from tests.reminders.scene import plan, send

        plan()
        target.active = False
        target.save()
        send()
    assert vendor.got == []
    assert Reminder.objects.get().state == State.DROPPED


def test_one_groups_trouble_holds_up_nobody_else(mailoutbox):
    from tracker.models import ReminderRule

    with Vendor(robot, replies=[LIMIT] * 5) as vendor:
        for number in range(5):
            endpoint("wecom", f"{vendor.url}/{number}?key=k-1")
        ReminderRule.objects.filter(code="overdue").update(by_mail=True)
        one_late()
        report = run()
    assert len(mailoutbox) == 1
    assert (report.count(State.RETRY), report.count(State.SENT), report.stopped) == (5, 1, "")
