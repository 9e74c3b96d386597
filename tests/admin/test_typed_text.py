"""Control and bidirectional characters are refused wherever a person types, by name; what was printed so may stay."""

import pytest

from tests.makers import make_measure
from tracker.models import Department, Measure
from tracker.rules.characters import forbidden_character

pytestmark = pytest.mark.django_db
BAD = ["\u202e", "\u200f", "\x07", "\x85", "\ufffe", "\u2066"]


@pytest.mark.parametrize("character", BAD)
def test_a_step_refuses_them_by_name(town, signed_in, character):
    step = f"/admin/tracker/measure/{town.led.pk}/step/report/"
    posted = {"percent": 10, "progress": f"完成{character}选址", "expected_version": town.led.version}
    response = signed_in(town.liaison).post(step, posted)
    assert response.status_code == 422
    assert f"U+{ord(character):04X}" in response.content.decode()
    town.led.refresh_from_db()
    assert town.led.percent == 0


def test_what_nobody_can_see_is_not_filled_in(town, signed_in):
    step = f"/admin/tracker/measure/{town.led.pk}/step/report/"
    posted = {"percent": 10, "progress": "\u200b\u3164", "expected_version": town.led.version}
    refused = signed_in(town.liaison).post(step, posted)
    assert refused.status_code == 422 and refused.context["form"].has_error("progress", "required")
    posted |= {"progress": "已选址\u200b", "problems": "\u2800"}
    assert signed_in(town.liaison).post(step, posted).status_code == 302
    assert town.led.reports.get().problems == ""


def test_line_breaks_and_tabs_are_ordinary(town, signed_in):
    step = f"/admin/tracker/measure/{town.led.pk}/step/report/"
    posted = {"percent": 10, "progress": "完成\r\n\t选址", "expected_version": town.led.version}
    assert signed_in(town.liaison).post(step, posted).status_code == 302
    assert Measure.objects.get(pk=town.led.pk).percent == 10


def test_what_was_printed_so_stops_no_other_change(town, signed_in):
    printed = "打通\u200e断头路。\n年底前完成。"
    measure = make_measure(lead=town.own, draft={"section": town.led.section, "text": printed})
    address = f"/admin/tracker/measure/{measure.pk}/step/edit/"
    client = signed_in(town.office)
    shown = client.get(address).context["form"]
    posted = {name: field.value() for name, field in ((f.name, f) for f in shown)}
    posted = {name: value for name, value in posted.items() if value not in (None, False)}
    posted |= {"text": printed.replace("\n", "\r\n"), "remark": "盯紧"}
    assert client.post(address, posted).status_code == 302
    measure.refresh_from_db()
    assert (measure.remark, measure.text) == ("盯紧", printed)
    posted |= {"expected_version": measure.version, "text": f"{printed}又\u202e"}
    assert client.post(address, posted).status_code == 422


@pytest.mark.parametrize("field", ["name", "duties", "aliases-0-name"])
def test_registers_refuse_them_too(town, signed_in, field):
    posted = {
        "name": "市新局",
        "code": "new",
        "kind": "department",
        "active": "on",
        "duties": "招商",
        "aliases-TOTAL_FORMS": 1,
        "aliases-INITIAL_FORMS": 0,
        "aliases-0-name": "新局",
    }
    client = signed_in(town.office)
    refused = client.post("/admin/tracker/department/add/", {**posted, field: "市\u202e局"})
    assert refused.status_code == 200
    assert "U+202E" in refused.content.decode()
    assert not Department.objects.filter(code="new").exists()
    assert client.post("/admin/tracker/department/add/", posted).status_code == 302
    assert Department.objects.get(code="new").duties == ["招商"]


def test_the_rule_itself():
    assert forbidden_character("市发改委\t（一）\r\n“重点”") is None
    assert [forbidden_character(f"甲{c}乙") for c in BAD] == BAD
