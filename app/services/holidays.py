"""Which holidays a calendar's name stands for, built one year at a time and kept.

US-FED     the Federal Reserve Banks': a Sunday holiday moves to Monday, a Saturday one does not
US-6103A   the statutory dates of 5 U.S.C. 6103(a), moved nowhere (what Regulation F counts by)
GB         the bank holidays of England and Wales
TARGET     the euro's payment system
others     any country, or country-subdivision, of the `holidays` package: DE, DE-BY, US-TX
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache, partial

import holidays

from app.domain.errors import InvalidInput
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.domain.schedule.terms import Terms

_DAY = timedelta(days=1)
_SUNDAY = 6


def calendar(name: str, *, pointer: str = "/terms/business_days/calendar") -> Holidays:
    """The calendar by that name. Raises `InvalidInput` at `pointer` where there is none."""
    found = _known(name)
    if found is None:
        raise InvalidInput.at(
            pointer,
            "US-FED, US-6103A, GB, TARGET, or a country like DE or a subdivision like DE-BY",
        )
    return found


def for_terms(terms: Terms) -> Holidays:
    """The calendar that terms name; none where they name none."""
    return NO_HOLIDAYS if terms.business_days is None else calendar(terms.business_days.calendar)


@lru_cache(maxsize=512)
def _known(name: str) -> Holidays | None:
    """The calendar by that name, or None. Its years are kept with it, in the calendar's cache."""
    builders: dict[str, Callable[[int], frozenset[date]]] = {
        "US-FED": _us_fed,
        "US-6103A": _us_6103a,
        "GB": partial(_country, "GB", "ENG"),
        "TARGET": _target,
    }
    if name in builders:
        return Holidays(name=name, in_year=lru_cache(maxsize=None)(builders[name]))
    country, dash, subdivision = name.partition("-")
    subdivisions = holidays.list_supported_countries(include_aliases=False).get(country)
    if subdivisions is None or (dash and subdivision not in subdivisions):
        return None
    build = partial(_country, country, subdivision or None)
    return Holidays(name=name, in_year=lru_cache(maxsize=None)(build))


def _country(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """A country's public holidays as observed: a moved one on the day it moves to."""
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


def _us_6103a(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", observed=False, years=year))


def _us_fed(year: int) -> frozenset[date]:
    # The package's own XFED is younger than the releases we allow, and knows nothing before 1999.
    return frozenset(day + _DAY if day.weekday() == _SUNDAY else day for day in _us_6103a(year))


def _target(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("XECB", years=year))
