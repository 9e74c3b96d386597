"""Two views of a printed text: a same-length working copy for the grammar, one typography for people."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from .lazy_pattern import lazy_pattern

# Traditional characters of the grammar's own words and of common headings; names are cut from the source.
_TRADITIONAL = (
    "責责單单位位牽牵頭头導导關关門门報报縣县區区鄉乡鎮镇務务時时間间項项標标實实開开發发進进會会議议總总"
    "結结單单領领組组織织協协調调執执處处長长辦办員员應应須须將将與与為为屬属級级類类規规劃划計计畫画點点"
    "個个條条階阶監监測测環环資资產产業业農农經经濟济廣广電电視视體体衛卫師师學学醫医財财政政稅税銀银"
    "險险審审檢检測测網网絡络號号題题續续認认證证據据質质檔档錄录編编製制訂订設设備备後后於于從从來来"
    "內内兩两幾几萬万億亿強强優优創创築筑構构機机運运輸输車车陸陆軍军團团婦妇殘残聯联產产園园場场廠厂"
    "館馆館馆對对見见觀观覽览評评價价預预減减災灾澤泽營营養养護护達达連连選选還还遠远過过這这邊边際际"
    "隊队陽阳險险難难靜静順顺頒颁願愿館馆飲饮駐驻驗验齊齐齡龄龍龙紀纪綱纲紹绍終终統统給给線线緊紧緒绪"
    "維维繼继纜缆繳缴聲声職职聽听腦脑與与興兴舉举舊旧節节蘭兰藝艺藥药蘇苏補补裝装複复訓训記记許许訴诉"
    "診诊詢询試试詳详語语誤误說说請请論论諮咨講讲謝谢識识譜谱譯译讓让負负貢贡貨货販贩責责貫贯貴贵買买"
    "費费貿贸賀贺賦赋賽赛贊赞贏赢跡迹軌轨較较載载輔辅輛辆輪轮轄辖轉转辭辞適适遲迟遷迁郵邮鄧邓鄰邻鐵铁"
    "鑒鉴閉闭閱阅闊阔隨随雙双雜杂離离雲云霧雾韓韩頁页頂顶須须頻频顆颗顧顾風风飛飞飯饭餐餐馬马魯鲁鮮鲜"
    "黃黄黨党齊齐歷历歸归殺杀氣气決决沒没況况淨净準准溝沟滅灭滿满漁渔潔洁濕湿灣湾無无煙烟熱热獎奖獨独"
    "獻献現现瑪玛琺珐產产療疗盡尽盤盘確确礎础禮礼種种稱称穩稳窮穷競竞筆笔範范簡简籤签糧粮約约級级純纯"
    "細细練练縮缩績绩織织繫系華华葉叶著着處处術术衝冲裏里製制複复訪访評评詞词該该調调貼贴貸贷賓宾質质"
    "趕赶輕轻農农遞递遺遗邏逻釋释鋪铺鋼钢錢钱鍵键鎖锁鏈链鐘钟門门問问間间閒闲陣阵陳陈隱隐雖虽響响頓顿"
    "額额類类顯显養养餘余驅驱魚鱼點点齒齿國国圍围圖图園园圓圆執执堅坚報报塊块壓压壞坏夠够夥伙奪夺奮奋"
    "學学寧宁審审寫写寶宝將将專专尋寻導导層层屆届島岛嶺岭幣币幫帮廢废廳厅張张彈弹彙汇徵征徹彻懷怀態态"
    "慶庆憂忧憑凭應应戰战戶户拋抛捨舍掃扫掛挂採采揚扬換换損损搶抢擇择擊击擔担據据擬拟擴扩攜携敗败敵敌"
    "數数斷断時时晉晋暫暂書书條条東东極极榮荣樓楼樂乐樣样樞枢樹树橋桥檢检權权歐欧歲岁啟启單单嚴严"
    "貳贰叄叁勞劳勢势動动勵励區区協协卻却參参變变員员問问啟启佔占併并來来倉仓個个倫伦側侧傑杰備备傳传債债傷伤"
    "週周臺台綜综當当訊讯綠绿鑑鉴佈布復复賬账誌志遊游僱雇幹干緩缓汙污洩泄漢汉潤润濱滨灑洒爭争狀状獲获"
    "畝亩癥症礦矿穀谷積积糾纠紙纸絕绝綿绵縫缝聰聪聞闻膠胶臨临艦舰莊庄萊莱藍蓝蘆芦虛虚蟲虫覺觉觸触誘诱"
    "諾诺謀谋豐丰貧贫賠赔賴赖躍跃輿舆鄭郑醜丑釣钓鈔钞鋁铝鍋锅鑄铸閑闲閘闸閣阁闢辟陰阴雞鸡靈灵騙骗髒脏"
    "鬥斗鮑鲍鳥鸟鹽盐麥麦"
    "價价儀仪億亿儘尽優优儲储兒儿兩两凍冻劑剂劃划劉刘則则剛刚務务勝胜匯汇衆众眾众縱纵橫横煉炼築筑"
)
# Characters that take no room: they come with text copied from pages and are no part of a word.
INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\ufe00\ufe01\ufe0e\ufe0f\ufeff"
)


def _by_code(table: Mapping[int, str | None]) -> list[int | str | None]:
    """A table for str.translate that is looked up by place.

    Of a dict it catches a KeyError for each character that is not in it, which takes three times as long.
    """
    listed: list[int | str | None] = list(range(0x10000))
    for code, plain in table.items():
        listed[code] = plain
    return listed


@cache
def _plain_forms() -> list[int | str | None]:
    """Every character with a one-character plain form: width, brackets, blanks, radicals, traditional."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for code in range(0x2F00, 0x2FD6):  # Kangxi radicals that PDF copies put for 一, 二, 十 ...
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1:
            table[code] = plain
    for blank in "\r\u3000\u00a0\t\u2002\u2003\u2009\u202f\x0b\x0c" + INVISIBLE:
        table[ord(blank)] = " "
    table |= {
        ord(a): b for a, b in zip("【】〔〕﹝﹞〖〗｛｝{}〘〙⟦⟧❲❳❨❩❪❫", "[][][][][][][][][]()()", strict=True)
    }
    table |= {ord(a): b for a, b in zip("﹐､﹑﹒﹔﹕｡∶︰○﹙﹚―–‐‑﹣−", ",、、.;:。::〇()——----", strict=True)}
    table |= {ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)}
    return _by_code(table)


