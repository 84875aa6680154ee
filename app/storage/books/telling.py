"""Events alone, of accounts or of what has none: each goes into its chain, nothing else moves.

An account's row is some kilobytes, its state most of it; where nothing but events is new, only
the end of its chain is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from app.storage.books.entry import Entry
from app.storage.books.entry_rows import plain
from app.storage.books.rules import hold
from app.storage.books.statement import PARTS, TELL, TELL_APART
from app.storage.books.where_it_lies import write_where_it_lies
from app.storage.books.write import rows_of, write_rows
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared, driver

_TELL, _TELL_APART = Prepared(text(TELL)), Prepared(text(TELL_APART))
_NOTHING = {part.parameter: "[]" for part in PARTS}
_HEAD = ("id", "event_sequence", "event_hash")


async def tell(tx: Transaction, tenant_id: UUID, entries: Sequence[Entry]) -> None:
    """Append the events of locked accounts, which have nothing else to be written.

    Raises `BrokenRule`: a row is not as it may be.
    """
    rows = await rows_of(tx, entries)
    if driver(tx).spread:  # the tenant's own server writes them, as it writes everything
        await write_rows(tx, tenant_id, rows)
        return
    heads = [{name: row[name] for name in _HEAD} for row in rows["accounts"]]
    parts = {"events": rows["events"], "heads": heads}
    said = {name: orjson.dumps(many, default=plain).decode() for name, many in parts.items()}
    await _TELL.rows(tx, tenant_id=tenant_id, **said)


async def tell_apart(tx: Transaction, tenant_id: UUID, rows: Iterable[Mapping[str, Any]]) -> None:
    """Append events of no account, given as rows of their table, where their tenant's rows lie."""
    told = list(rows)
    hold({"events": told})
    events = {"events": orjson.dumps(told, default=plain).decode()}
    if driver(tx).spread:
        await write_where_it_lies(tx, tenant_id, _NOTHING | events)
    else:
        await _TELL_APART.rows(tx, tenant_id=tenant_id, **events)
