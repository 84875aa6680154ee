"""What cash is expected, and how wrong earlier forecasts were.

Each figure is rounded once, for its month, half to even.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from app.domain.reports.shares import WHOLE_BPS, share_bps
from app.domain.values import Value


class Open(Value, kw_only=True):
    """An open installment, and how likely it is paid."""

    due_on: date
    open_minor: int
    p_bps: int


def flat(installments: Iterable[Open], as_of: date) -> dict[str, int]:
    """By month (`2026-01`) the expected cash; what is overdue is expected in the month of today."""
    months: dict[str, Fraction] = {}
    for one in installments:
        month = f"{max(one.due_on, as_of):%Y-%m}"
        expected = Fraction(one.open_minor * one.p_bps, WHOLE_BPS)
        months[month] = months.get(month, Fraction(0)) + expected
    return {month: round(minor) for month, minor in sorted(months.items())}


def paying(
    matrix_bps: Sequence[Sequence[int]], p_bps: Sequence[int]
) -> Iterator[tuple[Sequence[int], int]]:
    """Month by month, of each of today's buckets, how much of what is scheduled is paid.

    As numerators and what they are of: whole numbers, however many months ahead. Month 1 rolls
    nothing yet; month h rolls by the matrix h - 1 times.
    """
    pays, whole = list(p_bps), WHOLE_BPS
    while True:
        yield pays, whole
        pays = [sum(a * b for a, b in zip(row, pays, strict=True)) for row in matrix_bps]
        whole *= WHOLE_BPS


def shared_out(weights: Iterable[int], whole: int) -> Iterator[int]:
    """Each one's part of what they come to, `whole` weights a unit, so that the parts sum to it."""
    total = given = 0
    for weight in weights:
        total += weight
        part = round(Fraction(total, whole)) - given
        given += part
        yield part


class Accuracy(Value, kw_only=True):
    """Shares of what came in; None where nothing did."""

    absolute_error_minor: int
    wape_bps: int | None
    bias_bps: int | None


def accuracy(actual_minor: Sequence[int], forecast_minor: Sequence[int]) -> Accuracy:
    """Weighted absolute error and bias; a bias above 0 promised too much."""
    pairs = list(zip(actual_minor, forecast_minor, strict=True))
    error = sum(abs(actual - forecast) for actual, forecast in pairs)
    total = sum(actual_minor)
    return Accuracy(
        absolute_error_minor=error,
        wape_bps=share_bps(error, total),
        bias_bps=share_bps(sum(forecast - actual for actual, forecast in pairs), total),
    )
