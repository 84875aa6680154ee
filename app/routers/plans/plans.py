"""Plans: opened on terms, read as of any day, cancelled; their clock and their revisions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.account.plan import Installment, PlanStatus
from app.domain.errors import NotFound
from app.domain.refusals.accounts import ExceedsBalance, MilitaryRate, NothingOwed, OnHold
from app.domain.refusals.commands import ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import AccountClosed, BalanceTooLarge
from app.domain.refusals.plans import (
    ConsentMismatch,
    PlanExists,
    PlanNotLive,
    QuoteAltered,
    QuoteExpired,
    QuoteStale,
    QuoteSuperseded,
    QuoteUsed,
)
from app.domain.standing.lateness import Delinquency
from app.domain.standing.status import Standing
from app.routers.edge.bodies import as_sent
from app.routers.edge.deps import AsOf, CanReadPlans, CanWritePlans
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit, judged_page
from app.routers.edge.problems import problems, repeatable
from app.routers.edge.route import Operation, answer
from app.schemas.accounts.delinquency import DelinquencyRead
from app.schemas.edge.acts import ActRead
from app.schemas.edge.ids import AccountId, PlanId, encode
from app.schemas.edge.time import Date
from app.schemas.edge.types import JudgedPage, Page
from app.schemas.plans.plans import (
    CancelRequest,
    InstallmentRead,
    PendingRevisionRead,
    PlanRead,
    PlanRequest,
    PolicyRefRead,
)
from app.services.accounts.acts import acts_of_plan
from app.services.plans import open as plans
from app.services.plans.decide import cancel_plan
from app.services.plans.lists import PlansWanted, find_plans
from app.services.plans.open import Consent, OpenPlan
from app.services.plans.read import PlanView, view_plan
from app.services.plans.terms import read_terms

router = APIRouter(prefix="/v1/plans", tags=["plans"], route_class=Operation)

PLANS = Keyset("plans", UUID)


@router.post(
    "",
    status_code=201,
    summary="Open a plan",
    response_model=PlanRead,
    responses=repeatable(
        PlanRead, NotFound, AccountClosed, PlanExists, OnHold, NothingOwed, ExceedsBalance,
        BalanceTooLarge, ReferenceTaken, ClockBehindFacts, QuoteAltered, QuoteExpired, QuoteStale,
        QuoteSuperseded, QuoteUsed, ConsentMismatch, MilitaryRate,
    ),
)  # fmt: skip
async def open_(body: PlanRequest, ctx: CanWritePlans) -> Response:
    """Bind an account to a schedule. One live plan an account; a second names the first.

    It takes over `terms.amount_minor` of the balance (default: all of it) and stays pinned to
    the policy version of the day it opens. Instead of terms, a quote may be named by `quote_id`
    and `quote_hash`. Outside the key's authority the plan waits, as `pending_approval`, for
    somebody else to approve it.
    """
    view = await plans.open_plan(ctx, _command(body))
    location = f"/v1/plans/{encode('plan', view.plan.id)}"
    if view.repeated:
        return answer(plan_read(view))
    return answer(plan_read(view), status=201, location=location)


@router.get("", summary="List plans", response_model=JudgedPage[PlanRead])
async def find(
    ctx: CanReadPlans,
    *,
    account_id: Annotated[AccountId | None, Query(description="Only this account's.")] = None,
    status: Annotated[PlanStatus | None, Query(description="As of the business date.")] = None,
    standing: Annotated[Standing | None, Query(description="Judged on the business date.")] = None,
    due_from: Annotated[Date | None, Query(description="Something open due from here …")] = None,
    due_to: Annotated[Date | None, Query(description="… to here, both inclusive.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Plans in the order they were opened, each as of the business date.

    With `due_from` and `due_to`: those with an installment open and due in that span. Filters go
    by the business date, whether it was swept or not. Where more than 1,000 accounts have days
    nobody has closed, the list is right as of `judged_through_on`, but for `accounts_behind`.
    """
    key = PLANS.read(cursor)
    wanted = PlansWanted(
        account_id=account_id, status=status, standing=standing, due_from=due_from, due_to=due_to
    )
    found = await find_plans(ctx, wanted, after=key[0] if key else None, limit=limit)
    next_cursor = PLANS.write(found.last) if found.last else None
    return judged_page([plan_read(view) for view in found.views], next_cursor, found.judged)


@router.get(
    "/{plan_id}", summary="Read a plan", response_model=PlanRead, responses=problems(NotFound)
)
async def read(plan_id: PlanId, ctx: CanReadPlans, as_of: AsOf = None) -> Response:
    """Every installment with what was paid on it, and how the plan stands on any day.

    In the past, that day's state with today's knowledge. Before the plan opened: 404.
    """
    return answer(plan_read(await view_plan(ctx, plan_id, as_of=as_of)))


