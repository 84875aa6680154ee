"""What other systems call our accounts, persons and contacts: one external id names one thing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.domain.contact.words import ExternalKind
from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.contacts import ExternalIdTaken
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.storage.accounts import accounts
from app.storage.contacts import contacts
from app.storage.ids import new_id
from app.storage.persons import external_ids, persons
from app.storage.persons.external_ids import StoredExternalId

__all__ = [
    "Named", "StoredExternalId", "contacts_called", "contacts_named", "end_name", "name_contacts",
    "name_thing", "named_thing", "names_of", "refuse_named",
]  # fmt: skip

#: As many systems and records may know one thing.
MOST_OF_ONE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An id in another system, and of which kind of ours the thing is that it names."""

    system: str
    kind: ExternalKind
    external_id: str


async def name_thing(ctx: Context, named: Named, thing_id: UUID) -> tuple[StoredExternalId, bool]:
    """Say that a system calls a thing so, and whether that is new.

    Raises `NotFound`, `InvalidInput`, `ExternalIdTaken`.
    """
    named_actor(ctx)
    known = await _lock(ctx, named.kind, thing_id)
    stored, new = await external_ids.add(
        ctx.tx,
        ctx.tenant_id,
        StoredExternalId(
            id=new_id(),
            system=named.system,
            kind=named.kind,
            external_id=named.external_id,
            thing_id=known,
            recorded_at=ctx.instant,
            actor=ctx.actor,
            role=str(ctx.role),
            key_id=ctx.key_id,
            origin=ctx.origin,
        ),
    )
    if await _today(ctx, stored) != known:
        raise ExternalIdTaken(
            system=named.system,
            external_id=named.external_id,
            **{f"existing_{named.kind}_id": stored.thing_id},
        )
    if new and len(await _names(ctx, named.kind, known, MOST_OF_ONE + 1)) > MOST_OF_ONE:
        raise InvalidInput.at("/id", f"has {MOST_OF_ONE} external ids, as many as one may have")
    return stored, new


async def contacts_named(
    ctx: Context, said: Collection[tuple[str, str]]
) -> dict[tuple[str, str], UUID]:
    """Which contacts have these ids (system, id) in other systems, as far as any has."""
    return await external_ids.taken(ctx.tx, ExternalKind.CONTACT, said)


def refuse_named(
    said: Iterable[tuple[str, str]], taken: Mapping[tuple[str, str], UUID]
) -> None:  # fmt: skip
    """Raises `ExternalIdTaken` where one of these names something."""
    for system, external_id in said:
        contact_id = taken.get((system, external_id))
        if contact_id is not None:
            raise ExternalIdTaken(
                system=system, external_id=external_id, existing_contact_id=contact_id
            )


async def name_contacts(ctx: Context, said: Mapping[UUID, Collection[tuple[str, str]]]) -> None:
    """Say what other systems call contacts that are new.

    Raises `Unavailable` where another request named something so meanwhile.
    """
    made = [
        StoredExternalId(
            id=new_id(),
            system=system,
            kind=ExternalKind.CONTACT,
            external_id=external_id,
            thing_id=contact_id,
            recorded_at=ctx.instant,
            actor=ctx.actor,
            role=str(ctx.role),
            key_id=ctx.key_id,
            origin=ctx.origin,
        )
        for contact_id, names in said.items()
        for system, external_id in dict.fromkeys(names)
    ]
    await external_ids.add_many(ctx.tx, ctx.tenant_id, made)


async def contacts_called(
    ctx: Context, contact_ids: Collection[UUID]
) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """What others call these contacts: system and id, in the order it was said."""
    found: dict[UUID, tuple[tuple[str, str], ...]] = {}
    if contact_ids:
        most = MOST_OF_ONE * len(contact_ids)
        named = await external_ids.of_things(ctx.tx, ExternalKind.CONTACT, contact_ids, limit=most)
        for one in named:
            names = found.get(one.thing_id, ())
            found[one.thing_id] = (*names, (one.system, one.external_id))
    return found


async def named_thing(ctx: Context, named: Named) -> StoredExternalId:
    """What an external id names. Raises `NotFound`."""
    found = await external_ids.read(ctx.tx, named.system, named.kind, named.external_id)
    if found is None:
        raise NotFound(resource="external id", key=named.external_id)
    return found


async def names_of(ctx: Context, kind: ExternalKind, thing_id: UUID) -> list[StoredExternalId]:
    """What a thing is called; of a person under every id of theirs. Raises `NotFound`."""
    return await _names(ctx, kind, await _known(ctx, kind, thing_id), MOST_OF_ONE)


async def end_name(ctx: Context, named: Named) -> None:
    """Let an external id name nothing, so that it may name another thing. Raises `NotFound`."""
    named_actor(ctx)
    if not await external_ids.end(
        ctx.tx, named.system, named.kind, named.external_id, at=ctx.instant, actor=ctx.actor
    ):
        raise NotFound(resource="external id", key=named.external_id)


async def _names(
    ctx: Context, kind: ExternalKind, thing_id: UUID, limit: int
) -> list[StoredExternalId]:
    ids = [thing_id]
    if kind is ExternalKind.PERSON:
        ids = await persons.ids_of(ctx.tx, thing_id)
    return await external_ids.of_things(ctx.tx, kind, ids, limit=limit)


async def _today(ctx: Context, stored: StoredExternalId) -> UUID:
    """What it names now: for a person who was merged, the one they stand for."""
    if stored.kind != ExternalKind.PERSON:
        return stored.thing_id
    person = await persons.read(ctx.tx, stored.thing_id)
    return stored.thing_id if person is None else person.id


async def _lock(ctx: Context, kind: ExternalKind, thing_id: UUID) -> UUID:
    """The thing, locked, so that nobody erases it or names it meanwhile. Raises `NotFound`."""
    return await _known(ctx, kind, thing_id, lock=True)


async def _known(ctx: Context, kind: ExternalKind, thing_id: UUID, *, lock: bool = False) -> UUID:
    found: UUID | None = None
    match kind:
        case ExternalKind.ACCOUNT:
            read = accounts.lock if lock else accounts.read
            account = await read(ctx.tx, thing_id)
            found = None if account is None else account.id
        case ExternalKind.CONTACT:
            contact = await contacts.read(ctx.tx, thing_id, lock=lock)
            found = None if contact is None else contact.id
        case ExternalKind.PERSON:
            person = await persons.read(ctx.tx, thing_id, lock=lock)
            found = None if person is None or person.erased_at is not None else person.id
    if found is None:
        raise NotFound(resource=str(kind), key=str(thing_id))
    return found
