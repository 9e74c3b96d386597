"""Tell the furniture of a page (navigation, page numbers, contents, letterhead, signatures) from its text."""

from __future__ import annotations

import re

from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript

WEB_DEBRIS = "网页残留"
PAGE_NUMBER = "页码"
CONTENTS = "目录"
METADATA = "公开信息表"
DOCUMENT_NUMBER = "发文字号"
LETTERHEAD = "版头"
ADDRESSEE = "主送单位"
SIGNATURE = "落款"
DATE_LINE = "日期"
ANNEX_LIST = "附件清单"
TABLE_HEADER = "表头或表注"
CLOSING_WORDS = "结束语"
CIRCULATION = "抄送与公开方式"
MEETING = "会议人员"
NOTE = "备注"

_WEB = lazy_pattern(
    r"^(?:[-·•>|\[(* ]{0,4})(?:设为首页|加入收藏|长者版|无障碍|返回顶部|返回首页|网站地图|网站首页|首页\b|"
    r"联系我们|"
    r"当前位置|[您你]现?在?的?位置|所在位置|现在位置|您所在|位置:|打印(?:本页|文章)?$|关闭(?:窗口|本页)?$|"
    r"分享到|分享:|扫一扫|"
    r"字体:|字号:|【?字体|\[字体|浏览次数|阅读次数|点击(?:数|次数|量)?:|访问量|访问次数|来源:|信息来源|"
    r"文章来源|稿件来源|"
    r"作者:|编辑:|责任编辑|责编|审核:|发布时间|发布日期|发布人|发文时间:|更新时间|上一篇|下一篇|"
    r"相关(?:阅读|文章|链接|推荐)|"
    r"推荐(?:访问|阅读)|热门(?:推荐|文章)|延伸阅读|版权所有|主办(?:单位)?:.{0,40}(?:承办|备案|技术支持|ICP备|公网安备|网站标识码|版权所有)|网站标识码|"
    r"备案号|[^\n]{0,10}ICP备|"
    r"本文(?:来自|来源)|原文(?:地址|链接)|更多.{0,8}(?:范文|文章)|收藏\]|收藏$|下载(?:本文|文档)|附件下载|相关附件|免责声明|"
    r"声明:|TAGS?\b|标签:|"
    r"(?:[\[(]?(?:收藏|打印|关闭|复制|字体|分享|大|中|小)[^\])\n]{0,3}[\])]? *){2,}$|https?://|www\.|javascript|<script|登录$|注册$|搜索$)"
)
_WEB_WITHIN = lazy_pattern(
    r"小编(?:为|给|精心|整理|收集|带来|今天)|供大家参考|供(?:您|你)参考|欢迎(?:阅读|下载|借鉴|访问)|"
    r"优秀范文|范文(?:大全|网|参考)|"
    r"\[收藏\]|阅读 *\d* *次|(?:作者|来源|字体) ?:.{0,20}(?:发布|时间|浏览|点击|阅读)|>> ?.*>>|"
    r"(?: > [^>]+){2,}|^[\u4e00-\u9fff]{2,8} ?> ?[\u4e00-\u9fff]{2,10}(?: ?> ?[^>。]{0,30})?$|点击(?:上方|蓝字|阅读原文)|长按.{0,6}二维码"
)
_WEB_SIGN = lazy_pattern("[编供欢范藏读:>击按]")  # each of the forms above has one of these
_BYLINE = lazy_pattern(
    r"^[^。,;]{0,24} *(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日? *\d{1,2}:\d\d(?::\d\d)?[^。,;]{0,40}$"
)
_PAGE = lazy_pattern(
    r"^(?:[-—·~ ]{1,4} ?\d{1,3} ?[-—·~ ]{1,4}|第 ?\d{1,3} ?页(?: ?[/,共] ?(?:共 ?)?\d{1,3} ?页)?|"
    r"\d{1,3} ?/ ?\d{1,3}|[Pp]age ?\d+.{0,9}|(?:共 ?\d+ ?页))$"
)
_METADATA = lazy_pattern(
    r"(?<![\u4e00-\u9fff])(?:索 ?引 ?号|信息索引|公开目录|公开范围|公开形式|公开方式|发布机构|发文机关|发文机构|发文字号|"
    r"文 ?号|文件编号|文件名称|公开责任部门|公开日期|成文日期|生成日期|"
    r"发文日期|名 {0,4}称|主题分类|主题词|文 ?种|时 ?效|有效性|效力状态|体裁分类|组配分类|信息分类|"
    r"文件分类|所属机构|公文时效|分 {0,4}类|"
    r"主题 ?:|关键词|内容概述|统一登记号|标 {0,4}题)[ :|]"
)
_NUMBER = lazy_pattern(
    r"^(?:[^\s,。;:()]{1,16}[\[(（〔]?(?:19|20)\d\d[\])〕）]? ?(?:第? ?\d{1,4} ?号))(?: +签发人.*)?$"
)
_ORDER = lazy_pattern(
    r"^(?:(?:19|20)\d\d ?年)?第 ?[\d一二三四五六七八九十百〇零]{1,5} ?[号期](?:令)?$|^\((?:\d{4}年)?第? ?\d{1,4} ?[期号]\)$|"
    r"^(?:总第|第)\d+期.{0,20}$"
)
_LETTERHEAD = lazy_pattern(
    r"^(?!关于)(?:[^\s,。;:]{2,30}(?:文件|简报|专报|快报|督查通报|内部明电)|签发人.{0,12}|(?:机密|秘密|绝密)[★☆].{0,6}|"
    r"特 ?急|加 ?急|急 ?件|平 ?急|\d{6}|"
    r"[^\n]{0,14}公[开報报]$|[★☆*]+)$"
)
SPACED_LETTERS = lazy_pattern(r"^(?:[\u4e00-\u9fff][ \u3000]+){2,9}[\u4e00-\u9fff]$")
_ISSUER_AND_DATE = lazy_pattern(
    r"^[^\s,。;:]{3,24}(?: {2,}|(?<=[局委办室厅府组会部心]) )(?:19|20)\d\d ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?$"
)
_ADDRESSEE = lazy_pattern(
    r"^(?:各|市|县|区|省|州|盟|旗|镇|乡|街道|局|机关|委|有关|本|全|直|国|开发区|管委会|公司|"
    r"[^\s,。;:]{2,14}(?:局|委|办|政府|部门|单位))"
    r"[^。;!?]{0,160}(?:政府|部门|单位|机构|办事处|街道办?|街办|委|办|局|公司|企业|管委会|科室|中心|院校|"
    r"学校|园区|镇|乡|处室?|组|院|区|县|市|同志|村)(?:\([^()]{0,30}\))?:$"
)
_DATE = lazy_pattern(
    r"^[(\[]?(?:(?:19|20)\d\d ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?|(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}|"
    r"(?:19|20)\d{4,6}|"
    r"[一二〇零九][〇零一二三四五六七八九]{3} ?年 ?[一二三四五六七八九十]{1,3} ?月(?: ?[一二三四五六七八九"
    r"十]{1,3} ?日)?)[)\]]?$"
)
_SIGNATURE = lazy_pattern(
    r"^(?:中共[\u4e00-\u9fff]{1,12}委|[^\s,。;:!?、()]{0,28}(?:人民政府|政府办公[室厅]|办公[室厅]|委员会|管委会|督查室|领导小组|指挥部|"
    r"委办公室|局|厅|公司|党组|党委|工委|学校|医院|中心|[考察调研督查工作检查]{2}组|专班|[创建委联防治推进]{2}办))"
    r"(?: +[^\s,。;:!?()]{2,28}(?:人民政府|办公[室厅]|委员会|局|厅))?$"
)
_CIRCULATION = lazy_pattern(
    r"^(?:抄 ?送 ?:|抄报:|主送:|分送:|(?:报|送|发) ?:(?=[^。;]{2,60}$)|主题词:|\(?此件(?:公开|主动|依申请|不予)|\(?(?:此页|本页)无正文|"
    r"\(联系人|联系人:|联系电话|[^\s。]{2,24}(?:办公[室厅]|局|委|秘书[科处]) *(?:(?:19|"
    r"20)\d\d年\d{1,2}月\d{1,2}日) ?印发|"
    r"\(?共印 ?\d+ ?份|印发份数|公开方式:)"
)
_MEETING = lazy_pattern(r"(?:出席|参会|与会|列席|缺席|请假|主持|记录)(?:人员|单位|人)?:")
_CLOSING_WORDS = lazy_pattern(
    r"^(?:谢谢(?:大家|各位)?|特此(?:通知|报告|通报|函告|函复|公告|请示|批复|汇报)|以上(?:意见|报告|汇报|"
    r"请示|发言).{0,24}|"
    r"妥否.{0,12}|此致|敬礼|(?:讲话|发言|汇报)完毕[^\n。]{0,20}|不妥之处.{0,12}|我的(?:发言|汇报|讲话)(?:完毕|"
    r"到此结束))[。!,]*(?:谢谢大家)?[。!]?$"
)
# A paragraph that speaks to all or of the document itself, below the last item of a list.
CLOSING_PROSE = lazy_pattern(
    r"(?:同志们|让我们|(?:以上|上述)|特此|此(?:报告|复|项)|感谢|希望|未尽事宜|"
    r"本(?:方案|意见|措施|通知|办法|规定|计划|细则|要点|清单)(?:自|由|从|有效|印发)|"
    r"(?:有关|相关|工作|几点)?要求:|(?:请|望)(?:各|认真|遵照|结合)|会议(?:强调|要求|指出)|(?:落实|执行|进展|贯彻|完成)情况.{0,20}(?:报|送)|"
    r"各(?:级|地|有关|相关|责任|牵头|成员)?[^。,;:]{0,30}?(?:要|应当?|务必|须|请(?=于|在|按|将)))"
)
# 有关要求：一是…。二是…: such a line speaks of the whole document, a list in it too.
CLOSING_LEAD = lazy_pattern(
    r"(?:有关|相关|工作|几点|具体|下步)?(?:工作)?要求:|(?:保障措施|组织(?:领导|保障)):"
)
_CONTENTS_HEAD = lazy_pattern(r"^[\[(]?(?:目 {0,6}[录次]|CONTENTS)[\])]?$", re.IGNORECASE)
_LEADER = lazy_pattern(r"(?:[.．。·…]{3,}|\.(?: \.){2,}|…|—{3,}|_{3,}|-{4,}) *[(\[]?\d{1,3}[)\]]?$")
_BARE_PAGE = lazy_pattern(r"[^\d\s.、()] {1,}\d{1,3}$")
_ANNEX_LIST = lazy_pattern(
    r"^附 ?件? ?(?:\([^()]{2,8}\))? ?: ?(?:\d{1,2}[.、]|[一二三四五六七八九十]、|[^\s]{2,})"
)
_ANNEX_NEXT = lazy_pattern(r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]、|[^\n]{2,30}$)")
_NUMBERED = lazy_pattern(
    r"^(?:第?[一二三四五六七八九十]{1,3}[、章节部]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、])"
)
_ENTRY = lazy_pattern(rf"{_NUMBERED.pattern}|附|[^\n]{{2,4}}$")  # 前言, 结语: entries without a number
_KEY = lazy_pattern(r"[\s.．。·…—_\-,，]+|\d{1,3}$")


