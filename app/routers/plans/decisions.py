"""Plans that wait: approved or rejected by somebody else; and the consent a plan stands on."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import MilitaryRate, NothingOwed, OnHold
from app.domain.refusals.commands import ClockBehindFacts, OutsideAuthority, SameActor
from app.domain.refusals.plans import PlanNotWaiting, PlanOutdated
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.plans.plans import plan_read
from app.schemas.edge.ids import PlanId, encode
from app.schemas.plans.decisions import ConsentRead, DecisionRequest
from app.schemas.plans.plans import PlanRead
from app.services.documents import consent
from app.services.plans import decide

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Operation)


@router.post(
    "/approve",
    summary="Approve a plan",
    response_model=PlanRead,
    responses=problems(
        NotFound, PlanNotWaiting, SameActor, OutsideAuthority, PlanOutdated, OnHold, NothingOwed,
        MilitaryRate, ClockBehindFacts,
    ),
)  # fmt: skip
async def approve(
    plan_id: PlanId, ctx: CanWritePlans, body: DecisionRequest | None = None
) -> Response:
    """Open a plan that waits, today: as a role that may, and never as who proposed it.

    `Accord-Actor` must say who approves. Until then the account stands as if there were no plan:
    money goes to the account, and the plan takes over what is left of its amount when it opens.
    """
    view = await decide.approve_plan(ctx, plan_id, reason=body.reason if body else None)
    return answer(plan_read(view))


@router.post(
    "/reject",
    summary="Reject a plan",
    response_model=PlanRead,
    responses=problems(NotFound, PlanNotWaiting, SameActor, ClockBehindFacts),
)
async def reject(
    plan_id: PlanId, ctx: CanWritePlans, body: DecisionRequest | None = None
) -> Response:
    """End a plan before it began. The account is free for another; the quote it used is not.

    Any role may, but never who proposed it, and `Accord-Actor` must say who does.
    """
    view = await decide.reject_plan(ctx, plan_id, reason=body.reason if body else None)
    return answer(plan_read(view))


@router.get(
    "/consent",
    summary="Read a plan's consent",
    response_model=ConsentRead,
    responses=problems(NotFound),
)
async def read_consent(
    plan_id: PlanId,
    ctx: CanReadPlans,
    revision: Annotated[
        int | None, Query(ge=1, le=100_000, description="A rewrite's. Default: the opening.")
    ] = None,
) -> Response:
    """How, when and by whom the debtor agreed, and the very words: of the quote, or the letter.

    A plan opened (or rewritten) without consent has none to show: 404.
    """
    view = await consent.view_consent(ctx, plan_id, revision=revision)
    if view is None:
        raise NotFound(resource="consent", key=encode("plan", plan_id))
    quote, note, letter = view.quote, view.note, view.letter
    words = (quote.locale, quote.text) if quote else (None, None)
    if letter is not None:
        words = (letter.stored.locale, letter.text)
    return answer(
        ConsentRead.model_validate(
            {
                **view.consent,
                "plan_id": plan_id,
                "ip": note.ip,
                "user_agent": note.user_agent,
                "quote_id": quote.id if quote else None,
                "quote_hash": quote.hash if quote else None,
                "locale": words[0],
                "text": words[1],
            }
        )
    )
