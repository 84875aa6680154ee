"""How a report divides: shares in basis points, days in tenths, rounded once, half to even.

Of nothing there is no share: null, never 0. Numerators and denominators are added; shares are
never averaged.
"""

from fractions import Fraction

WHOLE_BPS = 10_000
_TENTHS = 10


def share_bps(numerator: int, denominator: int) -> int | None:
    """The share in basis points; None of nothing."""
    return None if denominator == 0 else round(Fraction(numerator * WHOLE_BPS, denominator))


def tenth_days(days: Fraction) -> int:
    """Days in tenths."""
    return round(days * _TENTHS)
