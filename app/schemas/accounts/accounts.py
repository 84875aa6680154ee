"""Accounts: what is placed, how it stands, and who stands behind it."""

from typing import Annotated, Literal

from pydantic import (
    ConfigDict,
    Field,
    SkipValidation,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.domain import field_limits
from app.domain.standing.status import AccountStatus
from app.domain.vocabulary import Product
from app.schemas.accounts.delinquency import CLOCK, DelinquencyRead
from app.schemas.edge.ids import AccountId, PersonId, PlanId
from app.schemas.edge.money import Currency, NonNegativeMinor
from app.schemas.edge.problems import Problem
from app.schemas.edge.time import Date, Instant, TimeZone
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Metadata, PlacementBatch, Reference, words

PolicyName = Annotated[str, words(field_limits.POLICY_NAME), Field(examples=["default"])]
Region = Annotated[str, words(field_limits.REGION)]
Language = Annotated[str, words(field_limits.LANGUAGE)]

_DEBTOR: JsonDict = {
    "reference": "CUST-77",
    "name": "Jane Doe",
    "email": None,
    "phone": None,
    "time_zone": "America/Chicago",
    "region": "US-TX",
    "language": "en",
}
_CREDITOR: JsonDict = {"reference": "CRED-1", "name": "Prairie Telecom"}
_REQUEST: JsonDict = {
    "reference": "INV-2026-0042",
    "currency": "USD",
    "product": "closed_end",
    "opened_on": "2024-03-01",
    "balance": {"principal_minor": 118000, "interest_minor": 1500, "fees_minor": 500},
    "delinquent_since_on": "2026-01-15",
    "debtor": _DEBTOR,
    "creditor": _CREDITOR,
    "policy": "default",
    "metadata": {"branch": "Austin"},
}


class BalanceRequest(Model):
    """What is owed, by component."""

    principal_minor: NonNegativeMinor = 0
    interest_minor: NonNegativeMinor = 0
    fees_minor: NonNegativeMinor = 0
    penalties_minor: NonNegativeMinor = 0
    costs_minor: NonNegativeMinor = 0

    @model_validator(mode="after")
    def _fits(self) -> "BalanceRequest":
        if problem := field_limits.sum_problem(dict(self).values()):
            raise PydanticCustomError("total", "{words}", {"words": problem})
        return self


class BalanceRead(Read):
    """What is owed, by component; money not yet applied is not taken off."""

    principal_minor: int
    interest_minor: int
    fees_minor: int
    penalties_minor: int
    costs_minor: int
    total_minor: int


class CreditorFields(Model):
    """Who is owed."""

    reference: Reference | None = Field(
        None, description="Your id. A policy's `creditors` overrides go by it; it never changes."
    )
    name: Line | None = None


class DebtorFields(Model):
    """Who owes. What is left out or null stays as it is known."""

    reference: Reference | None = Field(None, description="Your id: one person, many accounts.")
    name: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    time_zone: TimeZone | None = None
    region: Region | None = Field(None, description="ISO 3166-2, or a country.", examples=["US-TX"])
    language: Language | None = Field(None, description="BCP 47.", examples=["en"])


class DebtorRead(Read):
    """Who owes. `id` names the person in `/v1/persons`."""

    id: PersonId
    reference: str | None
    name: str | None
    email: str | None
    phone: str | None
    time_zone: str | None
    region: str | None
    language: str | None


class CreditorRead(Read):
    """Who is owed."""

    reference: str | None
    name: str | None


class AssignedRead(Read):
    """Who works an account: somebody, or a team."""

    actor: str | None
    team: str | None


class AccountRequest(Model):
    """A debt to be placed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    reference: Reference = Field(description="Your own id for it, unique in your tenant.")
    currency: Currency = Field(examples=["USD"])
    product: Choice[Product] = Product.OTHER
    opened_on: Date | None = Field(
        None, description="When the debt began. Default: the day it is placed."
    )
    balance: BalanceRequest
    past_due_minor: NonNegativeMinor | None = Field(
        None, description="How much of it is past due. Default: all of it."
    )
    effective_on: Date | None = Field(
        None, description="The day it is placed; nothing counts before it. Default: today."
    )
    validation_ends_on: Date | None = None
    delinquent_since_on: Date | None = Field(
        None, description="Since when it is past due. Default, with an amount past due: placement."
    )
    charged_off_on: Date | None = None
    debtor: DebtorFields | None = None
    creditor: CreditorFields | None = None
    policy: PolicyName = "default"
    placement_batch: PlacementBatch | None = Field(
        None, description="What it is placed with: reports group by it. It never changes."
    )
    metadata: Metadata = Field(default_factory=dict)


class AccountPatch(Model):
    """What may be amended. What is left out stays; `metadata` is replaced as a whole."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"debtor": {"phone": "+1 512 555 0100"}}]}
    )

    debtor: DebtorFields | None = None
    creditor: CreditorFields | None = None
    metadata: Metadata | None = None


