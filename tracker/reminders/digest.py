"""What one message says: a recipient's notices, most urgent first, as plain values for any channel."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

# Not that of functools, which takes a lock each time until Python 3.12.
from django.utils.functional import cached_property

from tracker.reminders.items import Item
from tracker.reminders.lines import chinese_date
from tracker.reminders.words import translated as _
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import KINDS, NoticeKind, Tone
from tracker.rules.reminder_schedule import LEVEL_NAMES, Level

# Longer lists are cut in the message, and it says so; the ledger and the site hold all of it.
LISTED = 200


_LEVELS = list(Level)


def _urgency(item: Item) -> tuple[object, ...]:
    return KINDS[item.kind].urgency, -_LEVELS.index(item.level), item.due_on, item.order


_FOREMOST = (Party.LEAD, Party.CO, Party.LEADER, Party.OFFICE)


def _once(items: Iterable[Item]) -> list[Item]:
    """What several rules of one kind say of one matter is one matter: said once, in its highest colour and to its reader's foremost
    capacity."""
    of_one: dict[tuple[int, NoticeKind, int], list[Item]] = {}
    for found in items:
        of_one.setdefault((found.measure_id, found.kind, found.anchor), []).append(found)
    return [_of_several_rules(sorted(said, key=_urgency)) for said in of_one.values()]


def _of_several_rules(said: list[Item]) -> Item:
    first = said[0]
    if len(said) == 1:
        return first
    foremost = min(said, key=lambda item: _FOREMOST.index(item.party))
    return replace(
        first,
        party=foremost.party,
        department=foremost.department,
        mutable=any(item.mutable for item in said),
        unreached=next((item.unreached for item in said if item.unreached), ""),
    )


def _merged(of_one: list[Item]) -> Item:
    """A measure's most urgent item, with the others beside it; each keeps its own day and colour."""
    first, *others = of_one
    if not others:
        return first
    words = dict.fromkeys(other.in_short for other in others)
    return replace(
        first,
        note=_("同时：%s") % "；".join(words),
        mutable=any(item.mutable for item in of_one),
        unreached=next((item.unreached for item in of_one if item.unreached), ""),
        others=tuple(others),
    )


@dataclass(frozen=True)
class Group:
    """The items of one kind: its heading, how it is coloured, how many there are, and those that are listed.

    `counted`: how many matters of the kind the message speaks of, as its subject counts them (3期), and how many of them stand
    beside items of a more urgent kind.
    """

    name: str
    tone: Tone
    count: int
    items: list[Item]
    counted: str = ""


