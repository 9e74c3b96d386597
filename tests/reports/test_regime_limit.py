"""The regime's own limit beside a deadline given by hand: by its terms, from the day of assignment, in every place."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.api.callers import ROOT, client_of
from tests.makers import NOW, TODAY, make_department, make_draft, make_measure, make_user
from tracker import actions
from tracker.models import Measure, Regime, load_calendar
from tracker.reports.regime_limit import limits_offered, regime_limit
from tracker.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db
WEEK = TODAY + timedelta(days=7)


def limit(measure):
    return regime_limit(Measure.objects.get(pk=measure.pk), load_calendar())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"due_on": TODAY + timedelta(days=20)}, "所定完成时限晚13天，以所定时限为准"),
        ({"due_on": TODAY + timedelta(days=2)}, "所定完成时限早5天，以所定时限为准"),
        ({"due_on": WEEK}, "与完成时限一致"),
        ({"due_on": None}, "长期坚持，不按制度期限"),
    ],
)
def test_which_day_holds_and_by_how_much(given, words):
    found = limit(make_measure(regime=Regime.objects.get(code="13710"), **given))
    assert (found.due_on, found.within, found.words) == (WEEK, "7天", words)
    assert "13710" in found.regime


def test_by_importance_kind_of_day_and_latest_assignment():
    regime = Regime.objects.get(code="13710")
    assert limit(make_measure(regime=regime, importance="major")).within == "1个月"
    own = Regime.objects.create(code="own", name="自定", day_kind="workdays")
    own.nodes.create(kind="resolve", amount=5)
    measure = make_measure(regime=own, due_on=date(2026, 12, 31))
    assert (limit(measure).due_on, limit(measure).within) == (date(2026, 3, 17), "5个工作日")
    later = NOW + timedelta(days=7)
    actions.transfer(measure_id=measure.pk, actor=None, now=later, lead=make_department(), reason="调整")
    assert limit(measure).due_on == date(2026, 3, 24)
    own.nodes.all().delete()
    assert limit(measure) is not None, "the edition it was assigned under still says so"
    assert limit(make_measure(regime=own)) is None and limit(make_draft()) is None


def test_in_the_api_also_of_a_past_day_and_as_the_only_field(django_assert_max_num_queries):
    client = client_of(make_user("office"))
    measure, draft = make_measure(regime=Regime.objects.get(code="13710")), make_draft()
    for address in (f"{ROOT}measures/{measure.pk}/", f"{ROOT}measures/{measure.pk}/?as_of={TODAY}"):
        assert client.get(address).json()["regime_due_on"] == WEEK.isoformat()
    assert client.get(f"{ROOT}measures/{draft.pk}/").json()["regime_due_on"] is None
    with django_assert_max_num_queries(5):
        rows = client.get(f"{ROOT}measures/?fields=regime_due_on").json()["results"]
    assert sorted(row["regime_due_on"] or "" for row in rows) == ["", WEEK.isoformat()]


def test_in_the_admin_before_and_after_assigning_and_on_the_page(client):
    client.force_login(make_user("office"), backend="django.contrib.auth.backends.ModelBackend")
    draft, lead, today = make_draft(), make_department(), timezone.localdate()
    address = reverse("admin:tracker_measure_step", args=[draft.pk, Verb.ASSIGN.value])
    week = today + timedelta(days=7)
    offered = client.get(address).content.decode()
    assert "今天交办的制度期限" in offered and f"一般 {week}（7天）" in offered and "以填写的为准" in offered
    regime = Regime.objects.get(code="13710")
    given = {
        "expected_version": draft.version, "lead": lead.pk, "importance": "ordinary", "cadence": "none",
        "recurrence": "none", "due_on": week + timedelta(days=30), "regime": regime.pk,
    }  # fmt: skip
    page = client.post(address, given, follow=True).content.decode()
    assert f"的办结期限是{week}（7天），所定完成时限晚30天，以所定时限为准。" in page
    assert "制度期限" in page and f"{week.year}年{week.month}月{week.day}日" in page


def test_regimes_without_a_limit_are_not_told():
    Regime.objects.update(active=False)
    own = Regime.objects.create(code="own", name="自定")
    assert limits_offered([own], today=TODAY, calendar=load_calendar()) == ""
