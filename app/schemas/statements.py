"""Statements of account and invoices: the ledger's figures and no others."""

from typing import Literal

from pydantic import ConfigDict, Field

from app.domain.entries.postings import PostingKind
from app.schemas.edge.ids import AccountId, InstallmentId, PostingId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Read


class StatementLineRead(Read):
    """A row of the ledger that was booked in the period."""

    posting_id: PostingId
    kind: PostingKind
    on: Date = Field(description="The day it was booked.")
    effective_on: Date = Field(description="The day it counts.")
    amount_minor: int = Field(description="What the row books; with its unapplied part.")
    unapplied_minor: int = Field(description="What of it is money that paid nothing yet.")
    balance_after_minor: int


class StatementRead(Read):
    """What was owed, charged, paid, and is due: `opening + charged - paid + other = closing`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "reference": "INV-2026-0042",
                    "currency": "USD",
                    "from_on": "2026-03-01",
                    "to_on": "2026-03-31",
                    "opening_minor": 120000,
                    "charged_minor": 0,
                    "paid_minor": 12000,
                    "other_minor": 0,
                    "closing_minor": 108000,
                    "due_minor": 0,
                    "unapplied_minor": 0,
                    "lines": [
                        {
                            "posting_id": "pst_01h455vb4pex5vsknk084sn02q",
                            "kind": "payment",
                            "on": "2026-03-31",
                            "effective_on": "2026-03-31",
                            "amount_minor": -12000,
                            "unapplied_minor": 0,
                            "balance_after_minor": 108000,
                        }
                    ],
                }
            ]
        }
    )

    account_id: AccountId
    reference: str
    currency: str
    from_on: Date
    to_on: Date
    opening_minor: int = Field(description="Owed before the first day.")
    charged_minor: int = Field(description="Placed, charged and earned, less what was taken back.")
    paid_minor: int = Field(description="What payments paid, less what came back of them.")
    other_minor: int = Field(description="Waived, forgiven and lost: below nothing, if any.")
    closing_minor: int = Field(description="Owed at the end of the last day.")
    due_minor: int = Field(description="What of it is due by the last day.")
    unapplied_minor: int = Field(
        description="Received by the last day, and paying nothing by then."
    )
    lines: list[StatementLineRead]


class PayeeRead(Read):
    """The account to pay to."""

    name: str
    iban: str
    bic: str | None


class InvoiceRead(Read):
    """What an installment asks for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "installment_id": "ins_01h455vb4pex5vsknk084sn02q",
                    "number": 1,
                    "due_on": "2026-03-31",
                    "currency": "USD",
                    "amount_minor": 12000,
                    "paid_minor": 0,
                    "open_minor": 12000,
                    "reference": "INV-2026-0042",
                    "payee": None,
                    "code": "reference",
                }
            ]
        }
    )

    account_id: AccountId
    installment_id: InstallmentId
    number: int
    due_on: Date
    currency: str
    amount_minor: int
    paid_minor: int
    open_minor: int
    reference: str = Field(description="What a payer names, and payments are matched by.")
    payee: PayeeRead | None = Field(description="Null: the letter names who writes, no account.")
    code: Literal["epc", "reference"] = Field(
        description="What the QR code on paper says: a whole transfer in euros, or the reference."
    )
