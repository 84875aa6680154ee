"""The sheet: its size, and where a window envelope shows the address.

DIN 5008 form B: the address field begins 45 mm below the top edge and 20 mm from the left, its
27.3 mm for the address below 17.7 mm for the return address; folds at 105 and 210 mm. A #10
envelope of the United States has its window 7/8 inch from the left and 1/2 inch from the bottom,
4 1/2 by 1 1/8 inches: of a sheet folded in three it surely shows what lies 2.04 to 2.71 inches
below the top edge, wherever the sheet slides.
"""

from dataclasses import dataclass
from typing import Final

_MM: Final = 72 / 25.4
_INCH: Final = 72.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Lengths in points from the top and left edges."""

    width: float
    height: float
    left: float
    right: float  # margin
    bottom: float  # margin
    head_top: float
    return_top: float | None  # where the sender's address stands in the window, if it does
    address_left: float
    address_top: float
    address_lines: int
    address_leading: float
    body_top: float
    next_top: float  # of further pages
    folds: tuple[float, ...] = ()

    @property
    def room(self) -> float:
        """The width of a line of text."""
        return self.width - self.left - self.right


LETTER: Final = Sheet(
    width=8.5 * _INCH, height=11 * _INCH, left=1.0 * _INCH, right=0.9 * _INCH,
    bottom=0.95 * _INCH, head_top=0.6 * _INCH, return_top=None, address_left=1.0 * _INCH,
    address_top=2.06 * _INCH, address_lines=4, address_leading=11.5, body_top=3.35 * _INCH,
    next_top=0.9 * _INCH,
)  # fmt: skip
A4: Final = Sheet(
    width=210 * _MM, height=297 * _MM, left=25 * _MM, right=20 * _MM, bottom=27 * _MM,
    head_top=15 * _MM, return_top=57 * _MM, address_left=25 * _MM, address_top=62.7 * _MM,
    address_lines=6, address_leading=12.5, body_top=104 * _MM, next_top=25 * _MM,
    folds=(105 * _MM, 210 * _MM),
)  # fmt: skip


def sheet_of(locale: str) -> Sheet:
    """What a country writes on: letter in the United States and Canada, A4 elsewhere."""
    return LETTER if locale.partition("-")[2] in {"US", "CA"} else A4