_TAG = lazy_pattern(
    r"<(/?)([A-Za-z][A-Za-z0-9]{0,14})(?:\s[^<>\n]{0,300}|)/?>|&(?:[A-Za-z]{2,10}|#\d{2,6}|"
    r"#x[0-9A-Fa-f]{2,5});"
)
_BREAKING = frozenset("br p div tr li h1 h2 h3 h4 h5 h6 table section article ul ol".split())  # noqa: SIM905
_KEPT_ENTITY = lazy_pattern(r"&(?:[A-Za-z]{2,10}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")


def _masked(match: re.Match[str]) -> str:
    whole = match.group()
    if whole[0] == "&":
        plain = html.unescape(whole)
        if len(plain) > 1:
            return whole  # not a known entity: ordinary text
        return plain.translate(_plain_forms()) + " " * (len(whole) - 1)
    name = match.group(2).lower()
    if name == "br" and _within_row(match):
        return " " * len(whole)
    first = "\n" if name in _BREAKING else "|" if name in {"td", "th"} and match.group(1) else " "
    return first + " " * (len(whole) - 1)


def _within_row(match: re.Match[str]) -> bool:
    """Whether a break stands in a cell of a row drawn with pipes: | 市税务局<br>市人社局 |."""
    text = match.string
    before = text[max(0, match.start() - 200) : match.start()].rpartition("\n")[2]
    after = text[match.end() : match.end() + 200].partition("\n")[0]
    return before.count("|") > 1 and "|" in after


