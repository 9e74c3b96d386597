"""How far two wordings say the same task: by the pairs of characters that are particular to it, not by what every task has.

Units, limits, labels and amounts are left out, since two tasks of one plan may share all of them, and one task may change all of them.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable

from tracker.plan_document import FieldSource, parse_clause

# Effort is bounded by reading the beginnings of texts (characters).
READ = 1_500
_WHO_AND_WHEN = frozenset({"lead", "co", "deadline", "milestones", "recurring"})
_LABELS = re.compile(
    r"(?:第一|主要|共同)?(?:牵头|责任|配合|协办|承办|主办|落实|实施|参与|参加)(?:单位|部门|领导|人)"
    r"|(?:完成|办结|工作)(?:时限|期限|时间)|时限要求|牵头|配合|按职责分工负责|分别负责|负责|底前|前完成|长期坚持|持续推进"
)
# An amount changes from one version to the next, with its measure word; what numbers a thing (1号路, 2期) is its name.
_NAME = re.compile(r"第\d+|\d+(?=[号期])")
_MEASURES = "平方米|平方公里|公里|千米|人次|元|个|所|条|家|户|人|项|台|套|辆|座|处|张|吨|亩|件|名|批|场|米"
_AMOUNTS = re.compile(
    rf"(?<![第.\d])\d+(?:\.\d+)?(?![\d.号期])(?:%|[十百千万亿]*(?:{_MEASURES})?)|[一两三四五六七八九十百千万]+(?:{_MEASURES})"
)
_WORDS = re.compile(r"[0-9A-Za-z]+|[\u3400-\u9fff]+")
# What nearly every task of every plan says.
_COMMON_PHRASES = (
    "推进、推动、建设、新建、新增、改造、实施、开展、加快、落实、深入、持续、全面、做好、完成、达到、力争、确保、积极、进一步、年内、全市"
    "、建立健全、健全完善、加强组织领导、长效机制、工作机制、各项制度、工作落实、落实到位、提升、提高、强化、优化、管理、服务、责任、体系"
    "、水平、能力、各项工作"
)
_COMMON = frozenset(
    phrase[at : at + 2] for phrase in _COMMON_PHRASES.split("、") for at in range(len(phrase) - 1)
)
_COMMON_WEIGHT = 0.2
# Two things of one kind with other numbers (1号路, 3号路) are two things.
_OTHER_NUMBER = 0.5
_NUMBERED = "#"
# So are 桥东区 and 桥西区, and what 临江镇 and 临河镇 each are charged with: names that one character tells apart.
_OTHER_SIDE = 0.4
_SIDES = frozenset("东西南北")
_PLACES = frozenset("区县镇乡村街路河湖桥渠沟站园")
_CHARGED = "@"
_PLACE = re.compile(
    r"(?![各全本市县区])[\u4e00-\u9fff]{1,6}(?:[区县镇乡旗村]|街道|社区|开发区|园区)(?:人民)?(?:政府|办事处|管委会|村委会|居委会|党委)?"
)


def own_words(text: str) -> frozenset[str]:
    """The pairs of characters of what is to be done; of all there is where nothing else is said."""
    text = text[:READ]
    sources = [source for source in parse_clause(text).sources if source.field in _WHO_AND_WHEN]
    charged = {text[source.start : source.end] for source in sources if source.field == "lead"}
    places = {f"{_CHARGED}{name}" for name in charged if _PLACE.fullmatch(name)}
    return (_pairs(_duty(text, sources)) or _pairs(text)) | places


def _duty(text: str, sources: list[FieldSource]) -> str:
    kept, at = [], 0
    spans = sorted((source.start, source.end) for source in sources)
    for start, end in spans:
        # The words of a stage are part of the task, its day alone is not: a wide span is words.
        if start >= at and end - start <= 60:
            kept.append(text[at:start])
            at = end
    return _AMOUNTS.sub("", _LABELS.sub(" ", " ".join([*kept, text[at:]])))


def _marked(words: frozenset[str], mark: str) -> set[str]:
    return {word for word in words if word.startswith(mark)}


def _other_places(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both are charged to places, and to none in common."""
    places = _marked(one, _CHARGED), _marked(other, _CHARGED)
    return bool(places[0] and places[1]) and not places[0] & places[1]


def _other_side(one: frozenset[str], other: frozenset[str]) -> float:
    """The factor for names that one character tells apart, each in one of the two wordings only; 1 without any."""
    mine = [pair for pair in one - other if len(pair) == 2]
    others = [pair for pair in other - one if len(pair) == 2]
    sides = {(pair[at], 1 - at) for pair in mine for at in (0, 1) if pair[1 - at] in _SIDES}
    if any((pair[at], 1 - at) in sides for pair in others for at in (0, 1) if pair[1 - at] in _SIDES):
        return _OTHER_SIDE  # 桥东 and 桥西, 东路 and 西路
    if _names(mine) & _names(others):
        return _OTHER_NUMBER
    return 1.0


def _names(pairs: list[str]) -> set[tuple[str, str]]:
    """(临, 镇) of 临江 and 江镇: names of places without the one character between."""
    ends: dict[str, list[str]] = {}
    for pair in pairs:
        if pair[1] in _PLACES:
            ends.setdefault(pair[0], []).append(pair[1])
    return {(pair[0], end) for pair in pairs for end in ends.get(pair[1], ())}


def _pairs(text: str) -> frozenset[str]:
    found = {f"{_NUMBERED}{number}" for number in _NAME.findall(text)}
    for run in _WORDS.findall(text):
        if run.isascii():
            found.add(run)
        else:
            found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return frozenset(found)


class Likeness:
    """Compares wordings of one plan: a pair of characters that many of its tasks have says little about any of them."""

    def __init__(self, *versions: Iterable[frozenset[str]]) -> None:
        self._owners: Counter[str] = Counter()
        for version in versions:
            for pair, owners in Counter(pair for words in version for pair in words).items():
                self._owners[pair] = max(self._owners[pair], owners)

    def weight(self, words: Iterable[str]) -> float:
        return sum(
            (_COMMON_WEIGHT if pair in _COMMON else 1.0) / math.sqrt(max(1, self._owners[pair]) ** 3)
            for pair in words
            if not pair.startswith(_CHARGED)
        )

    def of(self, one: frozenset[str], other: frozenset[str]) -> float:
        """0–1: the share of both that is common to both, and, half, of the shorter one: a task may be told at more length."""
        common = self.weight(one & other)
        if not common:
            return 0.0
        weights = self.weight(one), self.weight(other)
        alike = (2 * common / sum(weights) + common / min(weights)) / 2
        if _marked(one, _NUMBERED) != _marked(other, _NUMBERED) or _other_places(one, other):
            alike *= _OTHER_NUMBER
        return alike * _other_side(one, other)
