"""Worklists: read, saved in versions, and how the work stands."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanReadWorklists, CanWork
from app.routers.edge.etags import IfMatch
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.worklists.worklists import (
    WorklistName,
    WorklistRead,
    WorklistRequest,
    WorklistsRead,
    WorklistSummaryRead,
)
from app.services.etags import EtagMismatch
from app.services.worklists import lists
from app.services.worklists.lists import WorklistView
from app.services.worklists.summary import summarize_worklist

router = APIRouter(prefix="/v1/worklists", tags=["worklists"], route_class=Operation)

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
