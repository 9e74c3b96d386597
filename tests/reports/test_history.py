"""Measures as of a past day: what the events tell is what was stored at that day's end, in SQL and on the page alike."""

import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_section, make_user
from tracker import actions
from tracker.models import Measure, Regime
from tracker.models.measure import MeasureQuerySet
from tracker.reports.history import WAS, as_of, end_of, rewind
from tracker.reports.office_day import office_day
from tracker.rules.lifecycle import Status
from tracker.rules.violations import RuleViolation

pytestmark = pytest.mark.django_db
KEPT = (
    "title", "section_id", "lead_id", "importance", "starts_on", "due_on", "original_due_on", "standing", "status",
    "percent", "grade", "assigned_at", "acknowledged_at", "applied_on", "closed_on", "regime_edition_id", "version",
    "report_by", "extension_pending", "updated_at", "remark",
)  # fmt: skip


def picture(measure):
    """What is stored now."""
    return {name: getattr(measure, name) for name in KEPT} | {
        "co": sorted(row.code for row in measure.co_departments.all())
    }


def test_the_day_ends_in_the_offices_time_zone():
    assert end_of(date(2026, 3, 10)).astimezone(ZoneInfo("UTC")).isoformat() == "2026-03-10T16:00:00+00:00"


@pytest.fixture
def chronicle():
    """Eight measures under random steps for forty days, with the picture of every evening."""
    dice = random.Random(20260310)
    own = Regime.objects.create(code="own", name="自定", yellow_behind=1, red_behind=2, near_workdays=20)
    departments, section, office = [make_department() for _ in range(4)], make_section(), make_user("office")
    pictures = {}
    for n in range(40):
        day = TODAY + timedelta(days=n)
        # The last minute of a day is that day's, the next one is not.
        moments = [
            end_of(day) - timedelta(days=1),
            NOW + timedelta(days=n),
            end_of(day) - timedelta(microseconds=1),
        ]
        if n % 5 == 0:
            make_draft(section=section, now=moments[0])
        for moment in moments:
            for measure in Measure.objects.all():
                step(dice, measure, departments, own, office, moment, day)
        pictures[day] = {
            measure.pk: picture(measure) for measure in Measure.objects.prefetch_related("co_departments")
        }
    return pictures


def step(dice, measure, departments, own, office, now, day):
    """One random step; what the rules refuse is left out."""
    liaison = liaison_of(measure.lead) if measure.lead else None
    by = {"measure_id": measure.pk, "now": now}
    choices = [
        lambda: actions.assign(
            **by,
            actor=office,
            lead=dice.choice(departments),
            regime=dice.choice([None, own]),
            due_on=day + timedelta(days=dice.randint(0, 30)),
            starts_on=day - timedelta(days=dice.randint(0, 30)),
        ),
        lambda: actions.edit(
            **by,
            actor=office,
            title=f"改{now:%d%H}",
            importance=dice.choice(["major", "ordinary"]),
            co=dice.sample(departments, dice.randint(0, 2)),
        ),
        lambda: actions.edit(**by, actor=office, due_on=None, standing=True, note="批示"),
        lambda: actions.transfer(**by, actor=office, lead=dice.choice(departments), reason="调整"),
        lambda: actions.suspend(**by, actor=office, reason="等"),
        lambda: actions.resume(**by, actor=office),
        lambda: actions.close(**by, actor=office, grade="good"),
        lambda: actions.reopen(**by, actor=office, reason="反弹"),
        lambda: actions.send_back(**by, actor=office, reason="缺"),
    ]
    if liaison is not None:
        choices += [
            lambda: actions.acknowledge(**by, actor=liaison),
            lambda: actions.report(
                **by, actor=liaison, percent=dice.randint(0, 100), progress="好", lowering_reason="复核"
            ),
            lambda: actions.apply_to_close(**by, actor=liaison, result="好"),
        ] * 3
    if dice.random() < 0.3:
        if measure.status == Status.CLOSING:
            choices = choices[6:9:2]
        try:
            dice.choice(choices)()
        except RuleViolation:
            return


def test_every_evening_is_found_again(chronicle):
    statuses, lights = set(), set()
    for day in [TODAY - timedelta(days=1), *chronicle]:
        stored = chronicle.get(day, {})
        rows = list(as_of(Measure.objects.all(), day))
        assert {row.pk for row in rows} == set(stored)
        thresholds = office_day(day).thresholds
        rewind(rows, day, thresholds)
        assert {row.pk: picture(row) for row in rows} == stored
        for row in rows:
            # The page's objects are whole: names beside the numbers.
            assert (row.lead.pk if row.lead else None) == row.lead_id and row.section.pk == row.section_id
        past: MeasureQuerySet = as_of(Measure.objects.all(), day)
        in_sql = dict(past.with_light(day, thresholds, of=WAS).values_list("pk", "light"))
        assert in_sql == {row.pk: row.light for row in rows}
        statuses |= {row.status for row in rows}
        lights |= set(in_sql.values())
        for status in Status:
            found = set(past.filter(was_status=status).values_list("pk", flat=True))
            assert found == {pk for pk, kept in stored.items() if kept["status"] == status}
        late = set(past.overdue(day, of=WAS).values_list("pk", flat=True))
        assert late == {
            pk
            for pk, kept in stored.items()
            if kept["due_on"]
            and kept["due_on"] < day
            and (
                kept["status"] in ("assigned", "in_progress")
                or (
                    kept["status"] == "closing"
                    and not (kept["applied_on"] and kept["applied_on"] <= kept["due_on"])
                )
            )
        }
    # The chronicle held something to be found.
    assert statuses >= {"draft", "assigned", "in_progress", "closing", "closed"}
    assert lights == {"red", "yellow", "green", "done", "none"}


def test_the_queries_do_not_grow_with_the_measures(chronicle):
    day = max(chronicle)
    thresholds = office_day(day).thresholds
    counts = []
    for most in (2, 8):
        with CaptureQueriesContext(connection) as queries:
            rows = list(as_of(Measure.objects.order_by("pk"), day)[:most])
            rewind(rows, day, thresholds)
        assert len(rows) == most
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_what_did_not_exist_cannot_be_rewound():
    measure = make_draft()
    with pytest.raises(ValueError, match="not registered"):
        rewind([measure], TODAY - timedelta(days=1), office_day(TODAY).thresholds)
