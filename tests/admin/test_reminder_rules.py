"""Rules, hours and targets of reminding as 督查室 edits them, and a person's own inbox."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.makers import NOW, TODAY
from tracker.models import Endpoint, InboxNotice, Measure, Reminder, ReminderPolicy, ReminderRule

pytestmark = pytest.mark.django_db
RULE = {
    "name": "逾期催办",
    "active": "on",
    "kind": "overdue",
    "days": "1",
    "unit": "calendar",
    "repeat": "3",
    "repeat_unit": "workday",
    "stop": "settled",
    "level": "blue",
    "climb_after": "2",
    "audience": ["liaison", "head"],
    "audience_red": ["office"],
    "by_mail": "on",
    "by_inbox": "on",
}


def test_a_rule_is_edited_and_said_in_words(town, signed_in):
    office = signed_in(town.office)
    rule = ReminderRule.objects.get(code="overdue")
    answer = office.post(reverse("admin:tracker_reminderrule_change", args=[rule.pk]), RULE)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    rule.refresh_from_db()
    assert (rule.code, rule.repeat, rule.audience, rule.audience_red) == (
        "overdue",
        3,
        ["liaison", "head"],
        ["office"],
    )
    page = office.get(reverse("admin:tracker_reminderrule_changelist")).content.decode()
    assert "逾期次日首次催办，此后每3个工作日一次" in page and "联络员、部门负责人" in page


def test_saving_a_rule_says_what_it_does_now(town, signed_in):
    """Against what it did before, by a dry plan; nothing is planned by it."""
    office = signed_in(town.office)
    ReminderRule.objects.exclude(code="overdue").update(active=False)
    today = timezone.localdate()
    Measure.objects.filter(pk=town.led.pk).update(due_on=today - timedelta(days=9))
    Measure.objects.exclude(pk=town.led.pk).update(due_on=today + timedelta(days=9))
    town.liaison.email = "a@x.example"
    town.liaison.save()
    address = reverse("admin:tracker_reminderrule_change", args=[ReminderRule.objects.get(code="overdue").pk])

    def said(**fields) -> list[tuple[str, str]]:
        page = office.post(address, {**RULE, "audience": ["liaison"], **fields}, follow=True)
        return [(m.level_tag, m.message) for m in page.context["messages"] if "按现在的数据" in m.message]

    assert said() == [
        ("info", "按现在的数据，这条规则今天涉及 1 个事项（修改前 1 个），下次运行将新发提醒 1 条。")
    ]
    assert said(days="30") == [
        ("warning", "按现在的数据，这条规则今天涉及 0 个事项（修改前 1 个），下次运行将新发提醒 0 条。")
    ]
    assert said(days="30") == [], "nothing was changed"
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"audience": []}, "请至少选择一个收件身份"),
        ({"audience": ["mayor"]}, "mayor"),
        ({"kind": "due_soon"}, "提前类规则没有颜色"),
        ({"level": ""}, "升级需要先选择起始颜色"),
        ({"repeat": "0"}, "升级需要设置重复间隔"),
        ({"days": "-1"}, "大于或等于"),
        ({"days": "400"}, "不能超过365"),
        ({"repeat": "5000"}, "不能超过365"),
        ({"climb_after": "31"}, "不能超过30"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_chinese(town, signed_in, fields, words):
    rule = ReminderRule.objects.get(code="overdue")
    before = rule.repeat
    address = reverse("admin:tracker_reminderrule_change", args=[rule.pk])
    answer = signed_in(town.office).post(address, {**RULE, **fields})
    assert answer.status_code == 200 and words in answer.content.decode()
    rule.refresh_from_db()
    assert rule.repeat == before


def test_hours_are_one_row(town, signed_in):
    office = signed_in(town.office)
    ReminderPolicy.objects.all().delete()
    add = reverse("admin:tracker_reminderpolicy_add")
    assert "同时填写" in office.post(add, {"quiet_from": "20:00"}).content.decode()
    assert office.post(add, {"quiet_from": "20:00", "quiet_until": "8:00"}).status_code == 302
    assert office.get(add).headers["Location"].endswith("/change/")
    policy = ReminderPolicy.objects.get()
    assert policy.quiet_from.hour == 20
    # Without it mails would go out at night, and nothing would say so: it is emptied, not deleted.
    change = reverse("admin:tracker_reminderpolicy_change", args=[policy.pk])
    assert (
        office.post(
            reverse("admin:tracker_reminderpolicy_delete", args=[policy.pk]), {"post": "yes"}
        ).status_code
        == 403
    )
    assert "删除" not in office.get(change).content.decode()
    listed = reverse("admin:tracker_reminderpolicy_changelist")
    office.post(listed, {"action": "delete_selected", "_selected_action": [policy.pk], "post": "yes"})
    assert ReminderPolicy.objects.filter(pk=policy.pk).exists()
    assert office.post(change, {}).status_code == 302
    assert ReminderPolicy.objects.get().quiet_from is None


def test_a_secret_goes_in_and_never_comes_out(town, signed_in):
    office = signed_in(town.office)
    fields = {"name": "督查群", "channel": "dingtalk", "url": "https://robot.example/x", "active": "on"}
    add = reverse("admin:tracker_endpoint_add")
    assert "必须填写密钥" in office.post(add, fields).content.decode()
    assert office.post(add, {**fields, "secret": "SEC-密不外传"}).status_code == 302
    row = Endpoint.objects.get()
    address = reverse("admin:tracker_endpoint_change", args=[row.pk])
    assert "SEC-" not in office.get(address).content.decode()
    assert office.post(address, {**fields, "name": "改名"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.secret) == ("改名", "SEC-密不外传")


@pytest.mark.parametrize(
    ("channel", "url", "key"),
    [
        ("wecom", "https://robot.example/send?key=5f0c1d2e-aaaa-4b5c-8d7e-9f0a1b2c3d4e", "5f0c1d2e-aaaa"),
        ("dingtalk", "https://robot.example/robot/send?access_token=566cc69da782ec341d30", "566cc69da782"),
        ("feishu", "https://robot.example/open-apis/bot/v2/hook/1a2b3c4d-5e6f-7a8b-9c0d", "1a2b3c4d-5e6f"),
        ("wecom", "https://user:pass-word@robot.example/x?short", "pass-word"),
    ],
)
def test_the_key_in_an_address_goes_in_and_never_comes_out(town, signed_in, channel, url, key):
    office = signed_in(town.office)
    row = Endpoint.objects.create(name="群", channel=channel, url=url, secret="SEC")
    address = reverse("admin:tracker_endpoint_change", args=[row.pk])
    page = office.get(address)
    assert key not in page.content.decode()
    shown = page.context["adminform"].form.initial["url"]
    assert "****" in shown and "robot.example" in shown

    fields = {"name": "改名", "channel": channel, "active": "on"}
    assert office.post(address, {**fields, "url": shown}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.url) == ("改名", url)
    answer = office.post(address, {**fields, "url": shown.replace("robot.example", "else.example")})
    assert "要改地址请填写完整" in answer.content.decode()
    assert office.post(address, {**fields, "url": "https://else.example/y"}).status_code == 302
    row.refresh_from_db()
    assert row.url == "https://else.example/y"


@pytest.mark.parametrize("secret", ["whsec_", "whsec_不是密钥", "whsec_!!!", "whsec_YWJj", "abc"])
def test_a_callback_secret_that_is_none_is_refused(town, signed_in, secret):
    fields = {"name": "回调", "channel": "webhook", "url": "https://hook.example/x", "active": "on"}
    add = reverse("admin:tracker_endpoint_add")
    answer = signed_in(town.office).post(add, {**fields, "secret": secret})
    page = answer.content.decode()
    assert "应为 whsec_ 加 base64" in page and "必须填写密钥" not in page, "said once"
    assert not Endpoint.objects.exists()


def test_a_private_target_is_refused_before_it_is_stored_unless_allowed(town, signed_in, settings):
    settings.PUSH_PRIVATE_NETWORKS = []
    fields = {"name": "群", "channel": "wecom", "url": "http://10.1.2.3/x", "active": "on"}
    office, add = signed_in(town.office), reverse("admin:tracker_endpoint_add")
    assert "DUBAN_PUSH_PRIVATE_NETWORKS" in office.post(add, fields).content.decode()
    assert not Endpoint.objects.exists()
    settings.PUSH_PRIVATE_NETWORKS = ["10.0.0.0/8"]
    assert office.post(add, fields).status_code == 302


def notice(user, measure, kind="overdue"):
    return InboxNotice.objects.create(
        user=user, measure=measure, kind=kind, due_on=TODAY, step_on=TODAY, occurrence=0, created_at=NOW
    )


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("many", [True, False])
def test_who_urges_in_the_quiet_hours_is_told_when_the_mails_leave(town, signed_in, quiet, many):
    around = {"quiet_from": time(0), "quiet_until": time(23, 59, 59)} if quiet else {}
    hours = {"quiet_from": None, "quiet_until": None, "workdays_only": False, **around}
    ReminderPolicy.objects.update_or_create(pk=1, defaults=hours)
    client = signed_in(town.office)
    if many:
        chosen = {"action": "urge_selected", "_selected_action": [town.led.pk], "confirmed": "yes"}
        form = {**chosen, f"version-{town.led.pk}": town.led.version, "note": ""}
        page = client.post(reverse("admin:tracker_measure_changelist"), form, follow=True)
    else:
        address = reverse("admin:tracker_measure_step", args=[town.led.pk, "urge"])
        page = client.post(address, {"expected_version": town.led.version, "note": ""}, follow=True)
    town.led.refresh_from_db()
    assert town.led.urged_on is not None
    assert ("现在不在发送时段" in page.content.decode()) == quiet


def test_an_inbox_shows_the_unread_the_most_urgent_and_then_the_newest_first(town, signed_in):
    def notice(kind, level="", days=0, **kw):
        return InboxNotice.objects.create(
            **{"measure": town.led, "user": town.liaison, "kind": kind, "level": level, "occurrence": 0},
            **{
                "due_on": TODAY,
                "step_on": TODAY,
                "department": town.led.lead,
                "anchor": InboxNotice.objects.count(),
            },
            created_at=NOW + timedelta(days=days),
            **kw,
        )

    read_overdue = notice("overdue", "red", read_at=NOW)
    near = notice("due_soon", days=3)
    blue, red = notice("overdue", "blue", days=2), notice("overdue", "red")
    older, newer = notice("returned"), notice("returned", days=1)
    newest_read = notice("due_soon", days=9, read_at=NOW)
    page = signed_in(town.liaison).get(reverse("admin:tracker_inboxnotice_changelist"))
    assert list(page.context["cl"].result_list) == [red, blue, newer, older, near, newest_read, read_overdue]


def test_an_inbox_is_ones_own_counted_and_marked_by_post(town, signed_in):
    mine, theirs = notice(town.liaison, town.led), notice(town.head, town.led)
    hidden = notice(town.liaison, town.foreign)
    client = signed_in(town.liaison)
    address = reverse("admin:tracker_inboxnotice_changelist")
    page = client.get(address)
    assert list(page.context["cl"].result_list) == [mine]
    client.get(address)
    mine.refresh_from_db()
    assert mine.read_at is None, "looking marks nothing"
    chosen = {"action": "mark_read", "_selected_action": [mine.pk, theirs.pk, hidden.pk]}
    assert client.post(address, chosen).status_code == 302
    for row in (mine, theirs, hidden):
        row.refresh_from_db()
    assert mine.read_at is not None and theirs.read_at is None and hidden.read_at is None


def test_one_click_reads_one_and_another_reads_all_and_the_list_stays_as_it_was(town, signed_in):
    mine = [
        notice(town.liaison, town.led),
        notice(town.liaison, town.assisted),
        notice(town.liaison, town.led, kind="due_soon"),
    ]
    theirs, hidden = notice(town.head, town.led), notice(town.liaison, town.foreign)
    client = signed_in(town.liaison)
    page = client.get(reverse("admin:tracker_inboxnotice_changelist") + "?read=no").content.decode()
    assert "全部标为已读（3 条）" in page
    assert f'form="inbox-read" name="notice" value="{mine[0].pk}"' in page
    address = reverse("admin:inbox_read")
    for given in (mine[0].pk, theirs.pk, hidden.pk):
        answer = client.post(address, {"notice": given, "list": "read=no"})
        assert answer.headers["Location"].endswith("/inboxnotice/?read=no")
    read = InboxNotice.objects.filter(read_at__isnull=False)
    assert set(read) == {mine[0]}
    assert client.get(address, {"notice": "all"}).status_code == 302
    assert client.post(address, {"notice": "7; DROP"}).status_code == 404
    assert set(read.all()) == {mine[0]}, "looking marks nothing, nor does nonsense"
    client.post(address, {"notice": "all"})
    assert set(read.all()) == set(mine)
    page = client.get(reverse("admin:tracker_inboxnotice_changelist")).content.decode()
    assert "全部标为已读" not in page


def test_the_list_says_colours_and_who_is_added_at_which(town, signed_in):
    ReminderRule.objects.filter(code="overdue").update(
        level="blue", climb_after=2, audience=["liaison"], audience_orange=["head"], audience_red=["office"]
    )
    ReminderRule.objects.filter(code="returned").update(
        level="orange", climb_after=0, audience=["liaison"], audience_orange=["head"], audience_red=["office"]
    )
    page = signed_in(town.office).get(reverse("admin:tracker_reminderrule_changelist")).content.decode()
    assert "蓝色起，每2次未答复升一级" in page
    assert "联络员；橙色起加部门负责人；红色起加督查室" in page
    assert "联络员；橙色起加部门负责人<" in page, "a rule that stays orange never adds who hears of red"


def test_a_code_is_refused_in_plain_words(town, signed_in):
    address = reverse("admin:tracker_reminderrule_add")
    clumsy = signed_in(town.office).post(address, {**RULE, "code": "逾期 一"}).content.decode()
    assert "只能由字母、数字、下划线和连字符组成。" in clumsy and "有效“字段”" not in clumsy
    taken = signed_in(town.office).post(address, {**RULE, "code": "overdue"}).content.decode()
    assert "已有代码相同的催办规则。" in taken
