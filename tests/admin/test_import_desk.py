"""The import desk's rights and steps: 督查室 alone, nothing written before it is confirmed, and then once."""

import pytest
from django.test import Client

from tests.admin.import_support import DESK, KEY, UNIT, everything, fields
from tests.makers import make_user
from tracker.models import Department, ImportDraft, Measure

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["liaison", "head", "leader"])
def test_others_are_kept_out(signed_in, draft, role):
    client = signed_in(make_user(role))
    for address in (DESK, f"{DESK}{draft.pk}/"):
        for do in ("import", "save", "discard", "page-1", "unit-create-0", "unit-alias-0"):
            assert client.get(address).status_code == 403
            assert client.post(address, fields(draft, do=do, **UNIT)).status_code == 403
    assert client.get(f"{DESK}progress/{KEY}/").status_code == 403
    assert not Measure.objects.exists()
    assert not Department.objects.filter(name="市梦想局").exists()
    assert ImportDraft.objects.filter(pk=draft.pk).exists()


def test_without_its_secret_a_form_is_refused(draft):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("office"), backend="django.contrib.auth.backends.ModelBackend")
    for address in (DESK, f"{DESK}{draft.pk}/"):
        assert client.post(address, fields(draft)).status_code == 403
    assert not Measure.objects.exists()
    assert ImportDraft.objects.count() == 1


def test_looking_changes_nothing(office, draft):
    before = everything()
    for query in (
        "",
        "?do=import&version=1",
        "?page=2",
        "?page=0",
        "?page=-1",
        "?page=%00",
        "?page=9999999999",
    ):
        assert office.get(f"{DESK}{draft.pk}/{query}").status_code == 200
    assert everything() == before


def test_uploading_writes_no_measure_and_confirming_once_writes_all(office, draft):
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert "抓链条" in page
    assert not Measure.objects.exists()
    assert office.post(f"{DESK}{draft.pk}/", fields(draft)).status_code == 302
    assert Measure.objects.count() == 2
    assert "已导入《重点任务》：新增2项。" in office.get("/admin/tracker/measure/").content.decode()
    again = office.post(f"{DESK}{draft.pk}/", fields(draft))
    assert again.status_code == 302
    assert Measure.objects.count() == 2


def test_discarding(office, draft):
    assert office.post(f"{DESK}{draft.pk}/", {"do": "discard"}).status_code == 302
    assert not ImportDraft.objects.exists()
    assert office.get(f"{DESK}{draft.pk}/").status_code == 404


@pytest.mark.parametrize(
    "do", ["page-x", "page-2-<script>", "page-2-javascript:1", "unit-drop-0", "unit-", ""]
)
def test_an_unknown_button_goes_nowhere_else(office, draft, do):
    response = office.post(f"{DESK}{draft.pk}/", fields(draft, do=do))
    assert response.status_code in (302, 422)
    if response.status_code == 302:
        assert response.url == f"{DESK}{draft.pk}/"
    assert not Measure.objects.exists()
