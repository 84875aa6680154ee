"""Persons as they are read and amended by themselves, locked while they are."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    union,
    update,
)

from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.tables import ContactPoint, Person, table

_PERSON, _POINT = table(Person), table(ContactPoint)
_LAST, _NAMED = _PERSON.alias("last"), _PERSON.alias("named")
_SURROGATES = range(0xD800, 0xE000)
_BY_NAME = (_PERSON.c.folded_name, _PERSON.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPerson:
    """A person as stored. `version` rises with every change of these columns."""

    id: UUID
    role: str
    reference: str | None
    name: str | None
    email: str | None
    phone: str | None
    time_zone: str | None
    region: str | None
    language: str | None
    deceased_on: date | None
    accessibility: tuple[str, ...]
    vulnerable_since_on: date | None
    vulnerable_note: str | None
    erased_at: datetime | None
    fact_sequence: int
    version: int
    merged_into: UUID | None = None


_COLUMNS = tuple(_PERSON.c[one.name] for one in fields(StoredPerson))
_TODAY = (
    select(*_COLUMNS)
    .select_from(_NAMED)
    .join(_PERSON, _PERSON.c.id == func.coalesce(_NAMED.c.merged_into, _NAMED.c.id))
    .where(_NAMED.c.id == bindparam("person_id", type_=Uuid()))
)
_READ = Prepared(_TODAY)
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_READ_MANY = Prepared(
    select(_NAMED.c.id.label("named_id"), *_COLUMNS)
    .select_from(_NAMED)
    .join(_PERSON, _PERSON.c.id == func.coalesce(_NAMED.c.merged_into, _NAMED.c.id))
    .where(_NAMED.c.id == any_(_IDS))
)
_READ_KEPT = Prepared(select(*_COLUMNS).where(_PERSON.c.id == any_(_IDS)))
_WITH_MERGED = Prepared(select(_PERSON.c.merged_into).where(_PERSON.c.merged_into == any_(_IDS)))
_LOCK_MANY = Prepared(
    select(*_COLUMNS)
    .where(_PERSON.c.id == any_(_IDS), _PERSON.c.merged_into.is_(None))
    .order_by(_PERSON.c.id)
    .with_for_update(key_share=True)
)
_LOCKED = Prepared(_TODAY.with_for_update(key_share=True, of=_PERSON))


async def read(tx: Transaction, person_id: UUID, *, lock: bool = False) -> StoredPerson | None:
    """Who stands for this person today: themselves, or whom they were merged into.

    `lock`: nobody else changes or adds to them until the transaction ends. A merged person's own
    row is never locked for anything but the merge.
    """
    row = await (_LOCKED if lock else _READ).row(tx, person_id=person_id)
    if lock and row is not None and row["merged_into"] is not None:
        return await read(tx, person_id, lock=True)  # merged while we waited
    return _record(row) if row else None


async def lock_two(tx: Transaction, ids: tuple[UUID, UUID]) -> dict[UUID, StoredPerson]:
    """Those of two persons that there are, each as they are kept, locked in one order for all."""
    query = select(*_COLUMNS).where(_PERSON.c.id.in_(ids)).order_by(_PERSON.c.id)
    rows = await tx.execute(query.with_for_update(key_share=True))
    return {row["id"]: _record(row) for row in rows.mappings()}


async def merge(tx: Transaction, person_id: UUID, into: UUID) -> None:
    """From now on this locked person, and whoever was merged into them, stands for another."""
    theirs = or_(_PERSON.c.id == person_id, _PERSON.c.merged_into == person_id)
    change = update(_PERSON).where(theirs)
    await tx.execute(change.values(merged_into=into, version=_PERSON.c.version + 1))


async def ids_of(tx: Transaction, person_id: UUID) -> list[UUID]:
    """Under which ids a person is known: their own, then those merged into them."""
    query = select(_PERSON.c.id).where(_PERSON.c.merged_into == person_id).order_by(_PERSON.c.id)
    return [person_id, *(await tx.execute(query)).scalars()]


async def read_many(tx: Transaction, person_ids: Iterable[UUID]) -> dict[UUID, StoredPerson]:
    """Those of the persons that are known, by id, each as they are kept: merged or not."""
    rows = await _READ_KEPT.rows(tx, ids=list(person_ids))
    return {row["id"]: _record(row) for row in rows}


async def today(tx: Transaction, person_ids: Iterable[UUID]) -> dict[UUID, StoredPerson]:
    """Who stands for each of several persons today, by the id they are named by."""
    rows = map(dict, await _READ_MANY.rows(tx, ids=list(person_ids)))
    return {row.pop("named_id"): _record(row) for row in rows}


async def by_references(tx: Transaction, references: Iterable[str]) -> dict[str, StoredPerson]:
    """Those who are no creditors by what the client calls them; of two sides, who owes."""
    query = select(*_COLUMNS).where(
        _PERSON.c.reference.in_(list(references)),
        _PERSON.c.role.in_(("third_party", "debtor")),
        _PERSON.c.erased_at.is_(None),
    )
    rows = (await tx.execute(query.order_by(_PERSON.c.role.desc()))).mappings()
    return {row["reference"]: _record(row) for row in rows}


async def with_merged(tx: Transaction, person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the persons into whom somebody was merged."""
    rows = await _WITH_MERGED.rows(tx, ids=list(person_ids))
    return {row["merged_into"] for row in rows}


