"""Keeping points of cohorts and ages of debt at the ends of months: of facts, by pages of accounts.

What a plan took, when it first missed and how old each item is stands in no row of an account, so
its past is read: as its rows tell it, where nothing happened since and all of it is plain, else by
folding its facts. That is not for the hour in which a day opens: it follows once the sums of the
day are kept, in as many sittings as it takes, and whoever comes next goes on where the last was. A
fact that comes late changes nothing, since only what was booked by the day counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from app.services.reports.closing import opened
from app.services.reports.look import PAGE, points_on
from app.storage.database.engine import Database
from app.storage.reports import accounts, points

#: Pages at one sitting; what is left is the next one's.
MOST_PAGES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What a sitting came to: how many accounts were added.

    `unkept`: days of which nothing is kept until they are rebuilt, and whose policy is missing.
    """

    accounts: int = 0
    unkept: Mapping[date, Sequence[UUID]] = field(default_factory=dict)


async def keep_points(
    database: Database, tenant_id: UUID, business_date: date, *, on: date | None = None,
    most_pages: int = MOST_PAGES, by_facts: bool = False,
) -> Pointed:  # fmt: skip
    """Go on with days whose points are not all there.

    A day of which an account cannot be judged is given up, and the others go on: without that
    account its sums would be wrong. `on`: with this day alone, until it is done. `by_facts`: of
    facts alone, whatever rows say.
    """
    number, pages, unkept = 0, 0, dict[date, Sequence[UUID]]()
    while on is not None or pages < most_pages:
        async with opened(database, tenant_id, business_date) as ctx:
            day = await points.unfinished(ctx.tx, business_date, on=on)
            if day is None:
                break
            stored = await accounts.page(ctx.tx, {}, limit=PAGE, after=day.through)
            pages += 1
            found = await points_on(ctx, stored, day.day_on, by_facts=by_facts)
            if found.unjudged:
                unkept[day.day_on] = found.unjudged
                await points.give_up(ctx.tx, day.day_on)
                continue
            await points.add(ctx.tx, points.POINTS, day.day_on, found.cohorts)
            await points.add(ctx.tx, points.AGES, day.day_on, found.ages)
            last = stored[-1].id if stored else day.through
            await points.go_on(ctx.tx, day.day_on, last, kept=len(stored) < PAGE)
        number += len(stored)
    return Pointed(accounts=number, unkept=unkept)
