"""Contacts as they were made: recorded, corrected, voided, and judged by all that is known now.

A contact outside the rules is recorded like any other: it happened. It counts at the instant it
began, so whatever comes after it is judged anew.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.contact import outcomes
from app.domain.contact.effects import effects
from app.domain.contact.known import Contact
from app.domain.contact.validation import in_writing
from app.domain.contact.voicemail import is_limited_content
from app.domain.contact.words import Channel, Direction, Outcome, Purpose, Saying
from app.domain.entries.contacts import recorded
from app.domain.entries.events import Event
from app.domain.errors import InvalidInput, NotFound
from app.domain.persons.facts import Validated
from app.domain.refusals.commands import ReferenceTaken
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of
from app.services.contacts.beside.linked import Links, as_kept, check_links, quotes_named
from app.services.contacts.beside.views import ContactView, view_contact, view_of
from app.services.contacts.decide import USED, refuse_used
from app.services.contacts.disputes import Said, follow_sayings
from app.services.contacts.spoken import note_new
from app.services.contacts.telling import seen_of, told_of
from app.services.contacts.validating import follow_new
from app.services.contacts.verdicts import judge_since, stamp
from app.services.context import Context
from app.services.persons.external_ids import contacts_named, name_contacts, refuse_named
from app.services.persons.persons import enter_many, locked, named_actor
from app.services.persons.points import find_point, known_point
from app.services.references import content_hash
from app.services.telling.tell import tell_of_many
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import contacts, decisions, many
from app.storage.contacts.contacts import StoredContact
from app.storage.ids import new_id
from app.storage.persons import persons, points


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact:
    """A contact as somebody says it was. `more`: what no rule asks."""

    account_ids: tuple[UUID, ...]
    channel: Channel
    direction: Direction
    started_at: datetime
    purpose: Purpose = Purpose.COLLECTION
    reference: str | None = None
    person_id: UUID | None = None
    point_id: UUID | None = None
    duration_seconds: int | None = None
    outcome: Outcome | None = None
    label: str | None = None
    right_party: bool | None = None
    with_consent_id: UUID | None = None
    decision_id: UUID | None = None
    in_reply_to: UUID | None = None
    voicemail_elements: tuple[str, ...] | None = None
    disposition: str | None = None
    language: str | None = None
    summary: str | None = None
    needs_reading: bool = False
    says: tuple[Saying, ...] = ()
    actor: str | None = None  # who made it, where that is not who takes it down
    external_ids: tuple[tuple[str, str], ...] = ()  # system and id: what others call it
    links: Links = field(default_factory=dict)
    more: Mapping[str, Any]


_NOT_SAID = {"needs_reading", "says", "actor", "external_ids", "links", "more"}
#: What of `more` a voicemail said: its elements are said by themselves, too.
VOICEMAIL = "voicemail"
_HASHED = tuple(one.name for one in fields(RecordContact) if one.name not in _NOT_SAID)


async def record_contact(ctx: Context, command: RecordContact) -> tuple[ContactView, bool]:
    """The contact, and whether it is new.

    The same reference with the same content answers the contact there is. Raises `NotFound`,
    `InvalidInput`, `ReferenceTaken`, `DecisionUsed`, `ExternalIdTaken`.
    """
    named_actor(ctx)
    said = said_by(command)
    had = await _known(ctx, command, said)
    if had is not None:
        return had, False
    about, person_id = await lock_about(ctx, command.account_ids, command.person_id)
    quoted = await quotes_named(ctx, [command.links])
    contact = await prepared(ctx, replace(command, person_id=person_id), said, about, quoted)
    refuse_named(command.external_ids, await contacts_named(ctx, command.external_ids))
    stored = await store(ctx, [contact], {contact.id: command.external_ids})
    lost_to = stored.lost_to.get(contact.id)
    if lost_to is not None:
        return await view_of(ctx, the_same(lost_to, said)), False
    verdicts = await judge_since(ctx, contact.person_id, contact.started_at, new={contact.id})
    await tell_of_many(ctx, [*stored.told, *verdicts])
    await note_new(ctx, stored.known)
    return replace(await view_contact(ctx, contact.id), stopped=stored.stopped), True


def said_by(command: RecordContact) -> bytes:
    """What makes two recordings of one reference the same."""
    said = [getattr(command, name) for name in _HASHED]
    more = {name: value for name, value in command.more.items() if name != VOICEMAIL}
    says = ({"says": sorted(command.says)},) if command.says else ()  # as before there was such
    links = ({"links": as_kept(command.links)},) if command.links else ()
    return content_hash(*said, more, *says, *links, *command.external_ids)


async def _known(ctx: Context, command: RecordContact, said: bytes) -> ContactView | None:
    """What was recorded under its reference before. Raises `ReferenceTaken`."""
    if command.reference is None:
        return None
    had = await contacts.by_reference(ctx.tx, command.reference)
    return None if had is None else await view_of(ctx, the_same(had, said))


async def prepared(
    ctx: Context,
    command: RecordContact,
    said: bytes,
    about: Mapping[UUID, StoredAccount],
    quoted: Mapping[UUID, UUID],
) -> StoredContact:
    """A contact of locked accounts and a locked person as it is to be stored; nothing is written.

    `quoted`: of the quotes that it names, the account of each. Raises `NotFound`,
    `InvalidInput`, `DecisionUsed`.
    """
    if command.started_at > ctx.instant:
        raise InvalidInput.at("/started_at", f"must not lie after {ctx.instant:%Y-%m-%dT%H:%M:%SZ}")
    check_says(command.says, command.channel, command.direction)
    check_links(command.links, [about[one] for one in command.account_ids], quoted)
    command = await _with_outcome(ctx, command, about)
    label = command.label or await _label(ctx, command)
    contact = _stored(ctx, replace(command, label=label), said)
    await _check_decision(ctx, contact)
    return contact


def check_says(says: Collection[str], channel: Channel, direction: Direction) -> None:
    """Raises `InvalidInput` for what was not said in writing: only that disputes a debt so."""
    if says and not in_writing(channel, direction):
        limit = "is of what came in by letter, email, sms or chat"
        raise InvalidInput.at("/says", limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of contacts: those new, as the rules read them, and what is to be told of them.

    `stopped`: accounts that what they say stops, of which all was told and written. `lost_to`: of
    those that are not stored, since another has the reference by now, that one.
    """

    known: Sequence[Contact]
    told: Sequence[tuple[UUID, Event]]
    stopped: frozenset[UUID]
    lost_to: Mapping[UUID, StoredContact]


