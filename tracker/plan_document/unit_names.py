"""Tell from its words whether a name is an office, a class of governments, a place or a person."""

from __future__ import annotations

import re
from functools import lru_cache

from .lazy_pattern import lazy_pattern

_STRONG_END = (
    r"局|委|(?<![承催交])办|厅|部|室|科|处|股|站|(?<!场)所|队|(?<=应急)连|(?<=[水电热])厂|(?<=处理)厂|(?<=民兵)连|院|会|组|社|署|馆|校|联|(?<!平)台|中心|政府|部门|单位|公司|集团|"
    r"银行|(?<=[\u4e00-\u9fff]{2})中支|"
    r"支行|分行|商行|总行|人行|街道|街办|镇街|乡镇|专班|科协|政协|人大|海关|机场|军分区|国资|(?:车务|工务|机务|电务|供电|车辆|公路|养路|养护|航道|客运)段|机关|联盟|机构|媒体|运营商|"
    r"大学|中学|小学|幼儿园|共青团|直属库|储备库|粮库|农发行|国开行|(?<=常务)会议|两委”|(?<=办公)会议|(?<=党组)会议|融媒体"
)

_PLACE_END = (
    r"县区|市区|市县|区县|县市区|乡镇街道|镇办|[县市区州旗盟镇乡村]|社区|新区|园区|开发区|高新区|经开区|"
    r"示范区|度假区|地区|团场|师市|农场|林场|管区|企业"
)

_ENDS_AS_UNIT = lazy_pattern(rf"(?:{_STRONG_END}|{_PLACE_END})(?:[(\[][^()\[\]]{{1,20}}[)\]])?$")

_ENDS_STRONGLY = lazy_pattern(rf"(?:{_STRONG_END})(?:[(\[][^()\[\]]{{1,20}}[)\]])?$")

_CLASS = lazy_pattern(
    r"^(?:各|相关|有关|全市各|市辖各|属地|所在|所涉|涉及)[^、,;]{0,14}(?:县|区|市|州|镇|乡|街道|街办|政府|"
    r"管委会|办事处|开发区|园区|新区|功能区|村|社区)(?:[(\[][^()\[\]]{1,24}[)\]])?"
    r"[^、,;]{0,10}$|^(?:县|区|市|乡|镇)(?:级|区|级以上)?(?:人民)?政府$|^属地(?:政府|乡镇|镇街|"
    r"街道).{0,6}$|^(?:功能|经济功能|开发|经济开发|产业园|园)区管(?:理)?委(?:员)?会$|^(?:县区|区县|县市区|市县|镇街|乡镇|各地).{0,8}$"
)

_LOCAL = lazy_pattern(r"政府|县|区|镇|乡|街道|街办|管委会|办事处|园|村|市$|各地|属地|州")

_PERSON_TITLE = lazy_pattern(
    r"(?:副?市长|副?县长|副?区长|副?州长|副?镇长|副?乡长|副?书记|支书|副?政委|副?主任|副?局长|副?主席|副?秘书长|常委|"
    r"同志|调研员|副?部长|副?科长|副?处长|副?厅长|副?行长|副?校长|副?院长|副?总经理|董事长|领导|责任人|"
    r"负责人|联络员|科长|组长|指挥长|专员|(?<!老)干部|网格员)(?:[(\[].{0,16}[)\]])?[\u4e00-\u9fff某×*]{0,3}$"
)

# What the last characters of offices and places are, and the marks between names that say the field alone (公安、城管): words
# that hold none of these name nobody for certain.
MAY_NAME_UNITS = lazy_pattern(
    "[局委办厅部室科处股站所队连厂院会组社署馆校联台心府门位司团行道镇街乡班协大关场区资段盟构体商学园青库议县市州旗村师地企业、 ]"
)

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦"
    "昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛"
    "林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴"
    "陆荣翁荀羊惠甄曲封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘"
    "景詹束龙叶幸司韶郜黎薄印宿白怀蒲从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑"
    "桂濮牛寿通"
    "边扈燕冀尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚"
    "越隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖"
)

# Offices named by their field alone, some of which begin like a family name.
_SECTORS = frozenset(
    [
        "公安",
        "文旅",
        "文广",
        "农业",
        "金融",
        "卫健",
        "卫生",
        "应急",
        "城管",
        "住建",
        "水利",
        "水务",
        "司法",
        "宣传",
        "组织",
        "政法",
        "统战",
        "民政",
        "民宗",
        "经信",
        "工信",
        "工商",
        "税务",
        "发改",
        "财政",
        "教育",
        "交通",
        "商务",
        "人社",
        "环保",
        "国土",
        "规划",
        "林业",
        "消防",
        "市监",
        "质监",
        "安监",
        "食药监",
        "通信",
        "电力",
        "供电",
        "气象",
        "海事",
        "邮政",
        "信访",
        "后勤",
    ]
)

