"""An account's books written with the reply to their command: one call for both.

A command after which nothing is read puts its books aside. Whoever keeps its reply writes them with
it; where no reply is kept, they are written as the transaction ends.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from uuid import UUID

from app.storage import idempotency
from app.storage.books import function
from app.storage.books.entry import Entry, Rows
from app.storage.books.write import ReferenceTaken, rows_of, write_rows
from app.storage.database.addresses import Seen
from app.storage.database.engine import Transaction, put_aside, taken_aside
from app.storage.database.prepared import driver
from app.storage.idempotency import Reply

#: Says of a reference that was claimed in the meantime what it stands for now, by raising.
Refuse = Callable[[], Awaitable[None]]


class _Aside(NamedTuple):
    tenant_id: UUID
    rows: Rows
    refuse: Refuse


async def write_last(tx: Transaction, tenant_id: UUID, entry: Entry, refuse: Refuse) -> None:
    """`write` for one account, later in this transaction. Raises `BrokenRule`.

    It must be locked. Where a reference is no longer free, then, `refuse` is asked before
    `ReferenceTaken` is raised. What takes more than one account's function is written at once.
    """
    aside = _Aside(tenant_id, await rows_of(tx, [entry]), refuse)
    if function.writes(aside.rows) and not driver(tx).spread:
        put_aside(tx, _write_alone, aside)
    else:
        await _write_alone(tx, [aside])


async def keep(tx: Transaction, key: str, fingerprint: bytes, reply: Reply) -> None:
    """Keep a reply, and write with it the books that were put aside.

    Raises as `idempotency.store` and `write_last` do, and `Overtaken` where no transaction has
    begun yet, in which case this is one by itself.
    """
    waiting = taken_aside(tx, _write_alone)
    if len(waiting) != 1:
        await _write_alone(tx, waiting)
        await idempotency.store(tx, key, fingerprint, reply)
        return
    (aside,) = waiting
    kept = idempotency.kept(key, fingerprint, reply)
    if (seen := _as_seen(tx, aside.rows)) is not None:
        await function.write_as_seen(
            tx, aside.tenant_id, aside.rows, kept=idempotency.KEPT, seen=seen, **kept
        )
        return
    found = await function.write_and_keep(
        tx, aside.tenant_id, aside.rows, kept=idempotency.KEPT, **kept
    )
    if found < 0:
        raise ValueError(idempotency.TWICE)
    if found != len(aside.rows["handles"]):
        await aside.refuse()
        raise ReferenceTaken


def _as_seen(tx: Transaction, rows: Rows) -> int | None:
    """The version of the account's row that was seen, where these are all a command writes.

    None: its transaction has begun, or there is more to do in it.
    """
    connection = driver(tx)
    seen: Seen | None = connection.seen
    if connection.unbegun is None or connection.last or seen is None:
        return None
    return seen.version if seen.account_id == rows["accounts"][0]["id"] else None


async def _write_alone(tx: Transaction, waiting: Sequence[_Aside]) -> None:
    for aside in waiting:
        try:
            await write_rows(tx, aside.tenant_id, aside.rows)
        except ReferenceTaken:
            await aside.refuse()
            raise
