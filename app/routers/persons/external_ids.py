"""External ids: what a CRM or a dialer calls our accounts, persons and contacts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.domain.contact.words import ExternalKind
from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.contacts import ExternalIdTaken
from app.routers.edge.deps import CanReadPersons, CanWritePersons
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import PREFIXES, decode, encode
from app.schemas.edge.words import Reference, System
from app.schemas.persons.external_ids import (
    ExternalIdRead,
    ExternalIdRequest,
    ExternalIdsRead,
    ThingId,
)
from app.services.persons import external_ids
from app.services.persons.external_ids import Named, StoredExternalId

router = APIRouter(prefix="/v1/external-ids", tags=["persons"], route_class=Operation)

Kind = Annotated[ExternalKind, Path(description="What it names.")]
ExternalId = Annotated[Reference, Path(description="As the other system has it.")]


@router.put(
    "/{system}/{kind}/{external_id}",
    status_code=201,
    summary="Name a thing by an external id",
    response_model=ExternalIdRead,
    responses={**problems(NotFound, ExternalIdTaken), 200: {"model": ExternalIdRead}},
)
async def name(
    system: System,
    kind: Kind,
    external_id: ExternalId,
    body: ExternalIdRequest,
    ctx: CanWritePersons,
) -> Response:
    """Say what another system calls an account, a person or a contact; said again it is 200.

    One external id names one thing of a kind; a thing may have up to 50.
    """
    named = Named(system=system, kind=kind, external_id=external_id)
    stored, new = await external_ids.name_thing(ctx, named, _thing(kind, body.id))
    return answer(_read(stored), status=201 if new else 200)


@router.get(
    "/{system}/{kind}/{external_id}",
    summary="Read what an external id names",
    response_model=ExternalIdRead,
    responses=problems(NotFound),
)
async def read(
    system: System, kind: Kind, external_id: ExternalId, ctx: CanReadPersons
) -> Response:
    """The thing another system calls so."""
    named = Named(system=system, kind=kind, external_id=external_id)
    return answer(_read(await external_ids.named_thing(ctx, named)))


@router.delete(
    "/{system}/{kind}/{external_id}",
    status_code=204,
    summary="End an external id",
    responses=problems(NotFound),
)
async def end(
    system: System, kind: Kind, external_id: ExternalId, ctx: CanWritePersons
) -> Response:
    """It names nothing any more, and may name another thing."""
    await external_ids.end_name(ctx, Named(system=system, kind=kind, external_id=external_id))
    return Response(status_code=204)


@router.get(
    "",
    summary="List a thing's external ids",
    response_model=ExternalIdsRead,
    responses=problems(NotFound),
)
async def find(id_: Annotated[ThingId, Query(alias="id")], ctx: CanReadPersons) -> Response:
    """What other systems call an account, a person or a contact."""
    kind = _KINDS[id_.partition("_")[0]]
    found = await external_ids.names_of(ctx, kind, decode(PREFIXES[kind], id_))
    return answer(ExternalIdsRead(data=list(map(_read, found))))


_KINDS = {PREFIXES[kind]: kind for kind in ExternalKind}


def _thing(kind: ExternalKind, text: str) -> UUID:
    try:
        return decode(PREFIXES[kind], text)
    except ValueError:
        detail = f"should be an id of the kind in the path, {PREFIXES[kind]}_…"
        raise InvalidInput.at("/id", detail) from None


def _read(one: StoredExternalId) -> ExternalIdRead:
    names = set(ExternalIdRead.model_fields) - {"id"}
    said = {name: getattr(one, name) for name in names}
    return ExternalIdRead.model_validate({**said, "id": encode(PREFIXES[one.kind], one.thing_id)})
