"""Charges, their reversals, and adjustments."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.money import Component
from app.domain.vocabulary import ChargeKind
from app.schemas.accounts.accounts import AccountBalanceRead
from app.schemas.edge.ids import AdjustmentId, ChargeId, InstallmentId, PlanId, ReversalId
from app.schemas.edge.money import Minor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line, Reference

_AFTER: JsonDict = {
    "id": "acc_01h455vb4pex5vsknk084sn02q",
    "balance": {
        "principal_minor": 118000,
        "interest_minor": 1500,
        "fees_minor": 3000,
        "penalties_minor": 0,
        "costs_minor": 0,
        "total_minor": 122500,
    },
    "unapplied_minor": 0,
}
_Actor = Annotated[str | None, Field(description="Who entered it, as `Accord-Actor` said.")]


class ChargeRequest(Model):
    """An amount that joins the debt; with `plan_id`, that plan's schedule too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "fee", "amount_minor": 2500, "reason": "returned check"}]
        }
    )

    kind: Choice[ChargeKind]
    amount_minor: Minor
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    for_installment: InstallmentId | None = Field(
        None, description="The installment a late fee is for. Needs `plan_id`."
    )
    due_on: Date | None = Field(None, description="Default: `effective_on`.")
    effective_on: Date | None = Field(None, description="Default: the business date.")
    reason: Line | None = None
    plan_id: PlanId | None = Field(
        None,
        description="It joins the first installment due on or after `due_on`, or makes a row of "
        "its own after the last one.",
    )


class ChargeRead(Read):
    """A charge just made, and the account after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "chg_01h455vb4pex5vsknk084sn02q",
                    "kind": "fee",
                    "component": "fees",
                    "amount_minor": 2500,
                    "reference": None,
                    "due_on": "2026-04-01",
                    "effective_on": "2026-04-01",
                    "reason": "returned check",
                    "plan_id": None,
                    "installment_id": None,
                    "for_installment": None,
                    "stands": True,
                    "actor": "agent-17",
                    "account": _AFTER,
                }
            ]
        }
    )

    id: ChargeId
    kind: ChargeKind
    component: Component
    amount_minor: int
    reference: str | None
    due_on: Date
    effective_on: Date
    reason: str | None
    plan_id: PlanId | None
    installment_id: InstallmentId | None = Field(description="The row it joined or made.")
    for_installment: InstallmentId | None
    stands: bool = Field(description="False once it was reversed, or barred by a breathing space.")
    actor: _Actor
    account: AccountBalanceRead


class ChargeReversalRequest(Model):
    """Why it should never have been charged."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "charged in error"}]})

    reason: Line | None = None
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    effective_on: Date | None = Field(None, description="Default: the business date.")


class ChargeReversalRead(Read):
    """A charge's reversal, and the account after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rev_01h455vb4pex5vsknk084sn02q",
                    "charge_id": "chg_01h455vb4pex5vsknk084sn02q",
                    "effective_on": "2026-04-02",
                    "reason": "charged in error",
                    "reference": None,
                    "actor": "agent-17",
                    "account": _AFTER,
                }
            ]
        }
    )

    id: ReversalId
    charge_id: ChargeId
    effective_on: Date
    reason: str | None
    reference: str | None
    actor: _Actor
    account: AccountBalanceRead


class AdjustmentRequest(Model):
    """What is waived or corrected downward, of one component."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"component": "fees", "amount_minor": 500, "reason": "goodwill"}]
        }
    )

    component: Choice[Component]
    amount_minor: Minor
    reason: Line
    charge_id: ChargeId | None = Field(None, description="Waive this charge: at most what is open.")
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    effective_on: Date | None = Field(None, description="Default: the business date.")


class AdjustmentRead(Read):
    """An adjustment just posted, and the account after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "adj_01h455vb4pex5vsknk084sn02q",
                    "component": "fees",
                    "amount_minor": 500,
                    "reason": "goodwill",
                    "charge_id": None,
                    "reference": None,
                    "effective_on": "2026-04-01",
                    "actor": "agent-17",
                    "account": _AFTER,
                }
            ]
        }
    )

    id: AdjustmentId
    component: Component
    amount_minor: int
    reason: str
    charge_id: ChargeId | None
    reference: str | None
    effective_on: Date
    actor: _Actor
    account: AccountBalanceRead
