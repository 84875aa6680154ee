"""Schedules: what terms come to."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.vocabulary import InstallmentKind
from app.schemas.edge.money import Currency
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read
from app.schemas.plans.terms import TERMS, TermsRequest


class ScheduleRequest(Model):
    """Terms to be worked out.

    Of the amount, the installment, and the count or the last due day, any two give the third.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "currency": "USD",
                    "terms": {"amount_minor": 120000, **TERMS},
                    "starts_on": "2026-02-01",
                },
                {
                    "currency": "USD",
                    "terms": {"installment_minor": 10000, "frequency": {"unit": "month"}},
                    "starts_on": "2026-02-01",
                    "last_due_on": "2026-12-31",
                },
            ]
        }
    )

    currency: Currency
    terms: TermsRequest
    starts_on: Date | None = Field(
        None, description="The day such a plan would open. Default: the business date."
    )
    last_due_on: Date | None = Field(
        None, description="The day by which the last is due, in place of `installment_count`."
    )


class ScheduledInstallmentRead(Read):
    """One row: `nominal_due_on` steps from the anchor, `due_on` is the day to pay."""

    number: int
    kind: InstallmentKind
    nominal_due_on: Date
    due_on: Date
    amount_minor: int
    principal_minor: int
    interest_minor: int


def _row(number: int, kind: str, due_on: str, minor: int) -> JsonDict:
    return {
        "number": number,
        "kind": kind,
        "nominal_due_on": due_on,
        "due_on": due_on,
        "amount_minor": minor,
        "principal_minor": minor,
        "interest_minor": 0,
    }


class ScheduleRead(Read):
    """The rows and what they come to; they sum to the total to the minor unit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total_minor": 40000,
                    "finance_charge_minor": 0,
                    "apr_bps": 0,
                    "last_due_on": "2026-03-01",
                    "installments": [
                        _row(1, "down_payment", "2026-02-01", 30000),
                        _row(2, "installment", "2026-03-01", 10000),
                    ],
                }
            ]
        }
    )

    total_minor: int
    finance_charge_minor: int
    apr_bps: int
    last_due_on: Date
    installments: list[ScheduledInstallmentRead]
