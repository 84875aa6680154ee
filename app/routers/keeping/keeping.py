"""What must be kept of an account, and what is forgotten of a person."""

from fastapi import APIRouter, Request, Response

from app.domain.errors import NotFound
from app.domain.refusals.keeping import OnLegalHold, Retention
from app.routers.contacts.contacts import contact_read
from app.routers.edge.deps import (
    CanErasePersons,
    CanKeepAccounts,
    CanReadAccounts,
    CanReadPersons,
)
from app.routers.edge.problems import answered, problems
from app.routers.edge.route import Operation, answer
from app.routers.persons.persons import person_read
from app.routers.persons.points import fact_read, point_read
from app.schemas.edge.ids import AccountId, LegalHoldId, PersonId, shown
from app.schemas.edge.types import Page
from app.schemas.keeping.keeping import (
    EraseRequest,
    ErasureRead,
    LegalHoldRead,
    LegalHoldReleaseRequest,
    LegalHoldRequest,
    PersonExportRead,
)
from app.services.keeping import erase, export, legal_holds

router = APIRouter(prefix="/v1", tags=["persons"], route_class=Operation)

_OF_A_MESSAGE = ("id", "account_id", "point_id", "channel", "purpose", "status", "locale")
_WORDS = ("sent_to", "subject", "text", "html")


@router.post(
    "/accounts/{account_id}/legal-holds",
    status_code=201,
    summary="Place a legal hold",
    response_model=LegalHoldRead,
    responses=problems(NotFound),
)
async def place(account_id: AccountId, body: LegalHoldRequest, ctx: CanKeepAccounts) -> Response:
    """Keep everything of the account: while it stands, its debtor is not erased."""
    hold = await legal_holds.place_legal_hold(
        ctx, account_id, matter=body.matter, from_on=body.from_on
    )
    return answer(LegalHoldRead.model_validate(hold), status=201)


@router.get(
    "/accounts/{account_id}/legal-holds",
    summary="List legal holds",
    response_model=Page[LegalHoldRead],
    responses=problems(NotFound),
)
async def find(account_id: AccountId, ctx: CanReadAccounts) -> Response:
    """All of the account's, oldest first, released ones too."""
    found = await legal_holds.legal_holds_of(ctx, account_id)
    data = [LegalHoldRead.model_validate(one) for one in found]
    return answer({"data": data, "next_cursor": None})


@router.post(
    "/accounts/{account_id}/legal-holds/{legal_hold_id}/release",
    summary="Release a legal hold",
    response_model=LegalHoldRead,
    responses=problems(NotFound),
)
async def release(
    account_id: AccountId,
    legal_hold_id: LegalHoldId,
    body: LegalHoldReleaseRequest,
    ctx: CanKeepAccounts,
) -> Response:
    """What it kept may be erased again, once its time is over."""
    hold = await legal_holds.release_legal_hold(ctx, account_id, legal_hold_id, reason=body.reason)
    return answer(LegalHoldRead.model_validate(hold))


@router.post(
    "/persons/{person_id}/erase",
    status_code=202,
    summary="Erase a person",
    response_model=ErasureRead,
    responses=problems(NotFound, Retention, OnLegalHold),
)
async def forget(
    person_id: PersonId, body: EraseRequest, ctx: CanErasePersons, request: Request
) -> Response:
    """Forget names, values, summaries and contents; ids, codes, hashes, days and money stay.

    Their numbers and addresses are suppressed by keyed hashes. Refused for three years after the
    last act of collection and while a legal hold stands; then it is taken down, and done by
    itself when its day comes.
    """
    try:
        done = await erase.ask_erasure(ctx, person_id, body.reason)
    except (Retention, OnLegalHold) as refusal:
        return answered(request, refusal)
    return answer(ErasureRead.model_validate(done), status=202)


@router.get(
    "/persons/{person_id}/export",
    summary="Export a person",
    response_model=PersonExportRead,
    responses=problems(NotFound),
)
async def export_(person_id: PersonId, ctx: CanReadPersons) -> Response:
    """All that is kept of a person in one document, for whoever asks what that is."""
    found = await export.export_person(ctx, person_id)
    messages = [
        {
            **{name: shown(name, getattr(one, name)) for name in _OF_A_MESSAGE[1:]},
            "id": shown("message_id", one.id),
            "asked_at": one.asked_at,
            **{name: getattr(said, name) if said else None for name in _WORDS},
        }
        for one, said in found.messages
    ]
    return answer(
        PersonExportRead(
            person=person_read(found.person),
            points=[point_read(one) for one in found.points],
            facts=[fact_read(one, found.words.get(one.id)) for one in found.facts],
            account_ids=found.account_ids,
            contacts=[contact_read(one) for one in found.contacts],
            messages=messages,
        )
    )
