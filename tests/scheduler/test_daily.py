"""Which dates are owed, and who sweeps them."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.services.day_close import daily
from app.services.day_close.daily import CATCH_UP_DAYS, dates_due, sweep_due
from app.services.tenancy.tenants import list_tenants
from app.storage import tenancy
from app.storage.day_close import sweeps

AT = time(0, 30)
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOON.date()


@pytest.mark.parametrize(
    ("done", "clock", "owed"),
    [
        pytest.param("03-09", "03-10 00:29", [], id="not yet"),
        pytest.param("03-09", "03-10 00:30", ["03-10"], id="from the hour on"),
        pytest.param("03-10", "03-10 23:59", [], id="done"),
        pytest.param("03-11", "03-10 12:00", [], id="done ahead"),
        pytest.param("03-07", "03-10 12:00", ["03-08", "03-09", "03-10"], id="missed two"),
        pytest.param("03-08", "03-10 00:10", ["03-09"], id="missed one, before the hour"),
        pytest.param(None, "03-10 12:00", ["03-10"], id="never swept"),
        pytest.param(None, "03-10 00:10", ["03-09"], id="never swept, before the hour"),
    ],
)
def test_what_is_owed(done, clock, owed):
    newest = done and date.fromisoformat(f"2026-{done}")
    local = datetime.fromisoformat(f"2026-{clock}")

    assert [f"{day:%m-%d}" for day in dates_due(newest, local, at=AT)] == owed


@given(
    newest=st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    day=st.dates(date(2025, 1, 2), date(2026, 12, 31)),
    clock=st.times(),
    at=st.times(),
)
def test_whoever_sweeps_what_is_owed_owes_nothing(newest, day, clock, at):
    local = datetime.combine(day, clock, UTC)

    owed = dates_due(newest, local, at=at)

    assert len(owed) <= CATCH_UP_DAYS
    assert all(later - earlier == DAY for earlier, later in pairwise(owed))
    assert all(datetime.combine(one, at, UTC) <= local for one in owed)
    assert newest is None or all(one > newest for one in owed)
    done = owed[-1] if owed else newest
    assert dates_due(done, local, at=at) == ()


@asynccontextmanager
async def entered(database, tenant):
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant.tenant_id)
        yield tx


@pytest.fixture
async def tenant(process, tenants):
    found = await list_tenants(process())
    return next(one for one in found if one.tenant_id == tenants["UTC"])


async def runs(database, tenant):
    async with entered(database, tenant) as tx:
        query = text("SELECT business_date, status FROM sweep_run ORDER BY business_date, id")
        return [(row.business_date, row.status) for row in await tx.execute(query)]


async def test_of_many_processes_one_sweeps_a_date(process, tenant):
    asked = [sweep_due(process(), tenant, NOON, at=AT) for _ in range(6)]

    reports = await asyncio.gather(*asked)

    assert [report.business_date for found in reports for report in found] == [TODAY]
    assert await runs(process(), tenant) == [(TODAY, "done")]


async def test_missed_dates_are_caught_up_one_by_one(process, tenant):
    await sweep_due(process(), tenant, NOON, at=AT)

    later = await sweep_due(process(), tenant, NOON + 3 * DAY, at=AT)

    assert [report.business_date for report in later] == [TODAY + n * DAY for n in (1, 2, 3)]
    assert await sweep_due(process(), tenant, NOON + 3 * DAY, at=AT) == ()


async def test_after_a_long_time_the_last_dates_get_runs(process, tenant):
    await sweep_due(process(), tenant, NOON, at=AT)

    later = await sweep_due(process(), tenant, NOON + 100 * DAY, at=AT)

    assert len(later) == CATCH_UP_DAYS
    assert later[-1].business_date == TODAY + 100 * DAY


async def test_a_run_that_failed_is_tried_again(process, tenant, monkeypatch):
    async def fails(*_, **__):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("app.services.day_close.sweep._pass_by", fails)
        with pytest.raises(RuntimeError):
            await sweep_due(process(), tenant, NOON, at=AT)
    assert await runs(process(), tenant) == [(TODAY, "incomplete")]

    await sweep_due(process(), tenant, NOON, at=AT)

    assert await runs(process(), tenant) == [(TODAY, "incomplete"), (TODAY, "done")]


async def test_a_run_of_a_process_that_died_is_taken_over(process, landlord, tenant, monkeypatch):
    async def dies(*_, **__):
        """As a killed process does: without another word to the database."""
        raise SystemError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(daily, "sweep", dies)
        with pytest.raises(SystemError, match="killed"):
            await sweep_due(process(), tenant, NOON, at=AT)
    assert await sweep_due(process(), tenant, NOON, at=AT) == ()

    async with landlord.transaction() as tx:
        silent = "UPDATE sweep_run SET noted_at = now() - interval '3 minutes'"
        await tx.execute(text(silent))
    async with entered(process(), tenant) as tx:
        (dead,) = await sweeps.runs_of(tx, TODAY)
    assert dead.status == "incomplete"

    (report,) = await sweep_due(process(), tenant, NOON, at=AT)
    assert report.business_date == TODAY
