"""The tenant's stream: events of what belongs to no account, in one order without gaps.

They lie where all events lie, under the tenant's own id in place of an account's, each with the
hash of the one before. Whoever tells holds the stream's row until they commit, so that is taken
last of all locks, right before, and by no posting.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, insert, select
from sqlalchemy.types import Integer

from app.domain.entries.events import Event
from app.storage import tables
from app.storage.books.apart import event_row
from app.storage.books.events import HASHED, HASHED_IF_SAID, linked
from app.storage.books.telling import tell_apart
from app.storage.database.engine import Transaction, put_aside
from app.storage.database.prepared import driver
from app.storage.database.tenanted import of_tenant

_EVENT, _STREAM = tables.table(tables.Event), tables.table(tables.EventStream)
_LOCK = of_tenant("""
    INSERT INTO event_stream AS s (tenant_id, event_sequence, epoch, tx)
    VALUES (:the_tenant, 0, 0, '0')
    ON CONFLICT (tenant_id) DO UPDATE SET event_sequence = s.event_sequence
    RETURNING event_sequence, event_hash
""")
_HEAD = (bindparam("sequence", type_=Integer), bindparam("hash", type_=LargeBinary))
#: Never before the last one's transaction, so that the feed has them in the order of numbers. Ours
#: runs still and is older: so nobody has read that far.
_MOVE = of_tenant("""
    UPDATE event_stream AS s SET event_sequence = :sequence, event_hash = :hash,
        epoch = accord_feed_epoch(),
        tx = greatest(pg_current_xact_id(), CASE WHEN s.epoch = accord_feed_epoch() THEN s.tx END)
    WHERE s.tenant_id = :the_tenant
    RETURNING epoch, tx
""").bindparams(*_HEAD)
#: Where tables are spread the transaction is another server's, which does the rest itself.
_MOVE_HEAD = of_tenant("""
    UPDATE event_stream AS s SET event_sequence = :sequence, event_hash = :hash
    WHERE s.tenant_id = :the_tenant
""").bindparams(*_HEAD)
#: Links read at once.
_PAGE = 1000


def tell(tx: Transaction, *told: Event) -> None:
    """Have events of no account appended when the transaction commits, in the order they came."""
    put_aside(tx, _append, *told)


async def _append(tx: Transaction, told: Sequence[Event]) -> None:
    """Number them under the stream's lock, and write them."""
    tenant_id: UUID = driver(tx).tenant_id
    head = (await tx.execute(_LOCK)).mappings().one()
    number, digest = head["event_sequence"], head["event_hash"]
    rows = []
    for event in told:
        number += 1
        row = event_row(tenant_id, tenant_id, event, number, digest)
        digest = row["hash"]
        rows.append(row)
    values = {"sequence": number, "hash": digest}
    if driver(tx).spread:
        await tx.execute(_MOVE_HEAD, values)
        await tell_apart(tx, tenant_id, rows)
        return
    place = (await tx.execute(_MOVE, values)).mappings().one()
    await tx.execute(insert(_EVENT), [{**row, **place} for row in rows])


async def broken_at(tx: Transaction, tenant_id: UUID) -> tuple[int, int | None]:
    """How many events the stream has, and the first that is not what was written; None: all are."""
    stream = (await tx.execute(select(_STREAM))).mappings().one_or_none()
    number, digest = 0, None
    links = select(
        *(_EVENT.c[name] for name in (*HASHED, *HASHED_IF_SAID)),
        _EVENT.c.previous_hash,
        _EVENT.c.hash,
    )
    links = links.where(_EVENT.c.account_id == tenant_id).order_by(_EVENT.c.sequence).limit(_PAGE)
    while found := (await tx.execute(links.where(_EVENT.c.sequence > number))).mappings().all():
        for row in found:
            number += 1
            whole = (number, digest, linked(digest, row))
            if (row["sequence"], row["previous_hash"], row["hash"]) != whole:
                return number, number
            digest = row["hash"]
    ends = (stream["event_sequence"], stream["event_hash"]) if stream else (0, None)
    return number, None if ends == (number, digest) else number + 1