# Those that say nothing but the office, wherever they stand in a list (规划, 组织 or 教育 are things too).
OWN_FIELDS = frozenset(
    [
        "公安",
        "文旅",
        "卫健",
        "城管",
        "住建",
        "水务",
        "民政",
        "工信",
        "发改",
        "财政",
        "人社",
        "司法",
        "应急管理",
        "市场监管",
        "自然资源",
        "生态环境",
        "农业农村",
        "交通运输",
        "综合执法",
        "税务",
        "气象",
        "消防",
        "团委",
        "妇联",
        "工会",
    ]
)

_PERSON = lazy_pattern(rf"^[{_SURNAMES}](?:某{{1,2}}|[\u4e00-\u9fff×*Xx○〇]{{1,2}})(?:同志)?$")

# 市住建局局长赵六, 市公安局分管副局长: who heads an office stands for it; who leads a place or sits in its council does not.
HEAD_OF = lazy_pattern(
    r"^(?!各)(?P<office>(?![\u4e00-\u9fff]{0,10}?(?<![局厅院司团部会])党(?:委|工委|总?支部)(?:第一|副)?书记)(?!(?:中共)?[\u4e00-\u9fff]{0,8}?(?:[省市县区州旗]委|政府|常委会|政协|人大)(?:副|书记|主任|主席|秘书长|常委|常务|分管|领导|负责))"
    r"[\u4e00-\u9fff]{2,16}?(?:局|委|办|厅|部|室|会|科|处|股|中心|集团|公司|银行|院|所|站|队|街道|联社|党组))"
    r"(?:党组|党委)?(?:分管|主要|常务)?(?:的)?(?:副?(?:局长|主任|厅长|部长|处长|科长|股长|站长|所长|院长|行长|会长|理事长|主席|队长|支队长|大队长|"
    r"总队长|总经理|经理|董事长|书记|政委)|负责人|负责同志)"
    rf"(?:(?!任[组副主指总召])[{_SURNAMES}][\u4e00-\u9fff某×]{{1,2}}(?:同志)?)?$"
    # 县自然资源局何某局长
    rf"|^(?P<before>[\u4e00-\u9fff]{{2,14}}?(?:局|委|办|厅|部|中心|公司|院))(?<![省市县区州旗]委)[{_SURNAMES}][某×]{{1,2}}(?:副?(?:局长|主任|厅长|部长|院长|总经理|董事长))$"
)

_NOT_A_NAME = lazy_pattern(
    # 分别负责本辖区: what a unit is responsible for
    r"^[(\[][一二三四五六七八九十\d]{1,3}[)\]]$|^(?:行业|业务|技术|日常|全部|局部|大部|内部|外部|[东西南北中]部)$|^(?:立即|即时|即刻|随时|适时|尽快|尽早)|^本(?:辖区|地区?|行政区域?|区域|[省市县区镇乡村]|街道|园区|系统|领域|行业|单位|部门)$|\d ?[月日号]|\d{4} ?年|季度|年底|年内|设在|兼任|长期|持续|全年|坚持|完成|下同|(?:推进|落实)(?!(?:工作|服务|督查|促进)?(?:领导)?(?:办|中心|小组|专班|指挥部|局|处|科|组|委))|负责|牵头|配合|的|了|为|不再|"
    r"列出|首位|^第[一1](?:个|位|家)|^原由|即$|^(?:待定|待明确|待确定|未定|暂无|另定|另行确定)$|^[按逐][日周旬月季年]|"
    r"第一责任单位|时限|每[月季年周]|工作日|首位者|"
    r"即日起|[一-龥]{2}[,。;]|任务|措施|进行|情况|进展"
)

_VERB_START = lazy_pattern(
    r"^(?:依托|借助|根据|依据|依照|参照|针对|鉴于|随着|通过|推进(?!办|中心|专班|组)|推动|加快|加强|强化|深化(?!改革办)|完善|健全|建立|打造|实施|开展|推行|优化(?!营商环境[局办])|提升|提高|聚焦|围绕|构建|"
    r"培育|支持|鼓励|制定|整治(?!办|专班|中心)|修订|清理|拓展|扩大|增强|促进|实行|做好|做强|探索|充分|"
    r"全面|大力|深入|持续|积极|进一步|确保|力争|对(?!外|口|台)|在|从|以|把|将(?!军|乐)|按|于(?!都|洪|田)|为|向(?!阳)|到|经(?![济信开贸发商合协])|建设[^局委办]|覆盖|"
    r"所有|纳入|形成|争创|创建(?!办|中心)|新建(?!区|县|镇|街道)|新增|引进|打通|改造(?!办|中心)|投入|建成(?!区)|建好|启动|完成|赴|前往|指导(?!委|组|中心|站|小组|处|科)|新建(?!区|县|镇|街道)|[改扩迁续]建|新[(\[]改|开工|目前|当前|今年|近期|下一步)"
)

_SENTENCE_WORD = lazy_pattern(
    r"(?<!机)要|督促|应当|必须|领导(?!小组|组|干部|机关)"
)  # 县住建局要督促施工单位 is no name