# Angle brackets around who does it: <市科协牵头，市教育局配合>; elsewhere they compare or stand in titles.
_ANGLED = lazy_pattern(
    r"[<＜〈]([^<>＜＞〈〉\n]{0,160}(?:牵头|配合|负责|责任单位|完成时限)[^<>＜＞〈〉\n]{0,160})[>＞〉]"
)
# 各区〈市、县〉政府: around a class of places within a name; 《…〈…〉…》 is a title in a title.
_ANGLED_NAME = lazy_pattern(
    r"(?<=[\u4e00-\u9fff])[<＜〈]([省市县区州盟旗镇乡街道园村、，, ]{1,12})[>＞〉](?=[\u4e00-\u9fff])"
)


def has_html_debris(text: str) -> bool:
    """Whether tags or entities of a web page are left in what should be plain text."""
    return ("<" in text or "&" in text) and _TAG.search(text) is not None


def _with_blanks(alternatives: str) -> str:
    """Words between bars with up to four blanks allowed between their characters."""
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", " {0,4}", alternatives)


# 牵 头 单 位:, 责任 单位:: the letters of a label set apart to fill a column.
_SPACED_LABEL = lazy_pattern(
    r"(?<![\u4e00-\u9fff])(?=[牵责配主协承参落整完办时分])(?:"
    + _with_blanks("牵头|责任|配合|主办|协办|承办|参与|落实|整改|完成|办结|办理|时间|分管")
    + r") {0,4}(?:"
    + _with_blanks("单位|部门|科室|时限|期限|时间|节点|要求|领导|人")
    + r")(?= {0,4}[:\]])|(?<![\u4e00-\u9fff])时 {1,4}限(?= {0,4}[:\]])"
)


# 市财政局牵 头: a blank within a verb, hard ones of web pages among them. 调配 合格人员 is two words.
_SPACED_VERB = lazy_pattern(
    r"牵 {1,8}头|(?<![调分匹搭装选支])配 {1,8}合|负 {1,8}责|落 {1,8}实|协 {1,8}办|主 {1,8}办(?![公理])"
)


# 甲局、 乙局: the blank goes before the mark, so that what follows the mark begins at once.
_BLANK_AFTER_MARK = lazy_pattern(
    r"(?<=[\u4e00-\u9fff)\]])(?<![一二三四五六七八九十])([、,]) (?=[\u4e00-\u9fff])"
)


def _closed_up(match: re.Match[str]) -> str:
    printed = match.group()
    return printed.replace(" ", "").rjust(len(printed))


def _square(match: re.Match[str]) -> str:
    return f"[{match.group(1)}]"


def working_copy(text: str) -> str:
    """The text half-width, simplified, HTML debris blanked: of the same length, so offsets stay true."""
    if has_html_debris(text):
        text = _TAG.sub(_masked, text)
    if "<" in text or "＜" in text or "〈" in text:
        text = _ANGLED.sub(_square, text)
        text = _ANGLED_NAME.sub(_square, text)
    plain = text.translate(_plain_forms())
    if " " in plain:
        plain = _BLANK_AFTER_MARK.sub(r" \1", plain)
        plain = _SPACED_VERB.sub(_closed_up, _SPACED_LABEL.sub(_closed_up, plain))
    return plain


def without_tags(fragment: str) -> str:
    """A fragment of the source as a reader of the page would see it (tags dropped, entities decoded)."""
    if "<" not in fragment and "&" not in fragment:
        return fragment
    return _TAG.sub(lambda m: html.unescape(m.group()) if m.group()[0] == "&" else "", fragment)


