"""What events of plans carry: quoted, agreed, approved, changed, paid, missed, ended."""

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.domain.facts.changes import ReAgeKind
from app.domain.facts.kinds import FactKind
from app.domain.vocabulary import PlanKind
from app.schemas.edge.ids import InstallmentId, PauseId, PaymentId, QuoteId, ReAgeId
from app.schemas.edge.time import Date, Instant
from app.schemas.events.base import Data, Effective, absent


class QuoteCreatedData(Data):
    """Terms were put in writing."""

    quote_id: QuoteId
    supersedes_quote_id: QuoteId | None
    hash: str


class QuoteExpiredData(Data):
    """An offer's time is over."""

    quote_id: QuoteId
    hash: str
    expires_at: Instant


class PlanCreatedData(Effective):
    """A plan is there. It waits for approval unless `plan.activated` follows at once."""

    kind: PlanKind
    total_minor: int
    installment_count: int


class PlanActedData(Effective):
    """Somebody did so."""


class PlanEndedData(Data):
    """The plan ended, or lives again: by somebody, or because of something else that happened."""

    effective_on: Date = absent("Where somebody did so.")
    reason: str = absent("Where something else that happened did: which.")


class PlanCompletedData(Data):
    """All of the plan is paid."""


class PlanBrokenData(Data):
    """The plan ended unpaid."""

    model_config = ConfigDict(extra="allow")  # the figures of the rule that broke it

    reason: str = Field(description="`missed`, `superseded`, `accelerated`, …")


class PlanRevisedData(Effective):
    """The schedule changed, or, `undone`, its newest change was taken back."""

    cause: FactKind = absent("The kind of change.")
    revision: int = absent("The number of the new schedule.")
    quote_id: QuoteId = absent("Of a rewrite.")
    renewal: bool = absent("Of a rewrite: the plan was past its last due date.")
    undone: FactKind = absent("The kind of change that was taken back.")
    revision_fact_id: UUID = absent("The change that was taken back, where it is no re-age.")
    re_age_id: ReAgeId = absent("The re-age that was taken back.")


class RevisionDecidedData(Data):
    """A change of the schedule waits for approval, or was decided."""

    revision: int
    cause: FactKind
    rules: list[str] = Field(description="The rules that make it wait.")


class InstallmentDueData(Data):
    """An installment is due today."""

    installment_id: InstallmentId
    due_minor: int


class InstallmentMissedData(Data):
    """Its grace is over, and it is short."""

    installment_id: InstallmentId
    due_on: Date
    short_minor: int


class InstallmentCuredData(Data):
    """It was missed, and no longer counts as missed."""

    installment_id: InstallmentId
    missed_on: Date
    by: FactKind


class InstallmentPaidData(Data):
    """Nothing is open of it any more."""

    installment_id: InstallmentId
    paid_minor: int


class PauseSetData(Effective):
    """Days of the plan do not count."""

    pause_id: PauseId
    starts_on: Date
    ends_on: Date


class PauseResumedData(Effective):
    """A pause ends early."""

    pause_id: PauseId
    resumed_on: Date


class ReAgeGrantedData(Effective):
    """A delinquent account is called current."""

    re_age_id: ReAgeId
    kind: ReAgeKind
    first_due_on: Date = absent("Where a plan's principal moved to new installments.")
    installment_count: int = absent("Likewise.")
    overridden: list[str] = Field(description="What failed, and was overridden.")
    flagged: Literal["payment_returned"] = absent("The money it was earned with went back.")
    flagged_on: Date = absent("Likewise.")
    returned_payment_id: PaymentId = absent("Likewise.")


class ReAgeUndoneData(Effective):
    """A re-age was taken back."""

    undone: FactKind
    re_age_id: ReAgeId


class ReAgeRefusedData(Data):
    """A re-age was asked for and refused."""

    kind: ReAgeKind
    failed: list[str]
    counters: dict[str, int | None]
