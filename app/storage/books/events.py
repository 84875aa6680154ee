"""Reading events: the tenant's feed, which leaves no event out, and one account's timeline.

The feed is ordered by the transaction that wrote, not by the moment it committed, and ends
before the oldest transaction still running: whatever commits late comes after the cursor, never
before it. Epochs come first: a database that was put back may count its transactions again.

Each event carries a hash of its content and of its account's previous hash, so that none can be
changed, dropped or slipped in afterwards without `chains.py` finding the place.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, Uuid, bindparam, func, literal_column, select, tuple_
from sqlalchemy.types import Integer

from app.storage.database.continuity import Position
from app.storage.database.engine import Transaction
from app.storage.database.types import Xid8
from app.storage.tables import Event, table

_EVENT = table(Event)
#: The columns of an event that its hash is taken of.
HASHED = (
    "id", "sequence", "type", "business_date", "plan_id", "payment_id", "data", "corrects",
)  # fmt: skip
_SHOWN = tuple(
    _EVENT.c[name]
    for name in (
        "id", "type", "occurred_at", "business_date", "account_id", "plan_id", "payment_id",
        "sequence", "data", "corrects", "epoch", "tx",
    )
)  # fmt: skip
_ORDER = (_EVENT.c.epoch, _EVENT.c.tx, _EVENT.c.account_id, _EVENT.c.sequence)
#: The first transaction that may still write: where the feed ends for now.
_HORIZON = tuple_(
    select(func.accord_feed_epoch()).scalar_subquery(),
    select(func.pg_snapshot_xmin(literal_column("pg_current_snapshot()"))).scalar_subquery(),
)
_UNREAD = select(
    func.count().label("events"),
    func.coalesce(
        func.extract("epoch", func.clock_timestamp() - func.min(_EVENT.c.occurred_at)), 0.0
    ).label("oldest_s"),
).where(tuple_(_EVENT.c.epoch, _EVENT.c.tx) >= _HORIZON)
_AFTER = tuple_(
    bindparam("epoch", type_=Integer),
    bindparam("tx", type_=Xid8),
    bindparam("after_account", type_=Uuid),
    bindparam("sequence", type_=Integer),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What is stored and the feed does not show yet, since a transaction still runs before it."""

    events: int
    oldest_s: float
    """How long ago the first of them was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event as stored. `position` is where the feed goes on after it."""

    id: UUID
    type: str
    occurred_at: datetime
    business_date: date
    account_id: UUID
    plan_id: UUID | None
    payment_id: UUID | None
    sequence: int
    data: Mapping[str, Any]
    corrects: UUID | None
    position: Position


async def feed(
    tx: Transaction,
    *,
    after: Position | None = None,
    types: Collection[str] = (),
    account_id: UUID | None = None,
    limit: int,
) -> tuple[RecordedEvent, ...]:
    """The tenant's events after a position, oldest first; none of a transaction still open.

    Fewer than `limit` means: no more for now. `types` empty means every type.
    """
    query = select(*_SHOWN).where(tuple_(_EVENT.c.epoch, _EVENT.c.tx) < _HORIZON)
    values: dict[str, Any] = {}
    if after is not None:
        query = query.where(tuple_(*_ORDER) > _AFTER)
        values = {**after._asdict(), "after_account": after.account_id}
        del values["account_id"]
    query = _narrowed(query, types, account_id)
    rows = (await tx.execute(query.order_by(*_ORDER).limit(limit), values)).mappings()
    return tuple(_event(row) for row in rows)


async def unread(tx: Transaction) -> Unread:
    """The tenant's events beyond the feed's end for now."""
    row = (await tx.execute(_UNREAD)).mappings().one()
    return Unread(**row)


async def timeline(
    tx: Transaction,
    account_id: UUID,
    *,
    after_sequence: int = 0,
    types: Collection[str] = (),
    limit: int,
) -> tuple[RecordedEvent, ...]:
    """One account's events in order of entry, after a sequence; uncommitted ones of `tx` too."""
    query = select(*_SHOWN).where(_EVENT.c.sequence > after_sequence)
    query = _narrowed(query, types, account_id).order_by(_EVENT.c.sequence).limit(limit)
    return tuple(_event(row) for row in (await tx.execute(query)).mappings())


def linked(previous: bytes | None, content: Mapping[str, Any]) -> bytes:
    """An event's hash: of the previous one's (nothing before the first) and of its content."""
    canonical = orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)
    return sha256((previous or b"") + canonical).digest()


async def was_recorded(
    tx: Transaction, account_id: UUID, kind: str, *, business_date: date
) -> bool:
    """Whether an account has an event of this type on that business date."""
    query = select(_EVENT.c.id).where(
        _EVENT.c.account_id == account_id,
        _EVENT.c.type == kind,
        _EVENT.c.business_date == business_date,
    )
    return (await tx.execute(query.limit(1))).first() is not None


def _narrowed(
    query: Select[*tuple[Any, ...]], types: Collection[str], account_id: UUID | None
) -> Select[*tuple[Any, ...]]:
    if types:
        query = query.where(_EVENT.c.type.in_(sorted(types)))
    if account_id is not None:
        query = query.where(_EVENT.c.account_id == account_id)
    return query


def _event(row: Mapping[Any, Any]) -> RecordedEvent:
    shown = dict(row)
    epoch, tx = shown.pop("epoch"), shown.pop("tx")
    position = Position(epoch, tx, shown["account_id"], shown["sequence"])
    return RecordedEvent(**shown, position=position)
