"""People and free text: the only rows that can be rewritten, so that a person can be erased.

Everything else refers to a person by id. Persons with a reference are one per tenant, role and
reference; without one, each account has its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, case, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.persons.parties import PersonRole
from app.domain.values import replace
from app.storage.database.engine import Transaction
from app.storage.ids import new_id
from app.storage.tables import Account, Amendment, Annotation, Assignment, Person, table

__all__ = [
    "Assigned", "Beside", "Note", "PersonDetails", "PersonRecord", "PersonRole", "annotate",
    "beside", "erase", "find", "notes", "read", "save",
]  # fmt: skip

_ACCOUNT, _ANNOTATION, _PERSON = table(Account), table(Annotation), table(Person)
_AMENDMENT, _ASSIGNMENT = table(Amendment), table(Assignment)
_DETAILS = ("name", "email", "phone", "time_zone", "region", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """A person as a client sends one. None says nothing: what is known stays."""

    role: PersonRole
    reference: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    time_zone: str | None = None
    region: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord(PersonDetails):
    """A person as stored."""

    id: UUID
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was sent along with an account, plan or payment, and from where."""

    metadata: Mapping[str, Any]
    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Who works an account: somebody, or a team."""

    actor: str | None
    team: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Who an account is between, who works it, and what was noted of it."""

    debtor: PersonRecord | None
    creditor: PersonRecord | None
    metadata: Mapping[str, Any]
    assigned_to: Assigned | None
    amendments_waiting: int


_P = TypeVar("_P", bound=PersonDetails)
_COLUMNS = tuple(_PERSON.c[name] for name in PersonRecord.__dataclass_fields__)
_DEBTOR, _CREDITOR = _PERSON.alias("debtor"), _PERSON.alias("creditor")
_WAITING = (
    select(func.count())
    .where(
        _AMENDMENT.c.tenant_id == _ACCOUNT.c.tenant_id,
        _AMENDMENT.c.account_id == _ACCOUNT.c.id,
        ~_AMENDMENT.c.decided,
    )
    .correlate(_ACCOUNT)
    .scalar_subquery()
)
_BESIDE = (
    select(
        _ACCOUNT.c.id,
        _ANNOTATION.c.metadata,
        _ASSIGNMENT.c.assigned_actor,
        _ASSIGNMENT.c.assigned_team,
        _WAITING.label("amendments_waiting"),
        *(side.c[one.name].label(f"{side.name}_{one.name}")
          for side in (_DEBTOR, _CREDITOR) for one in _COLUMNS),
    )
    .outerjoin(
        _DEBTOR,
        and_(_DEBTOR.c.tenant_id == _ACCOUNT.c.tenant_id, _DEBTOR.c.id == _ACCOUNT.c.debtor_id),
    )
    .outerjoin(
        _CREDITOR,
        and_(
            _CREDITOR.c.tenant_id == _ACCOUNT.c.tenant_id,
            _CREDITOR.c.id == _ACCOUNT.c.creditor_id,
        ),
    )
    .outerjoin(
        _ANNOTATION,
        and_(
            _ANNOTATION.c.tenant_id == _ACCOUNT.c.tenant_id,
            _ANNOTATION.c.account_id == _ACCOUNT.c.id,
            _ANNOTATION.c.subject_id == _ACCOUNT.c.id,
        ),
    )
    .outerjoin(
        _ASSIGNMENT,
        and_(
            _ASSIGNMENT.c.tenant_id == _ACCOUNT.c.tenant_id,
            _ASSIGNMENT.c.account_id == _ACCOUNT.c.id,
            ~_ASSIGNMENT.c.replaced,
        ),
    )
    .where(_ACCOUNT.c.id == any_(bindparam("account_ids", type_=ARRAY(Uuid))))
)  # fmt: skip
_BY_ID = _PERSON.c.id == bindparam("person_id")


async def save(
    tx: Transaction, tenant_id: UUID, persons: Sequence[PersonDetails]
) -> tuple[UUID, ...]:
    """Find, make or amend each; answers their ids in the order given.

    A person found as described is only read: a creditor of many accounts is no bottleneck.
    """
    named: dict[tuple[PersonRole, str], PersonDetails] = {}
    for person in persons:
        if person.reference is not None:
            key = (person.role, person.reference)
            named[key] = _amended(named[key], person) if key in named else person
    ids = await _save_named(tx, tenant_id, named) if named else {}
    nameless = [(new_id(), person) for person in persons if person.reference is None]
    if nameless:
        rows = [{"tenant_id": tenant_id, "id": id_, **asdict(person)} for id_, person in nameless]
        await tx.execute(upsert(_PERSON), rows)
    fresh = iter(id_ for id_, _ in nameless)
    return tuple(
        ids[person.role, person.reference] if person.reference is not None else next(fresh)
        for person in persons
    )


