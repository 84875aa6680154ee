"""Schedules worked out for whoever asks, nothing stored."""

from datetime import date

from app.domain.currencies import exponent
from app.domain.errors import InvalidInput
from app.domain.schedule.build import Schedule, build
from app.domain.schedule.solve import solve
from app.domain.schedule.terms import Terms
from app.services import holidays as calendars
from app.services.context import Context


async def compute_schedule(
    ctx: Context,
    *,
    currency: str,
    terms: Terms,
    starts_on: date | None,
    last_due_on: date | None = None,
) -> Schedule:
    """A schedule for these terms, nothing stored. Raises `InvalidInput`.

    Of amount, installment, and count or last due day, any two give the third (`schedule.solve`).
    """
    exponent(currency)
    opens_on = starts_on or ctx.business_date
    holidays = calendars.for_terms(terms)
    if last_due_on is not None or (terms.amount_minor is None and terms.installments is None):
        terms = solve(terms, opens_on=opens_on, holidays=holidays, last_due_on=last_due_on)
    if terms.amount_minor is None:
        raise InvalidInput.at("/terms/amount_minor", "is needed: there is no account to ask")
    return build(terms, opens_on=opens_on, amount_minor=terms.amount_minor, holidays=holidays)
