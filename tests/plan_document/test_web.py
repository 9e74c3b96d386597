"""Pages saved from government sites: spans, struck and hidden words, nested tables, forms, archives."""

from __future__ import annotations

import base64
import quopri

import pytest

from tracker.plan_document import DocumentError, ParsedPlan, SourceDocument, parse_plan, read_bytes

from .support import account_for, left_for, measures_of, outline_of

BOTH = [("修路", "市交通局", "市财政局", "2024-06-30"), ("架桥", "市住建局", "市水利局", "2024-09-30")]
HEADER = "<tr><th>序号</th><th>任务</th><th>牵头单位</th><th>配合单位</th><th>完成时限</th></tr>"
FIRST = "<tr><td>1</td><td>修路</td><td>市交通局</td><td>市财政局</td><td>2024年6月底</td></tr>"
SECOND = "<tr><td>2</td><td>架桥</td><td>市住建局</td><td>市水利局</td><td>2024年9月底</td></tr>"


def read(body: str) -> tuple[SourceDocument, ParsedPlan]:
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'
    source = read_bytes(page.encode(), "方案.html")
    plan = parse_plan(source, year=2024)
    account_for(plan, source.text)
    return source, plan


def cells(*words: str) -> str:
    return (
        "<tr>"
        + "".join(f"<td{word}</td>" if word[0] in " >" else f"<td>{word}</td>" for word in words)
        + "</tr>"
    )


def test_spans_that_run_over_several_rows_give_each_row_its_cells() -> None:
    _, plan = read(
        f"<table>{HEADER}"
        + cells("1", ' rowspan="2">修路', "市交通局", "市财政局", "2024年6月底")
        + cells("1", "市公路中心", "市审计局", "2024年8月底")
        + cells(' rowspan="3">2', "架桥", ' rowspan="0">市住建局', "市水利局", ' rowspan="2">2024年9月底')
        + cells("养护", "市城管局")
        + cells("植树", "市林草局", "长期坚持")
        + "</table>"
    )
    assert measures_of(plan) == [
        ("修路", "市交通局、市公路中心", "市财政局、市审计局", "2024-08-31"),
        ("架桥", "市住建局", "市水利局", "2024-09-30"),
        ("养护", "市住建局", "市城管局", "2024-09-30"),
        ("植树", "市住建局", "市林草局", None),
    ]


@pytest.mark.parametrize(
    ("opening", "closing", "reason"),
    [
        ("<del>", "</del>", "删除线文字"),
        ("<s>", "</s>", "删除线文字"),
        ('<span style="text-decoration: underline line-through">', "</span>", "删除线文字"),
        ('<span style="display:none">', "</span>", "隐藏文字"),
        ("<span hidden>", "</span>", "隐藏文字"),
        ('<span style="mso-hide:all">', "</span>", "隐藏文字"),
    ],
)
@pytest.mark.parametrize("where", ["line", "cell"])
def test_struck_and_hidden_words_go_and_are_listed(
    opening: str, closing: str, reason: str, where: str
) -> None:
    gone = f"{opening}市审计局{closing}"
    if where == "line":
        body = f"<p>一、主要任务</p><p>（一）修路。2024年6月底前完成。（牵头单位：市交通局；配合单位：市财政局{gone}）</p>"
    else:
        body = f"<table>{HEADER}{FIRST.replace('市财政局', '市财政局' + gone)}{SECOND}</table>"
    source, plan = read(body)
    assert measures_of(plan)[0] == BOTH[0]
    assert left_for(plan, reason) == ["市审计局"]
    assert source.text.count("市审计局") == 1


def test_hidden_rows_and_blocks_go() -> None:
    gone = SECOND.replace("<tr>", '<tr style="display: none">').replace("架桥", "旧任务")
    _, plan = read(
        f'<div style="DISPLAY:NONE"><p>分享到微信</p></div><table>{HEADER}{FIRST}{gone}{SECOND}</table>'
    )
    assert measures_of(plan) == BOTH
    assert left_for(plan, "隐藏文字") == ["分享到微信", "2 旧任务 市住建局 市水利局 2024年9月底"]


