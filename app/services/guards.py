"""What single days and rates a hold forbids, asked by whoever charges or agrees terms."""

from datetime import date

from app.domain.account.holds import MILITARY_RATE_BPS, Stopped, kinds_stopping
from app.domain.refusals.accounts import (
    ChargeInBreathingSpace,
    MilitaryRate,
    OnHold,
)
from app.domain.refusals.payments import AccountClosed
from app.domain.schedule.agreed import AgreedInterest
from app.domain.vocabulary import HoldKind
from app.services.work import (
    Work,
)


def refuse_in_breathing_space(work: Work, on: date) -> None:
    """Refuse a charge of a day on which a breathing space stood, for good."""
    for hold in work.state.holds:
        if hold.kind is HoldKind.BREATHING_SPACE and hold.stands(on):
            raise ChargeInBreathingSpace(
                hold_id=hold.id,
                effective_on=on,
                starts_on=hold.starts_on,
                ends_on=hold.released_on or hold.ends_on,
            )


def refuse_military_rate(work: Work, asked: AgreedInterest | int | None) -> None:
    """Refuse new terms above the rate while military service lasts."""
    rate_bps = asked.annual_rate_bps if isinstance(asked, AgreedInterest) else asked or 0
    military = work.state.held(work.ctx.business_date, HoldKind.MILITARY)
    if military and rate_bps > MILITARY_RATE_BPS:
        raise MilitaryRate(
            account_id=work.account.id,
            limit_rate_bps=MILITARY_RATE_BPS,
            actual_rate_bps=rate_bps,
        )


def refuse_closed(work: Work) -> None:
    """Refuse what would go on with an account whose collection has ended."""
    if work.state.closed_on is not None:
        raise AccountClosed(account_id=work.account.id)


#: Holds under which nothing may be charged (RULES part I, "Holds").
CHARGES_STOPPED = kinds_stopping(Stopped.CHARGES)


def refuse_on_hold(
    work: Work, kinds: tuple[HoldKind, ...], *, forbids: str, on: date | None = None
) -> None:
    """Refuse while a hold of one of these kinds stands today, or stood on the day `on`."""
    days = {work.ctx.business_date, on or work.ctx.business_date}
    for hold in work.state.holds:
        if hold.kind in kinds and any(map(hold.stands, days)):
            raise OnHold(account_id=work.account.id, hold=hold.kind, forbids=forbids)


#: Holds under which no new terms are agreed (RULES part I, "Holds").
TERMS_REFUSED = kinds_stopping(Stopped.NEW_TERMS)


#: The kinds of fact that make a plan.
PLANS = ("plan_opened", "plan_proposed", "settlement_accepted")
