"""Two wordings as one marked sequence."""

import pytest

from tracker.importing.rewording import Wording, compare

LONG = "推进项目建设。" * 400


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("每月调度。", "每周调度，季度通报。"),
        ("", "新写的话。"),
        ("删去的话。", ""),
        ("一样。", "一样。"),
        (LONG, LONG + "尾"),
    ],
)
def test_each_wording_can_be_read_from_the_marks(before, after):
    found = compare(before, after)
    assert "".join(run.text for run in found if run.kind != "new") == before
    assert "".join(run.text for run in found if run.kind != "gone") == after


def test_only_what_differs_is_marked():
    assert compare("做强链条，每月调度。", "做强链条，每周调度。") == (
        Wording("same", "做强链条，每"),
        Wording("gone", "月"),
        Wording("new", "周"),
        Wording("same", "调度。"),
    )


def test_what_is_too_long_to_compare_stands_side_by_side():
    assert [run.kind for run in compare(LONG, LONG[1:])] == ["gone", "new"]