def test_a_page_laid_out_by_tables_inside_a_form() -> None:
    source, plan = read(
        f"<form id='aspnetForm'><input value='搜索'><table><tr><td>网站首页</td><td><p>某市重点工作方案</p>"
        f"<table>{HEADER}{FIRST}{SECOND}</table></td></tr><tr><td>页脚</td><td>版权所有</td></tr></table></form>"
    )
    assert plan.title == "某市重点工作方案"
    assert measures_of(plan) == BOTH
    assert source.text.count("市交通局") == 1


def test_a_nested_table_belongs_to_its_cell_alone() -> None:
    inner = "<table><tr><td>里程</td><td>12公里</td></tr><tr><td>联系人：</td><td>张某</td></tr></table>"
    source, plan = read(f"<table>{HEADER}{FIRST.replace('修路', '修路' + inner)}{SECOND}</table>")
    assert [m[1:] for m in measures_of(plan)] == [m[1:] for m in BOTH]
    assert source.text.count("张某") == 1
    assert "12公里" in plan.sections[0].measures[0].text
    assert not [left for left in plan.leftovers if "张某" in left.text]


def test_a_caption_and_words_between_rows_are_not_lost() -> None:
    source, plan = read(f"<table><caption>2024年重点工作任务清单</caption>{HEADER}{FIRST}{SECOND}</table>")
    assert plan.title == "2024年重点工作任务清单"
    assert measures_of(plan) == BOTH
    assert source.text.count("2024年重点工作任务清单") == 1


def test_typed_lines_keep_their_breaks_and_list_items_their_numbers() -> None:
    source, _ = read(
        "<pre>一、主要任务\n（一）修路。\n（二）架桥。</pre><ol start=3><li>甲</li><li value=7>乙</li><li>丙</li></ol>"
    )
    assert source.text == "一、主要任务\n（一）修路。\n（二）架桥。\n3. 甲\n7. 乙\n8. 丙\n"


def test_readings_above_characters_are_no_words_of_the_text() -> None:
    source, plan = read(
        "<p>一、主要任务</p><p>（一）<ruby>修<rp>(</rp><rt>xiū</rt><rp>)</rp></ruby>路。（市交通局负责）</p>"
    )
    assert "（一）修路。" in source.text
    assert left_for(plan, "注音") == ["xiū"]


def test_a_page_within_the_page_is_told() -> None:
    _, plan = read("<p>一、主要任务</p><p>（一）修路。（市交通局负责）</p><iframe src='a.html'></iframe>")
    assert any("嵌入了另一个页面" in note for note in plan.notes)


def test_absurd_spans_cost_nothing() -> None:
    source, _ = read(
        "<table>"
        + "<tr>"
        + "<td rowspan=999 colspan=999>甲</td>" * 200
        + "</tr>"
        + "<tr><td>乙</td></tr>" * 300
        + "</table>"
    )
    assert len(source.cells) < 4_000_000
    assert source.text.count("甲") == 200


def test_a_table_that_calls_itself_a_workbook_is_a_page() -> None:
    source = read_bytes(f"<table>{HEADER}{FIRST}{SECOND}</table>".encode(), "导出.xls")
    assert source.format == "html"
    assert measures_of(parse_plan(source)) == BOTH


ARCHIVE = (
    "From: <Saved by Browser>\r\nSubject: =?utf-8?B?5pa55qGI?=\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="--X"\r\n\r\n----X\r\n'
    "Content-Type: text/html{charset}\r\nContent-Transfer-Encoding: {how}\r\nContent-Location: http://192.0.2.1/\r\n\r\n"
    "{page}\r\n----X\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----X--\r\n"
)
PAGE = f"<html><head><meta charset={{}}></head><body><p>重点工作清单</p><table>{HEADER}{FIRST}{SECOND}</table></body></html>"


@pytest.mark.parametrize("name", ["方案.mht", "方案.mhtml", "方案.txt"])
@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-8", "; charset=utf-8"), ("gb18030", '; charset="gb2312"'), ("gb18030", "")],
)
@pytest.mark.parametrize("how", ["base64", "quoted-printable"])
def test_a_web_archive_is_read_as_its_page(name: str, encoding: str, charset: str, how: str) -> None:
    data = PAGE.format(encoding).encode(encoding)
    coded = base64.encodebytes(data) if how == "base64" else quopri.encodestring(data)
    archive = ARCHIVE.format(charset=charset, how=how, page=coded.decode("ascii"))
    source = read_bytes(archive.encode(), name)
    assert (source.format, source.encoding) == ("html", encoding)
    assert measures_of(parse_plan(source)) == BOTH


