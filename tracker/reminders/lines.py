"""User text and days as they stand in a line of a message, a header or a sheet."""

import unicodedata
from datetime import date

# Control and format characters (bidirectional overrides, zero-width, tags), separators, surrogates, private use.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})


def one_line(text: str, limit: int) -> str:
    """User text fit for a header or a line: nothing unseen in it, one line, at most `limit` characters."""
    if not text.isprintable():
        text = "".join(" " if _is_unseen(char) else char for char in text)
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _is_unseen(char: str) -> bool:
    """Not what Python merely does not know yet: rare characters in names are younger than it."""
    code = ord(char)
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE  # XML, and with it Word, refuses them
    return noncharacter or unicodedata.category(char) in _UNSEEN


def readable(text: str, limit: int) -> str:
    """User text with its line breaks, without what is unseen, at most `limit` characters."""
    lines = "\n".join(one_line(line, limit) for line in text[: limit + 1].splitlines()).strip()
    return lines if len(text) <= limit else f"{lines[: limit - 1]}…"


def chinese_date(day: date) -> str:
    """2026年3月6日"""
    return f"{day.year}年{day.month}月{day.day}日"
