"""The shapes of dates, and the words around them that make a date a limit or none."""

from __future__ import annotations

from typing import NamedTuple

from .lazy_pattern import lazy_pattern

_N = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九元])"
_DAY = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEAR = r"(?:(?:19|20)\d\d|(?:二[〇零]|一九)[〇零一二三四五六七八九]{2})"
_SINCE = rf"(?:{_YEAR} ?年? ?[-—~至到] ?)?"
_PREFIX = rf"(?:{_SINCE}(?P<year%d>{_YEAR}) ?年度?|(?P<word%d>今年|本年度?|当年|明年|次年|翌年|来年))"
# 2026年前三季度, 前10个月: counted from the year's beginning; 开工前3个月 counts back from something else.
_FIRST = (
    rf"(?:{_PREFIX % (5, 5)} ?|(?<![\u4e00-\u9fff\d]))前 ?(?P<first>(?P<firstquarters>[一二两三1-3]) ?个?季度|"
    r"(?P<firstmonths>1[0-2]|[2-9]|十[一二]?|[二两三四五六七八九]) ?个月)(?:末|底)?"
)
# 3.2 月通报 is an item and its heading, no month.
DATES = lazy_pattern(
    # The first character decides at most places, which keeps the scan fast.
    r"(?=[\d一二三四五六七八九十元第今本当明次翌来上下年全前“\"Qq])"
    # Behind a figure, or a word that may open a date, what follows does: 500万元, 一是, 全市 and 本级 are common.
    r"(?=\d{1,4}+ ?[年月份季、./\-—~至到Qq]|[一二三四五六七八九十元][ 月季份\-—~至到〇零九一二三四五六]|[今本当明次翌来全]年|[上下]半年|年[中底末内终]|"
    r"第[一二三四1-4]|前 ?[\d一二两三四五六七八九十]|[“\"]十|[Qq][1-4])(?:"
    rf"{_FIRST}|"
    r"(?<!\d)(?P<dy>20\d\d) ?[./-] ?(?P<dm>1[0-2]|0?[1-9])(?: ?[./-] ?(?P<dd>[12]\d|3[01]|"
    r"0?[1-9]))?(?![\d%]|[./-]\d)"
    rf"|(?:{_PREFIX % (1, 1)} ?的? ?)?(?<![\d个每])(?<!\b\d\.)(?:{_N} ?月?份? ?[-—~至到] ?)?(?P<month>{_N}) ?月(?!一["
    rf"\u4e00-\u9fff]|度|均|报|龄|嫂|季|光)份? ?"
    rf"(?:(?:{_DAY} ?[日号]? ?[-—~至到] ?)?(?P<day>{_DAY}) ?[日号](?: ?[-—~] ?(?P<lastday>{_DAY}) ?[日号])"
    rf"?|(?P<third>上旬|中旬|下旬|初)|(?P<monthend>底|末))?"
    r"|^ *(?P<pm>1[0-2]|0?[1-9])\.(?P<pd>[12]\d|3[01]|0?[1-9])(?= *前? *[。;,)]? *$)"
    r"|(?<![\d/.])(?P<sm>1[0-2]|0?[1-9])/(?P<sd>[12]\d|3[01]|0?[1-9])(?![\d/.%])"
    rf"|(?:{_PREFIX % (2, 2)} ?的? ?|(?<!\d)(?P<yearq>20\d\d) ?(?=[Qq]))?(?:(?P<half>上半年|下半年|年中)|(?:[Qq](?P<q>[1-4])(?!\d)|"
    rf"第?(?:[一二三1-3] ?(?:季度)? ?[-—~至到] ?)?(?P<quarter>[一二三四1-4]) ?季度?(?!一))(?:末|底)?)"
    rf"|{_PREFIX % (3, 3)} ?(?P<end>年?[底末内终]|(?P<mid>中(?=[,、。;)\] 前]|$|开|完|启|举|投|建|推)))?"
    r"|(?<![0-9〇零一二两三四五六七八九十百几半每历往常多逐])(?P<bare>年[底末内终](?!考|会|奖|绩)|"
    r"全年(?=[ ,;。)|]|$|\d[\d.]* ?%|(?:累计)?(?:完成|实现|达到|突破|不少于|超过)[^,。;\n]{0,12}\d|[^。;\n]{1,40}(?:其中[^。;\n]{0,4}|,)(?:[一二三]季度|上半年|\d{1,2}月)))"
    r"|[“\"]?十(?P<plan>[三四五六])五[”\"]?(?:规划)?(?:期?末|末期|时期末|期间结束|(?P<planspan>期间|时期))"
    r"|(?<![\d.-])20\d\d ?[-—~至] ?(?P<yearspan>20\d\d)(?![\d.%-]| ?年)"
    rf"|(?<!\d)(?P<year4>{_YEAR})(?=(?:、{_YEAR})+年)"
    r")"
)


