"""From when on a notice may leave: as soon as it is late enough wherever somebody may be."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def opens_at(
    now: datetime, at: time, zones: Collection[str], *, not_before_on: date | None = None
) -> datetime:
    """The first instant from now on at which it is that time of day, or later, in every zone.

    `not_before_on`: the day it is for, which must have come everywhere. No zone: UTC. Zones so far
    apart that it is never so late in all of them on one day: when the last comes to it.
    """
    known = [ZoneInfo(zone) for zone in sorted(zones)] or [ZoneInfo("UTC")]
    first = now.astimezone(UTC)
    if not_before_on is not None:
        first = max(first, *(_at(not_before_on, at, zone) for zone in known))
    for _ in known:  # what one zone puts off may be the next day in another
        later = max(first, *(_at(first.astimezone(zone).date(), at, zone) for zone in known))
        if later == first:
            break
        first = later
    return first


def _at(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, zone).astimezone(UTC)
