"""Writing an account's books: everything one command adds, for any number of accounts.

One statement writes it all (facts, postings, payments, allocations, plans, installments,
events, references, and the accounts' cached columns). For many accounts, or where a plan or an
offer is new, its rows travel as JSON documents, one per table, so the statement is the same
whatever a command adds and is prepared once. What else one account gets is written by a function
of the database (`function.py`): that is a posting.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, text

from app.domain.books.enter import Draft
from app.storage import tables
from app.storage.accounts.accounts import StoredAccount
from app.storage.books import function
from app.storage.books.entry import Entry, Rows
from app.storage.books.entry_rows import chained, entry_rows, plain
from app.storage.books.events import HASHED_IF_SAID, RecordedEvent
from app.storage.books.rules import hold
from app.storage.books.statement import WRITE_BOOKS
from app.storage.books.where_it_lies import write_where_it_lies
from app.storage.database.continuity import Position
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared, driver
from app.storage.database.unavailable import Unavailable

_EVENT = tables.table(tables.Event)
_EARLIER_EVENTS = (
    select(_EVENT.c.account_id, _EVENT.c.id, _EVENT.c.natural_key)
    .where(
        _EVENT.c.account_id == any_(bindparam("account_ids", type_=ARRAY(Uuid))),
        _EVENT.c.natural_key.is_not(None),
    )
    .order_by(_EVENT.c.sequence)
)
_WRITE = Prepared(text(WRITE_BOOKS))
#: Rows whose rendering takes a millisecond: others have their turn before it.
_MANY_ROWS = 200


class ReferenceTaken(Unavailable):
    """A caller's reference was claimed by another meanwhile; asked again, the command finds it."""

    def __init__(self) -> None:
        super().__init__("reference")


async def write(tx: Transaction, tenant_id: UUID, entries: Sequence[Entry]) -> None:
    """Append it all and bring the cached columns up to date, in one statement.

    The accounts must be locked. Raises `ReferenceTaken` when a reference is no longer free;
    then nothing of this transaction may be kept. `BrokenRule`: a row is not as it may be.
    """
    await write_rows(tx, tenant_id, await rows_of(tx, entries))


async def rows_of(tx: Transaction, entries: Sequence[Entry]) -> Rows:
    """What is to be written, by part. Raises `BrokenRule`."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _PARAMETERS}
    earlier_events = await _earlier_events(tx, entries)
    for number, entry in enumerate(entries):
        if number:  # as `in_turns`, of which one entry needs nothing
            await asyncio.sleep(0)
        for name, row in entry_rows(entry, earlier_events.get(entry.account.id, {})):
            rows[name].append(row)
    hold(rows)
    rows["handles"].sort(key=lambda row: (row["kind"], row["key"]))  # two batches, one order
    rows["reviews"].sort(key=itemgetter("account_id"))
    rows["standings"].sort(key=itemgetter("account_id", "plan_id"))
    return rows


async def write_rows(tx: Transaction, tenant_id: UUID, rows: Rows) -> None:
    """Write what `rows_of` made, as `write` does."""
    if function.writes(rows) and not driver(tx).spread:
        found = await function.write(tx, tenant_id, rows)
    else:
        found = await _write_many(tx, tenant_id, rows)
    if found != len(rows["handles"]):
        raise ReferenceTaken


async def _write_many(tx: Transaction, tenant_id: UUID, rows: Rows) -> int:
    """Write the rows of any accounts; answers how many references were free and are claimed."""
    parameters = dict[str, str]()
    for name, many in rows.items():
        if len(many) > _MANY_ROWS:
            await asyncio.sleep(0)
        parameters[name] = orjson.dumps(many, default=plain).decode()
    if driver(tx).spread:
        found = await write_where_it_lies(tx, tenant_id, parameters)
    else:
        found = await _WRITE.row(tx, tenant_id=tenant_id, **parameters)
    return int(found["claimed"]) if found is not None else 0


_PARAMETERS = (
    "handles", "facts", "plans", "plan_changes", "revisions", "installments", "settlements",
    "settlement_changes", "payments", "payment_changes", "postings", "allocations", "events",
    "reviews", "standings", "accounts",
)  # fmt: skip


async def foretold(
    tx: Transaction, account: StoredAccount, draft: Draft, *, at: datetime
) -> tuple[RecordedEvent, ...]:
    """The events of a draft as `write` would store them, ids and numbers included."""
    earlier_events = await _earlier_events(tx, [Entry(account=account, draft=draft, due_on=None)])
    rows, _ = chained(account, draft.events, earlier_events.get(account.id, {}))
    shown = (
        "id", "business_date", "plan_id", "payment_id", "sequence", "data", "corrects",
        *HASHED_IF_SAID,
    )  # fmt: skip
    return tuple(
        RecordedEvent(
            **{name: row[name] for name in shown if name in row},
            type=str(row["type"]),
            occurred_at=at,
            account_id=account.id,
            position=Position(0, 0, account.id, row["sequence"]),  # in no feed yet
        )
        for row in rows
    )


async def _earlier_events(
    tx: Transaction, entries: Sequence[Entry]
) -> dict[UUID, dict[str, list[UUID]]]:
    """The ids of earlier events by account and verdict, where there can be any to correct."""
    earlier_events: dict[UUID, dict[str, list[UUID]]] = {
        entry.account.id: {}
        for entry in entries
        if any(
            e.key and (e.told_before or entry.replayed or entry.account.replays)
            for e in entry.draft.events
        )
    }
    if earlier_events:
        for row in await tx.execute(_EARLIER_EVENTS, {"account_ids": list(earlier_events)}):
            verdict = row.natural_key.rpartition("/")[0]
            earlier_events[row.account_id].setdefault(verdict, []).append(row.id)
    return earlier_events
