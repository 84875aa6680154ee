"""Settlements: a part offered for the whole, approved, accepted or not, and read as of any day."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.errors import DomainError, NotFound
from app.domain.refusals.accounts import ExceedsBalance, NothingOwed, OnHold
from app.domain.refusals.commands import ClockBehindFacts, OutsideAuthority, SameActor
from app.domain.refusals.payments import AccountClosed
from app.domain.refusals.plans import ConsentMismatch
from app.domain.refusals.settlements import (
    OfferInsideValidation,
    OfferTooLong,
    SettlementExpired,
    SettlementNotOpen,
    SettlementOpen,
    SettlementOutdated,
)
from app.domain.vocabulary import Role, SettlementStatus
from app.routers.edge.bodies import as_sent
from app.routers.edge.deps import AsOf, CanReadPlans, CanWritePlans
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit, judged_page
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.acts import ActRead
from app.schemas.edge.ids import AccountId, SettlementId, encode
from app.schemas.edge.types import JudgedPage, Page
from app.schemas.plans.decisions import DecisionRequest
from app.schemas.plans.plans import PolicyRefRead
from app.schemas.plans.quotes import RefusalRead
from app.schemas.plans.schedules import ScheduleRead
from app.schemas.settlements.settlements import (
    AcceptRequest,
    EndRequest,
    SettlementPreviewRead,
    SettlementRead,
    SettlementRequest,
)
from app.services.accounts.acts import acts_of_settlement
from app.services.plans.open import Consent
from app.services.plans.terms import read_terms
from app.services.settlements import decide
from app.services.settlements import offer as settlements
from app.services.settlements.offer import Offering, OfferSettlement
from app.services.settlements.read import SettlementView, find_settlements, view_settlement

router = APIRouter(prefix="/v1", tags=["settlements"], route_class=Operation)

SETTLEMENTS = Keyset("settlements", UUID)
_OFFERING: tuple[type[DomainError], ...] = (
    NotFound, AccountClosed, OnHold, NothingOwed, ExceedsBalance, SettlementOpen,
    SettlementNotOpen, SettlementExpired, OfferInsideValidation, OfferTooLong, ClockBehindFacts,
)  # fmt: skip
_ENDING: tuple[type[DomainError], ...] = (
    NotFound, SettlementNotOpen, SettlementExpired, ClockBehindFacts,
)  # fmt: skip


@router.post(
    "/accounts/{account_id}/settlement-offers",
    status_code=201,
    summary="Offer a settlement",
    response_model=SettlementRead,
    responses=problems(*_OFFERING),
)
async def offer(account_id: AccountId, body: SettlementRequest, ctx: CanWritePlans) -> Response:
    """Offer to take a part of the balance for the whole, until the end of `expires_on`.

    Without `terms`: one part, due on the last day of the offer. Outside the key's authority (the
    policy's matrix by role, age and balance; the role's days between payments) the offer waits,
    as `pending_approval`, for somebody else to approve it: `refusals` says why. An account has
    one open offer, unless its policy says more; a counter-offer names the one it `supersedes`.
    """
    view = await settlements.offer(ctx, _command(account_id, body))
    location = f"/v1/settlement-offers/{encode('set', view.settlement.id)}"
    return answer(_shown(view), status=201, location=location)


@router.post(
    "/accounts/{account_id}/settlement-offers/preview",
    summary="Work a settlement out",
    response_model=SettlementPreviewRead,
    responses=problems(*_OFFERING),
)
async def preview(account_id: AccountId, body: SettlementRequest, ctx: CanReadPlans) -> Response:
    """What such an offer would say, nothing stored: its parts, what it forgives, who may."""
    return answer(_worked_out(await settlements.preview(ctx, _command(account_id, body))))


@router.get(
    "/settlement-offers",
    summary="List settlements",
    response_model=JudgedPage[SettlementRead],
)
async def find(
    ctx: CanReadPlans,
    *,
    account_id: Annotated[AccountId | None, Query(description="Only this account's.")] = None,
    status: Annotated[
        SettlementStatus | None, Query(description="As of the business date.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Settlements in the order they were offered, each as of the business date.

    An account's own are its negotiation: offers and counter-offers, by whom, when and why.
    `status` goes by the business date, whether it was swept or not. Where more than 1,000 accounts
    have days nobody has closed, the list is right as of `judged_through_on`, but for
    `accounts_behind`.
    """
    key = SETTLEMENTS.read(cursor)
    found = await find_settlements(
        ctx, account_id=account_id, status=status, after=key[0] if key else None, limit=limit
    )
    next_cursor = SETTLEMENTS.write(found.last) if found.last else None
    return judged_page([_shown(view) for view in found.views], next_cursor, found.judged)


