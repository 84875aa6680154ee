"""What waits for somebody to decide, as clients see it, and what they decide."""

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.types import JsonValue

from app.schemas.edge.ids import AccountId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line
from app.schemas.plans.quotes import RefusalRead

Kind = Literal["plan", "amendment", "settlement", "import"]
#: How the id of each begins.
PREFIXES = {"plan": "plan", "settlement": "set", "amendment": "amd", "import": "imp"}


class ApprovalAccountRead(Read):
    """Whose account it is."""

    id: AccountId
    reference: str
    currency: str


class MoneySumRead(Read):
    """Money of one currency."""

    currency: str
    amount_minor: int


class ApprovalSideRead(Read):
    """What is owed, in how many installments, from when to when."""

    amount_minor: int
    installments: int = Field(description="0: no schedule, the whole is owed.")
    first_due_on: Date | None
    last_due_on: Date | None


class ApprovalSheetSideRead(Read):
    """What the books hold, or what a spreadsheet would add: how many, and the money of them."""

    count: int
    sums: list[MoneySumRead] = Field(description="By currency.")


class ApprovalCompareRead(Read):
    """What was before, and would be after."""

    before: ApprovalSideRead | ApprovalSheetSideRead | None = Field(
        description="An amendment's: the principal as agreed now; a settlement's: what was owed; "
        "an import's: the accounts it names that were there, and what they owed. "
        "Null: there was nothing."
    )
    after: ApprovalSideRead | ApprovalSheetSideRead = Field(
        description="An import's: the rows it would store, and the money in them."
    )


_WAITS: JsonValue = {
    "kind": "plan",
    "id": "plan_01h455vb4pex5vsknk084sn02q",
    "asked_by": "agent-17",
    "asked_at": "2026-02-01T15:04:05.123456Z",
    "waited_hours": 3,
    "reason": None,
    "account": {
        "id": "acc_01h455vb4pex5vsknk084sn02q",
        "reference": "INV-2026-0042",
        "currency": "USD",
    },
    "asks": [
        {
            "rule": "max_count",
            "limit": 36,
            "actual": 75,
            "message": "Installments: 75, at most 36 allowed.",
            "override_role": "supervisor",
        }
    ],
    "compare": {
        "before": None,
        "after": {
            "amount_minor": 30000,
            "installments": 75,
            "first_due_on": "2026-03-01",
            "last_due_on": "2027-08-01",
        },
    },
    "may_decide": True,
    "why_not": None,
    "etag": '"2"',
}


class ApprovalRead(Read):
    """Something that waits for somebody to decide it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WAITS]})

    kind: Kind
    id: str = Field(
        description="A plan's, a settlement's, a waiting revision's own id, or a dry run's."
    )
    asked_by: str | None
    asked_at: Instant
    waited_hours: int = Field(description="Whole hours since it was asked.")
    reason: str | None = Field(description="Why, where whoever asked said so; a plan says none.")
    account: ApprovalAccountRead | None = Field(description="Null: an import, which is of many.")
    asks: list[RefusalRead] = Field(description="The rules it would break, and who may allow it.")
    compare: ApprovalCompareRead
    may_decide: bool = Field(description="Whether this key, with this actor, may approve it.")
    why_not: str | None = Field(
        description="`same_actor`, `same_key`, `nobody_named`, `proposer_unknown`, "
        "`outside_authority` or `expired`.",
    )
    etag: str = Field(description="Sent back, what is decided is what was looked at.")


class ApprovalDecisionRequest(Model):
    """What is decided of one thing that waits, as it was when it was read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"decision": "approve", "reason": "documents seen", "etag": '"2"'}]
        }
    )

    decision: Literal["approve", "reject"]
    reason: Line | None = None
    etag: str = Field(min_length=3, max_length=22, pattern=r'^"\d+"$', examples=['"2"'])


class ApprovalDecidedRead(Read):
    """What was decided."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "plan",
                    "id": "plan_01h455vb4pex5vsknk084sn02q",
                    "decision": "approve",
                    "decided_by": "supervisor-3",
                }
            ]
        }
    )

    kind: Kind
    id: str
    decision: Literal["approve", "reject"]
    decided_by: str | None
