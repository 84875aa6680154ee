"""Contacts: recorded as they happened, corrected, voided, found."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.domain.contact.gate.hours import local_times
from app.domain.contact.words import Channel, Direction, Outcome
from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.commands import BatchRefused, ReferenceTaken
from app.domain.refusals.contacts import DecisionUsed, ExternalIdTaken
from app.domain.values import asdict
from app.routers.edge import batches
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanReadContacts, CanWriteContacts
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.contacts.contacts import (
    ContactBatchRead,
    ContactBatchRequest,
    ContactCorrection,
    ContactRead,
    ContactReadRequest,
    ContactRequest,
    ContactVoid,
    more_of,
    named_by,
    voicemail_of,
)
from app.schemas.contacts.kept_elsewhere import kept_elsewhere
from app.schemas.edge.ids import AccountId, ContactId, PersonId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Page
from app.schemas.edge.words import Reference
from app.services.contacts.beside import views
from app.services.contacts.beside.linked import LINKED, as_named
from app.services.contacts.beside.views import ContactView, FindContacts
from app.services.contacts.record import RecordContact
from app.services.messages.incoming import inbound, written

router = APIRouter(prefix="/v1/contacts", tags=["contacts"], route_class=Operation)

CONTACTS = Keyset("contacts", str, UUID)
_ENTERED = Keyset("contacts entered", str, UUID)
_KEPT_ELSEWHERE = {"recording", "attachments"}
_APART = {
    "voicemail", "place", "links", "disclosures_given", "external_ids", *_KEPT_ELSEWHERE,
}  # fmt: skip
_WORKED_OUT = {"judged", "effects", "local", "corrected_by"}


@router.post(
    "",
    status_code=201,
    summary="Record a contact",
    response_model=ContactRead,
    responses={
        **problems(NotFound, ReferenceTaken, DecisionUsed, ExternalIdTaken),
        200: {"model": ContactRead},
    },
)  # fmt: skip
async def post(body: ContactRequest, ctx: CanWriteContacts) -> Response:
    """A contact as it was made, judged by all that is known; outside the rules it is kept, too.

    The same reference with the same content answers 200 with the contact there is.
    """
    view, new = await written.record_contact(ctx, _command(body))
    return answer(contact_read(view), status=201 if new else 200)


@router.post(
    "/batch",
    summary="Record contacts",
    response_model=ContactBatchRead,
    responses=problems(BatchRefused),
)
@holds_many
async def post_many(body: ContactBatchRequest, ctx: CanWriteContacts, request: Request) -> Response:
    """Up to 1,000 contacts in one transaction, with a result for each, in their order.

    `continue` records those that can be; `atomic` all or, when one is refused, none, and answers
    409 `batch-refused` with every item's result. Pointers begin with `/items/<n>`. Each is judged
    by all that is known once the last is in.
    """
    return await batches.run(
        request,
        body.mode,
        body.items,
        body=ContactRequest,
        command=_command,
        execute=partial(written.record_contacts, ctx),
        show=lambda one: {"status": 201 if one[1] else 200, "contact": contact_read(one[0])},
    )


def _command(body: ContactRequest) -> RecordContact:
    given = {
        name: getattr(body, name) for name in ContactRequest.model_fields if name not in _APART
    }
    elements = tuple(sorted(set(body.voicemail.elements))) if body.voicemail else None
    names = tuple(sorted({(one.system, one.id) for one in body.external_ids}))
    return RecordContact(
        **given,
        voicemail_elements=elements,
        label=body.place,
        links=named_by(body.links),
        more=more_of(body),
        external_ids=names,
    )


@router.get("", summary="List contacts", response_model=Page[ContactRead])
async def find(
    ctx: CanReadContacts,
    *,
    account_id: Annotated[AccountId | None, Query(description="About this account.")] = None,
    person_id: Annotated[PersonId | None, Query(description="With this person.")] = None,
    channel: Annotated[Channel | None, Query(description="By this channel.")] = None,
    direction: Annotated[Direction | None, Query(description="In or out.")] = None,
    outcome: Annotated[Outcome | None, Query(description="With this outcome.")] = None,
    actor: Annotated[Reference | None, Query(description="Who took it down.")] = None,
    outside: Annotated[bool | None, Query(description="Whether it was outside the rules.")] = None,
    entered_after: Annotated[
        Instant | None, Query(description="Taken down after then, whenever it began.")
    ] = None,
    from_: Annotated[
        Instant | None, Query(alias="from", description="Begun then or later.")
    ] = None,
    to: Annotated[Instant | None, Query(description="Begun before then.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Contacts, the latest first; those voided, too.

    With `entered_after` in the order they were taken down, the first of them first.
    """
    pages = CONTACTS if entered_after is None else _ENTERED
    key = pages.read(cursor)
    asked = FindContacts(
        account_id=account_id, person_id=person_id, channel=channel, direction=direction,
        outcome=outcome, actor=actor, outside=outside, from_at=from_, to_at=to,
        entered_after=entered_after,
    )  # fmt: skip
    found = await views.find_contacts(ctx, asked, after=instant_of(key), limit=limit + 1)
    return answer(contact_page(found, limit, pages))


