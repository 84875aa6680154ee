"""The report of settlements."""

from pydantic import ConfigDict, Field

from app.domain.vocabulary import Role
from app.schemas.edge.time import Date
from app.schemas.edge.types import Read


class SettlementFiguresRead(Read):
    """One month's settlements by one role for one creditor in one currency."""

    month: str = Field(description="As 2026-03.")
    role: Role = Field(description="Of the key that made the offer.")
    creditor_reference: str | None
    currency: str
    offered: int
    accepted: int
    satisfied: int
    void: int
    expired: int
    declined: int
    withdrawn: int
    forgiven_minor: int = Field(description="By those satisfied in the month.")
    recovered_minor: int = Field(
        description="Paid under those that ended in the month, satisfied or void: it stays."
    )


class SettlementReportRead(Read):
    """What happened to settlements in a span of days. Each counts in the month it happened."""

    model_config = ConfigDict(
        populate_by_name=True,
        serialize_by_alias=True,
        json_schema_extra={
            "examples": [
                {
                    "from": "2026-01-01",
                    "to": "2026-03-31",
                    "rows": [
                        {
                            "month": "2026-03",
                            "role": "agent",
                            "creditor_reference": "CRED-1",
                            "currency": "USD",
                            "offered": 4,
                            "accepted": 3,
                            "satisfied": 2,
                            "void": 1,
                            "expired": 1,
                            "declined": 0,
                            "withdrawn": 0,
                            "forgiven_minor": 80000,
                            "recovered_minor": 125000,
                        }
                    ],
                    "judged_through_on": "2026-03-31",
                    "accounts_behind": 0,
                }
            ]
        },
    )

    since: Date = Field(alias="from")
    until: Date = Field(alias="to")
    rows: list[SettlementFiguresRead]
    judged_through_on: Date
    accounts_behind: int
