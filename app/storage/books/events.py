"""Reading events: the tenant's feed, which leaves no event out, and one account's timeline.

The feed is ordered by the transaction that wrote, not by the moment it committed, and ends
before the oldest transaction still running: whatever commits late comes after the cursor, never
before it. Epochs come first: a database that was put back may count its transactions again.

Each event carries a hash of its content and of its account's previous hash, so that none can be
changed, dropped or slipped in afterwards without `chains.py` finding the place.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    not_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer, Text

from app.domain.entries.events import EventType, account_of
from app.domain.values import plain
from app.storage.database import continuity
from app.storage.database.continuity import End, Position
from app.storage.database.engine import Transaction
from app.storage.database.types import Xid8
from app.storage.tables import Event, table

_EVENT = table(Event)
#: The columns of an event that its hash is taken of.
HASHED = (
    "id", "sequence", "type", "business_date", "plan_id", "payment_id", "data", "corrects",
)  # fmt: skip
#: Of it too, where there is something in them: older events were hashed before they were kept.
HASHED_IF_SAID = (
    "actor", "role", "origin", "reason", "balance_after_minor", "unapplied_after_minor",
)  # fmt: skip
_SHOWN = tuple(
    _EVENT.c[name]
    for name in (
        "id", "type", "occurred_at", "business_date", "account_id", "plan_id", "payment_id",
        "sequence", "data", "corrects", *HASHED_IF_SAID, "epoch", "tx", "tenant_id",
    )
)  # fmt: skip
_ORDER = (_EVENT.c.epoch, _EVENT.c.tx, _EVENT.c.account_id, _EVENT.c.sequence)
_ENDS = (bindparam("end_epoch", type_=Integer), bindparam("end_tx", type_=Xid8))
_END = tuple_(*_ENDS)
_UNREAD = select(
    func.count().label("events"),
    func.coalesce(
        func.extract("epoch", func.clock_timestamp() - func.min(_EVENT.c.occurred_at)), 0.0
    ).label("oldest_s"),
).where(tuple_(_EVENT.c.epoch, _EVENT.c.tx) >= _END)
_LAST = (
    bindparam("epoch", type_=Integer),
    bindparam("tx", type_=Xid8),
    bindparam("after_account", type_=Uuid),
    bindparam("sequence", type_=Integer),
)
_AFTER = tuple_(*_LAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What is stored and the feed does not show yet, since a transaction still runs before it."""

    events: int
    oldest_s: float
    """How long ago the first of them was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event as stored. `position` is where the feed goes on after it.

    `account_id` None: of what belongs to no account.
    """

    id: UUID
    type: str
    occurred_at: datetime
    business_date: date
    account_id: UUID | None
    plan_id: UUID | None
    payment_id: UUID | None
    sequence: int
    data: Mapping[str, Any]
    corrects: UUID | None
    position: Position
    actor: str | None = None
    role: str | None = None
    origin: str | None = None
    reason: str | None = None
    balance_after_minor: int | None = None
    unapplied_after_minor: int | None = None


async def feed(
    tx: Transaction,
    *,
    after: Position | None = None,
    until: End | None = None,
    types: Collection[str] = (),
    account_id: UUID | None = None,
    limit: int,
) -> tuple[RecordedEvent, ...]:
    """The tenant's events after a position, oldest first; none of a transaction still open.

    `until`: where the feed ended a statement ago, or it is asked now. What had ended then is seen
    by every later statement, also where another server answers it. Fewer than `limit` means: no
    more for now. `types` empty means every type.
    """
    between = [tuple_(_EVENT.c.epoch, _EVENT.c.tx) < _END]
    values = _ending(until or await continuity.end(tx))
    if after is not None:
        between.append(tuple_(*_ORDER) > _AFTER)
        values |= {**after._asdict(), "after_account": after.account_id}
        del values["account_id"]
    if types and account_id is None:
        query = _of_types(sorted(types), limit, begun=after is not None)
    else:
        query = _narrowed(select(*_SHOWN).where(*between), types, account_id)
    in_order = [query.selected_columns[one.name] for one in _ORDER]
    rows = (await tx.execute(query.order_by(*in_order).limit(limit), values)).mappings()
    return tuple(_event(row) for row in rows)


