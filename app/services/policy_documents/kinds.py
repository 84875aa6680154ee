"""The kinds of figures a policy document holds: their ranges, and the two ways to write each.

A figure is written bare or as `{"value": …, "source": …}`. `Limit` in a kind's name says that
null lifts it; `Least` that null stands for zero, so that the rules may compare plain numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    ValidationError,
    create_model,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from app.domain.currencies import CURRENCIES
from app.domain.money import MAX_MINOR
from app.domain.policy.lists import Flaw
from app.domain.vocabulary import (
    AllocationOrder,
    FutureRule,
    MissedMethod,
    ReAgeReturn,
    Role,
    SettlementReturn,
)

#: Nothing in a policy reaches further than a century.
MAX_DAYS: Final = 36_500
MAX_MONTHS: Final = 1_200
MAX_COUNT: Final = 1_000
MAX_ROWS: Final = 1_000_000
MAX_RATE_BPS: Final = 1_000_000
MAX_SOURCE: Final = 1_000
#: More members than any section or map may have.
MAX_MEMBERS: Final = 50

#: Steps on the way to an error that are no members of the document: how a figure was written.
#: They cannot be mistaken, for members are named by texts and items counted from 0.
BARE: Final = -1
SOURCED: Final = -2


def wrong(words: str) -> PydanticCustomError:
    """An error that says these words, whatever signs are in them."""
    return PydanticCustomError("policy", "{words}", {"words": words})


def refuse(flaws: Sequence[Flaw]) -> None:
    """Raise every flaw at its place, if there are any."""
    if flaws:
        errors: list[InitErrorDetails] = [
            {"type": wrong(words), "loc": steps, "input": None} for steps, words in flaws
        ]
        raise ValidationError.from_exception_data("policy", errors, hide_input=True)


# --- Limits of a value ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """Whatever is wrong with the value is said in these words, which name all its limits."""

    words: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return _saying(self.words, handler(source))


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, both bounds inclusive. True is not 1, and 1.0 is not either."""

    low: int
    high: int

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        words = f"must be a whole number from {self.low} to {self.high}"
        return _saying(words, core_schema.int_schema(strict=True, ge=self.low, le=self.high))


def one_of(kind: type[StrEnum]) -> Said:
    """One of a closed list of words."""
    return Said(f"must be one of {', '.join(kind)}")


def _saying(words: str, schema: CoreSchema) -> CoreSchema:
    return core_schema.custom_error_schema(
        schema, custom_error_type="policy", custom_error_message=words
    )


def _currency(value: object) -> str:
    if isinstance(value, str) and value in CURRENCIES:
        return value
    raise wrong("must be an ISO 4217 code in circulation, like USD")


def _zero_for_null(value: int | None) -> int:
    return value or 0