@dataclass(frozen=True)
class Digest:
    """One message to one recipient. `on_request`: its day is not the day of sending (the run began before midnight). `test_for`:
    the name of the person who sends it to themselves to see how mails look; "" for a real one."""

    recipient: str
    today: date
    items: tuple[Item, ...]
    on_request: bool = False
    test_for: str = ""

    @classmethod
    def of(cls, items: Iterable[Item], *, recipient: str, today: date, on_request: bool = False) -> "Digest":
        """The most urgent kind first, within it red before blue and the earliest day first.

        A measure is listed once, under its most urgent kind; what else is to be said of it stands beside it.
        """
        by_measure: dict[int, list[Item]] = {}
        everything = _once(items)
        # Who is handed a measure in this message reads its deadline there.
        handed = {found.measure_id for found in everything if found.kind is NoticeKind.ASSIGNED}
        said = (
            i for i in everything if i.kind is not NoticeKind.DEADLINE_MOVED or i.measure_id not in handed
        )
        for found in sorted(said, key=_urgency):
            by_measure.setdefault(found.measure_id, []).append(found)
        ordered = sorted((_merged(of_one) for of_one in by_measure.values()), key=_urgency)
        return cls(recipient, today, tuple(ordered), on_request)

    @cached_property
    def matters(self) -> list[Item]:
        """All that is to be said, the most urgent first: a measure as often as it has matters."""
        return sorted((matter for item in self.items for matter in item.matters), key=_urgency)

    @cached_property
    def subject(self) -> str:
        """【督查督办】3项逾期、2项即将到期; with the colour of a sheet that has climbed: …（红色催办）"""
        said = "、".join(f"{count}{KINDS[kind].counted}" for kind, count in self._counts.items())
        climbed = f"（{LEVEL_NAMES[self.level]}催办）" if self.level in (Level.ORANGE, Level.RED) else ""
        subject = _("【督查督办】%s") % f"{said}{climbed}"
        return _("【测试】%s") % subject if self.test_for else subject

    @cached_property
    def _counts(self) -> Counter[NoticeKind]:
        """How many matters of each kind, the most urgent first; reports missed in a row are as many."""
        counts: Counter[NoticeKind] = Counter()
        for matter in self.matters:
            counts[matter.kind] += matter.periods
        return counts

    @cached_property
    def level(self) -> Level:
        """The highest colour in it."""
        return max((matter.level for matter in self.matters), key=_LEVELS.index, default=Level.NONE)

    @cached_property
    def _by_kind(self) -> list[tuple[NoticeKind, list[Item]]]:
        return [(kind, list(items)) for kind, items in groupby(self.items, key=lambda item: item.kind)]

    @cached_property
    def groups(self) -> list[Group]:
        """The kinds with those of their items that are listed."""
        listed, found = LISTED, []
        for kind, items in self._by_kind:
            facts = KINDS[kind]
            shown = items[: max(listed, 0)]
            found.append(Group(facts.name, facts.tone, len(items), shown, self._in_heading(kind)))
            listed -= len(items)
        return found

    def _in_heading(self, kind: NoticeKind) -> str:
        """2 项; 3 期（其中 2 期见上列事项）"""
        unit = KINDS[kind].unit
        elsewhere = (other for item in self.items if item.kind is not kind for other in item.others)
        beside = sum(other.periods for other in elsewhere if other.kind is kind)
        said = f"{self._counts[kind]} {unit}"
        if not beside:
            return said
        return said + _("（其中 %(count)d %(unit)s见上列事项）") % {"count": beside, "unit": unit}

    @cached_property
    def unlisted(self) -> int:
        return max(0, len(self.items) - LISTED)

    @cached_property
    def salutation(self) -> str:
        """市教育局、市财政局： or 分管领导："""
        if self.test_for:
            return _("%s：") % self.test_for
        if all(i.party is Party.OFFICE for i in self.items):
            return _("督查室：")
        outside = (Party.LEADER, Party.OFFICE)
        units = list(dict.fromkeys(i.department for i in self.items if i.party not in outside))
        if not units:
            return _("尊敬的领导：")
        if len(units) > 3:
            return _("%(units)s等%(count)d个单位：") % {"units": "、".join(units[:3]), "count": len(units)}
        return _("%s：") % "、".join(units)

    @cached_property
    def introduction(self) -> str:
        if self.test_for:
            return _(
                "这是您从系统发给自己的测试邮件，只为查看能否送达和显示效果。下列内容取自最近的提醒，仅作示例，不是催办，无需办理。"
            )
        parties = {i.party for i in self.items}
        if parties == {Party.LEADER}:
            about = self._to_a_leader
        elif parties == {Party.OFFICE}:
            about = self._to_the_office
        elif self._only_news and parties == {Party.CO}:
            about = _("贵单位配合的下列事项新近交办或调整了时限，请予配合。")
        elif self._only_news:
            about = _("下列事项新近交办贵单位或调整了时限，请及时办理。打开链接，登录后即可签收或报告进展。")
        elif parties == {Party.CO}:
            about = _("贵单位配合的下列事项需要抓紧办理。")
        else:
            about = _("贵单位负责的下列事项需要抓紧办理。打开链接，登录后即可签收或报告进展。")
        return _("截至%(day)s，%(about)s") % {"day": chinese_date(self.today), "about": about}

    @cached_property
    def _only_news(self) -> bool:
        return all(KINDS[matter.kind].is_news for matter in self.matters)

    @property
    def _to_the_office(self) -> str:
        """What is passed on in another's place, what waits for a leader, and what the office itself has to deal with."""
        passed_on = sum(bool(item.unreached) for item in self.items)
        for_leaders = sum(self._waits_for_a_leader(item) for item in self.items if not item.unreached)
        if passed_on == len(self.items):
            return _("下列事项本应通知其他收件人，因故未能送达，改发督查室，请设法转告。")
        if for_leaders == len(self.items):
            return _("下列事项的延期申请待分管领导决定，请督查室知悉。")
        among = [
            *([_("%d项的延期申请待分管领导决定") % for_leaders] if for_leaders else []),
            *([_("%d项本应通知其他收件人，因故未能送达，请设法转告") % passed_on] if passed_on else []),
        ]
        said = _("下列事项需要督查室处理")
        return f"{said}，{_('其中')}{'，'.join(among)}。" if among else f"{said}。"

    @staticmethod
    def _waits_for_a_leader(item: Item) -> bool:
        return all(matter.for_leader for matter in item.matters)

    @property
    def _to_a_leader(self) -> str:
        """A leader is told what the matters are: late, or in another plight."""
        kinds = {matter.kind for matter in self.matters}
        to_decide = sum(matter.for_leader for matter in self.matters)
        if kinds == {NoticeKind.EXTENSION_WAITING}:
            if to_decide == len(self.matters):
                return _("您分管单位牵头的下列事项申请延期，待您决定。打开链接，登录后即可批准或不批准。")
            if not to_decide:
                return _("您分管单位牵头的下列事项申请延期，待督查室决定，特此告知。")
        if to_decide:
            return _("您分管单位牵头的下列事项需要督促办理，其中%d项的延期申请待您决定。") % to_decide
        if self._only_news:
            return _("您分管单位牵头的下列事项新近交办或调整了时限，特此告知。")
        if kinds == {NoticeKind.OVERDUE}:
            return _("您分管单位牵头的下列事项已逾期，特此抄送。")
        if kinds <= {NoticeKind.BEHIND_RED, NoticeKind.BEHIND_YELLOW}:
            return _("您分管单位牵头的下列事项进度滞后，特此抄送。")
        if all(KINDS[kind].tone is Tone.NEAR for kind in kinds):
            return _("您分管单位牵头的下列事项即将到期或需要关注，特此抄送。")
        return _("您分管单位牵头的下列事项需要督促办理，特此抄送。")

    @cached_property
    def mutable(self) -> bool:
        """Whether its reader may choose to get no more of some of it."""
        return any(item.mutable for item in self.items)

    @property
    def sheets(self) -> list[Item]:
        """What an orange or red 催办单 is made for."""
        return [matter for matter in self.matters if matter.level in (Level.ORANGE, Level.RED)]

    @cached_property
    def several_plans(self) -> bool:
        return len({i.plan for i in self.items}) > 1

    @cached_property
    def provisional(self) -> bool:
        return any(matter.provisional for matter in self.matters)