ACCOUNT: JsonDict = {
    "id": "acc_01h455vb4pex5vsknk084sn02q",
    "reference": "INV-2026-0042",
    "currency": "USD",
    "product": "closed_end",
    "status": "open",
    "opened_on": "2024-03-01",
    "effective_on": "2026-02-01",
    "balance": {
        "principal_minor": 118000,
        "interest_minor": 1500,
        "fees_minor": 500,
        "penalties_minor": 0,
        "costs_minor": 0,
        "total_minor": 120000,
    },
    "unapplied_minor": 0,
    "past_due_minor": 120000,
    "validation_ends_on": None,
    "delinquent_since_on": "2026-01-15",
    "charged_off_on": None,
    "closed_on": None,
    "written_off_minor": 0,
    "substandard_on": "2026-04-15",
    "loss_on": "2026-05-15",
    "charge_off_due_on": "2026-05-31",
    "charge_off_driver": "delinquency",
    "first_delinquency_on": "2026-01-15",
    "reported_since_on": "2026-01-15",
    "delinquency": CLOCK,
    "active_plan_id": None,
    "debtor": {"id": "per_01h455vb4pex5vsknk084sn02q", **_DEBTOR},
    "creditor": _CREDITOR,
    "assigned_to": {"actor": "agent-17", "team": None},
    "pending_approvals": 0,
    "policy": "default",
    "placement_batch": "2026-02",
    "metadata": {"branch": "Austin"},
    "etag": '"2"',
    "created_at": "2026-02-01T15:04:05.123456Z",
}


class AccountRead(Read):
    """A debt as of a day."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACCOUNT]})

    id: AccountId
    reference: str
    currency: str
    product: Product
    status: AccountStatus
    opened_on: Date
    effective_on: Date = Field(description="The day it was placed.")
    balance: BalanceRead
    unapplied_minor: int = Field(description="Money received that found nothing to pay (yet).")
    past_due_minor: int = Field(description="What is past due by the contract.")
    validation_ends_on: Date | None
    delinquent_since_on: Date | None = Field(description="Since when the contract is past due.")
    charged_off_on: Date | None
    closed_on: Date | None = Field(description="Since when nobody collects it.")
    written_off_minor: int = Field(description="What the closure gave up.")
    substandard_on: Date | None = Field(
        description="90 days after `reported_since_on` (FFIEC retail classification); no hold "
        "stops it. Null where the account is not late, charged off or closed."
    )
    loss_on: Date | None = Field(
        description="When 180 (`open_end`) or 120 past-due days, 60 days after a bankruptcy notice "
        "or 90 after a fraud's discovery have elapsed, whichever is first."
    )
    charge_off_due_on: Date | None = Field(
        description="The end of that month. It advises: nothing happens by itself."
    )
    charge_off_driver: str | None = Field(
        description="What decides: `delinquency`, `bankruptcy_notice` or `fraud_discovered`."
    )
    first_delinquency_on: Date | None = Field(description="Written once; nothing ever moves it.")
    reported_since_on: Date | None = Field(description="A re-age clears it.")
    delinquency: DelinquencyRead = Field(
        description="The live plan's clock; without a plan, the account's own."
    )
    active_plan_id: PlanId | None
    debtor: DebtorRead | None
    creditor: CreditorRead | None
    assigned_to: AssignedRead | None = Field(description="Who works it; null: nobody is named.")
    pending_approvals: int = Field(description="What of it waits in `GET /v1/approvals`, now.")
    policy: str
    placement_batch: str = Field(
        description="What it was placed with; where nobody said, the month of its placement."
    )
    metadata: dict[str, str]
    etag: str = Field(description="For `If-Match`; the `ETag` header says the same.")
    created_at: Instant


class AccountBalanceRead(Read):
    """What is owed on the account now."""

    id: AccountId
    balance: BalanceRead
    unapplied_minor: int


class AccountBatchRequest(Model):
    """Up to 1,000 accounts. `atomic`: all or none; `continue`: those that can be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "mode": "continue",
                    "items": [
                        {**_REQUEST, "reference": "INV-2026-0043"},
                        {**_REQUEST, "reference": "INV-2026-0044"},
                    ],
                }
            ]
        }
    )

    mode: Literal["atomic", "continue"]
    items: Many[SkipValidation[AccountRequest]] = Field(
        min_length=1,
        max_length=1000,
        description="Each is judged on its own: one that is malformed refuses no other.",
    )


class AccountBatchItem(Read):
    """What became of one item: its account, or the problem that kept it out."""

    status: int = Field(description="201, or the problem's status.")
    account: AccountRead | None = None
    problem: Problem | None = None


class AccountBatchRead(Read):
    """One result an item, in their order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"results": [{"status": 201, "account": ACCOUNT}]}]}
    )

    results: list[AccountBatchItem]
