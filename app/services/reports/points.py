"""Keeping points of cohorts and ages of debt at the ends of months: of facts, by pages of accounts.

What a plan took, when it first missed and how old each item is stands in no row, so each account is
folded. That is not for the hour in which a day opens: it follows once the sums of the day are kept,
in as many sittings as it takes, and whoever comes next goes on where the last was. A fact that
comes late changes nothing, since only what was booked by the day counts.
"""

from datetime import date
from typing import Final
from uuid import UUID

from app.services.reports.closing import opened
from app.services.reports.look import PAGE, points_on
from app.storage.database.engine import Database
from app.storage.reports import accounts, points

#: Pages at one sitting; what is left is the next one's.
MOST_PAGES: Final = 50


async def keep_points(
    database: Database, tenant_id: UUID, business_date: date, *, on: date | None = None,
    most_pages: int = MOST_PAGES,
) -> int:  # fmt: skip
    """Go on with days whose points are not all there; answers how many accounts were added.

    `on`: with this day alone, until it is done.
    """
    number, pages = 0, 0
    while on is not None or pages < most_pages:
        async with opened(database, tenant_id, business_date) as ctx:
            day = await points.unfinished(ctx.tx, business_date, on=on)
            if day is None:
                break
            stored = await accounts.page(ctx.tx, {}, limit=PAGE, after=day.through)
            if stored:
                cohorts, old = await points_on(ctx, stored, day.day_on)
                await points.add(ctx.tx, points.POINTS, day.day_on, cohorts)
                await points.add(ctx.tx, points.AGES, day.day_on, old)
            last = stored[-1].id if stored else day.through
            await points.go_on(ctx.tx, day.day_on, last, kept=len(stored) < PAGE)
        number, pages = number + len(stored), pages + 1
    return number
