"""The words every request and answer is made of: ids, money, dates, names, and two bases.

Requests (`Model`) are strict: an amount is a JSON integer, never `"12"`, `12.0` or `true`,
and a field nobody knows is refused. Answers (`Read`) are built from domain values.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.domain import field_limits
from app.domain.currencies import CURRENCIES
from app.domain.field_limits import Text, read_day
from app.domain.money import MAX_MINOR
from app.domain.schedule.dates import LAST_YEAR
from app.domain.schedule.problems import FIRST_YEAR
from app.schemas.edge.ids import PREFIXES, decode, encode, length, pattern

T = TypeVar("T")


class Model(BaseModel):
    """A request body: strict, closed, unchanging; its errors never repeat what was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Read(BaseModel):
    """An answer: read off domain values by name. No defaults: what is absent is said."""

    model_config = ConfigDict(frozen=True, from_attributes=True, hide_input_in_errors=True)


class Page(Read, Generic[T]):
    """One page of a list; `next_cursor` null on the last."""

    data: list[T]
    next_cursor: str | None


# --- Ids -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prefixed:
    """A UUID inside, a prefixed text outside. `noun` is a key of `ids.PREFIXES`."""

    noun: str

    def _validate(self, value: object) -> UUID:
        if isinstance(value, UUID):
            return value
        if isinstance(value, str):
            try:
                return decode(PREFIXES[self.noun], value)
            except ValueError:
                pass
        words = {"noun": _an(self.noun), "prefix": PREFIXES[self.noun]}
        raise PydanticCustomError("id", "should be {noun} id, {prefix}_…", words)

    def __get_pydantic_core_schema__(
        self, _source: type[Any], _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                partial(encode, PREFIXES[self.noun]),
                return_schema=core_schema.str_schema(),
                when_used="json",
            ),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        prefix = PREFIXES[self.noun]
        return {
            "type": "string",
            "pattern": pattern(prefix),
            "maxLength": length(prefix),
            "examples": [encode(prefix, UUID("01890a5d-ac96-774b-bcce-b302099a8057"))],
        }


def _an(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun.replace('_', '-')}"


AccountId = Annotated[UUID, Prefixed("account")]
AdjustmentId = Annotated[UUID, Prefixed("adjustment")]
ChargeId = Annotated[UUID, Prefixed("charge")]
ChargebackId = Annotated[UUID, Prefixed("chargeback")]
CycleId = Annotated[UUID, Prefixed("cycle")]
EventId = Annotated[UUID, Prefixed("event")]
HoldId = Annotated[UUID, Prefixed("hold")]
InstallmentId = Annotated[UUID, Prefixed("installment")]
LetterId = Annotated[UUID, Prefixed("letter")]
PauseId = Annotated[UUID, Prefixed("pause")]
PaymentId = Annotated[UUID, Prefixed("payment")]
PlanId = Annotated[UUID, Prefixed("plan")]
PostingId = Annotated[UUID, Prefixed("posting")]
PromiseId = Annotated[UUID, Prefixed("promise")]
QuoteId = Annotated[UUID, Prefixed("quote")]
ReAgeId = Annotated[UUID, Prefixed("re_age")]
RefundId = Annotated[UUID, Prefixed("refund")]
ReversalId = Annotated[UUID, Prefixed("reversal")]
SettlementId = Annotated[UUID, Prefixed("settlement")]
SweepId = Annotated[UUID, Prefixed("sweep")]
WorkoutId = Annotated[UUID, Prefixed("workout")]


# --- Money ---------------------------------------------------------------------------------

#: An amount that must be something, in minor units: 1 … 2^53-1.
Minor = Annotated[int, Field(strict=True, ge=1, le=MAX_MINOR, examples=[120000])]
#: An amount that may be nothing.
NonNegativeMinor = Annotated[int, Field(strict=True, ge=0, le=MAX_MINOR, examples=[0])]
#: A difference: money in either direction.
SignedMinor = Annotated[int, Field(strict=True, ge=-MAX_MINOR, le=MAX_MINOR)]
#: A share in basis points: 10,000 is the whole.
Bps = Annotated[int, Field(strict=True, ge=0, le=10_000, examples=[2500])]
#: A count from 1.
Count = Annotated[int, Field(strict=True, ge=1, le=100_000, examples=[12])]
#: A number of days from 0.
Days = Annotated[int, Field(strict=True, ge=0, le=36_600, examples=[5])]


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise PydanticCustomError("currency", "should be an ISO 4217 code in capitals")
    return value


Currency = Annotated[
    str,
    AfterValidator(_currency),
    Field(json_schema_extra={"pattern": "^[A-Z]{3}$", "maxLength": 3}),
]


# --- Time ----------------------------------------------------------------------------------

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


class JudgedPage(Page[T]):
    """One page of a list that goes by what changes with the days.

    It is right as of `judged_through_on`: the business date, or the day before the first on
    which one of the `accounts_behind` accounts is still to be judged by a sweep.
    """

    judged_through_on: Date
    accounts_behind: int


# --- Names and words -----------------------------------------------------------------------


def words(kind: Text) -> StringConstraints:
    """A kind of text, as imports check it too."""
    return StringConstraints(min_length=kind.least, max_length=kind.most, pattern=kind.pattern)


#: Somebody else's id for something: one line of printable characters, no blank at either end.
Reference = Annotated[str, words(field_limits.REFERENCE), Field(examples=["INV-2026-0042"])]
#: One line for people: a name, a reason.
Line = Annotated[str, words(field_limits.LINE)]
#: The caller's own labels; kept, given back, never read.
Metadata = Annotated[
    dict[
        Annotated[str, words(field_limits.LABEL_NAME)],
        Annotated[str, words(field_limits.LABEL)],
    ],
    Field(max_length=field_limits.MAX_LABELS, examples=[{"channel": "letter"}]),
]
#: One of a `StrEnum`'s values, by value: `Choice[PaymentMethod]` in a strict model.
Choice = Annotated[T, Strict(strict=False)]
#: A JSON array as a tuple in a strict model: `Many[InstallmentRequest]`.
Many = Annotated[tuple[T, ...], Strict(strict=False)]
