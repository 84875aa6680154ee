"""What the affordability cases say beside the rules: what to suggest, and amounts by the year."""

from app.domain.money import round_half_even
from app.domain.options.affordability import Capacity
from app.domain.schedule.terms import Frequency, Unit

_IN_YEAR = {Unit.WEEK: 52, Unit.SEMIMONTH: 24, Unit.MONTH: 12}


def suggestion(left: Capacity, proposed_minor: int) -> str:
    """Whether a monthly installment fits, and what to try where it does not."""
    if not left.max_installment_minor:
        return "token_or_hold"
    return "accept" if proposed_minor <= left.max_installment_minor else "lower_or_longer"


def per_period(amount_minor: int, *, given: Frequency, wanted: Frequency) -> int:
    """An amount of one frequency as one of another, to the nearest minor unit."""
    in_year, wanted_in_year = _IN_YEAR[given.unit], _IN_YEAR[wanted.unit]
    return round_half_even(amount_minor * in_year * wanted.every, given.every * wanted_in_year)
