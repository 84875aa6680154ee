"""What events of an account carry: placed, charged, held, promised, judged, closed."""

from typing import Literal

from pydantic import Field

from app.domain.money import Component
from app.domain.vocabulary import ChargeKind, HoldKind, Product
from app.schemas.edge.ids import (
    AdjustmentId,
    ChargeId,
    ContactId,
    CorrectionId,
    CycleId,
    HoldId,
    MessageId,
    PromiseId,
    WorkoutId,
)
from app.schemas.edge.time import Date
from app.schemas.events.base import Data, Effective, absent


class AccountCreatedData(Effective):
    """An account was placed."""

    reference: str = Field(description="The placing system's own id of it.")
    currency: str
    product: Product
    total_minor: int = Field(description="What was owed then.")


class ChangedFieldData(Data):
    """What a field of a placement said, and what counts."""

    before: str | int | None
    after: str | int | None


class PlacementCorrectedData(Effective):
    """An account was placed otherwise than was said. What was told and does not hold is corrected.

    Amounts are by component, as `principal_minor`.
    """

    correction_id: CorrectionId
    changed: dict[str, ChangedFieldData] = Field(description="By field.")


class AccountUpdatedData(Data):
    """Who is behind an account, or its labels, changed. What they are now, a read says."""

    changed: list[Literal["debtor", "creditor", "metadata"]]


class AssignedToData(Data):
    """Somebody, or a team."""

    actor: str | None
    team: str | None


class AccountAssignedData(Data):
    """An account was given to somebody or to a team, or taken back."""

    before: AssignedToData | None = Field(description="Who worked it; null: nobody was named.")
    after: AssignedToData | None = Field(description="Who works it now.")


class AccountClosedData(Data):
    """Collection has ended for good."""

    written_off_minor: int


class AccountChargedOffData(Data):
    """The creditor books the debt as a loss. It is still owed."""

    balance_minor: int


class AccountNotJudgedData(Data):
    """A sweep left the account as it was; told once a business date."""

    reason: Literal["policy_missing", "failed"]
    error: str | None = Field(description="The error's name, where it is one nobody foresaw.")


class BucketChangedData(Data):
    """The account is in another bucket of delinquent days."""

    from_: str = Field(alias="from")
    to: str
    delinquent_days: int


class SubstandardData(Data):
    """The account has been past due for 90 days. It only advises."""

    reported_since_on: Date
    past_due_days: int


class ChargeOffDueData(Data):
    """The month-end by which the loss should be booked. It only advises."""

    charge_off_due_on: Date
    loss_on: Date
    driver: str = Field(description="What ran out.")


class ChargeAddedData(Effective):
    """An amount joined the debt."""

    charge_id: ChargeId
    kind: ChargeKind
    amount_minor: int
    due_on: Date


class ChargeReversedData(Data):
    """A charge never was: somebody took it back, or a breathing space forbids it."""

    charge_id: ChargeId
    effective_on: Date = absent("Where somebody took it back.")
    amount_minor: int = absent("What it stood at, where somebody took it back.")
    by: HoldKind = absent("The hold that forbids it.")


class ChargeMovedData(Data):
    """A charge of a plan that, as is known since, had ended: the account's now."""

    charge_id: ChargeId
    to: Literal["account"]


class AdjustmentPostedData(Effective):
    """What is due of one component became less: a waiver, a correction, a tolerance."""

    adjustment_id: AdjustmentId
    component: Component
    amount_minor: int
    charge_id: ChargeId | None


class HoldPlacedData(Effective):
    """A stop stands on the account."""

    hold_id: HoldId
    kind: HoldKind
    starts_on: Date
    ends_on: Date | None = Field(description="Its last day. Null: until it is released.")
    contact_id: ContactId = absent("The contact that placed it by itself.")


class HoldReleasedData(Effective):
    """A stop ends, or its last day is known now."""

    hold_id: HoldId
    message_id: MessageId = absent("The message that verified what was disputed.")


class PromiseMadeData(Effective):
    """The debtor promises an amount by a day."""

    promise_id: PromiseId
    amount_minor: int
    due_on: Date


class PromiseJudgedData(Data):
    """What became of a promise."""

    promise_id: PromiseId
    amount_minor: int
    received_minor: int


class CycleRecordedData(Effective):
    """A billing cycle of an open-end account."""

    cycle_id: CycleId
    due_on: Date
    minimum_due_minor: int


class WorkoutEnteredData(Effective):
    """The borrower entered a workout or counseling program."""

    workout_id: WorkoutId
    payment_minor: int


class InterestPostedData(Data):
    """Interest became owed on a day. A fact that changes it later tells the balance."""

    amount_minor: int
    effective_on: Date
