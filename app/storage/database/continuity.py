"""Whether this database is the continuation of the one that was served last.

Where it may have been put back, the feed's epoch ends (the migration `continuity` says how that
is known). Each connection of ours takes the database up before anything else is done on it, and
now and then what has certainly ended is noted, so that a restore costs readers little.
"""

from typing import Any, Final, NamedTuple
from uuid import UUID

from asyncpg import UndefinedFunctionError
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Integer, Uuid

from app.storage.database.addresses import Driven
from app.storage.database.types import Xid8

_PULSE: Final = text("""
DO $$ BEGIN
    IF to_regproc('accord_pulse') IS NOT NULL THEN PERFORM accord_pulse(); END IF;
END $$""")
_BEGIN: Final = text("SELECT accord_begin_epoch(true)")
_END: Final = text("SELECT current_epoch, epoch, horizon FROM accord_feed_end(:given)").bindparams(
    bindparam("given", type_=Integer)
)
_KEPT: Final = text("""
    SELECT EXISTS (SELECT FROM event WHERE epoch = :epoch AND tx = :tx
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
        await connection.execute("SELECT accord_take_up()")
    except UndefinedFunctionError:
        return


async def pulse(tx: AsyncConnection) -> None:
    """Note what has ended by now; take the database up where it is another's continuation."""
    await tx.execute(_PULSE)


async def begin_epoch(tx: AsyncConnection) -> int:
    """By hand, as the owner: whatever readers hold from before is held against what there is."""
    begun: int = (await tx.execute(_BEGIN)).scalar_one()
    return begun


async def resumed(
    tx: AsyncConnection, after: Position | None, given_in: int
) -> tuple[Position | None, int]:
    """Where a reader goes on who was given `after` in the epoch `given_in`; and today's epoch.

    A reader whose place may have been lost goes on from what surely was not, and reads some
    events again; whose place is lost is told. Raises `PutBack`.
    """
    found: Any = (await tx.execute(_END, {"given": given_in})).one()
    if after is None or given_in == found.current_epoch:
        return after, found.current_epoch
    if found.epoch is None:
        raise PutBack(None, found.current_epoch)
    if (after.epoch, after.tx) < (found.epoch, found.horizon):
        return after, found.current_epoch
    kept = Position(found.epoch, found.horizon, _NOBODY, 0)
    if found.epoch == given_in and (await tx.execute(_KEPT, after._asdict())).scalar_one():
        return kept, found.current_epoch
    raise PutBack(kept, found.current_epoch)
