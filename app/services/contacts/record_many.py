"""Many contacts at once: each taken down by itself, all judged once, when the last is in.

What a batch holds of a person is judged together: a verdict is told as it stands after the last of
them, whichever order they came in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.domain.entries.events import Event
from app.domain.errors import DomainError, NotFound
from app.domain.refusals.contacts import DecisionUsed
from app.domain.values import replace
from app.services.contacts.beside.linked import quotes_named
from app.services.contacts.beside.views import ContactView, views_by_id
from app.services.contacts.decide import USED
from app.services.contacts.record import RecordContact, prepared, said_by, store, the_same
from app.services.contacts.spoken import note_new
from app.services.contacts.verdicts import judge_many
from app.services.context import Context
from app.services.persons.external_ids import contacts_named, refuse_named
from app.services.persons.persons import named_actor
from app.services.telling.tell import tell_of_many
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import many
from app.storage.contacts.contacts import StoredContact
from app.storage.database.turns import in_turns
from app.storage.persons import persons, points
from app.storage.persons.persons import StoredPerson
from app.storage.persons.points import StoredPoint

#: Contacts made ready within one turn: a millisecond's work.
_PREPARED = 10


async def record_contacts(
    ctx: Context, commands: Sequence[RecordContact]
) -> list[tuple[ContactView, bool] | DomainError]:
    """A contact each, and whether it is new; one refused keeps no other from it.

    Every account is locked first, by its id, then the persons: one order for all. Raises
    `InvalidInput` where nobody says who acts.
    """
    kept = await keep_contacts(ctx, commands)
    ids = {one[0] for one in kept.made if isinstance(one, tuple)}
    told = await views_by_id(ctx, ids)
    return [
        one if isinstance(one, DomainError) else (_view(told[one[0]], kept, new=one[1]), one[1])
        for one in kept.made
    ]


def _view(view: ContactView, kept: "Kept", *, new: bool) -> ContactView:
    about = view.contact.account_ids if new else ()
    return replace(view, stopped=kept.stopped.intersection(about))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The id of each contact, and whether it is new; and the accounts that what they say stops."""

    made: Sequence[tuple[UUID, bool] | DomainError]
    stopped: frozenset[UUID]


async def keep_contacts(ctx: Context, commands: Sequence[RecordContact]) -> Kept:
    """The same for whoever does not look at them."""
    named_actor(ctx)
    batch = _Batch(
        ctx=ctx,
        about=await accounts.lock_many(
            ctx.tx, {id_ for one in commands for id_ in one.account_ids}
        ),
        people=await _lock_persons(ctx, (one.person_id for one in commands)),
        points=await points.read_many(
            ctx.tx, {one.point_id for one in commands if one.point_id and one.label is None}
        ),
        named=await contacts_named(ctx, {each for one in commands for each in one.external_ids}),
        had=await many.by_references(ctx.tx, {one.reference for one in commands if one.reference}),
        quoted=await quotes_named(ctx, [one.links for one in commands]),
    )
    taken = list[StoredContact | DomainError]()
    async for command in in_turns(commands, at_once=_PREPARED):
        try:
            taken.append(await batch.take(command))
        except DomainError as refusal:
            taken.append(refusal)
    stored = await store(ctx, list(batch.fresh.values()), batch.names)
    lost_to = stored.lost_to
    verdicts = await _judged(ctx, [one for id_, one in batch.fresh.items() if id_ not in lost_to])
    as_locked = {id_: one for id_, one in batch.about.items() if id_ not in stored.stopped}
    await tell_of_many(ctx, [*stored.told, *verdicts], locked=as_locked)
    await note_new(ctx, stored.known)
    results = list[tuple[UUID, bool] | DomainError]()
    seen = set[UUID]()
    for one in taken:
        if isinstance(one, DomainError):
            results.append(one)
            continue
        new = one.id in batch.fresh and one.id not in seen
        seen.add(one.id)
        results.append(_result(one, lost_to.get(one.id), new=new))
    return Kept(made=results, stopped=stored.stopped)


def _result(
    one: StoredContact, other: StoredContact | None, *, new: bool
) -> tuple[UUID, bool] | DomainError:
    """It; where another request has the reference meanwhile, what is there."""
    if other is None:
        return one.id, new
    try:
        return the_same(other, one.content_hash).id, False
    except DomainError as refusal:
        return refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What is locked and known of a batch, and the contacts of it that are to be stored."""

    ctx: Context
    about: Mapping[UUID, StoredAccount]
    people: Mapping[UUID, UUID]
    points: Mapping[UUID, StoredPoint]  # those that are named without what they are called
    quoted: Mapping[UUID, UUID]  # of the quotes that are named, the account of each
    had: dict[str, StoredContact]
    named: dict[tuple[str, str], UUID]  # by what other systems call it, the contact
    fresh: dict[UUID, StoredContact] = field(default_factory=dict)
    names: dict[UUID, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # of the fresh
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
            command = self._of_today(command, self.people[command.person_id])
        refuse_named(command.external_ids, self.named)
        made = await prepared(self.ctx, command, said, self.about, self.quoted)
        if made.decision_id in self.used:
            raise DecisionUsed(
                decision_id=made.decision_id,
                ended_because=USED,
                contact_id=self.used[made.decision_id],
            )
        self.fresh[made.id] = made
        self.names[made.id] = command.external_ids
        self.named.update(dict.fromkeys(command.external_ids, made.id))
        if made.decision_id is not None:
            self.used[made.decision_id] = made.id
        if made.reference is not None:
            self.had[made.reference] = made
        return made

    def _of_today(self, command: RecordContact, person_id: UUID) -> RecordContact:
        """With whom it was by their id of today, and what a point of theirs is called."""
        point = None if command.point_id is None else self.points.get(command.point_id)
        theirs = point is not None and self.people.get(point.person_id) == person_id
        label = point.label if point is not None and theirs else command.label
        return replace(command, person_id=person_id, label=label)


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


async def _judged(ctx: Context, made: Sequence[StoredContact]) -> list[tuple[UUID, Event]]:
    """Each person's anew from the first that was taken down; what is to be told of it."""
    by_person: dict[UUID, list[StoredContact]] = {}
    for one in made:
        if one.person_id is not None:
            by_person.setdefault(one.person_id, []).append(one)
    return await judge_many(ctx, by_person)