_LONGEST_CONTENTS = 3000  # characters of a contents page that was put into one line


def _key(line: str) -> str:
    return _KEY.sub("", line)[:24]


def standing_debris(page: Manuscript) -> dict[int, str]:
    """Lines that are furniture wherever they stand: index into page.lines -> reason (Chinese)."""
    reasons: dict[int, str] = {}
    work = page.work
    for index, line in enumerate(page.lines):
        length = line.end - line.start
        if length > 120:
            continue
        content = work[line.start : line.end]
        reason = _furniture(content, length)
        if reason is not None:
            reasons[index] = reason
    _contents_pages(page, reasons)
    _contents_in_a_line(page, reasons)
    _annex_lists(page, reasons)
    return reasons


def _furniture(content: str, length: int) -> str | None:
    if _PAGE.match(content):
        return PAGE_NUMBER
    if length <= 90 and _WEB.match(content):
        return WEB_DEBRIS
    keyed = ":" in content  # what a time of day and the key of a field have
    if (keyed and _BYLINE.match(content)) or (
        _WEB_SIGN.search(content) is not None and _WEB_WITHIN.search(content)
    ):
        return WEB_DEBRIS
    if content.strip("━─—_= ") == "" or (length <= 8 and content.strip("-—_=*#~·• ") == ""):
        return WEB_DEBRIS
    found = _METADATA.search(content, 0, 120) if keyed or "|" in content else None
    if found and (
        content.count("|") >= 1 or (found.start() <= 2 and ":" in content[found.start() : found.end() + 6])
    ):
        return METADATA
    if length <= 40 and _CIRCULATION.match(content):
        return CIRCULATION
    if _MEETING.match(content):
        return MEETING
    if length > 40 and content.startswith(("抄送:", "抄报:", "主送:")):
        return CIRCULATION
    return None


