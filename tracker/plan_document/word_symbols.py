"""What the marks of symbol fonts mean: Word stores them by place in a font, not by their character."""

from __future__ import annotations

# Places in the fonts (0x20-0xFF) and the Unicode characters that look the same.
_WINGDINGS = (
    {0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x72: "□", 0x74: "◆", 0x75: "◆", 0x76: "❖", 0x77: "◆"}
    | {0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→"}
    | {0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0x46: "☞", 0x20: " "}
    | {0x81 + at: chr(0x2460 + at) for at in range(10)}
    | {0x8C + at: chr(0x2776 + at) for at in range(10)}
)
_WINGDINGS_2 = (
    {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0xA2: "■", 0xA3: "□"}
    | {0x6A + at: chr(0x2460 + at) for at in range(10)}
    | {0x75 + at: chr(0x2776 + at) for at in range(10)}
    | {0x20: " "}
)
_SYMBOL = {
    0x20: " ", 0x25: "%", 0x2B: "+", 0x2D: "−", 0x2F: "/", 0x3C: "<", 0x3D: "=", 0x3E: ">", 0x57: "Ω",
    0x61: "α", 0x62: "β", 0x67: "γ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x7E: "~", 0xA3: "≤", 0xA5: "∞",
    0xAE: "→", 0xAC: "←", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB7: "·", 0xB8: "÷",
    0xB9: "≠", 0xBB: "≈", 0xBC: "…", 0xD6: "√", 0xD7: "·", 0xE5: "∑", 0x44: "Δ", 0x2A: "*",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}


def is_symbol_font(font: str) -> bool:
    """Whether the characters of a font stand for marks of its own."""
    return font.lower() in _FONTS


def symbol(font: str, place: int) -> str | None:
    """The character at a place of a font (0xF000 added or not); None where nobody can tell."""
    if 0xF000 <= place <= 0xF0FF:
        return _FONTS.get(font.lower(), {}).get(place - 0xF000)
    if is_symbol_font(font) and place <= 0xFF:
        return _FONTS[font.lower()].get(place)
    return chr(place) if 0x20 <= place < 0xE000 or 0xF900 <= place <= 0x10FFFF else None
