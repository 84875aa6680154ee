"""Who waits for a lock: asked of the one server, or, where tables are spread, of all of them."""

from sqlalchemy import text

from app.storage.database.engine import Transaction
from app.storage.database.prepared import driver

_HERE = text(
    "SELECT EXISTS (SELECT FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
)
_SOMEWHERE = text(
    "SELECT EXISTS (SELECT FROM citus_lock_waits WHERE blocking_gpid = citus_backend_gpid())"
)


async def is_waited_for(tx: Transaction) -> bool:
    """Whether somebody waits for what this transaction holds."""
    waits: bool = (await tx.execute(_SOMEWHERE if driver(tx).spread else _HERE)).scalar_one()
    return waits
