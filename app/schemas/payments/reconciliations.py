"""Reconciliation: what became of each line of a settlement file."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.schemas.edge.ids import PaymentId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Read

_SIDE: JsonDict = {"rows": 1, "sums_minor": {"USD": 5000}}
_FINDING: JsonDict = {
    "verdict": "missing here",
    "line": 3,
    "reference": "BANK-8",
    "currency": "USD",
    "amount_there_minor": 5000,
    "amount_here_minor": None,
    "date_there": "2026-03-15",
    "effective_on": None,
    "payment_id": None,
    "status": None,
    "problem": None,
}


class SideRead(Read):
    """Rows, and what they add up to."""

    rows: int
    sums_minor: dict[str, int] = Field(description="By currency.")


class JudgedRead(Read):
    """What one verdict makes of both sides."""

    there: SideRead = Field(description="Lines of the file.")
    here: SideRead = Field(description="Payments, and what took them back.")


class FindingRead(Read):
    """A difference, with both sides of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FINDING]})

    verdict: str
    line: int | None
    reference: str
    currency: str
    amount_there_minor: int | None
    amount_here_minor: int | None
    date_there: Date | None
    effective_on: Date | None
    payment_id: PaymentId | None
    status: str | None
    problem: str | None = Field(description="Why the line cannot be read.")


class ReconciliationRead(Read):
    """The whole of a settlement file against the books."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "from_on": "2026-03-15",
                    "to_on": "2026-03-15",
                    "read": {"rows": 2, "sums_minor": {"USD": 10000}},
                    "verdicts": {"matched": {"there": _SIDE, "here": _SIDE}},
                    "adds_up": True,
                    "blank": 0,
                    "differences": 1,
                    "findings": [_FINDING],
                }
            ]
        }
    )

    from_on: Date | None = Field(description="First day payments are missed on.")
    to_on: Date | None
    read: SideRead
    verdicts: dict[str, JudgedRead]
    adds_up: bool = Field(description="Whether the verdicts make up what was read.")
    blank: int
    differences: int = Field(description="All of them.")
    findings: list[FindingRead] = Field(description="The first 1,000 differences.")