def _of_types(types: Sequence[str], limit: int, *, begun: bool) -> Select[*tuple[Any, ...]]:
    """The first of each type by the index of types, which are at most so many, and their events.

    So a type that was told once in a million events costs no more than one that is told daily. Both
    ends are said of the type and the place as one, and so is the order: said apart, the planner
    takes the feed's own index wherever it thinks that the type is not rare, and reads all of it.
    For the same reason each event is looked up by itself: where few events are thought to be there,
    all of them were read beside the places.
    """
    given = bindparam("types", list(types), type_=ARRAY(Text))
    wanted = func.unnest(given).table_valued("type").render_derived("wanted")
    kind, e = wanted.c.type, _EVENT.c
    since = tuple_(e.type, *_ORDER) > tuple_(kind, *_LAST) if begun else e.type >= kind
    first = (
        select(*_ORDER)
        .where(since, tuple_(e.type, e.epoch, e.tx) < tuple_(kind, *_ENDS))
        .order_by(e.type, *_ORDER)
        .limit(limit)
        .lateral("first")
    )
    in_order = [first.c[one.name] for one in _ORDER]
    places = (
        select(first.c.account_id, first.c.sequence)
        .select_from(wanted.join(first, true()))
        .order_by(*in_order)
        .limit(limit)
        .subquery("place")
    )
    there = and_(_EVENT.c.account_id == places.c.account_id, _EVENT.c.sequence == places.c.sequence)
    told = select(*_SHOWN).where(there).limit(1).lateral("told")
    return select(*told.c).select_from(places.join(told, true()))


async def end(tx: Transaction, until: End) -> Position | None:
    """The place of the last event before the feed's end, whatever it tells."""
    newest = tuple(one.desc() for one in _ORDER)
    query = select(*_ORDER).where(tuple_(_EVENT.c.epoch, _EVENT.c.tx) < _END)
    row = (await tx.execute(query.order_by(*newest).limit(1), _ending(until))).one_or_none()
    return Position(*row) if row else None


async def unread(tx: Transaction) -> Unread:
    """The tenant's events beyond the feed's end for now."""
    row = (await tx.execute(_UNREAD, _ending(await continuity.end(tx)))).mappings().one()
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


async def latest(
    tx: Transaction,
    account_id: UUID,
    *,
    before: datetime,
    limit: int,
    but: Collection[EventType] = (),
    with_persons: Collection[UUID] | None = None,
) -> tuple[RecordedEvent, ...]:
    """One account's events that were told before an instant, the newest first.

    `but`: none of these types; `with_persons`: which are left out of what was with them alone.
    """
    query = select(*_SHOWN).where(_EVENT.c.account_id == account_id, _EVENT.c.occurred_at < before)
    if but:
        out: ColumnElement[bool] = _EVENT.c.type.in_(sorted(but))
        if with_persons is not None:
            named = func.coalesce(_EVENT.c.data["person_id"].astext, "")
            out = and_(out, named.in_(sorted(map(str, with_persons))))
        query = query.where(not_(out))
    rows = await tx.execute(query.order_by(_EVENT.c.sequence.desc()).limit(limit))
    return tuple(_event(row) for row in rows.mappings())


async def at_places(
    tx: Transaction, places: Collection[tuple[UUID, int]]
) -> Mapping[tuple[UUID, int], RecordedEvent]:
    """The events at these places, (account, sequence), by place."""
    if not places:
        return {}
    query = select(*_SHOWN).where(tuple_(*_ORDER[2:]).in_(sorted(places)))
    events = (_event(row) for row in (await tx.execute(query)).mappings())
    return {(one.position.account_id, one.sequence): one for one in events}


def linked(previous: bytes | None, row: Mapping[Any, Any]) -> bytes:
    """An event's hash: of the previous one's (nothing before the first) and of what it says."""
    content = {name: row[name] for name in HASHED}
    content |= {name: row[name] for name in HASHED_IF_SAID if row.get(name) is not None}
    canonical = orjson.dumps(content, default=plain, option=orjson.OPT_SORT_KEYS)
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


def _ending(end: End) -> dict[str, Any]:
    return {"end_epoch": end.epoch, "end_tx": end.tx}


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
    epoch, tx, tenant_id = (shown.pop(name) for name in ("epoch", "tx", "tenant_id"))
    chain_id = shown["account_id"]
    position = Position(epoch, tx, chain_id, shown["sequence"])
    shown["account_id"] = account_of(shown["type"], chain_id, tenant_id)
    return RecordedEvent(**shown, position=position)
