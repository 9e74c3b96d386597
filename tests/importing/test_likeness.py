"""When two wordings are one task: by what is to be done, not by who, until when and how much, nor by the words of every plan."""

import pytest

from tracker.importing.likeness import Likeness, own_words
from tracker.importing.matching import SAME_MEASURE, SAME_WITH_OTHER_LEAD


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
        ("改造桥东区老旧小区20个", "在桥东区改造老旧小区30个，惠及群众5000户"),
        ("桥东区政府负责，6月底前完成棚户区改造", "桥东区政府、市住建局负责，9月底前完成棚户区改造"),
        ("市住建局负责，6月底前完成棚户区改造", "市城管局负责，9月底前完成棚户区改造"),
        ("提升桥东区、桥西区供水能力", "提升桥东区供水能力"),
        ("线上开展政策宣讲", "线下开展政策宣讲10场"),
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
        ("推进桥东区供水管网更新", "推进桥西区供水管网更新"),
        (
            "改造桥东区老旧小区。桥东区政府负责，6月底前完成。",
            "改造桥西区老旧小区。桥西区政府负责，6月底前完成。",
        ),
        ("修建人民东路", "修建人民西路"),
        ("建设城南污水处理厂二期工程", "建设城北污水处理厂二期工程"),
        ("建设临江镇卫生院", "建设临河镇卫生院"),
        ("整治清水河沿岸", "整治清泉河沿岸"),
        (
            "完善考察学习成果转化的各项制度，建立健全长效机制，加强组织领导。",
            "建立健全安全生产责任制，完善各项制度，加强组织领导。",
        ),
    ],
)
def test_two_tasks_in_like_words(one, other):
    assert alike(one, other) < SAME_MEASURE


def test_what_many_tasks_of_a_plan_say_tells_none_of_them():
    names = ("锦绣花园", "阳光新城", "和平里", "幸福家园", "翠竹苑")
    texts = [f"推进{name}供水管网更新" for name in names]
    words = [own_words(text) for text in texts]
    assert Likeness(words).of(words[0], words[1]) < SAME_MEASURE <= alike(texts[0], texts[1])


def test_places_charged_with_one_task_each_have_their_own():
    one, other = "桥东区政府负责，6月底前完成棚户区改造", "桥西区政府负责，6月底前完成棚户区改造"
    assert alike(one, other) < SAME_WITH_OTHER_LEAD