async def lock_many(tx: Transaction, person_ids: Iterable[UUID]) -> dict[UUID, StoredPerson]:
    """Those of several persons who were merged into nobody, locked in one order for all."""
    rows = await _LOCK_MANY.rows(tx, ids=list(person_ids))
    return {row["id"]: _record(row) for row in rows}


async def lock_free(tx: Transaction, person_ids: Iterable[UUID]) -> list[UUID]:
    """Those of them that nobody holds, locked: nobody else adds to them until it ends."""
    query = select(_PERSON.c.id).where(_PERSON.c.id.in_(list(person_ids)))
    locked = query.order_by(_PERSON.c.id).with_for_update(key_share=True, skip_locked=True)
    return list((await tx.execute(locked)).scalars())


async def find(
    tx: Transaction,
    *,
    reference: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    name: str | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[StoredPerson]:
    """Persons by what is given, in the order of their ids; asked by `name`, of their names.

    `email` and `phone` normalized and exact; `name`: how it begins, whatever its case. `after`:
    the last person of the page before. Where they were erased since, names are begun anew.
    """
    query = select(*_COLUMNS).where(_PERSON.c.erased_at.is_(None))
    if reference is not None:
        query = query.where(_PERSON.c.reference == reference)
    for kind, value in (("email", email), ("phone", phone)):
        if value is not None:
            holders = select(_POINT.c.person_id).where(
                _POINT.c.kind == kind, _POINT.c.normalized == value
            )
            query = query.where(_PERSON.c.id.in_(holders))
    if name is not None:
        query = query.where(*_begins(name))
        if after is not None:
            last = select(_LAST.c.folded_name).where(_LAST.c.id == after).scalar_subquery()
            since = func.coalesce(last, name.lower())
            query = query.where(tuple_(*_BY_NAME) > tuple_(since, literal(after)))
        query = query.order_by(*_BY_NAME)
    else:
        if after is not None:
            query = query.where(_PERSON.c.id > after)
        query = query.order_by(_PERSON.c.id)
    rows = await tx.execute(query.limit(limit))
    return [_record(row) for row in rows.mappings()]


async def resembling(
    tx: Transaction, typed: str, *, email: str | None, phone: str | None, limit: int
) -> list[UUID]:
    """Debtors whose reference or point it is, or whose name begins so; in no order.

    `email`, `phone`: what was typed, normalized, where it is one. One statement, each part of it
    from an index.
    """
    names = select(_PERSON.c.id).where(_PERSON.c.role == "debtor", *_begins(typed))
    parts = [
        select(_PERSON.c.id).where(_PERSON.c.role == "debtor", _PERSON.c.reference == typed),
        names.order_by(*_BY_NAME).limit(limit),
    ]
    for kind, value in (("email", email), ("phone", phone)):
        if value is not None:
            holders = select(_POINT.c.person_id).where(
                _POINT.c.kind == kind, _POINT.c.normalized == value
            )
            parts.append(holders.limit(limit))
    found = union(*(select(part.subquery()) for part in parts)).limit(limit).subquery()
    merged = select(_NAMED.c.id).where(_NAMED.c.merged_into.in_(select(found.c[0])))
    return list((await tx.execute(union(select(found.c[0]), merged))).scalars())


def _begins(name: str) -> tuple[ColumnElement[bool], ...]:
    """Names that begin so: from the text on, before the one that follows all of its beginnings.

    Bounds and no pattern, which row-level security would let no index be read by.
    """
    low = name.lower()
    return _PERSON.c.folded_name >= low, _PERSON.c.folded_name < _after_all(low)


def _after_all(low: str) -> str:
    """The least text after everything that begins with this one."""
    code = ord(low[-1]) + 1
    if code in _SURROGATES:
        code = _SURROGATES.stop
    return low[:-1] + chr(code) if code <= sys.maxunicode else _after_all(low[:-1])


async def amend(tx: Transaction, person_id: UUID, values: Mapping[str, Any]) -> None:
    """Set these columns of a locked person; the version rises."""
    change = update(_PERSON).where(_PERSON.c.id == person_id)
    await tx.execute(change.values(**values, version=_PERSON.c.version + 1))


def _record(row: Mapping[Any, Any]) -> StoredPerson:
    return StoredPerson(**{**row, "accessibility": tuple(row["accessibility"])})
