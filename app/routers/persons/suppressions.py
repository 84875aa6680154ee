"""Suppressions: numbers and addresses that are used for nothing."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.routers.edge.deps import CanReadPersons, CanWritePersons
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import SuppressionId
from app.schemas.edge.types import Page
from app.schemas.persons.suppressions import (
    SuppressionEndRequest,
    SuppressionRead,
    SuppressionRequest,
)
from app.services.persons import suppressions
from app.services.persons.suppressions import StoredSuppression

router = APIRouter(prefix="/v1/suppressions", tags=["persons"], route_class=Operation)

SUPPRESSIONS = Keyset("suppressions", UUID)


@router.post(
    "",
    status_code=201,
    summary="Suppress a value",
    response_model=SuppressionRead,
    responses={200: {"model": SuppressionRead}},
)
async def suppress(body: SuppressionRequest, ctx: CanWritePersons) -> Response:
    """Use a number or an address for nothing, whoever has it, now or later.

    It is kept as a keyed hash: the list tells nobody a number. The same value again answers 200.
    """
    made, new = await suppressions.suppress(ctx, body.kind, body.value, body.reason)
    return answer(suppression_read(made), status=201 if new else 200)


@router.get("", summary="List suppressions", response_model=Page[SuppressionRead])
async def find(
    ctx: CanReadPersons, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Hashes in the order they were made, ended ones too."""
    (after,) = SUPPRESSIONS.read(cursor) or (None,)
    found = await suppressions.find_suppressions(ctx, after=after, limit=limit + 1)
    page, next_cursor = SUPPRESSIONS.cut(found, limit, key=lambda one: (one.id,))
    data = [suppression_read(one) for one in page]
    return answer({"data": data, "next_cursor": next_cursor})


@router.delete(
    "/{suppression_id}",
    summary="End a suppression",
    response_model=SuppressionRead,
    responses=problems(NotFound, OutsideAuthority),
)
async def end(
    suppression_id: SuppressionId, body: SuppressionEndRequest, ctx: CanWritePersons
) -> Response:
    """Let the value be used again. An admin's word alone; that it stood is kept."""
    ended = await suppressions.end_suppression(ctx, suppression_id, body.reason)
    return answer(suppression_read(ended))


def suppression_read(one: StoredSuppression) -> SuppressionRead:
    """A suppression as clients see one."""
    said = {name: getattr(one, name) for name in SuppressionRead.model_fields}
    return SuppressionRead.model_validate({**said, "value_hash": one.value_hash.hex()})