# 市财政局出台补助办(法): what an office makes is no part of its name.
_MAKES = lazy_pattern(
    r"[\u4e00-\u9fff]{1,14}?(?:局|委|办|厅|部|公司|中心|政府|单位|部门)"
    r"(?:出台|制定|印发|起草|拿出|编制|修订|出具|拨付|筹措|发放)[\u4e00-\u9fff]"
)

# 县直有行政审批职能的部门
_OWNING = lazy_pattern(r"(?:各|[省市县区](?:直|级)?)?有[\u4e00-\u9fff]{2,12}的(?:部门|单位|机关)")

# 长河经济技术开发区: names of places that are longer than those of counties and towns.
_LONG_PLACE = lazy_pattern(
    r"^[\u4e00-\u9fff]{2,12}(?:开发区|高新区|经开区|示范区|合作区|园区|新区|度假区|保税区|自治[县州旗]|农场|林场)$"
)

_HOTLINE = lazy_pattern(r"(?<!\d)\d{3,5}(?=热线|政务|便民|平台|指挥|服务)")  # 市12345热线办

_QUOTED = lazy_pattern(r"(?<=[\u4e00-\u9fff)\]])“[^“”]{1,8}”(?=[\u4e00-\u9fff]{2}|$)")  # 县“三夏”指挥部

# A duty that names its unit by its role only.
ROLE_NAME = lazy_pattern(
    r"^(?:各|各级|各有关|各相关|相关|有关|市级|县级|区级|市直|县直|区直|其他)?(?:(?:责任|重点|工作)?(?:项目|任务|事项))?(?:主要|首要|第一|直接|具体|总)?"
    r"(?:牵头|责任|配合|承办|主办|协办|成员|参与|落实|主管|参建|实施|包保|帮扶|整改|汇总){1,2}(?:单位|部门|科室|处室|股室|县区|"
    r"乡镇|主体)$|^各地(?:各部门|各单位|各有关部门)?$"
)


# Behind 由 and before 牵头 or 负责 a field alone is its office: 由财政牵头; these two are things as well.
FIELDS_TOLD = (_SECTORS | OWN_FIELDS) - {"组织", "规划"}


@lru_cache(maxsize=8192)
def ends_as_unit(name: str) -> bool:
    """Whether a (working-copy) name ends the way names of offices and places end."""
    return len(name) >= 2 and _ENDS_AS_UNIT.search(name) is not None


@lru_cache(maxsize=8192)
def ends_strongly(name: str) -> bool:
    """Whether a (working-copy) name ends the way names of offices end, places left out."""
    return _ENDS_STRONGLY.search(name) is not None


@lru_cache(maxsize=8192)
def is_class_of_governments(name: str) -> bool:
    """Whether a name is a whole class of local governments (各县区人民政府, 各街办), not one unit."""
    name = name.replace("、", "")  # 各区、县（市）政府
    return _CLASS.search(name) is not None and _LOCAL.search(name) is not None


@lru_cache(maxsize=8192)
def is_person(name: str) -> bool:
    """Whether a name is a person or a leader's post rather than a unit."""
    if _PERSON_TITLE.search(name) and not re.search(
        r"(?:局|(?<![常政])委|办|室|处|科|会|政府|部门|单位|中心|公司|小组)$", name
    ):
        return True
    if name.endswith(tuple("省市县区镇乡州旗盟村")):
        return False
    return name not in _SECTORS and _PERSON.match(name) is not None and _ENDS_STRONGLY.search(name) is None


@lru_cache(maxsize=8192)
def is_strict_unit(name: str) -> bool:
    """Whether a name met in running text can be nothing but a unit."""
    if ROLE_NAME.match(name) or _OWNING.fullmatch(name):
        return True
    if not 2 <= len(name) <= 24 or not ends_as_unit(name) or is_person(name):
        return False
    if (
        _VERB_START.match(name)
        or _MAKES.match(name)
        or _SENTENCE_WORD.search(name)
        or _NOT_A_NAME.search(name)
        or re.search(r"[“”《》:!?.%\d]", _QUOTED.sub("", _HOTLINE.sub("", name)))
    ):
        return False
    if _ENDS_STRONGLY.search(name) is None:
        return (
            len(name) <= 8
            or name.startswith(("各", "全市", "相关", "有关"))
            or _LONG_PLACE.search(name) is not None
        )
    return True


@lru_cache(maxsize=8192)
def may_be_unit(name: str) -> bool:
    """Whether a name met in a list of units can be one; laxer than `is_strict_unit`."""
    if ROLE_NAME.match(name) or _OWNING.fullmatch(name):
        return True
    if not 2 <= len(name) <= 40 or _NOT_A_NAME.search(name):
        return False
    return ends_as_unit(name) or (
        len(name) <= 14 and re.fullmatch(r"[\u4e00-\u9fff()\[\]、A-Za-z*]+", name) is not None
    )
