"""Terms as clients send them: how much, how often, from when."""

from typing import Annotated

from pydantic import ConfigDict, Field, Strict
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.schedule.terms import (
    Convention,
    DayCount,
    MonthEnd,
    Remainder,
    Unit,
)
from app.schemas.edge.money import Bps, Minor, NonNegativeMinor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Choice, Many, Model
from app.schemas.edge.words import words

MAX_ROWS = 1000
_Int = Annotated[int, Field(strict=True)]
_DaysOfMonth = Annotated[tuple[_Int, _Int], Strict(strict=False)]

TERMS: JsonDict = {
    "down_payment_minor": 30000,
    "installment_count": 9,
    "frequency": {"every": 1, "unit": "month"},
}


class FrequencyRequest(Model):
    """Every so many days, weeks or months; `semimonth` names two days of each month."""

    every: _Int = Field(1, examples=[1])
    unit: Choice[Unit] = Field(examples=["month"])
    days: _DaysOfMonth | None = Field(None, description="With `semimonth`.", examples=[[15, 31]])


class BusinessDaysRequest(Model):
    """Where a due date goes that falls on no business day. Calendars end with 2100."""

    calendar: Annotated[str, words(field_limits.CALENDAR_NAME)] = Field(examples=["US-FED"])
    convention: Choice[Convention] = Convention.FOLLOWING


class StepUpRequest(Model):
    """From the installment with this number on, this amount."""

    from_number: _Int = Field(examples=[4])
    installment_minor: Minor


class InstallmentRequest(Model):
    """One installment written out."""

    due_on: Date
    amount_minor: Minor


class TermsRequest(Model):
    """Everything that may be agreed; what is left out has its default.

    Give `installment_count` or `installment_minor`, or write all `installments` out.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [TERMS]})

    amount_minor: Minor | None = Field(None, description="Default: the account's whole balance.")
    down_payment_minor: Minor | None = None
    down_payment_bps: Bps | None = None
    down_payment_on: Date | None = Field(None, description="Default: the day the plan opens.")
    installment_count: _Int | None = Field(None, examples=[9])
    installment_minor: Minor | None = Field(
        None, description="Full ones, and a smaller last one.", examples=[10000]
    )
    frequency: FrequencyRequest | None = None
    anchor_on: Date | None = Field(None, description="What dates step from: never each other.")
    first_due_on: Date | None = Field(None, description="A step of the anchor; else the anchor.")
    month_end: Choice[MonthEnd] = MonthEnd.LAST_DAY
    business_days: BusinessDaysRequest | None = None
    rounding_unit_minor: Minor = 1
    remainder: Choice[Remainder] = Field(
        Remainder.LAST, description="Where the minor units go that an equal split leaves over."
    )
    annual_rate_bps: NonNegativeMinor = 0
    day_count: Choice[DayCount] = DayCount.ACTUAL_365
    step_ups: Annotated[Many[StepUpRequest], Field(max_length=MAX_ROWS)] = ()
    installments: Annotated[Many[InstallmentRequest], Field(max_length=MAX_ROWS)] | None = None
