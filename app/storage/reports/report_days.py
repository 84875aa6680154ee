"""Which closed days have their sums kept, and who is making those of a day.

A day is made of facts a page of accounts at a time, and its row says by whom; a day that is being
made is not kept. Whoever makes it anew takes the row away, and with it what was made so far: so the
other finds at its next page that the day is its own no more.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.reports import points

_DAY, _ROLLUP = tables.table(tables.ReportDay), tables.table(tables.RollupDay)
_FLOW, _MONTH = tables.table(tables.FlowDay), tables.table(tables.PositionMonth)
_KEPT: Final = _DAY.c.making.is_(None)
#: How long the sums of a day may take whoever keeps it: nobody gives up waiting before.
_WAITS: Final = text("SELECT set_config('lock_timeout', '240s', true)")
_HOLD: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('report days ' || accord_tenant_id()::text, 0))"
)


class KeptDay(NamedTuple):
    """A day whose sums are kept. `causes_since_on`: of latenesses that ended since then."""

    day_on: date
    accounts: int
    causes_since_on: date | None


class AsMade(NamedTuple):
    """How many days are kept, and when the last of them was made."""

    number: int
    at: datetime | None


async def kept_day(tx: Transaction, on: date) -> KeptDay | None:
    """A day as it is kept; None: it is not."""
    query = select(*(_DAY.c[name] for name in KeptDay._fields)).where(_DAY.c.day_on == on, _KEPT)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else KeptDay(*row)


async def hold(tx: Transaction) -> None:
    """Whoever keeps days of the tenant waits for who does so already."""
    await tx.execute(_WAITS)
    await tx.execute(_HOLD)


async def kept_days(tx: Transaction, from_on: date, to_on: date) -> Sequence[date]:
    """The days of a span that are kept."""
    query = select(_DAY.c.day_on).where(_DAY.c.day_on.between(from_on, to_on), _KEPT)
    return (await tx.execute(query.order_by(_DAY.c.day_on))).scalars().all()


async def as_made(tx: Transaction, from_on: date, to_on: date) -> AsMade:
    """How many days of a span are kept, and when the last of them was made.

    The same before and after something was read of them: none was made anew meanwhile.
    """
    asked = _DAY.c.day_on.between(from_on, to_on), _KEPT
    query = select(func.count(), func.max(_DAY.c.made_at)).where(*asked)
    return AsMade(*(await tx.execute(query)).one())


async def claim(tx: Transaction, tenant_id: UUID, on: date, making: UUID, *, at: datetime) -> None:
    """Forget what is kept of a day: from now on it is made, under this id.

    Held, since two who begin at once see neither each other's day nor its rows.
    """
    await hold(tx)
    await forget_from(tx, on, until=on)
    made = {"tenant_id": tenant_id, "day_on": on, "accounts": 0, "made_at": at}
    await tx.execute(insert(_DAY).values(making=making, **made))


async def is_making(tx: Transaction, on: date, making: UUID) -> bool:
    """Whether the day is still being made under this id; it stays so for this transaction."""
    query = select(_DAY.c.making).where(_DAY.c.day_on == on).with_for_update()
    return (await tx.execute(query)).scalar_one_or_none() == making


async def note_day(
    tx: Transaction, tenant_id: UUID, on: date, *, accounts: int, month_end: bool, at: datetime
) -> None:
    """From now on reports read the day; of the end of a month points are still to be kept."""
    made = {"tenant_id": tenant_id, "day_on": on, "accounts": accounts, "made_at": at}
    unpointed = False if month_end else None
    await tx.execute(delete(_DAY).where(_DAY.c.day_on == on))  # it said who was making it
    await tx.execute(insert(_DAY).values(points_kept=unpointed, **made))


async def note_causes(tx: Transaction, on: date, since_on: date) -> None:
    """It is kept what ended each lateness between two ends of months."""
    await tx.execute(update(_DAY).where(_DAY.c.day_on == on).values(causes_since_on=since_on))


async def last_kept(tx: Transaction, before: date) -> date | None:
    """The last day that is kept before one."""
    query = select(func.max(_DAY.c.day_on)).where(_DAY.c.day_on < before, _KEPT)
    day: date | None = (await tx.execute(query)).scalar_one()
    return day


async def first_kept(tx: Transaction) -> date | None:
    """The first day that is kept."""
    query = select(func.min(_DAY.c.day_on)).where(_KEPT)
    day: date | None = (await tx.execute(query)).scalar_one()
    return day


async def forget_from(tx: Transaction, on: date, *, until: date | None = None) -> None:
    """Keep nothing of a day and those after it, or of those until another."""
    for table, day in (
        (_DAY, _DAY.c.day_on), (_ROLLUP, _ROLLUP.c.day_on), (_FLOW, _FLOW.c.day_on),
        (_MONTH, _MONTH.c.month_on),
    ):  # fmt: skip
        ends = [] if until is None else [day <= until]
        await tx.execute(delete(table).where(day >= on, *ends))
    await points.forget(tx, on, until=until)
