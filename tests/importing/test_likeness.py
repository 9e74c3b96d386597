"""When two wordings are one task: by what is to be done, not by who, until when and how much, nor by the words of every plan."""

import pytest

from tracker.importing.likeness import Likeness, own_words
from tracker.importing.matching import SAME_MEASURE


def alike(one, other):
    words = own_words(one), own_words(other)
    return Likeness(words[:1], words[1:]).of(*words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("建设智慧校园20所（市教育局）", "建设智慧校园30所、智慧教室200间（市教育局、市财政局）"),
        ("完成老旧小区改造20个", "改造老旧小区30个，惠及群众5000户"),
        ("做强链条。（市财政局牵头，2030年6月底前完成）", "抓链条。做强链条，培育链主企业。（市财政局牵头）"),
        ("新建公园5个", "新建口袋公园8个"),
    ],
)
def test_one_task_in_other_words(one, other):
    assert alike(one, other) >= SAME_MEASURE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "建设智慧校园20所。责任单位：市教育局；完成时限：2026年12月底前",
            "新增托位2000个。责任单位：市教育局；完成时限：2026年12月底前",
        ),
        ("新建幼儿园10所", "新建卫生院10所"),
        ("推进1号路建设", "推进3号路建设"),
        (
            "完善考察学习成果转化的各项制度，建立健全长效机制，加强组织领导。",
            "建立健全安全生产责任制，完善各项制度，加强组织领导。",
        ),
    ],
)
def test_two_tasks_in_like_words(one, other):
    assert alike(one, other) < SAME_MEASURE


def test_what_many_tasks_of_a_plan_say_tells_none_of_them():
    texts = [f"推进桥{side}区供水管网更新" for side in "东西南北中"]
    words = [own_words(text) for text in texts]
    assert Likeness(words).of(words[0], words[1]) < SAME_MEASURE <= alike(texts[0], texts[1])
