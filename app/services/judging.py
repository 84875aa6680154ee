"""Accounts with days still to close, judged in memory, so that lists are right without a sweep.

They are found by the index of that day, at most `AT_MOST` a request, those due longest first.
Where more are behind, an answer says through which day all are judged, and how many are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.services.context import Context
from app.services.reading import Reading, readings_of
from app.storage.accounts import judging
from app.storage.accounts.narrowing import Narrowing

AT_MOST = 1_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The accounts that were behind, as of the business date, and how far that goes."""

    readings: Mapping[UUID, Reading]
    through_on: date
    behind: int = 0


async def judge_behind(ctx: Context, narrowed: Narrowing = ()) -> Judged:
    """Judge the accounts that nobody has closed up to the business date; nothing is stored."""
    on = ctx.business_date
    found = await judging.behind(ctx.tx, on, narrowed=narrowed, limit=AT_MOST + 1)
    readings = {one.account.id: one for one in await readings_of(ctx, found.accounts[:AT_MOST])}
    if len(found.accounts) <= AT_MOST:
        return Judged(readings=readings, through_on=on)
    through_on, behind = found.others_from_on - _DAY, found.in_all - AT_MOST
    return Judged(readings=readings, through_on=through_on, behind=behind)
