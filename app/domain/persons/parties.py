"""Who has to do with an account, and when two persons may be called one.

Which side a person stands on follows from their role: whom the law calls a consumer, and everybody
else, who hears of no debt. Persons are merged by somebody, never by a rule, and never across sides.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.contact.words import PartyRole
from app.domain.persons.facts import ConsentGiven, Merged, PersonFact
from app.domain.values import Value


class PersonRole(StrEnum):
    """Which side of a debt a person is known on; one reference names one person of a side."""

    DEBTOR = "debtor"
    CREDITOR = "creditor"
    THIRD_PARTY = "third_party"


_OWING: Final = frozenset({
    PartyRole.DEBTOR, PartyRole.CO_DEBTOR, PartyRole.GUARANTOR, PartyRole.SPOUSE,
    PartyRole.PARENT_OF_MINOR, PartyRole.GUARDIAN, PartyRole.EXECUTOR, PartyRole.SUCCESSOR,
})  # fmt: skip


class Party(Value, kw_only=True):
    """Somebody's part in an account, from a day to the day before it ended."""

    person_id: UUID
    role: PartyRole
    from_on: date
    ended_on: date | None = None


def side_of(role: PartyRole) -> PersonRole:
    """The side on which somebody of this role is known."""
    return PersonRole.DEBTOR if role in _OWING else PersonRole.THIRD_PARTY


def stands(party: Party, on: date) -> bool:
    """Whether somebody has this part on a day; the day it ends is free again."""
    return party.from_on <= on and (party.ended_on is None or on < party.ended_on)


def role_on(parties: Iterable[Party], person_id: UUID, on: date) -> PartyRole | None:
    """What a person is to the account on a day; of several parts, the nearest to the debt.

    `debtor` is nearest, then as the roles are listed. None: they have no part in it.
    """
    found = {one.role for one in parties if one.person_id == person_id and stands(one, on)}
    return next((role for role in PartyRole if role in found), None)


def unmergeable(one: PersonRole, into: PersonRole) -> str | None:
    """Why a person of one side may not be called the same as one of another; None: they may."""
    if PersonRole.CREDITOR in (one, into):
        return "a creditor is merged with nobody"
    if one is not into:
        return f"one is a {one}, the other a {into}"
    return None


def outgrown(facts: Iterable[PersonFact], owner_id: UUID) -> frozenset[UUID]:
    """The consents that were given for accounts of another, before the two were one.

    A consent that names no account covers those of whoever gave it; a merge makes restrictions of
    both count for all, and no consent grow. `owner_id`: the person as the account names them.
    """
    known = list(facts)
    merges = {one.person_id: one for one in known if isinstance(one.body, Merged)}
    return frozenset(
        one.id
        for one in known
        if isinstance(one.body, ConsentGiven)
        and one.body.account_ids is None
        and _as_known(merges, one.person_id, one.recorded_at)
        != _as_known(merges, owner_id, one.recorded_at)
    )


def _as_known(
    merges: Mapping[UUID | None, PersonFact], person_id: UUID | None, at: datetime
) -> UUID | None:
    """Who this person was taken for at an instant."""
    found = merges.get(person_id)
    while found is not None and found.recorded_at <= at and isinstance(found.body, Merged):
        person_id = found.body.into_person_id
        found = merges.get(person_id)
    return person_id
