"""The step forms: the whole life of a measure by the office's and the department's buttons, and every refusal."""

from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.addresses import page_of
from tests.makers import make_measure, make_user
from tracker import actions
from tracker.models import Attachment, Measure
from tracker.rules.milestones import Milestone
from tracker.rules.targets import parse_indicators

pytestmark = pytest.mark.django_db

ASSIGNMENT = {
    "importance": "major",
    "starts_on": "2026-03-01",
    "due_on": "2026-12-31",
    "cadence": "monthly",
    "recurrence": "none",
    "remark": "重点项目",
    "note": "按会议纪要",
}


def take(client, measure, verb, **fields):
    measure.refresh_from_db()
    return client.post(page_of(measure, verb), {"expected_version": measure.version, **fields})


def buttons(client, measure):
    return [button["name"] for button in client.get(page_of(measure)).context["buttons"]]


def test_who_grades_has_result_evidence_and_what_is_open_beside_the_grade(
    town, signed_in, monkeypatch, tmp_path
):
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)
    actions.edit(
        measure_id=town.led.pk,
        actor=None,
        now=timezone.now(),
        milestones=[Milestone(town.led.due_on, "完成选址")],
        indicators=parse_indicators("通达时间≤1小时"),
    )
    files = [("验收单.pdf", b"%PDF-1.7\n%fine\n")]
    given = {"measure_id": town.led.pk, "actor": town.liaison, "now": timezone.now()}
    actions.apply_to_close(**given, result="全线通车，已经验收", files=files)
    file = town.led.attachments.get()
    for verb in ("close", "return"):
        page = signed_in(town.office).get(page_of(town.led, verb)).content.decode()
        assert "全线通车，已经验收" in page and "完成选址" in page and "通达时间≤1小时：没有报过" in page, (
            verb
        )
        assert f'href="{reverse("admin:attachment", args=[file.pk])}"' in page and "验收单.pdf" in page, verb
    refused = take(signed_in(town.office), town.led, "close", grade="good")
    assert refused.status_code == 422 and "全线通车" in refused.content.decode()
    assert "全线通车" not in signed_in(town.office).get(page_of(town.led, "suspend")).content.decode()


def test_a_deadline_already_past_is_taken_with_a_warning(town, signed_in):
    office = signed_in(town.office)
    for due_on, warned in (("2026-03-05", True), ("2099-12-31", False)):
        take(office, town.draft, "assign", lead=town.own.pk, **{**ASSIGNMENT, "due_on": due_on})
        page = office.get(page_of(town.draft)).content.decode()
        assert (f"完成时限（{due_on}）已经过去" in page) is warned


RHYTHM = {"cadence_day": "5", "recurrence": "monthly", "recurrence_by": "每月5日前"}


def test_the_days_of_periods_are_given_shown_and_go_with_their_periods(town, signed_in):
    office = signed_in(town.office)
    given = {**ASSIGNMENT, **RHYTHM}
    assert take(office, town.draft, "assign", lead=town.own.pk, **given).status_code == 302
    page = office.get(page_of(town.draft)).content.decode()
    assert "每月5日</dd>" in page and "<dt>每期时限</dt><dd>每月5日前</dd>" in page
    form = office.get(page_of(town.draft, "edit")).content.decode()
    assert 'name="recurrence_by" value="每月5日前"' in form
    kept = {**given, "title": town.draft.title, "text": town.draft.text, "note": ""}
    # Left as they were, both go with the periods that were taken away.
    changed = {**kept, "cadence": "weekly", "recurrence": "none"}
    assert take(office, town.draft, "edit", **changed).status_code == 302
    town.draft.refresh_from_db()
    assert (town.draft.cadence_day, town.draft.recurrence, town.draft.recurrence_by) == (None, "none", "")
    page = office.get(page_of(town.draft)).content.decode()
    assert "<del>每月5日前</del>" in page and "报送日：<del>5</del>" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"recurrence": "none", "recurrence_by": "每月5日前"}, "请同时选择周期性任务的周期"),
        ({"recurrence": "monthly", "recurrence_by": "长" * 101}, "100"),
        ({"cadence": "none", "cadence_day": "5"}, "请先选择报送周期"),
        ({"cadence": "weekly", "cadence_day": "8"}, "星期几（1–7）"),
        ({"cadence": "monthly", "cadence_day": "32"}, "31"),
    ],
)
def test_a_day_that_does_not_fit_is_refused_at_its_field(town, signed_in, changed, words):
    answer = take(signed_in(town.office), town.draft, "assign", lead=town.own.pk, **{**ASSIGNMENT, **changed})
    assert answer.status_code == 422
    (name,) = {"cadence_day", "recurrence_by"} & changed.keys()
    assert words in "".join(answer.context["form"].errors[name])
    town.draft.refresh_from_db()
    assert town.draft.version == 1


