"""A document without a title: its plan, and a section that nothing else names, bear the file's name until a person says another."""

import pytest

from tests.importing.support import propose, run_import
from tests.makers import NOW
from tracker.importing import apply_import
from tracker.models import Section

pytestmark = pytest.mark.django_db
UNTITLED = "1.修路。市交通局牵头，2030年底前完成。\n2.架桥。市住建局牵头。\n"


def test_plan_and_section_bear_the_name_of_the_file_and_it_is_said():
    found = propose(UNTITLED, name="城建攻坚清单.xlsx.txt")
    assert (found.title, [section.title for section in found.sections]) == (
        "城建攻坚清单.xlsx",
        ["城建攻坚清单.xlsx"],
    )
    assert "文件中没有标题，方案名称暂用“城建攻坚清单.xlsx”，请核对。" in found.warnings


def test_whoever_gives_a_title_names_both():
    found = propose(UNTITLED, name="1.txt", title="城建攻坚清单")
    assert [section.title for section in found.sections] == ["城建攻坚清单"]
    assert not any("没有标题" in words for words in found.warnings)


def test_the_same_words_under_another_name_change_nothing():
    first = run_import(UNTITLED, name="城建攻坚清单.txt")
    again = propose(UNTITLED, name="城建攻坚清单（1）.txt")
    assert again.plan == first.plan
    assert not again.changes_anything
    assert apply_import(again, actor=None, now=NOW).changed is False
    assert Section.objects.get().title == "城建攻坚清单"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"关于城建的实施方案\n{UNTITLED}", ["关于城建的实施方案"]),
        (f"一、道路\n{UNTITLED}", ["道路"]),
    ],
)
def test_what_the_document_names_keeps_its_name(text, names):
    assert [section.title for section in propose(text, name="任务.txt").sections] == names
