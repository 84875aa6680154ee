"""ACH returns: the codes, what one allows next, and return rates."""

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.ach import Category, NewEntry, Reason, Retry, Window
from app.schemas.edge.money import Count
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line


class ReturnCodeRead(Read):
    """One return code, and where it was read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "R01",
                    "title": "Insufficient Funds",
                    "category": "nsf",
                    "window": "two_banking_days",
                    "retry": "reinitiate",
                    "new_entry_if": None,
                    "source": "paynearme.com and grailpay.com return code tables",
                }
            ]
        }
    )

    code: str
    title: str
    category: Category
    window: Window
    retry: Retry
    new_entry_if: NewEntry | None = Field(
        description="What makes a new entry of it: other details, or a new authorization."
    )
    source: str


class ReturnCodesRead(Read):
    """The table."""

    codes: list[ReturnCodeRead]


class AchQuestion(Model):
    """A debit that came back, or may, to be asked about."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "R01", "settled_on": "2026-03-02"}]}
    )

    code: Line = Field(examples=["R01"])
    settled_on: Date = Field(description="When this entry settled.")
    original_settled_on: Date | None = Field(
        None, description="When the first entry settled. Default: when this one did."
    )
    entries_made: Count = Field(1, description="How often the debit went out so far, this one too.")
    on: Date | None = Field(None, description="Asked for this day. Default: the business date.")
    reauthorized: bool = Field(False, description="The receiver authorized it anew.")
    corrected: bool = Field(
        False,
        description="What was wrong with it was mended, as the account's number: a new entry.",
    )


_ANSWER: JsonDict = {
    "code": "R01",
    "retry_allowed": True,
    "reason": None,
    "retry": "reinitiate",
    "retry_until_on": "2026-08-29",
    "entries_left": 2,
    "sixtieth_day_on": "2026-05-01",
    "latest_return_on": "2026-03-04",
}


class AchAnswer(Read):
    """What the code allows next, and until when it may come."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    code: str
    retry_allowed: bool
    reason: Reason | None = Field(description="Why the debit may not go out again.")
    retry: Retry
    retry_until_on: Date | None
    entries_left: int
    sixtieth_day_on: Date
    latest_return_on: Date | None = Field(description="Null: it may come any day.")


class RatesRequest(Model):
    """Debits originated in 60 days or two months, and how many of them came back, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"debits": 1000, "unauthorized": 0, "administrative": 31, "returns": 151}]
        }
    )

    debits: int = Field(strict=True, ge=0, le=10**12)
    unauthorized: int = Field(strict=True, ge=0, le=10**12)
    administrative: int = Field(strict=True, ge=0, le=10**12)
    returns: int = Field(strict=True, ge=0, le=10**12, description="All of them.")


class RatesRead(Read):
    """The three rates, and those above their limit (0.5 %, 3 % and 15 %)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unauthorized_bps": 0,
                    "administrative_bps": 310,
                    "overall_bps": 1510,
                    "breach": ["administrative", "overall"],
                }
            ]
        }
    )

    unauthorized_bps: int
    administrative_bps: int
    overall_bps: int
    breach: list[Literal["unauthorized", "administrative", "overall"]]
