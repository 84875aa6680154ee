"""The figures of a form 1099-C."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.vocabulary import SettlementStatus
from app.schemas.accounts.accounts import BalanceRead
from app.schemas.edge.ids import AccountId, EventId, SettlementId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read

_FIGURES: JsonDict = {
    "forgiven": {
        "principal_minor": 60000,
        "interest_minor": 0,
        "fees_minor": 0,
        "penalties_minor": 0,
        "costs_minor": 0,
        "total_minor": 60000,
    },
    "discharged_on": "2026-03-31",
    "tax_year": 2026,
    "event_code": "F",
    "reportable": True,
    "form_1099c": False,
    "client_feed": True,
}


class DischargeRead(Read):
    """One discharge of debt by agreement."""

    forgiven: BalanceRead = Field(
        description="The total is box 2; its interest, where it is included, box 3."
    )
    discharged_on: Date = Field(description="Box 1.")
    tax_year: int = Field(description="The year of the satisfaction.")
    event_code: str = Field(description="Box 6: `F`, by agreement.")
    reportable: bool = Field(description="Not below the threshold, and in its currency.")
    form_1099c: bool = Field(description="Ours to file: the policy names an applicable entity.")
    client_feed: bool = Field(description="The creditor's to file, from these figures.")


class ToldDischargeRead(Read):
    """What one event told of the discharge."""

    event_id: EventId
    occurred_at: Instant
    discharged_on: Date
    forgiven_minor: int | None = Field(description="Null: that it no longer holds.")


class DebtReliefRead(Read):
    """A settlement's figures as of a day: null until it is satisfied, and null again if that goes.

    `told` is all that was ever told of it, in order: who filed a form in between corrects it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "settlement_id": "set_01h455vb4pex5vsknk084sn02q",
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "status": "satisfied",
                    "as_of": "2026-04-15",
                    "currency": "USD",
                    "threshold_minor": 60000,
                    "threshold_currency": "USD",
                    "applicable_entity": False,
                    "discharge": _FIGURES,
                    "told": [
                        {
                            "event_id": "evt_01h455vb4pex5vsknk084sn02q",
                            "occurred_at": "2026-03-31T15:04:05Z",
                            "discharged_on": "2026-03-31",
                            "forgiven_minor": 60000,
                        }
                    ],
                }
            ]
        }
    )

    settlement_id: SettlementId
    account_id: AccountId
    status: SettlementStatus
    as_of: Date
    currency: str
    threshold_minor: int = Field(description="By the account's policy; 26 USC 6050P: $600.")
    threshold_currency: str
    applicable_entity: bool = Field(description="By the account's policy, for its creditor.")
    discharge: DischargeRead | None
    told: list[ToldDischargeRead]
