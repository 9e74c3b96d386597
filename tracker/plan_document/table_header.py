"""Tell by its header words what a column of a table holds."""

from __future__ import annotations

import re
from functools import lru_cache

# Who a unit column may speak of: 牵头股室, 责任站所, 责任处（科）室.
_OFFICE = r"(?:单位|部门|部室|机关|机构|[科处股](?:[(\[][科处股][)\]])?室|室|站所|所站|所队|县区|区县|镇街|街道|乡镇|企业)"
HEADER_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"^(?:序号|编号|项次|序|号|No\.?|NO\.?|(?:任务|项目|建议|提案|督办|事项|议题|问题)?(?:编号|序号)|(?:建议|提案|议案|案|件)号)$")),
    (
        "person",
        re.compile(
            r"^(?:.{0,4}(?:责任人|分管领导|责任领导|牵头领导|包保领导|包联领导|联系领导|领导|负责人|"
            r"联络员|联系人|承办人)"
            r"(?:及电话|及职务|姓名)?|市级领导|县级领导|联系电话|电话)$"
        ),
    ),
    (
        "start",
        re.compile(
            r"^(?:计划|预计|拟|拟定|实际|预期)?(?:开工|启动|开始|起始|动工|进场)(?:(?:时间|日期|年月)(?:要求|节点)?)?$|"
            r"^(?:检查|发现|受理|接报|交办|下达|立项|填报|反馈问题|督查|排查)(?:时间|日期)$"
        ),
    ),
    (
        "due",
        re.compile(
            r"^(?:(?:计划|预计|预期|拟|拟定)(?:完成|完工|竣工|建成|投用|交付|办结|投产|通车)|"
            r"(?:投产|投运|投入使用|通车|销号|推行|启用)(?:时间|日期|时限|期限)表?|"
            r"(?:建设|实施|计划)?起止(?:时间|日期|年限|年月)|(?:计划|预计|要求|整改|推进)?(?:完成|完工|竣工|建成|投用|交付|办结|整改|时间|落实|推进|实施|进度|办理|交办|目标|答复|办复|反馈|见效|销号)?"
            r"(?:时限|期限|时间|时间节点|时效|节点|日期|进度|时间表)(?:要求|安排|节点)?)$"
        ),
    ),
    (
        "lead"
    , re.compile(
        rf"^(?:.{{0,2}}牵头(?:责任)?(?:[省市县区州](?:级|直))?{_OFFICE}?(?:\(.{{1,12}}\))?|(?:主办|分办){_OFFICE}|"
        rf"主责{_OFFICE}|第一责任单位)$"
    )),
    (
        "co"
    , re.compile(
        rf"^(?:(?:配合|协办|协同|参与|参加|协助|协作|会办)(?:责任)?(?:[省市县区州](?:级|直))?{_OFFICE}?(?:\(.{{1,12}}\))?)$"
    )),
    (
        "generic",
        re.compile(
            rf"^(?:(?:责任|承办|落实|实施|负责|主管|完成|任务承接|整改责任|整改|具体责任)(?:{_OFFICE}|主体)"
            r"(?:\(.{1,12}\))?|责任分工|承办|单位|部门|负责(?:政策)?局(?:[/、]部门)?|(?:责任|承办|实施|落实|建设|牵头)(?:单位|部门|科室)[及和、/与](?:责任|负责|联系)人|"
            r"牵头(?:单位|部门)?[及和、/与](?:配合|责任|协办|参与|协同)(?:单位|部门)|责任(?:单位|"
            r"部门)[/、]责任人)$"
        ),
    ),
    (
        "other",
        re.compile(
            r"^(?:备注|(?:被检查|受检|检查|督导|督办|督查|监管|监督|验收|行业监管)(?:单位|部门|人员?|机构)|(?:隐患|问题|风险)?(?:等级|级别)|"
            r"(?:整改|落实|推进|办理)(?:情况|进展|结果|状态)|进展情况|工作进展|存在问题|下一步(?:措施|打算|工作)?|任务来源|来源|完成情况|"
            r"工作进度|目前进展|联系方式|销号情况|是否完成|考核分值|分值|得分|评分标准|验收标准|成果形式|"
            r"年度目标|工作目标|目标|目标值|预期目标|完成标准|标准|总投资.{0,6}|建设地点|地点)$"
        ),
    ),
    (
        "group",
        re.compile(
            r"^(?:类别|领域|板块|行业类别|任务类别|工作类别|一级指标|项目类别|分类|大类|方面|指标类别|"
            r"专项|章节|重点领域|工作领域)$"
        ),
    ),
    (
        "task",
        re.compile(
            r"^(?:.{0,6}(?:任务|措施|内容|要求|事项|举措|工作|项目|要点|名称|行业|问题|重点|指标|清单|"
            r"做法|任务分解|行动|条款|条目|条文|案由|议题|批示|题目)(?:及要求|及措施|和措施|与措施|分解|名称|内容|描述|\(.{1,16}\))?|"
            r"(?:工作|任务|建设|具体|主要)?(?:要求|内容|任务|措施|举措|目标|标准)[及和与、](?:完成)?(?:时间节点|时间|时限|节点|进度)(?:要求|安排)?|"
            r"目标与任务.{0,8}|目标任务.{0,6})$"
        ),
    ),
)  # fmt: skip


def header_role(words: str) -> str | None:
    """What a column holds, told by its header words; None for words that are no header."""
    plain = "".join(words.split()) if len(words) <= 60 else ""
    if not plain or len(plain) > 20:
        return None
    return _header_role(plain)


@lru_cache(maxsize=4096)
def _header_role(plain: str) -> str | None:
    for role, pattern in HEADER_ROLES:
        if pattern.match(plain):
            return role
    return None


_STAGE = re.compile(
    r"^(?:20\d\d年)?(?:(?:第?[一二三四1-4]|[1-4])季度|[上下]半年|(?:1[0-2]|[1-9])月份?|年[底末]|全年|20\d\d年度?)"
    r"(?:[末底前]|之前)?(?:工作|阶段|形象|年度)?(?:目标|任务|进度|计划|安排|节点|要求)?$"
)


def is_stage(words: str) -> bool:
    """Whether a header names a stage of the year (一季度, 6月底前, 2025年目标) whose column says what is due then."""
    return _STAGE.match("".join(words.split())) is not None if len(words) <= 20 else False


_LONGEST_OWN_WORDS = 10
_STOP = re.compile("[,。;:、]")


def may_be_header(words: str) -> bool:
    """Whether words of a table's own (民生实事) could head the column behind 序号: short, without a stop."""
    return 1 < len(words) <= _LONGEST_OWN_WORDS and not _STOP.search(words) and not words.isdecimal()
