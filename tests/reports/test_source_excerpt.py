"""Where a measure stands in its text: every span, however odd, gives pieces of the text itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.source_excerpt import Excerpt, excerpt, mark_spans

TEXT = "标题\n一是甲。做好甲。二是乙。做好乙。\n三是丙。\n"


def span_of(words):
    start = TEXT.index(words)
    return start, start + len(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("二是乙。做好乙。", Excerpt("一是甲。做好甲。", "二是乙。做好乙。", "")),
        ("一是甲。做好甲。", Excerpt("", "一是甲。做好甲。", "二是乙。做好乙。")),
        ("标题", Excerpt("", "标题", "")),
        ("三是丙。\n", Excerpt("", "三是丙。", "")),
        ("\n三是丙。", Excerpt("", "三是丙。", "")),
        ("做好乙。\n三是", Excerpt("一是甲。做好甲。二是乙。", "做好乙。\n三是", "丙。")),
        (TEXT, Excerpt("", TEXT.strip(), "")),
    ],
)
def test_the_paragraph_around_the_sentences(words, expected):
    assert excerpt(TEXT, *span_of(words), whole_paragraph=True) == expected


def test_alone_without_its_neighbours():
    assert excerpt(TEXT, *span_of("二是乙。"), whole_paragraph=False) == Excerpt("", "二是乙。", "")


@pytest.mark.parametrize("span", [(0, 0), (5, 5), (len(TEXT), len(TEXT)), (999, 1200), (2, 3), (8, 4)])
def test_a_span_without_words_marks_nothing(span):
    assert excerpt(TEXT, *span, whole_paragraph=True) == Excerpt("", "", "")


def test_a_span_beyond_the_end_is_cut():
    start, _ = span_of("三是丙。")
    assert excerpt(TEXT, start, 10_000, whole_paragraph=True).marked == "三是丙。"


@given(st.text("ab。 \n", max_size=30), st.integers(-3, 33), st.integers(-3, 33))
def test_an_excerpt_is_a_run_of_the_text(text, start, end):
    found = excerpt(text, start, end, whole_paragraph=True)
    assert found.before + found.marked + found.after in text
    assert found.marked == found.marked.strip()


SPANS = st.lists(st.tuples(st.integers(1, 5), st.integers(-2, 12), st.integers(-2, 12)), max_size=5)


@given(st.text("abc\n", max_size=10), SPANS)
def test_the_pieces_are_the_whole_text_and_each_span_is_marked(text, spans):
    pieces = mark_spans(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    for number, (key, start, end) in enumerate(spans):
        alone = [(number, start, end)]
        marked = "".join(piece.text for piece in mark_spans(text, alone) if number in piece.keys)
        assert marked == text[max(start, 0) : max(end, 0)]
        together = "".join(piece.text for piece in pieces if key in piece.keys)
        assert len(together) >= len(marked)


def test_overlapping_spans_share_their_pieces():
    pieces = mark_spans("abcdef", [(1, 0, 4), (2, 2, 6)])
    assert [(piece.text, piece.keys, piece.starts) for piece in pieces] == [
        ("ab", (1,), (1,)),
        ("cd", (1, 2), (2,)),
        ("ef", (2,), ()),
    ]
