"""A policy tried on the plans there are: both sides and the difference."""

from pydantic import ConfigDict, Field

from app.schemas.edge.time import Date
from app.schemas.edge.types import Read


class Change(Read):
    """A figure under the policy as it is, and under the changed one."""

    before: int
    after: int
    change: int = Field(description="`after` less `before`.")


class WhatIfRead(Read):
    """What plans under the policy would be, had it always said what was sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "policy": "firm",
                    "as_of": "2026-03-15",
                    "accounts": 1,
                    "skipped": 0,
                    "plans": {"before": 1, "after": 1, "change": 0},
                    "missed": {"before": 1, "after": 2, "change": 1},
                    "broken": {"before": 0, "after": 0, "change": 0},
                    "buckets": {"1-29": {"before": 1, "after": 1, "change": 0}},
                    "expected_cash": {
                        "USD": {"2026-03": {"before": 10000, "after": 10000, "change": 0}}
                    },
                    "next_cursor": None,
                }
            ]
        }
    )

    policy: str
    as_of: Date
    accounts: int = Field(description="How many with a plan under the policy were looked at.")
    skipped: int = Field(description="Left out: their facts do not fit the changed figures.")
    plans: Change
    missed: Change = Field(description="Installments missed and not paid, of broken plans too.")
    broken: Change = Field(description="Plans broken.")
    buckets: dict[str, Change] = Field(description="Accounts by bucket.")
    expected_cash: dict[str, dict[str, Change]] = Field(
        description="What live plans have open, in minor units by currency and month due; what "
        "is overdue counts in the present month."
    )
    next_cursor: str | None = Field(description="There is more to look at from here.")
