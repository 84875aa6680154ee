"""What the events of a page are about, as it is today: accounts, persons and contacts.

A connector that hears of a change wants the thing, too; so it asks once a page and not once an
event. A page is bounded, and so is what it names.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from app.domain.contact.words import ExternalKind
from app.services.accounts.read import AccountView, views_of
from app.services.books.events import RecordedEvent
from app.services.contacts.beside.views import ContactView, views_by_id
from app.services.context import Context
from app.services.reading import readings_of
from app.storage.accounts import accounts
from app.storage.persons import persons
from app.storage.persons.persons import StoredPerson

#: By which members an event names a person and a contact.
_NAMES = {
    ExternalKind.PERSON: ("person_id", "into_person_id"),
    ExternalKind.CONTACT: ("contact_id",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """Each thing once, in the order of ids. Of persons who were merged, each as they are kept."""

    accounts: tuple[AccountView, ...] = ()
    persons: tuple[StoredPerson, ...] = ()
    contacts: tuple[ContactView, ...] = ()


async def expand_events(
    ctx: Context, events: Collection[RecordedEvent], kinds: Collection[ExternalKind]
) -> Expanded:
    """What these events are about, of the kinds that are asked for."""
    owing: tuple[AccountView, ...] = ()
    people: Iterable[StoredPerson] = ()
    made: Iterable[ContactView] = ()
    if ExternalKind.ACCOUNT in kinds:
        ids = {one.account_id for one in events if one.account_id is not None}
        stored = await accounts.read_many(ctx.tx, ids)
        owing = await views_of(ctx, await readings_of(ctx, tuple(stored.values())))
    if ExternalKind.PERSON in kinds:
        people = (await persons.read_many(ctx.tx, _named(events, ExternalKind.PERSON))).values()
    if ExternalKind.CONTACT in kinds:
        told = await views_by_id(ctx, set(_named(events, ExternalKind.CONTACT)))
        made = told.values()
    return Expanded(
        accounts=tuple(one for one in owing if one.placed),
        persons=tuple(sorted(people, key=lambda one: one.id)),
        contacts=tuple(sorted(made, key=lambda one: one.contact.id)),
    )


def _named(events: Iterable[RecordedEvent], kind: ExternalKind) -> Iterator[UUID]:
    for one in events:
        for name in _NAMES[kind]:
            if one.data.get(name) is not None:
                yield UUID(str(one.data[name]))
