"""All that is kept of a person, for whoever asks what that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.persons.facts import PersonFact
from app.services.contacts.beside.views import ContactView, find_contacts
from app.services.context import Context
from app.services.persons.persons import PersonView, view_person
from app.services.persons.points import PointView, points_of
from app.storage.contacts.contacts import FindContacts
from app.storage.keeping import erasures
from app.storage.messages import contents, messages
from app.storage.messages.contents import StoredContent
from app.storage.messages.messages import FindMessages, StoredMessage
from app.storage.persons import facts, words

#: Rows of one kind read at once.
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A person with everything that refers to them."""

    person: PersonView
    points: list[PointView]
    facts: list[PersonFact]
    words: Mapping[UUID, Mapping[str, str]]  # by fact, what is kept of it apart
    account_ids: list[UUID]
    contacts: list[ContactView]
    messages: list[tuple[StoredMessage, StoredContent | None]]


async def export_person(ctx: Context, person_id: UUID) -> Export:
    """Everything there is. Raises `NotFound`."""
    person = await view_person(ctx, person_id)
    said = await facts.of_person(ctx.tx, person.person.id)
    return Export(
        person=person,
        points=await points_of(ctx, person.person.id),
        facts=said,
        words=await words.of_facts(ctx.tx, [one.id for one in said]),
        account_ids=await erasures.accounts_of(ctx.tx, person.person.id),
        contacts=await _contacts(ctx, person.person.id),
        messages=await _messages(ctx, person.person.id),
    )


async def _contacts(ctx: Context, person_id: UUID) -> list[ContactView]:
    found: list[ContactView] = []
    after: tuple[datetime, UUID] | None = None
    asked = FindContacts(person_id=person_id)
    while page := await find_contacts(ctx, asked, after=after, limit=_PAGE):
        found += page
        after = (page[-1].contact.started_at, page[-1].contact.id)
    return found


async def _messages(
    ctx: Context, person_id: UUID
) -> list[tuple[StoredMessage, StoredContent | None]]:
    found: list[tuple[StoredMessage, StoredContent | None]] = []
    after: tuple[datetime, UUID] | None = None
    while page := await messages.find(
        ctx.tx, FindMessages(person_id=person_id), after=after, limit=_PAGE
    ):
        found += [(one, await contents.read(ctx.tx, one.id)) for one in page]
        after = (page[-1].asked_at, page[-1].id)
    return found
