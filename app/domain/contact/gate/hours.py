"""What time it is wherever the person may be, and when it is allowed next.

Hours are half-open, `from <= local < to`, and must be true in every candidate zone; a designated
inconvenient time forbids where it holds in any of them.
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.contact.known import Window
from app.domain.contact.law.rules import Hours

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_WEEK_DAYS = 8  # the same weekday comes round within these
_KEPT_ZONES = 600  # all there are
_KEPT_INSTANTS = 1_000  # a decision asks for the same few days again and again


@lru_cache(maxsize=_KEPT_ZONES)
def zone(name: str) -> ZoneInfo:
    """The zone of this IANA name. Raises `ZoneInfoNotFoundError`."""
    return ZoneInfo(name)


@lru_cache(maxsize=_KEPT_INSTANTS)
def instant(day: date, at: time, time_zone: str, *, again: bool = False) -> datetime:
    """The instant at which it is this local time; of a doubled hour the first.

    With `again` the second. A time that the clocks leave out is the instant at which they have
    jumped over it.
    """
    local = datetime.combine(day, at, zone(time_zone))
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:  # left out: each reads it by the offset of the other side
        return _jump(second, first, local)
    return second if again else first


def _jump(before: datetime, after: datetime, local: datetime) -> datetime:
    """The first minute between the two at which it is this local time, or later."""
    aimed = local.replace(tzinfo=None)
    minutes = range(int((after - before).total_seconds() // 60))

    def late(minute: int) -> bool:
        at = (before + minute * _MINUTE).astimezone(local.tzinfo)
        return at.replace(tzinfo=None) >= aimed

    return before + bisect_left(minutes, True, key=late) * _MINUTE


def local_times(at: datetime, zones: Iterable[str]) -> list[tuple[str, datetime]]:
    """What the clock shows at an instant in each of these zones."""
    return [(name, at.astimezone(zone(name))) for name in zones]


def midnight(day: date, zones: Iterable[str]) -> datetime:
    """The instant from which it is this day, or later, in each of the zones."""
    return max(instant(day, time(0), one) for one in zones)


def is_open(hours: Hours, local: datetime) -> bool:
    """Whether this local time lies in the hours."""
    return local.weekday() in hours.days and hours.from_ <= local.time() < hours.to


def next_opening(hours: Hours, at: datetime, zones: Iterable[str]) -> datetime | None:
    """The first instant after `at` at which it may be open in each zone, looked at by itself.

    No earlier instant is open in all of them; the caller asks again at the one answered. None
    where no weekday is open.
    """
    found = [_opening(hours, at, one) for one in zones]
    known = [one for one in found if one is not None]
    return max(known) if len(known) == len(found) and known else None


def _opening(hours: Hours, at: datetime, time_zone: str) -> datetime | None:
    local = at.astimezone(zone(time_zone))
    if is_open(hours, local):
        return at
    for ahead in range(_WEEK_DAYS):
        day = local.date() + ahead * _DAY
        if day.weekday() not in hours.days:
            continue
        for again in (False, True):
            opens = instant(day, hours.from_, time_zone, again=again)
            if opens > at:
                return opens
        reopens = _reopening(hours, day, time_zone)
        if reopens is not None and reopens > at:
            return reopens
    return None


def _reopening(hours: Hours, day: date, time_zone: str) -> datetime | None:
    """When hours that end within the doubled hour, and began before it, open a second time."""
    back = _goes_back(day, hours.to, time_zone)
    again = back is not None and is_open(hours, back.astimezone(zone(time_zone)))
    return back if again else None


def _goes_back(day: date, at: time, time_zone: str) -> datetime | None:
    """When it is earlier than this time again, once it has been; None: it is so once that day."""
    first, second = (instant(day, at, time_zone, again=again) for again in (False, True))
    minutes = range(int((second - first).total_seconds() // 60))

    def is_before(minute: int) -> bool:
        return (first + minute * _MINUTE).astimezone(zone(time_zone)).time() < at

    return first + bisect_left(minutes, True, key=is_before) * _MINUTE if minutes else None


def closes(hours: Hours, local: datetime, time_zone: str) -> datetime:
    """The instant at which the hours end on this local day."""
    return instant(local.date(), hours.to, time_zone)


def open_window(
    hours: Iterable[Hours], day: date, zones: Iterable[str]
) -> tuple[datetime, datetime] | None:
    """From when to when all these hours are open in all zones on this local day; None: never."""
    opens: list[datetime] = []
    shuts: list[datetime] = []
    for one in hours:
        if day.weekday() not in one.days:
            return None
        for name in zones:
            opens.append(instant(day, one.from_, name))
            shuts.append(instant(day, one.to, name))
    if not opens or max(opens) >= min(shuts):
        return None
    return max(opens), min(shuts)


def window_end(window: Window, at: datetime, zones: Iterable[str]) -> datetime | None:
    """When the designated time that holds at `at` ends, in the zone where it ends last.

    None where it holds in no zone.
    """
    named = (window.time_zone,) if window.time_zone else tuple(zones)
    ends = [_ends(window, at.astimezone(zone(one)), one) for one in named]
    return max((end for end in ends if end is not None), default=None)


def _ends(window: Window, local: datetime, time_zone: str) -> datetime | None:
    """The end of the span that holds at this local time: begun today, or the evening before."""
    starts, ends = window.from_ or time(0), window.to or time(0)
    for begun in (local.date(), local.date() - _DAY):
        if window.days is not None and begun.weekday() not in window.days:
            continue
        last = begun if ends > starts else begun + _DAY
        first = datetime.combine(begun, starts)
        if first <= local.replace(tzinfo=None) < datetime.combine(last, ends):
            over = instant(last, ends, time_zone)
            over = over if over > local else instant(last, ends, time_zone, again=True)
            back = _goes_back(begun, starts, time_zone)
            if back is not None and local < back < over:
                return _ends(window, back.astimezone(zone(time_zone)), time_zone) or back
            return over
    return None
