"""A plan's page: its sections with their measures, figures that lead to their lists, versions, and what is missing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.makers import NOW, make_document, make_draft, make_measure, make_section
from tracker.admin.plan_page import MOST_A_SECTION

pytestmark = pytest.mark.django_db


def page_of_plan(client, plan):
    return client.get(f"/admin/tracker/plan/{plan.pk}/change/")


def shown(page):
    return {
        group["section"].title: [row["measure"].title for row in group["rows"]]
        for group in page.context["sections"]
    }


def test_the_office_sees_sections_figures_versions_and_gaps(town, signed_in):
    plan = town.led.plan
    second = make_section(plan, title="抓民生")
    gap = make_draft(section=second, title="待补事项")
    make_document(plan, "新版", name="方案（修订）.docx", imported_at=NOW + timedelta(days=30))
    client = signed_in(town.office)
    page = page_of_plan(client, plan)
    assert shown(page) == {town.led.section.title: ["打通断头路", "建公园"], "抓民生": ["待补事项"]}
    assert {tile["kind"]: tile["n"] for tile in page.context["tiles"]}["all"] == 3
    assert {str(status["name"]): status["n"] for status in page.context["statuses"]} == {
        "拟办": 1,
        "办理中": 2,
    }
    assert [document.version for document in page.context["documents"]] == [2, 1]
    assert [(name, short.total) for name, short, _rows in page.context["gaps"]] == [
        ("没有牵头单位", 1),
        ("没有完成时限", 1),
    ]
    words = page.content.decode()
    assert "方案（修订）.docx" in words
    assert "2026-04-09 10:00" in words
    assert words.count(f'href="/admin/tracker/measure/{gap.pk}/change/"') == 3
    for address in (
        f"/admin/ledger/export/?plan={plan.pk}",
        f"/admin/import/?plan={plan.pk}",
        f"/admin/tracker/measure/?plan={plan.pk}",
    ):
        assert f'href="{address}"' in words
        assert client.get(address).status_code == 200


def test_every_figure_leads_to_as_many_rows(town, signed_in):
    client = signed_in(town.office)
    page = page_of_plan(client, town.led.plan)
    for figure in (*page.context["tiles"], *page.context["statuses"]):
        rows = client.get(figure["url"])
        assert rows.context["cl"].result_count == figure["n"], figure


def test_a_department_sees_its_own_part_and_no_whole_text(town, signed_in):
    make_measure(lead=town.stranger, draft={"section": town.led.section, "title": "别人的事"})
    page = page_of_plan(signed_in(town.liaison), town.led.plan)
    assert shown(page) == {town.led.section.title: ["打通断头路", "建公园"]}
    words = page.content.decode()
    assert "别人的事" not in words
    assert "导入新版本" not in words
    assert "原文版本" not in words
    assert page_of_plan(signed_in(town.liaison), town.foreign.plan).status_code == 302


def test_a_long_section_shows_its_first_measures_and_leads_to_the_rest(town, signed_in):
    section = make_section(title="长部分")
    client = signed_in(town.office)
    queries = []
    # More than a short list holds both times: its total then takes a query of its own.
    for more in (12, MOST_A_SECTION - 9):
        for _ in range(more):
            make_draft(section=section)
        with CaptureQueriesContext(connection) as captured:
            page = page_of_plan(client, section.plan)
        queries.append(len(captured))
    [group] = page.context["sections"]
    assert (len(group["rows"]), group["more"]) == (MOST_A_SECTION, 3)
    assert client.get(group["url"]).context["cl"].result_count == MOST_A_SECTION + 3
    assert queries[0] == queries[1]


def test_a_new_version_is_uploaded_for_the_plan_one_comes_from(town, signed_in):
    client = signed_in(town.office)
    form = client.get(f"/admin/import/?plan={town.led.plan_id}").context["form"]
    assert form["plan"].value() == str(town.led.plan_id)
    assert form.more_is_used
    for odd in ("x", "%00", "999999"):
        assert client.get(f"/admin/import/?plan={odd}").status_code == 200
    assert not client.get("/admin/import/").context["form"].more_is_used


def test_a_plan_is_only_looked_at(town, signed_in):
    client = signed_in(town.office)
    address = f"/admin/tracker/plan/{town.led.plan_id}/change/"
    assert client.post(address, {"title": "改名"}).status_code == 405
    town.led.plan.refresh_from_db()
    assert town.led.plan.title == "行动方案"
