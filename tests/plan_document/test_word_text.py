"""Fields, formulas, symbols, comments and foreign parts in Word: read as shown, or named with their place."""

from __future__ import annotations

import pytest

from tracker.plan_document import ParsedPlan, SourceDocument, parse_plan, read_bytes

from .office import (
    box,
    complex_field,
    control,
    para,
    run,
    saved,
    with_parts,
    written,
)
from .support import account_for, left_for, measures_of, outline_of

M = "<m:r><m:t>{}</m:t></m:r>".format


def read(*blocks: str) -> tuple[SourceDocument, ParsedPlan]:
    source = read_bytes(saved(written(*blocks)), "方案.docx")
    plan = parse_plan(source, year=2024)
    account_for(plan, source.text)
    return source, plan


TASKS = para("一、主要任务")


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (M("增速≥8%"), "增速≥8%"),
        (f"<m:f><m:num>{M('完成数')}</m:num><m:den>{M('任务数')}</m:den></m:f>", "完成数/任务数"),
        (f"<m:f><m:num>{M('a+b')}</m:num><m:den>{M('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:sSup><m:e>{M('m')}</m:e><m:sup>{M('2')}</m:sup></m:sSup>", "m²"),
        (f"<m:sSub><m:e>{M('CO')}</m:e><m:sub>{M('2')}</m:sub></m:sSub>", "CO₂"),
        (f"<m:rad><m:radPr/><m:deg/><m:e>{M('x')}</m:e></m:rad>", "√x"),
        (f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e>{M('x')}</m:e></m:d>", "[x]"),
        (f"<m:oMathPara><m:oMath>{M('x')}</m:oMath></m:oMathPara>", "x"),
    ],
)
def test_formulas_are_written_in_one_line(formula: str, shown: str) -> None:
    inner = formula if formula.startswith("<m:oMathPara>") else f"<m:oMath>{formula}</m:oMath>"
    source, _ = read(para(run("指标为") + inner + run("。")))
    assert source.text == f"指标为{shown}。\n"


@pytest.mark.parametrize(
    ("font", "code", "shown"),
    [
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "F081", "①"),
        ("Wingdings 2", "F052", "☑"),
        ("Symbol", "F0B3", "≥"),
        ("宋体", "2460", "①"),
    ],
)
def test_symbols_of_known_fonts(font: str, code: str, shown: str) -> None:
    source, plan = read(para(run("甲") + f"<w:r><w:sym w:font='{font}' w:char='{code}'/></w:r>" + run("乙")))
    assert source.text == f"甲{shown}乙\n"
    assert not [p for p in plan.problems if p.code == "unread_symbol"]


def test_symbols_nobody_knows_are_named_with_their_line() -> None:
    unknown = "<w:r><w:sym w:font='某字体' w:char='F077'/></w:r>"
    _, plan = read(para("一、修路。由市交通局负责。"), para(run("二、架桥。") + unknown))
    problem = next(p for p in plan.problems if p.code == "unread_symbol")
    assert problem.line == 2
    assert "某字体" in problem.message


def test_a_part_of_another_kind_is_named_with_its_line() -> None:
    _, plan = read(para("一、修路。由市交通局负责。"), "<w:altChunk r:id='rId99'/>", para("二、架桥。"))
    problem = next(p for p in plan.problems if p.code == "foreign_part")
    assert problem.line == 2
    assert "另存为" in problem.message


def test_embedded_objects_and_pictures_are_told() -> None:
    picture = "<w:r><w:drawing><a:graphic><pic:pic/></a:graphic></w:drawing></w:r>"
    embedded = "<w:r><w:object><v:shape><v:imagedata/></v:shape><o:OLEObject ProgID='Excel.Sheet.12'/></w:object></w:r>"
    _, plan = read(para("一、修路。由市交通局负责。"), para(picture), para(embedded), para("二、架桥。"))
    assert [p.line for p in plan.problems if p.code == "embedded_object"] == [3]
    assert any("2幅图片" in note for note in plan.notes)


def test_fields_show_their_results_and_never_their_instructions() -> None:
    link = complex_field(' HYPERLINK "http://192.0.2.1/" ', run("任务清单"))
    nested = complex_field(
        f" IF 1 = </w:instrText></w:r>{complex_field('PAGE', run('7'))}<w:r><w:instrText> x ", run("共三项")
    )
    simple = "<w:fldSimple w:instr=' DATE '><w:r><w:t>2024年5月6日</w:t></w:r></w:fldSimple>"
    source, _ = read(para(link + run("，") + nested + run("，") + simple))
    assert source.text == "任务清单，共三项，2024年5月6日\n"


@pytest.mark.parametrize(
    ("code", "shown"), [("eq \\o\\ac(○,21)", "㉑"), ("EQ \\o(○,3)", "③"), ("eq \\o\\ac(○,甲)", "（甲）")]
)
def test_enclosed_numbers_are_fields(code: str, shown: str) -> None:
    source, _ = read(para(complex_field(code) + run("修路。")))
    assert source.text == f"{shown}修路。\n"


def test_field_formulas_that_cannot_be_read_are_named() -> None:
    _, plan = read(para("一、修路。由市交通局负责。"), para(run("二、增速") + complex_field("EQ \\f(1,2)")))
    assert [(p.line, p.code) for p in plan.problems if p.code == "unread_formula"] == [(2, "unread_formula")]


def test_a_field_that_never_ends_swallows_nothing() -> None:
    begun = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC </w:instrText></w:r>"
    _, plan = read(para(begun + run("x")), para("一、修路。由市交通局负责。"), para("二、架桥。"))
    assert [heading for _, _, heading in outline_of(plan)] == ["修路", "架桥"]


