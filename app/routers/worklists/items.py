"""Items of a worklist: looked at in working order, taken, and worked."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.commands import ClockBehindFacts, OutsideAuthority
from app.domain.refusals.worklists import WorkItemClaimed, WorkItemEnded
from app.routers.edge.deps import CanReadWorklists, CanWork
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit, Long, judged_page
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.edge.steps import steps_of
from app.routers.worklists.shown import claimed, shown, state_shown
from app.routers.worklists.worklists import Name
from app.schemas.edge.ids import WorkItemId
from app.schemas.edge.time import Date
from app.schemas.worklists.items import (
    CallbackRequest,
    ClaimedItemRead,
    ClaimRequest,
    CompleteRequest,
    ItemAssignRequest,
    NextRequest,
    SkipRequest,
    WorkItemsPage,
    WorkItemStateRead,
)
from app.services.worklists import act, lists
from app.services.worklists.act import Did
from app.services.worklists.call_back import CallBack, call_back
from app.services.worklists.items import find_items
from app.services.worklists.next import take_next

router = APIRouter(prefix="/v1/worklists", tags=["worklists"], route_class=Operation)
items = APIRouter(prefix="/v1/work-items", tags=["worklists"], route_class=Operation)


ITEMS = Keyset("work-items", int, Long, Long, date, Long, str)
step = steps_of(
    items,
    "/{work_item_id}",
    answered=WorkItemStateRead,
    refused=(NotFound, OutsideAuthority, WorkItemClaimed, WorkItemEnded),
)


@router.get(
    "/{name}/items",
    summary="List a worklist's items",
    response_model=WorkItemsPage,
    responses=problems(NotFound),
)
async def find(
    name: Name,
    ctx: CanReadWorklists,
    *,
    as_of: Annotated[
        Date | None, Query(description="As it will be on that day, if nothing else happens.")
    ] = None,
    workable: Annotated[
        bool | None, Query(description="Only what can, or cannot, be worked now.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Who is to be worked, in working order, and why: the score is the sum of `because`.

    Callbacks whose hour has come go first. What is not offered says why, and until when. A page
    may be short where the gate decides what it holds; `next_cursor` goes on.
    """
    view = await lists.read_worklist_view(ctx, name)
    page = await find_items(
        ctx, view.worklist, as_of=as_of, workable=workable, after=ITEMS.read(cursor), limit=limit
    )
    next_cursor = None if page.next_place is None else ITEMS.write(*page.next_place)
    return judged_page([shown(one) for one in page.items], next_cursor, page.judged)


@router.post(
    "/{name}/next",
    summary="Take the next item",
    response_model=ClaimedItemRead,
    responses={
        204: {
            "description": "Nothing can be worked now; `Retry-After` says when something may be."
        },
        **problems(NotFound, OutsideAuthority),
    },
)
async def take(name: Name, body: NextRequest, ctx: CanWork) -> Response:
    """The first item that is yours to work, claimed for as long as its list says.

    Two who ask at once never get the same. What is given to somebody else, what waits, and what
    the gate forbids by every channel is passed by.
    """
    view = await lists.read_worklist_view(ctx, name)
    taken = await take_next(ctx, view.worklist, channels=body.channels)
    if taken.item is None:
        return Response(status_code=204, headers={"Retry-After": str(taken.retry_after_s)})
    return answer(claimed(taken.item))


@step("claim", "Claim an item", read=ClaimedItemRead)
async def claim(work_item_id: WorkItemId, _: ClaimRequest, ctx: CanWork) -> Response:
    """Take it for as long as its list says; nobody else is offered it until then."""
    return answer(claimed(await act.claim(ctx, work_item_id)))


@step("extend", "Keep a claim")
async def extend(work_item_id: WorkItemId, _: ClaimRequest, ctx: CanWork) -> Response:
    """For as long again, from now."""
    return answer(state_shown(await act.extend(ctx, work_item_id)))


@step("release", "Give a claim back")
async def release(work_item_id: WorkItemId, _: ClaimRequest, ctx: CanWork) -> Response:
    """Somebody else may take it."""
    return answer(state_shown(await act.release(ctx, work_item_id)))


@step("complete", "Complete an item", ClockBehindFacts)
async def complete(work_item_id: WorkItemId, body: CompleteRequest, ctx: CanWork) -> Response:
    """Say what was done. While a reason stands it comes back on the next day, worked once more."""
    if (body.contact_id is None) == (body.did is None):
        raise InvalidInput.at("/did", "say what was done, or name the contact; not both")
    did = None if body.did is None else Did(body.did)
    done = await act.complete(
        ctx, work_item_id, contact_id=body.contact_id, did=did, note=body.note
    )
    return answer(state_shown(done))


@step("skip", "Put an item off")
async def skip(work_item_id: WorkItemId, body: SkipRequest, ctx: CanWork) -> Response:
    """Out of sight until an instant, with a reason that is kept."""
    done = await act.skip(ctx, work_item_id, reason=body.reason, until_at=body.until_at)
    return answer(state_shown(done))


@step("callback", "Set a callback", ClockBehindFacts)
async def set_callback(work_item_id: WorkItemId, body: CallbackRequest, ctx: CanWork) -> Response:
    """It waits until that instant, and goes first from then on.

    One the person asked for, within seven days, is their consent to be called more often about
    this account until then.
    """
    done = await call_back(
        ctx,
        work_item_id,
        CallBack(
            at=body.at,
            time_zone=body.time_zone,
            asked_for_by_person=body.asked_for_by_person,
            consent_id=body.consent_id,
            assigned_to=body.assigned_to,
        ),
    )
    return answer(state_shown(done))


@step("assign", "Give an item to somebody")
async def assign(work_item_id: WorkItemId, body: ItemAssignRequest, ctx: CanWork) -> Response:
    """They alone are offered it. To another than oneself a supervisor gives."""
    done = await act.assign(ctx, work_item_id, actor=body.actor, reason=body.reason)
    return answer(state_shown(done))
