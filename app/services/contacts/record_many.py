"""Many contacts at once: each taken down by itself, all judged once, when the last is in.

What a batch holds of a person is judged together: a verdict is told as it stands after the last of
them, whichever order they came in.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from app.domain.errors import DomainError, NotFound
from app.domain.values import replace
from app.services.contacts.record import (
    ContactView,
    RecordContact,
    said_by,
    take_down,
    the_same,
    view_of,
)
from app.services.contacts.spoken import note_spoken
from app.services.contacts.verdicts import judge_since
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import contacts
from app.storage.contacts.contacts import StoredContact
from app.storage.database.turns import in_turns
from app.storage.persons import persons

Taken = tuple[StoredContact, bool]


async def record_contacts(
    ctx: Context, commands: Sequence[RecordContact]
) -> list[tuple[ContactView, bool] | DomainError]:
    """A contact each, and whether it is new; one refused keeps no other from it.

    Every account is locked first, by its id, then the persons: one order for all. Raises
    `InvalidInput` where nobody says who acts.
    """
    named_actor(ctx)
    about = await accounts.lock_many(ctx.tx, {id_ for one in commands for id_ in one.account_ids})
    people = await _lock_persons(ctx, (one.person_id for one in commands))
    had = await contacts.by_references(ctx.tx, {one.reference for one in commands if one.reference})
    taken = list[Taken | DomainError]()
    async for command in in_turns(commands):
        try:
            taken.append(await _taken(ctx, command, about, people, had))
        except DomainError as refusal:
            taken.append(refusal)
    made = [one[0] for one in taken if not isinstance(one, DomainError) and one[1]]
    await _judge(ctx, made)
    ids = {one[0].id for one in taken if not isinstance(one, DomainError)}
    stand = await contacts.read_many(ctx.tx, ids)
    return [
        one if isinstance(one, DomainError) else (view_of(stand[one[0].id]), one[1])
        for one in taken
    ]


async def _lock_persons(ctx: Context, named: Iterable[UUID | None]) -> dict[UUID, UUID]:
    """Under which id each of the persons is known today; erased ones are nobody."""
    found: dict[UUID, UUID] = {}
    for person_id in sorted({one for one in named if one is not None}):
        person = await persons.read(ctx.tx, person_id, lock=True)
        if person is not None and person.erased_at is None:
            found[person_id] = person.id
    return found


async def _taken(
    ctx: Context,
    command: RecordContact,
    about: Mapping[UUID, StoredAccount],
    people: Mapping[UUID, UUID],
    had: Mapping[str, StoredContact],
) -> Taken:
    said = said_by(command)
    before = had.get(command.reference) if command.reference else None
    if before is not None:
        return the_same(before, said), False
    missing = next((one for one in command.account_ids if one not in about), None)
    if missing is not None:
        raise NotFound(resource="account", key=str(missing))
    if command.person_id is None:
        return await take_down(ctx, command, said, about)
    if command.person_id not in people:
        raise NotFound(resource="person", key=str(command.person_id))
    command = replace(command, person_id=people[command.person_id])
    return await take_down(ctx, command, said, about)


async def _judge(ctx: Context, made: Sequence[StoredContact]) -> None:
    """Each person's anew from the first that was taken down, and what each account's say."""
    by_person: dict[UUID, list[StoredContact]] = {}
    for one in made:
        if one.person_id is not None:
            by_person.setdefault(one.person_id, []).append(one)
    for person_id, theirs in by_person.items():
        since = min(one.started_at for one in theirs)
        await judge_since(ctx, person_id, since, entered={one.id for one in theirs})
    await note_spoken(ctx, {id_ for one in made for id_ in one.account_ids})