async def read(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, PersonRecord]:
    """Those of the persons that exist, by id."""
    query = select(*_COLUMNS).where(_PERSON.c.id.in_(set(ids)))
    return {row["id"]: _record(row) for row in (await tx.execute(query)).mappings()}


async def find(tx: Transaction, role: PersonRole, reference: str) -> PersonRecord | None:
    """The person the client calls so."""
    query = select(*_COLUMNS).where(_PERSON.c.role == role, _PERSON.c.reference == reference)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _record(row) if row else None


async def erase(tx: Transaction, person_id: UUID) -> bool:
    """Forget who this is. The row and its reference stay: accounts point there."""
    nothing = dict.fromkeys(_DETAILS, None)
    forget = update(_PERSON).where(_BY_ID).values(**nothing, erased_at=func.now())
    return (await tx.execute(forget, {"person_id": person_id})).rowcount == 1


async def annotate(
    tx: Transaction, tenant_id: UUID, account_id: UUID, notes: Mapping[UUID, Note]
) -> None:
    """Set what is noted beside each subject, in place of what was."""
    if not notes:
        return
    new = upsert(_ANNOTATION)
    columns = ("metadata", "ip", "user_agent")
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["tenant_id", "account_id", "subject_id"],
            set_={name: new.excluded[name] for name in columns},
        ),
        [
            {
                "tenant_id": tenant_id,
                "account_id": account_id,
                "subject_id": subject_id,
                "metadata": dict(note.metadata),
                "ip": note.ip,
                "user_agent": note.user_agent,
            }
            for subject_id, note in notes.items()
        ],
    )


async def beside(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, Beside]:
    """The people and labels of these accounts, by account: one statement for any number."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    found = (await tx.execute(_BESIDE, {"account_ids": wanted})).mappings()
    return {
        row["id"]: Beside(
            debtor=_side(row, _DEBTOR.name),
            creditor=_side(row, _CREDITOR.name),
            metadata=row["metadata"] or {},
            assigned_to=_assigned(row),
            amendments_waiting=row["amendments_waiting"],
        )
        for row in found
    }


def _assigned(row: Mapping[Any, Any]) -> Assigned | None:
    actor, team = row["assigned_actor"], row["assigned_team"]
    return None if actor is None and team is None else Assigned(actor=actor, team=team)


def _side(row: Mapping[Any, Any], name: str) -> PersonRecord | None:
    own = {one.name: row[f"{name}_{one.name}"] for one in _COLUMNS}
    return _record(own) if own["id"] else None


async def notes(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, Note]:
    """What is noted in these accounts, by subject."""
    column = _ANNOTATION.c
    query = select(column.subject_id, column.metadata, column.ip, column.user_agent).where(
        column.account_id.in_(set(account_ids))
    )
    return {
        row.subject_id: Note(metadata=row.metadata, ip=row.ip, user_agent=row.user_agent)
        for row in await tx.execute(query)
    }


async def _save_named(
    tx: Transaction, tenant_id: UUID, named: Mapping[tuple[PersonRole, str], PersonDetails]
) -> dict[tuple[PersonRole, str], UUID]:
    """Those with a reference, in its order: two requests about the same people do not deadlock."""
    keys = sorted(named)
    key = tuple_(_PERSON.c.role, _PERSON.c.reference)
    query = select(*_COLUMNS).where(key.in_([(str(role), ref) for role, ref in keys]))
    known = {
        (found.role, found.reference or ""): found
        for found in map(_record, (await tx.execute(query)).mappings())
    }
    ids = {key: found.id for key, found in known.items()}
    changed = [
        named[key]
        for key in keys
        if key not in known or _amended(known[key], named[key]) != known[key]
    ]
    return ids | await _put(tx, tenant_id, changed) if changed else ids


async def _put(
    tx: Transaction, tenant_id: UUID, persons: Iterable[PersonDetails]
) -> dict[tuple[PersonRole, str], UUID]:
    """Make these persons, or amend those that have the reference by now."""
    new = upsert(_PERSON)
    statement = new.on_conflict_do_update(
        index_elements=["tenant_id", "role", "reference"],
        set_={
            name: case(
                (_PERSON.c.erased_at.is_(None), func.coalesce(new.excluded[name], _PERSON.c[name]))
            )
            for name in _DETAILS
        },
    ).returning(_PERSON.c.role, _PERSON.c.reference, _PERSON.c.id)
    rows = [{"tenant_id": tenant_id, "id": new_id(), **asdict(person)} for person in persons]
    saved = await tx.execute(statement, rows)
    return {(PersonRole(row.role), row.reference): row.id for row in saved}


def _amended(known: _P, given: PersonDetails) -> _P:
    """The known details, replaced by those that are given; of somebody erased nothing is kept."""
    if getattr(known, "erased_at", None) is not None:
        return known
    news = {name: value for name in _DETAILS if (value := getattr(given, name)) is not None}
    return replace(known, **news)


def _record(row: Mapping[Any, Any]) -> PersonRecord:
    return PersonRecord(**{**row, "role": PersonRole(row["role"])})
