"""Contact points of a person: added, amended, judged, and what they may be used for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.contact.known import PointBasis
from app.domain.contact.words import Channel, PointKind, Validity
from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.persons.facts import (
    ConsentGiven,
    NumberChecked,
    PersonFact,
    Revoked,
    Validated,
)
from app.domain.persons.standing import Standing, lasting, standing
from app.domain.persons.unsubscribe import token
from app.services.context import Context
from app.services.etags import Expected
from app.services.persons.hashed import secret_of, suppressed
from app.services.persons.persons import enter, locked
from app.services.persons.reach import note_reach
from app.services.persons.values import normalized, zones_of_phone
from app.services.telling.tell import event, tell
from app.storage.persons import facts, persons, points, words
from app.storage.persons.persons import StoredPerson
from app.storage.persons.points import NewPoint, StoredPoint

__all__ = [
    "NewPoint",
    "PointView",
    "add_point",
    "amend_point",
    "check_number",
    "find_point",
    "history_of",
    "judge_point",
    "known_point",
    "point_of",
    "points_of",
    "view_of",
]

MAX_POINTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """A point, and what the person's facts say of it."""

    point: StoredPoint
    validity: Validity
    invalid_because: str | None
    bases: tuple[PointBasis, ...]
    opted_out: tuple[Channel, ...]
    number_checked_on: date | None
    time_zones: tuple[str, ...]
    suppressed: bool = False
    unsubscribe_token: str | None = None


async def add_point(ctx: Context, person_id: UUID, point: NewPoint) -> tuple[PointView, bool]:
    """The point, and whether it is new. Raises `NotFound`, `InvalidInput`.

    A value that does not parse is refused: nothing could be sent to it.
    """
    person = await locked(ctx, person_id)
    had = await points.of_person(ctx.tx, person.id)
    country = person.region.partition("-")[0] if person.region else None
    kind = PointKind(point.kind)
    value = normalized(kind, point.value, country=country, postal=point.postal)
    if value is None:
        raise InvalidInput.at("/value", _UNREADABLE[kind])
    known = next((one for one in had if (one.kind, one.normalized) == (kind, value)), None)
    if known is None and len(had) >= MAX_POINTS:
        raise InvalidInput.at("/value", f"a person has at most {MAX_POINTS} contact points")
    if known is not None and known.person_id != person.id:  # of whoever was merged into them
        return await _view(ctx, known), False
    given = {name: getattr(point, name) for name in NewPoint.__dataclass_fields__}
    stored, new = await points.add(
        ctx.tx, ctx.tenant_id, person.id, NewPoint(**{**given, "normalized": value})
    )
    if new:
        tell_added(ctx, stored)
        await note_reach(ctx, [person.id])
    return await _view(ctx, stored), new


def tell_added(ctx: Context, point: StoredPoint) -> None:
    """Tell of a point there was not before."""
    said = {"person_id": point.person_id, "point_id": point.id}
    kind = {"kind": point.kind, "source": point.source}
    tell(ctx, event(ctx, EventType.CONTACT_POINT_ADDED, {**said, **kind}))


_UNREADABLE: Mapping[PointKind, str] = {
    PointKind.PHONE: "should be a number that can be dialed, like +1 312 555 0100",
    PointKind.EMAIL: "should be an e-mail address",
    PointKind.POSTAL: "needs lines of an address in `postal`",
    PointKind.CHAT: "should be a name in a chat",
}


async def points_of(ctx: Context, person_id: UUID) -> list[PointView]:
    """All of a person's, the one to use first before the others. Raises `NotFound`."""
    person = await persons.read(ctx.tx, person_id)
    if person is None:
        raise NotFound(resource="person", key=str(person_id))
    stands = standing(await facts.of_person(ctx.tx, person.id))
    found = await points.of_person(ctx.tx, person.id)
    out = await suppressed(ctx, found)
    secret = await secret_of(ctx)
    return [view_of(ctx, one, stands, out, secret) for one in found]


async def amend_point(
    ctx: Context, point_id: UUID, values: Mapping[str, Any], expected: Expected | None
) -> PointView:
    """Set what is given. Raises `NotFound`, `EtagMismatch`."""
    stored = await known_point(ctx, point_id, lock=True)
    if expected is not None:
        expected.check(stored.version)
    changed = sorted(name for name, value in values.items() if value != getattr(stored, name))
    if changed:
        stored = await points.amend(ctx.tx, point_id, values)
        said = {"person_id": stored.person_id, "point_id": point_id, "changed": changed}
        tell(ctx, event(ctx, EventType.CONTACT_POINT_CHANGED, said))
    return await _view(ctx, stored)


