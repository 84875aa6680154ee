"""What single days and rates a hold forbids, asked by whoever charges or agrees terms."""

from datetime import date

from app.domain.facts import HoldKind
from app.domain.hold_refusals import ChargeInBreathingSpace, MilitaryRate
from app.domain.hold_table import MILITARY_RATE_BPS
from app.domain.planned import PlanInterest
from app.services.entering import Work


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


def refuse_military_rate(work: Work, asked: PlanInterest | int | None) -> None:
    """Refuse new terms above the rate while military service lasts."""
    rate_bps = asked.annual_rate_bps if isinstance(asked, PlanInterest) else asked or 0
    military = work.state.held(work.ctx.business_date, HoldKind.MILITARY)
    if military and rate_bps > MILITARY_RATE_BPS:
        raise MilitaryRate(
            account_id=work.account.id,
            limit_rate_bps=MILITARY_RATE_BPS,
            actual_rate_bps=rate_bps,
        )