async def store(
    ctx: Context,
    made: Sequence[StoredContact],
    external_ids: Mapping[UUID, Collection[tuple[str, str]]],
) -> Stored:
    """Store contacts that were prepared, judged by nobody yet, and told of by whoever asks.

    Of one decision there is one contact among them. `external_ids`: what others call which.
    """
    added = await many.add(ctx.tx, ctx.tenant_id, made, **stamp(ctx))
    lost = [one.reference for one in made if one.id not in added and one.reference is not None]
    had = await many.by_references(ctx.tx, lost)
    new = [one for one in made if one.id in added]
    await name_contacts(ctx, {one.id: external_ids.get(one.id, ()) for one in new})
    for one in new:
        if one.decision_id is not None:
            await decisions.end(ctx.tx, one.decision_id, USED, ctx.instant, contact_id=one.id)
    used = (
        (one.point_id, one.person_id, one.channel, one.started_at, one.direction == Direction.OUT)
        for one in new
    )
    await points.mark_many(ctx.tx, used)
    known = [one.known() for one in new]
    await _judge_points(ctx, known, {one.id: one.point_id for one in new})
    told = [
        each
        for one, read in zip(new, known, strict=True)
        for each in told_of(ctx, one.account_ids, recorded(seen_of(one, read)))
    ]
    followed = await follow_new(ctx, zip(new, known, strict=True))
    said = [Said(now=one) for one in new if one.says]
    told, stopped = await follow_sayings(
        ctx, said, [*told, *followed.told], moved=followed.moved
    )  # fmt: skip
    lost_to = {
        one.id: had[one.reference]
        for one in made
        if one.id not in added and one.reference is not None
    }
    return Stored(known=known, told=told, stopped=stopped, lost_to=lost_to)


