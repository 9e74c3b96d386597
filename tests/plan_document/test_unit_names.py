"""Offices whose names hold a verb, a preposition or a place of many characters are read whole wherever they stand."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from tracker.plan_document import parse_clause
from tracker.plan_document.typography import working_copy
from tracker.plan_document.unit_names import MAY_NAME_UNITS, OWN_FIELDS, is_strict_unit

from .support import HERE

OWN_FIELDS_IN_A_LIST = {"、".join(pair) for pair in pairwise(sorted(OWN_FIELDS))}

NAMES = [
    "市项目推进中心",
    "县重点项目推进办",
    "县督查落实办",
    "市督导处",
    "市就业指导中心",
    "市协同创新中心",
    "市优化营商环境局",
    "市创建办",
    "市整治办",
    "经济发展办",
    "经信局",
    "对外贸易局",
    "对口支援办",
    "市委机要局",
    "市企业联合会",
    "各电信运营商",
    "市属国有企业",
    "新建区人民政府",
    "于洪区政府",
    "长河经济技术开发区",
    "青禾土家族自治县",
    "各有关部门和单位",
    "各项目承办单位",
    "各主要责任单位",
    "各区、县级市",
    "各设区市、县（市、区）政府",
    "各市〔州〕、县〔市、区、特区〕政府",
    "各县（市、区）委、政府",
    "省级党委和政府",
    "县核对中心",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_whole_in_a_label_before_a_verb_and_as_a_subject(name: str) -> None:
    labelled = parse_clause(f"推进改革。（牵头单位：省教育厅；配合单位：省科技厅、{name}，省医保局）")
    before_verb = parse_clause(f"推进改革。（省教育厅牵头，{name}配合）")
    subject = parse_clause(f"{name}要于2024年6月底前完成自查。")
    assert labelled.co == ("省科技厅", name, "省医保局")
    assert before_verb.co == (name,)
    assert subject.lead == (name,)


@pytest.mark.parametrize(
    "words",
    [
        "建成县残疾人综合服务中心",
        "启动档案馆",
        "新(改)建村卫生室",
        "迁建县妇幼保健院",
        "目前全县",
        "根据中央气象台",
    ],
)
def test_a_task_that_ends_like_an_office_is_none(words: str) -> None:
    assert parse_clause(f"{words}要于2024年6月底前完成。").lead == ()


def test_words_that_may_name_nobody_hold_the_end_of_no_unit() -> None:
    clauses = (HERE / "documents" / "clauses.jsonl").read_text().splitlines()
    labelled = {name for line in clauses for role in ("lead", "co") for name in json.loads(line)[role]}
    strict = {name for name in map(working_copy, {*labelled, *NAMES}) if is_strict_unit(name)}
    assert len(strict) > 500
    assert [name for name in strict | OWN_FIELDS_IN_A_LIST if MAY_NAME_UNITS.search(name) is None] == []
    assert MAY_NAME_UNITS.search("推进项目3建设,2024年6月底前完成") is None
