"""What refuses a command before it decides: unknown ids, holds, closed accounts, forbidden rates.

Asked by every command before it decides anything of its own. A thing is found by the kind of
fact that made it: an id of another kind names nothing.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from app.domain.account.holds import MILITARY_RATE_BPS, Stopped, kinds_stopping
from app.domain.account.plan import Plan
from app.domain.errors import NotFound
from app.domain.facts.kinds import FactKind
from app.domain.refusals.accounts import ChargeInBreathingSpace, MilitaryRate, OnHold
from app.domain.refusals.payments import AccountClosed
from app.domain.schedule.agreed import AgreedInterest
from app.domain.vocabulary import HoldKind
from app.services.context import Context
from app.services.work import Work, begin
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.plans import plans
from app.storage.plans.plans import StoredPlan

#: What clients name by the id of the fact that made it.
Thing = Literal["plan", "payment", "charge", "chargeback", "settlement"]

#: The kinds of fact that make each.
MADE_BY: Mapping[Thing, frozenset[FactKind]] = {
    "plan": frozenset((FactKind.PLAN_OPENED, FactKind.PLAN_PROPOSED, FactKind.SETTLEMENT_ACCEPTED)),
    "payment": frozenset((FactKind.PAYMENT,)),
    "charge": frozenset((FactKind.CHARGE,)),
    "chargeback": frozenset((FactKind.CHARGEBACK,)),
    "settlement": frozenset((FactKind.SETTLEMENT_OFFERED,)),
}

#: Holds under which nothing may be charged.
CHARGES_STOPPED = kinds_stopping(Stopped.CHARGES)

#: Holds under which no new terms are agreed.
TERMS_REFUSED = kinds_stopping(Stopped.NEW_TERMS)


# --- What there is ------------------------------------------------------------------------------


async def owner_of(ctx: Context, thing: Thing, fact_id: UUID) -> UUID:
    """The account a thing belongs to, not locked. Raises `NotFound`."""
    account_id = await accounts.owner_of(ctx.tx, fact_id, MADE_BY[thing])
    if account_id is None:
        raise NotFound(resource=thing, key=str(fact_id))
    return account_id


async def known_account(ctx: Context, account_id: UUID) -> StoredAccount:
    """An account as it is stored, not locked. Raises `NotFound`."""
    account = await accounts.read(ctx.tx, account_id)
    if account is None:
        raise NotFound(resource="account", key=str(account_id))
    return account


async def known_plan(ctx: Context, plan_id: UUID) -> StoredPlan:
    """A plan as it is stored, its account not locked. Raises `NotFound`."""
    account_id = await owner_of(ctx, "plan", plan_id)
    stored = await plans.read(ctx.tx, account_id, plan_id)
    if stored is None:
        raise NotFound(resource="plan", key=str(plan_id))
    return stored


async def locked_plan(ctx: Context, plan_id: UUID) -> tuple[Work, Plan, StoredPlan]:
    """A plan, its account locked and its days closed. Raises `NotFound`, and as `begin`.

    What is stored of it is read after the lock: before, it would be what was there before the wait.
    """
    work = await begin(ctx, await owner_of(ctx, "plan", plan_id))
    plan = work.state.plan(plan_id)
    stored = await plans.read(ctx.tx, work.account.id, plan_id)
    if plan is None or stored is None:
        raise NotFound(resource="plan", key=str(plan_id))
    return work, plan, stored


# --- What holds and closures forbid -------------------------------------------------------------


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


def refuse_on_hold(
    work: Work, kinds: tuple[HoldKind, ...], *, forbids: str, on: date | None = None
) -> None:
    """Refuse while a hold of one of these kinds stands today, or stood on the day `on`."""
    days = {work.ctx.business_date, on or work.ctx.business_date}
    for hold in work.state.holds:
        if hold.kind in kinds and any(map(hold.stands, days)):
            raise OnHold(account_id=work.account.id, hold=hold.kind, forbids=forbids)
