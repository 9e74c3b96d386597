"""What a liaison types is never lost: unrelated changes do not stop a report, related ones are told and the form comes again."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.admin.addresses import page_of
from tests.makers import NOW, TODAY, make_measure, make_user
from tracker import actions
from tracker.models import Attachment, Measure, ProgressReport
from tracker.rules.milestones import Milestone
from tracker.rules.targets import parse_indicators

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%fine\n"
LONG = "第一季度完成征地拆迁。" * 40


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    from django.core.files.storage import FileSystemStorage

    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)


def opened(client, measure, verb):
    """What a browser would send of the form as it opens: every field with its value, hidden ones too."""
    form = client.get(page_of(measure, verb)).context["form"]
    return as_sent(form)


def as_sent(form):
    sent = {}
    for bound in form:
        value = bound.value()
        if bound.name == "evidence" or value in (None, ""):
            value = ""
        if bound.name == "attachments":
            value = [getattr(row, "pk", row) for row in value]
        sent[bound.html_name] = value
        if bound.field.show_hidden_initial:
            sent[bound.html_initial_name] = form.data.get(bound.html_initial_name, value)
    del sent["evidence"]
    return sent


def now_of(measure):
    return Measure.objects.get(pk=measure.pk)


UNRELATED = {
    "deadline": lambda m, town: actions.extend(
        measure_id=m.pk, actor=town.office, now=NOW, due_on=m.due_on + timedelta(days=9), reason="统一调整"
    ),
    "remark": lambda m, town: actions.edit(measure_id=m.pk, actor=town.office, now=NOW, remark="新备注"),
    "urged": lambda m, town: actions.urge(measure_id=m.pk, actor=town.office, now=NOW),
    "roles": lambda m, town: actions.set_roles(
        measure_id=m.pk, actor=town.office, now=NOW, roles=[actions.Role(name="链长", person="李")]
    ),
    "co": lambda m, town: actions.edit(measure_id=m.pk, actor=town.office, now=NOW, co=[town.stranger]),
}


@pytest.mark.parametrize("change", UNRELATED.values(), ids=UNRELATED)
def test_a_report_does_not_clash_with_what_is_none_of_its_business(town, signed_in, change):
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "40", "progress": LONG}
    change(town.led, town)
    assert now_of(town.led).version > town.led.version
    assert liaison.post(page_of(town.led, "report"), sent).status_code == 302
    report = ProgressReport.objects.get()
    assert (report.percent, report.progress, now_of(town.led).percent) == (40, LONG, 40)


def test_a_part_report_goes_through_while_the_lead_reports(town, signed_in):
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.assisted, "part_report"), "progress": LONG}
    lead = make_user("liaison", department=town.other)
    actions.report(measure_id=town.assisted.pk, actor=lead, now=NOW, percent=20, progress="推进")
    assert liaison.post(page_of(town.assisted, "part_report"), sent).status_code == 302
    assert ProgressReport.objects.get(kind="part").progress == LONG
    # A colleague's part of the same department is one's business.
    sent["expected_version"] = now_of(town.assisted).version - 1
    answer = liaison.post(page_of(town.assisted, "part_report"), sent)
    assert answer.status_code == 409
    again = as_sent(answer.context["form"])
    assert again["progress"] == LONG and "报告配合情况" in answer.content.decode()
    assert liaison.post(page_of(town.assisted, "part_report"), again).status_code == 302
    assert ProgressReport.objects.filter(kind="part").count() == 2


def test_what_concerns_it_is_told_and_the_second_sending_goes_through(town, signed_in):
    liaison, colleague = signed_in(town.liaison), make_user("liaison", department=town.own, name="同事")
    sent = {**opened(liaison, town.led, "report"), "percent": "50", "progress": LONG}
    actions.report(measure_id=town.led.pk, actor=colleague, now=NOW, percent=30, progress="同事先报了")
    actions.edit(measure_id=town.led.pk, actor=town.office, now=NOW, remark="顺带")
    evidence = SimpleUploadedFile("验收.pdf", PDF)
    answer = liaison.post(page_of(town.led, "report"), {**sent, "evidence": evidence})
    page = answer.content.decode()
    assert answer.status_code == 409 and "有了与报告有关的变化" in page
    assert "同事先报了" in page and "重新填写" not in page
    assert [entry.verb for entry in answer.context["meanwhile"]] == ["edit", "report"]
    assert ProgressReport.objects.count() == 1
    # All that was typed is there, and the file is an uploaded one, ticked.
    form = answer.context["form"]
    assert (form["progress"].value(), form["percent"].value()) == (LONG, "50")
    file = Attachment.objects.get()
    assert (file.name, file.report) == ("验收.pdf", None) and "验收.pdf" in page
    again = as_sent(form)
    assert again["attachments"] == [str(file.pk)]
    assert liaison.post(page_of(town.led, "report"), again).status_code == 302
    report = ProgressReport.objects.order_by("-id").first()
    assert (report.percent, report.progress, list(report.attachments.all())) == (50, LONG, [file])


def test_what_was_left_as_shown_follows_a_colleague(town, signed_in):
    measure, office = town.led, town.office
    actions.edit(
        measure_id=measure.pk,
        actor=office,
        now=NOW,
        milestones=[Milestone(TODAY, "选址"), Milestone(measure.due_on, "完工")],
        indicators=parse_indicators("通车里程≥5公里；投资≥3亿元"),
    )
    first, second = measure.milestones.all()
    road, _money = measure.indicators.all()
    liaison, colleague = signed_in(town.liaison), make_user("liaison", department=town.own)
    sent = {
        **opened(liaison, measure, "report"),
        "progress": LONG,
        f"milestone_{second.pk}": TODAY.isoformat(),
    }
    actions.report(
        measure_id=measure.pk,
        actor=colleague,
        now=NOW,
        percent=30,
        progress="同事",
        milestones={first.pk: TODAY},
        indicators={road.pk: Decimal(2)},
    )
    answer = liaison.post(page_of(measure, "report"), sent)
    assert answer.status_code == 409
    again = as_sent(answer.context["form"])
    assert (again["percent"], again[f"milestone_{first.pk}"]) == ("30", TODAY.isoformat())
    assert liaison.post(page_of(measure, "report"), again).status_code == 302
    assert now_of(measure).percent == 30, "nothing that the colleague reported is undone"
    assert [row.done_on for row in measure.milestones.all()] == [TODAY, TODAY]
    road.refresh_from_db()
    assert road.current == 2
    # What the person does clear is cleared.
    clear = {**opened(liaison, measure, "report"), "progress": "更正", f"milestone_{first.pk}": ""}
    assert clear[f"initial-milestone_{first.pk}"] == TODAY
    assert liaison.post(page_of(measure, "report"), clear).status_code == 302
    assert measure.milestones.get(pk=first.pk).done_on is None


def test_files_of_a_form_with_a_slip_need_not_be_chosen_again(town, signed_in):
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "四十", "progress": LONG}
    answer = liaison.post(
        page_of(town.led, "report"), {**sent, "evidence": SimpleUploadedFile("验收.pdf", PDF)}
    )
    assert answer.status_code == 422 and Attachment.objects.get().report is None
    again = {**as_sent(answer.context["form"]), "percent": "40"}
    assert liaison.post(page_of(town.led, "report"), again).status_code == 302
    assert Attachment.objects.get().report == ProgressReport.objects.get()


def test_a_refused_file_is_not_kept_and_the_words_are(town, signed_in):
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "40", "progress": LONG}
    bad = SimpleUploadedFile("验收.pdf", b"MZ\x90\x00 not a pdf")
    for pressed in ({}, {"keep": "yes"}):
        answer = liaison.post(page_of(town.led, "report"), {**sent, **pressed, "evidence": bad})
        assert answer.status_code == 422 and list(answer.context["form"].errors) == ["evidence"]
        assert answer.context["form"]["progress"].value() == LONG
        bad.seek(0)
    assert not Attachment.objects.exists() and not ProgressReport.objects.exists()


def test_a_draft_that_cannot_be_kept_is_not_sent_instead(town, signed_in, settings):
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "40", "progress": LONG, "keep": "yes"}
    settings.ATTACHMENTS_PER_MEASURE = 0
    files = SimpleUploadedFile("验收.pdf", PDF)
    answer = liaison.post(page_of(town.led, "report"), {**sent, "evidence": files})
    assert answer.status_code == 422 and "最多 0 个附件" in answer.content.decode()
    assert not ProgressReport.objects.exists() and now_of(town.led).percent == 0


def test_an_application_to_close_is_told_as_well(town, signed_in):
    liaison, colleague = signed_in(town.liaison), make_user("liaison", department=town.own)
    sent = {**opened(liaison, town.led, "apply_to_close"), "result": LONG}
    actions.report(measure_id=town.led.pk, actor=colleague, now=NOW, percent=30, progress="还差一段路")
    answer = liaison.post(page_of(town.led, "apply_to_close"), sent)
    assert answer.status_code == 409 and "还差一段路" in answer.content.decode()
    assert now_of(town.led).status == "in_progress"
    assert (
        liaison.post(page_of(town.led, "apply_to_close"), as_sent(answer.context["form"])).status_code == 302
    )


def test_a_request_for_more_time_comes_again_filled(town, signed_in):
    liaison = signed_in(town.liaison)
    sent = {
        "expected_version": town.led.version,
        "proposed_due_on": "2027-06-30",
        "progress": "过半",
        "reason": LONG,
    }
    actions.extend(
        measure_id=town.led.pk,
        actor=town.office,
        now=NOW,
        due_on=town.led.due_on + timedelta(days=9),
        reason="统一调整",
    )
    answer = liaison.post(page_of(town.led, "request_extension"), sent)
    assert answer.status_code == 409 and "统一调整" in answer.content.decode()
    form = answer.context["form"]
    assert form["reason"].value() == LONG
    again = {**sent, "expected_version": form["expected_version"].value()}
    assert liaison.post(page_of(town.led, "request_extension"), again).status_code == 302


def test_what_changed_is_shown_only_as_far_as_it_is_seen(town, signed_in):
    """Another department's claim or the office's drafting never stands in the list; the timeline's own rule decides."""
    liaison = signed_in(town.liaison)
    measure = make_measure(lead=town.own, draft={"section": town.led.section})
    answer = liaison.post(
        page_of(measure, "report"), {"expected_version": 0, "percent": "10", "progress": LONG}
    )
    assert answer.status_code == 409
    assert [entry.verb for entry in answer.context["meanwhile"]] == ["acknowledge", "assign"]