async def _with_outcome(
    ctx: Context, command: RecordContact, about: Mapping[UUID, StoredAccount]
) -> RecordContact:
    """Its outcome, or what the tenant's own code stands for by the contact policy."""
    if command.outcome is None and command.disposition is not None:
        account = about[command.account_ids[0]]
        policy = await contact_policy_of(
            ctx, account.policy_name, account.creditor_reference, command.started_at
        )
        outcome = policy.outcome_of(command.disposition)
        command = replace(command, outcome=None if outcome is None else Outcome(outcome))
    wrong = outcomes.problem(command.channel, command.direction, command.outcome)
    if wrong is not None:
        raise InvalidInput.at("/outcome", wrong)
    return command


def the_same(had: StoredContact, said: bytes) -> StoredContact:
    """The contact there is, where the same was said of it. Raises `ReferenceTaken`."""
    if had.content_hash != said:
        raise ReferenceTaken(
            resource="contact", reference=had.reference or "", existing_contact_id=had.id
        )
    return had


async def lock_about(
    ctx: Context, account_ids: Sequence[UUID], person_id: UUID | None
) -> tuple[Mapping[UUID, StoredAccount], UUID | None]:
    """The accounts in the order of their ids, then the person: the order of every command.

    And under which id the person is known today.
    """
    found = await accounts.lock_many(ctx.tx, account_ids)
    missing = next((one for one in account_ids if one not in found), None)
    if missing is not None:
        raise NotFound(resource="account", key=str(missing))
    if person_id is None:
        return found, None
    return found, (await locked(ctx, person_id)).id


async def _label(ctx: Context, command: RecordContact) -> str | None:
    """Where it reached somebody, as its point says."""
    if command.point_id is None:
        return None
    person = await persons.read(ctx.tx, command.person_id) if command.person_id else None
    point = None if person is None else await find_point(ctx, person, command.point_id)
    if point is None:
        await known_point(ctx, command.point_id)
        raise InvalidInput.at("/point_id", "is a point of somebody else")
    return point.label


def _stored(ctx: Context, command: RecordContact, said: bytes) -> StoredContact:
    elements = command.voicemail_elements
    return StoredContact(
        id=new_id(),
        reference=command.reference,
        person_id=command.person_id,
        point_id=command.point_id,
        account_ids=tuple(sorted(set(command.account_ids))),
        channel=str(command.channel),
        direction=str(command.direction),
        purpose=str(command.purpose),
        started_at=command.started_at,
        duration_seconds=command.duration_seconds,
        outcome=None if command.outcome is None else str(command.outcome),
        label=command.label,
        right_party=command.right_party,
        with_consent_id=command.with_consent_id,
        decision_id=command.decision_id,
        in_reply_to=command.in_reply_to,
        limited_content=elements is not None and is_limited_content(frozenset(elements)),
        disposition=command.disposition,
        language=command.language,
        summary=command.summary,
        more=command.more,
        outside=(),
        corrections=0,
        voided_on=None,
        content_hash=said,
        actor=command.actor or ctx.actor,
        origin=ctx.origin,
        entered_at=ctx.instant,
        needs_reading=command.needs_reading,
        says=tuple(sorted(map(str, set(command.says)))),
        links=as_kept(command.links),
    )


async def _check_decision(ctx: Context, contact: StoredContact) -> None:
    """Whether the reservation can be this contact; one whose time is over is named all the same."""
    if contact.decision_id is None:
        return
    stored = await decisions.read(ctx.tx, contact.decision_id, lock=True)
    if stored is None or stored.account_id not in contact.account_ids:
        raise NotFound(resource="decision", key=str(contact.decision_id))
    decided_for = await persons.read(ctx.tx, stored.person_id)
    if decided_for is None or decided_for.id != contact.person_id:
        raise InvalidInput.at("/decision_id", "is about somebody else")
    refuse_used(stored)


async def _judge_points(
    ctx: Context, made: Sequence[Contact], point_ids: Mapping[UUID, UUID | None]
) -> None:
    """What becomes of the points by which contacts with locked persons were made."""
    gone: list[tuple[UUID, Validated]] = []
    for one in made:
        because, point_id = effects(one).point, point_ids[one.id]
        if because is not None and point_id is not None and one.person_id is not None:
            body = Validated(
                point_id=point_id, validity="invalid", because=because, on=ctx.business_date
            )
            gone.append((one.person_id, body))
    if gone:
        people = await persons.today(ctx.tx, {person_id for person_id, _ in gone})
        await enter_many(ctx, [(people[person_id], body) for person_id, body in gone])
