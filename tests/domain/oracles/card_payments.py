"""Where a card payment above the minimum goes: to the highest rate first (15 USC 1666c(b))."""

from collections.abc import Mapping


def excess_by_rate(
    payment_minor: int, *, minimum_minor: int, balances_minor: Mapping[int, int]
) -> dict[int, int]:
    """What lies above the minimum, by annual rate in bps, as far as each balance takes it.

    Highest rate first; what no balance takes is not in the answer.
    """
    left = max(0, payment_minor - minimum_minor)
    taken: dict[int, int] = {}
    for rate_bps in sorted(balances_minor, reverse=True):
        take = min(left, balances_minor[rate_bps])
        if take:
            taken[rate_bps] = take
            left -= take
    return taken
