"""What a list of accounts is asked for that no day changes: conditions, each from an index."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, union

from app.storage.tables import Account, Assignment, Handle, Person, table
from app.storage.tables.people.persons import is_one_of

_ACCOUNT, _HANDLE, _PERSON = table(Account), table(Handle), table(Person)
_ASSIGNMENT = table(Assignment)
_OWED = _ACCOUNT.alias("owed")
_NOW_ASSIGNED = select(_ASSIGNMENT.c.account_id).where(~_ASSIGNMENT.c.replaced)

#: Conditions on the account's row.
Narrowing = tuple[ColumnElement[bool], ...]


class Named(NamedTuple):
    """What was typed of an account: its reference, or one of these people owes it."""

    reference: str
    debtor_ids: Sequence[UUID]


def narrowed(
    *,
    account_id: UUID | None = None,
    reference: str | None = None,
    debtor_reference: str | None = None,
    assigned_to: str | None = None,
    assigned_team: str | None = None,
    debtor_id: UUID | None = None,
    named: Named | None = None,
    after: UUID | None = None,
) -> Narrowing:
    """What no day changes of an account: the rest of a list's filters must be judged."""
    row = _ACCOUNT.c
    asked = (
        None if account_id is None else row.id == account_id,
        None if reference is None else row.id.in_(_claimed(reference)),
        None if debtor_reference is None else row.debtor_id.in_(_called(debtor_reference)),
        *_assigned(assigned_to, assigned_team),
        None if debtor_id is None else is_one_of(row.debtor_id, debtor_id),
        None if named is None else row.id.in_(_named(named)),
        None if after is None else row.id > after,
    )
    return tuple(one for one in asked if one is not None)


def _claimed(reference: str) -> Select[tuple[UUID]]:
    """The account a client calls so."""
    mine = _HANDLE.c.kind == "account", _HANDLE.c.key == reference
    return select(_HANDLE.c.account_id).where(*mine)


def _called(reference: str) -> Select[tuple[UUID]]:
    """The debtor a client calls so."""
    return select(_PERSON.c.id).where(_PERSON.c.role == "debtor", _PERSON.c.reference == reference)


def _assigned(actor: str | None, team: str | None) -> Iterator[ColumnElement[bool]]:
    for column, name in (("assigned_actor", actor), ("assigned_team", team)):
        if name is not None:
            yield _ACCOUNT.c.id.in_(_NOW_ASSIGNED.where(_ASSIGNMENT.c[column] == name))


def _named(named: Named) -> Select[tuple[UUID]]:
    owed = select(_OWED.c.id).where(_OWED.c.debtor_id.in_(named.debtor_ids))
    both = union(_claimed(named.reference), owed).subquery()
    return select(both.c[0])