def test_a_day_kept_in_a_draft_is_reported_with_it(town, signed_in):
    measure, liaison = town.led, signed_in(town.liaison)
    actions.edit(
        measure_id=measure.pk, actor=town.office, now=NOW, milestones=[Milestone(measure.due_on, "完工")]
    )
    milestone = measure.milestones.get()
    sent = {**opened(liaison, measure, "report"), "progress": LONG, f"milestone_{milestone.pk}": "2026-03-10"}
    assert liaison.post(page_of(measure, "report"), {**sent, "keep": "yes"}).status_code == 302
    assert not ProgressReport.objects.exclude(state="draft").exists()
    again = opened(liaison, measure, "report")
    assert again[f"milestone_{milestone.pk}"] == "2026-03-10"
    assert liaison.post(page_of(measure, "report"), again).status_code == 302
    milestone.refresh_from_db()
    assert milestone.done_on == TODAY


def test_a_file_that_is_too_large_is_not_read(town, signed_in, settings, monkeypatch):
    settings.ATTACHMENT_MAX_BYTES = 1024
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "40", "progress": LONG}

    def read(self, *args):
        raise AssertionError("read before its size was looked at")

    large = BytesIO(PDF + b"x" * 2000)
    large.name = "大.pdf"
    monkeypatch.setattr("django.core.files.uploadedfile.InMemoryUploadedFile.read", read, raising=False)
    answer = liaison.post(page_of(town.led, "report"), {**sent, "evidence": large})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["evidence"]
    assert answer.context["form"].errors["evidence"][0] == "“大.pdf”超过 0.0009766 MB 的上限。"
    assert answer.context["form"]["progress"].value() == LONG


