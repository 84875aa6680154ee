"""Parties of an account, and persons who turned out to be one."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.contacts import NotMergeable
from app.routers.edge.deps import (
    CanReadPersons,
    CanWritePersons,
)
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.persons.persons import person_read
from app.schemas.edge.ids import AccountId, PartyId, PersonId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Page
from app.schemas.persons.parties import PartyEndRequest, PartyRead, PartyRequest
from app.schemas.persons.persons import MergeRequest, PersonRead
from app.services.contacts.merge import merge_persons
from app.services.persons import parties
from app.services.persons.parties import AddParty, PartyView, described

router = APIRouter(prefix="/v1", tags=["persons"], route_class=Operation)


@router.post(
    "/accounts/{account_id}/parties",
    status_code=201,
    summary="Add a party",
    response_model=PartyRead,
    responses=problems(NotFound),
)
async def add(account_id: AccountId, body: PartyRequest, ctx: CanWritePersons) -> Response:
    """Somebody who has to do with the account. Whom the law calls a consumer, the role says.

    Nobody else hears of the debt; the gate judges contacts with each by their role.
    """
    command = AddParty(
        account_id=account_id,
        role=body.role,
        person_id=body.person_id,
        person=described(body.role, **dict(body.person)) if body.person else None,
        from_on=body.from_on,
        note=body.note,
    )
    return answer(_read(await parties.add_party(ctx, command)), status=201)


@router.get(
    "/accounts/{account_id}/parties",
    summary="List parties",
    response_model=Page[PartyRead],
    responses=problems(NotFound),
)
async def find(
    account_id: AccountId,
    ctx: CanReadPersons,
    *,
    as_of: Annotated[Date | None, Query(description="Default: the business date.")] = None,
) -> Response:
    """Who has to do with the account on a day, the debtor first; at most fifty."""
    on: date = as_of or ctx.business_date
    found = await parties.parties_of(ctx, account_id, as_of=on)
    return answer({"data": [_read(one) for one in found], "next_cursor": None})


@router.post(
    "/accounts/{account_id}/parties/{party_id}/end",
    summary="End a party",
    response_model=PartyRead,
    responses=problems(NotFound),
)
async def end(
    account_id: AccountId, party_id: PartyId, body: PartyEndRequest, ctx: CanWritePersons
) -> Response:
    """They have to do with it no longer, from that day on."""
    ended = await parties.end_party(ctx, account_id, party_id, on=body.on, reason=body.reason)
    return answer(_read(ended))


@router.post(
    "/persons/{person_id}/merge",
    summary="Merge a person into another",
    response_model=PersonRead,
    responses=problems(NotFound, NotMergeable),
)
async def merge(person_id: PersonId, body: MergeRequest, ctx: CanWritePersons) -> Response:
    """Two were one: the id in the path stays valid, and names the other from now on.

    What was said of both counts for both: restrictions and revocations for every account, a
    consent for the accounts it was given for. Refused across debtors and third parties.
    """
    view = await merge_persons(ctx, person_id, into=body.into, reason=body.reason)
    return answer(person_read(view), version=view.person.version)


def _read(view: PartyView) -> PartyRead:
    own = {name: getattr(view, name) for name in PartyRead.model_fields if name != "role"}
    return PartyRead.model_validate({**own, "role": view.party_role})
