"""Messages that persons send us: kept as contacts, and what they say is done at once.

A revocation binds from its commit, for every point with the sender's value: whose of them wrote,
nobody can know. Who is not known is kept, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.contact.opt_out_words import Meaning, meaning
from app.domain.contact.words import (
    Channel,
    Direction,
    Outcome,
    Purpose,
    RestrictionKind,
    Validity,
)
from app.domain.errors import InvalidInput, NotFound
from app.domain.persons.facts import Lifted, Revoked, Validated
from app.domain.persons.inbound import WRITTEN_FROM, taken
from app.domain.persons.standing import standing
from app.services.contact_policies import contact_policy_of
from app.services.contacts.record import RecordContact, record_contact
from app.services.contacts.spoken import note_spoken
from app.services.context import Context
from app.services.messages import intervening
from app.services.persons.persons import enter, locked, named_actor
from app.services.persons.values import normalized
from app.storage.accounts import accounts
from app.storage.contacts import contacts
from app.storage.contacts.contacts import StoredContact
from app.storage.keeping import erasures
from app.storage.messages import messages
from app.storage.persons import facts, parties, points
from app.storage.persons.points import StoredPoint

#: About how many of somebody's accounts a message is taken to be.
MOST_ACCOUNTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveMessage:
    """What a provider took in for us. `sender`: the address it came from."""

    channel: Channel
    sender: str
    recipient: str
    text: str
    received_at: datetime
    provider: str
    provider_id: str
    in_reply_to_provider_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of it. `done`: revocations, and lifts of opt-outs, by id."""

    contact_id: UUID
    person_id: UUID | None
    meaning: Meaning
    done: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _From:
    """Who wrote, by which point, about what; nobody, where the sender is not known."""

    holders: Sequence[StoredPoint]
    point: StoredPoint | None
    person_id: UUID | None
    account_ids: tuple[UUID, ...]


async def receive(ctx: Context, command: ReceiveMessage) -> tuple[Received, bool]:
    """Keep a message and do what it says; whether it is new. Raises `InvalidInput`.

    The same message of a provider is one, however often it is told.
    """
    named_actor(ctx)
    if command.received_at > ctx.instant:
        raise InvalidInput.at(
            "/received_at", f"must not lie after {ctx.instant:%Y-%m-%dT%H:%M:%SZ}"
        )
    reference = f"{command.provider}:{command.provider_id}"
    had = await contacts.by_reference(ctx.tx, reference)
    if had is not None:
        return _as_before(had), False
    came = await _from(ctx, command)
    said = meaning(command.text, await _own_words(ctx, came, command.received_at))
    take = taken(said)
    view, new = await record_contact(
        ctx,
        RecordContact(
            reference=reference,
            account_ids=came.account_ids,
            person_id=came.person_id,
            point_id=came.point.id if came.point else None,
            channel=command.channel,
            direction=Direction.IN,
            purpose=Purpose.REPLY,
            started_at=command.received_at,
            outcome=Outcome.RECEIVED,
            summary=command.text,
            needs_reading=take.needs_reading or came.person_id is None,
            more={"disclosures_given": [], "reading": {"meaning": str(said), "done": []}},
        ),
    )
    contact = view.contact
    if not new:
        return _as_before(contact), False
    await _believe(ctx, came)
    done = list[UUID]()
    if take.revokes:
        done = await _revoke(ctx, command, came, contact, provisional=take.provisional)
    elif take.resumes:
        done = await _resume(ctx, command, came, contact)
    reading = {"meaning": str(said), "done": [str(one) for one in done]}
    await contacts.amend(ctx.tx, contact.id, {"more": {**contact.more, "reading": reading}})
    return _received(contact, said, done), True


async def _from(ctx: Context, command: ReceiveMessage) -> _From:
    """Who it is from, everything that may be changed locked: accounts first, then persons."""
    kind = WRITTEN_FROM[command.channel]
    value = normalized(kind, command.sender) or normalized(kind, command.sender, country="US")
    holders = [] if value is None else await points.holders(ctx.tx, kind, value)
    answered = None
    if command.in_reply_to_provider_id is not None:
        answered = await messages.by_provider_id(
            ctx.tx, command.provider, command.in_reply_to_provider_id
        )
    mine = next((one for one in holders if answered and answered.point_id == one.id), None)
    point = mine or next(iter(holders), None)  # the one used last comes first
    about: tuple[UUID, ...] = ()
    if point is not None:
        about = await _about(ctx, point.person_id)
        if mine is not None and answered is not None:
            about = (answered.account_id,)
    elif answered is not None:  # somebody else has the message, and answered it
        about = (answered.account_id,)
    waiting = [
        account
        for one in holders
        for account in await messages.accounts_waiting(ctx.tx, one.person_id)
    ]
    await accounts.lock_many(ctx.tx, sorted({*about, *waiting}))
    for person_id in sorted({one.person_id for one in holders}):
        await locked(ctx, person_id, erased_too=True)
    whose = point.person_id if point else None
    return _From(holders=holders, point=point, person_id=whose, account_ids=about)


