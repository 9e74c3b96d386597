"""A small town for the admin's tests: three departments, their measures and a signed-in browser for each role."""

from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import Client


@pytest.fixture(scope="session")
def make_standing():
    return make_town


@pytest.fixture
def town(standing_rows):
    """See make_town."""
    return standing_rows


def make_town():
    """Measures that a person of 甲局 leads, assists, must not see (foreign) and a draft; a user of each role."""
    # Not above: pytest reads this file before the settings are there when it is pointed at this folder.
    from tests.makers import make_department, make_draft, make_measure, make_user

    own, other = make_department("甲局", aliases=("甲字局",)), make_department("乙局", aliases=("乙字局",))
    leader = make_user("leader")
    own.leader_in_charge = leader
    own.save()
    led = make_measure(lead=own, draft={"title": "打通断头路", "text": "打通断头路。年底前完成。"})
    assisted = make_measure(
        lead=other, co=(own,), draft={"section": led.section, "title": "建公园", "text": "建公园。"}
    )
    stranger = make_department("丙局", aliases=("丙字局",))
    foreign = make_measure(lead=stranger, draft={"title": "秘密工程", "text": "秘密工程。不得外传。"})
    return SimpleNamespace(
        own=own,
        other=other,
        stranger=stranger,
        led=led,
        assisted=assisted,
        foreign=foreign,
        draft=make_draft(section=foreign.section, title="待议事项", text="待议事项。"),
        office=make_user("office"),
        admin=make_user("none", is_superuser=True),
        liaison=own.members.get(role="liaison"),
        head=make_user("head", department=own),
        leader=leader,
        nobody=make_user("none"),
    )


@pytest.fixture
def signed_in():
    """`signed_in(user)`: a browser in which the user is signed in."""

    def sign_in(user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def with_everything(town, settings, tmp_path):
    """The town with a row of every kind, so that no page is empty; gives the names that are data, not words."""
    from django.core.mail import send_mail

    # makers' own measures beside the town's: one waits for review, one is closed
    from tests.makers import NOW, TODAY, liaison_of, make_measure
    from tracker import actions
    from tracker.models import ApiToken, CalendarDay, Reminder, User
    from tracker.reminders.channels.email.outbox_reader import mail_names

    town.waiting = make_measure(lead=town.own, draft={"section": town.led.section, "title": "待审事项"})
    town.closed = make_measure(lead=town.own, draft={"section": town.led.section, "title": "办结事项"})
    liaison = liaison_of(town.own)
    for measure in (town.waiting, town.closed):
        actions.report(
            measure_id=measure.pk,
            actor=liaison,
            now=NOW,
            percent=50,
            progress="过半",
            problems="缺地",
            next_steps="协调",
        )
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完工")
    actions.close(measure_id=town.closed.pk, actor=town.office, now=NOW, grade="good", note="同意")
    for measure in (town.waiting, town.closed):
        measure.refresh_from_db()
    CalendarDay.objects.create(day=TODAY, is_workday=True, name="调休上班")
    ApiToken.objects.create(user=town.liaison, name="办公系统")
    Reminder.objects.create(
        measure=town.led,
        kind=Reminder.Kind.OVERDUE,
        occurrence=1,
        step_on=TODAY,
        due_on=TODAY,
        recipient=town.own.mailbox,
        department=town.own,
        planned_on=TODAY,
        not_before=NOW,
        state=Reminder.State.FAILED,
        error="邮箱不存在",
    )
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "tracker.reminders.channels.email.outbox.OutboxBackend"
    send_mail("催办", "请办理", None, [town.own.mailbox])
    [town.mail] = mail_names(settings.OUTBOX_DIR)
    town.import_draft, town.ledger_draft = _desk(town)
    return {user.username for user in User.objects.all()} | {
        town.own.code,
        town.other.code,
        town.stranger.code,
        "mengxiang",  # suggested on the import desk for the 梦想局 of its plan
    }


def _desk(town):
    """A plan and an edited ledger that wait on the import desk."""
    from openpyxl import load_workbook

    from tests.importing.ledgers import LETTERS
    from tests.makers import NOW
    from tracker.importing import desk
    from tracker.models import Measure
    from tracker.reports.ledger import for_ledger, write_ledger

    text = "重点任务\n一、产业\n（一）抓链条。做强链条。（牵头单位：梦想局）\n（二）抓项目。推进项目。\n"
    plan = desk.open_draft(actor=town.office, now=NOW, document=desk.Upload("任务.txt", text.encode()))
    workbook = load_workbook(BytesIO(write_ledger(for_ledger(Measure.objects.all()))))
    workbook.active[f"{LETTERS['备注']}2"] = "盯紧这一行"
    data = BytesIO()
    workbook.save(data)
    ledger = desk.Upload("台账.xlsx", data.getvalue())
    return plan, desk.open_ledger(actor=town.office, now=NOW, document=ledger)


@pytest.fixture
def office(signed_in):
    """A browser in which somebody of 督查室 is signed in."""
    from tests.makers import make_user

    return signed_in(make_user("office"))


@pytest.fixture
def draft(office):
    """A short plan on the import desk."""
    from tests.admin.import_support import upload
    from tracker.models import ImportDraft

    assert upload(office).status_code == 302
    return ImportDraft.objects.get()
