"""The ledger's rows, and the self-check: every identity with its two sides."""

from pydantic import ConfigDict, Field

from app.domain.entries.postings import PostingKind
from app.schemas.edge.ids import AccountId, PaymentId, PlanId, PostingId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read


class ComponentsRead(Read):
    """How an amount divides; sums to `amount_minor`."""

    principal_minor: int
    interest_minor: int
    fees_minor: int
    penalties_minor: int
    costs_minor: int
    unapplied_minor: int


class PostingRead(Read):
    """One row of the ledger. It never changes; what corrects it is another row."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "pst_01h455vb4pex5vsknk084sn02q",
                    "sequence": 2,
                    "kind": "payment",
                    "effective_on": "2026-03-31",
                    "business_date": "2026-04-01",
                    "posted_at": "2026-04-01T08:00:00Z",
                    "amount_minor": -12000,
                    "components": {
                        "principal_minor": -12000,
                        "interest_minor": 0,
                        "fees_minor": 0,
                        "penalties_minor": 0,
                        "costs_minor": 0,
                        "unapplied_minor": 0,
                    },
                    "balance_after_minor": 108000,
                    "payment_id": "pay_01h455vb4pex5vsknk084sn02q",
                    "plan_id": "plan_01h455vb4pex5vsknk084sn02q",
                    "reverses": None,
                    "reason": None,
                    "actor": "agent-17",
                }
            ]
        }
    )

    id: PostingId
    sequence: int = Field(description="From 1, in order of entry, without gaps.")
    kind: PostingKind
    effective_on: Date = Field(description="The day it counts; a reversal's is its payment's.")
    business_date: Date = Field(description="The day it was booked.")
    posted_at: Instant
    amount_minor: int = Field(description="Positive raises what is owed, negative lowers it.")
    components: ComponentsRead
    balance_after_minor: int
    payment_id: PaymentId | None
    plan_id: PlanId | None
    reverses: str | None = Field(
        description="The payment, charge, chargeback, adjustment, or posting of forgiveness "
        "that is taken back."
    )
    reason: str | None
    actor: str | None


class IdentityRead(Read):
    """Two figures that must be the same, each worked out its own way."""

    name: str
    left_minor: int
    right_minor: int
    ok: bool


class SelfCheckRead(Read):
    """An account's books held against each other."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "ok": True,
                    "identities": [
                        {
                            "name": "last running balance = balance",
                            "left_minor": 108000,
                            "right_minor": 108000,
                            "ok": True,
                        }
                    ],
                }
            ]
        }
    )

    account_id: AccountId
    ok: bool
    identities: list[IdentityRead]
