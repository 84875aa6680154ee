"""What a credit report would carry of an account."""

from pydantic import ConfigDict, Field

from app.domain.reporting.credit_report import ScheduledBy
from app.domain.reporting.furnishing import Unfit
from app.schemas.edge.ids import AccountId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Read


class CreditReportRead(Read):
    """Metro 2's fields as of a day, and the figures they were worked out from.

    Check the codes against your own copy of the industry's guide, which is licensed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "as_of": "2026-03-31",
                    "currency": "USD",
                    "account_status": "78",
                    "payment_rating": None,
                    "special_comment": "AC",
                    "balance_minor": 90000,
                    "past_due_minor": 60000,
                    "first_delinquency_on": "2026-01-15",
                    "obsolete_after_on": "2033-07-14",
                    "past_due_days": 75,
                    "plan_payment_minor": 10000,
                    "scheduled_payment_minor": 15000,
                    "scheduled_by": "cycle",
                    "furnishable_from_on": "2026-01-19",
                    "disputed_since_on": None,
                    "unfit": [],
                }
            ]
        }
    )

    account_id: AccountId
    as_of: Date
    currency: str
    account_status: str = Field(description="11, 71, 78, 80, 82, 83, 84; 93, 97; 13, 62, 64.")
    payment_rating: str | None = Field(description="0 to 6: how it stood when it was paid off.")
    special_comment: str | None = Field(
        description="AC: pays less than scheduled under a plan. AU: settled for less."
    )
    balance_minor: int = Field(description="With what a closure wrote off.")
    past_due_minor: int
    first_delinquency_on: Date | None = Field(
        description="Null while the account is current, also after a re-age; never moved."
    )
    obsolete_after_on: Date | None = Field(
        description="The last day it may be reported: seven years after its first 180 days."
    )
    past_due_days: int = Field(description="Without grace; of a paid account, when it was paid.")
    plan_payment_minor: int | None = Field(description="What the live plan asks for in a month.")
    scheduled_payment_minor: int | None = Field(
        description="What the contract asks for in a month; null where nobody said."
    )
    scheduled_by: ScheduledBy | None = Field(
        description="A billing cycle, the plan that is the contract, or all that is past due."
    )
    furnishable_from_on: Date | None = Field(
        description="The first day a collector may furnish it: that of a talk with the consumer, "
        "or 14 days after what was written and did not come back; of a creditor's own debt its "
        "placement. Null: the consumer was not told (12 CFR 1006.30(a)(1))."
    )
    disputed_since_on: Date | None = Field(
        description="It is disputed, and whoever furnishes it notes that (15 USC 1681s-2(a)(3))."
    )
    unfit: list[Unfit] = Field(
        description="Why it may not be furnished that day as it stands here: too early, or without "
        "a note of the dispute, which you add."
    )
