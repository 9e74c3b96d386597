"""The light as a query annotation equals the pure rule, on every combination of status, schedule, progress and day."""

from datetime import timedelta
from itertools import product

import pytest

from tests.makers import NOW, TODAY, make_department, make_document, make_section
from tracker.models import Measure
from tracker.rules.lifecycle import Status
from tracker.rules.light import Light, Thresholds, is_overdue, light

THRESHOLDS = Thresholds(yellow_behind=10, red_behind=30, near_until=TODAY + timedelta(days=3))


def days(*offsets):
    return [None if offset is None else TODAY + timedelta(days=offset) for offset in offsets]


@pytest.mark.django_db
def test_annotation_equals_rule():
    section = make_section()
    lead, document = make_department(), make_document(section.plan, "文")
    rows = []
    combinations = product(
        Status,
        days(None, -97, -10, 0, 5),
        days(None, -1, 0, 1, 3, 4, 60),
        days(None, -2, 0),
        (0, 9, 50, 69, 100),
    )
    for number, (status, starts_on, due_on, applied_on, percent) in enumerate(combinations):
        if starts_on and due_on and due_on < starts_on:
            continue
        rows.append(
            Measure(
                plan=section.plan,
                section=section,
                document=document,
                number=str(number),
                position=number,
                title="措施",
                text="文",
                printed_hash="",
                span_start=0,
                span_end=1,
                lead=lead,
                status=status,
                starts_on=starts_on,
                due_on=due_on,
                standing=due_on is None,
                applied_on=applied_on,
                percent=percent,
                updated_at=NOW,
            )
        )
    Measure.objects.bulk_create(
        rows
    )  # not by actions: many of these never arise, and the two must agree even so
    overdue = set(Measure.objects.overdue(TODAY).values_list("pk", flat=True))
    seen = set()
    for measure in Measure.objects.with_light(TODAY, THRESHOLDS):
        expected = light(
            status=Status(measure.status),
            starts_on=measure.starts_on,
            due_on=measure.due_on,
            applied_on=measure.applied_on,
            percent=measure.percent,
            today=TODAY,
            thresholds=THRESHOLDS,
        )
        assert measure.light == expected, measure.__dict__
        assert (measure.pk in overdue) == is_overdue(
            status=Status(measure.status), due_on=measure.due_on, applied_on=measure.applied_on, today=TODAY
        ), measure.__dict__
        seen.add(expected)
    assert seen == set(Light)
