"""Plan options: what may be offered to a person who can pay so much, and fair shares of it."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.options.nearest import Change
from app.domain.options.options import Budget, Option
from app.domain.refusals.accounts import NothingOwed, OnHold
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.domain.schedule.terms import BusinessDays, Frequency
from app.routers.edge.deps import CanReadPlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import AccountId
from app.schemas.plans.options import (
    CapacityRead,
    OptionChangeRead,
    OptionRead,
    OptionsRead,
    OptionsRequest,
    ShareRead,
    SharesRead,
    SharesRequest,
    terms_read,
)
from app.schemas.plans.plans import PolicyRefRead
from app.schemas.plans.quotes import RefusalRead
from app.schemas.plans.schedules import ScheduleRead
from app.services.plans import options
from app.services.plans.options import FindOptions, NamedDebt, Offers

router = APIRouter(prefix="/v1", tags=["quotes"], route_class=Operation)


@router.post(
    "/accounts/{account_id}/plan-options",
    summary="Find what may be offered",
    response_model=OptionsRead,
    responses=problems(NotFound, AccountClosed, OnHold, NothingOwed, ClockBehindFacts),
)
async def find(account_id: AccountId, body: OptionsRequest, ctx: CanReadPlans) -> Response:
    """Up to five ranked options inside this key's authority, on all that is owed; nothing stored.

    `soonest`, `lowest`, `best_fit`, `step_up` and, where the policy lets this role take less than
    the whole, `settlement`: none asks more at once than can be paid. From a budget: income less
    expenses (no less than the household's standard) and other debts, less a buffer of a tenth.
    Where no plan fits, `nearest` says the smallest changes that would help:
    an earlier start, smaller steps, a role that may allow more, a token payment, a hold.
    """
    ask = FindOptions(
        account_id=account_id,
        frequency=Frequency(**dict(body.frequency)),
        first_due_on=body.first_due_on,
        affordable_minor=body.affordable_minor,
        budget=Budget(**dict(body.budget)) if body.budget else None,
        business_days=BusinessDays(**dict(body.business_days)) if body.business_days else None,
        effective_on=body.effective_on,
    )
    return answer(_read(await options.offers(ctx, ask)))


@router.post(
    "/plan-options/shares",
    summary="Share money among debts",
    response_model=SharesRead,
    responses=problems(NotFound),
)
async def share(body: SharesRequest, ctx: CanReadPlans) -> Response:
    """Split what a person can pay over several debts by what is owed, to the minor unit.

    By largest remainder, so that the shares sum to what is available, always. Priority debts
    are served first; a share below `minimum_minor` is raised to it and the others share what is
    left; where not even minimums fit, there are none. Nothing is stored.
    """
    made = await options.shares(
        ctx,
        [NamedDebt(**dict(debt)) for debt in body.debts],
        available_minor=body.available_minor,
        currency=body.currency,
        minimum_minor=body.minimum_minor,
    )
    return answer(
        SharesRead(
            currency=body.currency,
            available_minor=body.available_minor,
            left_minor=body.available_minor - sum(one.share_minor for one in made),
            shares=[ShareRead.model_validate(one) for one in made],
        )
    )


# --- Between the contract and the service -----------------------------------------------------


def _read(offers: Offers) -> OptionsRead:
    found, capacity = offers.found, None
    if found.capacity is not None:
        capacity = CapacityRead(
            surplus_minor=found.capacity.surplus_minor,
            max_installment_minor=found.capacity.max_installment_minor,
            standards_source=offers.standards.source if offers.standards else None,
        )
    return OptionsRead(
        account_id=offers.account_id,
        currency=offers.currency,
        balance_minor=offers.balance_minor,
        opens_on=offers.opens_on,
        policy=PolicyRefRead.model_validate(offers.policy),
        affordable_minor=found.affordable_minor,
        capacity=capacity,
        options=[_option(one) for one in found.options],
        nearest=[_change(one) for one in found.nearest],
    )


def _option(option: Option) -> OptionRead:
    schedule = option.schedule
    return OptionRead(
        name=option.name,
        rank=option.rank,
        terms=terms_read(option.terms),
        total_minor=schedule.total_minor,
        forgives_minor=option.forgives_minor,
        installment_count=len(schedule.installments),
        highest_minor=option.highest_minor,
        last_due_on=schedule.last_due_on,
        schedule=ScheduleRead.model_validate(schedule),
        refusals=[RefusalRead.model_validate(one) for one in option.breaches],
    )


def _change(change: Change) -> OptionChangeRead:
    return OptionChangeRead(
        kind=change.kind,
        role=change.role,
        message=change.message,
        terms=terms_read(change.terms) if change.terms else None,
        schedule=ScheduleRead.model_validate(change.schedule) if change.schedule else None,
        overrides=[RefusalRead.model_validate(one) for one in change.overrides],
        needed_minor=change.needed_minor,
        short_minor=change.short_minor,
    )
