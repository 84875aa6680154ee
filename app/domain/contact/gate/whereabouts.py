"""Where the person may be: the candidate time zones, and what each was found by.

If the person said where, within 180 days, that alone counts. Else every opinion is one more
candidate, and hours must be open in all of them (comment 6(b)(1)(i)-2 of Regulation F).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from app.domain.contact.gate.hours import zone
from app.domain.contact.law.area_codes import AREA_CODE_ZONES, REGION_ZONES
from app.domain.values import Value

SAID_LASTS_DAYS = 180
#: Of zones with equal offsets the first of these stands for all.
_FIRST = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "America/Adak", "Pacific/Honolulu",
    "America/Puerto_Rico", "Pacific/Guam", "Europe/London", "Europe/Berlin", "UTC",
)  # fmt: skip
_KEPT = 4096


class Said(Value, kw_only=True):
    """Where the person said to be, and on which day."""

    time_zone: str
    on: date


class Address(Value, kw_only=True):
    """A valid postal point: its region, and the zones of its postal code where that is known."""

    zones: tuple[str, ...]
    region: str | None = None


class Opinions(Value, kw_only=True):
    """All that tells where a person may be; only valid points are given."""

    said: Said | None = None
    account_time_zone: str | None = None
    addresses: tuple[Address, ...] = ()
    phones: tuple[str, ...] = ()  # E.164
    phone_zones: Mapping[str, tuple[str, ...]] | None = None  # by the telephone library
    region: str | None = None  # ISO 3166-2
    country_zones: tuple[str, ...] = ()


def candidate_zones(opinions: Opinions, on: date) -> dict[str, tuple[str, ...]]:
    """The zones the person may be in, by name, each with what it was found by.

    Zones of equal offsets in the year of `on` are one, under one name. Empty: nothing is known,
    and no hour is open.
    """
    said = opinions.said
    if said is not None and on - said.on <= timedelta(days=SAID_LASTS_DAYS):
        return _merged([(said.time_zone, "the person said so")], on.year)
    found = list(_found(opinions))
    if not found:
        found = [(name, "country") for name in opinions.country_zones]
    return _merged(found, on.year)


def _found(opinions: Opinions) -> Iterable[tuple[str, str]]:
    if opinions.account_time_zone:
        yield opinions.account_time_zone, "account"
    for address in opinions.addresses:
        for name in address.zones:
            yield name, "address"
    for phone in opinions.phones:
        yield from _of_phone(phone, opinions.phone_zones or {})
    region = opinions.region
    if region and not any(_lies_in(address, region) for address in opinions.addresses):
        for name in REGION_ZONES.get(region.removeprefix("US-"), ()):
            yield name, f"region {region}"


def _lies_in(address: Address, region: str) -> bool:
    """Whether the address tells more than the region does; one without a region is in it."""
    return address.region is None or address.region == region


def _of_phone(phone: str, known: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    area = phone[2:5] if phone.startswith("+1") else ""
    for name in AREA_CODE_ZONES.get(area, ()):
        yield name, f"area code {area}"
    for name in known.get(phone, ()):
        yield name, "telephone number"


def _merged(found: Iterable[tuple[str, str]], year: int) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for name, why in found:
        one = representative(name, year)
        if why not in merged.get(one, ()):
            merged[one] = (*merged.get(one, ()), why)
    return dict(sorted(merged.items()))


@lru_cache(maxsize=_KEPT)
def representative(name: str, year: int) -> str:
    """The zone that stands for all whose clocks show the same all year; else itself."""
    offsets = _offsets(name, year)
    return next((one for one in _FIRST if _offsets(one, year) == offsets), name)


@lru_cache(maxsize=_KEPT)
def _offsets(name: str, year: int) -> tuple[timedelta | None, ...]:
    """The offsets at noon of every day: clocks change between two of them."""
    first = datetime(year, 1, 1, 12, tzinfo=UTC)
    where = zone(name)
    return tuple((first + timedelta(days=n)).astimezone(where).utcoffset() for n in range(366))
