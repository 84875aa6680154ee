"""Parties of an account: added, ended, listed, and what somebody is to it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.contact.words import PartyRole
from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.persons.parties import Party, PersonRole, role_on, side_of, stands
from app.services.context import Context
from app.services.guards import known_account
from app.services.persons.debtors import add_and_tell_points
from app.services.persons.persons import locked, named_actor
from app.services.telling.tell import event, tell_of
from app.storage.accounts import persons as people
from app.storage.accounts.accounts import StoredAccount
from app.storage.accounts.persons import PersonDetails
from app.storage.ids import new_id
from app.storage.persons import parties, persons
from app.storage.persons.parties import StoredParty
from app.storage.persons.persons import StoredPerson

__all__ = [
    "AddParty", "Part", "PartyView", "add_party", "described", "end_party", "part_of", "parties_of",
]  # fmt: skip

MAX_PARTIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AddParty:
    """Somebody who has to do with an account: known already, or described."""

    account_id: UUID
    role: PartyRole
    person_id: UUID | None = None
    person: PersonDetails | None = None
    from_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyView:
    """A party. `id` None: the debtor whom the account itself names, which is no entry of a list."""

    id: UUID | None
    account_id: UUID
    person_id: UUID
    party_role: str
    from_on: date
    note: str | None = None
    actor: str | None = None
    recorded_at: datetime | None = None
    ended_on: date | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What somebody is to an account, and under which id it names them."""

    role: PartyRole
    named_id: UUID


def described(role: PartyRole, **said: str | None) -> PersonDetails:
    """Somebody as a client describes them, on the side that their role puts them."""
    return PersonDetails(role=side_of(role), **said)


async def add_party(ctx: Context, command: AddParty) -> PartyView:
    """Say that somebody has to do with an account. Raises `NotFound`, `InvalidInput`."""
    named_actor(ctx)
    account = await known_account(ctx, command.account_id)
    had = await parties.of_account(ctx.tx, account.id)
    if len(had) >= MAX_PARTIES:
        raise InvalidInput.at("/role", f"an account has at most {MAX_PARTIES} parties")
    person = await _person(ctx, command)
    if person.role == PersonRole.CREDITOR:
        raise InvalidInput.at("/person_id", "is a creditor")
    from_on = command.from_on or ctx.business_date
    party = StoredParty(
        id=new_id(),
        account_id=account.id,
        person_id=person.id,
        party_role=str(command.role),
        from_on=from_on,
        note=command.note,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
    )
    told = {
        "person_id": person.id, "party_id": party.id, "role": command.role, "from_on": from_on,
    }  # fmt: skip
    await tell_of(ctx, account.id, event(ctx, EventType.PARTY_ADDED, told))
    _refuse_twice(command, person, await parties.ruled(ctx.tx, account.id))
    await parties.add(ctx.tx, ctx.tenant_id, party)
    return _view(party)


def _refuse_twice(command: AddParty, person: StoredPerson, had: list[tuple[UUID, Party]]) -> None:
    for _, one in had:
        if (one.person_id, one.role, one.ended_on) == (person.id, command.role, None):
            raise InvalidInput.at("/role", "is theirs already; end that first")


async def _person(ctx: Context, command: AddParty) -> StoredPerson:
    """Who it is: somebody known, or whoever is described, made or amended by their reference."""
    if command.person is None:
        if command.person_id is None:
            raise InvalidInput.at("/person_id", "give this or person: one of the two")
        found = await persons.read(ctx.tx, command.person_id)
        if found is None or found.erased_at is not None:
            raise NotFound(resource="person", key=str(command.person_id))
        return found
    if command.person_id is not None:
        raise InvalidInput.at("/person", "give this or person_id: one of the two")
    (person_id,) = await people.save(ctx.tx, ctx.tenant_id, [command.person])
    person = await locked(ctx, person_id)
    await add_and_tell_points(ctx, [(person.id, command.person)])
    return person


async def end_party(
    ctx: Context, account_id: UUID, party_id: UUID, *, on: date, reason: str
) -> PartyView:
    """They have to do with it no longer, from this day on. Raises `NotFound`, `InvalidInput`."""
    named_actor(ctx)
    await known_account(ctx, account_id)
    had = await parties.of_account(ctx.tx, account_id)
    party = next((one for one in had if one.id == party_id and one.ended_on is None), None)
    if party is None:
        raise NotFound(resource="party", key=str(party_id))
    if on < party.from_on:
        raise InvalidInput.at("/on", f"must not lie before its first day, {party.from_on}")
    told = {
        "person_id": party.person_id, "party_id": party_id, "role": party.party_role,
        "ended_on": on,
    }  # fmt: skip
    await tell_of(ctx, account_id, event(ctx, EventType.PARTY_ENDED, told))
    ended = await parties.end(
        ctx.tx, account_id, party_id, on=on, at=ctx.instant, reason=reason, actor=ctx.actor
    )
    if ended is None:
        raise NotFound(resource="party", key=str(party_id))
    return _view(ended)


async def parties_of(ctx: Context, account_id: UUID, *, as_of: date) -> list[PartyView]:
    """Who has to do with an account on a day; the debtor whom it names first. Raises `NotFound`."""
    account = await known_account(ctx, account_id)
    rows = await parties.of_account(ctx.tx, account_id)
    found = [_view(one) for one in rows if stands(one.ruled(), as_of)]
    if account.debtor_id is None:
        return found
    debtor = PartyView(
        id=None,
        account_id=account_id,
        person_id=account.debtor_id,
        party_role=str(PartyRole.DEBTOR),
        from_on=account.opened_on,
    )
    return [debtor, *found]


async def part_of(
    ctx: Context, account: StoredAccount, person: StoredPerson, on: date
) -> Part | None:
    """What somebody is to an account on a day; None: nothing.

    Of the debtor whom the account names no statement is asked.
    """
    if account.debtor_id is not None:
        debtor = Part(role=PartyRole.DEBTOR, named_id=account.debtor_id)
        if account.debtor_id == person.id:
            return debtor
        named = await persons.read(ctx.tx, account.debtor_id)
        if named is not None and named.id == person.id:
            return debtor
    had = await parties.ruled(ctx.tx, account.id)
    role = role_on((one for _, one in had), person.id, on)
    if role is None:
        return None
    named_id = next(
        id_ for id_, one in had
        if one.person_id == person.id and one.role is role and stands(one, on)
    )  # fmt: skip
    return Part(role=role, named_id=named_id)


def _view(party: StoredParty) -> PartyView:
    return PartyView(**{name: getattr(party, name) for name in PartyView.__dataclass_fields__})