def contact_page(found: list[ContactView], limit: int, pages: Keyset = CONTACTS) -> dict[str, Any]:
    """A page of contacts, one more than it shows having been asked for."""

    def place(view: ContactView) -> tuple[str, UUID]:
        one = view.contact
        at = one.started_at if pages is CONTACTS else one.entered_at
        return at.isoformat(), one.id

    page, next_cursor = pages.cut(found, limit, key=place)
    return {"data": [contact_read(one) for one in page], "next_cursor": next_cursor}


def instant_of(key: tuple[Any, ...] | None) -> tuple[datetime, UUID] | None:
    """After which contact a page begins. Raises `InvalidInput`."""
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]), key[1]
    except ValueError as error:
        raise InvalidInput.at("?cursor", "is not a cursor this list gave") from error


@router.get(
    "/{contact_id}",
    summary="Read a contact",
    response_model=ContactRead,
    responses=problems(NotFound),
)
async def read(contact_id: ContactId, ctx: CanReadContacts) -> Response:
    """A contact by all its corrections, and its verdict by all that is known now."""
    return answer(contact_read(await views.view_contact(ctx, contact_id)))


@router.post(
    "/{contact_id}/corrections",
    status_code=201,
    summary="Correct a contact",
    response_model=ContactRead,
    responses=problems(NotFound),
)
async def correct(
    contact_id: ContactId, body: ContactCorrection, ctx: CanWriteContacts
) -> Response:
    """How it was in truth. What was said before stays as a fact; what came after is judged anew."""
    values: dict[str, Any] = {
        name: getattr(body, name)
        for name in body.model_fields_set - _KEPT_ELSEWHERE
        if name not in {"reason", "links"}
    }
    if "links" in body.model_fields_set:
        values["links"] = named_by(body.links)
    if files := kept_elsewhere(body.recording, body.attachments or ()):
        values["more"] = files
    view = await written.correct_contact(ctx, contact_id, values, body.reason)
    return answer(contact_read(view), status=201)


@router.post(
    "/{contact_id}/void",
    status_code=201,
    summary="Void a contact",
    response_model=ContactRead,
    responses=problems(NotFound),
)
async def void(contact_id: ContactId, body: ContactVoid, ctx: CanWriteContacts) -> Response:
    """It never was: it counts on no day, and what came after it is judged anew."""
    view = await written.void_contact(ctx, contact_id, body.reason)
    return answer(contact_read(view), status=201)


@router.post(
    "/{contact_id}/read",
    summary="Say that a reply was read",
    response_model=ContactRead,
    responses=problems(NotFound),
)
async def mark_read(
    contact_id: ContactId, body: ContactReadRequest, ctx: CanWriteContacts
) -> Response:
    """Nothing waits for it any more. What was taken provisionally may be undone, nothing else."""
    done = await inbound.read_reply(
        ctx, contact_id, undo_provisional=body.undo_provisional, reason=body.reason
    )
    return answer(contact_read(await views.view_contact(ctx, done.id)))


def contact_read(view: ContactView) -> ContactRead:
    """A contact as clients see one."""
    contact = view.contact
    names = set(ContactRead.model_fields) - _APART - _WORKED_OUT
    by = contact.judged_by or {"policy": None, "zones": []}
    return ContactRead.model_validate(
        {
            **{name: getattr(contact, name) for name in names},
            "account_ids": list(contact.account_ids),
            "disclosures_given": contact.more.get("disclosures_given", []),
            "recording": contact.more.get("recording"),
            "attachments": contact.more.get("attachments", []),
            "voicemail": voicemail_of(contact.more, limited_content=contact.limited_content),
            "place": contact.label,
            "links": {**dict.fromkeys(LINKED), **as_named(contact.links)},
            "external_ids": [{"system": one, "id": id_} for one, id_ in view.external_ids],
            "judged": {
                "outside": [
                    {
                        **one,
                        "account_id": UUID(one["account_id"]),
                        "counted": [UUID(id_) for id_ in one.get("counted", ())],
                    }
                    for one in contact.outside
                ],
                "policy": by["policy"],
            },
            "local": [
                {"time_zone": name, "time": f"{local:%H:%M}"}
                for name, local in local_times(contact.started_at, by["zones"])
            ],
            "corrected_by": view.corrected_by,
            "effects": {
                **dict.fromkeys(("attempt", "communication", "counts", "cooldown"), False),
                "point": None,
                **asdict(view.effects),
            },
        }
    )