def test_an_archive_without_a_page_is_refused_with_what_to_do() -> None:
    with pytest.raises(DocumentError) as caught:
        read_bytes(b"MIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\nabc", "图.mht")
    assert caught.value.code == "unsupported"
    assert "另存为.html" in caught.value.message
    with pytest.raises(DocumentError):
        read_bytes("一、任务\n".encode(), "假的.mht")


def test_a_numbered_item_keeps_its_units_though_a_table_follows() -> None:
    figures = "<table><tr><th>序号</th><th>小区</th><th>户数</th></tr><tr><td>1</td><td>翠苑</td><td>200</td></tr><tr><td>2</td><td>望江</td><td>150</td></tr></table>"
    _, plan = read(
        "<p>一、主要任务</p><p>（一）改造小区。2024年6月底前完成。（牵头单位：市住建局；配合单位：市财政局）</p>"
        f"{figures}<p>（二）架桥。（市水利局负责）</p>"
    )
    assert measures_of(plan) == [
        ("改造小区", "市住建局", "市财政局", "2024-06-30"),
        ("架桥", "市水利局", "", None),
    ]
    assert "翠苑" in plan.sections[0].measures[0].text
    assert len(outline_of(plan)) == 5


def test_a_row_that_fills_one_column_only_goes_on_with_the_task_above() -> None:
    _, plan = read(
        f"<table>{HEADER}{FIRST}{cells('>', '>', '>', '市审计局', '>')}<tr><td></td><td>城市建设</td><td></td><td></td><td></td></tr>{SECOND}</table>"
    )
    assert measures_of(plan) == [("修路", "市交通局", "市财政局、市审计局", "2024-06-30"), BOTH[1]]
    assert [section.title for section in plan.sections][-1] == "城市建设"


DEEP = "<p>一、修路。市交通局牵头，2024年6月底前完成。</p><p>二、<s>拆</s>架桥。市住建局牵头，<br>2024年9月底前完成。</p><script>三、</script>"


@pytest.mark.parametrize("depth", [100, 260, 2000])
def test_a_page_of_many_elements_inside_one_another_keeps_its_lines(depth: int) -> None:
    _, plan = read("<div>" * depth + DEEP + "</div>" * depth)
    assert measures_of(plan) == [
        ("修路", "市交通局", "", "2024-06-30"),
        ("架桥", "市住建局", "", "2024-09-30"),
    ]
    assert left_for(plan, "删除线文字") == ["拆"]


@pytest.mark.parametrize("depth", [3000, 100_000])
def test_a_page_nested_beyond_reading_is_refused_for_that(depth: int) -> None:
    with pytest.raises(DocumentError) as caught:
        read("<p>一、修路。市交通局牵头。</p>" + "<div>" * depth + "二、架桥。市住建局牵头。")
    assert caught.value.code == "too_large"
    assert "嵌套超过2048层" in caught.value.message


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!-- x --><!doctype html SYSTEM "a.dtd"\n[ <!ENTITY % e "x"> %e; ]>',
    ],
)
def test_a_page_that_defines_entities_is_refused(doctype: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_bytes(f"{doctype}<h1>2024年方案</h1><p>一、甲&e;。</p>".encode(), "方案.html")
    assert caught.value.code == "unsafe"
    assert "外部实体" in caught.value.message


def test_a_doctype_that_only_names_its_standard_is_read() -> None:
    standard = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
    page = f"{standard}<html><body><p>一、修路。市交通局牵头。</p></body></html>"
    assert read_bytes(page.encode(), "方案.html").text == "一、修路。市交通局牵头。\n"


def test_related_pages_listed_below_the_text_are_no_words_of_its_last_task() -> None:
    links = ["《改造方案》政策解读", "图解：小区怎么改"]
    _, plan = read(
        "<h1>云泽市改造方案</h1><p>一、重点任务</p><p>（一）改造小区20个。（市住建局牵头）</p><p>（二）建设停车位。（市城管局牵头）</p>"
        f"<p>相关解读</p><ul><li>{links[0]}</li><li>{links[1]}</li></ul>"
    )
    assert [row[:2] for row in measures_of(plan)] == [
        ("改造小区20个", "市住建局"),
        ("建设停车位", "市城管局"),
    ]
    assert "解读" not in plan.sections[0].measures[-1].text
    assert left_for(plan, "网页残留") == ["相关解读", *links]