_RUN_IN_ENTRY = lazy_pattern(r"(?:^| )(?P<entry>[一二三四五六七八九十]{1,3}、[^ 。;]{2,30})(?= |$)")
_FEWEST_RUN_IN = 3
_CONTENTS_WITHIN = 40  # lines from the first


def _contents_in_a_line(page: Manuscript, reasons: dict[int, str]) -> None:
    """Headings one after another in a single line without a stop, the first of which comes again below, are a contents page."""
    for index, line in enumerate(page.lines[:_CONTENTS_WITHIN]):
        if index in reasons or line.end - line.start > _LONGEST_CONTENTS:
            continue
        words = page.work[line.start : line.end]
        if words.count("、") < _FEWEST_RUN_IN or "。" in words or "|" in words:
            continue
        entries = [found.group("entry") for found in _RUN_IN_ENTRY.finditer(words)]
        if len(entries) < _FEWEST_RUN_IN:
            continue
        below = re.compile(rf"^ *{re.escape(entries[0])}", re.MULTILINE)
        if below.search(page.work, line.end):
            reasons[index] = CONTENTS
        return


def _contents_pages(page: Manuscript, reasons: dict[int, str]) -> None:
    """A contents page ends where its first entry comes again, or at a line that cannot be an entry."""
    lines, work = page.lines, page.work
    index = 0
    while index < len(lines):
        content = work[lines[index].start : min(lines[index].end, lines[index].start + 120)]
        if _LEADER.search(content) and index not in reasons:
            reasons[index] = CONTENTS
        elif _CONTENTS_HEAD.match(content):
            index = _one_contents_page(page, index, reasons)
            continue
        index += 1


