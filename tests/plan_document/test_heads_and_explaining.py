"""Who leads a place is no unit, and who explains a document does not carry out its tasks."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_clause


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("村党支部书记负总责，驻村工作队配合。", (), ("驻村工作队",)),
        ("村党支部书记负总责，驻村工作队具体负责。", ("驻村工作队",), ()),
        ("镇党委书记负总责，驻村工作队、村委会落实。", ("驻村工作队", "村委会"), ()),
        ("（村党支部书记负总责，驻村工作队具体落实）", ("驻村工作队",), ()),
        ("村支书负总责，村委会具体实施，驻村工作队协助。", ("村委会",), ("驻村工作队",)),
        ("街道党工委书记负总责，街道办事处具体实施。", ("街道办事处",), ()),
        # Who heads an office stands for it.
        ("市水利局党委书记牵头，市财政局配合。", ("市水利局",), ("市财政局",)),
        ("市住建局党组书记、局长负总责，市城管局配合。", ("市住建局",), ("市城管局",)),
        ("县公安局政委牵头，交警大队配合。", ("县公安局",), ("交警大队",)),
        ("村党支部牵头，驻村工作队配合。", ("村党支部",), ("驻村工作队",)),
        ("镇党委负总责，各村党支部具体落实。", ("镇党委",), ("各村党支部",)),
    ],
)
def test_a_secretary_of_a_place_is_a_person(text: str, lead: tuple[str, ...], co: tuple[str, ...]) -> None:
    clause = parse_clause(text, 2025)
    assert (clause.lead, clause.co) == (lead, co)


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("市人社局牵头，市财政局配合，由市医保局负责解释。", ("市人社局",), ("市财政局",)),
        ("由市人社局牵头落实。本办法由市医保局负责解释。", ("市人社局",), ()),
        ("补贴发放由市人社局负责，本细则由市医保局会同市财政局负责解释。", ("市人社局",), ()),
        ("市人社局牵头。具体解释工作由市医保局承担，自印发之日起施行。", ("市人社局",), ()),
        ("由市人社局、市财政局负责兑现，由市医保局按职责负责解释和修订。", ("市人社局", "市财政局"), ()),
        ("牵头单位：市商务局。解释单位：市司法局", ("市商务局",), ()),
        # Explaining that is itself the work.
        ("市商务局负责做好政策宣传解释，市财政局配合。", ("市商务局",), ("市财政局",)),
        ("由市商务局负责解释疑难问题，市财政局配合。", ("市商务局",), ("市财政局",)),
        ("市商务局负责政策解读和解释工作，市财政局配合。", ("市商务局",), ("市财政局",)),
    ],
)
def test_who_explains_the_document_is_not_beside_who_does_it(
    text: str, lead: tuple[str, ...], co: tuple[str, ...]
) -> None:
    clause = parse_clause(text, 2025)
    assert (clause.lead, clause.co) == (lead, co)


@pytest.mark.parametrize(
    "text", ["由市医保局负责解释。", "具体工作由市医保局承担解释。", "本细则由市医保局解释。"]
)
def test_who_alone_is_named_for_explaining_is_to_be_confirmed(text: str) -> None:
    clause = parse_clause(text, 2025)
    assert clause.lead == ("市医保局",)
    assert [source.to_confirm for source in clause.sources if source.field == "lead"] == [True]
