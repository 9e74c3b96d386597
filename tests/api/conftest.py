"""Every API test starts without counted requests; only the tests of the limit set one."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_limit(settings):
    cache.clear()
    settings.API_RATE = ""


@pytest.fixture(scope="session")
def make_standing():
    # Imported here: this file is read before Django is set up.
    from tests.api.callers import make_town

    return make_town


@pytest.fixture
def town(standing_rows):
    return standing_rows


@pytest.fixture
def attachments_in(settings, tmp_path):
    """Uploaded files go to a folder of the test's own."""
    from tracker.models import Attachment

    storage = Attachment._meta.get_field("file").storage
    settings.ATTACHMENT_DIR = tmp_path
    kept = {
        name: storage.__dict__.pop(name) for name in ("base_location", "location") if name in storage.__dict__
    }
    location, storage._location = storage._location, str(tmp_path)
    yield tmp_path
    storage._location = location
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    storage.__dict__.update(kept)