def test_from_draft_to_closed_by_buttons_alone(town, signed_in):
    office, liaison, measure = signed_in(town.office), signed_in(town.liaison), town.draft
    assert buttons(office, measure) == ["修改", "交办", "撤销", "张榜", "安排阶段", "指定角色"]
    answer = take(office, measure, "assign", lead=town.own.pk, co_departments=[town.other.pk], **ASSIGNMENT)
    assert answer.status_code == 302 and answer.headers["Location"] == page_of(measure)
    assert buttons(liaison, measure) == ["签收", "提出异议"]
    take(liaison, measure, "acknowledge")
    assert buttons(liaison, measure) == ["报告进展", "申请办结", "申请延期"]
    take(liaison, measure, "report", percent="40", progress="完成设计", problems="资金", next_steps="招标")
    take(liaison, measure, "apply_to_close", result="全部完工")
    assert buttons(liaison, measure) == []
    always = ["安排阶段", "指定角色", "登记容错", "改按制度"]
    assert buttons(office, measure) == ["修改", "退回", "办结销号", "暂缓", "撤销", *always]
    take(office, measure, "return", reason="缺验收报告")
    take(liaison, measure, "apply_to_close", result="已补验收报告")
    take(office, measure, "close", grade="excellent", note="同意")
    assert buttons(office, measure) == ["重新启动", "登记容错"]
    take(office, measure, "reopen", reason="验收有误")
    take(office, measure, "suspend", reason="等政策")
    take(office, measure, "resume")
    take(office, measure, "cancel", reason="并入其他事项")
    measure.refresh_from_db()
    assert (measure.status, measure.lead, measure.importance, measure.remark) == (
        "cancelled",
        town.own,
        "major",
        "重点项目",
    )
    assert list(measure.co_departments.all()) == [town.other]
    assert list(measure.events.values_list("verb", flat=True)) == [
        "register",
        "assign",
        "acknowledge",
        "report",
        "apply_to_close",
        "return",
        "apply_to_close",
        "close",
        "reopen",
        "suspend",
        "resume",
        "cancel",
    ]
    assert measure.version == 12
    assert measure.events.get(version=2).note == "按会议纪要"
    page = office.get(page_of(measure)).content.decode()
    assert "缺验收报告" in page and "优秀" in page


def test_each_form_opens_with_what_is_stored(town, signed_in):
    form = signed_in(town.office).get(page_of(town.led, "edit")).context["form"]
    assert form["title"].value() == "打通断头路"
    assert form["expected_version"].value() == town.led.version


def test_editing_nothing_writes_nothing(town, signed_in):
    client, measure = signed_in(town.office), town.assisted
    form = client.get(page_of(measure, "edit")).context["form"]
    values = {name: form[name].value() for name in form.fields}
    posted = {name: value for name, value in values.items() if value not in (None, False)}
    posted["co_departments"] = [department.pk for department in measure.co_departments.all()]
    assert client.post(page_of(measure, "edit"), posted).status_code == 302
    assert Measure.objects.get(pk=measure.pk).version == measure.version


