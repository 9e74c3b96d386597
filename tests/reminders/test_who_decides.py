"""A request for more time is told to whom it waits for: the leader in charge where the regime says so, else 督查室."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, liaison_of, make_measure, make_user
from tests.reminders.scene import ledger, only_rules, overdue, plan, run_days, unit
from tests.reminders.test_digest import make_item
from tracker import access, actions, reminders
from tracker.models import InboxNotice, Measure, Reminder, ReminderRule
from tracker.reminders.digest import Digest
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import NoticeKind

pytestmark = pytest.mark.django_db
NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def leader():
    only_rules("extension-waiting")
    make_user("office", email="office@city.example")
    return make_user("leader", email="leader@city.example")


def asked(leader, *, leader_extends: bool = True) -> Measure:
    lead = unit("市教育局", "a@x.example", leader_in_charge=leader)
    measure = make_measure(lead=lead)
    Measure.objects.filter(pk=measure.pk).update(leader_extends=leader_extends)
    actions.request_extension(
        measure_id=measure.pk,
        actor=liaison_of(lead),
        now=NOW,
        proposed_due_on=TODAY + timedelta(days=40),
        reason="需要更多时间",
        progress="已完成一半",
    )
    return measure


def test_the_leader_who_decides_hears_it_and_the_office_reads_whose_it_is(leader, mailoutbox):
    asked(leader)
    run_days(NEXT)
    to = {mail.to[0]: mail for mail in mailoutbox}
    assert set(to) == {"leader@city.example", "office@city.example"}
    assert "待您决定" in to["leader@city.example"].body and "督促办理" not in to["leader@city.example"].body
    office = to["office@city.example"].body
    assert "待分管领导决定" in office and "需要督查室处理" not in office
    [notice] = InboxNotice.objects.filter(user=leader)
    assert (notice.kind, notice.party) == ("extension_waiting", "leader")
    assert notice in access.inbox_of(leader)
    before = ledger()
    run_days(NEXT)
    assert ledger() == before and len(mailoutbox) == 2, "once"


def test_what_the_office_decides_is_not_the_leaders_to_hear(leader, mailoutbox):
    asked(leader, leader_extends=False)
    run_days(NEXT)
    [mail] = mailoutbox
    assert mail.to == ["office@city.example"] and "需要督查室处理" in mail.body
    assert not InboxNotice.objects.filter(user=leader).exists()


def test_a_leader_without_an_address_is_a_gap_that_the_office_reads(leader, mailoutbox):
    leader.email = ""
    leader.save()
    asked(leader)
    run_days(NEXT, NEXT)
    [mail] = mailoutbox
    assert mail.to == ["office@city.example"] and "分管领导没有可用的邮箱" in mail.body
    [gap] = Reminder.objects.filter(recipient="")
    assert (gap.state, gap.error) == ("failed", "分管领导没有可用的邮箱。")
    leader.email = "leader@city.example"
    leader.save()
    run_days(NEXT)
    assert mailoutbox[1].to == ["leader@city.example"]
    gap.refresh_from_db()
    assert gap.state == "dropped"


def test_a_leader_out_of_use_decides_nothing(leader, mailoutbox):
    asked(leader)
    leader.is_active = False
    leader.save()
    run_days(NEXT)
    [mail] = mailoutbox
    assert mail.to == ["office@city.example"] and "需要督查室处理" in mail.body


def test_what_else_a_leader_reads_is_told_apart(leader, mailoutbox):
    only_rules("extension-waiting", "overdue")
    measure = asked(leader)
    overdue(measure.lead)
    run_days(NEXT)
    [mail] = [mail for mail in mailoutbox if mail.to == ["leader@city.example"]]
    assert "其中1项的延期申请待您决定" in mail.body


def test_beside_another_matter_and_among_others_it_is_said_too():
    waiting = {"kind": NoticeKind.EXTENSION_WAITING, "when": "已等待2天（2个工作日）", "for_leader": True}
    late = make_item(party=Party.OFFICE, unreached="没有设部门负责人。")
    both = Digest.of([late, make_item(party=Party.OFFICE, **waiting)], recipient="o@x.example", today=TODAY)
    [listed] = both.items
    assert listed.note == "同时：延期申请待审批（待分管领导决定）：已等待2天（2个工作日）"
    office = [
        late,
        make_item(party=Party.OFFICE, measure_id=8, **waiting),
        make_item(party=Party.OFFICE, measure_id=9, kind=NoticeKind.CLOSING_WAITING),
    ]
    said = Digest.of(office, recipient="o@x.example", today=TODAY).introduction
    assert said.endswith(
        "下列事项需要督查室处理，其中1项的延期申请待分管领导决定，1项本应通知其他收件人，因故未能送达，请设法转告。"
    )


def test_a_rule_that_tells_the_leader_anyway_tells_once(leader):
    ReminderRule.objects.filter(code="extension-waiting").update(audience=["leader", "office"])
    asked(leader)
    plan(NEXT)
    assert [row[0] for row in ledger()] == ["leader@city.example", "office@city.example"]
    assert InboxNotice.objects.filter(user=leader).count() == 1
    shown = reminders.preview(now=NOW, today=NEXT)
    assert shown.inbox == 0


def test_nobody_is_asked_while_the_measure_is_suspended(leader, mailoutbox):
    measure = asked(leader, leader_extends=False)
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等待上级批复")
    run_days(NEXT)
    assert mailoutbox == []
    actions.resume(measure_id=measure.pk, actor=None, now=NOW + timedelta(days=2))
    run_days(TODAY + timedelta(days=2))
    assert [mail.to for mail in mailoutbox] == [["office@city.example"]]