class DateParts(NamedTuple):
    """What each group of DATES printed, in their order: taken at once, for a date is asked for twenty of them."""

    year5: str | None
    word5: str | None
    first: str | None
    firstquarters: str | None
    firstmonths: str | None
    dy: str | None
    dm: str | None
    dd: str | None
    year1: str | None
    word1: str | None
    month: str | None
    day: str | None
    lastday: str | None
    third: str | None
    monthend: str | None
    pm: str | None
    pd: str | None
    sm: str | None
    sd: str | None
    year2: str | None
    word2: str | None
    yearq: str | None
    half: str | None
    q: str | None
    quarter: str | None
    year3: str | None
    word3: str | None
    end: str | None
    mid: str | None
    bare: str | None
    plan: str | None
    planspan: str | None
    yearspan: str | None
    year4: str | None


TAIL = lazy_pattern(
    r" ?(?:[(][^()]{1,8}[)])?(?:(?:\d{1,2}[时点:](?:\d{1,2}分?)?|上午|下午|中午|下班|当天|"
    r"24时)*(?P<limit>之?前(?!后|期|列|沿|瞻|提(?![出交供升高请前])|景|三|五|十)|以前|为?止|截止|以内|内(?!容|部|涵|设))|"
    r"(?P<since>(?:\d{1,2}[时点])?(?:[起后始](?!勤|台|备|续)|以来|及?以后|之后|开始|期间|期内)))"
)
PHRASE_STOP = lazy_pattern(r"[,。;\n]")
BEFORE_TIED = lazy_pattern(
    r"(?:到|至|于|截止(?:日期|时间)?[为是:]?|力争(?:在)?|确保(?:在)?|争取(?:在)?|计划(?:在|于)?|预计(?:在|"
    r"于)?|[限期时间点]:|在|赶在|不晚于|不迟于|最迟|不得?超过|必须|[时期]限[为是]?|时间[为是]|(?:原|时间|时限|期限|工期)[^,。;]{0,14}(?:调整|变更)[为到至]|(?:结束|完成|截止|办结|交付|竣工)时间|"
    r"日期[为是]) ?(?:“)?$"
)
NOT_A_LIMIT_BEFORE = lazy_pattern(
    r"(?:原(?:定|计划|拟)(?:于|在)?|(?:启动|开工|开始|起始|起算|进场|动工)(?:时间|日期)[:为是]?|自|从|凡(?:是)?[于在]?|已[于在]|曾[于在]|始于|有效期(?:限)?(?:至|到|为|自|截至)?|(?:执行|施行|实施|延续|延长|延期|顺延|试行|优惠|"
    r"适用|享受|保留|补贴|有效|继续|认定|政策|免征|减征)(?:期限?|时间|政策)?(?:内)?(?:执行|实施|"
    r"延续)?(?:暂定)?(?:为)?(?:至|到|截至|截止到?|截止至|:)|"
    r"(?:政策|优惠|补贴|奖补|奖励)(?:资金)?(?:申报|申请|兑付)?(?:截止|终止|执行|有效)(?:时间|日期|期限?)(?::|为)?|对(?:于|在)?|与|较|比|同比|以|印发于|成立于|相当于|高于|低于|不低于|优于|参照|按照|依据|根据|继|"
    r"现将|关于) ?$"
)
# The beginning of a span that closes right behind: 2023年1月1日至.
_OPENED = r"(?:[\d二十〇零][\d〇零一二三四五六七八九十年月日号初底末起./ ]{3,13}[-—~至到]?)?"
# The whole of a span that says how long something holds, or is forbidden: 执行期为2023年至2025年, 严禁在…;
# and in which others may apply, be heard or be paid: 申报期限为…至….
# Their closing day by itself (报名截止时间) stays a day by which something is done.
HOLDS = lazy_pattern(
    rf"(?:(?:严禁|禁止)[在于]?|(?:执行|有效|实施|适用|政策|试行|规划|保修|过渡)期限?(?:内)?(?:暂定)?[为是自从:]{{0,2}}|"
    r"(?:申报|申领|申请|报名|受理|发放|领取|领用|征集|公示|公告|认购|兑换|核销|有效|使用|补贴|优惠|享受)的?(?:起止|办理|受理)?"
    rf"(?:期限?|时间|日期|时段|窗口期)(?:内|暂定|调整|延长|安排)?[为是自从:至到]{{0,2}}) ?{_OPENED} ?$"
    # 执行期三年（2022—2024年）
    rf"|(?:执行|有效|实施|政策|规划|试点|保修)期限?[为是]?[\d一二三四五六七八九十两]{{1,2}}年[(\[] ?{_OPENED}$"
)
# 免征房产税至2025年12月31日: the day on which a grant ends.
GRANT_TO = lazy_pattern(
    r"(?:免征|免收|免缴|减征|减按|减免|减半|缓征|缓缴|补贴|补助|奖补|优惠|加计)[^,。;:]{0,16}[至到] ?$"
)
GRANT_ENDS = lazy_pattern(r"止?(?:[,。;)|\]\n(]|$)")
ONWARDS = frozenset({"起", "始", "开始", "以后", "及以后", "之后"})
AS_ORDERED = lazy_pattern(r"(?:按照|根据|依据) ?$")
AS_LIMIT_AFTER = lazy_pattern(
    r"[前止]?(?:作)?为(?:最终|最后|完成|办结|整改|截止|总|)(?:的)?(?:时限|期限|节点|限|时间(?:节点)?|日期)"
)
UNTIL_NOW = lazy_pattern(r"截[至止]到? ?$")
CLOSING_DAY = lazy_pattern(r"截止到? ?$")
# 复审预计9月进行: an event that others hold.
FORESEEN = lazy_pattern(r"(?:预计|预定|定)(?:将)?(?:在|于)? ?$")
HELD_AFTER = lazy_pattern(r"^[底末初]?(?:正式|集中)?(?:进行|举行|到来|开赛|开考|来临)(?:[,。;)]|$)")
# 年末贷款余额增长15%: what a period ends with.
GROWN_AFTER = lazy_pattern(r"^[^,。;]{0,20}(?:增长|提高|下降|降低|压减)\d[\d.]*(?:%|个百分点)")
# 防火期（10月1日至次年5月31日）: how long a season lasts.
SEASON_SPAN = lazy_pattern(
    r"(?:[暖火渔牧汛热假]期|季)[(\[](?:自|从)?[\d年月日 ]{2,12}起?[-—~至到] ?$|"
    r"(?:试点|优惠|政策|过渡|减免)期间?[(\[](?:(?:自|从)?[\d年月日 ]{2,12}起?[-—~至到] ?)?$"
)
# 市政府第12次常务会议（3月18日）: when it was said.
SAID_ON = lazy_pattern(r"(?:会议?|通知|文件|批示|公告|批复|纪要|讲话|决定|来函)[(\[] ?$")
# A feast or season has no calendar day of its own here.
FEAST_AFTER = lazy_pattern(
    r"^ ?(?:[春秋]季)?学[期年]|^ ?(?:[春夏秋冬]|[采供取]暖|供热|灌溉|旅游|用电|用水|禁渔|防火)季|^[“\"]?(?:元旦|七一|八一|十一|三八|春节|清明|五一|端午|中秋|国庆|[主入]?汛|入?冬|供暖|春运|春播|秋播|三夏|双抢|夏收|高考|中考|封冻|开春|(?:建军|教师|儿童|妇女|劳动|植树|青年|元宵|重阳)节|(?:[春秋]季)?(?:学期)?开学|暑|寒假|两会|雨季|春耕|"
    r"秋收)[^,。;]{0,4}(?:之?前(?!后)|以前)|"
    # 2026年春茶采摘前, 2025年度考核前: an event, whose day nobody here knows.
    r"^(?![底末内终度前])[“\"]?[\u4e00-\u9fff]{2,8}[”\"]?(?<![底末月日旬度])(?:之前|前|以前)(?=[,。;)\n]|$|完成|建成|到位|整改|办结|报送)|"
    # 2025年暑期完成: a season whose last day is in no calendar.
    r"^(?:暑[期假]|寒假)(?:期间|内|中)?(?=[,。;)\n]|$|完成|开展|组织|进行|集中|实施|改造|维修|全面|全部)"
)
# 考核结果于次年3月公布: when each year's round is held; with 前 it is a limit.
ROUND_HELD = lazy_pattern(
    r"^[底末初上中下旬份]{0,2}(?:集中|统一|组织)?(?:进行|开展|公布|通报|兑现|反馈)(?:[,。;)\n]|$)"
)
# 民国24年6月: years of another calendar.
OTHER_CALENDAR = lazy_pattern(
    r"民国 ?[\d一二三四五六七八九十元]{1,3} ?年(?: ?[\d一二三四五六七八九十]{1,3} ?月(?: ?[\d一二三四五六七八九十]{1,3} ?日)?)?[底末终初]?"
)
# “两节”前见效, alone in its part of a bracket.
FEAST_ALONE = lazy_pattern(
    r"[“\"]?(?:两节|双节|元旦|春节|清明|五一|端午|七一|八一|中秋|国庆|[主入]?汛期?|入冬)[”\"]?节?(?:期间|之?前|以前)[\u4e00-\u9fff]{0,6}$"
)
DONE_AFTER = lazy_pattern(
    r"^[^。;]{0,12}(?:已|(?<![个座处所条户人次项家套件亩里米元名场],)共(?![建享同创育])|累计|实有|现有|全[市县区省]共)"
)
ELIGIBLE_AFTER = lazy_pattern(
    r"^(?:已经?|新|依法|正式|在[^,。;]{1,8})?(?:注册|登记|成立|设立|购买|购置|购房|投产|开工|入库|签订|"
    r"签约|毕业|参保|取得|获得|获批|备案|建成|申报|上牌|报废|发生|出生|入职|就业|缴[纳清存]|足额缴纳|建档|返乡|创办|开业|租用|纳统|升规|入统|"
    r"交付|竣工|形成|认定|批准|审批|引进|落户|在建|在册|办理|存在|新增|投放|使用|迁入|退休|入学|持有|出台|"
    r"印发|制定|发布|完工)[^,。;]{0,16}?的(?!工作|任务|目标)[\u4e00-\u9fff]|"
    r"^(?:尚未|仍未|未能?|没有)[^,。;]{1,20}的(?:,|企业|单位|项目|人员|用户|车辆)"
)
# 到2027年到期, 省政府2025年1月印发的通知, （2026年8月）开幕前: what happens then is not this work.
# 2025年是收官之年, 2025年度工作总结: a year that says which, not by when.
WHICH_YEAR = lazy_pattern(
    r"^[是为]|^(?:起|内)?(?:原则上)?(?:不再|暂停|不予|停止)|^度?的?[\u4e00-\u9fff]{0,4}(?<!开展)(?<!组织)(?<!进行)(?<!完成)(?:总结|考核|预算(?![内外])|决算|统计|绩效)(?!.{0,2}完成)"
)
# 做好2025年防汛准备工作: so does a bare year behind the verb that it is no limit of.
# 4月15日、7月15日及次年1月15日前: each day of a list whose last is a limit is one.
LIST_TO_LIMIT = lazy_pattern(
    r"(?:(?:、|以?及|和|与)(?:20\d\d ?年|次年|翌年)?\d{1,2} ?月(?:\d{1,2} ?[日号]|[底末]|[上中下]旬)?)+之?前(?!后)"
)
WHICH_BEFORE = lazy_pattern(
    r"(?:做好|抓好|编制|制定|印发|修订|下达|召开|总结|编报|申报|发布|纳入|列入|编入|组织开展|开展好|执行|谋划|筹备)$"
)
NOT_THE_WORK = lazy_pattern(
    r"^ ?(?:到期|届满|期满|失效|废止)|^(?:印发|召开|出台|发布|下发|制定|修订|公布|举行|举办|通过)的[\u4e00-\u9fff]|"
    r"^[)\]](?:开幕|召开|举[办行]|开学)|^(?:印发|下发|发布|出台|公布|召开)[)\]]"
)
# 施工期自2024年4月至11月: how long the work itself lasts ends it.
WORK_SPAN = lazy_pattern(r"(?:施工|建设|整治|攻坚|工作|工)期(?:限|间)?[为是:]?[自从]$")
# 2024年由市人社局牵头的治理已完成: a year of what is done.
HAS_BEEN_DONE = lazy_pattern(
    r"^[^,。;]{0,30}?(?<!未)已(?:经|全部|基本|全面|如期)?完成|^度?应(?:完成|办结|整改)[^,。;]{1,14},(?:实际|已)"
)
# 听取上半年信访工作汇报: what a report is about.
HEARD = lazy_pattern(r"(?:听取|分析|研究|审议|讨论|通报)(?:了|关于)?(?:全[市县区省州])?(?:20\d\d年)?$")
REPORTED = lazy_pattern(r"[^,。;\n]{0,30}?(?:汇报|报告|情况|总结|形势)")
ELIGIBLE_LATER = lazy_pattern(
    # 8月31日前退出的，每艘奖励3万元
    r"^[^,。;]{1,12}的,(?:一次性|另行|再|可)?(?:按|每|给予|予以|奖励|补助|补贴|享受|免)|"
    r"^[^,。;]{0,20}(?:的|且[^,。;]{2,16})(?:企业|单位|个人|人员|家庭|车辆|市场主体|经营主体|小区|房屋|"
    r"建筑|毕业生|职工|居民|纳税人|个体工商户|用人单位)[,给可均按享]"
)
RESULT_AFTER = lazy_pattern(
    r"^[,:]?(?:全[市县区省州]|我[市县区])?[^,。;]{0,14}?(?:新增|净增|完成(?!情况|率(?:达|为)?\d)|建成|实现|达到|达|投入|投用|投产|达产|竣工|通车|"
    r"交付|报送|上报|报|送|出台|印发|取得|新建|改造|创建|形成|基本|全面|力争|争取|确保|全部|启用|上线|验收|组织(?![,。;)])|开展|召开|"
    r"制定|前|通过|落实|突破|稳定|保持|下降[到至]|降[到至]|增加[到至]|增长至|不超过|低于|高于|提升至|提高至|不少于|覆盖|提升到|提高到|控制|消除|培育|不低于|超过|增长到|建立|构建|办结|反馈|"
    r"提交|具备|到位|清零|结束|销号|完工|交房|运行|运营|举办|举行|公示|公布|发布|评审|闭幕|收官|交工|移交|揭牌|封顶|贯通|合龙|拿出|开门红|双过半|见效|见成效)"
)
# 2025年，实现全覆盖: a year set off by a comma is a limit where its target follows at once.
TARGET_AFTER = lazy_pattern(
    r"^,(?:力争|确保|全面|基本|全部|率先)?(?:新建|实现|完成|建成|达到|形成|改造|新增|培育|建立|打造|创建|"
    r"消除|投用|通过|(?<=力争|确保)[^,。;]{2,24}?(?:达到?|实现|完成|超过|突破|不低于|降至|增长))"
    r"(?!了)[^。;]*?(?:[。;]|$)"
)
LIST_GOES_ON = lazy_pattern(r",|分别|各|、20\d\d ?年")
# 2025年达60%、2026年达80%: each year of a list of figures is a stage.
STAGED_AFTER = lazy_pattern(
    r"^[末底]?(?:要|应|分别)?(?:达到?|完成|实现|新增|建成|提高到|降至)[^,。;、\d]{0,8}\d[^,。;、]{0,6}、20\d\d ?年"
)
# 截止11月15日，未完成的: by when something is looked at.
NOT_YET_AFTER = lazy_pattern(r"^[^,。;]{0,6},?(?:仍|尚)?未[^,。;]{1,14}的")
# 2022年、2023年分别新增: each year of a list is a stage.
LISTED_AFTER = lazy_pattern(rf"^(?:年?、{_YEAR})*年?(?:分别|各)(?!级|类|地|部)")
# 上半年开工率100%: a rate to be reached, without a verb; 同比 and 较 behind it tell what was.
RATE_AFTER = lazy_pattern(
    r"^,?[^,。;\d]{0,14}率(?:达到?|为)?(?:100|\d{1,2}(?:\.\d+)?) ?%(?:以上)?(?=[,、。;)\]\n]|$)(?![,;][^,。;]{0,4}(?:同比|较|比上年|高于|低于|居|位[居列]))"
)
START_AFTER = lazy_pattern(
    r"^[^,。;]{0,10}?(?:启动|开始|开工(?!率)|起步|动工|施行|生效|(?<!印发)(?<!出台)(?<!公布)(?<!发布)实施(?!完|到位)|起|开建|试点)"
)
# 全年新增8000人，其中一季度2000人: a year whose stages are named is a limit, a year's figure alone is none.
# 一季度完成立项，二季度开工: the start of building is a stage where others went before it.
WHOLE_YEAR_AFTER = lazy_pattern(r"(?:累计)?(?:完成|实现|达到|突破|不少于|超过)[^,。;]{0,12}\d")
NEXT_STAGE = lazy_pattern(r"(?:全面)?(?:开工|动工|开建)")
# 7月至9月集中整治: a span in which work goes on ends with it.
WORK_AFTER = lazy_pattern(
    r"^,?(?:为[^,。;]{2,8}阶段|集中|分批|分期|分阶段|开展|进行|组织|推进|整治|实施|攻坚|排查|整改)"
)
RANGE_OPENED = lazy_pattern(r"\d ?[月日号] ?[-—~至到] ?$")
# 集中整治阶段（2月10日—3月5日）: a span that fills its bracket.
SPAN_IN_BRACKET = lazy_pattern(
    r"(?<![季汛])(?<![供取采]暖期)[(\[](?:自|从)?[\d年月日号./ ]{2,12}起?[-—~至到] ?$"
)
OF_AFTER = lazy_pattern(r"[^,。;]{0,10}的(?=[\u4e00-\u9fff]{2,6}(?:[,。;!]|$))")  # 今年防汛工作的全面胜利
STAGE_FIGURE = lazy_pattern(r"(?:达到|达|完成)?\d[\d.]*(?:%|[万亿]?[\u4e00-\u9fff]{1,3})(?=[,、。;])")
SHARE_AFTER = lazy_pattern(r"[^,。;]{0,8}\d")  # 其中2022年1500名
# 自…至…，对符合条件的企业减按50%征收: how long a grant holds is no limit.
SPAN_OPENS = lazy_pattern(r"[自从][\d年月日 ]{4,14}起?(?:[-—~至到]|,至) ?$")
GRANTED_AFTER = lazy_pattern(
    r"^(?:止|期间|内)?,?(?:对|给予|免|减|缓|按|暂|继续|实行|享受|补贴|发放|奖励|执行|阶段性|降低|[^,。;]{2,20}(?:免征|减征|减按|缓缴|减半|补贴|奖励|享受))"
)
# 2023年1月1日至2024年12月31日，对…免征增值税: so does a span of days without 自.
SPAN_MARK = lazy_pattern(r" ?起? ?[-—~至到] ?")
SPAN_TO = lazy_pattern(r"20\d\d ?年[\d月日 ]{0,8}[-—~至到] ?$")
GRANTED_TO_AFTER = lazy_pattern(
    r"^(?:止|期间|内)?,?(?:对[^。;]{2,60}?)?(?:免征|减征|减按|缓缴|缓征|减半|加计)|"
    r"^,[^。;]{0,24}(?:实行|享受|给予)[^,。;]{0,10}(?:优惠|减免|免费|折扣|半价)"
)
# 4月启动，10月底前完成: in a field for limits the beginning of the work is none.
BEGUN_AFTER = lazy_pattern(r"(?:启动|开始|起步|施行|开工|动工)(?=[,;、])")
STAGE_OF_IT = lazy_pattern(
    r"^[^。;]{1,40}(?:其中[^。;]{0,4}(?:[一二三]季度|上半年|\d{1,2}月)|,(?:[一二三]季度|上半年|\d{1,2}月)\d)"
)
BLANK_BY_MARK = lazy_pattern(r" +(?=[、,])|(?<=[、,]) +(?=[\d\u4e00-\u9fff])")
# 2023年⏎6月底前: a date broken by hand into two lines. The break comes first, which keeps the scan fast.
BREAK_IN_DATE = lazy_pattern(
    r"\n(?:(?<=年\n) *(?=\d{1,2} ?月|[底末])|(?<=\d\n) *(?=[年月日])|(?<=月\n) *(?=[底末]|\d{1,2} ?日)|(?<=[底末]\n) *(?=前))"
)
# So are the years that a plan is named for: 深化提升行动方案(2026—2028年).
BOOK = lazy_pattern(
    rf"《[^《》\n]{{0,80}}》|\[(?:19|20)\d\d\]\d{{1,4}}号|"
    rf"(?<=[案划要见法单录动程略点])[(\[]{_YEAR} ?年? ?[-—~至到]+ ?{_YEAR} ?年度?[)\]](?!(?:各项|目标|重点)?(?:任务|工作|目标)[^,。;]{{0,8}}(?:完成|收官|实现))"
)
# 开幕式定于10月1日举行: the day of an event, by which nothing is to be done.
SET_FOR = lazy_pattern(r"(?:幕式|仪式|文化节|[节会展赛])定于 ?$")
EVENT_AFTER = lazy_pattern(r"^[^,。;]{0,16}(?:举[办行]|开幕|启幕|开赛)")
DONE_ON_DAY = lazy_pattern(
    r"(?![起始后以]|期间|为|是|举[办行]|[的在与和至到])[^,、。;\d的了已]{2,10}(?:[,、。;]|$)"
)
# 由2023年6月底延期至2023年10月底: the limit was moved to this day.
MOVED_TO = lazy_pattern(r"(?:由|从|原)[^,。;]{3,12}(?:调整|变更|延期|延长|延至|顺延|推迟)[为到至]? ?$")
# 原定6月底完成的，因汛期影响顺延至8月底: so does one whose old limit stands a phrase before.
MOVED = lazy_pattern(r"[整更期长延迟][为到至] ?$")
MOVED_LATER_TO = lazy_pattern(r"原(?:定|计划|拟)[^。;]{3,40}(?:调整|变更|延期|延长|延|推迟)[为到至] ?$")
# 2019年底前已完成的不再重复
DONE_BEFORE = lazy_pattern(r"已经?[\u4e00-\u9fff]{2,6}的(?![\u4e00-\u9fff]{1,6}(?:率|达|完))")
EVERY = lazy_pattern(
    r"每(?:年|个?月|季度?|半年|学期)[^,。;]{0,3}$|每年(?:的)?(?:\d{1,2}月[^,。;]{0,6}[和、])?$|历年$|往年$"
)
# 3月、6月、9月、12月的20日前报送进展: the months of the quarters say how often, not by when.
QUARTER_MONTHS = lazy_pattern(
    r"(?<!\d)(?:3 ?月?、6 ?月?、9 ?月?、12|1 ?月?、4 ?月?、7 ?月?、10) ?月份?(?:的|底|末|[上中下]旬|\d{1,2} ?日|之?前)*"
    r"(?=[^。;]{0,24}(?:报送|上报|报告|报[省市县区]|调度|通报|召开|各(?:组织|开展|进行)))(?![^。;]{0,24}(?:分别|完成))"
)
RELATIVE = lazy_pattern(
    r"(?<![\d.月])(?:\d{1,3}|[一二两三四五六七八九十半]{1,3}) ?个?(?:工作日|天|日|月|年|星期|周|小时|分钟)(?:(?:之|"
    r"以)?内|(?=办[结复]|答复|反馈|回复))"
)
# Alone in a field for limits: 办理时限：3个工作日.
RELATIVE_ALONE = lazy_pattern(
    r"[ :]*(?P<span>(?:[\u4e00-\u9fff]{2,10}后)?(?:\d{1,3}|[一二两三四五六七八九十]{1,3}) ?(?:个?工作日|天|日|个月|周))[ 。;,)]*$"
)
# 10月8日至20日期间完成防疫: a span in which it is to be done ends with it.
DONE_WITHIN = lazy_pattern(r"^,?(?:集中|全面|全部)?(?:完成|开展|组织|进行)(?![^,。;]{0,16}的[\u4e00-\u9fff])")
# 平均办理时间控制在5天以内, 压缩审批时限至70个工作日以内: how long the service may take.
TARGET_TIME = lazy_pattern(
    r"(?:控制|压缩|压减|缩短|减少|降低|限定|保持)"
    r"(?:[^,。;\d]{0,10}(?:时限|时间|期限|时长|周期|用时|耗时|工期))?(?:在|至|到|为)[^,。;\d]{0,4}$"
)
# What is told of the past: its dates and subjects bind nobody.
PAST = lazy_pattern(r"(?:^|[。;\n]) *(?:近年来|近[几两三]年来?|过去[一几两三]年)[^。;\n]*$")
RELATIVE_TO = lazy_pattern(
    r"(?:自|收到|接到|会后|会议后|印发(?:之日起|后)?|批复后|交办后|受理|签收|签订)[^,。;\n]{0,14}$"
)
QUARTER_END = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}
PLAN_END = {"三": 2020, "四": 2025, "五": 2030, "六": 2035}
