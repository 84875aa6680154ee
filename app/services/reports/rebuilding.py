"""Caches of reports made again of the facts, and held against them.

Every account is folded from its history, a page at a time, whatever its row or a cache says. A day
that is made again is not there until all of it is: reports read the facts meanwhile.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.domain.overview.positions import DIMENSIONS, LASTING, Key, Position, rolled_up
from app.services.context import Context
from app.services.policy_books import book_of
from app.services.reasons import keep_again
from app.services.refold import state_of
from app.services.reports.closing import ends_month, keep_causes, keep_sums, opened
from app.services.reports.look import PAGE, points_on, positions_on
from app.services.reports.points import keep_points
from app.storage.accounts import accounts as account_storage
from app.storage.database.engine import Database
from app.storage.ids import new_id
from app.storage.reports import accounts, points, report_days, rollups
from app.storage.reports.rollups import Moved

_DAY = timedelta(days=1)
Sums = dict[Key, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """A figure that a cache keeps and the facts do not say so; None: it is not there."""

    on: date
    cache: str
    key: Key
    figure: str
    kept: int | None
    facts: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caches:
    """The caches of a tenant, seen on its business date."""

    database: Database
    tenant_id: UUID
    business_date: date

    async def days(self, from_on: date | None, to_on: date | None) -> Sequence[date]:
        """Every closed day of a span; without one, all since the first that is kept."""
        last = self.business_date - _DAY
        async with opened(self.database, self.tenant_id, self.business_date) as ctx:
            first = from_on or await report_days.first_kept(ctx.tx) or last
        ends = min(to_on or last, last)
        return [first + n * _DAY for n in range((ends - first).days + 1)]

    async def kept(self, days: Sequence[date]) -> Sequence[date]:
        """Those of them that are kept."""
        if not days:
            return ()
        async with opened(self.database, self.tenant_id, self.business_date) as ctx:
            return await report_days.kept_days(ctx.tx, days[0], days[-1])

    async def complete(self) -> int:
        """Keep of every account what reports ask of it; answers of how many it was not."""
        number = 0
        while True:
            async with opened(self.database, self.tenant_id, self.business_date) as ctx:
                ids = await rollups.unkept(ctx.tx, limit=PAGE)
                locked = await account_storage.lock_many(ctx.tx, ids)
                written = []
                for one in locked.values():
                    book = await book_of(ctx, one.policy_name, one.creditor_reference)
                    written.append((one, await state_of(ctx, one, book), book))
                await keep_again(ctx, written)
            number += len(ids)
            if len(ids) < PAGE:
                return number

    async def rebuild(self, on: date, heard: Callable[[int], None] = lambda _: None) -> int | None:
        """Make a day again of the facts; answers of how many accounts.

        None: somebody else has begun to make it, or a sweep has kept it meanwhile.
        """
        sums, number, making = Sums(), 0, new_id()
        async with opened(self.database, self.tenant_id, self.business_date) as ctx:
            await report_days.claim(ctx.tx, ctx.tenant_id, on, making, at=ctx.instant)
        async for ctx, found in self._pages(on):
            if not await report_days.is_making(ctx.tx, on, making):
                return None
            if ends_month(on):
                await rollups.add_positions(ctx.tx, ctx.tenant_id, on, found)
            _add(sums, rolled_up(found))
            number += len(found)
            heard(number)
        async with opened(self.database, self.tenant_id, self.business_date) as ctx:
            if not await report_days.is_making(ctx.tx, on, making):
                return None
            await rollups.sum_postings(ctx.tx, on, goes_on=False)
            await keep_sums(ctx, on, sums, number=number)
        await keep_causes(self.database, self.tenant_id, self.business_date, on)
        await keep_points(
            self.database, self.tenant_id, self.business_date, on=on, by_facts=True
        )  # fmt: skip
        return number

    async def compare(self, on: date) -> Sequence[Unlike]:
        """Where what is kept of a day and the facts are unlike."""
        found, sums = list[Unlike](), Sums()
        async for ctx, positions in self._pages(on):
            _add(sums, rolled_up(positions))
            if ends_month(on):
                ids = [one.account_id for one in positions]
                kept = await rollups.positions(ctx.tx, on, ids)
                found += _unlike(on, "position_month", _by_account(kept), _by_account(positions))
        async with opened(self.database, self.tenant_id, self.business_date) as ctx:
            summed = await rollups.summed(ctx.tx, on, DIMENSIONS, {})
            found += _unlike(on, "rollup_day", summed, sums)
            posted = [
                *await rollups.posted_between(ctx.tx, on, on, LASTING, {}),
                *await rollups.booked(ctx.tx, on, LASTING, {}),
            ]
            facts = await rollups.from_postings(ctx.tx, on)
            found += _unlike(on, "flow_day", _by_kind(posted), _by_kind(facts))
            found_points = await points.kept(ctx.tx, on)
        if found_points:
            found += await self._points(on)
        return found

    async def _points(self, on: date) -> Sequence[Unlike]:
        cohorts, old, after = Sums(), Sums(), None
        while True:
            async with opened(self.database, self.tenant_id, self.business_date) as ctx:
                stored = await accounts.page(ctx.tx, {}, limit=PAGE, after=after)
                if not stored:
                    return [
                        one
                        for of, facts in ((points.POINTS, cohorts), (points.AGES, old))
                        for kept in [await points.summed(ctx.tx, of, on, of.whose)]
                        for one in _unlike(on, of.table.name, kept, facts)
                    ]
                more = await points_on(ctx, stored, on, by_facts=True)
                _add(cohorts, more.cohorts)
                _add(old, more.ages)
            after = stored[-1].id

    async def _pages(self, on: date) -> AsyncIterator[tuple[Context, list[Position]]]:
        after: UUID | None = None
        while True:
            async with opened(self.database, self.tenant_id, self.business_date) as ctx:
                stored = await accounts.page(ctx.tx, {}, limit=PAGE, after=after)
                if not stored:
                    return
                yield ctx, await positions_on(ctx, stored, on, by_facts=True)
            after = stored[-1].id


def _add(sums: Sums, more: Mapping[Key, Mapping[str, int]]) -> None:
    for key, cells in more.items():
        mine = sums.setdefault(key, dict.fromkeys(cells, 0))
        for name, value in cells.items():
            mine[name] += value


def _by_account(positions: Sequence[Position]) -> Mapping[Key, Mapping[str, int]]:
    return {(str(one.account_id), *one.key): one.figures for one in positions}


def _by_kind(moved: Sequence[Moved]) -> Mapping[Key, Mapping[str, int]]:
    """What there is nothing of is as good as what is not there."""
    return {(*one.key, one.kind): one.amounts for one in moved if any(one.amounts.values())}


def _unlike(
    on: date, cache: str, kept: Mapping[Key, Mapping[str, int]],
    facts: Mapping[Key, Mapping[str, int]],
) -> Iterator[Unlike]:  # fmt: skip
    for key in dict.fromkeys((*kept, *facts)):
        mine, theirs = kept.get(key, {}), facts.get(key, {})
        for figure in dict.fromkeys((*mine, *theirs)):
            if mine.get(figure) != theirs.get(figure):
                yield Unlike(
                    on=on, cache=cache, key=key, figure=figure, kept=mine.get(figure),
                    facts=theirs.get(figure),
                )  # fmt: skip