def test_a_colleagues_draft_is_not_written_over_unseen(town, signed_in):
    colleague = make_user("liaison", department=town.own, name="同事甲")
    liaison, other = signed_in(town.liaison), signed_in(colleague)
    address = page_of(town.led, "report")
    early = {**opened(liaison, town.led, "report"), "percent": "40", "progress": LONG}
    theirs = {**opened(other, town.led, "report"), "progress": "同事的半页"}
    assert other.post(address, {**theirs, "keep": "yes"}).status_code == 302
    for pressed in ({"keep": "yes"}, {}):
        answer = liaison.post(address, {**early, **pressed})
        assert answer.status_code in (409, 422) and "同事甲于" in answer.content.decode()
        assert answer.context["form"]["progress"].value() == LONG
        assert ProgressReport.objects.get().progress == "同事的半页"
    # Told, he may go on; his own draft he writes over as often as he likes.
    again = as_sent(answer.context["form"])
    for words in (LONG, LONG + "完"):
        assert liaison.post(address, {**again, "progress": words, "keep": "yes"}).status_code == 302
    assert ProgressReport.objects.get().progress == LONG + "完"
    assert liaison.post(address, again).status_code == 302
    assert ProgressReport.objects.get().state == "submitted"


def test_files_of_a_draft_that_could_not_be_kept_are(town, signed_in):
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "四十", "progress": LONG, "keep": "yes"}
    files = SimpleUploadedFile("验收.pdf", PDF)
    answer = liaison.post(page_of(town.led, "report"), {**sent, "evidence": files})
    assert answer.status_code == 422 and "percent" in answer.context["form"].errors
    assert Attachment.objects.get().report is None and "验收.pdf" in answer.content.decode()


