"""A measure in hand and the two who report on it, with which the tests of reports begin."""

from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture
def scene(db: None) -> tuple[Any, Any, Any]:
    """The measure, due in 60 days, a liaison of its lead and one of its co-department."""
    from tests.makers import TODAY, liaison_of, make_department, make_measure  # Django is set up by now

    lead, co = make_department(), make_department()
    measure = make_measure(lead=lead, co=(co,), due_on=TODAY + timedelta(days=60))
    return measure, liaison_of(lead), liaison_of(co)
