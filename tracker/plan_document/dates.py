"""Read deadlines and stages: the last day of the period that is named, and no date that is no limit."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from .numerals import to_number

_N = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九元])"
_DAY = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEAR = r"(?:(?:19|20)\d\d|二[〇零][〇零一二三四五六七八九]{2})"
_SINCE = rf"(?:{_YEAR} ?年? ?[-—~至到] ?)?"
_PREFIX = rf"(?:{_SINCE}(?P<year%d>{_YEAR}) ?年度?|(?P<word%d>今年|本年度?|当年|明年|次年|翌年|来年))"
_DATES = re.compile(
    # The first character decides at most places, which keeps the scan fast.
    r"(?=[\d一二三四五六七八九十元第今本当明次翌来上下年全“\"Qq])(?:"
    r"(?<!\d)(?P<dy>20\d\d) ?[./-] ?(?P<dm>1[0-2]|0?[1-9])(?: ?[./-] ?(?P<dd>[12]\d|3[01]|"
    r"0?[1-9]))?(?![\d%]|[./-]\d)"
    rf"|(?:{_PREFIX % (1, 1)} ?的? ?)?(?<![\d个每])(?:{_N} ?月?份? ?[-—~至到] ?)?(?P<month>{_N}) ?月(?!一["
    rf"\u4e00-\u9fff]|度|均|报|龄|嫂|季|光)份? ?"
    rf"(?:(?:{_DAY} ?[日号]? ?[-—~至到] ?)?(?P<day>{_DAY}) ?[日号](?: ?[-—~] ?(?P<lastday>{_DAY}) ?[日号])"
    rf"?|(?P<third>上旬|中旬|下旬|初)|(?P<monthend>底|末))?"
    r"|(?<![\d/.])(?P<sm>1[0-2]|0?[1-9])/(?P<sd>[12]\d|3[01]|0?[1-9])(?![\d/.%])"
    rf"|(?:{_PREFIX % (2, 2)} ?的? ?)?(?:(?P<half>上半年|下半年|年中)|(?:[Qq](?P<q>[1-4])(?!\d)|"
    rf"第?(?:[一二三1-3] ?(?:季度)? ?[-—~至到] ?)?(?P<quarter>[一二三四1-4]) ?季度?(?!一))(?:末|底)?)"
    rf"|{_PREFIX % (3, 3)} ?(?P<end>年?[底末内终])?"
    r"|(?<![0-9〇零一二两三四五六七八九十百几半每历往常多逐])(?P<bare>年[底末内终](?!考|会|奖|绩)|"
    r"全年(?=[ ,;。)|]|$|[^。;\n]{1,40}其中[^。;\n]{0,4}(?:[一二三]季度|上半年|\d{1,2}月)))"
    r"|[“\"]?十(?P<plan>[三四五六])五[”\"]?(?:规划)?(?:期?末|末期|时期末|期间结束|(?P<planspan>期间|时期))"
    rf"|(?<!\d)(?P<year4>{_YEAR})(?=(?:、{_YEAR})+年)"
    r")"
)
_TAIL = re.compile(
    r" ?(?:[(][^()]{1,8}[)])?(?:(?:\d{1,2}[时点:](?:\d{1,2}分?)?|上午|下午|中午|下班|当天|"
    r"24时)*(?P<limit>之?前(?!后|期|列|沿|瞻|提(?![出交供升高请前])|景|三|五|十)|以前|为?止|截止|以内|内(?!容|部|涵|设))|"
    r"(?P<since>(?:\d{1,2}[时点])?(?:[起后始](?!勤|台|备|续)|以来|以后|之后|开始|期间|期内)))"
)
_PHRASE_STOP = re.compile(r"[,。;\n]")
_BEFORE_TIED = re.compile(
    r"(?:到|至|于|截止(?:日期|时间)?[为是:]?|力争(?:在)?|确保(?:在)?|争取(?:在)?|计划(?:在|于)?|预计(?:在|"
    r"于)?|[限期时间点]:|在|赶在|不晚于|不迟于|最迟|必须|[时期]限[为是]?|时间[为是]|"
    r"日期[为是]) ?(?:“)?$"
)
_NOT_A_LIMIT_BEFORE = re.compile(
    r"(?:自|从|始于|有效期(?:限)?(?:至|到|为|自|截至)?|(?:执行|施行|实施|延续|延长|延期|顺延|试行|优惠|"
    r"适用|享受|保留|补贴|有效|继续|认定|政策|免征|减征)(?:期限?|时间|政策)?(?:内)?(?:执行|实施|"
    r"延续)?(?:暂定)?(?:为)?(?:至|到|截至|截止到?|截止至|:)|"
    r"(?:政策|优惠|补贴|奖补)(?:截止|终止|执行|有效)(?:时间|日期|期限?)(?::|为)?|对(?:于|在)?|与|较|比|同比|以|印发于|成立于|相当于|高于|低于|不低于|优于|参照|按照|依据|根据|继|"
    r"现将|关于) ?$"
)
# The whole of a span that says how long something holds: 执行期为2023年至2025年.
_HOLDS = re.compile(
    r"(?:执行|有效|实施|适用|政策|试行|规划|保修|过渡)期限?(?:内)?(?:暂定)?[为是自从:]{0,2} ?(?:\d[\d年月日 ]{3,11}[-—~至到]?)? ?$"
)
_ONWARDS = frozenset({"起", "始", "开始", "以后", "之后"})
_AS_ORDERED = re.compile(r"(?:按照|根据|依据) ?$")
_AS_LIMIT_AFTER = re.compile(
    r"[前止]?(?:作)?为(?:最终|最后|完成|办结|整改|截止|总|)(?:的)?(?:时限|期限|节点|限|时间(?:节点)?|日期)"
)
_UNTIL_NOW = re.compile(r"截[至止]到? ?$")
_CLOSING_DAY = re.compile(r"截止到? ?$")
# A feast or season has no calendar day of its own here.
_FEAST_AFTER = re.compile(
    r"^ ?(?:[春秋]季)?学[期年]|^ ?[春夏秋冬]季|^[“\"]?(?:元旦|七一|八一|十一|三八|春节|清明|五一|端午|中秋|国庆|汛|入?冬|供暖|(?:[春秋]季)?(?:学期)?开学|暑|寒假|两会|雨季|春耕|"
    r"秋收)[^,。;]{0,4}(?:之?前|以前)"
)
_DONE_AFTER = re.compile(r"^[^。;]{0,12}(?:已|共|累计|实有|现有|全[市县区省]共)")
_ELIGIBLE_AFTER = re.compile(
    r"^(?:已经?|新|依法|正式|在[^,。;]{1,8})?(?:注册|登记|成立|设立|购买|购置|购房|投产|开工|入库|签订|"
    r"签约|毕业|参保|取得|获得|获批|备案|建成|申报|上牌|报废|发生|出生|入职|就业|缴纳|纳统|升规|入统|"
    r"交付|竣工|形成|认定|批准|审批|引进|落户|在建|在册|办理|存在|新增|投放|使用|迁入|退休|入学|持有|出台|"
    r"印发|制定|发布|完工)[^,。;]{0,16}?的(?!工作|任务|目标)[\u4e00-\u9fff]"
)
_ELIGIBLE_LATER = re.compile(
    r"^[^,。;]{0,20}(?:的|且[^,。;]{2,16})(?:企业|单位|个人|人员|家庭|车辆|市场主体|经营主体|小区|房屋|"
    r"建筑|毕业生|职工|居民|纳税人|个体工商户|用人单位)[,给可均按享]"
)
_RESULT_AFTER = re.compile(
    r"^[,:]?(?:全[市县区省州]|我[市县区])?[^,。;]{0,14}?(?:新增|净增|完成|建成|实现|达到|达|投入|投用|竣工|通车|"
    r"交付|报送|上报|报|送|出台|印发|取得|形成|基本|全面|力争|确保|全部|启用|上线|验收|组织|开展|召开|"
    r"制定|前|通过|落实|突破|稳定|保持|下降[到至]|降[到至]|增加[到至]|增长至|不超过|低于|高于|提升至|提高至|不少于|覆盖|提升到|提高到|控制|消除|培育|不低于|超过|增长到|建立|构建|办结|反馈|"
    r"提交|到位|清零|结束|销号|完工|交房|运行|运营)"
)
# 2025年，实现全覆盖: a year set off by a comma is a limit where its target follows at once.
_TARGET_AFTER = re.compile(
    r"^,(?:力争|确保|全面|基本|全部|率先)?(?:新建|实现|完成|建成|达到|形成|改造|新增|培育|建立|打造|创建|"
    r"消除|投用|通过)"
    r"(?!了)[^。;]*?(?:[。;]|$)"
)
# 2022年、2023年分别新增: each year of a list is a stage.
_LISTED_AFTER = re.compile(rf"^(?:年?、{_YEAR})*年?(?:分别|各)(?!级|类|地|部)")
_START_AFTER = re.compile(
    r"^[^,。;]{0,10}?(?:启动|开始|开工|起步|动工|施行|生效|实施(?!完|到位)|起|开建|试点)"
)
# 全年新增8000人，其中一季度2000人: a year whose stages are named is a limit, a year's figure alone is none.
# 一季度完成立项，二季度开工: the start of building is a stage where others went before it.
_NEXT_STAGE = re.compile(r"(?:全面)?(?:开工|动工|开建)")
# 7月至9月集中整治: a span in which work goes on ends with it.
_WORK_AFTER = re.compile(r"^,?(?:集中|开展|进行|组织|推进|整治|实施|攻坚|排查|整改)")
_OF_AFTER = re.compile(r"[^,。;]{0,10}的(?=[\u4e00-\u9fff]{2,6}(?:[,。;!]|$))")  # 今年防汛工作的全面胜利
_STAGE_FIGURE = re.compile(r"(?:达到|达|完成)?\d[\d.]*(?:%|[万亿]?[\u4e00-\u9fff]{1,3})(?=[,。;])")
_SHARE_AFTER = re.compile(r"[^,。;]{0,8}\d")  # 其中2022年1500名
# 自…至…，对符合条件的企业减按50%征收: how long a grant holds is no limit.
_SPAN_OPENS = re.compile(r"[自从][\d年月日 ]{4,14}起?(?:[-—~至到]|,至) ?$")
_GRANTED_AFTER = re.compile(
    r"^(?:止|期间|内)?,?(?:对|给予|免|减|缓|按|暂|继续|实行|享受|补贴|发放|奖励|执行|阶段性|降低|[^,。;]{2,20}(?:免征|减征|减按|缓缴|减半|补贴|奖励|享受))"
)
# 2023年1月1日至2024年12月31日，对…免征增值税: so does a span of days without 自.
_SPAN_TO = re.compile(r"20\d\d ?年[\d月日 ]{0,8}[-—~至到] ?$")
_GRANTED_TO_AFTER = re.compile(
    r"^(?:止|期间|内)?,?(?:对[^。;]{2,60}?)?(?:免征|减征|减按|缓缴|缓征|减半|加计)"
)
# 4月启动，10月底前完成: in a field for limits the beginning of the work is none.
_BEGUN_AFTER = re.compile(r"(?:启动|开始|起步|施行)(?=[,;、])")
_STAGE_OF_IT = re.compile(r"^[^。;]{1,40}其中[^。;]{0,4}(?:[一二三]季度|上半年|\d{1,2}月)")
_BOOK = re.compile(r"《[^《》\n]{0,80}》|\[(?:19|20)\d\d\]\d{1,4}号")
_EVERY = re.compile(
    r"每(?:年|个?月|季度?|半年|学期)[^,。;]{0,3}$|每年(?:的)?(?:\d{1,2}月[^,。;]{0,6}[和、])?$|历年$|往年$"
)
_RELATIVE = re.compile(
    r"(?<![\d.])(?:\d{1,3}|[一二两三四五六七八九十半]{1,3}) ?个?(?:工作日|天|日|月|年|星期|周|小时)(?:之|"
    r"以)?内"
)
_RELATIVE_TO = re.compile(
    r"(?:自|收到|接到|会后|会议后|印发(?:之日起|后)?|批复后|交办后|受理|签收|签订)[^,。;\n]{0,14}$"
)
STANDING = re.compile(
    r"长期(?:坚持|推进|任务|实施|工作)?|持续(?:推进|实施|坚持|开展)|常年(?:坚持|推进)?|常态化(?:推进|开展|"
    r"坚持)?|即知即改并长期坚持|坚持常态|立行立改并长期坚持"
)
# Said as a limit, between stops or brackets of its own; 常态化开展整治 within a sentence says how, not how long.
STATED_STANDING = re.compile(
    r"(?:^|[，,；;。（(〔【\[：:|])\s*(?:长期坚持|长期推进|长期任务|持续推进|持续坚持|常态化推进|常年坚持)\s*"
    r"(?=$|[，,；;。）)〕】\]|])"
)
_QUARTER_END = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}
_PLAN_END = {"三": 2020, "四": 2025, "五": 2030, "六": 2035}


@dataclass(frozen=True)
class FoundDate:
    """A limit read from text: its last day, its span, and whether its year came from outside the words."""

    date: date
    start: int
    end: int
    inherited_year: bool


@dataclass(frozen=True)
class DateReading:
    """All limits in reading order, and the words of a relative limit (3个工作日内) if there is one."""

    found: tuple[FoundDate, ...]
    relative: str | None = None
    relative_span: tuple[int, int] | None = None


def read_dates(work: str, context_year: int | None, *, labelled: bool = False) -> DateReading:
    """Limits in `work` (working-copy text). `labelled`: a deadline field, where any date is a limit."""
    text = work
    if "《" in work or "[" in work:
        text = _BOOK.sub(lambda m: "\0" * len(m.group()), work)
    found: list[FoundDate] = []
    mentioned: int | None = None
    for match in _DATES.finditer(text):
        printed_year = _group(match, "year") or match.group("dy")
        if printed_year:
            mentioned = to_number(printed_year)
        tail = _TAIL.match(text, match.end())
        if match.group("sm") and not (labelled or _alone(text, match.start(), match.end())):
            continue  # 1/3 is a share
        if (
            not labelled
            and not _is_limit(text, match, tail, context_year)
            and not _is_next_stage(text, match, found)
        ):
            continue
        if labelled and (
            (match.group("end") is None and _group(match, "year") and _is_feast(text, match))
            or (tail is not None and tail.group("since") in _ONWARDS)
            or _EVERY.search(text, max(0, match.start() - 12), match.start())
            or _opens_range(text, match)
            or (_BEGUN_AFTER.match(text, match.end()) and _DATES.search(text, match.end()))
        ):
            continue
        year, inherited = _year(match, found, mentioned, context_year)
        if year is None:
            continue
        day = _last_day(match, year)
        if day is not None:
            end = tail.end() if tail and tail.group("limit") else match.end()
            found.append(FoundDate(day, match.start(), end, inherited))
    relative = _RELATIVE.search(text) if "内" in text else None
    if relative is None:
        return DateReading(tuple(found))
    since = _RELATIVE_TO.search(text, max(0, relative.start() - 20), relative.start())
    begin = since.start() if since else relative.start()
    return DateReading(tuple(found), text[begin : relative.end()], (begin, relative.end()))


_GROUPS = {"year": ("year1", "year2", "year3", "year4"), "word": ("word1", "word2", "word3")}


def _group(match: re.Match[str], name: str) -> str | None:
    for group in _GROUPS[name]:
        value = match.group(group)
        if value:
            return str(value)
    return None


_TO = re.compile(r" ?起?[-—~至到] ?")


def _opens_range(text: str, match: re.Match[str]) -> bool:
    following = _TO.match(text, match.end())
    return following is not None and _DATES.match(text, following.end()) is not None


def _is_next_stage(text: str, match: re.Match[str], found: list[FoundDate]) -> bool:
    """Whether building begins on this date after another stage of the same sentence, or it is one of a list."""
    if found and found[-1].end == match.start() - 1 and text[match.start() - 1] == "、":
        return _group(match, "year") is not None and text.startswith((",", "分别", "各"), match.end())
    if found and text[match.start() - 1] == "," and _STAGE_FIGURE.match(text, match.end()):
        return "。" not in text[found[-1].end : match.start()]  # 2022年底前50类，2023年80类，…
    if found and text[max(0, match.start() - 2) : match.start()] == "其中":
        return _SHARE_AFTER.match(text, match.end()) is not None
    if not found or _NEXT_STAGE.match(text, match.end()) is None:
        return False
    return text.find("。", max(found[-1].end, match.start() - 200), match.start()) < 0


def _is_limit(text: str, match: re.Match[str], tail: re.Match[str] | None, context_year: int | None) -> bool:
    before = text[max(0, match.start() - 16) : match.start()]
    limited = tail is not None and tail.group("limit") is not None
    after = text[tail.end() if tail else match.end() : match.end() + 50]
    if match.group("bare") == "全年":
        return _STAGE_OF_IT.search(after) is not None
    if _HOLDS.search(text, max(0, match.start() - 24), match.start()):
        return False
    if _ranged_since(text, match) and _GRANTED_AFTER.match(after):
        return False
    if _GRANTED_TO_AFTER.match(after) and _SPAN_TO.search(text, max(0, match.start() - 24), match.start()):
        return False
    if _EVERY.search(before) or _opens_range(text, match):
        return False
    if tail is not None and tail.group("since"):
        return False
    if _UNTIL_NOW.search(before):
        if _DONE_AFTER.search(after):
            return False
        return limited or _CLOSING_DAY.search(before) is not None
    if before.rstrip(" ").endswith("以") and _AS_LIMIT_AFTER.match(after):
        return True
    if _NOT_A_LIMIT_BEFORE.search(before):
        return limited and _AS_ORDERED.search(before) is not None
    if _is_feast(text, match) and not match.group("day"):
        return False
    if (limited or match.group("day") or _ranged(match)) and (
        _ELIGIBLE_AFTER.match(after) or _ELIGIBLE_LATER.match(after)
    ):
        return False
    if match.group("planspan"):
        return _BEFORE_TIED.search(before) is not None
    quarter = match.group("quarter") or match.group("q")
    ended = match.group("monthend") or match.group("end") or match.group("bare") or match.group("plan")
    if limited:
        return True
    year = _group(match, "year") or match.group("dy")
    if year and context_year and int(to_number(year) or 0) < context_year:
        return False
    if match.group("bare") == "年内" and not _DONE_AFTER.match(after):
        return True
    if _alone(text, match.start(), match.end()):
        return True
    if _BEFORE_TIED.search(before):
        return not _START_AFTER.match(after) or ended is not None
    if _LISTED_AFTER.match(after):
        return True
    if _START_AFTER.match(after) and not _ranged(match):
        return False
    if ended or match.group("month") or quarter or match.group("half") or match.group("dy"):
        if match.group("day") and not ended and not re.match(r"[^,。;]{0,6}(?:完成|结束|办结|销号|清零)", after):
            return _ranged(match) and _RESULT_AFTER.match(after) is not None
        if _ranged(match) and _WORK_AFTER.match(after):
            return True
        return _RESULT_AFTER.match(after) is not None
    if _ranged(match):
        return not _DONE_AFTER.match(after)
    if _group(match, "word"):
        return (
            _RESULT_AFTER.match(after) is not None
            and not after.startswith(",")
            and not _OF_AFTER.match(after)
            and not _DONE_AFTER.match(after)
        )
    if _DATES.search(after, 0, _phrase_end(after)):
        return False  # 2024年造林任务须于4月底前完成: the year says which, the month by when
    if after.startswith(","):
        return bool(year) and _TARGET_AFTER.match(after) is not None
    return bool(year) and _RESULT_AFTER.match(after) is not None and not after.startswith("度")


def _phrase_end(after: str) -> int:
    stop = _PHRASE_STOP.search(after, 1)
    return stop.start() if stop else len(after)


def _is_feast(text: str, match: re.Match[str]) -> bool:
    return _FEAST_AFTER.match(text[match.end() : match.end() + 16]) is not None


def _ranged(match: re.Match[str]) -> bool:
    return re.search(r"[-—~至到]", match.group()) is not None


def _ranged_since(text: str, match: re.Match[str]) -> bool:
    """Whether the date closes a span that opens with 自 or 从: 自2022年1月1日至2022年12月31日."""
    return _SPAN_OPENS.search(text, max(0, match.start() - 24), match.start()) is not None or (
        _ranged(match) and text[max(0, match.start() - 1) : match.start()] in {"自", "从"}
    )


def _alone(text: str, start: int, end: int) -> bool:
    """The date fills its cell or its part of a bracket."""
    before = text[max(0, start - 30) : start].rstrip(" \n")[-1:]
    after = text[end : end + 30].lstrip(" \n")[:1]
    in_row = (before in {"", "|", "(", "["} and after in {"", "|", ")", "]", "。"}) or (
        before in {"|", ",", ";", ":"} and after in {"|", ")", "]"}
    )
    return in_row and not (before == "" and after == "")


def _year(
    match: re.Match[str], found: list[FoundDate], mentioned: int | None, context_year: int | None
) -> tuple[int | None, bool]:
    """The year of a date and whether it came from outside the words.

    Without one of its own a date takes the year of the limit before it, then a year named before it that is
    not past, then the document's.
    """
    printed = _group(match, "year") or match.group("dy")
    if printed:
        return to_number(printed), False
    if match.group("plan"):
        return _PLAN_END[match.group("plan")], False
    word = _group(match, "word") or ""
    if word.startswith(("次", "翌")) and found:
        return found[-1].date.year + 1, False
    if word.startswith(("明", "次", "翌", "来")):
        return (context_year + 1 if context_year else None), True
    if found and not word:
        return found[-1].date.year, found[-1].inherited_year
    if mentioned is not None and not word and (context_year is None or mentioned >= context_year):
        return mentioned, False
    return context_year, True


def _last_day(match: re.Match[str], year: int) -> date | None:
    if match.group("dm"):
        month, printed_day = int(match.group("dm")), match.group("dd")
    elif match.group("sm"):
        month, printed_day = int(match.group("sm")), match.group("sd")
    elif match.group("month"):
        month = 1 if match.group("month") == "元" else to_number(match.group("month")) or 0
        printed_day = match.group("lastday") or match.group("day")
    else:
        month, day = 12, 31
        quarter = match.group("quarter") or match.group("q")
        if quarter:
            month, day = _QUARTER_END[to_number(quarter) or 4]
        elif match.group("half") in {"上半年", "年中"}:
            month, day = 6, 30
        return date(year, month, day)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    third = match.group("third")
    if printed_day:
        wanted = to_number(printed_day) or 0
        return date(year, month, wanted) if 1 <= wanted <= last else None
    return date(year, month, {"初": 10, "上旬": 10, "中旬": 20}.get(third or "", last))


def looks_like_limit(work: str) -> bool:
    """Whether a cell holds a limit: a date, a period, a relative limit, or words for an open end."""
    plain = work.strip(" 。;")
    if not plain or len(plain) > 40:
        return False
    if (
        STANDING.match(plain)
        or _RELATIVE.search(plain)
        or re.match(r"^(?:即时|立即|立行立改|适时|按.{1,8}(?:要求|规定)|每[月季年周])", plain)
    ):
        return True
    found = _DATES.search(plain)
    return found is not None and (found.start() <= 6 or found.end() >= len(plain) - 6) and len(plain) <= 24
