"""What stands beside the text of a Word file: a drawn box is read where it stands, a footnote is kept apart and told if it charges."""

from __future__ import annotations

import pytest
from docx.oxml import parse_xml

from tracker.plan_document import parse_plan, read_bytes

from .office import W, new_document, saved, with_parts
from .support import account_for


def with_footnote(data: bytes, words: str) -> bytes:
    """A Word file with one footnote, number 1."""
    footnotes = (
        f"<w:footnotes {W}><w:footnote w:id='1'><w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
        "</w:footnote></w:footnotes>"
    )
    relation = (
        b"<Relationship Id='rIdNotes' Target='footnotes.xml' Type='http://schemas.openxmlformats.org/"
        b"officeDocument/2006/relationships/footnotes'/></Relationships>"
    )
    kind = (
        b"<Override PartName='/word/footnotes.xml' ContentType='application/vnd.openxmlformats-officedocum"
        b"ent."
        b"wordprocessingml.footnotes+xml'/></Types>"
    )
    return with_parts(
        data,
        {"word/footnotes.xml": footnotes.encode()},
        {
            "word/_rels/document.xml.rels": (b"</Relationships>", relation),
            "[Content_Types].xml": (b"</Types>", kind),
        },
    )


@pytest.mark.parametrize("referred", [False, True])
def test_text_box_is_read_once_and_footnotes_are_kept_apart(referred: bool) -> None:
    document = new_document()
    paragraph = document.add_paragraph("一、加快建设。推进工程。")
    box = (
        f"<w:r {W} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
        " xmlns:v='urn:schemas-microsoft-com:vml' xmlns:wps='http://schemas.microsoft.com/office/word/2010"
        "/wordprocessingShape'>"
        "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent><w:p><w:r>"
        "<w:t>责任单位：市交通局</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>责任单位：市交通局</w:t></w:r></w:p>"
        "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    paragraph._p.append(parse_xml(box))
    second = document.add_paragraph("二、加强管护。落实经费")
    if referred:
        second._p.append(parse_xml(f"<w:r {W}><w:footnoteReference w:id='1'/></w:r>"))
    second.add_run("。")
    data = with_footnote(saved(document), "指本级财政安排的经费。")
    source = read_bytes(data, "方案.docx")
    assert source.text.count("责任单位：市交通局") == 1
    plan = parse_plan(source)
    assert plan.sections[0].measures[0].lead == ("市交通局",)
    assert "指本级财政" not in plan.sections[0].measures[1].text
    reason = "脚注（注在“二、加强管护。落实经费”之后）" if referred else "脚注"
    assert [(left.text, left.reason) for left in plan.leftovers][-1] == ("指本级财政安排的经费。\n", reason)
    assert plan.sections[0].measures[1].text == "加强管护。落实经费。"
    account_for(plan, source.text)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("由市财政局负责，9月底前到位。", "责任单位和时限"),
        ("指本级财政安排的经费。", ""),
    ],
)
def test_a_footnote_that_charges_somebody_names_its_task(words: str, says: str) -> None:
    document = new_document()
    document.add_paragraph("2024年工作方案")
    document.add_paragraph("一、加快建设。市交通局牵头，6月底前完成。")
    second = document.add_paragraph("二、加强管护。市水利局牵头，落实经费")
    second._p.append(parse_xml(f"<w:r {W}><w:footnoteReference w:id='1'/></w:r>"))
    second.add_run("。")
    plan = parse_plan(read_bytes(with_footnote(saved(document), words), "方案.docx"))
    told = [(p.line, p.message) for p in plan.problems if p.code == "note_not_imported"]
    wanted = (3, f"事项“二、加强管护”的脚注“{words}”写明了{says}，没有列入事项，请核对后补上")
    assert told == ([wanted] if says else [])
    assert plan.sections[0].measures[1].lead == ("市水利局",)
