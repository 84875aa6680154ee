"""Shipped bands of a closed month, of sums that are kept and of the facts: the same rows."""

from datetime import date

from app.domain.overview.question import Asked
from app.services.reports.asked import context_of
from app.services.reports.rebuilding import Caches
from app.services.reports.report import make, resolve
from app.services.reports.summed import answered
from tests.routers.reports.stories import three


async def test_who_owes_nothing_any_more_makes_no_row(desk, swept, database, tenant):
    current, *_ = await three(desk)
    await desk.at("2026-02-20")
    await desk.pay(current, 900_00)
    await swept("2026-03-01")
    caches = Caches(database=database, tenant_id=tenant, business_date=date(2026, 3, 1))
    assert await caches.rebuild(date(2026, 2, 28)) == 3
    async with context_of(
        database, tenant, business_date=date(2026, 3, 1), time_zone="America/Chicago"
    ) as ctx:
        for name in ("aging", "portfolio"):
            for by in ((), ("status",), ("plan_kind", "standing"), ("creditor",)):
                asked = Asked(as_of=date(2026, 2, 28), by=by, standard=True)
                assert await answered(ctx, *resolve(name, asked, ctx.business_date))
                kept = (await make(ctx, name, asked)).report
                told = (await make(ctx, name, asked, by_account=True)).report
                assert kept.rows == told.rows, (name, by)
                assert kept.hash == told.hash
                assert all(row.cells["accounts"] for row in kept.rows)
