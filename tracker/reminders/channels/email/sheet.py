"""催办单 as a Word file: the formal sheet that goes with an orange or red reminder, one page a
matter with its own day and colour, to be printed and signed."""

from datetime import date
from io import BytesIO

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as Sheet
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from tracker.reminders.channels.email.wire import Attachment
from tracker.reminders.digest import Digest
from tracker.reminders.items import Item
from tracker.reminders.lines import chinese_date
from tracker.rules.reminder_kinds import KINDS
from tracker.rules.reminder_schedule import Level

KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# A longer list is in the message; nobody prints more.
MOST_SHEETS = 20
_WIDTHS = (Cm(3.6), Cm(12.2))
# Where somebody writes by hand a row is higher.
_LINE, _SIGNATURE, _RESULT = Cm(1.1), Cm(1.4), Cm(4)
_COLOURS = {Level.ORANGE: RGBColor(0xC7, 0x5B, 0x00), Level.RED: RGBColor(0xB0, 0x1C, 0x1C)}


def reminder_sheet(digest: Digest, *, office: str) -> Attachment | None:
    """The sheets of a digest's orange and red items in one file; None when it has none."""
    # In the message's own order, the most urgent first.
    items = digest.sheets[:MOST_SHEETS]
    if not items:
        return None
    document = Document()
    _page(document)
    for number, item in enumerate(items):
        _one(document, item, office=office, on=digest.today, new_page=number > 0)
    content = BytesIO()
    document.save(content)
    name = f"{_('测试-') if digest.test_for else ''}{_('催办单')}-{digest.today}.docx"
    return Attachment(name, KIND, content.getvalue())


def _page(document: Sheet) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")


def _one(document: Sheet, item: Item, *, office: str, on: date, new_page: bool) -> None:
    title = document.add_paragraph()
    title.paragraph_format.page_break_before = new_page
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(_("督查催办单（%s）") % item.level_name)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(22), True, _COLOURS[item.level]
    number = document.add_paragraph(_number(item))
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    rows = [
        (_("责任单位"), item.lead),
        (_("督办事项"), f"{item.number} {item.title}"),
        (_("来源文件"), item.plan),
        (_("办理要求"), item.requirement or item.title),
        (_("催办事由"), _cause(item)),
        (_("完成时限"), chinese_date(item.deadline) if item.deadline else _("未定")),
        (_("目前进度"), _("%(status)s，%(percent)d%%") % {"status": item.status, "percent": item.percent}),
        (_("催办次数"), _("第%d次") % (item.times_before + 1)),
    ]
    by_hand = [(_("办理结果"), _RESULT), (_("签收人"), _SIGNATURE), (_("负责人签字"), _SIGNATURE)]
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    # Word reads the cells' widths, other programs those of the columns.
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = width
    for name, value, height in [
        *((*row, _LINE) for row in rows),
        *((name, "", room) for name, room in by_hand),
    ]:
        row = table.add_row()
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, height
        for cell, width, words in zip(row.cells, _WIDTHS, (name, value), strict=True):
            cell.width, cell.text = width, words
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            for paragraph in (cell.paragraphs[0], cell.paragraphs[-1]):
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
        row.cells[0].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    closing = document.add_paragraph(_closing(item.level))
    closing.paragraph_format.space_before = Pt(12)
    signature = document.add_paragraph(f"{office}\n{chinese_date(on)}")
    signature.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _number(item: Item) -> str:
    if item.number_of_sheet is None:
        return _("编号：（示例，不作催办依据）")
    return _("编号：催〔%d〕%d号") % item.number_of_sheet


def _closing(level: Level) -> str:
    """Red is the last step: it announces no other."""
    if level is Level.RED:
        return _(
            "本单为最高级别催办。请于收到本单后立即办理，登录系统说明未按期办结的原因和拟办结时间；仍不答复、不办理的，将予以通报，并按规定提请约谈、问责。"
        )
    return _("请于收到本单后抓紧办理，并登录系统报告进展；逾期仍未答复的，将升级催办并通报。")


def _cause(item: Item) -> str:
    """首次反馈已超期：首次反馈时限2026年3月6日，逾期4天（2个工作日）; 阶段目标已逾期：阶段时限（完成选址）2026年3月6日，…"""
    return f"{KINDS[item.kind].name}：{item.day_name}{chinese_date(item.due_on)}，{item.when}"
