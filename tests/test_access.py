"""Who sees and may do what: every role against its own, an assisted, another's and a draft measure."""

import pytest

from tests.makers import (
    TODAY,
    make_department,
    make_draft,
    make_measure,
    make_plan,
    make_section,
    make_user,
)
from tracker import access
from tracker.models import Measure, MeasureRole, User
from tracker.rules.lifecycle import Party, Status, Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_standing():
    return make_town


@pytest.fixture
def town(standing_rows):
    """See make_town."""
    return standing_rows


def make_town():
    """Two departments, three assigned measures and a draft, and a user of each role."""
    own, other = make_department("甲局"), make_department("乙局")
    leader = make_user("leader")
    own.leader_in_charge = leader
    own.save()
    measures = {
        "led": make_measure(lead=own),
        "assisted": make_measure(lead=other, co=(own,)),
        "foreign": make_measure(lead=other),
        "draft": make_draft(),
    }
    users = {
        "office": make_user("office"),
        "superuser": make_user("none", is_superuser=True),
        "liaison": own.members.get(role="liaison"),
        "head": make_user("head", department=own),
        "leader": leader,
        "none": make_user("none"),
        "inactive": make_user("liaison", department=own, is_active=False),
        "inactive office": make_user("office", is_active=False),
    }
    return measures, users


SEEN = {
    "office": {"led", "assisted", "foreign", "draft"},
    "superuser": {"led", "assisted", "foreign", "draft"},
    "liaison": {"led", "assisted"},
    "head": {"led", "assisted"},
    "leader": {"led", "assisted"},
    "none": set(),
    "inactive": set(),
    "inactive office": set(),
}


@pytest.mark.parametrize("role", SEEN)
def test_each_sees_its_own_and_no_more(town, role):
    measures, users = town
    ids = {measure.pk: name for name, measure in measures.items()}
    user = users[role]
    assert {ids[pk] for pk in access.visible_to(user).values_list("pk", flat=True)} == SEEN[role]
    seen = [measures[name] for name in SEEN[role]]
    assert set(access.plans_visible_to(user)) == {measure.plan for measure in seen}
    assert set(access.sections_visible_to(user)) == {measure.section for measure in seen}
    assert set(access.events_visible_to(user).values_list("measure_id", flat=True)) == {m.pk for m in seen}


def test_every_role_of_the_model_is_covered(town):
    _measures, users = town
    assert {user.role for user in users.values()} == set(User.Role)


PARTIES = {
    ("office", "led"): {Party.OFFICE, Party.DECIDER},
    ("superuser", "foreign"): {Party.OFFICE, Party.DECIDER},
    ("liaison", "led"): {Party.LEAD},
    ("liaison", "assisted"): {Party.CO},
    ("liaison", "foreign"): set(),
    ("liaison", "draft"): set(),
    ("head", "led"): set(),
    ("leader", "led"): {Party.LEADER},
    ("leader", "foreign"): set(),
    ("none", "led"): set(),
    ("inactive", "led"): set(),
    ("inactive office", "led"): set(),
}


@pytest.mark.parametrize(("role", "name"), PARTIES)
def test_parties(town, role, name):
    measures, users = town
    assert access.parties(users[role], measures[name]) == PARTIES[role, name]


def test_only_the_lead_reports(town):
    measures, users = town
    may = {
        (role, name)
        for role, user in users.items()
        for name, measure in measures.items()
        if access.may(user, Verb.REPORT, measure, today=TODAY)
    }
    assert may == {("liaison", "led")}


def test_the_directory_is_closed_to_those_without_a_role(town):
    _measures, users = town
    assert not access.departments_visible_to(users["none"]).exists()
    assert not access.departments_visible_to(users["inactive"]).exists()
    assert (
        access.departments_visible_to(users["leader"]).count()
        == access.departments_visible_to(users["office"]).count()
    )


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", ["office", "liaison", "head", "leader", "none"])
def test_plans_and_sections_are_those_of_the_measures_seen(town, role, status):
    """A measure in each status, alone in its plan, tied to the department in each way."""
    measures, users = town
    own, other = measures["led"].lead, measures["foreign"].lead
    alone = [make_draft(section=make_section(make_plan(f"方案{n}"))) for n in range(4)]
    led, assisted, named, neither = alone
    for measure in alone:
        Measure.objects.filter(pk=measure.pk).update(
            status=status, lead=own if measure is led else other, assigned_at=None, standing=True
        )
    assisted.co_departments.add(own)
    MeasureRole.objects.create(measure=named, name="分管领导", user=users["leader"])
    MeasureRole.objects.create(measure=named, name="链长", department=own)
    user = users[role]
    seen = access.visible_to(user).filter(pk__in=[measure.pk for measure in alone])
    of_them = [measure.plan_id for measure in alone]
    assert set(access.plans_visible_to(user).filter(pk__in=of_them).values_list("pk", flat=True)) == set(
        seen.values_list("plan_id", flat=True)
    )
    assert set(access.sections_visible_to(user).filter(plan__in=of_them).values_list("pk", flat=True)) == set(
        seen.values_list("section_id", flat=True)
    )
    if role == "liaison":
        hidden = {Status.DRAFT, Status.CANCELLED}
        by_ties = [] if status in hidden else [led.pk, assisted.pk, named.pk]
        everybody = [neither.pk] if status == Status.PUBLISHED else []
        assert set(seen.values_list("pk", flat=True)) == {*by_ties, *everybody}