def test_the_second_of_two_people_is_told(town, signed_in):
    first, second, measure = signed_in(town.office), signed_in(make_user("office")), town.led
    seen = measure.version
    assert take(first, measure, "suspend", reason="等政策").status_code == 302
    answer = second.post(page_of(measure, "cancel"), {"expected_version": seen, "reason": "不再需要"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "事项已被他人更新" in page and "不再需要" in page, "what was typed stays"
    meanwhile = page[page.index('id="meanwhile"') : page.index('class="step-fields"')]
    assert "暂缓" in meanwhile and "等政策" in meanwhile and str(town.office) in meanwhile
    # sending the same form again does not slip through either
    again = answer.context["form"]["expected_version"].value()
    answer = second.post(page_of(measure, "cancel"), {"expected_version": again, "reason": "不再需要"})
    assert answer.status_code == 409
    measure.refresh_from_db()
    assert (measure.status, measure.version) == ("suspended", seen + 1)


def test_a_form_without_its_version_is_refused(town, signed_in):
    answer = signed_in(town.office).post(page_of(town.led, "suspend"), {"reason": "等政策"})
    assert answer.status_code == 422 and "表单已失效" in answer.content.decode()
    town.led.refresh_from_db()
    assert town.led.status == "in_progress"


@pytest.mark.parametrize(
    ("role", "verb", "fields", "field", "message"),
    [
        ("office", "suspend", {"reason": "  "}, "reason", "该字段是必填项。"),
        ("office", "edit", {"title": "新"}, "text", "该字段是必填项。"),
        ("liaison", "report", {"percent": "101", "progress": "好"}, "percent", "确保该值小于或等于100。"),
        ("liaison", "report", {"percent": "30", "progress": ""}, "progress", "该字段是必填项。"),
        ("liaison", "report", {"percent": "三成", "progress": "好"}, "percent", "输入整数。"),
        ("liaison", "apply_to_close", {"result": ""}, "result", "该字段是必填项。"),
    ],
)
def test_a_wrong_form_says_so_at_its_field(town, signed_in, role, verb, fields, field, message):
    answer = take(signed_in(getattr(town, role)), town.led, verb, **fields)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [message]
    assert Measure.objects.get(pk=town.led.pk).version == town.led.version


def test_what_the_rules_refuse_stands_at_its_field(town, signed_in):
    liaison, office = signed_in(town.liaison), signed_in(town.office)
    take(liaison, town.led, "report", percent="50", progress="过半")
    answer = take(liaison, town.led, "report", percent="40", progress="返工")
    assert answer.context["form"].errors == {"lowering_reason": ["进度由 50% 下调为 40%，必须说明原因。"]}
    edit = {"title": "路", "text": "路", **ASSIGNMENT, "lead": town.own.pk}
    answer = take(office, town.led, "edit", **{**edit, "co_departments": [town.own.pk]})
    assert "co_departments" in answer.context["form"].errors
    answer = take(office, town.led, "edit", **{**edit, "due_on": ""})
    assert answer.context["form"].errors["due_on"] == ["必须给出完成时限，或标明“长期坚持”。"]
    answer = take(office, town.led, "edit", **{**edit, "note": " "})
    assert answer.context["form"].errors == {"note": ["必须填写调整完成时限的原因（说明）。"]}


def test_another_lead_of_a_running_measure_is_no_edit(town, signed_in):
    office, measure = signed_in(town.office), town.led
    assert "lead" not in office.get(page_of(measure, "edit")).context["form"].fields
    # A forged field changes nothing of the lead; the step for it is 转办.
    edit = {"title": measure.title, "text": measure.text, **ASSIGNMENT, "lead": town.other.pk}
    assert take(office, measure, "edit", **edit).status_code == 302
    measure.refresh_from_db()
    assert (measure.lead, measure.remark) == (town.own, "重点项目")
    draft = office.get(page_of(town.draft, "edit")).context["form"]
    assert "lead" in draft.fields
    assert take(office, town.draft, "edit", **{**edit, "due_on": ""}).status_code == 302
    town.draft.refresh_from_db()
    assert town.draft.lead == town.other


@pytest.mark.parametrize(
    ("role", "verb"),
    [
        ("liaison", "edit"),
        ("liaison", "close"),
        ("liaison", "suspend"),
        ("liaison", "assign"),
        ("office", "report"),
        ("office", "acknowledge"),
        ("head", "report"),
        ("leader", "cancel"),
        ("admin", "apply_to_close"),
    ],
)
def test_a_step_of_another_party_is_forbidden(town, signed_in, role, verb):
    client = signed_in(getattr(town, role))
    assert client.get(page_of(town.led, verb)).status_code == 403
    everything = {**ASSIGNMENT, "title": "x", "text": "x", "lead": town.own.pk, "percent": 1, "progress": "x"}
    answer = take(client, town.led, verb, **everything, reason="x", result="x", grade="good")
    assert answer.status_code == 403
    assert Measure.objects.get(pk=town.led.pk).version == town.led.version


def test_assisting_is_not_leading(town, signed_in):
    client = signed_in(town.liaison)
    assert buttons(client, town.assisted) == ["报告配合情况"]
    assert take(client, town.assisted, "report", percent="5", progress="x").status_code == 403


def test_a_step_that_leads_nowhere_now_is_explained(town, signed_in):
    answer = signed_in(town.office).get(page_of(town.led, "resume"), follow=True)
    assert "事项当前为“办理中”，不能恢复办理。" in answer.content.decode()
    assert signed_in(town.office).get(page_of(town.led, "reword")).status_code == 404
    assert signed_in(town.office).get(page_of(town.led, "no-such-step")).status_code == 404


def test_without_its_secret_a_form_is_refused(town):
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.office, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(page_of(town.led, "suspend"), {"expected_version": town.led.version, "reason": "x"})
    assert answer.status_code == 403 and "页面已过期" in answer.content.decode()
    assert Measure.objects.get(pk=town.led.pk).status == "in_progress"


def test_a_department_out_of_use_is_not_offered(town, signed_in):
    town.stranger.active = False
    town.stranger.save()
    office = signed_in(town.office)

    def offered(measure, verb, field):
        return office.get(page_of(measure, verb)).context["form"].fields[field].queryset

    assert town.stranger not in offered(town.led, "edit", "co_departments")
    assert town.stranger not in offered(town.led, "transfer", "lead")
    assert town.other in offered(town.led, "transfer", "lead")
    town.foreign.co_departments.add(town.stranger)
    assert town.stranger in offered(town.foreign, "edit", "co_departments")


def test_who_decides_an_extension_has_the_request_and_the_deadlines_beside_the_form(town, signed_in):
    """Reason, progress, asked date, late mark, who and when; the deadline as it is and as it was first given."""
    now, due = timezone.now(), timezone.localdate() + timedelta(days=20)
    first = town.led.due_on
    actions.extend(measure_id=town.led.pk, actor=None, now=now, due_on=due, reason="顺延")
    Measure.objects.filter(pk=town.led.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    asked = timezone.localdate() + timedelta(days=60)
    actions.request_extension(
        measure_id=town.led.pk,
        actor=town.liaison,
        now=now,
        reason="征地未完成",
        proposed_due_on=asked,
        progress="桥梁主体已封顶",
    )
    for verb, person in (
        ("approve_extension", town.office),
        ("refuse_extension", town.office),
        ("withdraw_extension", town.liaison),
    ):
        page = signed_in(person).get(page_of(town.led, verb)).content.decode()
        box = page[page.index('id="decided"') : page.index("<form method")]
        town.led.refresh_from_db()
        for shown in (
            "征地未完成",
            "桥梁主体已封顶",
            asked.isoformat(),
            "逾期申请",
            str(town.liaison),
            "甲局",
            f"{town.led.due_on:%Y年}{town.led.due_on.month}月{town.led.due_on.day}日",
            f"{first:%Y年}{first.month}月{first.day}日",
        ):
            assert shown in box, (verb, shown)


def test_who_answers_an_objection_has_its_words_beside_the_form(town, signed_in):
    measure = make_measure(lead=town.own, acknowledged=False, now=timezone.now())
    actions.object_to_assignment(
        measure_id=measure.pk, actor=town.liaison, now=timezone.now(), reason="职责在乙局"
    )
    for verb in ("uphold_objection", "reject_objection"):
        page = signed_in(town.office).get(page_of(measure, verb)).content.decode()
        box = page[page.index('id="decided"') : page.index("<form method")]
        assert "职责在乙局" in box and "甲局" in box and str(town.liaison) in box, verb
