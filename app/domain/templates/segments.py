"""How many segments a text message takes (3GPP TS 23.038)."""

from typing import Final

MOST_SEGMENTS: Final = 3

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
#: Units that fit one message, and each part of several: septets, or units of UTF-16.
_SEPTETS, _SEPTETS_IN_PART = 160, 153
_UNITS, _UNITS_IN_PART = 70, 67


def segments(text: str) -> int:
    """How many parts the text is sent in; one character outside the basic alphabet costs all."""
    if all(one in _BASIC or one in _EXTENDED for one in text):
        return _parts([2 if one in _EXTENDED else 1 for one in text], _SEPTETS, _SEPTETS_IN_PART)
    return _parts([2 if ord(one) > 0xFFFF else 1 for one in text], _UNITS, _UNITS_IN_PART)  # noqa: PLR2004 - beyond it, UTF-16 takes two


def _parts(sizes: list[int], alone: int, each: int) -> int:
    """No character is torn: one of two units that does not fit begins the next part."""
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > each:
            parts, used = parts + 1, 0
        used += size
    return parts
