"""Dialer lists: asked for, read, and what came of them."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.contact.words import Outcome, Purpose
from app.domain.worklists.dialer import DialerFormat
from app.schemas.contacts.contacts import ContactRead, Seconds, Summary
from app.schemas.contacts.kept_elsewhere import RecordingFields
from app.schemas.edge.ids import AccountId, ContactId, DecisionId, DialerListId, DialerRowId
from app.schemas.edge.problems import Problem
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Actor, Reference
from app.schemas.worklists.worklists import WorklistName

MAX_ROWS = 2_000
MAX_RESULTS = 500
Column = Literal[
    "row_id", "reference", "decision_id", "phone", "first_name", "last_name", "language",
    "time_zone", "call_after_at", "call_before_at", "priority", "reason", "account_reference",
    "voicemail",
]  # fmt: skip
_ROW: JsonDict = {
    "row_id": "dlr_01h455vb4pex5vsknk084sn02q",
    "reference": "dl_01h455vb4pex5vsknk084sn02q:1",
    "decision_id": "dec_01h455vb4pex5vsknk084sn02q",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "phone": "+13125550100",
    "first_name": "Ann",
    "last_name": "Lee",
    "language": "en",
    "time_zone": "America/Chicago",
    "call_after_at": "2026-03-02T15:00:00Z",
    "call_before_at": "2026-03-02T16:00:00Z",
    "priority": 511,
    "reason": "promise_broken",
    "account_reference": "INV-2026-0042",
    "voicemail": "limited_content",
    "contact_id": None,
    "released_at": None,
    "forbidden_by": None,
}
_RESULT: JsonDict = {"status": 404, "contact": None, "problem": None}
_LIST: JsonDict = {
    "id": "dl_01h455vb4pex5vsknk084sn02q",
    "worklist": "collectors",
    "purpose": "collection",
    "format": "csv",
    "made_at": "2026-03-02T15:00:00Z",
    "valid_until_at": "2026-03-02T16:00:00Z",
    "closed_at": None,
    "rows": [_ROW],
}


class DialerListRequest(Model):
    """How many calls a dialer can make, and for how long it may."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"worklist": "collectors", "limit": 200}]}
    )

    worklist: WorklistName
    limit: Annotated[int, Field(strict=True, ge=1, le=MAX_ROWS)] = 200
    purpose: Choice[Purpose] = Purpose.COLLECTION
    valid_minutes: Annotated[int, Field(strict=True, ge=1, le=240)] = 60
    format: Choice[DialerFormat] = DialerFormat.JSON
    fields: Annotated[Many[Column], Field(min_length=1, max_length=14)] | None = Field(
        None, description="Columns of a `csv`, in that order. Default: all."
    )


class DialerRowRead(Read):
    """A call that may be made between two instants; the decision reserves it until then."""

    row_id: DialerRowId
    reference: str
    decision_id: DecisionId
    account_id: AccountId
    phone: str
    first_name: str
    last_name: str
    language: str
    time_zone: str
    call_after_at: Instant
    call_before_at: Instant
    priority: int
    reason: str
    account_reference: str
    voicemail: str
    contact_id: ContactId | None = Field(description="What came of it.")
    released_at: Instant | None
    forbidden_by: str | None = Field(
        description="What came since and forbids the call, by its code: leave the row out."
    )


class DialerListRead(Read):
    """Who may be called now by number, in working order."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LIST]})

    id: DialerListId
    worklist: str
    purpose: Purpose
    format: DialerFormat
    made_at: Instant
    valid_until_at: Instant
    closed_at: Instant | None
    rows: list[DialerRowRead]


class DialerResultItem(Model):
    """What came of a row. Your own code stands for an outcome by the contact policy."""

    row_id: DialerRowId | None = Field(None, description="Either this or `decision_id`.")
    decision_id: DecisionId | None = Field(
        None,
        description="The row's. VICIdial keeps twenty characters of `vendor_lead_code`, too few "
        "for `row_id`, and all of `source_id`, which is this.",
    )
    reference: Reference = Field(description="Your own id of the call; the same again is one.")
    outcome: Choice[Outcome] | None = None
    disposition: Reference | None = None
    started_at: Instant
    duration_seconds: Seconds | None = None
    actor: Actor | None = Field(None, description="Who spoke. Default: whoever posts this.")
    recording: RecordingFields | None = None
    summary: Summary | None = None


class DialerResultsRequest(Model):
    """What came of rows, in the order in which they were called."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "row_id": "dlr_01h455vb4pex5vsknk084sn02q",
                            "reference": "call:9f2c",
                            "outcome": "no_answer",
                            "started_at": "2026-03-02T15:10:00Z",
                        }
                    ]
                }
            ]
        }
    )

    items: Annotated[Many[DialerResultItem], Field(min_length=1, max_length=MAX_RESULTS)]


class DialerResultRead(Read):
    """The contact that was recorded, or why none was."""

    status: int = Field(description="201; 200 for one that was told before; else the problem's.")
    contact: ContactRead | None
    problem: Problem | None


class DialerResultsRead(Read):
    """One result an item, in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"results": [_RESULT]}]})

    results: list[DialerResultRead]


class DialerOutcomeRead(Read):
    """How many calls ended so."""

    outcome: str | None
    count: int


class DialerSummaryRead(Read):
    """How a list stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "dl_01h455vb4pex5vsknk084sn02q",
                    "rows": 200,
                    "dialed": 150,
                    "released": 50,
                    "open": 0,
                    "outcomes": [{"outcome": "no_answer", "count": 150}],
                    "closed_at": "2026-03-02T16:00:00Z",
                }
            ]
        }
    )

    id: DialerListId
    rows: int
    dialed: int
    released: int = Field(description="Reserved, and not dialed when the list closed.")
    open: int
    outcomes: list[DialerOutcomeRead]
    closed_at: Instant | None


class DialerCloseRequest(Model):
    """Nothing more need be said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})
