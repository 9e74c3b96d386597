"""`?fields=`: exactly the named fields, the same values as in the whole answer, and nothing looked up for the others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.callers import ROOT, client_of
from tests.api.test_measures import MEASURE_KEYS
from tracker.api.serializers import arrangements, directory, measures, reports

pytestmark = pytest.mark.django_db
LIST = f"{ROOT}measures/"


def addresses(town):
    one = f"{LIST}{town.led.pk}/"
    return {
        LIST: measures.MeasureSerializer,
        one: measures.MeasureSerializer,
        f"{one}reports/": reports.ReportSerializer,
        f"{one}timeline/": measures.EventSerializer,
        f"{one}checkpoints/": arrangements.CheckpointSerializer,
        f"{ROOT}regimes/": arrangements.RegimeSerializer,
        f"{ROOT}plans/": directory.PlanSerializer,
        f"{ROOT}plans/{town.led.plan_id}/": directory.PlanSerializer,
        f"{ROOT}sections/": directory.SectionSerializer,
        f"{ROOT}departments/": directory.DepartmentSerializer,
    }


def rows(answer):
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    return body.get("results", [body])


@pytest.mark.parametrize("role", ["office", "liaison", "leader"])
def test_each_field_alone_is_what_the_whole_answer_says(town, role):
    client = client_of(town.users[role])
    tried = 0
    for address, serializer in addresses(town).items():
        whole = rows(client.get(address))
        assert whole, address
        for name in serializer.Meta.fields:
            part = rows(client.get(address, {"fields": name}))
            assert part == [{name: row[name]} for row in whole], (address, name)
            tried += 1
    assert tried > 2 * len(MEASURE_KEYS)


def test_several_fields_in_the_serializers_order_with_filters_and_pages(town):
    client = client_of(town.users["office"])
    found = client.get(f"{LIST}?fields=title,%20id,title&light=green,yellow,red&page_size=1").json()
    assert list(found["results"][0]) == ["id", "title"]
    assert "fields=" in found["next"]
    assert set(client.get(found["next"]).json()["results"][0]) == {"id", "title"}
    by_cursor = client.get(f"{LIST}?fields=title&cursor=").json()["results"]
    assert {"甲局牵头", "乙局机密"} < {row["title"] for row in by_cursor}


def test_only_what_is_asked_for_is_looked_up(town):
    client = client_of(town.users["office"])

    def asked(query):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"{LIST}?{query}").status_code == 200
        return [query["sql"] for query in queries]

    whole, few = asked(""), asked("fields=id,title")
    assert len(whole) == 7
    # Token with its user, count, rows.
    assert len(few) == 3
    assert '"tracker_measure"."text"' in whole[-3] and "JOIN" in whole[-3] and "CASE" in whole[-3]
    assert '"tracker_measure"."text"' not in few[-1] and "JOIN" not in few[-1] and "CASE" not in few[-1]
    # A filter by light needs the light, an order by date its date; neither need be shown.
    assert "CASE" in asked("fields=id&light=red")[-1]
    assert len(asked("fields=id,lead")) == 3
    assert len(asked("fields=id,co")) == 4


def test_an_edit_answers_in_full_and_other_parameters_are_refused(town):
    client = client_of(town.users["office"])
    address = f"{LIST}{town.led.pk}/?fields=id"
    answer = client.patch(
        address, {"remark": "x"}, format="json", headers={"If-Match": f'"{town.led.version}"'}
    )
    assert set(answer.json()) == MEASURE_KEYS
    assert client.get(address)["ETag"].startswith(answer["ETag"][:-1] + "-")
    refused = client.get(f"{LIST}{town.led.pk}/?field=id")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "field")


def test_the_message_names_the_fields_that_do_not_exist(town):
    body = client_of(town.users["liaison"]).get(f"{LIST}?fields=id,duo_on,titel").json()
    assert (body["code"], body["errors"][0]["message"]) == ("invalid_query", "没有这些字段：duo_on、titel。")
