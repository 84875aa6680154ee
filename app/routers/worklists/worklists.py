"""Worklists: read, saved in versions, and how the work stands."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanReadWorklists, CanWork
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.time import Date
from app.schemas.edge.types import Page
from app.schemas.worklists.done import ItemActRead
from app.schemas.worklists.worklists import (
    WorklistName,
    WorklistRead,
    WorklistRequest,
    WorklistsRead,
    WorklistSummaryRead,
)
from app.services.etags import EtagMismatch
from app.services.worklists import lists
from app.services.worklists.done import ActView, find_done
from app.services.worklists.lists import WorklistView
from app.services.worklists.summary import summarize_worklist

router = APIRouter(prefix="/v1/worklists", tags=["worklists"], route_class=Operation)

DONE = Keyset("work done", date, UUID)
_SAME = set(ActView.__dataclass_fields__)
Name = Annotated[WorklistName, Path(description="Yours, or one that is shipped.")]


@router.get("", summary="List worklists", response_model=WorklistsRead)
async def find(ctx: CanReadWorklists) -> Response:
    """All of them by name: yours, and those shipped that you saved none by the name of."""
    return answer({"data": [_read(one) for one in await lists.find_worklists(ctx)]})


@router.get(
    "/{name}",
    summary="Read a worklist",
    response_model=WorklistRead,
    responses=problems(NotFound),
)
async def read(name: Name, ctx: CanReadWorklists) -> Response:
    """A list as it is now."""
    view = await lists.read_worklist_view(ctx, name)
    return answer(_read(view), version=view.worklist.version)


@router.put(
    "/{name}",
    summary="Save a worklist",
    response_model=WorklistRead,
    responses={201: {"model": WorklistRead}, **problems(OutsideAuthority, EtagMismatch)},
)
@holds_many
async def save(
    name: Name, body: WorklistRequest, ctx: CanWork, if_match: IfMatch = None
) -> Response:
    """A list as it is from now on. Each change is a version; the same again makes none.

    Its items follow from the accounts themselves: nothing is put on a list or taken off it.
    """
    document = body.model_dump(mode="json")
    view, new = await lists.save_worklist(ctx, name, document, if_match)
    return answer(_read(view), status=201 if new else 200, version=view.worklist.version)


@router.get(
    "/{name}/summary",
    summary="Sum a worklist up",
    response_model=WorklistSummaryRead,
    responses=problems(NotFound),
)
async def summarize(name: Name, ctx: CanReadWorklists) -> Response:
    """By reason what is open, what can be worked and since when; and what was done today, by whom.

    What the gate forbids counts as workable until somebody who came for work was kept from it.
    """
    view = await lists.read_worklist_view(ctx, name)
    found = await summarize_worklist(ctx, view.worklist)
    return answer(
        {
            "open": found.whole.open,
            "workable": found.whole.workable,
            "oldest_on": found.whole.oldest,
            "by_reason": [
                {"code": one.code, "open": one.open, "workable": one.workable,
                 "oldest_on": one.oldest}
                for one in found.reasons
                if one.open
            ],
            "done_today": [
                {"act": act, "actor": actor, "count": many} for act, actor, many in found.done
            ],
            "judged_through_on": found.judged.through_on,
            "accounts_behind": found.judged.behind,
        }
    )  # fmt: skip


@router.get(
    "/{name}/done",
    summary="List what was done",
    response_model=Page[ItemActRead],
    responses=problems(NotFound),
)
async def done(
    name: Name,
    ctx: CanReadWorklists,
    *,
    from_: Annotated[
        Date | None, Query(alias="from", description="On this business date or later.")
    ] = None,
    to: Annotated[Date | None, Query(description="On this business date or earlier.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Who took, put off, gave or completed what of the list, the latest first.

    About accounts, and about messages of no account: those stand in no account's timeline.
    """
    view = await lists.read_worklist_view(ctx, name)
    found = await find_done(
        ctx, view.worklist, from_on=from_, to_on=to, after=DONE.read(cursor), limit=limit + 1
    )
    page, next_cursor = DONE.cut(found, limit, key=lambda one: (one.business_date, one.id))
    return answer({"data": [_act(one) for one in page], "next_cursor": next_cursor})


def _act(one: ActView) -> ItemActRead:
    said = {name: getattr(one, name) for name in ItemActRead.model_fields.keys() & _SAME}
    return ItemActRead(work_item_id=one.item_id, **said)


def _read(view: WorklistView) -> WorklistRead:
    one = view.worklist
    return WorklistRead.model_validate(
        {
            **view.document,
            "name": one.name,
            "version": one.version,
            "shipped": one.version == 0,
            "business_date": view.business_date,
            "recorded_at": view.recorded_at,
            "actor": view.actor,
        }
    )
