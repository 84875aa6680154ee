"""Why a report is not given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class ReportSpan(DomainError):
    """The days asked for, or the ways to group them, are not what this report can be made of."""

    problem: ClassVar[str] = "report-span"
    report: str
    rule: str

    @property
    def detail(self) -> str:
        return f"The report {self.report} {self.rule}."


@dataclass(eq=False, kw_only=True)
class ReportKnownBeforeAsOf(DomainError):
    """The two dates do not go together: nobody can know on a day what came after it."""

    problem: ClassVar[str] = "report-known-before-as-of"
    basis: str
    as_of: date
    known_on: date
    business_date: date

    @property
    def detail(self) -> str:
        if self.known_on > self.business_date:
            return f"What is known on {self.known_on} nobody knows on {self.business_date}."
        if self.basis == "booked":
            return (
                f"A booked report looks from the day whose books it reads: known_on {self.known_on}"
                f" is not as_of {self.as_of}; ask for basis=restated."
            )
        return f"What is known on {self.known_on} says nothing of {self.as_of}."


@dataclass(eq=False, kw_only=True)
class ReportDayOpen(DomainError):
    """The day it would stand on is not closed."""

    problem: ClassVar[str] = "report-day-open"
    day: date
    last_closed_on: date | None

    @property
    def detail(self) -> str:
        last = self.last_closed_on or "none"
        return f"{self.day} is not closed; the last day that was swept is {last}."


@dataclass(eq=False, kw_only=True)
class ReportTooLarge(DomainError):
    """More accounts than one request may read."""

    problem: ClassVar[str] = "report-too-large"
    limit: int
    what: str
    narrow: str = "creditor, product, policy or currency"

    @property
    def detail(self) -> str:
        return (
            f"The report would read more than {self.limit} {self.what}: narrow it by {self.narrow}."
        )

    @property
    def facts(self) -> Mapping[str, object]:
        return {"limit": self.limit, "what": self.what}


@dataclass(eq=False, kw_only=True)
class ReportDoesNotReconcile(DomainError):
    """The figures do not come to what the ledger says, so they are not shown."""

    problem: ClassVar[str] = "report-does-not-reconcile"
    report: str
    column: str
    currency: str
    ledger_minor: int
    report_minor: int

    @property
    def detail(self) -> str:
        return (
            f"The report {self.report} comes to {self.report_minor} {self.currency} and the ledger"
            f" to {self.ledger_minor}, in minor units of {self.column}: it is not shown."
        )


@dataclass(eq=False, kw_only=True)
class RunsBusy(DomainError):
    """As many runs are under way as a tenant may have."""

    problem: ClassVar[str] = "runs-busy"
    limit: int

    @property
    def detail(self) -> str:
        return f"{self.limit} runs are under way: wait for one, or cancel it."


@dataclass(eq=False, kw_only=True)
class RunGone(DomainError):
    """The run has no file: it is not done, or its thirty days are over."""

    problem: ClassVar[str] = "run-gone"
    run_id: UUID
    run_status: str
    expires_at: datetime

    @property
    def detail(self) -> str:
        return (
            f"The run is {self.run_status} and has no file; a file is kept until "
            f"{self.expires_at:%Y-%m-%d}. The question can be asked again."
        )
