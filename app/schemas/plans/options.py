"""Plan options: what may be offered, what would help where nothing fits, and fair shares."""

from dataclasses import fields
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.domain.options.nearest import ChangeKind
from app.domain.options.options import OptionName
from app.domain.schedule.terms import Terms
from app.domain.vocabulary import Role
from app.schemas.edge.ids import AccountId
from app.schemas.edge.money import Currency, Minor, NonNegativeMinor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Many, Model, Read
from app.schemas.edge.words import Reference
from app.schemas.plans.plans import PolicyRefRead
from app.schemas.plans.quotes import REFUSAL, RefusalRead
from app.schemas.plans.schedules import ScheduleRead
from app.schemas.plans.terms import BusinessDaysRequest, FrequencyRequest

_MONTHLY: JsonDict = {"every": 1, "unit": "month"}


class BudgetRequest(Model):
    """A household's month."""

    income_minor: NonNegativeMinor
    essential_expenses_minor: NonNegativeMinor = Field(
        description="As stated; it counts as no less than the household's standard."
    )
    other_debt_payments_minor: NonNegativeMinor = 0
    household_size: Annotated[int, Field(strict=True, ge=1, le=100, examples=[2])] | None = Field(
        None,
        description="Asks for the standard of such a household in the account's currency. Default: "
        "one person's, where there are standards for it.",
    )


class OptionsRequest(Model):
    """What a person can pay each period: an amount, a budget, or both (the lower counts)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "affordable_minor": 15000,
                    "frequency": _MONTHLY,
                    "first_due_on": "2026-04-15",
                    "budget": {
                        "income_minor": 260000,
                        "essential_expenses_minor": 210000,
                        "other_debt_payments_minor": 15000,
                        "household_size": 2,
                    },
                }
            ]
        }
    )

    affordable_minor: NonNegativeMinor | None = Field(None, description="Each period, at most.")
    frequency: FrequencyRequest
    first_due_on: Date
    budget: BudgetRequest | None = None
    business_days: BusinessDaysRequest | None = None
    effective_on: Date | None = Field(
        None, description="The day the account is looked at. Default: the business date."
    )


class OptionRead(Read):
    """One offer. `terms` can be quoted, or bound as a plan, as they are; a settlement's be offered.

    A `settlement` is offered as `amount_minor` = `total_minor` with these `terms`.
    """

    name: OptionName
    rank: int = Field(description="1 is over first.")
    terms: dict[str, Any]
    total_minor: int
    forgives_minor: int = Field(description="Of a settlement: what is owed beyond its payments.")
    installment_count: int = Field(description="Payments, a down payment among them.")
    highest_minor: int = Field(description="The largest single payment.")
    last_due_on: Date
    schedule: ScheduleRead
    refusals: list[RefusalRead] = Field(description="Empty: what is refused is not offered.")


class OptionChangeRead(Read):
    """A change that would help, who may make it, and what it comes to."""

    kind: ChangeKind
    role: Role
    message: str
    terms: dict[str, Any] | None
    schedule: ScheduleRead | None
    overrides: list[RefusalRead] = Field(description="Limits of this key's role that it passes.")
    needed_minor: int | None = Field(description="The largest payment of the least allowed.")
    short_minor: int | None = Field(description="What the person lacks of it.")


class CapacityRead(Read):
    """What a budget leaves in a month, and how much of it an installment may take."""

    surplus_minor: int = Field(description="May be negative.")
    max_installment_minor: int = Field(description="The surplus less the buffer, a month.")
    standards_source: str | None = Field(description="Of the household standards held against it.")


class OptionsRead(Read):
    """The offers, the earliest end first; where there are none, the changes nearest to one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "currency": "USD",
                    "balance_minor": 40000,
                    "opens_on": "2026-03-15",
                    "policy": {"name": "default", "version": 1},
                    "affordable_minor": 200,
                    "capacity": {
                        "surplus_minor": 222,
                        "max_installment_minor": 200,
                        "standards_source": None,
                    },
                    "options": [],
                    "nearest": [
                        {
                            "kind": "higher_installment",
                            "role": "agent",
                            "message": "The least to suggest as agent is 667: 467 more than "
                            "affordable.",
                            "terms": None,
                            "schedule": None,
                            "overrides": [REFUSAL],
                            "needed_minor": 667,
                            "short_minor": 467,
                        }
                    ],
                }
            ]
        }
    )

    account_id: AccountId
    currency: str
    balance_minor: int
    opens_on: Date
    policy: PolicyRefRead
    affordable_minor: int = Field(description="What counted each period: stated or derived.")
    capacity: CapacityRead | None = Field(description="With a budget.")
    options: list[OptionRead]
    nearest: list[OptionChangeRead]


class DebtRequest(Model):
    """An account of yours by `account_id`, or another debt by its `balance_minor`."""

    account_id: AccountId | None = None
    reference: Reference | None = None
    balance_minor: Minor | None = None
    priority: bool = Field(False, description="Served first, up to what is owed.")

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "DebtRequest":
        if (self.account_id is None) == (self.balance_minor is None):
            raise PydanticCustomError("debt", "should have account_id or balance_minor, not both")
        return self


def _some(debts: tuple[DebtRequest, ...]) -> tuple[DebtRequest, ...]:
    if not debts:
        raise PydanticCustomError("debts", "should be 1 at least")
    return debts


class SharesRequest(Model):
    """Money for several debts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "currency": "USD",
                    "available_minor": 10000,
                    "minimum_minor": 500,
                    "debts": [
                        {"account_id": "acc_01h455vb4pex5vsknk084sn02q"},
                        {"reference": "rent", "balance_minor": 60000, "priority": True},
                    ],
                }
            ]
        }
    )

    currency: Currency
    available_minor: Minor
    minimum_minor: NonNegativeMinor = Field(0, description="No share is less, while it lasts.")
    debts: Annotated[Many[DebtRequest], AfterValidator(_some)] = Field(
        max_length=100, json_schema_extra={"minItems": 1}
    )


class ShareRead(Read):
    """What one debt gets."""

    account_id: AccountId | None
    reference: str | None
    balance_minor: int
    priority: bool
    share_minor: int


class SharesRead(Read):
    """One share a debt, in their order; with `left_minor` they sum to what was available."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "currency": "USD",
                    "available_minor": 10000,
                    "left_minor": 0,
                    "shares": [
                        {
                            "account_id": None,
                            "reference": "rent",
                            "balance_minor": 60000,
                            "priority": True,
                            "share_minor": 10000,
                        }
                    ],
                }
            ]
        }
    )

    currency: str
    available_minor: int
    left_minor: int = Field(description="More than all the debts together.")
    shares: list[ShareRead]


_DEFAULTS = {field.name: getattr(Terms(), field.name) for field in fields(Terms)}


def terms_read(terms: Terms) -> dict[str, Any]:
    """Terms as a client would send them: what is left at its default is not said."""
    given = {name: getattr(terms, name) for name in _DEFAULTS}
    return {name: _plain(value) for name, value in given.items() if value != _DEFAULTS[name]}


def _plain(value: object) -> object:
    if hasattr(value, "__dataclass_fields__"):
        inner = {name: getattr(value, name) for name in value.__dataclass_fields__}
        return {name: _plain(one) for name, one in inner.items() if one is not None}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