async def _about(ctx: Context, person_id: UUID) -> tuple[UUID, ...]:
    owed = await erasures.accounts_of(ctx.tx, person_id)
    beside = await parties.accounts_of(ctx.tx, person_id)
    return tuple(sorted({*owed, *beside}, reverse=True)[:MOST_ACCOUNTS])


async def _own_words(ctx: Context, came: _From, at: datetime) -> tuple[str, ...]:
    """The tenant's own words that stop alone, by the policy of what it is about."""
    account_id = next(iter(came.account_ids), None)
    account = None if account_id is None else await accounts.read(ctx.tx, account_id)
    if account is None:
        return ()
    policy = await contact_policy_of(ctx, account.policy_name, account.creditor_reference, at)
    words = policy.document.get("opt_out_words") or {}
    return tuple(word for each in words.values() for word in each)


async def _believe(ctx: Context, came: _From) -> None:
    """Whoever writes from a point can be reached by it."""
    if came.point is None or came.person_id is None:
        return
    person = await locked(ctx, came.person_id)
    stands = standing(await facts.of_person(ctx.tx, person.id))
    judged = next((one for one in stands.validity if one.point_id == came.point.id), None)
    if judged is not None and judged.validity in (Validity.INVALID, Validity.SUSPECT):
        valid = Validated(point_id=came.point.id, validity="valid", on=ctx.business_date)
        await enter(ctx, person, valid)


async def _revoke(
    ctx: Context,
    command: ReceiveMessage,
    came: _From,
    contact: StoredContact,
    *,
    provisional: bool,
) -> list[UUID]:
    """Take the channel back for every point with the value, and suppress what waits for it."""
    done = []
    for point in came.holders:
        body = Revoked(
            point_id=point.id,
            channels=(command.channel,),
            received_at=command.received_at,
            how="reply",
            provisional=provisional,
            contact_id=contact.id,
        )
        done.append((await intervening.revoke(ctx, point.id, body)).id)
    return done


async def _resume(
    ctx: Context, command: ReceiveMessage, came: _From, contact: StoredContact
) -> list[UUID]:
    """Lift what the sender's own point is opted out of by this channel, and no more."""
    if came.point is None or came.person_id is None:
        return []
    person = await locked(ctx, came.person_id)
    stands = standing(await facts.of_person(ctx.tx, person.id))
    lifted = list[UUID]()
    opted_out = {
        id_
        for id_, one in stands.restrictions
        if one.kind is RestrictionKind.OPT_OUT
        and one.point_id == came.point.id
        and one.channel is command.channel
        and one.until_at is None
    }
    for number, id_ in enumerate(sorted(opted_out)):
        body = Lifted(
            restriction_id=id_, at=ctx.instant, reason="asked to resume", said_by_person=True,
            contact_id=contact.id,
        )  # fmt: skip
        lifted.append((await enter(ctx, person, body, after=number)).id)
    return lifted


async def read_reply(
    ctx: Context, contact_id: UUID, *, undo_provisional: bool, reason: str
) -> StoredContact:
    """Somebody read it. They may undo that a clear word was taken for a revocation, and only that.

    Raises `NotFound`, `InvalidInput`.
    """
    named_actor(ctx)
    had = await contacts.read(ctx.tx, contact_id)
    if had is None or not had.needs_reading:
        raise NotFound(resource="contact", key=str(contact_id))
    reading = had.more.get("reading") or {}
    if undo_provisional and reading.get("meaning") != Meaning.PROVISIONAL:
        raise InvalidInput.at("/undo_provisional", "is said of what was taken provisionally")
    await accounts.lock_many(ctx.tx, had.account_ids)
    ids = [UUID(one) for one in reading.get("done", ())] if undo_provisional else []
    for id_ in ids:
        fact = await facts.read(ctx.tx, id_)
        if fact is None or fact.person_id is None:
            raise NotFound(resource="revocation", key=str(id_))
        person = await locked(ctx, fact.person_id)
        body = Lifted(
            restriction_id=id_, at=ctx.instant, reason=reason, said_by_person=False,
            contact_id=contact_id,
        )  # fmt: skip
        await enter(ctx, person, body)
    if had.read_at is not None:
        return had
    read = {"read_at": ctx.instant, "read_actor": ctx.actor}
    amended = await contacts.amend(ctx.tx, contact_id, read)
    await note_spoken(ctx, had.account_ids)
    return amended


def _as_before(had: StoredContact) -> Received:
    reading = had.more.get("reading") or {}
    done = [UUID(one) for one in reading.get("done", ())]
    return _received(had, Meaning(reading.get("meaning", Meaning.READ)), done)


def _received(contact: StoredContact, said: Meaning, done: Sequence[UUID]) -> Received:
    return Received(
        contact_id=contact.id, person_id=contact.person_id, meaning=said, done=tuple(done)
    )
