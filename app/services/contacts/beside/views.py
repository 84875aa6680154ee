"""Contacts as they are shown: with what each counts as, and with what stands beside it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.contact.effects import Effects, effects
from app.domain.errors import NotFound
from app.services.context import Context
from app.services.guards import known_account
from app.services.persons.external_ids import contacts_called
from app.storage.contacts import contacts, many
from app.storage.contacts.contacts import FindContacts, StoredContact
from app.storage.persons import persons

__all__ = [
    "ContactView",
    "FindContacts",
    "contacts_of",
    "find_contacts",
    "view_contact",
    "view_of",
    "views_by_id",
    "views_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A contact and what it counts as. `stopped`: accounts that a hold was asked for because of it.

    Of what was done just now alone, and nobody's who only reads it. `corrected_by`: who said last
    how it was in truth.
    """

    contact: StoredContact
    effects: Effects
    external_ids: tuple[tuple[str, str], ...] = ()  # system and id
    corrected_by: str | None = None
    stopped: frozenset[UUID] = frozenset()


async def views_of(ctx: Context, made: Sequence[StoredContact]) -> list[ContactView]:
    """Contacts with what stands beside them, in their order: read at once."""
    called = await contacts_called(ctx, [one.id for one in made])
    corrected = [one.id for one in made if one.corrections]
    by: Mapping[UUID, str | None] = {}
    if corrected:
        by = await many.correctors(ctx.tx, corrected)
    return [
        ContactView(
            contact=one,
            effects=effects(one.known()),
            external_ids=called.get(one.id, ()),
            corrected_by=by.get(one.id),
        )
        for one in made
    ]


async def view_of(ctx: Context, one: StoredContact) -> ContactView:
    """A contact with what stands beside it."""
    (view,) = await views_of(ctx, [one])
    return view


async def view_contact(ctx: Context, contact_id: UUID) -> ContactView:
    """A contact as it is said to have been. Raises `NotFound`."""
    stored = await contacts.read(ctx.tx, contact_id)
    if stored is None:
        raise NotFound(resource="contact", key=str(contact_id))
    return await view_of(ctx, stored)


async def views_by_id(ctx: Context, contact_ids: Collection[UUID]) -> dict[UUID, ContactView]:
    """Several contacts, by id; those there are."""
    found = await contacts.read_many(ctx.tx, contact_ids)
    return {one.contact.id: one for one in await views_of(ctx, list(found.values()))}


async def contacts_of(
    ctx: Context, asked: FindContacts, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[ContactView]:
    """Those of one account or person, the latest first. Raises `NotFound`."""
    if asked.account_id is not None:
        await known_account(ctx, asked.account_id)
    if asked.person_id is not None and await persons.read(ctx.tx, asked.person_id) is None:
        raise NotFound(resource="person", key=str(asked.person_id))
    return await find_contacts(ctx, asked, after=after, limit=limit)


async def find_contacts(
    ctx: Context, asked: FindContacts, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[ContactView]:
    """Contacts, the latest first."""
    return await views_of(ctx, await contacts.find(ctx.tx, asked, after=after, limit=limit))
