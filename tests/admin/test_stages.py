"""阶段模板 in the admin: stages in their order, each named once, and what was arranged by them stays."""

import pytest
from django.urls import reverse

from tests.makers import NOW
from tracker import actions
from tracker.models import StageTemplate

pytestmark = pytest.mark.django_db
ADD = "admin:tracker_stagetemplate_add"


def sent(*stages, name="项目四步"):
    values = {"name": name, "note": "", "active": "on"}
    values |= {"stages-TOTAL_FORMS": len(stages), "stages-INITIAL_FORMS": 0}
    for number, (position, stage, share) in enumerate(stages):
        row = {"position": position, "name": stage, "share": share}
        values |= {f"stages-{number}-{field}": value for field, value in row.items()}
    return values


def test_a_template_of_ones_own_becomes_milestones(town, signed_in):
    stages = [(1, "立项", 10), (2, "开工", 40), (3, "竣工", 100)]
    assert signed_in(town.office).post(reverse(ADD), sent(*stages)).status_code == 302
    template = StageTemplate.objects.get(name="项目四步")
    actions.set_stages(measure_id=town.led.pk, actor=town.office, now=NOW, template=template)
    planned = list(town.led.milestones.values_list("text", flat=True))
    assert planned == ["立项", "开工", "竣工"]
    listed = signed_in(town.office).get(reverse("admin:tracker_stagetemplate_changelist")).content.decode()
    assert "立项 → 开工 → 竣工" in listed and "签约 → 开工 → 投产" in listed
    deleted = reverse("admin:tracker_stagetemplate_delete", args=[template.pk])
    assert signed_in(town.office).post(deleted, {"post": "yes"}).status_code == 302
    assert list(town.led.milestones.values_list("text", flat=True)) == planned


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ([], "至少要有一个阶段"),
        ([(1, "立项", 10), (2, "立项", 20)], "“立项”重复填写"),
        ([(1, "立项", 50), (2, "开工", 40)], "不能早于前一阶段“立项”（50%）"),
        ([(1, "立项", 10), (1, "开工", 40)], "顺序与“立项”相同"),
        ([(1, "立项", 101)], "应为 0 到 100 之间的整数"),
        ([(1, "立\u200e项", 10)], "控制字符"),
    ],
)
def test_stages_that_make_no_schedule_are_refused(town, signed_in, stages, words):
    answer = signed_in(town.office).post(reverse(ADD), sent(*stages))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert StageTemplate.objects.count() == 1
