"""What may be offered to a person who can pay so much: options on an account, shares of several.

Household standards are data with their currency and source (`options.household_standards`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.state import State
from app.domain.agreement.settlement import check_room
from app.domain.errors import InvalidInput
from app.domain.options.affordability import Debt, HouseholdStandards, pro_rata
from app.domain.options.household_standards import standards_for
from app.domain.options.options import Budget, Grants, Options, plan_options
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import NothingOwed
from app.domain.refusals.settlements import SettlementOpen
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.terms import BusinessDays, Frequency
from app.domain.standing.lateness import contract_clock
from app.domain.vocabulary import PolicyRef
from app.services import holidays
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, refuse_closed, refuse_on_hold
from app.services.reading import read_account
from app.services.work import Work, begin, check_date, state_on


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOptions:
    """What a person can pay each period: an amount, a budget it follows from, or the lower."""

    account_id: UUID
    frequency: Frequency
    first_due_on: date
    affordable_minor: int | None = None
    budget: Budget | None = None
    business_days: BusinessDays | None = None
    effective_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The answer, and what it was made of; `standards` are those a budget was held against."""

    account_id: UUID
    currency: str
    balance_minor: int
    opens_on: date
    policy: PolicyRef
    standards: HouseholdStandards | None
    found: Options


async def offers(ctx: Context, ask: FindOptions) -> Offers:
    """Up to five options on all that is owed, inside the caller's authority; nothing is stored.

    Raises `NotFound`, `OnHold`, `NothingOwed`, `InvalidInput`, `ClockBehindFacts`.
    """
    work = await begin(ctx, ask.account_id)
    on = check_date(work, ask.effective_on)
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms", on=on)
    then = await state_on(work, on)
    balance = then.balance.total_minor
    if balance == 0:
        raise NothingOwed(account_id=work.account.id)
    policy = work.policies.in_force(on)
    currency = work.account.currency
    standards = None
    if ask.budget is not None:
        standards = standards_for(currency, household_size=ask.budget.household_size)
    found = plan_options(
        balance_minor=balance,
        affordable_minor=ask.affordable_minor,
        frequency=ask.frequency,
        first_due_on=ask.first_due_on,
        opens_on=on,
        limits=policy.terms,
        role=ctx.role,
        holidays=holidays.calendar(ask.business_days.calendar, pointer="/business_days/calendar")
        if ask.business_days
        else NO_HOLIDAYS,
        business_days=ask.business_days,
        currency=currency,
        budget=ask.budget,
        standards=standards,
        grants=_grants(work, then, policy, on),
    )
    return Offers(
        account_id=work.account.id,
        currency=currency,
        balance_minor=balance,
        opens_on=on,
        policy=policy.ref,
        standards=standards,
        found=found,
    )


def _grants(work: Work, then: State, policy: Policy, on: date) -> Grants | None:
    """What a settlement may be offered by; None beside the offers that stand already."""
    try:
        check_room(work.state, policy)  # whatever day it is for
    except SettlementOpen:
        return None
    return Grants(
        matrix=policy.settlement.matrix,
        past_due_days=contract_clock(then, on=on).days,
        validation_ends_on=work.account.validation_ends_on,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDebt:
    """One of several debts: an account of ours, or somebody else's with its balance."""

    account_id: UUID | None = None
    reference: str | None = None
    balance_minor: int | None = None
    priority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one debt gets."""

    account_id: UUID | None
    reference: str | None
    balance_minor: int
    priority: bool
    share_minor: int


async def shares(
    ctx: Context,
    debts: Sequence[NamedDebt],
    *,
    available_minor: int,
    currency: str,
    minimum_minor: int = 0,
) -> tuple[Share, ...]:
    """Each debt's part of the money available, in the debts' order; none gets more than it is.

    Raises `NotFound`, and `InvalidInput` for an account kept in another currency.
    """
    owed = [await _owed(ctx, number, debt, currency) for number, debt in enumerate(debts)]
    asked = [
        Debt(balance_minor=minor, priority=debt.priority)
        for minor, debt in zip(owed, debts, strict=True)
        if minor
    ]
    spread = min(available_minor, sum(owed))
    parts = iter(pro_rata(spread, asked, minimum_minor=minimum_minor) if asked else ())
    return tuple(
        Share(
            account_id=debt.account_id,
            reference=debt.reference,
            balance_minor=minor,
            priority=debt.priority,
            share_minor=next(parts) if minor else 0,
        )
        for minor, debt in zip(owed, debts, strict=True)
    )


async def _owed(ctx: Context, number: int, debt: NamedDebt, currency: str) -> int:
    if debt.account_id is None:
        return debt.balance_minor or 0
    reading = await read_account(ctx, debt.account_id)
    if reading.account.currency != currency:
        detail = f"should be kept in {currency}, not {reading.account.currency}"
        raise InvalidInput.at(f"/debts/{number}/account_id", detail)
    return reading.state.balance.total_minor
