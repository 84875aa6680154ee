"""The examiner's report of re-ages."""

from pydantic import ConfigDict, Field

from app.domain.facts.changes import ReAgeKind
from app.schemas.edge.ids import AccountId, PaymentId, PlanId, ReAgeId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Read


class ReportedReAgeRead(Read):
    """One re-age of the report."""

    id: ReAgeId
    account_id: AccountId
    plan_id: PlanId | None = Field(description="Null: the account's own clock.")
    kind: ReAgeKind
    effective_on: Date
    actor: str | None
    moved_minor: int
    overridden: list[str]
    undone_on: Date | None
    flagged_on: Date | None = Field(description="A payment it was granted on came back.")
    flagged_because: PaymentId | None = Field(description="That payment.")
    defaulted_on: Date | None = Field(description="Missed, or reported late, again.")


class ReAgeReportRead(Read):
    """Every re-age of a span of business dates, and the figures."""

    model_config = ConfigDict(
        populate_by_name=True,
        serialize_by_alias=True,
        json_schema_extra={
            "examples": [
                {
                    "from": "2026-01-01",
                    "to": "2026-03-31",
                    "granted": 1,
                    "of_plans": 1,
                    "of_accounts": 0,
                    "standard": 1,
                    "workout": 0,
                    "overridden": 1,
                    "undone": 0,
                    "flagged": 0,
                    "moved_minor": 90000,
                    "refused": 2,
                    "refused_by_reason": {"ACCOUNT_TOO_NEW": 2},
                    "overridden_by_reason": {"ACCOUNT_TOO_NEW": 1},
                    "re_defaults": {"3": 0, "6": 1, "12": 1},
                    "re_ages": [
                        {
                            "id": "rea_01h455vb4pex5vsknk084sn02q",
                            "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                            "plan_id": "plan_01h455vb4pex5vsknk084sn02q",
                            "kind": "standard",
                            "effective_on": "2026-01-20",
                            "actor": "agent-17",
                            "moved_minor": 90000,
                            "overridden": ["ACCOUNT_TOO_NEW"],
                            "undone_on": None,
                            "flagged_on": None,
                            "flagged_because": None,
                            "defaulted_on": "2026-06-06",
                        }
                    ],
                }
            ]
        },
    )

    since: Date = Field(alias="from")
    until: Date = Field(alias="to")
    granted: int
    of_plans: int
    of_accounts: int
    standard: int
    workout: int
    overridden: int
    undone: int
    flagged: int = Field(description="Of those that stand: money they stood on came back.")
    moved_minor: int = Field(description="By those that stand.")
    refused: int
    refused_by_reason: dict[str, int] = Field(description="Every reason of every refusal.")
    overridden_by_reason: dict[str, int]
    re_defaults: dict[str, int] = Field(description="Of those that stand, within so many months.")
    re_ages: list[ReportedReAgeRead]
