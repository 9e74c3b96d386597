"""The rest of the loop by the admin's forms: objections, transfers, extensions, parts, review, claims, stages, roles, files."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.admin.addresses import page_of
from tests.makers import TODAY, liaison_of, make_department, make_measure, make_user
from tracker import actions
from tracker.models import (
    Attachment,
    Claim,
    ExtensionRequest,
    Measure,
    MeasureRole,
    ProgressReport,
    Regime,
    StageTemplate,
)
from tracker.rules.lifecycle import Status

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%fine\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Attachments of these tests go into a folder of their own."""
    from django.core.files.storage import FileSystemStorage

    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)


def take(client, measure, verb, row=None, **fields):
    measure.refresh_from_db()
    fields.pop("expected_version", None)
    address = page_of(measure, verb)
    if row is not None:
        address = reverse("admin:tracker_measure_row_step", args=[measure.pk, verb, row.pk])
    return client.post(address, {"expected_version": measure.version, **fields})


def taken(*args, **fields):
    answer = take(*args, **fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


def test_more_time_is_asked_for_and_granted_on_another_day(town, signed_in):
    office, liaison = signed_in(town.office), signed_in(town.liaison)
    taken(
        liaison, town.led, "request_extension", proposed_due_on="2027-06-30", reason="征地", progress="一半"
    )
    page = office.get(page_of(town.led)).content.decode()
    assert "征地" in page and "同意延期" in page and "申请延期" not in buttons(office, town.led)
    assert office.get(page_of(town.led, "approve_extension")).context["form"]["due_on"].value() == date(
        2027, 6, 30
    )
    taken(office, town.led, "approve_extension", due_on="2027-03-31", answer="同意到一季度")
    town.led.refresh_from_db()
    assert town.led.due_on == date(2027, 3, 31)
    assert ExtensionRequest.objects.get().state == "approved"
    assert "同意到一季度" in liaison.get(page_of(town.led)).content.decode()


def buttons(client, measure):
    return [button["name"] for button in client.get(page_of(measure)).context["buttons"]]


def test_an_objection_stops_the_acknowledgement_until_it_is_answered(town, signed_in):
    measure = make_measure(lead=town.own, acknowledged=False)
    Measure.objects.filter(pk=measure.pk).update(object_until=now().date() + timedelta(days=1))
    office, liaison = signed_in(town.office), signed_in(town.liaison)
    taken(liaison, measure, "object", reason="不属于本单位职责")
    assert buttons(liaison, measure) == []
    answer = take(liaison, measure, "acknowledge")
    assert answer.status_code == 409 and "异议正在等待" in answer.content.decode()
    assert {"采纳异议", "不采纳异议"} <= set(buttons(office, measure))
    taken(office, measure, "reject_objection", answer="三定规定明确")
    taken(liaison, measure, "acknowledge")


def now():
    from django.utils import timezone

    return timezone.now()


def test_transfer_by_form(town, signed_in):
    office = signed_in(town.office)
    assert take(office, town.led, "transfer", lead=town.led.lead_id, reason="x").status_code == 422
    taken(office, town.led, "transfer", lead=town.stranger.pk, reason="职责调整", due_on="")
    town.led.refresh_from_db()
    assert (town.led.lead, town.led.status) == (town.stranger, Status.ASSIGNED)
    assert signed_in(town.liaison).get(page_of(town.led)).status_code == 302


def test_a_report_with_milestone_indicator_and_file_then_reviewed(town, signed_in):
    from decimal import Decimal

    from tests.makers import NOW
    from tracker.rules.milestones import Milestone
    from tracker.rules.targets import Comparison, Indicator

    actions.edit(
        measure_id=town.led.pk,
        actor=None,
        now=NOW,
        milestones=[Milestone(TODAY, "完成选址")],
        indicators=[Indicator("时间", Comparison.AT_MOST, Decimal(1), "小时")],
    )
    office, liaison = signed_in(town.office), signed_in(town.liaison)
    site, pace = town.led.milestones.get(), town.led.indicators.get()
    fields = {
        "percent": 30,
        "progress": "完成选址",
        f"milestone_{site.pk}": "2026-03-10",
        f"indicator_{pace.pk}": "1.5",
        "evidence": SimpleUploadedFile("选址意见书.pdf", PDF),
    }
    taken(liaison, town.led, "report", **fields)
    report = ProgressReport.objects.get()
    site.refresh_from_db()
    pace.refresh_from_db()
    assert (site.done_on, pace.current) == (TODAY, Decimal("1.50"))
    file = report.attachments.get()
    address = reverse("admin:attachment", args=[file.pk])
    assert address in office.get(page_of(town.led)).content.decode()
    given = office.get(address)
    assert b"".join(given.streaming_content) == PDF
    assert given["X-Content-Type-Options"] == "nosniff" and "sandbox" in given["Content-Security-Policy"]
    assert given["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    for stranger in (liaison_of(town.stranger), make_user("leader"), town.nobody):
        answer = signed_in(stranger).get(address)
        assert answer.status_code in (302, 403, 404)
    assert take(liaison, town.led, "accept_report", row=report).status_code == 403
    taken(office, town.led, "return_report", row=report, reason="缺盖章件", report_by="2099-01-01")
    report.refresh_from_db()
    assert (report.state, report.review_note) == ("returned", "缺盖章件")
    assert take(office, town.led, "accept_report", row=report).status_code == 409


def test_a_wrong_file_is_told_and_nothing_is_written(town, signed_in):
    answer = take(
        signed_in(town.liaison),
        town.led,
        "report",
        percent=10,
        progress="推进",
        evidence=SimpleUploadedFile("表.pdf", b"MZ\x90\0" + b"\0" * 99),
    )
    assert answer.status_code == 422 and "不接受这种文件" in answer.content.decode()
    assert not ProgressReport.objects.exists() and not Attachment.objects.exists()


def test_a_draft_is_kept_with_its_file_and_taken_up(town, signed_in):
    liaison = signed_in(town.liaison)
    taken(
        liaison,
        town.led,
        "report",
        keep="yes",
        percent="25",
        progress="",
        problems="缺资金",
        evidence=SimpleUploadedFile("底稿.pdf", PDF),
    )
    assert ProgressReport.objects.get().state == "draft"
    form = liaison.get(page_of(town.led, "report")).context["form"]
    assert (form["percent"].value(), form["problems"].value()) == (25, "缺资金")
    assert "缺资金" not in signed_in(town.office).get(page_of(town.led)).content.decode()
    file = Attachment.objects.get()
    taken(liaison, town.led, "report", percent="25", progress="推进", attachments=[file.pk])
    report = ProgressReport.objects.get()
    assert (report.state, report.attachments.get()) == ("submitted", file)


def test_an_assisting_department_files_its_part(town, signed_in):
    taken(signed_in(town.liaison), town.assisted, "part_report", progress="已移交用地")
    assert ProgressReport.objects.get().kind == "part"
    assert "已移交用地" in signed_in(liaison_of(town.other)).get(page_of(town.assisted)).content.decode()


def test_claiming_from_the_posting_to_the_assignment(town, signed_in):
    office, liaison = signed_in(town.office), signed_in(town.liaison)
    rival = signed_in(liaison_of(town.stranger))
    taken(office, town.draft, "publish", claim_until="2099-01-01")
    assert buttons(liaison, town.draft) == ["揭榜"]
    taken(liaison, town.draft, "claim", reason="有队伍")
    # Offered once: its own claim waits below, where it can be taken back; the others are still asked.
    assert buttons(liaison, town.draft) == [] and buttons(rival, town.draft) == ["揭榜"]
    assert take(liaison, town.draft, "claim", reason="再来").status_code == 409
    mine = Claim.objects.get()
    page = liaison.get(page_of(town.draft)).content.decode()
    assert "有队伍" in page and mine.get_state_display() in page and "撤回揭榜" in page
    taken(liaison, town.draft, "withdraw_claim", row=mine)
    assert buttons(liaison, town.draft) == ["揭榜"]
    taken(liaison, town.draft, "claim", reason="有队伍")
    taken(rival, town.draft, "claim", reason="有场地")
    mine, theirs = Claim.objects.exclude(pk=mine.pk)
    assert "有场地" not in liaison.get(page_of(town.draft)).content.decode()
    assert take(liaison, town.draft, "withdraw_claim", row=theirs).status_code == 404
    assert take(liaison, town.draft, "accept_claim", row=mine).status_code == 403
    page = office.get(page_of(town.draft)).content.decode()
    assert "有队伍" in page and "有场地" in page
    taken(office, town.draft, "decline_claim", row=theirs, answer="条件不足")
    answer = take(office, town.draft, "accept_claim", row=mine)
    assert answer.status_code == 422 and "完成时限" in answer.content.decode()
    taken(office, town.draft, "accept_claim", row=mine, due_on="2099-12-31")
    town.draft.refresh_from_db()
    assert (town.draft.lead, town.draft.status) == (town.own, Status.ASSIGNED)


def test_stages_roles_exemption_and_another_regime(town, signed_in):
    office = signed_in(town.office)
    template = StageTemplate.objects.get()
    first = template.stages.first()
    taken(office, town.led, "set_stages", template=template.pk, **{f"stage_{first.pk}": "2026-03-05"})
    assert town.led.milestones.get(text="签约").due_on == date(2026, 3, 5)
    assert town.led.milestones.count() == 3
    fields = {"name_0": "链长", "user_0": town.leader.pk, "name_1": "院长", "person_1": "李四"}
    taken(office, town.led, "set_roles", **fields)
    assert [str(role) for role in MeasureRole.objects.all()] == [f"链长：{town.leader}", "院长：李四"]
    assert take(office, town.led, "set_roles", name_0="链长").status_code == 422
    taken(office, town.led, "exempt", reason="先行先试", approver="容错小组")
    taken(office, town.led, "apply_regime", regime=Regime.objects.get(code="710").pk)
    page = office.get(page_of(town.led)).content.decode()
    for words in ("“710”工作制度", "李四", "容错小组", "签约"):
        assert words in page


def test_assigning_by_the_chosen_regimes_limit(town, signed_in):
    office = signed_in(town.office)
    fields = {
        "lead": town.own.pk,
        "importance": "ordinary",
        "cadence": "none",
        "recurrence": "none",
        "regime": Regime.objects.get(code="13710").pk,
    }
    taken(office, town.draft, "assign", **fields)
    town.draft.refresh_from_db()
    assert (town.draft.due_on - town.draft.assigned_at.date()).days in (7, 8)
    page = office.get(page_of(town.draft)).content.decode()
    assert "签收安排" in page and "首次反馈" in page


def test_steps_with_rows_have_no_address_without_them(town, signed_in):
    office = signed_in(town.office)
    assert office.get(page_of(town.led, "accept_report")).status_code == 404
    other = make_measure(lead=make_department())
    report = actions.report(
        measure_id=other.pk, actor=liaison_of(other.lead), now=now(), percent=1, progress="x"
    )
    address = reverse("admin:tracker_measure_row_step", args=[town.led.pk, "accept_report", report.pk])
    assert office.get(address).status_code == 404
    address = reverse("admin:tracker_measure_row_step", args=[town.led.pk, "edit", report.pk])
    assert office.get(address).status_code == 404


def test_milestones_and_indicators_are_kept_in_the_edit_form(town, signed_in):
    office = signed_in(town.office)
    form = office.get(page_of(town.led, "edit")).context["form"]
    fields = {name: field.value() for name, field in zip(form.fields, form, strict=True)}
    fields = {name: value for name, value in fields.items() if value not in (None, [], "", False)}
    fields["milestones"] = "2026-03-15 完成选址\n2026年3月30日 开工"
    fields["indicators"] = "时间≤1小时（基数3）；签约≥10个"
    wrong = take(office, town.led, "edit", **{**fields, "milestones": "六月底选址", "indicators": "很多"})
    assert wrong.status_code == 422
    assert {"milestones", "indicators"} == set(wrong.context["form"].errors)
    taken(office, town.led, "edit", **fields)
    assert [str(row) for row in town.led.milestones.all()] == ["2026-03-15 完成选址", "2026-03-30 开工"]
    assert [str(row) for row in town.led.indicators.all()] == ["时间≤1小时（基数3）", "签约≥10个"]
    town.led.refresh_from_db()
    version = town.led.version
    again = office.get(page_of(town.led, "edit")).context["form"]
    assert again["milestones"].value() == "2026-03-15 完成选址\n2026-03-30 开工"
    taken(office, town.led, "edit", **{**fields, "indicators": again["indicators"].value()})
    town.led.refresh_from_db()
    assert town.led.version == version