def test_an_automatic_contents_page_is_set_apart() -> None:
    mark = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
    entry = "<w:r><w:t>一、主要任务</w:t></w:r><w:r><w:tab/></w:r>" + complex_field("PAGEREF _Toc1", run("2"))
    begin = (
        mark("begin") + "<w:r><w:instrText> TOC \\o &quot;1-3&quot; </w:instrText></w:r>" + mark("separate")
    )
    _, plan = read(
        para("某市重点工作方案"),
        para("目录"),
        para(begin + entry),
        para("<w:r><w:t>（二）架桥</w:t></w:r><w:r><w:tab/></w:r>" + run("3")),
        para(mark("end")),
        para("一、主要任务"),
        para("（一）修路。由市交通局负责。"),
        para("（二）架桥。由市住建局负责。"),
    )
    assert plan.title == "某市重点工作方案"
    assert measures_of(plan) == [("修路", "市交通局", "", None), ("架桥", "市住建局", "", None)]
    assert "（二）架桥\t3" in "".join(left_for(plan, "目录"))


def test_placeholders_and_readings_are_nobodys_text() -> None:
    asks = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处输入文字。</w:t></w:r></w:sdtContent></w:sdt>"
    ruby = "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>yóu</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>由</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    _, plan = read(
        TASKS,
        para(run("（一）修路。") + ruby + run("市交通局负责。")),
        para(run("（二）架桥。地点在") + asks),
    )
    assert measures_of(plan) == [("修路", "市交通局", "", None), ("架桥", "", "", None)]
    assert left_for(plan, "占位提示") == ["单击此处输入文字。"]
    assert left_for(plan, "注音") == ["yóu"]


def test_smart_tags_links_and_controls_inside_a_line() -> None:
    _, plan = read(
        TASKS,
        para(
            run("（一）修路。")
            + f"<w:smartTag><w:smartTagPr/>{run('2024年')}{run('6月底')}</w:smartTag>"
            + run("前完成，由")
            + f"<w:hyperlink>{control(run('市交通局'))}</w:hyperlink>"
            + run("负责。")
        ),
        para("（二）架桥。"),
    )
    assert measures_of(plan)[0] == ("修路", "市交通局", "", "2024-06-30")


def test_comments_are_listed_and_told() -> None:
    data = saved(written(TASKS, para("（一）修路。由市交通局负责。"), para("（二）架桥。由市住建局负责。")))
    space = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    comments = (
        f"<w:comments {space}><w:comment w:id='0'>{para('建议改为市财政局牵头')}</w:comment></w:comments>"
    )
    relation = (
        b"<Relationship Id='rIdC' Target='comments.xml' Type='http://schemas.openxmlformats.org/"
        b"officeDocument/2006/relationships/comments'/></Relationships>"
    )
    kind = (
        b"<Override PartName='/word/comments.xml' ContentType='application/vnd.openxmlformats-officedocument."
        b"wordprocessingml.comments+xml'/></Types>"
    )
    data = with_parts(
        data,
        {"word/comments.xml": comments.encode()},
        {
            "word/_rels/document.xml.rels": (b"</Relationships>", relation),
            "[Content_Types].xml": (b"</Types>", kind),
        },
    )
    source = read_bytes(data, "方案.docx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert measures_of(plan) == [("修路", "市交通局", "", None), ("架桥", "市住建局", "", None)]
    assert left_for(plan, "批注") == ["建议改为市财政局牵头"]
    assert any("批注1处" in note for note in plan.notes)


def test_boxes_within_boxes_are_read_once() -> None:
    source, _ = read(para(run("外") + box(para(run("中") + box(para("内"))))))
    assert source.text == "外\n中\n内\n"


def test_a_page_break_before_a_numbered_heading() -> None:
    numbered = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='90'/></w:numPr>"
    source, plan = read(
        para("修路。由市交通局负责。", numbered),
        para("<w:r><w:br w:type='page'/></w:r>" + run("架桥。"), numbered),
    )
    assert "\n二、架桥。" in source.text
    assert outline_of(plan) == [[1, "一、", "修路"], [1, "二、", "架桥"]]


def test_outline_levels_without_styles() -> None:
    def level(at: int) -> str:
        return f"<w:outlineLvl w:val='{at}'/>"

    _, plan = read(
        para("某市招商方案"),
        para("总体要求", level(0)),
        para("坚持高质量发展。"),
        para("主要任务", level(0)),
        para("精准招商", level(1)),
        para("由市商务局负责，6月底前完成。"),
        para("项目落地", level(1)),
        para("由市发改委负责。", level(9)),
    )
    assert outline_of(plan) == [
        [1, "", "总体要求"],
        [1, "", "主要任务"],
        [2, "", "精准招商"],
        [2, "", "项目落地"],
    ]


def test_a_note_in_a_text_box_lies_beside_the_text_and_gives_no_task_its_units() -> None:
    note = "附注：市营商办负责统筹调度，每周五前收集进展"
    source, plan = read(
        para("云泽市2024年营商环境重点任务"),
        para("一、重点任务"),
        para("1.压减时限。（市政务局牵头，9月底前完成）"),
        para("2.合并环节。9月底前完成。" + box(para(note))),
        para("3.优化服务。" + box(para("责任单位：市司法局"))),
    )
    assert [row[:2] for row in measures_of(plan)] == [
        ("压减时限", "市政务局"),
        ("合并环节", ""),
        ("优化服务", "市司法局"),
    ]
    assert [measure.recurring for measure in plan.sections[0].measures] == [None, None, None]
    assert left_for(plan, "文本框") == [note]
    assert "放在末尾、没有列为事项的有：文本框1处" in source.notes
