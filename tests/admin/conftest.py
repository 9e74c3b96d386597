"""A small town for the admin's tests: three departments, their measures and a signed-in browser for each role."""

from types import SimpleNamespace

import pytest
from django.test import Client


@pytest.fixture
def town(db):
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