@router.get(
    "/settlement-offers/{settlement_id}",
    summary="Read a settlement",
    response_model=SettlementRead,
    responses=problems(NotFound),
)
async def read(settlement_id: SettlementId, ctx: CanReadPlans, as_of: AsOf = None) -> Response:
    """The offer as it was made, and what became of it by any day. Before it was made: 404.

    A payment taken back counts on no day: what it had satisfied was not, read today.
    """
    return answer(_shown(await view_settlement(ctx, settlement_id, as_of=as_of)))


@router.get(
    "/settlement-offers/{settlement_id}/acts",
    summary="Say who did what to a settlement",
    response_model=Page[ActRead],
    responses=problems(NotFound),
)
async def read_acts(settlement_id: SettlementId, ctx: CanReadPlans, as_of: AsOf = None) -> Response:
    """Who offered, approved, accepted, declined or withdrew it by that day, and why.

    Oldest first, all of them: `next_cursor` is always null.
    """
    done = (await acts_of_settlement(ctx, settlement_id, as_of=as_of)).get(settlement_id, ())
    rows = [ActRead.model_validate(one) for one in done]
    return answer({"data": rows, "next_cursor": None})


@router.post(
    "/settlement-offers/{settlement_id}/accept",
    summary="Accept a settlement",
    response_model=SettlementRead,
    responses=problems(
        NotFound, SettlementNotOpen, SettlementExpired, SettlementOutdated, SettlementOpen,
        ConsentMismatch, ExceedsBalance, NothingOwed, AccountClosed, OnHold, ClockBehindFacts,
    ),
)  # fmt: skip
async def accept(
    settlement_id: SettlementId, ctx: CanWritePlans, body: AcceptRequest | None = None
) -> Response:
    """Bind both sides: a plan of kind `settlement` opens (`plan_id`), on the parts as offered.

    A plan the account has ends with it, `cancelled` as `superseded`. Once the parts are paid and
    the money has cleared, the rest of the balance is forgiven. A part missed beyond grace makes
    the settlement void: what was paid stays paid, the whole rest is owed. Where a letter put the
    offer in writing, `consent.text_hash` is that letter's.
    """
    consent = Consent(**dict(body.consent)) if body and body.consent else None
    on = body.effective_on if body else None
    view = await decide.accept(ctx, settlement_id, consent=consent, effective_on=on)
    return answer(_shown(view))


@router.post(
    "/settlement-offers/{settlement_id}/decline",
    summary="Decline a settlement",
    response_model=SettlementRead,
    responses=problems(*_ENDING),
)
async def decline(
    settlement_id: SettlementId, ctx: CanWritePlans, body: EndRequest | None = None
) -> Response:
    """The debtor says no to an offer that stands. The account is free for another."""
    reason = body.reason if body else None
    return answer(_shown(await decide.decline(ctx, settlement_id, reason=reason)))


@router.post(
    "/settlement-offers/{settlement_id}/withdraw",
    summary="Withdraw a settlement",
    response_model=SettlementRead,
    responses=problems(*_ENDING),
)
async def withdraw(
    settlement_id: SettlementId, ctx: CanWritePlans, body: EndRequest | None = None
) -> Response:
    """The creditor takes back an offer that stands, or waits. One accepted binds him.

    What ends an accepted one by decision is cancelling its plan: the settlement is void then.
    """
    reason = body.reason if body else None
    return answer(_shown(await decide.withdraw(ctx, settlement_id, reason=reason)))


