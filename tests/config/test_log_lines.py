"""The log: one line for a refusal, a traceback for a fault."""

import logging
import logging.config
from io import StringIO

import pytest
from django.conf import settings
from django.test import Client

from tests.makers import make_user


@pytest.fixture
def log(monkeypatch):
    """What the installation's own handler writes."""
    out = StringIO()
    logging.config.dictConfig(settings.LOGGING)
    [handler] = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    monkeypatch.setattr(handler, "stream", out)
    return out


@pytest.mark.django_db
def test_a_refused_page_is_one_line(log):
    client = Client()
    client.force_login(make_user("liaison"), backend="django.contrib.auth.backends.ModelBackend")
    for address, status in (
        ("/admin/tracker/user/", 403),
        ("/admin/tracker/measure/?text__startswith=x", 400),
    ):
        log.truncate(log.seek(0))
        assert client.get(address).status_code == status
        assert "Traceback" not in log.getvalue()
        assert [line for line in log.getvalue().splitlines() if "WARNING" in line or "ERROR" in line]


@pytest.mark.django_db
def test_a_fault_of_ours_keeps_its_traceback(log, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("what went wrong")

    monkeypatch.setattr("tracker.admin.workbench.overview.counts", fail)
    client = Client(raise_request_exception=False)
    client.force_login(make_user("office"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 500
    assert "Traceback" in log.getvalue() and "what went wrong" in log.getvalue()