_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—*＊"
_TO_FULL = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}
_POINT = lazy_pattern(r"[,;:!?]")
_POINT_BEHIND_LATIN = lazy_pattern(r"[,;:!?](?<=[0-9A-Za-z].)")
_INNER_BRACKETS = lazy_pattern(r"\(([^()\n]*)\)")
_HAS_CJK = lazy_pattern(f"[{_CJK}]")
_BLANKS = lazy_pattern(r" {2,}")
_LINE_BREAK = lazy_pattern(r"\s*\n\s*")
_SOFT_BREAK = lazy_pattern(r"([^\n]) *\n\s*(?=([^\n]))")
_BLANK_BY_POINT = lazy_pattern(r" +(?=[，。；：！？、）】〕》”])|(?<=[，。；：！？、（【〔《“]) +")
_STRAIGHT_QUOTED = lazy_pattern(r'"([^"\n]{1,80})"')


@cache
def _half_width() -> list[int | str | None]:
    """Full-width forms of what is half-width in canonical typography, blanks, and characters that take no room."""
    return _by_code(
        {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
        | {ord(c): " " for c in "\u3000\u00a0\t\u2002\u2003\u2009\u202f"}
        | dict.fromkeys(map(ord, INVISIBLE))
        | {ord(a): b for a, b in zip("﹐､﹑｡﹔﹕", ",、、。;:", strict=True)}
    )


_STARTS_ITEM = lazy_pattern(
    r"(?:[(]?[一二三四五六七八九十]{1,3}[)、]|[一二三四五六七八九十]{1,3}[是要]|[(]?\d{1,2}[.、)]|[①-⑳]|"
    r"(?:牵头|责任|配合|协办|主办|承办|参与|完成|整改|办理|落实)(?:责任)?(?:单位|部门|科室|领导|时限|时间|期限|人)[:：])"
)


def _full_point(match: re.Match[str]) -> str:
    text, at = match.string, match.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before.isascii() and before.isalnum() and after.isascii() and (after.isalnum() or after == "/"):
        return match.group()
    if before.isascii() and after == " " and text[at + 2 : at + 3].isascii() and before.isalpha():
        return match.group()
    return _TO_FULL[match.group()]


def _full_brackets(match: re.Match[str]) -> str:
    text, inner = match.string, match.group(1)
    around = text[match.start() - 1 : match.start()] + inner + text[match.end() : match.end() + 1]
    if _HAS_CJK.search(around) or not inner:
        return f"（{inner}）"
    return match.group()


def _curly(match: re.Match[str]) -> str:
    return f"“{match.group(1)}”" if _HAS_CJK.search(match.group(1)) else match.group()


def _joined(match: re.Match[str]) -> str:
    last, following = match.group(1), match.group(2)
    if last in "。！？：!?:" or _STARTS_ITEM.match(match.string, match.end()):
        return last + "\n"
    latin = last.isascii() and last.isalnum() and following.isascii() and following.isalnum()
    return last + (" " if latin else "")


@lru_cache(maxsize=2048)
def canonical_marker(marker: str) -> str:
    """The canonical form of an item number; cached, for a plan has few different ones."""
    return canonical(marker)


def canonical(fragment: str) -> str:
    """One typography for any printing of the same words.

    Full-width punctuation in Chinese context, half-width digits, letters and the marks between them; blanks
    collapsed and trimmed; a line break inside a sentence joined, one after a full stop or before a numbered
    item kept as one newline.
    """
    text = without_tags(fragment).translate(_half_width()).strip()
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    if "\n" in text:
        text = _SOFT_BREAK.sub(_joined, _LINE_BREAK.sub("\n", text))
    if '"' in text:
        text = _STRAIGHT_QUOTED.sub(_curly, text)
    for _ in range(3):  # brackets nest at most this deep in real clauses
        if "(" not in text:
            break
        replaced = _INNER_BRACKETS.sub(_full_brackets, text)
        if replaced == text:
            break
        text = replaced
    if _POINT_BEHIND_LATIN.search(text) is None:  # as nearly everywhere: all points become full-width
        for half, full in _TO_FULL.items():
            if half in text:
                text = text.replace(half, full)
    else:
        text = _POINT.sub(_full_point, text)
    return _BLANK_BY_POINT.sub("", text) if " " in text else text
