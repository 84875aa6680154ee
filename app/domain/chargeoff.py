"""Dates an examiner asks for: substandard, loss and charge-off; and when a debt leaves a file.

Days are past-due days without grace, from the oldest unpaid contractual due date (FFIEC Uniform
Retail Credit Classification: 90 days substandard, 120 closed-end and 180 open-end loss). The
month-end, 60 days after a bankruptcy notice and 90 after a fraud's discovery are [M]: quoted from
memory of the policy, so they advise and decide nothing. The seven years are those of FCRA 605.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from app.domain.policy import Product


class LossEvent(StrEnum):
    """What shortens the clock."""

    BANKRUPTCY_NOTICE = "bankruptcy_notice"
    FRAUD_DISCOVERED = "fraud_discovered"


DELINQUENCY = "delinquency"
_SUBSTANDARD_DAYS = 90
_LOSS_DAYS_OPEN_END = 180
_LOSS_DAYS = 120
_EVENT_DAYS = {LossEvent.BANKRUPTCY_NOTICE: 60, LossEvent.FRAUD_DISCOVERED: 90}
_FILE_DAYS = 180
_FILE_YEARS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOffDates:
    """When an account is classified, and by when it is charged off; `driver` says why then."""

    substandard_on: date
    loss_on: date
    charge_off_by: date
    driver: str


def charge_off_dates(
    oldest_due_on: date,
    product: Product,
    *,
    event: LossEvent | None = None,
    event_on: date | None = None,
) -> ChargeOffDates:
    """The dates of an account late since `oldest_due_on`; the shorter of clock and event rules."""
    days = _LOSS_DAYS_OPEN_END if product is Product.OPEN_END else _LOSS_DAYS
    loss_on, driver = oldest_due_on + timedelta(days=days), DELINQUENCY
    if event is not None and event_on is not None:
        by_event = event_on + timedelta(days=_EVENT_DAYS[event])
        if by_event < loss_on:
            loss_on, driver = by_event, event.value
    return ChargeOffDates(
        substandard_on=oldest_due_on + timedelta(days=_SUBSTANDARD_DAYS),
        loss_on=loss_on,
        charge_off_by=month_end(loss_on),
        driver=driver,
    )


def month_end(on: date) -> date:
    """The last day of that month."""
    return on.replace(day=monthrange(on.year, on.month)[1])


def obsolete_after(first_delinquency_on: date) -> date:
    """The last day a delinquency may be reported: seven years after its first 180 days."""
    return first_delinquency_on + timedelta(days=_FILE_DAYS) + relativedelta(years=_FILE_YEARS)
