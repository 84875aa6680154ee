"""Where a tenant's notices stand in its feed. The row is the lock: one worker follows a tenant."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Integer

from app.storage.database import continuity
from app.storage.database.continuity import End, Position, PutBack
from app.storage.database.engine import Transaction
from app.storage.tables import NoticeFollower, table

_FOLLOWER = table(NoticeFollower)
_DUE = text("SELECT * FROM accord_followers_due(:most)").bindparams(
    bindparam("most", type_=Integer)
)
#: In a position that names a transaction and no event: less than every account's id.
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to go on, and where the feed ends for now. `until` None: it is to be asked."""

    after: Position | None
    epoch: int
    until: End | None


async def due(tx: Transaction, *, most: int) -> tuple[UUID, ...]:
    """The tenants whose feed goes on after their place. Enters none."""
    return tuple(row.tenant_id for row in await tx.execute(_DUE, {"most": most}))


async def place_at_end(tx: Transaction, tenant_id: UUID) -> None:
    """Follow the tenant's feed from here on; where it is followed already, nothing changes."""
    ends = await continuity.end(tx)
    values = _columns(Position(ends.epoch, ends.tx, _NOBODY, 0), ends.epoch)
    made = insert(_FOLLOWER).values(tenant_id=tenant_id, **values)
    await tx.execute(made.on_conflict_do_nothing())


async def take(tx: Transaction) -> Place | None:
    """The tenant's place, locked; None where nobody follows, or somebody else does just now.

    After a restore some events are read again, and nothing is made of them a second time.
    """
    row = (await tx.execute(select(_FOLLOWER).with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    stood = Position(row.epoch, row.tx, row.after_account, row.sequence)
    try:
        after, epoch, until = await continuity.resumed(tx, stood, row.given_in)
    except PutBack as put_back:
        return Place(after=put_back.kept, epoch=put_back.epoch, until=None)
    return Place(after=after, epoch=epoch, until=until)


async def stand(tx: Transaction, position: Position, *, given_in: int) -> None:
    """Note how far the taken place has come."""
    await tx.execute(update(_FOLLOWER).values(**_columns(position, given_in)))


def _columns(position: Position, given_in: int) -> dict[str, object]:
    return {
        "epoch": position.epoch,
        "tx": position.tx,
        "after_account": position.account_id,
        "sequence": position.sequence,
        "given_in": given_in,
    }
