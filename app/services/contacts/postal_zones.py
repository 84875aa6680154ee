"""In which time zones a postal code of the United States lies, by the library `zipcodes`.

The library unpacks its 42,000 codes when the first is asked for: a fifth of a second in which the
whole process stands, and 40 MB. A server does so when it starts (`ready`), so that no request
waits; whoever else asks none pays nothing.
"""

from functools import lru_cache
from zoneinfo import available_timezones

import zipcodes

#: Codes whose zones are kept: to look one up takes half a millisecond.
_KEPT = 4_096
_ANY = "60601"


def ready() -> None:
    """Unpack the codes now."""
    zones_of_code(_ANY)


@lru_cache(maxsize=_KEPT)
def zones_of_code(code: str) -> tuple[str, ...]:
    """The zones of five digits; the library's empty and unknown ones are none."""
    if not (code.isdigit() and code.isascii() and len(code) == len(_ANY)):
        return ()
    found = {one["timezone"] for one in zipcodes.matching(code)}  # type: ignore[no-untyped-call]  # of the library
    return tuple(sorted(found & available_timezones()))
