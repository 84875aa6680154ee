"""Contact points as stored: one normalized value is one point of a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ScalarSelect,
    Uuid,
    any_,
    bindparam,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.tenanted import of_tenant
from app.storage.ids import new_id
from app.storage.tables import Contact, ContactPoint, table
from app.storage.tables.people.persons import is_one_of

_POINT, _CONTACT = table(ContactPoint), table(Contact)
#: Of how many people a message that nobody named is looked at.
MOST_HOLDERS = 20
#: By which a person who writes lets us write back.
WRITTEN = ("sms", "email", "chat")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoint:
    """A value as it was given, and normalized; None: it does not parse, and is used for nothing."""

    kind: str
    value: str
    normalized: str | None
    label: str = "other"
    priority: int = 1
    line_type: str | None = None
    shared: bool = False
    employer_provided: bool = False
    source: str = "creditor"
    obtained_on: date | None = None
    postal: Mapping[str, Any] | None = None
    extension: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPoint(NewPoint):
    id: UUID
    person_id: UUID
    version: int
    last_inbound_on: date | None = None
    last_used_at: datetime | None = None


_COLUMNS = tuple(_POINT.c[one.name] for one in fields(StoredPoint))
_OF_PERSON = Prepared(
    select(*_COLUMNS)
    .where(is_one_of(_POINT.c.person_id, bindparam("person_id", type_=Uuid())))
    .order_by(_POINT.c.priority, _POINT.c.id)
)
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_READ_MANY = Prepared(select(*_COLUMNS).where(_POINT.c.id == any_(_IDS)))
_OF_PERSONS = Prepared(
    select(*_COLUMNS)
    .where(_POINT.c.person_id == any_(_IDS))
    .order_by(_POINT.c.priority, _POINT.c.id)
)
_MARK_MANY = Prepared(
    of_tenant("""
    UPDATE contact_point AS p SET last_used_at = greatest(p.last_used_at, r.used_at),
        last_inbound_on = greatest(p.last_inbound_on, date(timezone('UTC', r.inbound_at)))
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(id uuid, person_id uuid, used_at timestamptz, inbound_at timestamptz)
    WHERE p.tenant_id = :the_tenant AND p.id = r.id AND p.person_id = r.person_id
    """)
)
_KEY = ("tenant_id", "person_id", "kind", "normalized")


async def add(
    tx: Transaction, tenant_id: UUID, person_id: UUID, point: NewPoint
) -> tuple[StoredPoint, bool]:
    """The point, and whether it is new: the same normalized value of a person is one."""
    row = {
        **asdict(point), "tenant_id": tenant_id, "id": new_id(), "person_id": person_id,
        "version": 1,
    }  # fmt: skip
    made = insert(_POINT).values(row).on_conflict_do_nothing(index_elements=_KEY)
    stored = (await tx.execute(made.returning(*_COLUMNS))).mappings().one_or_none()
    if stored is not None:
        return StoredPoint(**stored), True
    query = select(*_COLUMNS).where(
        _POINT.c.person_id == person_id,
        _POINT.c.kind == point.kind,
        _POINT.c.normalized == point.normalized,
    )
    return StoredPoint(**(await tx.execute(query)).mappings().one()), False


async def add_missing(
    tx: Transaction, tenant_id: UUID, found: Iterable[tuple[UUID, NewPoint]]
) -> None:
    """The points of several persons that are not there yet, in one statement.

    A value that does not parse is none: it has no key by which it would be known again.
    """
    rows = [
        {
            **asdict(point), "tenant_id": tenant_id, "id": new_id(), "person_id": person_id,
            "version": 1,
        }
        for person_id, point in found
        if point.normalized is not None
    ]  # fmt: skip
    if rows:
        made = insert(_POINT).on_conflict_do_nothing(index_elements=_KEY)
        await tx.execute(made, sorted(rows, key=lambda row: (row["person_id"], row["kind"])))


async def read(tx: Transaction, point_id: UUID, *, lock: bool = False) -> StoredPoint | None:
    """One point."""
    query = select(*_COLUMNS).where(_POINT.c.id == point_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return StoredPoint(**row) if row else None


async def read_many(tx: Transaction, point_ids: Iterable[UUID]) -> dict[UUID, StoredPoint]:
    """Several points, by id."""
    rows = await _READ_MANY.rows(tx, ids=list(point_ids))
    return {row["id"]: StoredPoint(**row) for row in rows}


async def of_person(tx: Transaction, person_id: UUID) -> list[StoredPoint]:
    """All of a person's, the one to use first before the others.

    Where two were merged, those of both: one value may be there twice.
    """
    rows = await _OF_PERSON.rows(tx, person_id=person_id)
    return [StoredPoint(**row) for row in rows]


async def holders(tx: Transaction, kind: str, normalized: str) -> list[StoredPoint]:
    """The points of everybody with a value, the one that was used last first."""
    query = select(*_COLUMNS).where(_POINT.c.kind == kind, _POINT.c.normalized == normalized)
    order = (_POINT.c.last_used_at.desc().nulls_last(), _POINT.c.id)
    rows = await tx.execute(query.order_by(*order).limit(MOST_HOLDERS))
    return [StoredPoint(**row) for row in rows.mappings()]


async def mark_used(tx: Transaction, point_id: UUID, channel: str) -> None:
    """Say when a point was last used by us, and when the person last wrote from it.

    By all contacts as they are said to have been now: one that was voided counts no more.
    """
    mine = _CONTACT.c.point_id == point_id, _CONTACT.c.voided_on.is_(None)
    whose = select(_POINT.c.person_id).where(_POINT.c.id == point_id).scalar_subquery()

    def latest(direction: str) -> ScalarSelect[Any]:
        query = select(func.max(_CONTACT.c.started_at)).where(
            *mine, _CONTACT.c.person_id == whose, _CONTACT.c.direction == direction
        )
        written = _CONTACT.c.channel == channel if direction == "in" else true()
        return query.where(written).scalar_subquery()

    values: dict[str, ColumnElement[Any]] = {"last_used_at": latest("out")}
    if channel in WRITTEN:
        values["last_inbound_on"] = func.date(func.timezone("UTC", latest("in")))
    await tx.execute(update(_POINT).where(_POINT.c.id == point_id).values(values))


async def mark_many(
    tx: Transaction, made: Iterable[tuple[UUID | None, UUID | None, str, datetime, bool]]
) -> None:
    """Say the same after new contacts alone: point, person, channel, instant, and whether ours."""
    latest: dict[tuple[UUID, UUID], dict[str, datetime]] = {}
    for point_id, person_id, channel, at, is_ours in made:
        if point_id is None or person_id is None:
            continue
        if is_ours or channel in WRITTEN:
            mine = latest.setdefault((point_id, person_id), {})
            name = "used_at" if is_ours else "inbound_at"
            mine[name] = max(at, mine.get(name, at))
    rows = [
        {"id": point_id, "person_id": person_id, **said}
        for (point_id, person_id), said in sorted(latest.items())
    ]
    if rows:
        await _MARK_MANY.rows(tx, rows=orjson.dumps(rows, default=str).decode())


async def values_of(tx: Transaction, point_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The normalized values of points that have one, by id."""
    query = select(_POINT.c.id, _POINT.c.normalized).where(_POINT.c.id.in_(list(point_ids)))
    return {row.id: row.normalized for row in await tx.execute(query) if row.normalized}


async def of_persons(tx: Transaction, person_ids: Sequence[UUID]) -> dict[UUID, list[StoredPoint]]:
    """Those of several persons, by person, in the same order."""
    found: dict[UUID, list[StoredPoint]] = {}
    for row in await _OF_PERSONS.rows(tx, ids=list(person_ids)):
        found.setdefault(row["person_id"], []).append(StoredPoint(**row))
    return found


async def amend(tx: Transaction, point_id: UUID, values: Mapping[str, Any]) -> StoredPoint:
    """Set these columns of a locked point; the version rises."""
    change = update(_POINT).where(_POINT.c.id == point_id)
    changed = change.values(**values, version=_POINT.c.version + 1).returning(*_COLUMNS)
    return StoredPoint(**(await tx.execute(changed)).mappings().one())
