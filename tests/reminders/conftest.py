"""The engine's tests run under two plain rules; the others that ship are tested by themselves (test_rules.py)."""

import pytest


@pytest.fixture(autouse=True)
def two_rules(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    if marker is not None:
        from tests.reminders.scene import only_rules  # Django is set up by now

        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        only_rules("deadline-soon", "overdue")
