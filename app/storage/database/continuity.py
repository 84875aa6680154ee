"""Whether this database is the continuation of the one that was served last.

Where it may have been put back, the feed's epoch ends (the migration `continuity` says how that
is known). Each connection of ours takes the database up before anything else is done on it, and
now and then what has certainly ended is noted, so that a restore costs readers little.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from asyncpg import UndefinedFunctionError
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Integer, Uuid

from app.storage.database.addresses import Driven
from app.storage.database.tenanted import of_tenant
from app.storage.database.types import Xid8

_PULSE: Final = text("""
DO $$ BEGIN
    IF to_regproc('accord_pulse') IS NOT NULL THEN PERFORM accord_pulse(); END IF;
END $$""")
_TAKE_UP: Final = "SELECT current_setting('accord.spread', true) FROM accord_take_up()"
#: A call travels to a tenant's server only if its plan knows the tenant. And where shards are
#: hidden from whoever looks into the catalog, the driver's question about a type takes seconds:
#: each connection asks it once, within a transaction that may hold an account by then.
_WHERE_SPREAD: Final = """
    SET plan_cache_mode = force_custom_plan; SET citus.override_table_visibility = off
"""
_BEGIN: Final = text("SELECT accord_begin_epoch(true)")
_PLACE: Final = of_tenant("SELECT accord_feed_place(:the_tenant, :given)").bindparams(
    bindparam("given", type_=Integer)
)
_KEPT: Final = of_tenant("""
    SELECT EXISTS (SELECT FROM event WHERE tenant_id = :the_tenant AND epoch = :epoch AND tx = :tx
        AND account_id = :account_id AND sequence = :sequence)
""").bindparams(
    bindparam("epoch", type_=Integer),
    bindparam("tx", type_=Xid8),
    bindparam("account_id", type_=Uuid),
    bindparam("sequence", type_=Integer),
)
#: In a position that names a transaction and no event: less than every account's id.
_NOBODY: Final = UUID(int=0)


class Position(NamedTuple):
    """A place in the feed: everything up to and including this event has been read."""

    epoch: int
    tx: int
    account_id: UUID
    sequence: int


#: Before the first event there ever is.
START: Final = Position(0, 0, _NOBODY, 0)


class End(NamedTuple):
    """Where the feed ends for now: the first transaction that may still write."""

    epoch: int
    tx: int


class PutBack(Exception):
    """What a reader has read is not in this database: `kept` is the last place that surely is.

    None: nothing surely is.
    """

    def __init__(self, kept: Position | None, epoch: int) -> None:
        super().__init__()
        self.kept, self.epoch = kept, epoch


async def take_up(connection: Driven) -> None:
    """End the epoch if the database may have been put back. Before the first migration: nothing."""
    try:
        spread = await connection.fetchval(_TAKE_UP)
    except UndefinedFunctionError:
        return
    connection.spread = spread == "on"
    if connection.spread:
        await connection.execute(_WHERE_SPREAD)


async def pulse(tx: AsyncConnection) -> None:
    """Note what has ended by now; take the database up where it is another's continuation."""
    await tx.execute(_PULSE)


async def begin_epoch(tx: AsyncConnection) -> int:
    """By hand, as the owner: whatever readers hold from before is held against what there is."""
    begun: int = (await tx.execute(_BEGIN)).scalar_one()
    return begun


async def resumed(
    tx: AsyncConnection, after: Position | None, given_in: int
) -> tuple[Position | None, int, End]:
    """Where a reader goes on who was given `after` in the epoch `given_in`; today's epoch and end.

    A reader whose place may have been lost goes on from what surely was not, and reads some
    events again; whose place is lost is told. Raises `PutBack`.
    """
    found = await _place(tx, given_in)
    epoch, end = found["current_epoch"], _end(found)
    if after in {None, START} or given_in == epoch:
        return after, epoch, end
    if found["epoch"] is None:
        raise PutBack(None, epoch)
    kept = Position(found["epoch"], int(found["horizon"]), _NOBODY, 0)
    if (after.epoch, after.tx) < (kept.epoch, kept.tx):
        return after, epoch, end
    if kept.epoch == given_in and (await tx.execute(_KEPT, after._asdict())).scalar_one():
        return kept, epoch, end
    raise PutBack(kept, epoch)


async def end(tx: AsyncConnection) -> End:
    """Where the entered tenant's feed ends for now."""
    return _end(await _place(tx, 0))


async def _place(tx: AsyncConnection, given_in: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (await tx.execute(_PLACE, {"given": given_in})).scalar_one()
    return found


def _end(found: Mapping[str, Any]) -> End:
    return End(found["end_epoch"], int(found["end_tx"]))
