"""What somebody sees beside a measure: its reports, files, requests, milestones, reminders and the like."""

from typing import TypeVar

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from tracker.access.measures import visible_to
from tracker.access.people import Someone, in_use, is_office, own_departments
from tracker.models import (
    Attachment,
    Checkpoint,
    Claim,
    Endpoint,
    Exemption,
    ExtensionRequest,
    InboxNotice,
    MeasureRole,
    Milestone,
    Objection,
    Occurrence,
    ProgressReport,
    Reminder,
    User,
)
from tracker.rules.lifecycle import Party, Status

Row = TypeVar("Row", Objection, Claim)
Beside = TypeVar("Beside", ProgressReport, ExtensionRequest, Checkpoint)
Had = TypeVar("Had", Exemption, Milestone, Occurrence, MeasureRole)


def reports_visible_to(user: Someone) -> QuerySet[ProgressReport]:
    """Reports on the measures that the user sees; a draft only for the people of its own department."""
    reports = ProgressReport.objects.filter(measure__in=visible_to(user))
    drafts = Q(state=ProgressReport.State.DRAFT)
    if is_office(user):
        return reports.exclude(drafts)
    reports = _beside_what_is_published(reports, user)
    if not isinstance(user, User) or user.role not in (User.Role.LIAISON, User.Role.HEAD):
        return reports.exclude(drafts)
    return reports.exclude(drafts & ~Q(department=user.department_id))


def _beside_what_is_published(rows: QuerySet[Beside], user: Someone) -> QuerySet[Beside]:
    """Without what was written on a measure before it was published for claiming, but for one's own department's."""
    department = user.department_id if isinstance(user, User) else None
    published = Q(measure__status=Status.PUBLISHED)
    return rows.exclude(published if department is None else published & ~Q(department=department))


def attachments_visible_to(user: Someone) -> QuerySet[Attachment]:
    """Files of the reports that the user sees; one not sent yet only for the department that uploaded it."""
    files = Attachment.objects.filter(measure__in=visible_to(user))
    sent = Q(report__in=reports_visible_to(user))
    if isinstance(user, User) and in_use(user) and user.department_id is not None:
        return files.filter(sent | Q(report__isnull=True, department=user.department_id))
    return files.filter(sent | Q(report__isnull=True, uploaded_by=user.pk))


def extensions_visible_to(user: Someone) -> QuerySet[ExtensionRequest]:
    """Requests for more time on the measures that the user sees."""
    rows = ExtensionRequest.objects.filter(measure__in=visible_to(user))
    return rows if is_office(user) else _beside_what_is_published(rows, user)


def objections_visible_to(user: Someone) -> QuerySet[Objection]:
    """Objections stay between 督查室 and the department that made them."""
    return _own_requests(Objection.objects.all(), user)


def claims_visible_to(user: Someone) -> QuerySet[Claim]:
    """Of several that claim a measure none learns of the others."""
    return _own_requests(Claim.objects.all(), user)


def _own_requests(rows: QuerySet[Row], user: Someone) -> QuerySet[Row]:
    departments = own_departments(user)
    return rows if departments is None else rows.filter(department__in=departments)


def exemptions_visible_to(user: Someone) -> QuerySet[Exemption]:
    """Recorded exemptions of the measures that the user sees."""
    return _of_whoever_has_it(Exemption.objects.all(), user)


def _of_whoever_has_it(rows: QuerySet[Had], user: Someone) -> QuerySet[Had]:
    """Rows of measures that the user sees; of a published one for the office only, since they concern who had it before."""
    rows = rows.filter(measure__in=visible_to(user))
    return rows if is_office(user) else rows.exclude(measure__status=Status.PUBLISHED)


def checkpoints_visible_to(user: Someone) -> QuerySet[Checkpoint]:
    """Which reports were or are due of the measures that the user sees."""
    rows = Checkpoint.objects.filter(measure__in=visible_to(user))
    return rows if is_office(user) else _beside_what_is_published(rows, user)


def milestones_visible_to(user: Someone) -> QuerySet[Milestone]:
    """Milestones of the measures that the user sees; of a published one for the office only, whose plan for it they are."""
    return _of_whoever_has_it(Milestone.objects.all(), user)


def occurrences_visible_to(user: Someone) -> QuerySet[Occurrence]:
    """Periods of the measures that the user sees."""
    return _of_whoever_has_it(Occurrence.objects.all(), user)


def roles_visible_to(user: Someone) -> QuerySet[MeasureRole]:
    """Who is named beside lead and co-departments of the measures that the user sees."""
    return _of_whoever_has_it(MeasureRole.objects.all(), user)


def claims_to_answer(user: Someone) -> QuerySet[Claim]:
    """Claims that 督查室 accepts or declines."""
    return claims_visible_to(user) if is_office(user) else Claim.objects.none()


def reminders_visible_to(user: Someone) -> QuerySet[Reminder]:
    """Reminders are kept by 督查室; a department sees those addressed to it, a leader those on the departments in charge."""
    if is_office(user):
        return Reminder.objects.all()
    departments = own_departments(user)
    if not isinstance(user, User) or departments is None:
        return Reminder.objects.none()
    rows = Reminder.objects.filter(department__in=departments, measure__in=visible_to(user))
    # What the office is told is its own; what a leader is told about a department is between the office and the leader.
    hidden = [Party.OFFICE] if user.role == User.Role.LEADER else [Party.OFFICE, Party.LEADER]
    # So are the office's groups and callbacks, which every department's measures are posted to.
    own = Endpoint.objects.filter(department__in=departments)
    posted_to_own = own.annotate(at=Concat("channel", Value(":"), Cast("pk", CharField()))).values("at")
    by_mail = Q(channel=Reminder.Channel.EMAIL)
    return rows.filter(by_mail | Q(recipient__in=posted_to_own)).exclude(party__in=hidden)


def inbox_of(user: Someone) -> QuerySet[InboxNotice]:
    """A person's own notices, of measures that he still sees and that are still true (or were read in time), of one matter the
    latest unread one; for a department's
    office system, which nothing is told of its own, those of the department's people."""
    if not isinstance(user, User) or not in_use(user):
        return InboxNotice.objects.none()
    told = Q(user__department=user.department, user__is_active=True) if user.service else Q(user=user)
    return InboxNotice.objects.filter(
        told, withdrawn_at__isnull=True, replaced_at__isnull=True, measure__in=visible_to(user)
    )
