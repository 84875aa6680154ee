"""Quotes: terms in writing, countered, and read again years later to the letter."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from app.domain.errors import NotFound
from app.domain.refusals.accounts import ExceedsBalance, MilitaryRate, NothingOwed, OnHold
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.domain.refusals.plans import QuoteSuperseded, QuoteUsed
from app.routers.edge.bodies import as_sent
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import AccountId, QuoteId, encode
from app.schemas.edge.types import Page
from app.schemas.plans.plans import PolicyRefRead
from app.schemas.plans.quotes import QuoteRead, QuoteRequest, RefusalRead, WorkedOutRead
from app.schemas.plans.schedules import ScheduleRead
from app.services.plans import quote as quotes
from app.services.plans.quote import QuotePreview, QuoteTerms, QuoteView
from app.services.plans.terms import read_terms

router = APIRouter(prefix="/v1", tags=["quotes"], route_class=Operation)

_TEXT: dict[str, Any] = {
    "description": "The text, in UTF-8.",
    "content": {"text/plain": {"schema": {"type": "string", "examples": ["PAYMENT PLAN TERMS\n"]}}},
}


@router.post(
    "/accounts/{account_id}/quotes",
    status_code=201,
    summary="Quote terms",
    response_model=QuoteRead,
    responses=problems(
        NotFound, AccountClosed, OnHold, MilitaryRate, NothingOwed, ExceedsBalance,
        QuoteSuperseded, QuoteUsed, ClockBehindFacts,
    ),
)  # fmt: skip
async def make(account_id: AccountId, body: QuoteRequest, ctx: CanWritePlans) -> Response:
    """Put terms in writing: the schedule, the text to be shown, and a hash that binds them.

    What the key's role may not agree to is no refusal here but an answer: `refusals` names every
    rule with its limit, the figure asked for, and the role that may. A counter-offer names the
    offer it `supersedes`, which then binds nobody any more.
    """
    view = await quotes.make_quote(ctx, _command(account_id, body))
    location = f"/v1/quotes/{encode('quo', view.quote.id)}"
    return answer(_shown(view), status=201, location=location)


@router.post(
    "/accounts/{account_id}/quotes/preview",
    summary="Work terms out for an account",
    response_model=WorkedOutRead,
    responses=problems(
        NotFound, AccountClosed, OnHold, MilitaryRate, NothingOwed, ExceedsBalance,
        QuoteSuperseded, QuoteUsed, ClockBehindFacts,
    ),
)  # fmt: skip
async def preview(account_id: AccountId, body: QuoteRequest, ctx: CanReadPlans) -> Response:
    """What a quote of these terms would say, nothing stored: no id, no hash, no text."""
    return answer(_worked_out(await quotes.preview(ctx, _command(account_id, body))))


@router.get(
    "/accounts/{account_id}/quotes",
    summary="List an account's quotes",
    response_model=Page[QuoteRead],
    responses=problems(NotFound),
)
async def find(account_id: AccountId, ctx: CanReadPlans) -> Response:
    """The negotiation: every offer and counter-offer, oldest first, by whom, when and why.

    All of them at once: `next_cursor` is always null.
    """
    found = await quotes.quotes_of(ctx, account_id)
    return answer({"data": [_shown(view) for view in found], "next_cursor": None})


@router.get(
    "/quotes/{quote_id}",
    summary="Read a quote",
    response_model=QuoteRead,
    responses=problems(NotFound),
)
async def read(quote_id: QuoteId, ctx: CanReadPlans) -> Response:
    """An offer as it was given, and what became of it: `superseded_by`, `plan_id`."""
    return answer(_shown(await quotes.view_quote(ctx, quote_id)))


@router.get(
    "/quotes/{quote_id}/text",
    summary="Read a quote's text",
    response_class=PlainTextResponse,
    responses={200: _TEXT, **problems(NotFound)},
)
async def read_text(quote_id: QuoteId, ctx: CanReadPlans) -> Response:
    """The words both sides see, byte for byte as they were stored with the quote.

    Their SHA-256 is the quote's `text_hash`. They are not rendered anew: wordings change over
    the years, what was shown does not. They name the creditor and the debtor where they are
    known (until erased), and tell the end in the debtor's time zone, else the tenant's.
    """
    view = await quotes.view_quote(ctx, quote_id)
    return PlainTextResponse(view.quote.text.encode())


# --- Between the contract and the service -----------------------------------------------------


def _command(account_id: AccountId, body: QuoteRequest) -> QuoteTerms:
    return QuoteTerms(
        account_id=account_id,
        terms=read_terms(as_sent(body.terms)),
        expires_at=body.expires_at,
        supersedes=body.supersedes,
        reason=body.reason,
        locale=body.locale,
        effective_on=body.effective_on,
    )


def _shown(view: QuoteView) -> QuoteRead:
    quote, fate = view.quote, view.fate
    return QuoteRead.model_validate(
        {
            "id": quote.id,
            "hash": quote.hash,
            "account_id": quote.account_id,
            "currency": quote.currency,
            "opens_on": quote.opens_on,
            "balance_minor": quote.balance_minor,
            "amount_minor": quote.amount_minor,
            "policy": {"name": quote.policy_name, "version": quote.policy_version},
            "terms": dict(quote.terms),
            "schedule": ScheduleRead.model_validate(quote.schedule),
            "within_authority": view.within_authority,
            "refusals": [RefusalRead.model_validate(one) for one in quote.refusals],
            "locale": quote.locale,
            "text_hash": quote.text_hash,
            "role": quote.role,
            "actor": quote.actor,
            "reason": quote.reason,
            "supersedes": quote.supersedes,
            "superseded_by": fate.superseded_by,
            "plan_id": fate.plan_id,
            "created_at": quote.created_at,
            "expires_at": quote.expires_at,
        }
    )


def _worked_out(preview: QuotePreview) -> WorkedOutRead:
    agreement = preview.agreement
    return WorkedOutRead(
        account_id=preview.account_id,
        currency=preview.currency,
        opens_on=preview.opens_on,
        balance_minor=preview.balance_minor,
        amount_minor=agreement.amount_minor,
        policy=PolicyRefRead.model_validate(agreement.policy.ref),
        terms=dict(agreement.terms.as_sent),
        schedule=ScheduleRead.model_validate(agreement.schedule),
        within_authority=not agreement.refusals,
        refusals=[RefusalRead.model_validate(one) for one in agreement.refusals],
    )
