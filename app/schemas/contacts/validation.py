"""The validation notice of a debt: what made it due, when it went, and the figures it tells."""

from typing import Any

from pydantic import ConfigDict, Field

from app.domain.contact.validation import ItemizationReference
from app.schemas.edge.ids import AccountId, ContactId, MessageId
from app.schemas.edge.money import NonNegativeMinor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line

_SAID: dict[str, Any] = {
    "reference": "last_statement",
    "on": "2025-12-01",
    "amount_minor": 100000,
    "interest_minor": 15000,
    "fees_minor": 5000,
    "payments_minor": 10000,
    "credits_minor": 0,
    "original_creditor": "Prairie Telecom",
}


class ItemizationRequest(Model):
    """How a debt came to what it was placed with: what was owed on a day, and what came since."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SAID]})

    reference: Choice[ItemizationReference] = Field(
        description="What day that is; one for a debt (12 CFR 1006.34(b)(3))."
    )
    on: Date = Field(description="The itemization date, no later than the account was placed.")
    amount_minor: NonNegativeMinor = Field(description="What was owed on it.")
    interest_minor: NonNegativeMinor = Field(description="Interest until the account was placed.")
    fees_minor: NonNegativeMinor = Field(description="Fees likewise.")
    payments_minor: NonNegativeMinor = Field(description="Payments likewise.")
    credits_minor: NonNegativeMinor = Field(description="Credits likewise.")
    original_creditor: Line = Field(description="To whom it was owed on that day.")


class InitialCommunicationRead(Read):
    """The first communication with the consumer, from which the days of the notice count."""

    contact_id: ContactId
    on: Date


class ValidationNoticeRead(Read):
    """The notice that counts: it went, and is not known to have come back."""

    contact_id: ContactId
    message_id: MessageId | None = Field(description="Null: it was sent from elsewhere.")
    sent_on: Date
    assumed_received_on: Date
    ends_on: Date = Field(description="The last day on which the debt may be disputed by it.")


class ItemizationRead(Read):
    """The figures of a notice of today: `amount + interest + fees - payments - credits` is owed."""

    reference: ItemizationReference
    on: Date
    amount_minor: int
    interest_minor: int
    fees_minor: int
    payments_minor: int
    credits_minor: int
    original_creditor: str
    current_minor: int = Field(description="What the ledger says is owed.")


class ValidationRead(Read):
    """How it stands with the validation notice of an account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "initial_communication": {
                        "contact_id": "ctc_01h455vb4pex5vsknk084sn02q",
                        "on": "2026-01-12",
                    },
                    "notice": None,
                    "due_by_on": "2026-01-17",
                    "overdue": False,
                    "validation_ends_on": None,
                    "disputed_on": None,
                    "dispute_contact_id": None,
                    "original_creditor_requested_on": None,
                    "original_creditor_contact_id": None,
                    "itemization": {**_SAID, "current_minor": 110000},
                }
            ]
        }
    )

    account_id: AccountId
    initial_communication: InitialCommunicationRead | None
    notice: ValidationNoticeRead | None
    due_by_on: Date | None = Field(description="The last day on which the notice is in time.")
    overdue: bool = Field(description="No demand may leave before the notice.")
    validation_ends_on: Date | None = Field(description="Of the account; said so, or of a notice.")
    disputed_on: Date | None = Field(
        description="The first day of a dispute: one in writing, or a hold."
    )
    dispute_contact_id: ContactId | None = Field(description="The first that disputed in writing.")
    original_creditor_requested_on: Date | None = Field(
        description="The first day on which somebody asked in writing who it was."
    )
    original_creditor_contact_id: ContactId | None
    itemization: ItemizationRead | None
