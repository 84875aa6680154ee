"""Dates an examiner asks for: substandard, loss and charge-off; and when a debt leaves a file.

Days are past-due days without grace, from the oldest unpaid contractual due date (FFIEC Uniform
Retail Credit Classification: 90 days substandard, 120 closed-end and 180 open-end loss). The
month-end, 60 days after a bankruptcy notice and 90 after a fraud's discovery are [M]: quoted from
memory of the policy, so they advise and decide nothing. The seven years are those of FCRA 605.

For an account they run from the date it is reported late since: no hold stops them, and a
re-age begins them anew. A death shortens nothing.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from app.domain.account.state import Held, State
from app.domain.schedule.dates import later, months_later
from app.domain.vocabulary import HoldKind, Product


class LossEvent(StrEnum):
    """What shortens the clock."""

    BANKRUPTCY_NOTICE = "bankruptcy_notice"
    FRAUD_DISCOVERED = "fraud_discovered"


#: The variant of a dispute that says fraud was found; it starts on the day of discovery.
FRAUD = "fraud"
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


@lru_cache(maxsize=1024)  # a sweep asks twice an account, and many share their dates
def charge_off_dates(
    oldest_due_on: date,
    product: Product,
    *,
    event: LossEvent | None = None,
    event_on: date | None = None,
) -> ChargeOffDates:
    """The dates of an account late since `oldest_due_on`; the shorter of clock and event rules."""
    days = _LOSS_DAYS_OPEN_END if product is Product.OPEN_END else _LOSS_DAYS
    loss_on, driver = later(oldest_due_on, days), DELINQUENCY
    if event is not None and event_on is not None:
        by_event = later(event_on, _EVENT_DAYS[event])
        if by_event < loss_on:
            loss_on, driver = by_event, event.value
    return ChargeOffDates(
        substandard_on=later(oldest_due_on, _SUBSTANDARD_DAYS),
        loss_on=loss_on,
        charge_off_by=month_end(loss_on),
        driver=driver,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """An account's own dates. `substandard_on` None: it is not late, only in a bankruptcy, say."""

    since_on: date | None  # the run they belong to
    substandard_on: date | None
    loss_on: date
    charge_off_due_on: date
    driver: str
    driven_from_on: date  # the day the clock that decides began


def classified(state: State, product: Product | None, *, on: date) -> Classification | None:
    """The dates that an account's clocks lead to, as of a day; None where no clock runs.

    No clock runs where nothing is owed, or where the account is charged off or closed already.
    """
    since = state.reported_since_on
    if since is None and not state.holds:
        return None
    if not state.balance or state.closed_on is not None or state.charged_off_on is not None:
        return None
    found: list[tuple[date, str, date]] = []
    if since is not None:
        dates = charge_off_dates(since, product or Product.OTHER)
        found.append((dates.loss_on, dates.driver, since))
    for hold in state.holds:
        event = _event(hold) if hold.stands(on) else None
        if event is not None:
            elapsed_on = later(hold.starts_on, _EVENT_DAYS[event])
            found.append((elapsed_on, event.value, hold.starts_on))
    if not found:
        return None
    loss_on, driver, begun_on = min(found, key=lambda one: one[0])
    return Classification(
        since_on=since,
        substandard_on=later(since, _SUBSTANDARD_DAYS) if since else None,
        loss_on=loss_on,
        charge_off_due_on=month_end(loss_on),
        driver=driver,
        driven_from_on=begun_on,
    )


def _event(hold: Held) -> LossEvent | None:
    """What a hold says of the debtor that shortens the clock."""
    if hold.kind is HoldKind.BANKRUPTCY:
        return LossEvent.BANKRUPTCY_NOTICE
    if hold.kind is HoldKind.DISPUTE and hold.variant == FRAUD:
        return LossEvent.FRAUD_DISCOVERED
    return None


def month_end(on: date) -> date:
    """The last day of that month."""
    return on.replace(day=monthrange(on.year, on.month)[1])


def obsolete_after(first_delinquency_on: date) -> date:
    """The last day a delinquency may be reported: seven years after its first 180 days."""
    return months_later(later(first_delinquency_on, _FILE_DAYS), 12 * _FILE_YEARS)
