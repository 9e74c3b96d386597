"""Choose the part of a document that orders work, among parts that report, explain or frame it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from .assigned_below import points_at
from .clauses import read_clause
from .duty_words import LABELS
from .errors import DocumentError
from .layout import CLOSING_LEAD
from .manuscript import Manuscript
from .markers import FREE, STYLED
from .numerals import to_number
from .outline import Item
from .responsibility import explicit_chunks
from .unit_headings import DUTY_LINE

_ORDERS = re.compile(
    r"怎么干|怎么做|怎么办|如何干|如何做|干什么|做什么|抓什么|(?:主要|重点|工作|具体|目标|年度|总体|攻坚|"
    r"专项)(?:任务|措施|举措|安排|工作|行动|工程)|任务(?:[与和及]?分工|分解|清单|安排)|"
    r"任务$|措施(?:清单|任务)|政策措施|整改(?:措施|任务|落实|内容)|下一?步|下阶段|下一阶段|今后|打算|"
    r"(?:办理|督办|整改|落实)要求$|工作(?:思路|内容|重点|建议)|对策|实施(?:内容|任务|路径)|实施步骤及措施|"
    r"笃行|抓落实|行动(?:计划|举措|任务)|落实举措|改进措施|努力方向|建议"
)
_FRAMES = re.compile(
    r"总体(?:要求|思路|目标)|指导思想|基本原则|工作(?:目标|原则|要求)|主要目标|目标要求|基本情况|总体情况|"
    r"情况|现状|背景|形势|存在|问题|短板|差距|成因|原因|做法|成效|成绩|回顾|总结|"
    r"经验|启示|体会|感悟|收获|悟到|学到|看到|保障措施|组织(?:领导|保障|实施)|保障机制|实施步骤|时间安排|"
    r"进度安排|附则|总则|适用|考核|督查|监督检查|有关要求|^(?:办结|完成|办理|整改)[时期]限|重要意义|意义|认识|政策依据|依据|名词解释|范围"
)
_STRONG_FRAME = re.compile(
    r"^(?:总体|指导思想|基本原则|工作目标|主要目标|保障(?:措施|机制|条件|$)|组织(?:领导|保障|实施|机构|$)|附则|总则|存在|基本情况|工作要求|有关要求|"
    r"(?:工作|推进|运行|落实|实施|协调|责任|制度|资金|要素){0,2}(?:机制|保障)$|(?:几点|相关|纪律)要求|(?!目标|任务|办理|督办|整改|落实)[\u4e00-\u9fff]{2}要求$|[^,。]{0,16}具体要求$|(?:有关|其他)事项$|"
    r"(?:(?:监督|督导|督查|督促|检查|考核|考评|评价|问责|奖惩|通报)[及和与、]?)+$|工作纪律|责任追究|[^,。]{0,6}目标$|(?:加强|强化|健全|完善|落实)(?:组织|领导|保障)|实施步骤|重要意义|(?:充分|深刻|切实|统一|提高|提升)+(?:思想|政治)?(?:认识|站位)|"
    r"(?:检查|工作|方法|行动|活动|整治|推进|阶段|时间|进度)(?:步骤|阶段|时间)(?:安排)?$|加强组织|强化组织|强化保障|加强领导)"
)
# 工作目标及主要内容: what is joined to the frame orders the work.
_JOINED_ORDERS = re.compile(r"[及和与、](?:主要|重点|具体|工作|目标|年度){0,2}(?:任务|内容|措施|举措|工作)")
_IMPERATIVE = re.compile(
    r"(?:要|应|须|务必|大力|全面|深入|持续|扎实|认真|切实|积极|进一步|加快|稳步|统筹|着力|全力|严格|充分|"
    r"坚定不移|坚决|大幅|不断|有序|主动|强力|精准|科学|重点|突出|从严|迅速|立即|全方位|常态化|每[年月季周])?"
    r"(?:坚持|抓(?!了)|净化|加大|对照|安排|推进|推动|加快|加强|强化|深化|完善|健全|建立|建设|打造|实施|落实|开展|推行|优化|提升|提高|"
    r"提速|聚焦|围绕|对标|抢抓|抓好|抓实|构建|培育|引进|支持|鼓励|组织|制定|制订|出台|"
    r"整治|严肃|修订|规范|清理|拓展|扩大|增强|促进|实行|做好|做强|做优|做大|做精|设立|探索|依托|借鉴|把准|"
    r"充分认识|深入研究|创新|发挥|用好|狠抓|畅通|发展|压实|严格|严厉|确保|保障|力争|推广|简化|压缩|盘活|"
    r"公开|取消|降低|减免|落地|编制|起草|完成|新建|改造|改善|治理|整合|开通|增设|增加|统筹|查找|明确|认定|"
    r"兑现|督促|巩固|争取|谋划|承接|招引|壮大|培养|选派|普及|排查|整改|监测|升级|引导|"
    r"宣传|举办|召开|抽查|核查|公布|配备|放宽|合并|以|将|把|对|按照|按)"
)
_GOAL_ALONE = re.compile(r"(?:工作|总体|主要)?(?:目标任务|任务目标)")  # with nothing below it but a sentence
_DONE_HEADING = re.compile(r"成效|成绩|回顾|进展|(?:完成|开展|工作|基本|总体)情况")
_NOUN_FRAME = re.compile(r".{0,4}(?:范围|对象|依据|背景|意义|原则|步骤|主题|目的|宗旨)")
_REPORT_TITLE = re.compile(r"报告|总结|汇报|情况|通报|做法|体会|调研|讲话|发言|答复|解读")
_KIND_LAST = re.compile(r"(?:措施|任务|安排|打算|举措|建议|内容|重点|步骤|计划|清单)$")
_PLAN_TITLE = re.compile(
    r"(?:方案|计划|意见|措施|要点|清单|台账|分解|分工|安排|规划|任务|行动)(?:表|的通知)?(?:\([^()]*\)|（[^（）]*）)?$"
)
_DUTY = re.compile(
    r"\([^()。\n]{1,60}(?:局|委|办|政府|部门|街道|公司)\)|牵头|(?:责任|承办|主办)(?:单位|部门|[科股处]室|站所)|配合单位|[月年]底前|(?:完成|整改|办结|办理)[时期]限|按职责分工|\d ?日前|"
    r"会议(?:明确|决定|议定|要求|强调|确定)|(?<=[局委办])负责(?!人|同志|解释)"
)
_TOLD = re.compile(
    r"做法|经验|成效|成绩|回顾|见闻|所见|所闻|看到|学到|概况|情况|亮点|启示|感悟|体会|收获|所思|所悟|现状"
)
# 关于资金平衡问题: what a meeting dealt with, no problem that is told.
_ABOUT = re.compile(r"关于.{2,24}(?:问题|事项|工作)")
# 市住建局要…: an order set to the unit that is its subject.
_TOLD_TO = re.compile(
    r"[^,。;:\n]{2,20}(?:[局委办厅]|政府|部门|单位|街道|乡镇|公司|中心|集团)(?:\([^()]{1,12}\))?(?:要(?!求)|应(?!急|对)当?|须|务必|负责(?!人|同志))"
)
_PROBLEMS = re.compile(r"存在.{0,6}(?:问题|不足|困难|差距|短板)|^(?:主要|突出)?问题|短板|不足之处")
_SENTENCE_STOP = re.compile(r"[。;!?\n]")
_ORGANISES = re.compile(r"组织|保障|落实|统筹|考核|督[查导促办]")
_CHARGED = re.compile(r"由[^,。;\n]{2,40}(?:牵头|负责)(?!单位|部门|人|同志|解释)")
_REPORTING = re.compile(r"完成率|[\d一二三四五六七八九十]%。|了|已经?|今年以来|去年|上年|同比|我们看到|考察")


_LONGEST_CHARGE = 400  # characters


@dataclass(frozen=True)
class Choice:
    """The action part: one item, or (part None) items that are sections side by side; `aside` the others.

    `doubtful` are those of the others that order work too and so should be looked at.
    """

    part: Item | None
    sections: tuple[Item, ...]
    aside: tuple[Item, ...]
    guessed: bool = False
    doubtful: tuple[Item, ...] = ()


def choose(
    page: Manuscript, roots: list[Item], wanted: str | None, title: str | None = None
) -> Choice | None:
    """Which items hold the measures; None when nothing orders any work.

    A document titled as a plan (方案, 计划, 措施 ...) whose parts none looks like orders gives those that are no
    frame, marked as guessed. Raises DocumentError when `wanted` (a marker, a number or a piece of a heading)
    fits no part, or several.
    """
    if wanted is not None and wanted.strip():
        part = _named(page, roots, wanted.strip())
        return Choice(part, (), tuple(root for root in roots if root is not part))
    parts = _without_covers(roots)
    scores = _scores(page, parts)
    acting = [part for part in parts if scores[id(part)] > 0.5]
    if not acting:
        return _guessed(page, parts, title)
    best = max(acting, key=lambda part: scores[id(part)])
    named = [part for part in acting if _names_orders(_heading(page, part)) and part.children]
    beside = title is None or _REPORT_TITLE.search(title) is None
    below = [(part, _leaves(part)) for part in acting if part.children]
    others = [part for part, leaves in below if _bear_duties(leaves, _worded_as_duties(page, leaves))]
    if (
        not beside
    ):  # 所见所闻, 主要做法: what a report tells of others is no part of its orders, whoever did it
        others = [part for part in others if not _TOLD.search(_heading(page, part))]
    if len(others) > 1:
        named = []  # what names who does it is no frame of another part
    if len(named) == 1 and (
        len(acting) <= 2 or scores[id(named[0])] >= 1.2 or _much_larger(named[0], acting)
    ):
        return _one(parts, named[0], acting)
    if len(acting) == 1 and best.children and not (beside and _has_equals(page, parts, best)):
        return _one(parts, best, acting)
    if beside:
        acting = [part for part in parts if scores[id(part)] > 0.5 or _stands_beside(page, part, acting)]
    else:
        acting = _behind_problems(page, parts, acting)
    doubtful: tuple[Item, ...] = ()
    if len(acting) > 2 and _only_organises(page, acting):
        doubtful = (acting.pop(),)
    taken = {id(part) for part in acting}
    aside = tuple(part for part in parts if id(part) not in taken)
    return Choice(None, tuple(acting), aside, doubtful=doubtful)


def _behind_problems(page: Manuscript, parts: list[Item], acting: list[Item]) -> list[Item]:
    """Of a report that names its problems, what is told before them is done, however it is worded; unless it names units."""
    problem = next((part for part in parts if _PROBLEMS.search(_heading(page, part))), None)
    behind = [part for part in acting if problem is not None and part.start > problem.start]
    named = [part for part in acting if part not in behind and _names_units(page, part)]
    return [part for part in acting if part in behind or part in named] if behind else acting


def _has_equals(page: Manuscript, parts: list[Item], best: Item) -> bool:
    return any(part is not best and _stands_beside(page, part, [best]) for part in parts)


def _names_orders(heading: str) -> bool:
    """主要任务, 下步打算 head a part of orders; 狠抓专项行动 is one order among others."""
    if _ORDERS.search(heading) is None:
        return False
    return _IMPERATIVE.match(heading) is None or _KIND_LAST.search(heading) is not None


def _worded_as_duties(page: Manuscript, leaves: list[Item]) -> list[bool]:
    """For each item whether its words say who or by when: asked once an item, for a plan has thousands."""
    return [_DUTY.search(page.work, leaf.start, leaf.own_end) is not None for leaf in leaves]


def _bear_duties(leaves: list[Item], worded: list[bool]) -> bool:
    """Whether half of the items or more say who or by when, in their words (`worded`) or in the columns of their rows."""
    bearing = sum(
        told or (leaf.row is not None and leaf.row.says_who)
        for leaf, told in zip(leaves, worded, strict=True)
    )
    return bearing * 2 >= len(leaves)


def _charges_all_below(page: Manuscript, part: Item) -> bool:
    """一、认识不足的问题 / 责任单位：… / 整改措施：1.…: what names units above its items is one problem to be mended."""
    above = explicit_chunks(page, part.heading[1], part.own_end) if part.children else []
    return any(LABELS.match(page.work, start, end) for start, end in above)


def _names_units(page: Manuscript, part: Item) -> bool:
    """Whether most items of a part name their units in a bracket, after a label or as 由…牵头, as only tasks do."""
    leaves = _leaves(part)
    naming = sum(1 for leaf in leaves if _names_unit(page, leaf))
    return naming * 2 > len(leaves)


def _names_unit(page: Manuscript, leaf: Item) -> bool:
    return (
        leaf.row is not None
        or bool(explicit_chunks(page, leaf.start, leaf.own_end))
        or _CHARGED.search(page.work, leaf.start, leaf.own_end) is not None
    )


def _charges(page: Manuscript, leaf: Item) -> bool:
    """Whether an item says who and by when or how often."""
    if leaf.end - leaf.start > _LONGEST_CHARGE:
        return False
    clause = read_clause(page, leaf.start, leaf.own_end, None)
    return bool(clause.lead) and (clause.deadline is not None or clause.recurring is not None)


def _only_organises(page: Manuscript, acting: list[Item]) -> bool:
    """Whether the last part (强化组织推进) names nobody, where all items of the parts before it name their units."""
    last = acting[-1]
    if not last.children or _ORGANISES.search(_heading(page, last)) is None:
        return False
    named = [_names_unit(page, leaf) for part in acting[:-1] for leaf in _leaves(part)]
    return all(named) and not any(_names_unit(page, leaf) for leaf in _leaves(last))


def _stands_beside(page: Manuscript, part: Item, acting: list[Item]) -> bool:
    """A part of a plan between parts that order work, which is no frame itself, orders work too."""
    heading = _heading(page, part)
    first, last = acting[0], acting[-1]
    return (
        part.marker.family == first.marker.family
        and (first.start < part.start < last.start or bool(part.children))
        and not _is_frame(heading)
        and not _is_strong_frame(heading)
    )


def _without_covers(roots: list[Item]) -> list[Item]:
    """An annex that is a plan of its own stands for its parts; a list under an annex stays one part."""
    parts: list[Item] = []
    for root in roots:
        own_plan = root.marker.family == "annex" and any(child.children for child in root.children)
        parts.extend(root.children if own_plan else [root])
    return parts


def _scores(page: Manuscript, parts: list[Item]) -> dict[int, float]:
    """The score of each part; items of one list without parts of their own (一要, 二要 ...) share theirs."""
    scores = {id(part): _score(page, part) for part in parts}
    for _, run in groupby(parts, key=lambda part: (bool(part.children), part.marker.family, id(part.parent))):
        items = list(run)
        if not items[0].children:
            average = sum(scores[id(item)] for item in items) / len(items)
            scores.update({id(item): average for item in items})
    return scores


def _guessed(page: Manuscript, parts: list[Item], title: str | None) -> Choice | None:
    if title is None or not _PLAN_TITLE.search(title):
        return None
    acting = [part for part in parts if part.children and not _is_strong_frame(_heading(page, part))]
    if not acting:
        return None
    taken = {id(part) for part in acting}
    aside = tuple(part for part in parts if id(part) not in taken)
    return Choice(None, tuple(acting), aside, guessed=True)


def _one(parts: list[Item], part: Item, acting: list[Item]) -> Choice:
    doubtful = tuple(other for other in acting if other is not part)
    return Choice(part, (), tuple(other for other in parts if other is not part), doubtful=doubtful)


def _much_larger(part: Item, acting: list[Item]) -> bool:
    rest = sum(_count(other) for other in acting if other is not part)
    return _count(part) > rest


def _count(item: Item) -> int:
    return 1 + sum(_count(child) for child in item.children)


def _is_frame(heading: str) -> bool:
    """Whether a heading frames the orders (背景, 现状, 督查考核) instead of giving them (从严抓好督查)."""
    if _ABOUT.fullmatch(heading):
        return False
    if _DONE_HEADING.search(heading) or _NOUN_FRAME.fullmatch(heading):
        return True
    return _FRAMES.search(heading) is not None and (
        _IMPERATIVE.match(heading) is None or _is_strong_frame(heading)
    )


def _is_strong_frame(heading: str) -> bool:
    return _STRONG_FRAME.search(heading) is not None and _JOINED_ORDERS.search(heading) is None


_SET_WIDE = re.compile(r"[\u4e00-\u9fff](?: +[\u4e00-\u9fff]){1,3}")


def _heading(page: Manuscript, item: Item) -> str:
    words = page.work[item.heading[0] : item.heading[1]]
    # 总  则: set wide to fill its line
    return words.replace(" ", "") if " " in words and _SET_WIDE.fullmatch(words) else words


def _score(page: Manuscript, root: Item) -> float:
    """How much a part orders work: wording of its heading, share of orders among its items, duties named."""
    heading = _heading(page, root)
    leaves = _leaves(root)
    worded = _worded_as_duties(page, leaves)
    ordering = sum(told or _orders(page, leaf) for leaf, told in zip(leaves, worded, strict=True))
    share = ordering / len(leaves)
    score = share
    if not root.marker.leads_line and CLOSING_LEAD.match(page.work, _line_start(page, root)):
        return 0.0  # 有关要求：一是…。二是…
    if all(points_at(leaf) for leaf in leaves):
        return 0.0  # 第1条、第2条 | 市教育局: says who does what stands above
    if root.row is not None or _is_ledger(root, leaves):
        return score  # rows of a task table order, whatever their words or those above the table
    if any(worded) or _DUTY.search(page.work, root.start, root.end):
        score += 0.4
    if _ORDERS.search(heading) and (root.children or not _GOAL_ALONE.fullmatch(heading)):
        score += 0.6
    bears = _bear_duties(leaves, worded) or _charges_all_below(page, root)
    framed = _is_strong_frame(heading)
    if framed and root.children and all(_charges(page, leaf) for leaf in leaves):
        return max(score, share, 1.0)  # 推进机制: 县招商办每周五汇总进展。 is work set to somebody
    if framed and not (bears and root.children and _names_units(page, root)):
        score -= 1.2
    elif _is_frame(heading) and not bears and (not _ORDERS.search(heading) or _DONE_HEADING.search(heading)):
        score -= 0.6
    return score


def _line_start(page: Manuscript, item: Item) -> int:
    return page.lines[page.line_at(item.start)].start


def _is_ledger(root: Item, leaves: list[Item]) -> bool:
    """A sheet that is a task table of its own, or a part so styled: rows that say who or by when under its name."""
    return root.marker.family == STYLED and all(leaf.row is not None and leaf.row.says_who for leaf in leaves)


def _leaves(item: Item) -> list[Item]:
    found: list[Item] = []
    pending = [item]
    while pending:
        current = pending.pop()
        if current.children:
            pending.extend(current.children)
        else:
            found.append(current)
    return found


def _orders(page: Manuscript, leaf: Item) -> bool:
    """Whether an item orders work, though its words do not say who or by when."""
    work = page.work
    set_to_unit = leaf.marker.family == FREE and leaf.marker.style == DUTY_LINE
    if leaf.row is not None or leaf.marker.family == "want" or set_to_unit:
        return True
    heading = _heading(page, leaf)
    body = work[leaf.heading[1] : min(leaf.own_end, leaf.heading[1] + 200)].lstrip("。;:,!? \n")
    first = _SENTENCE_STOP.split(body, maxsplit=1)[0]
    if _REPORTING.search(first) and not _IMPERATIVE.match(first):
        return False
    if first and (_IMPERATIVE.match(first) or _TOLD_TO.match(first)):
        return True
    if _TOLD_TO.match(heading):
        return True
    return _IMPERATIVE.match(heading) is not None and not _REPORTING.search(first)


def _named(page: Manuscript, roots: list[Item], wanted: str) -> Item:
    every = []
    pending = list(reversed(roots))
    while pending:
        item = pending.pop()
        every.append(item)
        pending.extend(reversed(item.children))
    plain = wanted.strip(" 、.．()（）第部分章")
    number = to_number(plain)
    for level in (roots, every):
        fits = [
            i for i in level if wanted in (page.printed(*_marker_span(i)), page.canonical(*_marker_span(i)))
        ]
        if not fits and number is not None and level is roots:
            fits = [i for i in level if i.marker.ordinal == number]
        if not fits and number is None:
            fits = [
                i for i in level if wanted in page.printed(*i.heading) or wanted in page.canonical(*i.heading)
            ]
        if len(fits) == 1:
            return fits[0]
        if len(fits) > 1:
            shown = "、".join(page.printed(i.start, i.heading[1])[:30] for i in fits[:5])
            raise DocumentError(
                f"“{wanted}”对应多个部分：{shown}，请写全编号或标题",
                "action_part_ambiguous", page.line_number(fits[1].start),
            )  # fmt: skip
    shown = "、".join(page.printed(i.start, i.heading[1])[:30] for i in roots[:12])
    raise DocumentError(
        f"文件中没有与“{wanted}”对应的部分；一级部分有：{shown or '无'}", "action_part_not_found"
    )


def _marker_span(item: Item) -> tuple[int, int]:
    return item.marker.start, item.marker.end
