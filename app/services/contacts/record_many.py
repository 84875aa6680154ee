"""Many contacts at once: each taken down by itself, all judged once, when the last is in.

What a batch holds of a person is judged together: a verdict is told as it stands after the last of
them, whichever order they came in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.domain.errors import DomainError, NotFound
from app.domain.refusals.contacts import DecisionUsed
from app.domain.values import replace
from app.services.contacts.decide import USED
from app.services.contacts.record import (
    ContactView,
    RecordContact,
    prepared,
    said_by,
    store,
    the_same,
    view_of,
)
from app.services.contacts.spoken import note_spoken
from app.services.contacts.verdicts import judge_many
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import contacts
from app.storage.contacts.contacts import StoredContact
from app.storage.database.turns import in_turns
from app.storage.persons import persons
from app.storage.persons.persons import StoredPerson


async def record_contacts(
    ctx: Context, commands: Sequence[RecordContact]
) -> list[tuple[ContactView, bool] | DomainError]:
    """A contact each, and whether it is new; one refused keeps no other from it.

    Every account is locked first, by its id, then the persons: one order for all. Raises
    `InvalidInput` where nobody says who acts.
    """
    named_actor(ctx)
    batch = _Batch(
        ctx=ctx,
        about=await accounts.lock_many(
            ctx.tx, {id_ for one in commands for id_ in one.account_ids}
        ),
        people=await _lock_persons(ctx, (one.person_id for one in commands)),
        had=await contacts.by_references(
            ctx.tx, {one.reference for one in commands if one.reference}
        ),
    )
    taken = list[StoredContact | DomainError]()
    async for command in in_turns(commands):
        try:
            taken.append(await batch.take(command))
        except DomainError as refusal:
            taken.append(refusal)
    lost_to = await store(ctx, list(batch.fresh.values()))
    await _judge(ctx, [one for id_, one in batch.fresh.items() if lost_to.get(id_) is None])
    told = await contacts.read_many(
        ctx.tx, {one.id for one in taken if isinstance(one, StoredContact)}
    )
    results = list[tuple[ContactView, bool] | DomainError]()
    seen = set[UUID]()
    for one in taken:
        if isinstance(one, DomainError):
            results.append(one)
            continue
        new = one.id in batch.fresh and one.id not in seen
        seen.add(one.id)
        results.append(_result(one, told, lost_to, new=new))
    return results


def _result(
    one: StoredContact,
    told: Mapping[UUID, StoredContact],
    lost_to: Mapping[UUID, StoredContact],
    *,
    new: bool,
) -> tuple[ContactView, bool] | DomainError:
    """As it stands now; where another request has the reference meanwhile, what is there."""
    other = lost_to.get(one.id)
    if other is None:
        return view_of(told[one.id]), new
    try:
        return view_of(the_same(other, one.content_hash)), False
    except DomainError as refusal:
        return refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What is locked and known of a batch, and the contacts of it that are to be stored."""

    ctx: Context
    about: Mapping[UUID, StoredAccount]
    people: Mapping[UUID, UUID]
    had: dict[str, StoredContact]
    fresh: dict[UUID, StoredContact] = field(default_factory=dict)
    used: dict[UUID, UUID] = field(default_factory=dict)  # by decision, the contact that names it

    async def take(self, command: RecordContact) -> StoredContact:
        """The contact there is, or that is to be stored. Raises what `prepared` does."""
        said = said_by(command)
        before = self.had.get(command.reference) if command.reference else None
        if before is not None:
            return the_same(before, said)
        missing = next((one for one in command.account_ids if one not in self.about), None)
        if missing is not None:
            raise NotFound(resource="account", key=str(missing))
        if command.person_id is not None:
            if command.person_id not in self.people:
                raise NotFound(resource="person", key=str(command.person_id))
            command = replace(command, person_id=self.people[command.person_id])
        made = await prepared(self.ctx, command, said, self.about)
        if made.decision_id in self.used:
            raise DecisionUsed(
                decision_id=made.decision_id,
                ended_because=USED,
                contact_id=self.used[made.decision_id],
            )
        self.fresh[made.id] = made
        if made.decision_id is not None:
            self.used[made.decision_id] = made.id
        if made.reference is not None:
            self.had[made.reference] = made
        return made


async def _lock_persons(ctx: Context, named: Iterable[UUID | None]) -> dict[UUID, UUID]:
    """Under which id each of the persons is known today; erased ones are nobody."""
    wanted = sorted({one for one in named if one is not None})
    locked: dict[UUID, StoredPerson | None] = {**await persons.lock_many(ctx.tx, wanted)}
    for person_id in wanted:
        if person_id not in locked:  # merged, or nobody
            locked[person_id] = await persons.read(ctx.tx, person_id, lock=True)
    return {
        person_id: person.id
        for person_id, person in locked.items()
        if person is not None and person.erased_at is None
    }


async def _judge(ctx: Context, made: Sequence[StoredContact]) -> None:
    """Each person's anew from the first that was taken down, and what each account's say."""
    by_person: dict[UUID, list[StoredContact]] = {}
    for one in made:
        if one.person_id is not None:
            by_person.setdefault(one.person_id, []).append(one)
    await judge_many(ctx, by_person)
    await note_spoken(ctx, {id_ for one in made for id_ in one.account_ids})
