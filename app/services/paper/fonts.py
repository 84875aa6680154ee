"""The fonts that letters are set in, and which characters they have."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app.domain.refusals.letters import CannotDraw

PLAIN: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
MONO: Final = "DejaVuSansMono"
_FOLDER: Final = Path(__file__).parent / "fonts"


class Style(NamedTuple):
    """A font and its size in points."""

    font: str
    size: float

    def width(self, text: str) -> float:
        return float(pdfmetrics.stringWidth(text, self.font, self.size))


@cache
def _drawable() -> Mapping[str, frozenset[int]]:
    """The characters each of our fonts has; asked once, which makes the fonts known."""
    have = {}
    for name in (PLAIN, BOLD, MONO):
        font = TTFont(name, str(_FOLDER / f"{name}.ttf"))
        pdfmetrics.registerFont(font)
        have[name] = frozenset(font.face.charToGlyph)
    return have


def refuse_undrawable(said: Iterable[tuple[str, str]]) -> None:
    """Refuse texts, each with its font, that have characters the font lacks; none is replaced.

    Makes the fonts known to whoever draws. Raises `CannotDraw` naming every such character.
    """
    have = _drawable()
    missing = {ord(one) for text, font in said for one in text if ord(one) not in have[font]}
    if missing:
        raise CannotDraw(characters=tuple(f"U+{code:04X}" for code in sorted(missing)))
