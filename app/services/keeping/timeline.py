"""What happened with a person, or about an account, in one list: the newest first.

Contacts, messages, what people said and allowed, and the events of accounts, each thing once: that
a contact was recorded is no entry beside the contact. A page is bounded: it looks at a few more of
each source than it shows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.contact.gate.hours import local_times
from app.domain.contact.words import EntryKind
from app.domain.entries.events import EventType
from app.domain.errors import NotFound
from app.domain.persons.facts import PersonFact
from app.domain.values import asdict
from app.services.contacts.beside.linked import as_named
from app.services.contacts.beside.views import ContactView, FindContacts, find_contacts
from app.services.context import Context
from app.services.guards import known_account
from app.storage.books import events
from app.storage.books.events import RecordedEvent
from app.storage.keeping import erasures
from app.storage.messages import messages
from app.storage.messages.messages import FindMessages, StoredMessage
from app.storage.persons import facts, parties, persons

#: The accounts of one person that are looked at, the newest first.
MOST_ACCOUNTS = 20
#: The parties of one account whose words are looked at.
MOST_PERSONS = 20
_TOLD_BY = {
    EntryKind.CONTACT: EventType.CONTACT_RECORDED, EntryKind.MESSAGE: EventType.MESSAGE_CREATED,
}  # fmt: skip
_TICK = timedelta(microseconds=1)
#: Looked at of each source: what happens in one instant must fit in a page.
_LEAST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. `title`: a code; `about`: accounts; `id`: of what it is told by."""

    at: datetime
    kind: EntryKind
    title: str
    who: str | None
    id: UUID
    about: tuple[UUID, ...]
    data: dict[str, Any]


