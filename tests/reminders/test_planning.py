"""What is due becomes one row a notice, and asking again adds nothing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.makers import NOW, TODAY, liaison_of, make_user
from tests.reminders.scene import SOON_ON, State, ledger, only_rules, overdue, plan, send, soon, unit
from tracker import actions
from tracker.models import AddressState, Reminder, ReminderRule

pytestmark = pytest.mark.django_db


def test_each_liaison_of_the_lead_gets_a_row_a_notice():
    lead = unit("市教育局", "a@edu.example", "b@edu.example")
    late, near = overdue(lead), soon(lead)
    far = soon(lead, due_on=TODAY + timedelta(days=40))
    result = plan()
    assert result.planned == 4
    assert ledger() == [
        ("a@edu.example", "due_soon", 0, State.PLANNED),
        ("a@edu.example", "overdue", 0, State.PLANNED),
        ("b@edu.example", "due_soon", 0, State.PLANNED),
        ("b@edu.example", "overdue", 0, State.PLANNED),
    ]
    assert set(Reminder.objects.values_list("measure", flat=True)) == {late.pk, near.pk}
    assert not Reminder.objects.filter(measure=far).exists()


def test_planning_again_adds_nothing():
    lead = unit("", "a@x.example")
    overdue(lead)
    soon(lead)
    assert plan().planned == 2
    before = list(Reminder.objects.values())
    again = plan()
    assert (again.planned, again.revived) == (0, 0)
    assert list(Reminder.objects.values()) == before


def test_without_a_liaison_the_mailbox_is_told():
    lead = unit(mailbox="Box@X.example ")
    overdue(lead)
    make_user("liaison", department=lead, email="left@x.example", is_active=False)
    make_user("liaison", department=lead, email="not an address")
    make_user("head", department=lead, email="head@x.example")
    plan()
    assert ledger() == [("box@x.example", "overdue", 0, State.PLANNED)]


def test_gaps_say_each_thing_once_and_blame_nobody_for_another():
    """Two rules of which one tells the leader too; a third tells the office alone."""
    only_rules("deadline-soon", "overdue", "extension-waiting")
    ReminderRule.objects.filter(code="overdue").update(audience=["liaison", "mailbox", "leader"])
    ReminderRule.objects.filter(code="deadline-soon").update(audience=["head"])
    leader = make_user("leader", email="")
    archive = unit("市档案馆", "a@x.example", mailbox="", leader_in_charge=leader)
    make_user("head", department=archive, email="")
    AddressState.objects.create(address="a@x.example", bounced_at=NOW, bounce="550")
    overdue(archive)
    soon(archive)
    told = unit("市教育局", "b@x.example")
    waiting = soon(told, acknowledged=True)
    actions.request_extension(
        measure_id=waiting.pk,
        actor=liaison_of(told),
        now=NOW - timedelta(days=20),
        proposed_due_on=date(2026, 6, 30),
        reason="项目审批延后",
        progress="已完成初步设计",
    )
    gaps = [str(gap) for gap in plan().gaps]
    assert gaps == [
        "督查室没有可用的邮箱。应发督查室的 1 条提醒无法送达。",
        "市档案馆：联络员、单位邮箱和部门负责人都没有可用的邮箱（a@x.example 已退信）；分管领导没有可用的邮箱；"
        "督查室也没有可用的邮箱。涉及的 2 条提醒无人可通知。",
    ]


def test_a_mail_told_to_the_office_in_anothers_place_says_whose_and_why(mailoutbox):
    make_user("office", email="dcs@x.example")
    archive = unit("市档案馆", "a@x.example", mailbox="")
    AddressState.objects.create(address="a@x.example", bounced_at=NOW, bounce="550")
    overdue(archive, "建设数字档案馆")
    plan()
    send()
    [mail] = mailoutbox
    assert mail.to == ["dcs@x.example"]
    said = "市档案馆有应通知的人未能通知：联络员、单位邮箱和部门负责人都没有可用的邮箱（a@x.example 已退信）。请督查室转告，并在系统中补全。"
    for content in (mail.body, mail.alternatives[0][0]):
        assert said in content
        assert "本应通知其他收件人，因故未能送达，改发督查室" in content


def test_nobody_to_tell_is_a_row_and_a_report(caplog):
    lead = unit("市档案馆", mailbox="")
    overdue(lead)
    soon(lead)
    result = plan()
    assert result.planned == 0
    [gap] = result.gaps
    assert (gap.department, gap.measures, gap.new) == ("市档案馆", 2, 2)
    assert "市档案馆" in caplog.text
    rows = Reminder.objects.all()
    assert {(row.recipient, row.state) for row in rows} == {("", State.FAILED)}
    assert all(
        row.error == "联络员、单位邮箱和部门负责人都没有可用的邮箱；督查室也没有可用的邮箱。" for row in rows
    )

    caplog.clear()
    [gap] = plan().gaps
    assert (gap.measures, gap.new) == (2, 0), "still reported to whoever asks"
    assert not caplog.text, "but said in the log once, not at every tick"
    assert send().outcomes == [], "and nothing to send"


def test_a_gap_that_was_filled_is_made_up_for():
    lead = unit(mailbox="")
    overdue(lead)
    plan()
    make_user("liaison", department=lead, email="new@x.example")
    result = plan()
    assert result.planned == 1
    assert result.gaps == ()
    assert ledger() == [
        ("", "overdue", 0, State.DROPPED),
        ("new@x.example", "overdue", 0, State.PLANNED),
    ]


def test_leader_in_charge_is_told_of_what_is_overdue_only():
    leader = make_user("leader", email="leader@city.example")
    lead = unit("", "a@x.example", leader_in_charge=leader)
    overdue(lead)
    soon(lead)
    plan()
    assert ("leader@city.example", "overdue", 0, State.PLANNED) in ledger()
    assert Reminder.objects.filter(recipient="leader@city.example").count() == 1
    assert Reminder.objects.get(recipient="leader@city.example").party == "leader"

    ReminderRule.objects.filter(code="overdue").update(audience=["liaison"])
    Reminder.objects.all().delete()
    plan()
    assert {row[0] for row in ledger()} == {"a@x.example"}


def test_co_departments_only_when_the_office_wants_it():
    lead, co = unit("", "a@x.example"), unit("", "b@y.example")
    overdue(lead, co=(co,))
    plan()
    assert {row[0] for row in ledger()} == {"a@x.example"}
    ReminderRule.objects.filter(code="overdue").update(audience=["liaison", "co"])
    assert plan().planned == 1
    row = Reminder.objects.get(recipient="b@y.example")
    assert (row.party, row.department) == ("co", co)


def test_the_first_run_after_missed_days_says_one_thing_and_that_in_blue():
    lead = unit("", "a@x.example")
    overdue(lead)  # due 2026-03-06
    plan(today=date(2026, 4, 1))
    assert ledger() == [("a@x.example", "overdue", 0, State.PLANNED)]
    assert Reminder.objects.get().level == "blue"


def test_nothing_for_what_is_not_owed():
    lead = unit("", "a@x.example")
    closing = overdue(lead, acknowledged=True)
    liaison = lead.members.get(email="a@x.example")
    actions.apply_to_close(measure_id=closing.pk, actor=liaison, now=NOW, result="已完成")
    suspended = overdue(lead)
    actions.suspend(measure_id=suspended.pk, actor=None, now=NOW, reason="等待上级文件")
    overdue(lead, due_on=None)
    assert plan().planned == 0
    assert ledger() == []


def test_only_to_plans_for_one_address():
    overdue(unit("", "a@x.example"))
    overdue(unit("", "b@y.example"))
    overdue(unit(mailbox=""))
    result = plan(only_to="b@y.example")
    assert (result.planned, result.gaps) == (1, ())
    assert ledger() == [("b@y.example", "overdue", 0, State.PLANNED)]


def test_a_new_deadline_is_a_new_notice():
    measure = soon(unit("", "a@x.example"))
    plan()
    send()
    later = SOON_ON + timedelta(days=7)
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, due_on=later, note="批示")
    assert plan().planned == 0
    assert plan(today=later - timedelta(days=1)).planned == 1
    assert list(Reminder.objects.order_by("id").values_list("due_on", flat=True)) == [SOON_ON, later]


def test_what_is_due_is_found_by_its_index():
    lead = unit("", "a@x.example")
    for _ in range(5):
        overdue(lead)
        soon(lead, due_on=TODAY + timedelta(days=300))
    plan()
    with CaptureQueriesContext(connection) as few:
        plan()
    for _ in range(20):
        overdue(lead)
        soon(lead, due_on=TODAY + timedelta(days=300))
    plan()
    with CaptureQueriesContext(connection) as many:
        plan()
    assert len(few) == len(many), "the number of queries does not grow with the measures"
    asked = next(query["sql"] for query in many if '"due_on" <=' in query["sql"])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of fifty rows any index is as good as another: for this transaction there is no other that serves.
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'tracker_measure' "
                "AND indexname LIKE 'measure_%' AND indexname <> 'measure_owed_due'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')
            cursor.execute("ANALYZE tracker_measure")
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {asked}")
        steps = " ".join(str(row) for row in cursor.fetchall())
    assert "measure_owed_due" in steps
