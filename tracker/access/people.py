"""Who people are to the system, and which registers (departments, users, tokens, regimes) they see and keep."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from tracker.models import ApiToken, Department, Regime, StageTemplate, User

# Whoever stands behind a request; nobody signed in sees nothing and may do nothing.
Someone = User | AnonymousUser


def is_office(user: Someone) -> bool:
    """督查室, or the system administrator who stands in for it."""
    if not isinstance(user, User):
        return False
    return bool(user.is_active and (user.role == User.Role.OFFICE or user.is_superuser))


def in_use(user: User) -> bool:
    """Whether the account is in use and, of people who act for a department, the department too: when it is dissolved,
    its people and its office system lose all rights at once, whatever tokens and sessions they still hold."""
    if user.role not in (User.Role.LIAISON, User.Role.HEAD) or user.is_superuser:
        return user.is_active
    return user.is_active and user.department is not None and user.department.active


def own_departments(user: Someone) -> QuerySet[Department] | None:
    """Departments whose measures this user sees; None for no restriction (督查室)."""
    if is_office(user):
        return None
    if not isinstance(user, User) or not in_use(user):
        return Department.objects.none()
    if user.role == User.Role.LEADER:
        return Department.objects.filter(leader_in_charge=user)
    if user.role in (User.Role.LIAISON, User.Role.HEAD):
        return Department.objects.filter(members=user)
    return Department.objects.none()


def departments_visible_to(user: Someone) -> QuerySet[Department]:
    """The directory of departments is open to every signed-in person with a role (names only are shown outside 督查室)."""
    if not isinstance(user, User) or not in_use(user):
        return Department.objects.none()
    if is_office(user) or user.role != User.Role.NONE:
        return Department.objects.all()
    return Department.objects.none()


def regimes_visible_to(user: Someone) -> QuerySet[Regime]:
    """By which rules one is supervised is open to every signed-in person with a role."""
    known = isinstance(user, User) and in_use(user) and user.role != User.Role.NONE
    return Regime.objects.all() if known or is_office(user) else Regime.objects.none()


def stage_templates_visible_to(user: Someone) -> QuerySet[StageTemplate]:
    """Only 督查室 arranges stages."""
    return StageTemplate.objects.all() if is_office(user) else StageTemplate.objects.none()


def departments_scored_for(user: Someone) -> QuerySet[Department]:
    """Whose score (考核得分) this user sees: 督查室 everybody's, a leader those in charge, a department its own."""
    departments = own_departments(user)
    return Department.objects.all() if departments is None else departments


def sees_whole_text(user: Someone) -> bool:
    """Only 督查室 reads a plan's whole text: a paragraph may hold other departments' measures."""
    return is_office(user)


def keeps_registers(user: Someone) -> bool:
    """Who keeps departments, the work calendar, users and API tokens: 督查室."""
    return is_office(user)


def users_managed_by(user: Someone) -> QuerySet[User]:
    """Accounts of people this user may see and keep: the system administrator all, 督查室 all but system administrators."""
    if not is_office(user):
        return User.objects.none()
    people = User.objects.filter(service=False)
    return people if user.is_superuser else people.filter(is_superuser=False)


def may_set_rights_of(user: Someone, other: User | None) -> bool:
    """Whether `user` may set role, department and activity of `other` (None: a new account); nobody does for himself."""
    if not is_office(user):
        return False
    return other is None or (other.pk != user.pk and (user.is_superuser or not other.is_superuser))


def token_holders_for(user: Someone) -> QuerySet[User]:
    """For which person this user may make an API token: people of departments, leaders, and himself.

    Not for another 督查室 account: a token acts in its holder's name. A department's office system has an account of
    its own (token_departments_for).
    """
    if not is_office(user):
        return User.objects.none()
    outside = Q(role__in=[User.Role.LIAISON, User.Role.HEAD, User.Role.LEADER], is_superuser=False)
    return User.objects.filter(Q(pk=user.pk) | outside, is_active=True, service=False)


def token_departments_for(user: Someone) -> QuerySet[Department]:
    """For which departments' office systems this user may make an API token: all in use."""
    return Department.objects.filter(active=True) if is_office(user) else Department.objects.none()


def tokens_managed_by(user: Someone) -> QuerySet[ApiToken]:
    """API tokens this user may see and revoke: those of the people he manages and of departments."""
    if not is_office(user):
        return ApiToken.objects.none()
    return ApiToken.objects.filter(Q(user__in=users_managed_by(user)) | Q(user__service=True))