def _one_contents_page(page: Manuscript, head: int, reasons: dict[int, str]) -> int:
    lines, work = page.lines, page.work
    reasons[head] = CONTENTS
    first_key = ""
    index = head + 1
    while index < len(lines) and index < head + 400:
        content = work[lines[index].start : lines[index].end]
        if len(content) > 70 or (content.endswith(("。", ";", "!")) and not _LEADER.search(content)):
            break
        key = _key(content)
        if first_key and key == first_key:
            break
        if not first_key and _NUMBERED.match(content):
            first_key = key
        reasons.setdefault(index, CONTENTS)
        index += 1
    if index < len(lines) and first_key and _key(work[lines[index].start : lines[index].end]) != first_key:
        return _back_to_last_entry(page, head, index, reasons)
    _release_title(page, head, index, reasons)
    return index


def _release_title(page: Manuscript, head: int, stop: int, reasons: dict[int, str]) -> None:
    """Between the last entry and the first heading may stand the document's title: no entry of the contents."""
    for index in range(stop - 1, head, -1):
        content = page.work[page.lines[index].start : page.lines[index].end]
        if _ENTRY.match(content) or _LEADER.search(content) or _BARE_PAGE.search(content):
            return
        if reasons[index] == CONTENTS:
            del reasons[index]


def _back_to_last_entry(page: Manuscript, head: int, stop: int, reasons: dict[int, str]) -> int:
    """Without a repeated first entry only lines that look like entries belong to the contents page."""
    last = head
    for index in range(head + 1, stop):
        content = page.work[page.lines[index].start : page.lines[index].end]
        if _LEADER.search(content) or _BARE_PAGE.search(content):
            last = index
    if last == head:
        last = stop - 1 if stop - head > 2 else head
    for index in range(last + 1, stop):
        if reasons.get(index) == CONTENTS:
            del reasons[index]
    return last + 1


def _annex_lists(page: Manuscript, reasons: dict[int, str]) -> None:
    """附件：1.… 2.… under a notice lists what is attached; only a later line opens the annex itself."""
    lines, work = page.lines, page.work
    for index, line in enumerate(lines):
        content = work[line.start : min(line.end, line.start + 100)]
        if index in reasons or not content.startswith("附") or not _ANNEX_LIST.match(content):
            continue
        if line.end - line.start > 90 or content.endswith(("。", ";")):
            continue
        entries = _entries_after(page, index)
        following = [
            work[lines[i].start : lines[i].end] for i in range(entries, min(entries + 3, len(lines)))
        ]
        listed = re.match(r"^附 ?件? ?: ?(?:1[.、]|一、)", content) is not None
        closes = any(
            _DATE.match(text) or _SIGNATURE.match(text) or text.startswith("附件") for text in following
        )
        if listed or closes or not following:
            for entry in range(index, entries):
                reasons[entry] = ANNEX_LIST


def _entries_after(page: Manuscript, head: int) -> int:
    lines, work = page.lines, page.work
    index = head + 1
    expected = 2
    while index < len(lines):
        content = work[lines[index].start : lines[index].end]
        number = re.match(r"^(\d{1,2})[.、]", content)
        if number is None or int(number.group(1)) != expected or len(content) > 90 or content.endswith("。"):
            break
        expected += 1
        index += 1
    return index


def letter_part(content: str) -> str | None:
    """The reason for a line of letterhead, document number, addressee, signature or date; None for text."""
    if len(content) > 200:
        return None
    if _NUMBER.match(content) or _ORDER.match(content):
        return DOCUMENT_NUMBER
    if _LETTERHEAD.match(content) or SPACED_LETTERS.match(content) or _ISSUER_AND_DATE.match(content):
        return LETTERHEAD
    if _ADDRESSEE.match(content):
        return ADDRESSEE
    if _DATE.match(content):
        return DATE_LINE
    if _SIGNATURE.match(content):
        return SIGNATURE
    if _CLOSING_WORDS.match(content):
        return CLOSING_WORDS
    return None
