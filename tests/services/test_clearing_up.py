"""`accord sweep` does what the scheduler does beside its sweeps, for who runs none."""

from datetime import UTC, date, datetime

from app.cli.sweep import _clear_up
from app.services.tenancy.tenants import list_tenants
from app.storage.reports import points, report_days
from tests.database import as_tenant

ENDED = date(2026, 2, 28)


async def test_points_of_a_month_that_is_over_are_kept(database, tenant):
    async with as_tenant(database, tenant) as tx:
        at = datetime(2026, 3, 1, tzinfo=UTC)
        await report_days.note_day(tx, tenant, ENDED, accounts=0, month_end=True, at=at)
        assert not await points.kept(tx, ENDED)
    (record,) = [one for one in await list_tenants(database) if one.tenant_id == tenant]

    await _clear_up(database, record, date(2026, 3, 1))

    async with as_tenant(database, tenant) as tx:
        assert await points.kept(tx, ENDED)
