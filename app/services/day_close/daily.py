"""Which business dates of a tenant are still to be swept, and sweeping them: each date once.

However many processes ask, one sweeps a date; the others find it taken. A date that was missed
is caught up, one whose run failed or died is tried again at the next asking.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from app.services.day_close.report import unheard
from app.services.day_close.sweep import Beside, First, Follow, Skipped, SweepReport, sweep
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.day_close import daily
from app.storage.ids import new_id
from app.storage.tenancy import TenantRecord

#: How many missed dates get a run of their own. The first of them closes all days before it.
CATCH_UP_DAYS = 31
_DAY = timedelta(days=1)


def dates_due(newest_done: date | None, local: datetime, *, at: time) -> tuple[date, ...]:
    """The dates to sweep by now, oldest first, of a tenant whose clocks show `local`.

    A date is owed from `at` of its day on. After the last that was done, at most
    `CATCH_UP_DAYS`; of a tenant never swept, the last alone.
    """
    last = local.date() if local.time() >= at else local.date() - _DAY
    first = last if newest_done is None else newest_done + _DAY
    first = max(first, last - (CATCH_UP_DAYS - 1) * _DAY)
    return tuple(first + n * _DAY for n in range((last - first).days + 1))


async def sweep_due(
    database: Database,
    tenant: TenantRecord,
    local: datetime,
    *,
    at: time,
    heard: Callable[[Skipped], None] = unheard,
    first: First | None = None,
    then: Follow | None = None,
    beside: Beside | None = None,
) -> tuple[SweepReport, ...]:
    """Sweep what the tenant is owed by now; the reports of the dates that fell to this process.

    Where another process has a date, the later ones are its to go on with.
    """
    reports: list[SweepReport] = []
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant.tenant_id)
        done = await daily.newest_done(tx, local.date())
    for day in dates_due(done, local, at=at):
        run_id = new_id()
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant.tenant_id)
            if await tenancy.hold_clock(tx) is not None:  # a sandbox's owner sweeps by now
                break
            if not await daily.claim(tx, tenant.tenant_id, run_id, day):
                break
        report = await sweep(
            database,
            tenant.tenant_id,
            business_date=day,
            run_id=run_id,
            heard=heard,
            first=first,
            then=then,
            beside=beside,
            keeps_to_clock=True,
        )
        reports.append(report)
        if report.clock_moved:
            break
    return tuple(reports)
