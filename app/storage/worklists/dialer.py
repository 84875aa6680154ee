"""Dialer lists as stored: their rows in the order of working, and what came of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, insert, select, update

from app.domain.contact.words import Channel, PointKind
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.tables import Contact, ContactDecision, ContactPoint, DialerList, DialerRow, table

_LIST, _ROW = table(DialerList), table(DialerRow)
_CONTACT, _DECISION, _POINT = table(Contact), table(ContactDecision), table(ContactPoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDialerList:
    """A list as it was made. `columns` None: all."""

    id: UUID
    worklist: str
    purpose: str
    format: str
    columns: tuple[str, ...] | None
    made_at: datetime
    valid_until_at: datetime
    business_date: date
    actor: str | None
    role: str
    key_id: UUID | None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDialerRow:
    """A call that may be made, and what came of it."""

    id: UUID
    account_id: UUID
    list_id: UUID
    number: int
    person_id: UUID
    point_id: UUID
    decision_id: UUID
    reference: str
    reason: str
    priority: int
    time_zone: str
    call_after_at: datetime
    call_before_at: datetime
    contact_id: UUID | None = None
    released_at: datetime | None = None


_LISTED = tuple(_LIST.c[name] for name in StoredDialerList.__dataclass_fields__)
_HELD_ELSEWHERE = of_tenant("""
    SELECT normalized FROM (
        SELECT normalized FROM contact_point
        WHERE tenant_id = :the_tenant AND kind = 'phone' AND normalized = ANY(:numbers)
        GROUP BY normalized HAVING count(DISTINCT person_id) > 1 ORDER BY normalized OFFSET 0
    ) AS shared
    WHERE NOT pg_try_advisory_xact_lock(
        hashtextextended('ringing ' || accord_tenant_id()::text || normalized, 0))
""").bindparams(bindparam("numbers", type_=ARRAY(Text)))
_COLUMNS = tuple(_ROW.c[name] for name in StoredDialerRow.__dataclass_fields__)


async def add(
    tx: Transaction, tenant_id: UUID, made: StoredDialerList, rows: Sequence[StoredDialerRow]
) -> None:
    """Keep a list and its rows."""
    columns = None if made.columns is None else list(made.columns)
    await tx.execute(
        insert(_LIST).values(**{**asdict(made), "columns": columns, "tenant_id": tenant_id})
    )
    if rows:
        await tx.execute(insert(_ROW), [{**asdict(one), "tenant_id": tenant_id} for one in rows])


async def read(tx: Transaction, list_id: UUID, *, lock: bool = False) -> StoredDialerList | None:
    """A list. `lock`: nobody else closes it or adds results to it until the transaction ends."""
    query = select(*_LISTED).where(_LIST.c.id == list_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return _list(row) if row else None


async def rows_of(tx: Transaction, list_id: UUID) -> list[StoredDialerRow]:
    """A list's rows in its order; two thousand at most."""
    query = select(*_COLUMNS).where(_ROW.c.list_id == list_id).order_by(_ROW.c.number)
    return [StoredDialerRow(**row) for row in (await tx.execute(query)).mappings()]


async def ringing(tx: Transaction, numbers: Collection[str], at: datetime) -> set[str]:
    """Those of the numbers by which somebody may be called at an instant, as was reserved.

    A number of several persons is held until the transaction ends; one that another list being
    made holds counts as ringing.
    """
    held = set((await tx.execute(_HELD_ELSEWHERE, {"numbers": list(numbers)})).scalars())
    reserved = (
        (_DECISION.c.person_id == _POINT.c.person_id)
        & (_DECISION.c.point_id == _POINT.c.id)
        & (_DECISION.c.channel == Channel.CALL.value)
        & (_DECISION.c.reserved_until_at > at)
        & _DECISION.c.ended_because.is_(None)
    )
    query = (
        select(_POINT.c.normalized)
        .select_from(_POINT.join(_DECISION, reserved))
        .where(_POINT.c.kind == PointKind.PHONE.value, _POINT.c.normalized.in_(list(numbers)))
    )
    return held | set((await tx.execute(query)).scalars())


async def mark(tx: Transaction, row: StoredDialerRow, contact_id: UUID) -> None:
    """Say which contact came of a row."""
    mine = (_ROW.c.account_id == row.account_id, _ROW.c.id == row.id)
    await tx.execute(update(_ROW).where(*mine).values(contact_id=contact_id))


async def close(tx: Transaction, list_id: UUID, at: datetime) -> list[StoredDialerRow]:
    """End a locked list and release the reservations of what nobody dialed; those rows."""
    await tx.execute(update(_LIST).where(_LIST.c.id == list_id).values(closed_at=at))
    free = (_ROW.c.list_id == list_id, _ROW.c.contact_id.is_(None))
    gone = update(_ROW).where(*free).values(released_at=at).returning(*_COLUMNS)
    rows = [StoredDialerRow(**row) for row in (await tx.execute(gone)).mappings()]
    ended = update(_DECISION).where(
        _DECISION.c.id.in_([one.decision_id for one in rows]),
        _DECISION.c.ended_because.is_(None),
    )
    said = {"ended_because": "released", "ended_at": at, "end_reason": "the dialer list closed"}
    await tx.execute(ended.values(**said))
    return rows


async def outcomes(tx: Transaction, list_id: UUID) -> list[tuple[str | None, int]]:
    """What came of the rows that were dialed: (outcome, how many)."""
    query = (
        select(_CONTACT.c.outcome, func.count())
        .select_from(_ROW.join(_CONTACT, (_CONTACT.c.tenant_id == _ROW.c.tenant_id)
                               & (_CONTACT.c.id == _ROW.c.contact_id)))
        .where(_ROW.c.list_id == list_id)
        .group_by(_CONTACT.c.outcome)
        .order_by(_CONTACT.c.outcome)
    )  # fmt: skip
    return [(row[0], row[1]) for row in await tx.execute(query)]


def _list(row: Mapping[Any, Any]) -> StoredDialerList:
    columns = row["columns"]
    return StoredDialerList(**{**row, "columns": None if columns is None else tuple(columns)})
