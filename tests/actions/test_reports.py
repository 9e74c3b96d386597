"""Reports: drafts, parts, review, milestones and current values."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from tests.actions.support import assert_trail, send
from tests.makers import NOW, TODAY, liaison_of, make_measure, make_user
from tracker import access, actions
from tracker.models import (
    Measure,
    ProgressReport,
    ReportFrozen,
    StageTemplate,
)
from tracker.rules.milestones import Milestone
from tracker.rules.targets import Comparison, Indicator, parse_indicators
from tracker.rules.violations import InvalidInput, NotAllowed, WrongState

pytestmark = pytest.mark.django_db


class TestReview:
    def test_an_accepted_report_is_frozen(self, scene):
        measure, liaison, _co = scene
        report = send(measure, liaison)
        actions.accept_report(report_id=report.pk, actor=make_user("office"), now=NOW, note="好")
        report.refresh_from_db()
        assert (report.state, report.review_note) == ("accepted", "好")
        report.progress = "改写"
        with pytest.raises(ReportFrozen):
            report.save()
        with pytest.raises(ReportFrozen):
            report.delete()
        with pytest.raises(WrongState, match="已经审阅过"):
            actions.return_report(report_id=report.pk, actor=None, now=NOW, reason="再想想")
        assert_trail(measure)

    def test_a_returned_report_has_its_own_day_and_the_next_one_settles_it(self, scene):
        measure, liaison, _co = scene
        report = send(measure, liaison)
        day = TODAY + timedelta(days=2)
        with pytest.raises(InvalidInput, match="已经过去"):
            actions.return_report(
                report_id=report.pk, actor=None, now=NOW, reason="x", report_by=TODAY - timedelta(days=1)
            )
        actions.return_report(report_id=report.pk, actor=None, now=NOW, reason="缺数据", report_by=day)
        assert Measure.objects.get(pk=measure.pk).report_by == day
        send(measure, liaison, percent=12)
        assert Measure.objects.get(pk=measure.pk).report_by is None
        assert_trail(measure)

    def test_returned_without_a_day_is_due_again_as_the_office_has_set(self, scene, settings):
        measure, liaison, _co = scene
        settings.REPORT_AGAIN_WORKING_DAYS = 4
        first = send(measure, liaison)
        actions.return_report(report_id=first.pk, actor=None, now=NOW, reason="缺数据")
        assert Measure.objects.get(pk=measure.pk).report_by == TODAY + timedelta(days=6)  # over a weekend
        settings.REPORT_AGAIN_WORKING_DAYS = 0
        second = send(measure, liaison, percent=12)
        actions.return_report(report_id=second.pk, actor=None, now=NOW, reason="缺数据")
        assert Measure.objects.get(pk=measure.pk).report_by is None
        assert_trail(measure)

    def test_departments_review_nothing(self, scene):
        measure, liaison, co = scene
        report = send(measure, liaison)
        for who in (liaison, co):
            with pytest.raises(NotAllowed):
                actions.accept_report(report_id=report.pk, actor=who, now=NOW)

    def test_a_returned_application_carries_its_day_and_closing_accepts_what_waits(self, scene):
        measure, liaison, _co = scene
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        day = TODAY + timedelta(days=3)
        actions.send_back(measure_id=measure.pk, actor=None, now=NOW, reason="缺验收", report_by=day)
        first = ProgressReport.objects.get(kind="closing")
        assert (first.state, first.resubmit_by) == ("returned", day)
        assert Measure.objects.get(pk=measure.pk).report_by == day
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="已验收")
        assert Measure.objects.get(pk=measure.pk).report_by is None
        actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="good")
        assert ProgressReport.objects.filter(kind="closing").last().state == "returned"
        assert ProgressReport.objects.filter(kind="closing").first().state == "accepted"
        assert_trail(measure)


class TestParts:
    def test_an_assisting_department_files_its_own_part_and_moves_no_percent(self, scene):
        measure, liaison, co = scene
        send(measure, liaison, percent=30)
        part = actions.part_report(measure_id=measure.pk, actor=co, now=NOW, progress="已提供用地")
        assert (part.kind, part.percent, part.department) == ("part", None, co.department)
        assert Measure.objects.get(pk=measure.pk).percent == 30
        for wrong in (liaison, make_user("liaison"), make_user("office")):
            with pytest.raises(NotAllowed):
                actions.part_report(measure_id=measure.pk, actor=wrong, now=NOW, progress="x")
        with pytest.raises(NotAllowed):
            send(measure, co)
        assert_trail(measure)


class TestDrafts:
    def test_a_draft_is_the_departments_own_and_becomes_the_report(self, scene):
        measure, liaison, co = scene
        version = Measure.objects.get(pk=measure.pk).version
        actions.save_draft(measure_id=measure.pk, actor=liaison, now=NOW, percent=20, progress="草拟")
        draft = actions.save_draft(measure_id=measure.pk, actor=liaison, now=NOW, progress="草拟二稿")
        assert ProgressReport.objects.filter(state="draft").count() == 1
        assert Measure.objects.get(pk=measure.pk).version == version
        assert list(access.reports_visible_to(liaison)) == [draft]
        for other in (co, make_user("office"), make_user("leader")):
            assert not access.reports_visible_to(other).exists()
        send(measure, liaison)
        assert not ProgressReport.objects.filter(state="draft").exists()

    def test_discarding_and_strangers(self, scene):
        measure, liaison, _co = scene
        with pytest.raises(NotAllowed):
            actions.save_draft(measure_id=measure.pk, actor=make_user("liaison"), now=NOW, progress="x")
        actions.save_draft(measure_id=measure.pk, actor=liaison, now=NOW, progress="x")
        with pytest.raises(NotAllowed):
            actions.discard_draft(measure_id=measure.pk, actor=make_user("liaison"))
        assert actions.discard_draft(measure_id=measure.pk, actor=liaison)


class TestMilestonesAndIndicators:
    def test_reached_and_measured_with_a_report(self, scene):
        measure, liaison, _co = scene
        actions.edit(
            measure_id=measure.pk,
            actor=None,
            now=NOW,
            milestones=[Milestone(TODAY, "选址"), Milestone(TODAY + timedelta(days=30), "开工")],
            indicators=[Indicator("时间", Comparison.AT_MOST, Decimal(1), "小时")],
        )
        site, works = measure.milestones.all()
        pace = measure.indicators.get()
        send(measure, liaison, milestones={site.pk: TODAY}, indicators={pace.pk: Decimal("1.5")})
        site.refresh_from_db()
        pace.refresh_from_db()
        assert (site.done_on, pace.current) == (TODAY, Decimal("1.5"))
        with pytest.raises(InvalidInput, match="还没有到"):
            send(measure, liaison, milestones={works.pk: TODAY + timedelta(days=1)})
        other = make_measure()
        with pytest.raises(InvalidInput, match="没有这个节点"):
            send(other, liaison_of(other.lead), milestones={works.pk: TODAY})
        assert_trail(measure)

    def test_open_milestones_block_closing_without_a_word(self, scene):
        measure, liaison, _co = scene
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, milestones=[Milestone(TODAY, "选址")])
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        with pytest.raises(InvalidInput, match="还有1个节点没有完成"):
            actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="good")
        actions.close(measure_id=measure.pk, actor=None, now=NOW, grade="pass", note="节点并入二期")

    def test_targets_short_of_their_number_block_closing_without_a_word(self, scene):
        measure, liaison, _co = scene
        actions.edit(
            measure_id=measure.pk,
            actor=None,
            now=NOW,
            recurrence="yearly",
            recurrence_target=10,
            recurrence_unit="个",
            indicators=parse_indicators("通达时间≤1小时；投资≥30亿元"),
        )
        close = partial(actions.close, measure_id=measure.pk, actor=None, now=NOW, grade="good")
        time, money = measure.indicators.all()
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        with pytest.raises(InvalidInput, match=r"2个指标没有达到目标.*通达时间.*2026年：0/10") as caught:
            close()
        assert caught.value.field == "note"
        actions.send_back(measure_id=measure.pk, actor=None, now=NOW, reason="未报")
        values = {time.pk: Decimal(1), money.pk: Decimal("29.99")}
        send(measure, liaison, count=9, indicators=values)
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        with pytest.raises(InvalidInput, match=r"还有1个指标.*投资.*还有1期.*9/10") as caught:
            close(note="\u200b")
        assert "通达" not in caught.value.message
        actions.send_back(measure_id=measure.pk, actor=None, now=NOW, reason="未报")
        send(measure, liaison, count=1, indicators={money.pk: Decimal(30)})
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=NOW, result="完成")
        close()
        assert_trail(measure)

    def test_stages_of_a_template_with_planned_days(self):
        measure = make_measure(starts_on=TODAY, due_on=TODAY + timedelta(days=100))
        template = StageTemplate.objects.get(name="三个一批")
        actions.set_stages(
            measure_id=measure.pk,
            actor=None,
            now=NOW,
            template=template,
            dates={"开工": TODAY + timedelta(days=60)},
        )
        rows = [(row.text, (row.due_on - TODAY).days) for row in measure.milestones.all()]
        assert rows == [("签约", 20), ("开工", 60), ("投产", 100)]
        standing = make_measure(due_on=None)
        with pytest.raises(InvalidInput, match="计划日期"):
            actions.set_stages(measure_id=standing.pk, actor=None, now=NOW, template=template)

    def test_stages_are_reached_one_after_the_other(self, scene):
        measure, liaison, _co = scene
        template = StageTemplate.objects.get(name="三个一批")
        aside = [Milestone(TODAY, "建成A段"), Milestone(TODAY + timedelta(days=1), "建成B段")]
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, milestones=aside)
        actions.set_stages(measure_id=measure.pk, actor=None, now=NOW, template=template)
        stage = {row.text: row.pk for row in measure.milestones.all()}
        before = TODAY - timedelta(days=1)
        for reached, words in (
            ({stage["开工"]: TODAY}, "“签约”还没有填完成日期，不能先填“开工”"),
            ({stage["签约"]: TODAY, stage["投产"]: TODAY}, "“开工”还没有填"),
            ({stage["签约"]: TODAY, stage["开工"]: before}, "“开工”的完成日期（.*）早于“签约”"),
        ):
            with pytest.raises(InvalidInput, match=words) as refusal:
                send(measure, liaison, milestones=reached)
            assert refusal.value.field == "milestones"
        assert not measure.milestones.filter(done_on__isnull=False).exists()
        # Milestones that are no stages stand side by side.
        send(measure, liaison, milestones={stage["建成B段"]: TODAY, stage["签约"]: before})
        send(measure, liaison, milestones={stage["投产"]: TODAY, stage["开工"]: TODAY})
        with pytest.raises(InvalidInput, match="不能先填"):
            send(measure, liaison, milestones={stage["签约"]: None})

    @pytest.mark.parametrize("fate", ["renamed", "deleted", "emptied", "joined", "reworded"])
    def test_the_order_of_stages_outlives_what_becomes_of_their_template(self, scene, fate):
        measure, liaison, _co = scene
        template = StageTemplate.objects.get(name="三个一批")
        by = {"measure_id": measure.pk, "actor": None, "now": NOW}
        actions.set_stages(**by, template=template)
        if fate == "renamed":
            StageTemplate.objects.update(name="三个一批（2027）")
        elif fate == "deleted":
            template.delete()
        elif fate == "emptied":
            template.stages.all().delete()
        elif fate == "joined":
            other = StageTemplate.objects.create(name="两步")
            # Its first stage is the other's second.
            other.stages.create(position=1, name="开工", share=50)
            other.stages.create(position=2, name="验收", share=100)
            actions.set_stages(**by, template=other)
            end = measure.milestones.get(text="验收")
            with pytest.raises(InvalidInput, match="“开工”还没有填完成日期，不能先填“验收”"):
                send(measure, liaison, milestones={end.pk: TODAY})
        else:
            words = [Milestone(row.due_on, row.text + "仪式") for row in measure.milestones.all()]
            actions.edit(**by, milestones=words)
        start = measure.milestones.get(text__startswith="开工")
        with pytest.raises(InvalidInput, match="还没有填完成日期，不能先填“开工"):
            send(measure, liaison, milestones={start.pk: TODAY})
        assert_trail(measure)

    def test_a_template_put_on_again_brings_its_new_order(self, scene):
        measure, liaison, _co = scene
        template = StageTemplate.objects.get(name="三个一批")
        by = {"measure_id": measure.pk, "actor": None, "now": NOW}
        days = dict.fromkeys(("签约", "开工", "投产"), TODAY + timedelta(days=9))
        actions.set_stages(**by, template=template, dates=days)
        template.stages.filter(name="签约").update(position=9)
        actions.set_stages(**by, template=template, dates=days)
        assert measure.events.last().changes == {
            "stages": [["签约", "开工", "投产"], ["开工", "投产", "签约"]]
        }
        start = measure.milestones.get(text="开工")
        send(measure, liaison, milestones={start.pk: TODAY})

    def test_a_stage_that_is_none_and_days_before_the_beginning_are_refused(self, scene):
        measure, liaison, _co = scene
        template = StageTemplate.objects.get(name="三个一批")
        for dates, words in (
            ({"竣工": TODAY}, "没有阶段“竣工”"),
            ({"开工": date(2020, 1, 1)}, "早于事项开始"),
        ):
            with pytest.raises(InvalidInput, match=words) as refusal:
                actions.set_stages(measure_id=measure.pk, actor=None, now=NOW, template=template, dates=dates)
            assert refusal.value.field == "dates"
        actions.set_stages(measure_id=measure.pk, actor=None, now=NOW, template=template)
        stage = measure.milestones.first()
        with pytest.raises(InvalidInput, match="早于事项开始"):
            send(measure, liaison, milestones={stage.pk: date(2000, 1, 1)})
        # The plan began before the measure did: what was reached then counts.
        send(measure, liaison, milestones={stage.pk: measure.plan.starts_on})
        stage.refresh_from_db()
        assert stage.done_on == measure.plan.starts_on
