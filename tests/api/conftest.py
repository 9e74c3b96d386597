"""Every API test starts without counted requests; only the tests of the limit set one."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_limit(settings):
    cache.clear()
    settings.API_RATE = ""


@pytest.fixture
def town(db):
    # Imported here: this file is read before Django is set up.
    from tests.api.callers import make_town

    return make_town()