Page = tuple[list[Entry], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which page of a timeline: of these kinds, before an instant, of about this length."""

    kinds: Collection[EntryKind]
    before: datetime | None
    limit: int

    @property
    def until(self) -> datetime:
        return self.before or datetime.max.replace(tzinfo=UTC)

    @property
    def listed(self) -> Collection[EventType]:
        """What the feed is told of things that stand in the list themselves: each is there once."""
        return [told for kind, told in _TOLD_BY.items() if kind in self.kinds]

    @property
    def most(self) -> int:
        return max(self.limit, _LEAST) + 1


async def timeline_of(ctx: Context, person_id: UUID, asked: Asked) -> Page:
    """A page, and before which instant the next begins; None: that was all. Raises `NotFound`."""
    person = await persons.read(ctx.tx, person_id)
    if person is None:
        raise NotFound(resource="person", key=str(person_id))
    accounts = list[UUID]()
    if EntryKind.ACCOUNT in asked.kinds:
        owed = await erasures.accounts_of(ctx.tx, person.id)
        beside = await parties.accounts_of(ctx.tx, person.id)
        accounts = sorted({*owed, *beside}, reverse=True)[:MOST_ACCOUNTS]
    return await _page(
        ctx, asked, FindContacts(person_id=person.id, to_at=asked.until),
        FindMessages(person_id=person.id, to_at=asked.until), people=[person.id],
        accounts=accounts, with_persons=await persons.ids_of(ctx.tx, person.id),
    )  # fmt: skip


async def timeline_of_account(ctx: Context, account_id: UUID, asked: Asked) -> Page:
    """The same of an account: what its debtor and the other parties said, too. Raises `NotFound`.

    Days that nobody has closed yet are not among its events: those are told in their order alone.
    """
    account = await known_account(ctx, account_id)
    named = [one.person_id for one in await parties.of_account(ctx.tx, account_id)]
    if account.debtor_id is not None:
        named.insert(0, account.debtor_id)
    return await _page(
        ctx, asked, FindContacts(account_id=account_id, to_at=asked.until),
        FindMessages(account_id=account_id, to_at=asked.until),
        people=list(dict.fromkeys(named))[:MOST_PERSONS], accounts=[account_id],
    )  # fmt: skip


async def _page(
    ctx: Context,
    asked: Asked,
    made: FindContacts,
    sent: FindMessages,
    *,
    people: Sequence[UUID],
    accounts: Sequence[UUID],
    with_persons: Collection[UUID] | None = None,
) -> Page:
    """`with_persons`: with whom contacts and messages must have been to be listed themselves."""
    found = list[Entry]()
    if EntryKind.CONTACT in asked.kinds:
        views = await find_contacts(ctx, made, after=None, limit=asked.most)
        found += map(_of_contact, views)
    if EntryKind.MESSAGE in asked.kinds:
        found += map(_of_message, await messages.find(ctx.tx, sent, limit=asked.most))
    if EntryKind.PERSON in asked.kinds:
        for person_id in people:
            told = await facts.of_person(ctx.tx, person_id)
            said = [one for one in told if one.recorded_at < asked.until]
            found += map(_of_fact, said[-asked.most :])
    if EntryKind.ACCOUNT in asked.kinds:
        for account_id in accounts:
            told_of = await events.latest(
                ctx.tx, account_id, before=asked.until, limit=asked.most,
                but=asked.listed, with_persons=with_persons,
            )  # fmt: skip
            found += map(_of_event, told_of)
    return page_of(found, asked.limit)


def page_of(found: Iterable[Entry], limit: int) -> tuple[list[Entry], datetime | None]:
    """The newest of these, and before which instant the next page begins.

    What happened in one instant is told on one page: of a page that would end within, the instant
    is left for the next, or told whole where it is all there is.
    """
    ordered = sorted(found, key=lambda one: (one.at, one.kind, one.id), reverse=True)
    if len(ordered) <= limit:
        return ordered, None
    cut = ordered[limit].at
    page = [one for one in ordered[:limit] if one.at > cut]
    if page:
        return page, cut + _TICK
    whole = [one for one in ordered if one.at == cut]
    return whole, cut if len(whole) < len(ordered) else None


def _of_contact(view: ContactView) -> Entry:
    one = view.contact
    names = (
        "channel", "direction", "purpose", "outcome", "summary", "duration_seconds", "voided_on",
    )  # fmt: skip
    by = one.judged_by or {"policy": None, "zones": []}
    clocks = local_times(one.started_at, by["zones"])
    return Entry(
        at=one.started_at,
        kind=EntryKind.CONTACT,
        title=f"{one.channel}.{one.outcome or one.direction}",
        who=one.actor,
        id=one.id,
        about=one.account_ids,
        data={
            **{name: getattr(one, name) for name in names},
            "links": as_named(one.links),
            "outside": [reason["code"] for reason in one.outside],
            "policy": by["policy"],
            "local": [{"time_zone": name, "time": f"{local:%H:%M}"} for name, local in clocks],
            "corrected_by": view.corrected_by,
        },
    )


def _of_message(one: StoredMessage) -> Entry:
    names = ("channel", "purpose", "status", "template_key", "reason", "contact_id")
    return Entry(
        at=one.asked_at,
        kind=EntryKind.MESSAGE,
        title=f"message.{one.status}",
        who=one.actor,
        id=one.id,
        about=(one.account_id,),
        data={name: getattr(one, name) for name in names},
    )


def _of_fact(fact: PersonFact) -> Entry:
    said = {name.rstrip("_"): value for name, value in asdict(fact.body).items()}
    return Entry(
        at=fact.recorded_at,
        kind=EntryKind.PERSON,
        title=str(fact.kind),
        who=fact.actor,
        id=fact.id,
        about=tuple(said.get("account_ids") or ()),
        data={name: value for name, value in said.items() if value not in (None, False, ())},
    )


def _of_event(one: RecordedEvent) -> Entry:
    return Entry(
        at=one.occurred_at,
        kind=EntryKind.ACCOUNT,
        title=str(one.type),
        who=one.actor,
        id=one.id,
        about=() if one.account_id is None else (one.account_id,),
        data=dict(one.data),
    )
