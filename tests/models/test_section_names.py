"""A part of a plan is named alike by the parser and by the database: with a blank where its marker is a word."""

import pytest

from tracker.models import Section
from tracker.plan_document import named


@pytest.mark.parametrize(
    ("marker", "title", "shown"),
    [
        ("附件1", "2026年要点", "附件1 2026年要点"),
        ("第二章", "主要任务", "第二章 主要任务"),
        ("1.1", "建平台", "1.1 建平台"),
        ("一、", "服务", "一、服务"),
        ("（一）", "流程", "（一）流程"),
        ("1.", "修路", "1.修路"),
        ("一是", "加强领导", "一是加强领导"),
        ("①", "修路", "①修路"),
        ("附件：", "清单", "附件：清单"),
        ("", "重点任务", "重点任务"),
        ("第二章", "", "第二章"),
    ],
)
def test_a_section_is_named_as_it_is_printed(marker, title, shown):
    assert named(marker, title) == shown
    assert str(Section(marker=marker, title=title)) == shown
    assert str(Section(marker=marker, title=title, above="第一章 总则")) == f"第一章 总则／{shown}"