@router.get(
    "/{plan_id}/acts",
    summary="Say who did what to a plan",
    response_model=Page[ActRead],
    responses=problems(NotFound),
)
async def read_acts(plan_id: PlanId, ctx: CanReadPlans, as_of: AsOf = None) -> Response:
    """Who proposed, opened, approved, rejected, cancelled or reinstated it by that day, and why.

    Oldest first, all of them: `next_cursor` is always null. Changes stand in its `revisions`.
    """
    done = (await acts_of_plan(ctx, plan_id, as_of=as_of)).get(plan_id, ())
    rows = [ActRead.model_validate(one) for one in done]
    return answer({"data": rows, "next_cursor": None})


@router.get(
    "/{plan_id}/delinquency",
    summary="Explain how late a plan is",
    response_model=DelinquencyRead,
    responses=problems(NotFound),
)
async def read_delinquency(plan_id: PlanId, ctx: CanReadPlans, as_of: AsOf = None) -> Delinquency:
    """The plan's clock on any day, with everything its days were made of.

    `delinquent_days` is what is past due less grace and less the days a pause or hold stood
    within; grace decides whether, lateness counts from the due date.
    """
    return (await view_plan(ctx, plan_id, as_of=as_of)).delinquency


@router.post(
    "/{plan_id}/cancel",
    summary="Cancel a plan",
    response_model=PlanRead,
    responses=problems(NotFound, PlanNotLive, ClockBehindFacts),
)
async def cancel(plan_id: PlanId, body: CancelRequest, ctx: CanWritePlans) -> Response:
    """End a plan by decision. Its open rows are void; what is open is owed at the account.

    What was paid stays paid. The account is free for another plan.
    """
    view = await cancel_plan(ctx, plan_id, reason=body.reason, effective_on=body.effective_on)
    return answer(plan_read(view))


# --- Between the contract and the service -----------------------------------------------------


def plan_read(view: PlanView) -> PlanRead:
    """A plan as the contract shows it."""
    plan, stored = view.plan, view.stored
    owing = plan.owing
    return PlanRead(
        id=plan.id,
        account_id=stored.account_id,
        reference=stored.reference,
        kind=plan.kind,
        status=plan.status,
        status_reason=plan.status_reason,
        standing=view.standing,
        currency=view.reading.account.currency,
        revision=plan.revision,
        pending_revision=_pending(view),
        policy=PolicyRefRead.model_validate(plan.policy),
        terms=dict(stored.terms),
        quote_id=stored.quote_id,
        opened_on=plan.opened_on,
        ended_on=plan.ended_on,
        total_minor=plan.total_minor + plan.expected_interest_minor,
        paid_minor=plan.paid_minor,
        outstanding_minor=plan.total_minor + plan.expected_interest_minor - plan.paid_minor,
        overpaid_minor=view.overpaid_minor,
        next_due_on=owing[0].due_on if owing else None,
        next_due_minor=_outstanding(owing[0]) if owing else None,
        installments=_installments(view),
        delinquency=DelinquencyRead.model_validate(view.delinquency),
        consent=dict(stored.consent) if stored.consent else None,
        metadata=dict(view.metadata),
    )


def _pending(view: PlanView) -> PendingRevisionRead | None:
    pending = view.pending_revision
    return PendingRevisionRead.model_validate(pending) if pending else None


def _outstanding(installment: Installment) -> int:
    """What is still to come on an installment, interest not yet earned included."""
    return installment.open_minor + installment.expected_interest_minor


def _installments(view: PlanView) -> list[InstallmentRead]:
    pairs = zip(view.plan.installments, view.installment_statuses, strict=True)
    return [
        InstallmentRead(
            id=installment.id,
            number=number,
            kind=installment.kind,
            nominal_due_on=installment.nominal_due_on,
            due_on=installment.due_on,
            amount_minor=installment.amount_minor + installment.expected_interest_minor,
            principal_minor=installment.due.principal_minor,
            interest_minor=installment.due.interest_minor + installment.expected_interest_minor,
            fees_minor=installment.due.fees_minor,
            penalties_minor=installment.due.penalties_minor,
            costs_minor=installment.due.costs_minor,
            paid_minor=installment.paid.total_minor,
            paid_in_advance_minor=installment.paid_in_advance_minor,
            paid_late_minor=installment.paid_late_minor,
            outstanding_minor=_outstanding(installment),
            satisfied_on=installment.satisfied_on,
            status=status,
        )
        for number, (installment, status) in enumerate(pairs, start=1)
    ]


def _command(body: PlanRequest) -> OpenPlan:
    terms = body.terms
    return OpenPlan(
        account_id=body.account_id,
        terms=read_terms(as_sent(terms)) if terms else None,
        quote_id=body.quote_id,
        quote_hash=body.quote_hash,
        reference=body.reference,
        effective_on=body.effective_on,
        consent=Consent(**dict(body.consent)) if body.consent else None,
        metadata=body.metadata,
    )
