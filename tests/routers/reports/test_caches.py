"""Sums of closed days, held against the facts: over whole lives both say the same, for ever."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import text

from app.domain.overview.points import CURVES
from app.domain.overview.positions import OF_MANY
from app.domain.overview.question import Asked
from app.domain.overview.table import Tally
from app.domain.reports.books import Basis
from app.domain.vocabulary import Role
from app.schemas.edge.ids import decode
from app.services.day_close.report import DayKept
from app.services.reports import closing, look, points, rebuilding
from app.services.reports.asked import context_of
from app.services.reports.closing import days_behind, keep_day_before
from app.services.reports.points import keep_points
from app.services.reports.rebuilding import Caches
from app.services.reports.report import definition_of, layout_of, make, resolve
from app.services.reports.summed import answered, whose
from app.storage.ids import new_id
from app.storage.reports import points as point_rows
from app.storage.reports import report_days
from tests.database import as_tenant
from tests.routers.lives.life import Life
from tests.routers.reports.stories import three
from tests.routers.samples import published

STEPS = 45
_DAY = timedelta(days=1)
#: A figure of each cache.
FIGURES = {
    "rollup_day": "principal_minor", "flow_day": "principal_minor",
    "position_month": "principal_minor", "cohort_point": "members", "age_month": "members",
}  # fmt: skip
QUESTIONS = (
    ("aging", ("status", "placement_batch"), {}),
    ("aging", ("assigned_to", "standing"), {"bucket": "current"}),
    ("portfolio", ("creditor", "plan_kind"), {}),
    ("portfolio", (), {"status": "open", "product": "open_end"}),
    ("flow", ("placement_batch",), {}),
)
COHORTS = (
    ("vintages", ("plan_kind",), {}),
    ("vintages", ("bucket",), {"status": "open"}),
    ("survival", ("plan_kind", "creditor"), {}),
    ("survival", (), {"plan_kind": "installment"}),
    ("liquidation", ("status",), {"currency": "USD"}),
)


AGES = (
    ("aging", ("creditor",), {}, True),
    ("aging", (), {"bucket": "1-29"}, True),
    ("portfolio", ("status",), {"currency": "USD"}, True),
    ("aging-items", ("bucket",), {}, False),
    ("aging-items", ("bucket",), {"status": "open"}, True),
    ("cei", ("product",), {}, False),
    ("dso", (), {"product": "open_end"}, False),
)


class ClosingLife(Life):
    """A life whose days are closed one by one, at times after somebody was at work already."""

    upkeep = None  # what is done once a day is closed

    async def wait(self):
        for _ in range(self.one((1, 2, 3, 5, 10))):
            self.today += _DAY
            await self._clock()
            if self.account and self.often(0.3):
                await self.pay_what_is_due()
            await self.sweep()
            if self.upkeep is not None:
                await self.upkeep(self.today)
        return True


@pytest.fixture
async def lived(app, staff):
    async def lived(seed, upkeep=None):
        people = {role.value: (await staff(role, f"the {role}")).client for role in Role}
        life = ClosingLife(seed, people, published())
        life.upkeep = upkeep
        await life.start()
        for number in range(STEPS):
            await (life.wait() if number % 3 == 0 else life.step())
        return life

    return lived


async def counted(ctx, found, wanted, life):
    """Rows of few accounts of a flow that kept sums answered, once somebody counted."""
    if found is None or wanted.report != "flow":
        return ()
    tally = Tally(wanted, await layout_of(ctx, definition_of("flow"), wanted))
    tally.add(found.entries)
    assert tally.few is None
    ids = [decode("acc", one["id"]) for one in life.accounts]
    tally.count(await whose(ctx, wanted, ids))
    return tally.few


@pytest.mark.parametrize("seed", [504])
async def test_what_is_kept_of_a_day_is_what_the_facts_say(  # noqa: PLR0917 - fixtures
    lived, database, owner, tenant, monkeypatch, seed
):
    monkeypatch.setattr(points, "PAGE", 1)
    life = await lived(seed)
    async with as_tenant(database, tenant) as tx:
        days = list(await report_days.kept_days(tx, life.today - 400 * _DAY, life.today))
    assert len(days) == (life.today - days[0]).days > STEPS
    gap = days[-5]  # what it moved is read from the postings, then
    async with as_tenant(database, tenant) as tx:
        await report_days.forget_from(tx, gap, until=gap)
    days.remove(gap)
    async with context_of(
        database, tenant, business_date=life.today, time_zone="America/Chicago"
    ) as ctx:
        for on in days[:: max(1, len(days) // 12)]:
            for name, by, filters in QUESTIONS:
                asked = Asked(as_of=on, by=by, filters=filters)
                kept = await make(ctx, name, asked)
                told = (await make(ctx, name, asked, by_account=True)).report
                assert kept.report.rows == told.rows, (name, on)
                assert kept.report.hash == told.hash
                found = await answered(ctx, *resolve(name, asked, ctx.business_date))
                assert found or name == "flow", (name, on)
                few = kept.report.few or await counted(ctx, found, told.question, life)
                assert {*few} == {*told.few}, (name, on)
        for name, by in (("aging", ("standing",)), ("portfolio", ("creditor", "product"))):
            kept = await make(ctx, name, Asked(by=by, filters={"currency": "USD"}))
            told = (
                await make(ctx, name, Asked(by=by, filters={"currency": "USD"}), by_account=True)
            ).report
            assert kept.report.rows == told.rows, (name, "now")
            assert kept.report.reconciles == told.reconciles
            assert {one.id for one in kept.entries} == {OF_MANY}, "of their rows, not one by one"
    async with as_tenant(database, tenant) as tx:
        rows = await tx.execute(text("SELECT number > 0, count(*) FROM rollup_day GROUP BY 1"))
        assert {lies for lies, _ in rows} == {True, False}, "both ways of closing were taken"
        ends = [one for one in days if (one + _DAY).day == 1]
    await rolls_are_the_facts(life, database, tenant, ends)
    await points_are_the_facts(life, database, tenant, ends)
    await ages_are_the_facts(life, database, tenant, ends)
    caches = Caches(database=database, tenant_id=tenant, business_date=life.today)
    some = [days[7], next(one for one in days if (one + _DAY).day == 1), days[-1]]
    for on in some:
        assert await caches.compare(on) == []
    async with as_tenant(owner, tenant) as tx:
        for cache, figure in FIGURES.items():
            wrong = f"UPDATE {cache} SET {figure} = {figure} + 1"
            await tx.execute(text(f"{wrong} WHERE tenant_id = :mine"), {"mine": tenant})
    found = [one.cache for one in await caches.compare(some[1])]
    assert set(found) == {*FIGURES}
    assert 0 < await caches.rebuild(some[1]) <= len(life.accounts)
    assert await caches.compare(some[1]) == []


@pytest.mark.parametrize("seed", [77, 4, 15])
async def test_points_told_by_rows_are_those_of_the_facts(
    lived, database, tenant, monkeypatch, seed
):
    """Kept as the scheduler does, once a day is closed: of rows where those tell the past."""
    ways = list[bool]()
    as_written = look._as_written

    def heard(*asked):
        found = as_written(*asked)
        ways.append(found is not None)
        return found

    monkeypatch.setattr(look, "_as_written", heard)
    life = await lived(seed, partial(keep_points, database, tenant))
    assert True in ways, "rows told the past of some"
    caches = Caches(database=database, tenant_id=tenant, business_date=life.today)
    async with as_tenant(database, tenant) as tx:
        kept = await report_days.kept_days(tx, life.today - 400 * _DAY, life.today)
    ends = [one for one in kept if (one + _DAY).day == 1]
    assert ends
    for on in ends:
        async with as_tenant(database, tenant) as tx:
            assert await point_rows.kept(tx, on)
        assert await caches.compare(on) == []


async def test_a_month_without_an_accounts_policy_is_given_up_and_told(
    desk, swept, database, owner, tenant
):
    current, *_ = await three(desk)
    for day in ("2026-03-01", "2026-04-01"):
        await swept(day)
    today, gone = date(2026, 4, 1), date(2026, 3, 31)
    mine = {"mine": tenant, "account": decode("acc", current["id"])}
    lost = text("UPDATE account SET policy_name = :name WHERE tenant_id = :mine AND id = :account")
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(lost, {**mine, "name": "lost"})
    pointed = await keep_points(database, tenant, today)
    assert pointed.accounts == 0
    assert pointed.unkept == dict.fromkeys((gone, date(2026, 2, 28)), (mine["account"],))
    assert (await keep_points(database, tenant, today)).unkept == {}, "it is told once"
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(lost, {**mine, "name": "default"})
    caches = Caches(database=database, tenant_id=tenant, business_date=today)
    assert await caches.rebuild(gone) == 3
    async with as_tenant(database, tenant) as tx:
        assert await point_rows.kept(tx, gone)
    assert await caches.compare(gone) == []


async def test_a_rebuild_waits_for_whoever_keeps_a_day(desk, swept, database, tenant):
    await three(desk)
    await swept("2026-03-01")
    caches = Caches(database=database, tenant_id=tenant, business_date=date(2026, 3, 1))
    async with as_tenant(database, tenant) as tx:
        await tx.execute(text("SET LOCAL lock_timeout = '100ms'"))
        await report_days.hold(tx)
        waits = await tx.scalar(text("SELECT current_setting('lock_timeout')"))
        assert waits == "4min", "not as other statements, which give up after seconds"
        rebuilt = asyncio.create_task(caches.rebuild(date(2026, 2, 28)))
        await asyncio.sleep(0.3)
        assert not rebuilt.done()
    assert await rebuilt == 3


async def rolls_are_the_facts(life, database, tenant, ends):
    """Two ends of months joined come to the reports of the facts."""
    async with context_of(
        database, tenant, business_date=life.today, time_zone="America/Chicago"
    ) as ctx:
        for begins, on in pairwise(ends):
            for name, by in (("roll", ("creditor",)), ("cures", ()), ("roll", ("status",))):
                asked = Asked(from_on=begins, to_on=on, by=by)
                kept = await make(ctx, name, asked)
                told = (await make(ctx, name, asked, by_account=True)).report
                assert kept.report.rows == told.rows, (name, on)
                assert kept.report.hash == told.hash
                definition, wanted = resolve(name, asked, ctx.business_date)
                assert await answered(ctx, definition, wanted), (name, on)


async def points_are_the_facts(life, database, tenant, ends):
    """Points of cohorts, added up an account at a time, come to the reports of the facts."""
    sittings = [
        await keep_points(database, tenant, life.today, most_pages=1)
        for _ in range((len(life.accounts) + 1) * len(ends))
    ]
    assert sum(one.accounts for one in sittings) == len(life.accounts) * len(ends) > 0
    assert (await keep_points(database, tenant, life.today)).accounts == 0
    async with context_of(
        database, tenant, business_date=life.today, time_zone="America/Chicago"
    ) as ctx:
        shown = set()
        for on in ends:
            for name, by, filters in COHORTS:
                asked = Asked(
                    as_of=on, basis=Basis.BOOKED, from_on=date(2025, 1, 1), to_on=on, by=by,
                    filters=filters,
                )  # fmt: skip
                definition, wanted = resolve(name, asked, ctx.business_date)
                assert await answered(ctx, definition, wanted), (name, on)
                kept = await make(ctx, name, asked)
                told = (await make(ctx, name, asked, by_account=True)).report
                assert kept.report.rows == told.rows, (name, by, on)
                assert kept.report.hash == told.hash
                shown |= {name} if told.rows else set()
                shown_keys = {row.key for row in told.rows}
                few = [
                    {one for one in said.few if one[0] in shown_keys}
                    for said in (kept.report, told)
                ]
                assert few[0] == few[1], (name, by, on)
        assert shown == {*CURVES}
        some = Asked(as_of=on, basis=Basis.BOOKED, from_on=on - _DAY, to_on=on)
        assert not await answered(ctx, *resolve("vintages", some, ctx.business_date))


async def ages_are_the_facts(life, database, tenant, ends):
    """How old debt was at the ends of months comes to the reports of the facts."""
    async with context_of(
        database, tenant, business_date=life.today, time_zone="America/Chicago"
    ) as ctx:
        for on in ends:
            for name, by, filters, standard in AGES:
                span = {} if name not in {"cei", "dso"} else {"from_on": on.replace(day=1)}
                asked = Asked(
                    as_of=on, to_on=on if span else None, by=by, filters=filters,
                    standard=standard, **span,
                )  # fmt: skip
                kept = await make(ctx, name, asked)
                told = (await make(ctx, name, asked, by_account=True)).report
                assert kept.report.rows == told.rows, (name, by, on)
                assert kept.report.hash == told.hash
                assert not told.rows or kept.report.reconciles == told.reconciles
                assert {one.id for one in kept.entries} <= {OF_MANY} or span, (name, by, on)
        assert {one.id for one in kept.entries} == {OF_MANY}
        assert kept.report.rows


async def test_a_day_that_cannot_be_kept_is_closed_without(  # noqa: PLR0917 - fixtures
    desk, swept, database, owner, tenant, monkeypatch
):
    current, *_ = await three(desk)
    await swept("2026-02-20")
    day = date(2026, 2, 21)
    forget = text("UPDATE account_work SET placed_on = NULL WHERE tenant_id = :mine")
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(forget, {"mine": tenant})
    assert not await keep_day_before(database, tenant, day)
    caches = Caches(database=database, tenant_id=tenant, business_date=day)
    assert await caches.complete() == 3
    await desk.at("2026-02-21")
    await desk.pay(current, 1_00)
    monkeypatch.setattr(closing, "MOST_FOLDED", 0)
    assert not await keep_day_before(database, tenant, day)
    assert await days_behind(database, tenant, day) == 1  # the 19th was kept by the sweep
    assert await days_behind(database, tenant, day + 2 * _DAY) == 3
    assert await caches.kept([date(2026, 2, 20)]) == []
    monkeypatch.undo()
    assert await keep_day_before(database, tenant, day)
    assert await caches.compare(date(2026, 2, 20)) == []


async def test_a_clock_that_goes_back_takes_what_was_kept_with_it(desk, swept, database, tenant):
    await three(desk)
    for day in ("2026-02-20", "2026-02-21", "2026-02-22"):
        await swept(day)
    caches = Caches(database=database, tenant_id=tenant, business_date=date(2026, 2, 22))
    span = [date(2026, 2, 19), date(2026, 2, 21)]
    assert len(await caches.kept(span)) == 3
    await desk.at("2026-02-20")
    assert await caches.kept(span) == [date(2026, 2, 19)]


async def test_two_sweeps_of_a_day_keep_it_once(desk, swept, database, tenant):
    await three(desk)
    await swept("2026-02-20")
    both = [keep_day_before(database, tenant, date(2026, 2, 21)) for _ in range(2)]
    assert await asyncio.gather(*both) == [DayKept(), DayKept()]
    caches = Caches(database=database, tenant_id=tenant, business_date=date(2026, 2, 21))
    assert await caches.compare(date(2026, 2, 20)) == []


async def test_a_day_is_made_once_by_all_who_make_it(desk, swept, database, tenant, monkeypatch):
    monkeypatch.setattr(rebuilding, "PAGE", 1)
    await three(desk)
    for day in ("2026-03-01", "2026-03-02"):
        await swept(day)
    month_end = date(2026, 2, 28)
    caches = Caches(database=database, tenant_id=tenant, business_date=month_end + 2 * _DAY)
    others = list[asyncio.Task[object]]()

    def beside(_):
        """Once the first account is in, another makes the day, and a sweep keeps it."""
        if not others:
            others.append(asyncio.create_task(caches.rebuild(month_end)))
            sweep = keep_day_before(database, tenant, month_end + _DAY)
            others.append(asyncio.create_task(sweep))

    first = await caches.rebuild(month_end, beside)
    second, kept = await asyncio.gather(*others)
    assert kept == DayKept()
    assert {first, second} <= {3, None}
    assert await caches.kept([month_end]) == [month_end]
    assert await caches.compare(month_end) == []


async def test_a_sweep_takes_over_a_day_that_is_being_made(desk, swept, database, tenant):
    await three(desk)
    await swept("2026-03-01")
    await desk.at("2026-03-02")
    month_end, today = date(2026, 2, 28), date(2026, 3, 1)
    caches = Caches(database=database, tenant_id=tenant, business_date=today)
    making = new_id()
    async with as_tenant(database, tenant) as tx:
        at = datetime(2026, 3, 1, tzinfo=UTC)
        await report_days.claim(tx, tenant, month_end, making, at=at)
    assert await caches.kept([month_end]) == [], "what is being made is not read"
    assert await keep_day_before(database, tenant, today)
    async with as_tenant(database, tenant) as tx:
        assert not await report_days.is_making(tx, month_end, making)
    assert await caches.compare(month_end) == []
