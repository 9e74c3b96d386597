"""Characters that no text of an office holds: one rule for every door through which people type text."""

import re
import unicodedata

# C0 and C1 controls but tab and line breaks, bidirectional controls, surrogates and noncharacters: they break
# spreadsheets and Word files, or make a sentence read otherwise than it is stored.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def forbidden_character(text: str) -> str | None:
    """The first character that must not stand in a text; None when all may."""
    found = _FORBIDDEN.search(text)
    return found[0] if found else None


# Letters and symbols by their class, whose shape is empty: Hangul fillers, the blanks of braille, ideographs and
# hieroglyphs, joiners of Khmer, the place of a picture that did not come along, the note without a head.
_EMPTY_SHAPES = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u303f\u3164\uffa0\ufffc\U00013441\U00013442\U0001d159"
)


def says_something(text: str) -> bool:
    """Whether a reader sees anything: blanks, controls, format characters (zero width …), combining marks alone do not count."""
    return any(
        unicodedata.category(character)[0] not in "CZM" and character not in _EMPTY_SHAPES
        for character in text
    )


def without_forbidden(text: str) -> str:
    """The text with such characters taken out."""
    return _FORBIDDEN.sub("", text)
