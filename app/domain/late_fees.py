"""May another late fee be charged? Not where earlier ones are all that is missing.

16 CFR 444.4(a) and 12 CFR 1026.36(c): no late fee on a payment that is otherwise full and
timely when the only shortfall is an earlier late fee ("pyramiding").
"""


def pyramids(*, short_minor: int, earlier_late_fees_minor: int) -> bool:
    """Whether an installment is short by no more than the late fees charged on it before."""
    return earlier_late_fees_minor > 0 and short_minor <= earlier_late_fees_minor
