"""The local servers stand on loopback, which an installation allows by its setting alone."""

import pytest


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings):
    settings.PUSH_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    settings.PUSH_TIMEOUT = 2
