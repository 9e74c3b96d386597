"""Every address of the admin × every role × own and other departments' rows; an address without a line here fails."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.makers import NOW, TODAY, liaison_of
from tracker import actions
from tracker.models import (
    AddressState,
    ApiToken,
    CalendarDay,
    Endpoint,
    InboxNotice,
    MailTemplate,
    Measure,
    Regime,
    Reminder,
    ReminderPolicy,
    ReminderRule,
    StageTemplate,
)

pytestmark = pytest.mark.django_db
ROLES = ("office", "admin", "liaison", "head", "leader", "nobody", "anonymous")
OFFICE = {"office", "admin"}
OWN = OFFICE | {"liaison", "head", "leader"}
SIGNED_IN = OWN | {"nobody"}
NOBODY: set[str] = set()
PDF = b"%PDF-1.7\n%fine\n"


def routes() -> list[str]:
    """Names of all addresses below /admin/ that have one."""

    def walk(resolver, prefix):
        for pattern in resolver.url_patterns:
            address = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, address)
            elif pattern.name and address.startswith("admin/"):
                yield pattern.name

    return sorted(set(walk(get_resolver(), "")))


def register(model, **other):
    """A register that 督查室 keeps: list, form, new, history, deletion."""
    verbs = ("changelist", "add", "change", "history", "delete")
    return {f"tracker_{model}_{verb}": other.get(verb, OFFICE) for verb in verbs}


def reading(model, **other):
    """Rows that are read, each by who sees it; nothing is added, changed or deleted there."""
    shown = {"changelist": SIGNED_IN, "change": OWN, "history": OWN, "add": NOBODY, "delete": NOBODY}
    return {f"tracker_{model}_{verb}": other.get(verb, roles) for verb, roles in shown.items()}


# Who gets the page (200) with a row of the own department, where there is a row.
OPEN = {
    "index": SIGNED_IN,
    "app_list": SIGNED_IN,
    "login": {"anonymous"},
    "logout": NOBODY,
    "password_change": SIGNED_IN,
    "password_change_done": SIGNED_IN,
    "jsi18n": SIGNED_IN,
    "search": SIGNED_IN,
    "autocomplete": NOBODY,
    "view_on_site": NOBODY,
    "as_of": OFFICE,
    "attachment": OWN,
    "import_desk": OFFICE,
    "import_draft": OFFICE,
    "import_progress": OFFICE,
    "ledger_desk": SIGNED_IN,
    "ledger_export": SIGNED_IN,
    "ledger_draft": OFFICE,
    "scorecard": SIGNED_IN,
    "scorecard_export": SIGNED_IN,
    "scorecard_department": OWN,
    "outbox": OFFICE,
    "outbox_mail": OFFICE,
    "tracker_measure_step": {"liaison"},
    "tracker_measure_row_step": OFFICE,
    "tracker_measure_file_delete": {"liaison"},
    "tracker_measure_draft_delete": {"liaison"},
    "tracker_regime_apply": OFFICE,
    "tracker_calendarday_import": OFFICE,
    "auth_user_password_change": OFFICE,
    **reading("measure", history=NOBODY, add=OFFICE),  # leads on to the timeline
    **reading("plan"),
    **reading("section"),
    **reading("plandocument", changelist=OFFICE, change=OFFICE, history=OFFICE),
    **reading("reminder"),
    **register("department", delete=NOBODY),
    **register("user", delete=NOBODY),
    **register("calendarday"),
    **register("apitoken"),
    **register("regime"),
    **register("stagetemplate"),
    **register("reminderrule", delete=NOBODY),
    **register("reminderpolicy", add=NOBODY, delete=NOBODY),  # there is one row, and it stays
    **register("endpoint"),
    **register("mailtemplate"),
    "tracker_mailtemplate_preview": NOBODY,  # only sent from the form
    "reminder_test": NOBODY,
    "inbox_read": NOBODY,
    "my_mails": NOBODY,
    **reading("addressstate", changelist=OFFICE, change=OFFICE, history=OFFICE, delete=OFFICE),
    # A person's own notices are nobody else's, not even the office's.
    **reading("inboxnotice", change={"liaison"}, history={"liaison"}),
}


@pytest.fixture
def rows(with_everything, town, tmp_path, monkeypatch):
    """Arguments of each address: for a row of 甲局, and for one of 丙局 where departments have rows of their own."""
    from django.core.files.storage import FileSystemStorage

    from tracker.models import Attachment

    storage = FileSystemStorage(location=tmp_path / "attachments")
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)
    reports = {}
    for measure in (town.led, town.foreign):
        reports[measure.pk] = actions.report(
            measure_id=measure.pk,
            actor=liaison_of(measure.lead),
            now=NOW,
            percent=3,
            progress=f"{measure.title}进展",
            files=[("证据.pdf", PDF)],
        )
    waiting = {}
    for measure in (town.led, town.foreign):
        by = {"measure_id": measure.pk, "actor": liaison_of(measure.lead), "now": NOW}
        waiting[measure.pk] = actions.attach(**by, name="未报送.pdf", content=PDF + b"2")
        actions.save_draft(**by, progress=f"{measure.title}草稿")
    kind = ContentType.objects.get_for_model(Measure).pk
    reminder = Reminder.objects.get()
    foreign_reminder = Reminder.objects.create(
        measure=town.foreign,
        kind=reminder.kind,
        occurrence=1,
        step_on=TODAY,
        due_on=reminder.due_on,
        recipient="c@city.example",
        department=town.stranger,
        planned_on=reminder.planned_on,
        not_before=NOW,
    )

    def both(model, own, foreign):
        return {
            f"tracker_{model}_{verb}": ([own.pk], [foreign.pk]) for verb in ("change", "history", "delete")
        }

    def one(model, row):
        return {f"tracker_{model}_{verb}": ([row.pk], None) for verb in ("change", "history", "delete")}

    return {
        "app_list": (["tracker"], None),
        "import_draft": ([town.import_draft.pk], None),
        "import_progress": (["0" * 32], None),
        "ledger_draft": ([town.ledger_draft.pk], None),
        "outbox_mail": ([town.mail], None),
        "auth_user_password_change": ([town.liaison.pk], None),
        "view_on_site": ([kind, town.led.pk], [kind, town.foreign.pk]),
        "attachment": tuple([reports[m.pk].attachments.get().pk] for m in (town.led, town.foreign)),
        "tracker_measure_step": ([town.led.pk, "report"], [town.foreign.pk, "report"]),
        "tracker_measure_row_step": tuple(
            [m.pk, "accept_report", reports[m.pk].pk] for m in (town.led, town.foreign)
        ),
        "tracker_measure_file_delete": tuple([m.pk, waiting[m.pk].pk] for m in (town.led, town.foreign)),
        "tracker_measure_draft_delete": ([town.led.pk], [town.foreign.pk]),
        "tracker_regime_apply": ([Regime.objects.get(code="13710").pk], None),
        "scorecard_department": ([town.own.pk], [town.stranger.pk]),
        **both("measure", town.led, town.foreign),
        **both("plan", town.led.plan, town.foreign.plan),
        **both("section", town.led.section, town.foreign.section),
        **both("plandocument", town.led.document, town.foreign.document),
        **both("reminder", reminder, foreign_reminder),
        **both("user", town.liaison, liaison_of(town.stranger)),
        **one("department", town.own),
        **one("calendarday", CalendarDay.objects.first()),
        **one("apitoken", ApiToken.objects.filter(user=town.liaison).first()),
        **one("regime", Regime.objects.get(code="710")),
        **one("stagetemplate", StageTemplate.objects.first()),
        **one("reminderrule", ReminderRule.objects.first()),
        **one("reminderpolicy", ReminderPolicy.objects.first() or ReminderPolicy.objects.create()),
        **one("endpoint", Endpoint.objects.create(name="群", channel="wecom", url="https://robot.example/x")),
        **one("mailtemplate", MailTemplate.objects.create(part="txt", source="x")),
        **one("addressstate", AddressState.objects.create(address="gone@x.example", bounced_at=NOW)),
        **one(
            "inboxnotice",
            InboxNotice.objects.create(
                user=town.liaison,
                measure=town.led,
                kind=reminder.kind,
                due_on=reminder.due_on,
                occurrence=0,
                step_on=TODAY,
                created_at=NOW,
            ),
        ),
    }


def test_every_address_has_its_line():
    assert sorted(OPEN) == routes()


def answer_of(client, route, args):
    return client.get(reverse(f"admin:{route}", args=args))


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_which_page(rows, town, signed_in, role):
    client = Client() if role == "anonymous" else signed_in(getattr(town, role))
    wrong = []
    for route, roles in OPEN.items():
        own, foreign = rows.get(route, ([], None))
        cases = [(own, roles)]
        if foreign is not None:
            # Of other departments' rows 督查室 alone sees anything.
            cases.append((foreign, roles & OFFICE))
        for args, allowed in cases:
            answer = answer_of(client, route, args)
            expected = {200} if role in allowed else {302, 403, 404, 405}
            if answer.status_code not in expected:
                wrong.append((route, args, answer.status_code))
            text = b"" if answer.streaming else answer.content
            if role not in OFFICE:
                assert "秘密工程".encode() not in text, route
    assert wrong == []


def test_there_is_something_to_leak(rows, town, signed_in):
    client = signed_in(town.office)
    shown = [
        route
        for route, (_own, foreign) in rows.items()
        if foreign is not None and "秘密工程" in _text(answer_of(client, route, foreign))
    ]
    assert {"tracker_measure_change", "tracker_measure_row_step"} <= set(shown)


def _text(answer):
    return "" if answer.streaming else answer.content.decode()
