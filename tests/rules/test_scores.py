"""A department's score: bounded, never raised by one more late thing, never lowered by an exemption, whatever the order."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.lifecycle import Status
from tracker.rules.light import Light
from tracker.rules.regimes import NodeKind, Scores
from tracker.rules.scores import (
    WEIGHED,
    Fact,
    Judged,
    Part,
    Role,
    counted_deadline,
    lit,
    reported,
    score_of,
    settling,
)

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
DUE = date(2026, 3, 10)
AGAINST = [part for part in WEIGHED if part is not Part.ON_TIME]
taken = st.sampled_from([0, -0.1, -0.5, -1, -2, -37.5])
weights = st.builds(
    Scores,
    base=st.sampled_from([0, 60, 80.5, 100]),
    cap=st.sampled_from([100, 120]),
    on_time=st.sampled_from([0, 0.3, 1, 50]),
    late=taken,
    returned=taken,
    yellow=taken,
    red=taken,
    late_report=taken,
    missing_report=taken,
    co_share=st.sampled_from([0, 0.3, 0.5, 1]),
)
facts = st.builds(Fact, st.sampled_from(list(Part)), st.just(DUE))
measures = st.builds(
    Judged, weights, st.lists(facts, max_size=6).map(tuple), st.sampled_from(list(Role)), st.booleans()
)
several = st.lists(measures, min_size=1, max_size=12)


def value(rows):
    score = score_of(rows)
    assert score is not None
    return score.value


@given(several)
def test_a_score_lies_between_0_and_the_cap(rows):
    score = score_of(rows)
    assert 0 <= score.value <= score.cap <= 100


@given(several, st.randoms())
def test_the_order_of_the_measures_plays_no_part(rows, dice):
    shuffled = dice.sample(rows, len(rows))
    assert score_of(shuffled) == score_of(rows)


@given(several, st.sampled_from(AGAINST), st.data())
def test_one_more_thing_against_it_never_raises_the_score(rows, part, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    worse = [*rows]
    worse[at] = replace(rows[at], facts=(*rows[at].facts, Fact(part, DUE)))
    assert value(worse) <= value(rows)
    # Nor does one more measure under the same terms that has nothing but that.
    same = [replace(row, scores=rows[0].scores) for row in rows]
    assert value([*same, Judged(rows[0].scores, (Fact(part, DUE),))]) <= value(same)


@given(several, st.data())
def test_late_instead_of_on_time_never_raises_the_score(rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    swapped = tuple(replace(f, part=Part.LATE) if f.part is Part.ON_TIME else f for f in rows[at].facts)
    worse = [*rows]
    worse[at] = replace(rows[at], facts=swapped)
    assert value(worse) <= value(rows)


@given(several, st.data())
def test_an_exemption_never_lowers_the_score(rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    exempted = [*rows]
    exempted[at] = replace(rows[at], exempt=True)
    assert value(exempted) >= value(rows)


@given(several)
def test_the_lines_add_up_to_the_score(rows):
    """What the page shows as arithmetic is the arithmetic: to a cent a line, for rounding."""
    score = score_of(rows)
    total = score.base + sum((line.points for line in score.lines), Decimal(0))
    assert abs(total - score.unbounded) <= Decimal("0.01") * (len(score.lines) + 1)
    assert sum(line.count for line in score.lines) == sum(
        fact.part is not Part.IN_TIME for row in rows for fact in row.facts
    )


def test_nothing_to_judge_is_no_score():
    assert score_of([]) is None


def test_a_measure_in_hand_without_any_fault_has_the_base():
    assert value([Judged(Scores())]) == Decimal(80)


def test_guangyuan_by_hand():
    """80 + 2×1 − 1 − 2 − 0.1 − 0.5, and an assisted one on time at half."""
    facts = [Part.ON_TIME, Part.ON_TIME, Part.LATE, Part.RED, Part.LATE_REPORT, Part.MISSING_REPORT]
    led = Judged(Scores(), tuple(Fact(part, DUE) for part in facts))
    assisted = Judged(Scores(), (Fact(Part.ON_TIME, DUE),), Role.CO)
    assert value([led, assisted]) == Decimal("78.90")


def test_an_exempted_measure_keeps_what_speaks_for_it():
    kept = Judged(Scores(), (Fact(Part.ON_TIME, DUE), Fact(Part.RETURNED, DUE)), exempt=True)
    assert value([kept]) == Decimal(81)
    [gained, told] = score_of([kept]).lines
    assert (gained.points, gained.exempted) == (1, False)
    assert (told.part, told.each, told.points, told.exempted) == (Part.RETURNED, -2, 0, True)


def test_the_average_where_regimes_differ():
    score = score_of([Judged(Scores(base=60, cap=90)), Judged(Scores(base=80, cap=100))])
    assert (score.base, score.cap, score.value) == (70, 95, 70)


# --- the facts ---------------------------------------------------------------------------------------------------------


def settled(status=Status.CLOSED, deadline=DUE, applied_on=DUE, closed_on=DUE, grade="good"):
    return settling(
        status=status,
        deadline=deadline,
        applied_on=applied_on,
        closed_on=closed_on,
        grade=grade,
        first=FIRST,
        last=LAST,
    )


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({}, (Part.ON_TIME, 0)),
        # The review took until after the deadline: not the department's lateness.
        ({"closed_on": DUE + timedelta(days=5)}, (Part.ON_TIME, 0)),
        ({"applied_on": DUE + timedelta(days=2), "closed_on": LAST}, (Part.LATE, 2)),
        ({"grade": "fail"}, None),
        ({"grade": "fail", "applied_on": DUE + timedelta(days=1)}, (Part.LATE, 1)),
        ({"deadline": None}, None),
        ({"closed_on": FIRST - timedelta(days=1)}, None),
        ({"closed_on": LAST + timedelta(days=1)}, None),
        ({"status": Status.IN_PROGRESS, "applied_on": None, "closed_on": None}, (Part.LATE, 21)),
        ({"status": Status.ASSIGNED, "applied_on": None, "closed_on": None}, (Part.LATE, 21)),
        ({"status": Status.IN_PROGRESS, "deadline": LAST, "applied_on": None, "closed_on": None}, None),
        # Waiting for review since its deadline: in time.
        ({"status": Status.CLOSING, "closed_on": None}, None),
        ({"status": Status.SUSPENDED, "applied_on": None, "closed_on": None}, None),
        ({"status": Status.CANCELLED, "applied_on": None, "closed_on": None}, None),
    ],
)
def test_on_time_or_late(given_, expected):
    fact = settled(**given_)
    assert (None if fact is None else (fact.part, fact.days)) == expected


@pytest.mark.parametrize(
    ("light", "part"),
    [(Light.RED, Part.RED), (Light.YELLOW, Part.YELLOW), (Light.GREEN, None), (Light.DONE, None)],
)
def test_lights(light, part):
    fact = lit(light, last=LAST)
    assert (fact.part if fact else None) == part


@pytest.mark.parametrize(
    ("done_on", "quiet", "expected"),
    [
        (DUE, False, (Part.IN_TIME, 0)),
        (DUE, True, (Part.IN_TIME, 0)),
        (DUE + timedelta(days=4), False, (Part.LATE_REPORT, 4)),
        (LAST, False, (Part.LATE_REPORT, 21)),
        # Made after the period: as of its end it was missing.
        (LAST + timedelta(days=1), False, (Part.MISSING_REPORT, 21)),
        (None, False, (Part.MISSING_REPORT, 21)),
        (None, True, None),
        (DUE + timedelta(days=4), True, None),
    ],
)
def test_reports(done_on, quiet, expected):
    fact = reported(NodeKind.FIRST_REPORT, due_on=DUE, done_on=done_on, last=LAST, quiet=quiet)
    assert (None if fact is None else (fact.part, fact.days)) == expected


def test_more_time_asked_for_after_expiry_leaves_the_old_date_in_the_score():
    assert counted_deadline(DUE, LAST, asked_on=DUE) == LAST
    assert counted_deadline(DUE, LAST, asked_on=DUE + timedelta(days=1)) == DUE
    assert counted_deadline(DUE, LAST, asked_on=DUE + timedelta(days=1), keeps_old=False) == LAST
    assert counted_deadline(None, LAST, asked_on=LAST) == LAST
    assert counted_deadline(DUE, None, asked_on=LAST) is None  # 长期坚持 from now on