async def judge_point(
    ctx: Context, point_id: UUID, *, validity: Validity, because: str | None, on: date | None
) -> PointView:
    """Say what is believed of a point from now on. Raises `NotFound`, `InvalidInput`."""
    if (validity is Validity.INVALID) != (because is not None):
        raise InvalidInput.at("/because", "is said of an invalid point, and of no other")
    stored = await known_point(ctx, point_id)
    person = await locked(ctx, stored.person_id)
    body = Validated(
        point_id=point_id, validity=validity, because=because, on=on or ctx.business_date
    )
    await enter(ctx, person, body)
    return await _view(ctx, stored)


async def check_number(
    ctx: Context, point_id: UUID, *, checked_on: date, reassigned: bool, database: str
) -> PointView:
    """Take down a look into a database of reassigned numbers; a reassigned one is invalid.

    Raises `NotFound`, `InvalidInput`.
    """
    if checked_on > ctx.business_date:
        raise InvalidInput.at(
            "/checked_on", f"must not lie after the business date {ctx.business_date}"
        )
    stored = await known_point(ctx, point_id)
    if stored.kind != PointKind.PHONE:
        raise InvalidInput.at("/checked_on", "is said of phones only")
    person = await locked(ctx, stored.person_id)
    body = NumberChecked(
        point_id=point_id, checked_on=checked_on, reassigned=reassigned, database=database
    )
    await enter(ctx, person, body)
    if reassigned:
        gone = Validated(
            point_id=point_id, validity=Validity.INVALID, because="reassigned", on=checked_on
        )
        await enter(ctx, person, gone, after=1)
    return await _view(ctx, stored)


async def history_of(
    ctx: Context, point_id: UUID
) -> tuple[list[PersonFact], Mapping[UUID, dict[str, str]]]:
    """Every consent, revocation, validity and check of a point, oldest first.

    And what is kept apart of each, by the fact's id. Raises `NotFound`.
    """
    stored = await known_point(ctx, point_id)
    found = await facts.of_person(ctx.tx, await _whose(ctx, stored))
    kinds = (ConsentGiven, Revoked, Validated, NumberChecked)
    mine = [one for one in lasting(found, kinds) if getattr(one.body, "point_id", None) == point_id]
    return mine, await words.of_facts(ctx.tx, [one.id for one in mine])


async def known_point(ctx: Context, point_id: UUID, *, lock: bool = False) -> StoredPoint:
    """A point as stored. Raises `NotFound`."""
    stored = await points.read(ctx.tx, point_id, lock=lock)
    if stored is None:
        raise NotFound(resource="contact point", key=str(point_id))
    return stored


async def point_of(ctx: Context, person: StoredPerson, point_id: UUID) -> StoredPoint:
    """A point of this person, whichever of their ids it has. Raises `NotFound`."""
    stored = await find_point(ctx, person, point_id)
    if stored is None:
        raise NotFound(resource="contact point", key=str(point_id))
    return stored


async def find_point(ctx: Context, person: StoredPerson, point_id: UUID) -> StoredPoint | None:
    """A point of this person; None where there is none, or it is somebody else's."""
    stored = await points.read(ctx.tx, point_id)
    return stored if stored is not None and await _whose(ctx, stored) == person.id else None


async def _whose(ctx: Context, stored: StoredPoint) -> UUID:
    """Who stands today for the person it was added to."""
    person = await persons.read(ctx.tx, stored.person_id)
    return stored.person_id if person is None else person.id


async def _view(ctx: Context, stored: StoredPoint) -> PointView:
    stands = standing(await facts.of_person(ctx.tx, await _whose(ctx, stored)))
    return view_of(ctx, stored, stands, await suppressed(ctx, [stored]), await secret_of(ctx))


def view_of(
    ctx: Context,
    stored: StoredPoint,
    stands: Standing,
    suppressed_ids: Collection[UUID] = (),
    secret: bytes | None = None,
) -> PointView:
    """A point by what its person's facts add up to. `suppressed_ids`: used for nothing.

    `secret`: the tenant's, where its token is asked for.
    """
    judged = next((one for one in stands.validity if one.point_id == stored.id), None)
    checked = next((one for one in stands.number_checks if one.point_id == stored.id), None)
    is_phone = stored.kind == PointKind.PHONE and stored.normalized is not None
    return PointView(
        point=stored,
        validity=Validity(judged.validity) if judged else Validity.UNVERIFIED,
        invalid_because=judged.because if judged else None,
        bases=stands.bases(stored.id, stored.last_inbound_on),
        opted_out=stands.opted_out(stored.id, ctx.instant),
        number_checked_on=checked.checked_on if checked else None,
        time_zones=zones_of_phone(stored.normalized) if is_phone and stored.normalized else (),
        suppressed=stored.id in suppressed_ids,
        unsubscribe_token=None if secret is None else token(ctx.tenant_id, stored.id, secret),
    )
