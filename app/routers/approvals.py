"""The approvals inbox: everything that waits for somebody to decide, and the decision."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import ExceedsBalance, MilitaryRate, NothingOwed, OnHold
from app.domain.refusals.changes import RevisionNotWaiting, RevisionOutdated
from app.domain.refusals.commands import ClockBehindFacts, OutsideAuthority, SameActor
from app.domain.refusals.payments import AccountClosed
from app.domain.refusals.plans import PlanNotWaiting, PlanOutdated
from app.domain.refusals.settlements import (
    SettlementExpired,
    SettlementNotOpen,
    SettlementOutdated,
)
from app.domain.refusals.sheets import CellRefused, DryRunStale, MappingIncomplete
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.approvals import (
    PREFIXES,
    ApprovalAccountRead,
    ApprovalCompareRead,
    ApprovalDecidedRead,
    ApprovalDecisionRequest,
    ApprovalRead,
    ApprovalSheetSideRead,
    ApprovalSideRead,
    MoneySumRead,
)
from app.schemas.edge.ids import decode, encode
from app.schemas.edge.types import Page
from app.schemas.plans.quotes import RefusalRead
from app.services.approvals.inbox import (
    ApprovalKind,
    ApprovalView,
    Decide,
    SheetSide,
    Side,
    asked_hours,
    decide_approval,
    find_approvals,
)
from app.services.context import Context
from app.services.etags import EtagMismatch

router = APIRouter(prefix="/v1/approvals", tags=["approvals"], route_class=Operation)

APPROVALS = Keyset("approvals", UUID)
ThingId = Annotated[
    str, Path(max_length=40, pattern=r"^(plan|set|amd|imp)_[0-7][0-9a-hjkmnp-tv-z]{25}$")
]


@router.get("", summary="List what waits for approval", response_model=Page[ApprovalRead])
async def find(ctx: CanReadPlans, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """Plans, changes of plans, settlements and imports outside their author's authority.

    Oldest first.
    Each with the rules it breaks, before and after, and whether this key may decide it: nobody
    decides what he asked for. Name who looks in `Accord-Actor`.
    """
    (after,) = APPROVALS.read(cursor) or (None,)
    found = await find_approvals(ctx, after=after, limit=limit + 1)
    page, next_cursor = APPROVALS.cut(found, limit, key=lambda one: (one.waiting.place,))
    return answer({"data": [_read(one, ctx) for one in page], "next_cursor": next_cursor})


@router.post(
    "/{kind}/{thing_id}/decide",
    summary="Decide what waits",
    response_model=ApprovalDecidedRead,
    responses=problems(
        NotFound, EtagMismatch, SameActor, OutsideAuthority, ClockBehindFacts, PlanNotWaiting,
        PlanOutdated, OnHold, NothingOwed, MilitaryRate, ExceedsBalance, AccountClosed,
        RevisionNotWaiting, RevisionOutdated, SettlementNotOpen, SettlementExpired,
        SettlementOutdated, DryRunStale, CellRefused, MappingIncomplete,
    ),
)  # fmt: skip
async def decide(
    kind: ApprovalKind, thing_id: ThingId, body: ApprovalDecisionRequest, ctx: CanWritePlans
) -> Response:
    """Approve or reject one thing, as it was when it was read: its `etag` is of the account then.

    The same as its own `approve` or `reject`, with the same refusals. An import's `etag` is its dry
    run's; approved, its rows are stored as `commit` does, in the name of who asked. There is no
    deciding in bulk.
    """
    try:
        found = decode(PREFIXES[kind], thing_id)
    except ValueError:  # an id of another kind
        raise NotFound(resource="approval", key=thing_id) from None
    asked = Decide(kind=kind, id=found, decision=body.decision, reason=body.reason, etag=body.etag)
    await decide_approval(ctx, asked)
    return answer(
        ApprovalDecidedRead(
            kind=kind.value, id=thing_id, decision=body.decision, decided_by=ctx.actor
        )
    )


def _read(view: ApprovalView, ctx: Context) -> ApprovalRead:
    waiting = view.waiting
    kind = ApprovalKind(waiting.kind)
    return ApprovalRead(
        kind=kind.value,
        id=encode(PREFIXES[kind], waiting.id),
        asked_by=waiting.actor,
        asked_at=waiting.asked_at,
        waited_hours=asked_hours(ctx, view),
        reason=view.because,
        account=ApprovalAccountRead.model_validate(view.account) if view.account else None,
        asks=[RefusalRead.model_validate(one) for one in view.asks],
        compare=ApprovalCompareRead(
            before=None if view.before is None else _side(view.before),
            after=_side(view.after),
        ),
        may_decide=view.why_not is None,
        why_not=view.why_not,
        etag=view.etag,
    )


def _side(side: Side | SheetSide) -> ApprovalSideRead | ApprovalSheetSideRead:
    if isinstance(side, Side):
        return ApprovalSideRead.model_validate(side)
    sums = sorted(side.sums_minor.items())
    return ApprovalSheetSideRead(
        count=side.count, sums=[MoneySumRead(currency=of, amount_minor=n) for of, n in sums]
    )
