"""Days, moments and time zones in requests and answers."""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.domain.field_limits import read_day
from app.domain.schedule.dates import LAST_YEAR
from app.domain.schedule.problems import FIRST_YEAR

_ISO_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return read_day(value if isinstance(value, str) else "")
    except ValueError as problem:
        raise PydanticCustomError("date", "{words}", {"words": str(problem)}) from None


def _instant(value: object) -> datetime:
    if isinstance(value, str) and _ISO_INSTANT.fullmatch(value):
        try:
            instant = datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            instant = None
        if instant is not None and FIRST_YEAR <= instant.year <= LAST_YEAR:
            return instant
        if instant is not None:
            words = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise PydanticCustomError("instant", "should be a moment from {first} to {last}", words)
    elif isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    raise PydanticCustomError("instant", "should be an instant with its offset, as RFC 3339")


def _z(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


#: A calendar day, `2026-02-28`; never a number, never with a time.
Date = Annotated[
    date,
    BeforeValidator(_date),
    WithJsonSchema(
        {"type": "string", "format": "date", "maxLength": 10, "examples": ["2026-02-28"]}
    ),
]
#: A moment in UTC; read with any offset, written with `Z`.
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    PlainSerializer(_z, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "maxLength": 32,  # microseconds and an offset
            "examples": ["2026-02-28T09:30:00Z"],
        }
    ),
]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _time_zone(value: str) -> str:
    if value not in _zones():
        raise PydanticCustomError("time_zone", "should be a zone of the IANA database")
    return value


TimeZone = Annotated[
    str, AfterValidator(_time_zone), Field(max_length=64, examples=["America/Chicago"])
]
