"""Every page of the admin that a role can open, for tests that go through all of them."""

from django.urls import reverse
from django.utils import timezone

from tests.admin.addresses import page_of
from tracker import access
from tracker.admin.measure_forms import STEPS
from tracker.models import (
    ApiToken,
    CalendarDay,
    Regime,
    Reminder,
    ReminderPolicy,
    ReminderRule,
    StageTemplate,
    User,
)


def pages_of(town, role) -> list[str]:
    """Addresses: front page, lists (with a search that finds nothing), rows, forms and steps."""
    user: User = getattr(town, role)
    office = access.is_office(user)
    rows = {
        "measure": town.led,
        "plan": town.led.plan,
        "section": town.led.section,
        "reminder": Reminder.objects.first(),
    }
    if office:
        rows |= {
            "plandocument": town.led.document,
            "department": town.own,
            "user": town.liaison,
            "calendarday": CalendarDay.objects.first(),
            "regime": Regime.objects.get(is_default=True),
            "stagetemplate": StageTemplate.objects.first(),
            "reminderrule": ReminderRule.objects.first(),
            "apitoken": ApiToken.objects.filter(user=town.liaison).first(),
        }
    addresses = ["/admin/", "/admin/tracker/", reverse("admin:password_change")]
    for model, row in rows.items():
        addresses += [
            reverse(f"admin:tracker_{model}_changelist"),
            reverse(f"admin:tracker_{model}_changelist") + "?q=没有这样的内容",
            reverse(f"admin:tracker_{model}_change", args=[row.pk]),
        ]
        if model not in ("measure", "plandocument"):
            addresses.append(reverse(f"admin:tracker_{model}_history", args=[row.pk]))
    measures = [town.led, town.waiting, town.closed] + ([town.draft, town.foreign] if office else [])
    for measure in measures:
        addresses.append(page_of(measure))
        addresses += [
            page_of(measure, verb.value)
            for verb in access.verbs_for(user, measure, today=timezone.localdate())
            if verb in STEPS
        ]
    if office:
        addresses += [
            reverse(f"admin:tracker_{name}_add")
            for name in (
                "measure",
                "department",
                "user",
                "calendarday",
                "regime",
                "stagetemplate",
                "apitoken",
            )
        ]
        addresses.append(reverse("admin:tracker_calendarday_import"))
        addresses.append(reverse("admin:tracker_regime_apply", args=[rows["regime"].pk]))
        addresses += [
            reverse(f"admin:tracker_{name}_delete", args=[rows[name].pk])
            for name in ("calendarday", "stagetemplate", "apitoken")
        ]
        addresses.append(reverse("admin:auth_user_password_change", args=[town.liaison.pk]))
        addresses += [reverse("admin:as_of"), reverse("admin:as_of") + "?as_of=2026-03-10&light=yellow"]
        addresses += [reverse("admin:outbox"), reverse("admin:outbox_mail", args=[town.mail])]
        addresses += [
            reverse("admin:import_desk"),
            reverse("admin:import_draft", args=[town.import_draft.pk]),
        ]
        addresses.append(reverse("admin:ledger_draft", args=[town.ledger_draft.pk]))
    addresses += [reverse("admin:ledger_desk"), reverse("admin:scorecard")]
    addresses += [
        reverse("admin:scorecard_department", args=[town.own.pk]),
        f"{reverse('admin:scorecard')}?period=2026Q1",
    ]
    addresses.append(reverse("admin:tracker_inboxnotice_changelist"))
    if office:
        policy = ReminderPolicy.objects.get()
        addresses += [
            reverse("admin:tracker_reminderpolicy_change", args=[policy.pk]),
            reverse("admin:tracker_endpoint_changelist"),
            reverse("admin:tracker_endpoint_add"),
        ]
        addresses += [
            reverse("admin:tracker_addressstate_changelist"),
            reverse("admin:tracker_mailtemplate_changelist"),
        ]
    return addresses
