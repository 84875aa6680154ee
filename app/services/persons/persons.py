"""Persons: found, read, amended, and where they say to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.entries.persons import told_of
from app.domain.errors import InvalidInput, NotFound
from app.domain.persons.facts import Body, Located, PersonFact, Validated
from app.domain.persons.standing import Standing, standing
from app.services.context import Context
from app.services.etags import Expected
from app.services.persons.reach import note_reach
from app.services.persons.values import email, phone
from app.services.telling.tell import event, tell
from app.storage.ids import new_id
from app.storage.persons import facts, persons
from app.storage.persons.persons import StoredPerson

MAX_NAMED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPersons:
    """What a representative types; several are all met. E-mail and phone as written anywhere."""

    reference: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person, and what their facts add up to."""

    person: StoredPerson
    standing: Standing = field(default_factory=Standing)


async def find_persons(
    ctx: Context, command: FindPersons, *, after: UUID | None = None, limit: int
) -> list[StoredPerson]:
    """Persons by what is known of them. Raises `InvalidInput` for a value that does not parse."""
    asked = {"reference": command.reference, "name": command.name}
    if command.email is not None:
        asked["email"] = email(command.email) or _unreadable("?email", "an e-mail address")
    if command.phone is not None:
        asked["phone"] = phone(command.phone) or _unreadable("?phone", "a number like +13125550100")
    return await persons.find(ctx.tx, **asked, after=after, limit=limit)


async def debtors_named(ctx: Context, typed: str) -> list[UUID]:
    """Debtors by what is typed: a reference, an e-mail, a phone, or how a name begins.

    Raises `InvalidInput` where more fit than anybody reads.
    """
    found = await persons.resembling(
        ctx.tx, typed, email=email(typed), phone=phone(typed, "US"), limit=MAX_NAMED + 1
    )
    if len(found) > MAX_NAMED:
        raise InvalidInput.at("?q", f"fits more than {MAX_NAMED} people; write more of it")
    return found


def _unreadable(pointer: str, what: str) -> str:
    raise InvalidInput.at(pointer, f"should be {what}")


async def view_person(ctx: Context, person_id: UUID) -> PersonView:
    """A person as they stand. Raises `NotFound`."""
    person = await persons.read(ctx.tx, person_id)
    if person is None:
        raise NotFound(resource="person", key=str(person_id))
    return PersonView(person=person, standing=standing(await facts.of_person(ctx.tx, person.id)))


def named_actor(ctx: Context) -> str:
    """Who does it: what is said of a person was taken down by somebody.

    Raises `InvalidInput`.
    """
    if ctx.actor is None:
        raise InvalidInput.at("Accord-Actor:", "should say who takes this down")
    return ctx.actor


async def locked(ctx: Context, person_id: UUID, *, erased_too: bool = False) -> StoredPerson:
    """Who stands for this person today, locked. Raises `NotFound`, so for one erased too."""
    person = await persons.read(ctx.tx, person_id, lock=True)
    if person is None or (person.erased_at is not None and not erased_too):
        raise NotFound(resource="person", key=str(person_id))
    return person


async def enter(ctx: Context, person: StoredPerson, body: Body, *, after: int = 0) -> PersonFact:
    """Append a fact of a locked person, and tell of it.

    `after`: how many were entered since it was read. Raises `InvalidInput` where nobody is named.
    """
    named_actor(ctx)
    fact = await facts.append(
        ctx.tx, ctx.tenant_id, person.id, body,
        sequence=person.fact_sequence + after + 1, recorded_at=ctx.instant,
        business_date=ctx.business_date, actor=ctx.actor, role=str(ctx.role), key_id=ctx.key_id,
        origin=ctx.origin,
    )  # fmt: skip
    told = told_of(person.id, fact)
    if told is not None:
        tell(ctx, event(ctx, *told))
    if isinstance(body, Validated):
        await note_reach(ctx, [person.id])
    return fact


async def enter_many(ctx: Context, said: Sequence[tuple[StoredPerson, Body]]) -> None:
    """`enter` of several locked persons, as they were read; some may be there twice."""
    named_actor(ctx)
    last: dict[UUID, int] = {}
    entered = list[PersonFact]()
    for person, body in said:
        last[person.id] = last.get(person.id, person.fact_sequence) + 1
        entered.append(
            PersonFact(
                id=new_id(), person_id=person.id, sequence=last[person.id], body=body,
                recorded_at=ctx.instant, business_date=ctx.business_date, actor=ctx.actor,
                role=str(ctx.role), origin=ctx.origin,
            )
        )  # fmt: skip
    await facts.append_many(ctx.tx, ctx.tenant_id, entered, key_id=ctx.key_id)
    for fact in entered:
        told = told_of(fact.person_id or fact.id, fact)
        if told is not None:
            tell(ctx, event(ctx, *told))
    await note_reach(ctx, (one.id for one, body in said if isinstance(body, Validated)))


async def amend_person(
    ctx: Context, person_id: UUID, values: Mapping[str, Any], expected: Expected | None
) -> PersonView:
    """Set what is given. Raises `NotFound`, `EtagMismatch`."""
    person = await locked(ctx, person_id)
    if expected is not None:
        expected.check(person.version)
    if values:
        await persons.amend(ctx.tx, person.id, values)
    return await view_person(ctx, person_id)


async def locate(
    ctx: Context, person_id: UUID, *, time_zone: str, said_on: date, contact_id: UUID | None
) -> PersonFact:
    """Take down where the person said to be. Raises `NotFound`, `InvalidInput`."""
    if said_on > ctx.business_date:
        raise InvalidInput.at(
            "/said_on", f"must not lie after the business date {ctx.business_date}"
        )
    person = await locked(ctx, person_id)
    body = Located(time_zone=time_zone, said_on=said_on, contact_id=contact_id)
    return await enter(ctx, person, body)