def test_one_refused_file_takes_no_good_one_along(town, signed_in):
    """Both were chosen together; the good one is kept and goes out with the next try, the bad one is named."""
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "40", "progress": LONG}
    page = b"<html><script>alert(1)</script></html>"
    for name in ("evil.pdf", "evil2.pdf"):
        chosen = [SimpleUploadedFile(name, page), SimpleUploadedFile("批复.pdf", PDF)]
        answer = liaison.post(page_of(town.led, "report"), {**sent, "evidence": chosen})
        assert answer.status_code == 422
        told = answer.context["form"].errors["evidence"]
        assert f"不接受这种文件（“{name}”）" in told[0]
        assert "请改正后重新选择" in told[1] and "其余文件已经上传" in told[2]
        assert [file.name for file in Attachment.objects.all()] == ["批复.pdf"]
        sent = {**as_sent(answer.context["form"]), "percent": "40"}
    assert liaison.post(page_of(town.led, "report"), sent).status_code == 302
    (report,) = ProgressReport.objects.all()
    assert [file.name for file in report.attachments.all()] == ["批复.pdf"]


def test_files_beyond_the_number_allowed_are_named_and_the_others_kept(town, signed_in, settings):
    settings.ATTACHMENTS_PER_MEASURE = 1
    liaison = signed_in(town.liaison)
    sent = {**opened(liaison, town.led, "report"), "percent": "40", "progress": LONG}
    for pressed in ({}, {"keep": "yes"}):
        chosen = [SimpleUploadedFile("一.pdf", PDF), SimpleUploadedFile("二.pdf", PDF + b"2")]
        answer = liaison.post(page_of(town.led, "report"), {**sent, **pressed, "evidence": chosen})
        assert answer.status_code == 422, pressed
        assert answer.context["form"].errors == {"evidence": ["“二.pdf”没有上传：一个事项最多 1 个附件。"]}
        assert [file.name for file in Attachment.objects.all()] == ["一.pdf"]
    assert not ProgressReport.objects.exists()
