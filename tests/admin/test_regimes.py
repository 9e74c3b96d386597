"""督办制度 in the admin: what is refused, whom an edit touches, and how it is applied to what runs already."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, make_department, make_draft, make_measure
from tracker import actions
from tracker.models import Measure, Regime, RegimeEdition
from tracker.reports.regime_use import differences, under_older_terms
from tracker.rules.regimes import Cadence, DayKind, Node, NodeKind, Scores, Terms, Unit

pytestmark = pytest.mark.django_db
OUTSIDERS = ("liaison", "head", "leader", "nobody")


@pytest.fixture
def default():
    return Regime.objects.get(is_default=True)


def page(regime, name="change"):
    return reverse(f"admin:tracker_regime_{name}", args=[regime.pk])


def filled(client, address, **changes):
    """The form as the page shows it, with these fields changed; None leaves a field out (an empty checkbox)."""
    context = client.get(address).context
    form, [formset] = context["adminform"].form, [row.formset for row in context["inline_admin_formsets"]]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    prefix = formset.prefix
    values |= {
        f"{prefix}-TOTAL_FORMS": len(formset.initial_forms),
        f"{prefix}-INITIAL_FORMS": len(formset.initial_forms),
    }
    for number, row in enumerate(formset.initial_forms):
        for name, field in row.fields.items():
            value = row.get_initial_for_field(field, name)
            values[f"{prefix}-{number}-{name}"] = getattr(value, "pk", value)
    values |= changes
    return {name: value for name, value in values.items() if value is not None and value is not False}


def errors_of(answer):
    assert answer.status_code == 200, "a refused form is shown again"
    context = answer.context
    [formset] = [row.formset for row in context["inline_admin_formsets"]]
    found = {name: list(words) for name, words in context["adminform"].form.errors.items()}
    for row in formset.forms:
        found |= {f"{row.prefix}-{name}": list(words) for name, words in row.errors.items()}
    found |= {"all": list(formset.non_form_errors())} if formset.non_form_errors() else {}
    return found


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"is_default": "on"}, "is_default", "只能有一个默认制度，现在是““13710”工作制度”"),
        ({"cadence": "weekly", "cadence_day": "8"}, "cadence_day", "星期几"),
        ({"cadence": "monthly", "cadence_day": "0"}, "cadence_day", "大于或等于"),
        ({"cadence": "monthly", "cadence_day": "32"}, "cadence_day", "小于或等于"),
        ({"yellow_behind": "40", "red_behind": "30"}, "red_behind", "黄灯（40）不能高于红灯（30）"),
        ({"yellow_behind": "31"}, "yellow_behind", "黄灯（31）不能高于红灯（30）"),
        ({"red_behind": "9"}, "red_behind", "黄灯（10）不能高于红灯（9）"),
        ({"red_behind": "101"}, "red_behind", "小于或等于"),
        ({"score_base": "120"}, "score_cap", "最高分不能低于基础分"),
        ({"score_late": "1"}, "score_late", "扣分应为 0 或负数"),
        ({"score_on_time": "-1"}, "score_on_time", "应为 0 或正数"),
        ({"score_red": "-1e9"}, "score_red", "-1000 到 1000"),
        ({"score_red": "nan"}, "score_red", "输入一个数字"),
        ({"score_co_share": "1.5"}, "score_co_share", "0 到 1"),
        ({"name": "按\u202e制度"}, "name", "控制字符"),
        ({"nodes-0-kind": "resolve", "nodes-0-importance": "ordinary"}, "nodes-1-kind", "只能有一行"),
        ({"nodes-0-amount": "400"}, "nodes-0-amount", "小于或等于"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_nothing_is_written(town, signed_in, changes, field, words):
    regime = Regime.objects.get(code="710")
    client = signed_in(town.office)
    before = regime.digest(), Regime.objects.values().get(pk=regime.pk)
    found = errors_of(client.post(page(regime), filled(client, page(regime), **changes)))
    assert set(found) == {field} and words in "".join(found[field])
    assert before == (regime.digest(), Regime.objects.values().get(pk=regime.pk))


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(town, signed_in, default):
    client = signed_in(town.office)
    opened_before = filled(client, page(default), objection_days="5")
    saved = filled(client, page(default), extension_decider="leader")
    assert client.post(page(default), saved).status_code == 302
    terms = Regime.objects.get(pk=default.pk).digest()
    answer = client.post(page(default), opened_before)
    assert "有人修改了这项制度" in answer.content.decode()
    assert Regime.objects.get(pk=default.pk).digest() == terms


def test_a_default_that_is_put_out_of_use_is_refused(town, signed_in, default):
    client = signed_in(town.office)
    found = errors_of(client.post(page(default), filled(client, page(default), active=None)))
    assert "停用的制度不能作为默认制度" in found["is_default"][0]


def test_another_default_takes_two_steps_and_holds_for_what_is_assigned_then(town, signed_in, default):
    client, other = signed_in(town.office), Regime.objects.get(code="710")
    for regime, changes in ((default, {"is_default": None}), (other, {"is_default": "on"})):
        assert client.post(page(regime), filled(client, page(regime), **changes)).status_code == 302
    assert Regime.objects.get(is_default=True) == other
    assert make_measure().regime_edition.regime == other


def test_a_new_regime_with_its_nodes(town, signed_in):
    client, address = signed_in(town.office), reverse("admin:tracker_regime_add")
    values = filled(
        client, address, name="五日办结", code="five", day_kind="workdays", cadence="weekly", cadence_day="5"
    )
    rows = {"nodes-TOTAL_FORMS": "1", "nodes-0-kind": "resolve", "nodes-0-importance": ""}
    values |= rows | {"nodes-0-amount": "5", "nodes-0-unit": "days"}
    assert client.post(address, values).status_code == 302
    terms = Regime.objects.get(code="five").terms()
    assert terms.nodes == (Node(NodeKind.RESOLVE, 5),)
    assert (terms.day_kind, terms.cadence, terms.cadence_day) == (DayKind.WORKDAYS, Cadence.WEEKLY, 5)
    measure = make_draft()
    actions.assign(
        measure_id=measure.pk,
        actor=town.office,
        now=NOW,
        lead=make_department(),
        regime=Regime.objects.get(code="five"),
    )
    measure.refresh_from_db()
    assert measure.due_on == date(2026, 3, 17), "five working days after Tuesday 10 March"


def test_an_edit_touches_only_what_is_assigned_afterwards_and_says_how_many(town, signed_in, default):
    """The town has three running measures under the default regime; its draft has none yet."""
    client = signed_in(town.office)
    before = list(Measure.objects.order_by("pk").values())
    answer = client.post(
        page(default), filled(client, page(default), **{"nodes-1-amount": "10"}), follow=True
    )
    shown = answer.content.decode()
    assert "3 项正在办理的事项仍按旧条款" in shown
    assert f'href="{page(default, "apply")}"' in shown and "也用于正在办理的 3 项" in shown
    assert list(Measure.objects.order_by("pk").values()) == before
    assert "也用于正在办理的 3 项" in client.get(page(default)).content.decode(), "the way there stays open"
    assert town.led.checkpoints.get(kind="first_report").due_on == TODAY + timedelta(days=3)
    later = make_measure()
    assert later.checkpoints.get(kind="first_report").due_on == TODAY + timedelta(days=10)
    assert set(under_older_terms(town.office, default)) == {town.led, town.assisted, town.foreign}


def test_an_edit_of_words_alone_leaves_nobody_behind(town, signed_in, default):
    client = signed_in(town.office)
    answer = client.post(page(default), filled(client, page(default), note="另有说明"), follow=True)
    assert "没有正在办理的事项仍按旧条款办理" in answer.content.decode()
    assert RegimeEdition.objects.count() == 1


def lengthen(regime, days=10):
    regime.nodes.filter(kind="first_report").update(amount=days)


def test_applying_it_lists_what_will_happen_does_it_and_names_refusals(town, signed_in, default, monkeypatch):
    lengthen(default)
    client, address = signed_in(town.office), page(default, "apply")
    shown = client.get(address)
    text = shown.content.decode()
    assert "首次反馈" in text and "3天" in text and "10天" in text
    assert all(measure.title in text for measure in (town.led, town.assisted, town.foreign))
    assert town.draft.title not in text
    assert Measure.objects.get(pk=town.led.pk).version == town.led.version, "looking changes nothing"
    measures = (town.led, town.assisted, town.foreign)
    versions = {f"version-{row.pk}": str(row.version) for row in measures}
    # Between the page and the confirmation somebody extends one of them.
    actions.extend(measure_id=town.foreign.pk, actor=None, now=NOW, due_on=date(2026, 5, 1), reason="工期")
    answer = client.post(address, {**versions, "terms": shown.context["terms"]}, follow=True)
    said = answer.content.decode()
    assert "2 项已改按" in said
    assert f"{town.foreign}：事项已被他人更新" in said
    for measure in (town.led, town.assisted):
        row = Measure.objects.get(pk=measure.pk)
        assert row.checkpoints.get(kind="first_report").due_on == TODAY + timedelta(days=10)
        assert row.due_on == measure.due_on and row.regime_edition.digest == default.digest()
        assert row.events.last().actor == town.office
        assert_trail(row)
    assert town.foreign.checkpoints.get(kind="first_report").due_on == TODAY + timedelta(days=3)
    assert set(under_older_terms(town.office, default)) == {town.foreign}


def test_terms_that_changed_meanwhile_are_shown_again(town, signed_in, default):
    lengthen(default)
    client, address = signed_in(town.office), page(default, "apply")
    terms = client.get(address).context["terms"]
    lengthen(default, 20)
    answer = client.post(address, {f"version-{town.led.pk}": str(town.led.version), "terms": terms})
    assert answer.status_code == 409 and "20天" in answer.content.decode()
    assert Measure.objects.get(pk=town.led.pk).version == town.led.version


def test_a_measure_that_was_not_on_the_page_is_left(town, signed_in, default):
    lengthen(default)
    client, address = signed_in(town.office), page(default, "apply")
    given = {"terms": default.digest(), f"version-{town.led.pk}": str(town.led.version)}
    client.post(address, given)
    assert set(under_older_terms(town.office, default)) == {town.assisted, town.foreign}


@pytest.mark.parametrize("role", OUTSIDERS)
def test_applying_is_for_the_office(town, signed_in, default, role):
    lengthen(default)
    client = signed_in(getattr(town, role))
    given = {"terms": default.digest(), f"version-{town.led.pk}": str(town.led.version)}
    for answer in (client.get(page(default, "apply")), client.post(page(default, "apply"), given)):
        assert answer.status_code == 403 and town.led.title not in answer.content.decode()
    assert Measure.objects.get(pk=town.led.pk).version == town.led.version


def test_only_what_was_never_used_can_be_deleted(town, signed_in, default):
    client = signed_in(town.admin)
    assert client.post(page(default, "delete"), {"post": "yes"}).status_code == 403
    unused = Regime.objects.get(code="710")
    assert client.post(page(unused, "delete"), {"post": "yes"}).status_code == 302
    assert list(Regime.objects.all()) == [default]


def test_the_page_costs_the_same_for_few_and_many(town, signed_in, default, django_assert_max_num_queries):
    lengthen(default)
    client = signed_in(town.office)
    client.get(page(default, "apply"))
    for _ in range(5):
        measure = make_measure()
        Measure.objects.filter(pk=measure.pk).update(regime_edition=town.led.regime_edition)
    with django_assert_max_num_queries(14):
        assert len(client.get(page(default, "apply")).context["editions"][0].measures) == 8


def test_differences_in_words():
    before = Terms(nodes=(Node(NodeKind.RESOLVE, 1, Unit.MONTHS, "major"), Node(NodeKind.ACKNOWLEDGE, 0)))
    after = Terms(
        nodes=(Node(NodeKind.RESOLVE, 20, Unit.DAYS, "major"),),
        day_kind=DayKind.WORKDAYS,
        cadence=Cadence.WEEKLY,
        extension_max=2,
        yellow_behind=15,
        scores=Scores(late=-3, by_original=True),
    )
    assert list(differences(before, before)) == []
    assert list(differences(before, after)) == [
        ("办结（重大事项）", "1个月", "20个工作日"),
        ("签收安排", "当天", "无"),
        ("天数", "自然日", "工作日"),
        ("报送周期", "无", "每周"),
        ("最多延期次数", "不限", "2"),
        ("黄灯：落后序时进度（百分点）", "系统设置", "15"),
        ("计分：逾期", "-1", "-3"),
        ("计分：按原定时限计分", "否", "是"),
    ]
