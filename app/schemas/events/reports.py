"""What events of reports and spreadsheets carry: what is to be reached, what was stored."""

from typing import Literal

from pydantic import Field

from app.domain.reports.targets import TargetMetric
from app.domain.spreadsheets.fields import SheetKind
from app.schemas.edge.ids import ImportId, ReportDeliveryId, RunId, ScheduleId, TargetId
from app.schemas.edge.time import Date
from app.schemas.events.base import Data, absent


class TargetScopeData(Data):
    """Of whom something is expected: one of them."""

    actor: str | None = absent("By the name they work under.")
    team: str | None = absent("By its name.")
    creditor: str | None = absent("By its reference.")


class TargetSetData(Data):
    """Something is to be reached, or no longer."""

    target_id: TargetId
    scope: TargetScopeData
    metric: TargetMetric
    currency: str | None
    from_on: Date
    to_on: Date
    before: int | None
    after: int | None = Field(description="Null: it was taken back.")


class ImportData(Data):
    """Which spreadsheet."""

    import_id: ImportId
    kind: SheetKind
    sha256: str = Field(description="Of the file, in hexadecimal.")


class ImportProposedData(ImportData):
    """A spreadsheet waits for somebody else to decide whether it is stored."""

    mode: Literal["atomic", "continue"]
    rows: int = Field(description="That would be stored.")
    rules: list[str] = Field(description="The limits it passes, by the policy's own names.")


class ImportRejectedData(ImportData):
    """Somebody else decided that a spreadsheet is not stored."""

    asked_by: str | None = Field(description="Who wanted it stored.")


class ImportCommittedData(ImportData):
    """Rows of a spreadsheet were stored; each tells its own events."""

    mode: Literal["atomic", "continue"]
    approved_by: str | None = absent("Who approved it, where it had to wait for somebody else.")
    stored: int
    already_there: int
    suspense: int
    empty: int = Field(description="Of amount 0: passed over.")
    rejected: int = Field(description="By the books, when they were to be stored.")
    refused: int = Field(description="Before, when they were tried.")


class ReportScheduledData(Data):
    """A report is being made, as its schedule says."""

    schedule_id: ScheduleId
    run_id: RunId
    report: str
    due_on: Date
    from_on: Date
    to_on: Date


class ReportDeliveryData(Data):
    """A report and one of those it is for."""

    schedule_id: ScheduleId
    delivery_id: ReportDeliveryId
    run_id: RunId | None
    report: str
    due_on: Date
    from_on: Date
    to_on: Date


class ReportDeliveredData(ReportDeliveryData):
    """Somebody has it: their mail was accepted, or this is what tells them."""

    hash: str = Field(description="Of the report: the same question has the same.")


class ReportFailedData(Data):
    """Somebody was not brought a report, and will not be; or one was shown to nobody.

    Of a report that did not come to what the ledger says there is no schedule to name.
    """

    schedule_id: ScheduleId | None
    delivery_id: ReportDeliveryId | None
    run_id: RunId | None
    report: str
    due_on: Date | None
    from_on: Date
    to_on: Date
    problem: str = Field(description="`report-day-open`, another refusal, or how mail failed.")
