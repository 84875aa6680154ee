"""The scheduler while it runs: its wake-ups, two at once, troubles, and its end."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app import scheduler
from app.routers.edge.deps import here_and_now
from app.scheduler import daily_sweeps
from app.services.tenancy.tenants import create_tenant
from app.storage import idempotency, tenancy
from app.storage.idempotency import Reply
from app.storage.reports import report_days

OFTEN = timedelta(seconds=0.1)
SELDOM = timedelta(hours=1)
AT = time(0, 30)
PATIENCE_S = 60


class Wall:
    """A clock on the wall of every zone, moved by hand."""

    def __init__(self, instant):
        self.instant = instant

    def __call__(self, zone):
        return self.instant.astimezone(ZoneInfo(zone))


async def swept(landlord):
    """Every run of every tenant: its time zone, date and status."""
    query = text(
        "SELECT time_zone, business_date, status FROM sweep_run JOIN tenant USING (tenant_id) "
        "ORDER BY time_zone, business_date, id"
    )
    async with landlord.transaction() as tx:
        return [tuple(row) for row in await tx.execute(query)]


async def until(landlord, expected):
    for _ in range(PATIENCE_S * 20):
        found = await swept(landlord)
        if found == expected:
            break
        await asyncio.sleep(0.05)
    assert found == expected


def done(zone, *days):
    return [(zone, date.fromisoformat(day), "done") for day in days]


async def test_two_processes_sweep_each_tenant_once_at_its_own_hour(process, landlord, tenants):
    wall = Wall(datetime(2026, 3, 10, 1, tzinfo=UTC))  # in Chicago it is 8 p.m. of the 9th
    async with AsyncExitStack() as running:
        for _ in range(2):
            one = daily_sweeps(process(), at=AT, look_every=OFTEN, now=wall)
            await running.enter_async_context(one)
        yesterday = done("America/Chicago", "2026-03-09")
        await until(landlord, [*yesterday, *done("UTC", "2026-03-10")])

        wall.instant = datetime(2026, 3, 10, 5, 29, tzinfo=UTC)  # daylight time since the 8th
        await asyncio.sleep(0.5)
        assert await swept(landlord) == [*yesterday, *done("UTC", "2026-03-10")]

        wall.instant = datetime(2026, 3, 10, 5, 30, tzinfo=UTC)
        today = done("America/Chicago", "2026-03-09", "2026-03-10")
        await until(landlord, [*today, *done("UTC", "2026-03-10")])

        wall.instant = datetime(2026, 3, 12, 12, tzinfo=UTC)
        days = ("2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12")
        expected = [*done("America/Chicago", *days), *done("UTC", *days[1:])]
        await until(landlord, expected)
        await asyncio.sleep(0.5)
        assert await swept(landlord) == expected


async def test_it_wakes_up_at_the_hour(process, landlord):
    async with landlord.transaction() as tx:
        await tenancy.create_tenant(tx, name="a", time_zone="Pacific/Auckland")
    hour = (here_and_now("Pacific/Auckland") + timedelta(seconds=2)).replace(microsecond=0)
    today, yesterday = hour.date(), hour.date() - timedelta(days=1)
    before = [] if hour.time() < time(0, 0, 3) else [("Pacific/Auckland", yesterday, "done")]

    async with daily_sweeps(process(), at=hour.time(), look_every=SELDOM):
        await until(landlord, [*before, ("Pacific/Auckland", today, "done")])


async def test_one_tenants_trouble_is_not_the_others_and_passes(
    process, landlord, tenants, monkeypatch
):
    wall = Wall(datetime(2026, 3, 10, 12, tzinfo=UTC))
    sweep_due, said = scheduler.sweep_due, []
    monkeypatch.setattr(scheduler.log, "error", lambda event, **more: said.append((event, more)))

    async def troubled(database, tenant, *rest, **more):
        if tenant.time_zone == "UTC" and len(said) < 3:
            raise ConnectionError("gone")
        return await sweep_due(database, tenant, *rest, **more)

    monkeypatch.setattr(scheduler, "sweep_due", troubled)
    async with daily_sweeps(process(), at=AT, look_every=OFTEN, now=wall):
        both = [*done("America/Chicago", "2026-03-10"), *done("UTC", "2026-03-10")]
        await until(landlord, both)

    assert len(said) == 3
    for event, told in said:
        assert event == "daily sweep"
        assert (told["tenant"], told["error"]) == (str(tenants["UTC"]), "ConnectionError")


async def test_a_sandbox_whose_clock_was_set_is_left_to_its_owner(process, landlord, tenants):
    await create_tenant(
        landlord, name="box", time_zone="Asia/Tokyo", sandbox=True, clock=date(2020, 1, 1)
    )
    wall = Wall(datetime(2026, 3, 10, 12, tzinfo=UTC))

    async with daily_sweeps(process(), at=AT, look_every=OFTEN, now=wall):
        both = [*done("America/Chicago", "2026-03-10"), *done("UTC", "2026-03-10")]
        await until(landlord, both)
        await asyncio.sleep(0.3)

    assert await swept(landlord) == both


async def test_what_is_under_way_when_it_ends_is_incomplete(
    process, landlord, tenants, monkeypatch
):
    begun = asyncio.Event()

    async def endless(*_, **__):
        begun.set()
        await asyncio.sleep(60)

    monkeypatch.setattr("app.services.day_close.sweep._pass_by", endless)
    wall = Wall(datetime(2026, 3, 10, 12, tzinfo=UTC))
    async with daily_sweeps(process(), at=AT, look_every=OFTEN, now=wall):
        await asyncio.wait_for(begun.wait(), PATIENCE_S)

    ((_, day, status),) = await swept(landlord)
    assert (day, status) == (date(2026, 3, 10), "incomplete")


@pytest.mark.parametrize("look_every", [OFTEN, SELDOM])
async def test_it_may_end_as_soon_as_it_began(process, look_every):
    async with daily_sweeps(process(), at=AT, look_every=look_every):
        pass


async def test_replies_past_their_time_are_deleted_at_a_look(process, landlord, tenants):
    async with landlord.transaction() as tx:
        for zone, tenant in tenants.items():
            await tenancy.enter_tenant(tx, tenant)
            await idempotency.store(tx, zone, b"print", Reply(status=200, headers={}, body=b"{}"))
        await tx.execute(text(
            "UPDATE idempotency_key SET created_at = now() - interval '31 days' WHERE key = 'UTC'"
        ))  # fmt: skip
    async with daily_sweeps(process(), at=AT, look_every=SELDOM):
        for _ in range(PATIENCE_S * 20):
            async with landlord.transaction() as tx:
                kept = list((await tx.execute(text("SELECT key FROM idempotency_key"))).scalars())
            if kept == ["America/Chicago"]:
                return
            await asyncio.sleep(0.05)
    raise AssertionError(kept)


async def test_points_of_a_month_that_is_over_are_kept_at_a_look(process, landlord, tenants):
    ended = date(2026, 2, 28)
    async with landlord.transaction() as tx:
        for tenant in tenants.values():
            await tenancy.enter_tenant(tx, tenant)
            at = datetime(2026, 3, 1, tzinfo=UTC)
            await report_days.note_day(tx, tenant, ended, accounts=0, month_end=True, at=at)
    kept = list[bool]()
    wall = Wall(datetime(2026, 3, 10, 12, tzinfo=UTC))
    async with daily_sweeps(process(), at=AT, look_every=SELDOM, now=wall):
        for _ in range(PATIENCE_S * 20):
            async with landlord.transaction() as tx:
                found = text("SELECT points_kept FROM report_day WHERE day_on = :ended")
                kept = list((await tx.execute(found, {"ended": ended})).scalars())
            if kept and all(kept):
                return
            await asyncio.sleep(0.05)
    raise AssertionError(kept)
