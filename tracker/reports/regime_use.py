"""What a changed regime means for measures assigned before the change: which stand under older terms, and what differs."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from tracker import access
from tracker.models import Regime, RegimeEdition
from tracker.models.measure import MeasureQuerySet
from tracker.models.regime import RegimeNode
from tracker.rules.lifecycle import TRANSITIONS, Verb
from tracker.rules.regimes import NODE_NAMES, DayKind, Node, NodeKind, Scores, Terms, Unit

# Not part of any node or score, in the order in which they are told.
_PLAIN = (
    "day_kind",
    "cadence",
    "cadence_day",
    "objection_days",
    "extension_days_ahead",
    "extension_max",
    "extension_decider",
    "yellow_behind",
    "red_behind",
    "near_workdays",
)
_NONE = "无"


@dataclass(frozen=True)
class OlderEdition:
    """An edition that running measures still stand under, with what the regime says otherwise now: label, then, now."""

    edition: RegimeEdition
    measures: list[Any]
    differences: list[tuple[str, str, str]]


def under_older_terms(user: access.Someone, regime: Regime) -> MeasureQuerySet:
    """Running measures that the user sees and that were assigned under other terms of this regime."""
    return (
        access.visible_to(user)
        .filter(regime_edition__regime=regime, status__in=sorted(TRANSITIONS[Verb.APPLY_REGIME].sources))
        .exclude(regime_edition__digest=regime.digest())
    )


def older_editions(user: access.Someone, regime: Regime) -> list[OlderEdition]:
    """The editions before the present terms that running measures stand under, oldest first (four queries)."""
    terms = regime.terms()
    rows = (
        under_older_terms(user, regime).select_related("lead", "regime_edition").order_by("plan", "position")
    )
    by_edition: dict[RegimeEdition, list[Any]] = {}
    for measure in rows:
        assert measure.regime_edition is not None
        by_edition.setdefault(measure.regime_edition, []).append(measure)
    return [
        OlderEdition(edition, measures, list(differences(edition.terms, terms)))
        for edition, measures in sorted(by_edition.items(), key=lambda item: item[0].pk)
    ]


def differences(before: Terms, after: Terms) -> Iterator[tuple[str, str, str]]:
    """What two terms say differently, in words: (名称, 原来, 现在)."""
    old, new = _nodes(before), _nodes(after)
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield _node_label(*key), old.get(key, _NONE), new.get(key, _NONE)
    for name in _PLAIN:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield _label(name), _word(name, was), _word(name, now)
    for field in fields(Scores):
        was, now = getattr(before.scores, field.name), getattr(after.scores, field.name)
        if was != now:
            yield f"计分：{_label(f'score_{field.name}')}", _word("score", was), _word("score", now)


def _nodes(terms: Terms) -> dict[tuple[NodeKind, str], str]:
    return {(node.kind, node.importance): amount_words(node, terms.day_kind) for node in terms.nodes}


def amount_words(node: Node, day_kind: DayKind) -> str:
    """A node's term in words: 当天, 7天, 5个工作日, 1个月."""
    if node.unit is Unit.MONTHS:
        return f"{node.amount}个月"
    if node.amount == 0:
        return "当天"
    return f"{node.amount}个工作日" if day_kind is DayKind.WORKDAYS else f"{node.amount}天"


def _node_label(kind: NodeKind, importance: str) -> str:
    if not importance:
        return NODE_NAMES[kind]
    names = dict(RegimeNode._meta.get_field("importance").flatchoices)
    return f"{NODE_NAMES[kind]}（{names[importance]}）"


def _label(name: str) -> str:
    return str(_field(name).verbose_name)


def _field(name: str) -> Any:
    return Regime._meta.get_field(name)


def _word(name: str, value: Any) -> str:
    if value is None:
        return "系统设置" if name in ("yellow_behind", "red_behind", "near_workdays") else "不限"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "score":
        return f"{value:g}"
    return str(dict(_field(name).flatchoices).get(value, value))
