"""Events alone of accounts, many at once: each goes into its account's chain, nothing else moves.

An account's row is some kilobytes, its state most of it; where nothing but events is new, only
the end of its chain is written.
"""

from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy import text

from app.storage.books.entry import Entry
from app.storage.books.statement import TELL
from app.storage.books.write import plain, rows_of, write_rows
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared, driver

_TELL = Prepared(text(TELL))
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
