"""Placements corrected: what was said wrongly, and what follows from the right words."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.vocabulary import Product
from app.schemas.accounts.accounts import ACCOUNT, AccountRead
from app.schemas.edge.ids import AccountId, CorrectionId
from app.schemas.edge.money import NonNegativeMinor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line
from app.schemas.plans.quotes import RefusalRead

_CHANGED: JsonDict = {
    "delinquent_since_on": {"before": "2026-01-15", "after": "2025-11-15"},
    "principal_minor": {"before": 118000, "after": 108000},
}
_CORRECTION: JsonDict = {
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "changed": _CHANGED,
    "reason": "the creditor's statement of 3 March",
    "account": ACCOUNT,
}


class BalanceCorrection(Model):
    """The components that were said wrongly; those left out stay as they were."""

    principal_minor: NonNegativeMinor | None = None
    interest_minor: NonNegativeMinor | None = None
    fees_minor: NonNegativeMinor | None = None
    penalties_minor: NonNegativeMinor | None = None
    costs_minor: NonNegativeMinor | None = None


class CorrectionRequest(Model):
    """What was said wrongly when the account was placed. What is left out stays as it was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delinquent_since_on": "2025-11-15",
                    "balance": {"principal_minor": 108000},
                    "reason": "the creditor's statement of 3 March",
                }
            ]
        }
    )

    opened_on: Date | None = Field(None, description="When the debt began; null is refused.")
    delinquent_since_on: Date | None = Field(
        None, description="Since when it was past due. Null: since it was placed."
    )
    past_due_minor: NonNegativeMinor | None = Field(
        None, description="How much was past due. Null: all of it."
    )
    product: Choice[Product] | None = Field(None, description="Null is refused.")
    balance: BalanceCorrection | None = None
    validation_ends_on: Date | None = None
    reason: Line


class ChangedRead(Read):
    """A field as it was said, and as it counts."""

    before: Date | int | str | None = Field(description="As it counted before.")
    after: Date | int | str | None = Field(description="As it counts now.")


class CorrectionRead(Read):
    """A correction, and the account as it follows from it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "cor_01h455vb4pex5vsknk084sn02q", **_CORRECTION}]}
    )

    id: CorrectionId
    account_id: AccountId
    changed: dict[str, ChangedRead] = Field(description="By field; amounts by component.")
    reason: str
    account: AccountRead


class CorrectionPreviewRead(Read):
    """What a correction would do, and what stands against it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_CORRECTION, "refusals": []}]})

    account_id: AccountId
    changed: dict[str, ChangedRead] = Field(description="By field; amounts by component.")
    reason: str
    refusals: list[RefusalRead] = Field(description="Why it would be refused; all of them.")
    account: AccountRead | None = Field(
        description="Null where more was waived than would have been owed: nothing follows then."
    )