@router.post(
    "/settlement-offers/{settlement_id}/approve",
    summary="Approve a settlement",
    response_model=SettlementRead,
    responses=problems(
        *_ENDING, SameActor, OutsideAuthority, SettlementOutdated, ExceedsBalance, NothingOwed,
        AccountClosed, OnHold,
    ),
)  # fmt: skip
async def approve(
    settlement_id: SettlementId, ctx: CanWritePlans, body: DecisionRequest | None = None
) -> Response:
    """Let an offer that waits stand: as a role that may, and never as who made it.

    `Accord-Actor` must say who approves. What the role may is asked of the debt as it is today.
    """
    reason = body.reason if body else None
    return answer(_shown(await decide.approve(ctx, settlement_id, reason=reason)))


@router.post(
    "/settlement-offers/{settlement_id}/reject",
    summary="Reject a settlement",
    response_model=SettlementRead,
    responses=problems(*_ENDING, SameActor),
)
async def reject(
    settlement_id: SettlementId, ctx: CanWritePlans, body: DecisionRequest | None = None
) -> Response:
    """End an offer that waits: it is `withdrawn`, with `status_reason` `not_approved`.

    Any role may, but never who made it, and `Accord-Actor` must say who does.
    """
    reason = body.reason if body else None
    return answer(_shown(await decide.reject(ctx, settlement_id, reason=reason)))


# --- Between the contract and the service -----------------------------------------------------


def _command(account_id: AccountId, body: SettlementRequest) -> OfferSettlement:
    return OfferSettlement(
        account_id=account_id,
        terms=read_terms(as_sent(body.terms)),
        expires_on=body.expires_on,
        amount_minor=body.amount_minor,
        share_bps=body.share_bps,
        supersedes=body.supersedes,
        reason=body.reason,
        effective_on=body.effective_on,
    )


def _worked_out(made: Offering) -> SettlementPreviewRead:
    return SettlementPreviewRead(
        account_id=made.account_id,
        currency=made.currency,
        balance_minor=made.balance_minor,
        amount_minor=made.amount_minor,
        forgives_minor=made.forgives_minor,
        policy=PolicyRefRead.model_validate(made.policy.ref),
        terms=dict(made.terms.as_sent),
        schedule=ScheduleRead.model_validate(made.schedule),
        within_authority=not made.refusals,
        refusals=[RefusalRead.model_validate(one) for one in made.refusals],
        offered_on=made.on,
        expires_on=made.expires_on,
    )


def _shown(view: SettlementView) -> SettlementRead:
    stored, one = view.stored, view.settlement
    terms: dict[str, Any] = dict(stored.terms)
    return SettlementRead(
        id=one.id,
        account_id=stored.account_id,
        currency=view.reading.account.currency,
        status=one.status,
        status_reason=one.reason,
        balance_minor=stored.balance_minor,
        amount_minor=one.amount_minor,
        forgives_minor=stored.forgives_minor,
        policy=PolicyRefRead.model_validate(view.policy),
        terms=terms,
        schedule=ScheduleRead.model_validate(view.schedule),
        within_authority=not view.refusals,
        refusals=[RefusalRead.model_validate(refusal) for refusal in view.refusals],
        offered_on=one.offered_on,
        expires_on=one.expires_on,
        role=Role(stored.role),
        actor=stored.actor,
        reason=stored.reason,
        supersedes=one.supersedes,
        superseded_by=view.superseded_by,
        plan_id=one.plan_id,
        paid_minor=view.paid_minor,
        remaining_minor=view.remaining_minor,
        forgiven_minor=one.forgiven.total_minor,
        accepted_on=one.accepted_on,
        satisfied_on=one.satisfied_on,
        voided_on=one.voided_on,
        closed_on=one.closed_on,
        clears_on=one.clears_on,
        curable_until_on=one.curable_until_on,
        created_at=stored.created_at,
    )
