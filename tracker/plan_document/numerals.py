"""Ordinals and counts written in Chinese, Arabic, circled or bracketed figures, as integers."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_CHINESE = frozenset("〇零一二三四五六七八九十百两廿")


@lru_cache(maxsize=4096)
def to_number(figures: str) -> int | None:
    """The integer that `figures` writes (十二, 12, ⑫, 二〇二三), or None when it writes none.

    cn2an reads Chinese numerals; it is asked about short figures only, never about prose.
    """
    plain = unicodedata.normalize("NFKC", figures).strip(" ().、")
    if not plain or len(plain) > 12:
        return None
    if plain.isdecimal():
        return int(plain)
    if not set(plain) <= _CHINESE:
        return None
    import cn2an  # here: loading it compiles patterns, which a process that reads no numeral need not wait for

    try:
        return int(cn2an.cn2an(plain.replace("廿", "二十"), "smart"))
    except ValueError:
        return None
