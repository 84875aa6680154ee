"""What a person allows and forbids: consents, revocations, restrictions and their end."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact.words import Channel, ConsentKind, PointKind, RestrictionKind
from app.domain.errors import InvalidInput, NotFound
from app.domain.persons.facts import (
    Body,
    ConsentGiven,
    Lifted,
    PersonFact,
    Restricted,
    Revoked,
)
from app.domain.persons.standing import standing
from app.services.context import Context
from app.services.persons.persons import enter, locked
from app.services.persons.points import known_point, point_of
from app.storage.persons import facts, persons
from app.storage.persons import words as persons_words
from app.storage.persons.persons import StoredPerson
from app.storage.persons.words import Words

__all__ = [
    "CHANNELS", "RestrictionView", "Words", "give_consent", "lift", "restrict", "restrictions_of",
    "revoke",
]  # fmt: skip

_NO_WORDS = Words()
MAX_MORE_CALLS_DAYS = 7
#: The channels a kind of point is reached by.
CHANNELS = {
    PointKind.PHONE: (Channel.CALL, Channel.SMS),
    PointKind.EMAIL: (Channel.EMAIL,),
    PointKind.POSTAL: (Channel.LETTER, Channel.VISIT),
    PointKind.CHAT: (Channel.CHAT,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionView:
    """A restriction as it was placed, and until when it stands."""

    fact: PersonFact
    until_at: datetime | None


async def give_consent(
    ctx: Context, point_id: UUID, body: ConsentGiven, words: Words = _NO_WORDS
) -> PersonFact:
    """Take down an agreement, with its evidence. Raises `NotFound`, `InvalidInput`."""
    _refuse_future(ctx, body.given_at, "/given_at")
    if not (body.evidence or words.said):
        raise InvalidInput.at("/evidence", "needs one thing that shows the consent was given")
    if body.consent is ConsentKind.MORE_CALLS and (body.days or 1) > MAX_MORE_CALLS_DAYS:
        raise InvalidInput.at("/days", f"should be 1 to {MAX_MORE_CALLS_DAYS}")
    if body.consent is ConsentKind.CREDITOR_NOTICE and body.notice_sent_on is None:
        raise InvalidInput.at("/notice_sent_on", "is needed for a creditor's notice")
    if body.consent is ConsentKind.E_SIGN and not body.demonstrated_access:
        raise InvalidInput.at("/demonstrated_access", "must be true of a consent to e-sign")
    if (body.consent is ConsentKind.THIRD_PARTY) != (body.person_id is not None):
        raise InvalidInput.at("/person_id", "is said of third_party, and of no other")
    if body.person_id is not None and await persons.read(ctx.tx, body.person_id) is None:
        raise NotFound(resource="person", key=str(body.person_id))
    point = await known_point(ctx, point_id)
    return await _entered(ctx, await locked(ctx, point.person_id), body, words)


async def revoke(
    ctx: Context, point_id: UUID, body: Revoked, words: Words = _NO_WORDS
) -> PersonFact:
    """Take back what was allowed, in force from the commit on. Raises `NotFound`, `InvalidInput`.

    With no channels named, all that reach the point.
    """
    _refuse_future(ctx, body.received_at, "/received_at")
    point = await known_point(ctx, point_id)
    if body.consent_id is not None:
        found = await facts.read(ctx.tx, body.consent_id)
        if (
            found is None
            or not isinstance(found.body, ConsentGiven)
            or (found.body.point_id != point.id)
        ):
            raise NotFound(resource="consent", key=str(body.consent_id))
    return await _entered(ctx, await locked(ctx, point.person_id), body, words)


async def _entered(ctx: Context, person: StoredPerson, body: Body, words: Words) -> PersonFact:
    """A fact of a locked person; what tells who they are is kept beside it."""
    fact = await enter(ctx, person, body)
    await persons_words.keep(ctx.tx, ctx.tenant_id, fact.id, person.id, words)
    return fact


async def restrict(ctx: Context, person_id: UUID, body: Restricted) -> PersonFact:
    """Place a restriction. Raises `NotFound`, `InvalidInput`."""
    needed = {
        RestrictionKind.INCONVENIENT_TIME: ("/window", body.from_ or body.days),
        RestrictionKind.INCONVENIENT_PLACE: ("/place", body.place),
        RestrictionKind.OPT_OUT: ("/channel", body.channel),
        RestrictionKind.DEBT_ADVISER: ("/since_on", body.since_on),
    }
    pointer, given = needed.get(body.restriction, ("", True))
    if not given:
        raise InvalidInput.at(pointer, f"is needed for {body.restriction}")
    if body.until_at is not None and body.until_at <= (body.from_at or ctx.instant):
        raise InvalidInput.at("/until_at", "must lie after its beginning")
    person = await locked(ctx, person_id)
    if body.point_id is not None:
        await point_of(ctx, person, body.point_id)
    return await enter(ctx, person, body)


async def lift(ctx: Context, restriction_id: UUID, body: Lifted) -> PersonFact:
    """End a restriction. Raises `NotFound`, `InvalidInput`.

    An opt-out is lifted by the person's own act alone, and so is what they took back.
    """
    found = await facts.read(ctx.tx, restriction_id)
    if found is None or found.person_id is None:
        raise NotFound(resource="restriction", key=str(restriction_id))
    if not isinstance(found.body, Restricted | Revoked):
        raise NotFound(resource="restriction", key=str(restriction_id))
    opted_out = isinstance(found.body, Revoked) or found.body.restriction is RestrictionKind.OPT_OUT
    if opted_out and not body.said_by_person:
        raise InvalidInput.at("/said_by_person", "an opt-out is lifted by the person's own act")
    return await enter(ctx, await locked(ctx, found.person_id), body)


async def restrictions_of(
    ctx: Context, person_id: UUID, *, as_of: date | None = None
) -> list[RestrictionView]:
    """What stands now, or stood at the end of a day, oldest first. Raises `NotFound`."""
    person = await persons.read(ctx.tx, person_id)
    if person is None:
        raise NotFound(resource="person", key=str(person_id))
    when = ctx.instant
    if as_of is not None:
        over = datetime.combine(as_of + timedelta(days=1), time(), ZoneInfo(ctx.time_zone))
        when = min(when, over - timedelta.resolution)
    found = [one for one in await facts.of_person(ctx.tx, person.id) if one.recorded_at <= when]
    ends = {id_: one.until_at for id_, one in standing(found).restrictions}
    placed = [one for one in found if isinstance(one.body, Restricted | Revoked)]
    return [
        RestrictionView(fact=one, until_at=ends[one.id])
        for one in placed
        if (end := ends[one.id]) is None or end > when
    ]


def _refuse_future(ctx: Context, at: datetime, pointer: str) -> None:
    if at > ctx.instant:
        raise InvalidInput.at(pointer, f"must not lie after {ctx.instant:%Y-%m-%dT%H:%M:%SZ}")
