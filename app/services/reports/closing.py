"""Keeping what a closed day came to, so that reports of many accounts need not look at each.

It is done when the next day opens, before any account goes on: accounts whose rows stand as they
stood are summed where they lie, the others folded to that day. All of a day is kept in one
transaction or nothing of it. What was booked by a day that is over never changes, so neither does
what is kept; a fact that comes later is in what reports restate, which read the facts.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from uuid import UUID

from app.domain.errors import InvalidInput
from app.domain.overview.positions import Key, Position, rolled_up
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.day_close.report import NAMED, DayKept, NotKept
from app.services.policy_books import book_of
from app.services.reports.look import PAGE, causes_between, positions_on
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable
from app.storage.reports import report_days, rolled, rollups

#: Accounts that a close folds; where more have gone on, the day is left to `accord reports`.
MOST_FOLDED = 20_000
STATEMENT_S = 300
_DAY = timedelta(days=1)


class _NotKept(Exception):
    """What is kept of the accounts does not answer for the day."""

    def __init__(self, kept: DayKept) -> None:
        super().__init__(kept.why_not)
        self.kept = kept


async def keep_day_before(database: Database, tenant_id: UUID, business_date: date) -> DayKept:
    """Keep the day that ended when a business date opened, or say why it is not kept.

    That is where accounts were last written before there was such a cache, where too many have
    gone on since, where an account's policy is missing, or where the database takes too long: no
    day waits for its sums to be closed.
    """
    on = business_date - _DAY
    without_policy: list[UUID] = []
    try:
        async with opened(database, tenant_id, business_date) as ctx:
            await report_days.hold(ctx.tx)  # sweeps of one day may run beside each other
            if await report_days.kept_day(ctx.tx, on) is None:
                await _keep(ctx, on)
        # where a policy is missing, rolls of that month read the facts
        await keep_causes(database, tenant_id, business_date, on, unjudged=without_policy.extend)
    except _NotKept as error:
        return error.kept
    except Unavailable:
        return DayKept(why_not=NotKept.BUSY)
    return DayKept(without_policy=tuple(without_policy))


async def days_behind(database: Database, tenant_id: UUID, business_date: date) -> int:
    """How many closed days went by since the last that is kept; where none ever was, one."""
    async with opened(database, tenant_id, business_date) as ctx:
        last = await report_days.last_kept(ctx.tx, business_date)
    return 1 if last is None else (business_date - _DAY - last).days


async def keep_causes(
    database: Database,
    tenant_id: UUID,
    business_date: date,
    on: date,
    *,
    unjudged: Callable[[Sequence[UUID]], None] | None = None,
) -> None:
    """Keep what ended each lateness of a month that is over, a page of accounts at a time.

    Raises `InvalidInput` where a policy is missing; or tells `unjudged` of which accounts it is.
    """
    since = on.replace(day=1) - _DAY
    if not ends_month(on):
        return
    async with opened(database, tenant_id, business_date) as ctx:
        day = await report_days.kept_day(ctx.tx, on)
        if day is None or day.causes_since_on or await report_days.kept_day(ctx.tx, since) is None:
            return
    ids: Sequence[UUID] = (UUID(int=0),)
    while ids:
        async with opened(database, tenant_id, business_date) as ctx:
            ids = await rolled.ended(ctx.tx, since, on, after=ids[-1], limit=PAGE)
            if not ids:
                await report_days.note_causes(ctx.tx, on, since)
                return
            stored = await accounts.read_many(ctx.tx, ids)
            try:
                causes = await causes_between(ctx, tuple(stored.values()), since, on)
            except InvalidInput:
                if unjudged is None:
                    raise
                unjudged(await _without_policy(ctx, tuple(stored.values())))
                return
            await rolled.note_causes(ctx.tx, on, causes)


async def _keep(ctx: Context, on: date) -> None:
    await report_days.forget_from(ctx.tx, on, until=on)  # of a making that was cut off
    closed = await rollups.sum_where_it_lies(ctx.tx, ctx.tenant_id, on, month_end=ends_month(on))
    if closed.unkept:
        raise _NotKept(DayKept(why_not=NotKept.OLDER_ACCOUNTS))
    if len(closed.others) > MOST_FOLDED:
        raise _NotKept(DayKept(why_not=NotKept.MANY_CHANGED))
    positions = list[Position]()
    for begins in range(0, len(closed.others), PAGE):
        stored = await accounts.read_many(ctx.tx, closed.others[begins : begins + PAGE])
        try:
            positions += await positions_on(ctx, tuple(stored.values()), on)
        except InvalidInput as missing:
            named = await _without_policy(ctx, tuple(stored.values()))
            kept = DayKept(why_not=NotKept.POLICY_MISSING, without_policy=named)
            raise _NotKept(kept) from missing
    await rollups.add_positions(ctx.tx, ctx.tenant_id, on, positions if ends_month(on) else ())
    before = await report_days.kept_day(ctx.tx, on - _DAY)
    await rollups.sum_postings(ctx.tx, on, goes_on=before is not None)
    await keep_sums(ctx, on, rolled_up(positions), number=closed.accounts)


async def _without_policy(ctx: Context, stored: Sequence[StoredAccount]) -> tuple[UUID, ...]:
    """Those of a page whose policy is missing, as many as are named."""
    found: list[UUID] = []
    for one in stored:
        try:
            await book_of(ctx, one.policy_name, one.creditor_reference)
        except InvalidInput:
            found.append(one.id)
    return tuple(found[:NAMED])


async def keep_sums(
    ctx: Context, on: date, sums: Mapping[Key, Mapping[str, int]], *, number: int
) -> None:
    """Keep sums beside what is summed already, and say that the day is kept."""
    await rollups.add_sums(ctx.tx, ctx.tenant_id, on, sums)
    await rollups.sum_postings_again(ctx.tx, on)
    await report_days.note_day(
        ctx.tx, ctx.tenant_id, on, accounts=number, month_end=ends_month(on), at=ctx.instant
    )


def ends_month(on: date) -> bool:
    """Whether a day is the last of its month."""
    return (on + _DAY).day == 1


@asynccontextmanager
async def opened(
    database: Database, tenant_id: UUID, business_date: date
) -> AsyncIterator[Context]:
    """One transaction in which statements may read every account there is."""
    async with database.transaction(statement_timeout_s=STATEMENT_S) as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        yield Context(
            tx=tx,
            tenant_id=tenant_id,
            role=Role.ADMIN,
            business_date=business_date,
            policy_epoch=await tenancy.policy_epoch(tx, tenant_id),
            actor="sweep",
        )
