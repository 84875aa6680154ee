"""Relief, new terms and their end: what is asked of a plan."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.edge.ids import QuoteId
from app.schemas.edge.money import Minor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model
from app.schemas.edge.words import Line
from app.schemas.plans.plans import ConsentRequest

_Day = Annotated[int, Field(strict=True, ge=1, le=31)]
_Skipped = Annotated[int, Field(strict=True, ge=1, le=1000)]
_Days = Annotated[tuple[_Day, _Day], Strict(strict=False)]
_Hash = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\u0000]+$")]
_ON = "The day it counts. Default: the business date."
_LAST_FIRST_DAY = 27


class DueDayRequest(Model):
    """The day of the month for every installment to come, or from one of them on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"day": 5, "reason": "wages come on the 1st"}]}
    )

    day: _Day | None = Field(None, description="Where a month lacks it, as the terms say.")
    days: _Days | None = Field(
        None, description="The two days of a semimonth: the first 1 to 27, the second later."
    )
    from_due_on: Date | None = Field(None, description="An installment's due date. Default: next.")
    reason: Line
    effective_on: Date | None = Field(None, description=_ON)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.day is None) == (self.days is None):
            raise PydanticCustomError("due_day", "should name day or days, one of the two")
        if self.days and not (self.days[0] <= _LAST_FIRST_DAY and self.days[0] < self.days[1]):
            raise PydanticCustomError("due_days", "should be like [15, 31], the first 1 to 27")
        return self


class HolidayRequest(Model):
    """From which installment on nothing is asked, and for how many or until when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"from_due_on": "2026-06-05", "installments": 2, "reason": "in hospital until July"}
            ]
        }
    )

    from_due_on: Date = Field(description="The due date of the first installment skipped.")
    installments: _Skipped | None = Field(None, description="How many are skipped.")
    until_on: Date | None = Field(None, description="Or: all those due up to this day.")
    reason: Line
    effective_on: Date | None = Field(None, description=_ON)


class StepDownRequest(Model):
    """What the installments fall to, and until which day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "installment_minor": 5000,
                    "until_on": "2026-10-31",
                    "reason": "works half days until November",
                }
            ]
        }
    )

    installment_minor: Minor = Field(description="Those above it fall to it.")
    until_on: Date = Field(description="The last day of the lower installments.")
    reason: Line
    effective_on: Date | None = Field(None, description=_ON)


class AccelerationRequest(Model):
    """Why everything is due at once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "two installments missed, no answer"}]}
    )

    reason: Line
    effective_on: Date | None = Field(None, description=_ON)


class RewriteRequest(Model):
    """The quote whose terms the plan goes on with."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "quote_id": "quo_01h455vb4pex5vsknk084sn02q",
                    "quote_hash": "9f2c5e",
                    "reason": "lower wages since March, twelve months more",
                }
            ]
        }
    )

    quote_id: QuoteId = Field(description="About this account and all the plan's open principal.")
    quote_hash: _Hash
    reason: Line
    consent: ConsentRequest | None = None
