"""Reports made by the calendar: when, of which days, and for whom."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.domain.reports.timing import Every
from app.domain.schedule.terms import Convention
from app.schemas.edge.ids import ReportDeliveryId, RunId, ScheduleId, WebhookId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line

MAX_RECIPIENTS = 20
_Name = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern="^[a-z][a-z-]*$")]
_Group = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern="^[a-z_]+$")]
_Value = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
_Period = Annotated[
    str,
    StringConstraints(max_length=20, pattern="^[a-z0-9_]+$"),
    Field(
        description="`previous_day`, `previous_week`, `previous_month`, `previous_quarter`, "
        "`month_to_date`, `year_to_date` or `last_n_days`, as `last_7_days`."
    ),
]
_At = Annotated[
    str,
    StringConstraints(max_length=5, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(description="An hour of the tenant's zone. One that a night skips is the next there is."),
]
_Form = Literal["json", "csv", "xlsx", "pdf"]
_Mail = Annotated[
    str,
    StringConstraints(
        min_length=3, max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$"
    ),
]
_Calendar = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00]+$")]
_SCHEDULE: JsonDict = {
    "name": "Aging for the board",
    "report": "aging",
    "parameters": {"by": ["creditor"], "standard": False, "filters": {"currency": "USD"}},
    "period": "previous_month",
    "at": "06:30",
    "days": {"unit": "month", "on": [1]},
    "business_days": "following",
    "calendar": "US-FED",
    "format": "xlsx",
    "recipients": [{"kind": "mail", "to": "board@acme.example"}],
    "max_wait_hours": 6,
    "attach": False,
    "active": True,
}


class ReportDaysRequest(Model):
    """Which days: all, weekdays from Monday (1 to 7), or days of the month (31: its last)."""

    unit: Choice[Every]
    on: Annotated[Many[Annotated[int, Field(ge=1, le=31)]], Field(max_length=31)] = ()


class MailRecipient(Model):
    """A mail with the days, the totals, the hash and where the file is, or (`attach`) the file."""

    kind: Literal["mail"]
    to: _Mail


class WebhookRecipient(Model):
    """A webhook of yours that asks for `report.delivered`: it is told so, signed, as of all events.

    One that was ended or asks for it no more fails (`webhook-gone`, `webhook-asks-not`).
    """

    kind: Literal["webhook"]
    to: WebhookId


class FolderRecipient(Model):
    """A folder of your own where the operator of the service puts files (`ACCORD_FILES_DIR`)."""

    kind: Literal["folder"]
    to: Annotated[str, StringConstraints(max_length=60, pattern="^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class ReportScheduleParameters(Model):
    """What the report is asked besides its days."""

    by: Annotated[Many[_Group], Field(max_length=4)] = ()
    standard: bool = False
    filters: Annotated[dict[_Group, _Value], Field(max_length=20)] = Field(default_factory=dict)


Recipients = Annotated[
    Many[
        Annotated[MailRecipient | WebhookRecipient | FolderRecipient, Field(discriminator="kind")]
    ],
    Field(min_length=1, max_length=MAX_RECIPIENTS),
]


class ReportScheduleRequest(Model):
    """A report, of which days, made when, for whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SCHEDULE]})

    name: Line
    report: _Name
    parameters: ReportScheduleParameters = Field(default_factory=ReportScheduleParameters)
    period: _Period
    at: _At = "06:30"
    days: ReportDaysRequest
    business_days: Choice[Convention] = Convention.NONE
    calendar: _Calendar | None = Field(
        None, description="Whose holidays count for `business_days`; without it weekends alone do."
    )
    format: _Form = "xlsx"
    recipients: Recipients
    max_wait_hours: int = Field(6, ge=0, le=72, description="For the day to be closed.")
    attach: bool = Field(
        False,
        description="Whether mail carries the file. Cells of few accounts are left out of it.",
    )
    active: bool = True


class ReportScheduleChangeRequest(Model):
    """What of a schedule changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False}]})

    name: Line | None = None
    parameters: ReportScheduleParameters | None = None
    period: _Period | None = None
    at: _At | None = None
    days: ReportDaysRequest | None = None
    business_days: Choice[Convention] | None = None
    calendar: _Calendar | None = None
    format: _Form | None = None
    recipients: Recipients | None = None
    max_wait_hours: int | None = Field(None, ge=0, le=72)
    attach: bool | None = None
    active: bool | None = None


class ReportDaysRead(Read):
    """On which days."""

    unit: Every
    on: list[int]


class ReportRecipientRead(Read):
    """Whom it is for."""

    kind: Literal["mail", "webhook", "folder"]
    to: str


_READ: dict[str, Any] = {
    "id": "rps_01h455vb4pex5vsknk084sn02q",
    **_SCHEDULE,
    "next_on": "2026-04-01",
    "next_at": "2026-04-01T11:30:00Z",
    "time_zone": "America/Chicago",
    "version": 1,
    "created_at": "2026-03-02T09:00:00Z",
    "changed_at": "2026-03-02T09:00:00Z",
    "actor": "boss-1",
}


class ReportScheduleRead(Read):
    """A schedule, and when it is due next."""

    model_config = ConfigDict(json_schema_extra={"examples": [_READ]})

    id: ScheduleId
    name: str
    report: str
    parameters: dict[str, Any]
    period: str
    at: str
    days: ReportDaysRead
    business_days: Convention
    calendar: str | None
    format: _Form
    recipients: list[ReportRecipientRead]
    max_wait_hours: int
    attach: bool
    active: bool
    next_on: Date | None
    next_at: Instant | None = Field(description="Later than its hour while it waits for the close.")
    time_zone: str = Field(description="The tenant's, in which `at` is.")
    version: int
    created_at: Instant
    changed_at: Instant
    actor: str | None


class ReportSchedulePreviewRead(Read):
    """Which days it would be about."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "due_on": "2026-04-01",
                    "due_at": "2026-04-01T11:30:00Z",
                    "from_on": "2026-03-01",
                    "to_on": "2026-03-31",
                    "as_of": "2026-03-31",
                    "known_on": "2026-03-31",
                }
            ]
        }
    )

    due_on: Date
    due_at: Instant
    from_on: Date
    to_on: Date
    as_of: Date
    known_on: Date


class ReportDeliveryRead(Read):
    """A report and one of those it is for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rpd_01h455vb4pex5vsknk084sn02q",
                    "due_on": "2026-04-01",
                    "from_on": "2026-03-01",
                    "to_on": "2026-03-31",
                    "known_on": "2026-03-31",
                    "kind": "mail",
                    "to": "board@acme.example",
                    "run_id": "run_01h455vb4pex5vsknk084sn02q",
                    "status": "delivered",
                    "problem": None,
                    "tries": 1,
                    "next_at": None,
                    "created_at": "2026-04-01T11:30:00Z",
                    "finished_at": "2026-04-01T11:30:09Z",
                }
            ]
        }
    )

    id: ReportDeliveryId
    due_on: Date
    from_on: Date
    to_on: Date
    known_on: Date
    kind: Literal["mail", "webhook", "folder"]
    to: str
    run_id: RunId | None
    status: Literal["making", "pending", "sending", "delivered", "failed", "uncertain"]
    problem: str | None
    tries: int
    next_at: Instant | None
    created_at: Instant
    finished_at: Instant | None


def at_of(said: str) -> time:
    """An hour as it was said."""
    return time.fromisoformat(said)
