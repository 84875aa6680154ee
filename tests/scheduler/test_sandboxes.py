"""A sandbox's clock that is set while the calendar's day is swept: the sweep stops, and says so."""

import asyncio
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text

from app.services.day_close import sweep
from app.services.day_close.daily import sweep_due
from app.services.tenancy.tenants import create_tenant
from app.storage import tenancy
from app.storage.ids import new_id
from tests.database import as_tenant

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY, EARLIER = NOON.date(), date(2026, 1, 5)
AT = time(0, 30)


@pytest.fixture
async def box(landlord):
    """A sandbox whose clock nobody has set: it follows the calendar."""
    return await create_tenant(landlord, name="box", time_zone="UTC", sandbox=True)


class Pages:
    """What a sweep does beside each page of accounts: it waits until it is let go."""

    def __init__(self):
        self.begun, self.go, self.closed = asyncio.Event(), asyncio.Event(), 0

    async def __call__(self, ctx, works):
        assert ctx.business_date == TODAY
        self.begun.set()
        await self.go.wait()
        self.closed += 1


async def runs(landlord, tenant):
    query = text(
        "SELECT business_date, status FROM sweep_run WHERE tenant_id = :tenant ORDER BY id"
    )
    async with landlord.transaction() as tx:
        rows = await tx.execute(query, {"tenant": tenant.tenant_id})
        return [tuple(row) for row in rows]


async def move(database, tenant, to=EARLIER):
    async with as_tenant(database, tenant.tenant_id) as tx:
        await tenancy.set_clock(tx, tenant.tenant_id, to)


async def test_a_clock_that_is_set_ends_the_sweep_with_the_page_under_way(process, landlord, box):
    pages = Pages()
    sweeping = asyncio.create_task(sweep_due(process(), box, NOON, at=AT, beside=pages))
    await pages.begun.wait()
    moving = asyncio.create_task(move(process(), box))
    await asyncio.sleep(0.3)
    assert not moving.done()  # a page is whole before the day is another one
    pages.go.set()
    await moving

    (report,) = await sweeping
    assert (report.clock_moved, report.went_through) == (True, False)
    assert 0 < pages.closed <= sweep.WORKERS + 1
    assert await runs(landlord, box) == [(TODAY, "incomplete")]
    assert await sweep_due(process(), box, NOON, at=AT) == ()  # though it was listed before
    assert await runs(landlord, box) == [(TODAY, "incomplete")]


async def test_what_goes_on_after_the_clock_was_set_is_followed_by_nothing(process, landlord, box):
    seen, begun, go = [], asyncio.Event(), asyncio.Event()

    async def first(database, tenant_id, day):
        begun.set()
        await go.wait()
        seen.append(day)
        return True

    async def then(database, tenant_id, day):
        raise AssertionError("the day is still to come")

    sweeping = asyncio.create_task(sweep_due(process(), box, NOON, at=AT, first=first, then=then))
    await begun.wait()
    await move(process(), box)
    go.set()
    (report,) = await sweeping

    assert (seen, report.clock_moved) == ([TODAY], True)


@pytest.mark.parametrize("to", [TODAY, date(2027, 1, 1)])
async def test_a_clock_that_is_set_to_the_day_or_past_it_leaves_it_to_be_closed(
    process, landlord, box, to
):
    pages = Pages()
    sweeping = asyncio.create_task(sweep_due(process(), box, NOON, at=AT, beside=pages))
    await pages.begun.wait()
    moving = asyncio.create_task(move(process(), box, to))
    pages.go.set()
    await moving

    (report,) = await sweeping
    assert (report.clock_moved, report.went_through) == (False, True)
    assert await runs(landlord, box) == [(TODAY, "done")]


async def test_who_asks_for_a_run_of_a_later_day_ends_like_the_calendars(process, landlord, box):
    await move(process(), box, EARLIER)
    run_id = new_id()
    report = await sweep.sweep(
        process(), box.tenant_id, business_date=TODAY, run_id=run_id, keeps_to_clock=True
    )
    assert (report.clock_moved, report.examined) == (True, 0)
