"""Contacts of one account, and of one person about whatever account."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.routers.contacts.contacts import CONTACTS, contact_page, instant_of
from app.routers.edge.deps import CanReadContacts
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.contacts.contacts import ContactRead
from app.schemas.edge.ids import AccountId, PersonId
from app.schemas.edge.types import Page
from app.services.contacts.beside import views
from app.services.contacts.beside.views import FindContacts

router = APIRouter(prefix="/v1", tags=["contacts"], route_class=Operation)


@router.get(
    "/accounts/{account_id}/contacts",
    summary="List an account's contacts",
    response_model=Page[ContactRead],
    responses=problems(NotFound),
)
async def of_account(
    account_id: AccountId,
    ctx: CanReadContacts,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """What was done to reach anybody about the account, the latest first; what was voided, too."""
    after = instant_of(CONTACTS.read(cursor))
    asked = FindContacts(account_id=account_id)
    found = await views.contacts_of(ctx, asked, after=after, limit=limit + 1)
    return answer(contact_page(found, limit))


@router.get(
    "/persons/{person_id}/contacts",
    summary="List a person's contacts",
    response_model=Page[ContactRead],
    responses=problems(NotFound),
)
async def of_person(
    person_id: PersonId, ctx: CanReadContacts, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Contacts with a person, about all accounts in one list, the latest first."""
    after = instant_of(CONTACTS.read(cursor))
    asked = FindContacts(person_id=person_id)
    found = await views.contacts_of(ctx, asked, after=after, limit=limit + 1)
    return answer(contact_page(found, limit))
