"""Write a Word formula (OMML) in one line, as a reader would say it: a/b, m², √(x), a₁."""

from __future__ import annotations

from lxml.etree import _Element  # type: ignore[import-untyped]

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FORMULAS = frozenset({_M + "oMath", _M + "oMathPara"})
_RAISED = dict(zip("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", strict=True))
_LOWERED = dict(zip("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋", strict=True))


def formula_words(element: _Element) -> str:
    """The words of a formula; marks that have no plain form are left to their parts in reading order."""
    name = str(element.tag).removeprefix(_M)
    if name == "t":
        return element.text or ""
    if name == "f":
        return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"
    if name == "rad":
        return f"{_script(_part(element, 'deg'), _RAISED, '')}√{_grouped(_part(element, 'e'))}"
    if name in {"sSup", "sSub", "sSubSup"}:
        lowered = _script(_part(element, "sub"), _LOWERED, "_")
        return _part(element, "e") + lowered + _script(_part(element, "sup"), _RAISED, "^")
    if name == "d":
        inner = "，".join(formula_words(part) for part in element.findall(_M + "e"))
        return f"{_mark(element, 'begChr', '(')}{inner}{_mark(element, 'endChr', ')')}"
    if name == "nary":
        sign = _mark(element, "chr", "∫")
        bounds = _script(_part(element, "sub"), _LOWERED, "_") + _script(_part(element, "sup"), _RAISED, "^")
        return sign + bounds + _part(element, "e")
    return "".join(formula_words(part) for part in element if isinstance(part.tag, str))


def _part(element: _Element, name: str) -> str:
    part = element.find(_M + name)
    return "" if part is None else formula_words(part)


def _grouped(words: str) -> str:
    return words if len(words) <= 1 or words.isalnum() else f"({words})"


def _script(words: str, plain: dict[str, str], mark: str) -> str:
    if not words:
        return ""
    if all(char in plain for char in words):
        return "".join(plain[char] for char in words)
    return mark + _grouped(words)


def _mark(element: _Element, name: str, default: str) -> str:
    found = element.find(f"*/{_M}{name}")
    return default if found is None else str(found.get(_M + "val") or "")
