"""Worklists: which accounts they hold, what reasons are worth, and who takes from them."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import Channel
from app.domain.vocabulary import Role
from app.domain.worklists.lists import CLAIM_MINUTES
from app.domain.worklists.score import AMOUNT_CAP, PER_AMOUNT_MINOR, WorkReason
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Reference, Tag, words

WorklistName = Annotated[
    str, Field(pattern="^[a-z][a-z0-9_-]*$", max_length=40, examples=["collectors"])
]
_Bucket = Annotated[Tag, Field(examples=["31-60"])]
_Region = Annotated[str, words(field_limits.REGION), Field(examples=["US-TX"])]
_Language = Annotated[str, words(field_limits.LANGUAGE), Field(examples=["es"])]
_Skill = Annotated[Tag, Field(examples=["spanish"])]
_Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]

_LIST: JsonDict = {
    "channels": ["call", "email"],
    "filter": {"regions": ["US-TX"], "min_overdue_minor": 5000},
    "reasons": {
        "promise_broken": {"base": 500, "per_day": 10, "cap_days": 20},
        "installment_missed": {"base": 300, "per_day": 5, "cap_days": 30},
    },
    "claim_minutes": 20,
}

_READ: JsonDict = {
    "name": "letters",
    "version": 1,
    "shipped": False,
    "channels": ["letter"],
    "filter": {
        "creditor_references": None,
        "buckets": None,
        "regions": ["US-TX"],
        "languages": None,
        "min_overdue_minor": 0,
        "skills": [],
    },
    "reasons": {"no_contact": {"base": 50, "per_day": 1, "cap_days": 60}},
    "per_amount_minor": 10000,
    "amount_cap": 100,
    "claim_minutes": 15,
    "roles": [],
    "business_date": "2026-03-01",
    "recorded_at": "2026-03-01T09:00:00Z",
    "actor": "boss-1",
}


class WeightFields(Model):
    """What a reason is worth: `base`, and `per_day` for each day since, up to `cap_days`."""

    base: _Whole
    per_day: _Whole = 0
    cap_days: Annotated[int, Field(strict=True, ge=0, le=3_660)] = 0


class WorklistFilter(Model):
    """Which accounts a list holds; what is left out narrows nothing."""

    creditor_references: Annotated[Many[Reference], Field(max_length=200)] | None = None
    buckets: Annotated[Many[_Bucket], Field(max_length=20)] | None = None
    regions: Annotated[Many[_Region], Field(max_length=100)] | None = None
    languages: Annotated[Many[_Language], Field(max_length=50)] | None = None
    min_overdue_minor: Annotated[int, Field(strict=True, ge=0, le=10**12)] = 0
    skills: Annotated[
        Many[_Skill],
        Field(max_length=20, description="What whoever takes from it should know. Told, not held."),
    ] = ()


class WorklistRequest(Model):
    """A worklist as it is to be from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LIST]})

    channels: Annotated[
        Many[Choice[Channel]],
        Field(max_length=6, description="By which one may reach people; none: no gate is asked."),
    ] = ()
    filter: WorklistFilter = WorklistFilter()
    reasons: Annotated[
        dict[Choice[WorkReason], WeightFields],
        Field(
            min_length=1, max_length=20, description="What puts an account on it, and its worth."
        ),
    ]
    per_amount_minor: Annotated[int, Field(strict=True, ge=1, le=10**12)] = PER_AMOUNT_MINOR
    amount_cap: Annotated[_Whole, Field(description="Most points for what is overdue.")] = (
        AMOUNT_CAP
    )
    claim_minutes: Annotated[int, Field(strict=True, ge=1, le=480)] = CLAIM_MINUTES
    roles: Annotated[
        Many[Choice[Role]], Field(max_length=3, description="Who may work it; none: all.")
    ] = ()


class WeightRead(Read):
    """What a reason is worth."""

    base: int
    per_day: int
    cap_days: int


class WorklistFilterRead(Read):
    """Which accounts a list holds; null: whichever."""

    creditor_references: list[str] | None
    buckets: list[str] | None
    regions: list[str] | None
    languages: list[str] | None
    min_overdue_minor: int
    skills: list[str]


class WorklistRead(Read):
    """A worklist as it is now; version 0 is one that is shipped."""

    model_config = ConfigDict(json_schema_extra={"examples": [_READ]})

    name: str
    version: int
    shipped: bool = Field(description="Whether nobody of yours ever saved it.")
    channels: list[Channel]
    filter: WorklistFilterRead
    reasons: dict[WorkReason, WeightRead]
    per_amount_minor: int
    amount_cap: int
    claim_minutes: int
    roles: list[Role]
    business_date: Date | None
    recorded_at: Instant | None
    actor: str | None


class ReasonSummaryRead(Read):
    """Of a reason: items that stand for it, those that can be worked, and the oldest day."""

    code: WorkReason
    open: int
    workable: int
    oldest_on: Date | None


class WorkDoneRead(Read):
    """How often somebody did something today."""

    act: str
    actor: str | None
    count: int


class WorklistSummaryRead(Read):
    """How the work on a list stands. An item has several reasons, and counts in each."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "open": 2,
                    "workable": 1,
                    "oldest_on": "2026-02-01",
                    "by_reason": [
                        {
                            "code": "no_contact",
                            "open": 2,
                            "workable": 1,
                            "oldest_on": "2026-02-01",
                        }
                    ],
                    "done_today": [{"act": "completed", "actor": "agent-17", "count": 4}],
                    "judged_through_on": "2026-03-02",
                    "accounts_behind": 0,
                }
            ]
        }
    )

    open: int
    workable: int
    oldest_on: Date | None
    by_reason: list[ReasonSummaryRead]
    done_today: list[WorkDoneRead]
    judged_through_on: Date
    accounts_behind: int


class WorklistsRead(Read):
    """All worklists, by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"data": [_READ]}]})

    data: list[WorklistRead]