DAYS: Final = Whole(0, MAX_DAYS)
COUNT: Final = Whole(1, MAX_COUNT)
TIMES: Final = Whole(0, MAX_COUNT)
MINOR: Final = Whole(0, MAX_MINOR)
ROWS: Final = Whole(0, MAX_ROWS)
SHARE_BPS: Final = Whole(0, 10_000)
#: Names of policies.
Name = Annotated[
    str,
    Field(max_length=64, pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Said("must be 1 to 64 letters, digits, dots, dashes and underscores"),
]
#: What a database and a JSON encoder both take: no control characters but blanks.
Source = Annotated[
    str,
    Field(min_length=1, max_length=MAX_SOURCE, pattern=r"^[^\u0000-\u0008\u000e-\u001b\u007f]+$"),
    Said(f"must be a text of 1 to {MAX_SOURCE} characters"),
]


def left_out(description: str) -> Any:  # noqa: ANN401 - the default of any member
    """A member that may be left out. It has no default: what is not set is inherited."""
    return Field(default_factory=lambda: None, description=description)


# --- Bare, or with a source ----------------------------------------------------------------


class Sourced(BaseModel):
    """A figure and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    value: Any
    source: Source = left_out("A contract, a statute, a decision.")


class Figure:
    """A figure written bare or with its source; an object that has a `value` is the latter."""

    def __init__(self, kind: str, value: Any) -> None:  # noqa: ANN401 - an annotated type
        """`value` is how it is read, written either way; `kind` names its schema."""
        self._value = value
        self._sourced = create_model(
            f"Sourced{kind}",
            __base__=Sourced,
            __doc__=Sourced.__doc__,
            __module__=__name__,
            value=(value, ...),
        )

    def __get_pydantic_core_schema__(
        self, _source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        choices = {BARE: self._value, SOURCED: self._sourced}
        return core_schema.tagged_union_schema(
            {how: handler.generate_schema(written) for how, written in choices.items()},
            _how_written,
            serialization=core_schema.simple_ser_schema("any"),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """One flat choice, which generators of clients read best."""
        bare, sourced = handler(schema)["oneOf"]
        return {"anyOf": [*bare.get("anyOf", [bare]), sourced]}


def _how_written(value: object) -> int:
    return SOURCED if isinstance(value, dict) and "value" in value else BARE


def _word(kind: type[StrEnum]) -> Figure:
    """A figure that is one of a closed list of words."""
    return Figure(kind.__name__, Annotated[kind, one_of(kind)])


_DAYS = Annotated[int, DAYS]
_TIMES = Annotated[int, TIMES]
_MONTHS = Annotated[int, Whole(0, MAX_MONTHS)]
_LEAST = AfterValidator(_zero_for_null)
_CALENDAR = Annotated[
    str,
    Field(max_length=32, pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$"),
    Said("must be a calendar's name, such as US-FED"),
]
_CURRENCY = Annotated[
    str,
    BeforeValidator(_currency),
    Field(json_schema_extra={"pattern": "^[A-Z]{3}$", "maxLength": 3}),
]
_RATE = Annotated[int, Whole(0, MAX_RATE_BPS)]

Days = Annotated[int, Figure("Days", _DAYS)]
DaysLimit = Annotated[int | None, Figure("DaysLimit", _DAYS | None)]
LeastDays = Annotated[int, Figure("LeastDays", Annotated[_DAYS | None, _LEAST])]
CountLimit = Annotated[int | None, Figure("CountLimit", Annotated[int, COUNT] | None)]
TimesLimit = Annotated[int | None, Figure("TimesLimit", _TIMES | None)]
LeastTimes = Annotated[int, Figure("LeastTimes", Annotated[_TIMES | None, _LEAST])]
MonthsLimit = Annotated[int | None, Figure("MonthsLimit", _MONTHS | None)]
LeastMonths = Annotated[int, Figure("LeastMonths", Annotated[_MONTHS | None, _LEAST])]
Minor = Annotated[int, Figure("Minor", Annotated[int, MINOR])]
RowsLimit = Annotated[int | None, Figure("RowsLimit", Annotated[int, ROWS] | None)]
MinorLimit = Annotated[int | None, Figure("MinorLimit", Annotated[int, MINOR] | None)]
ShareLimit = Annotated[int | None, Figure("ShareLimit", Annotated[int, SHARE_BPS] | None)]
Threshold = Annotated[int, Figure("Threshold", Annotated[int, Whole(1, 10_000)])]
RateLimit = Annotated[int | None, Figure("RateLimit", _RATE | None)]
Flag = Annotated[bool, Figure("Flag", Annotated[bool, Strict(), Said("must be true or false")])]
Currency = Annotated[str, Figure("Currency", _CURRENCY)]
Calendar = Annotated[str | None, Figure("Calendar", _CALENDAR | None)]
MissedBy = Annotated[MissedMethod, _word(MissedMethod)]
Order = Annotated[AllocationOrder, _word(AllocationOrder)]
Future = Annotated[FutureRule, _word(FutureRule)]
ReAgeOnReturn = Annotated[ReAgeReturn, _word(ReAgeReturn)]
SettlementOnReturn = Annotated[SettlementReturn, _word(SettlementReturn)]
LeastRole = Annotated[Role, _word(Role)]
