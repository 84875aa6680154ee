"""Re-ages: who is eligible, what is asked, and what was granted."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.agreement.approval import RevisionStatus
from app.domain.agreement.reage import Failing
from app.domain.facts.changes import ReAgeKind
from app.schemas.changes.changes import REFUSALS, STATUS
from app.schemas.edge.ids import AccountId, CycleId, PaymentId, PlanId, ReAgeId, WorkoutId
from app.schemas.edge.money import Count, Minor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line
from app.schemas.plans.plans import PLAN, PlanRead
from app.schemas.plans.quotes import RefusalRead
from app.schemas.plans.terms import FrequencyRequest

_ACCOUNT = "acc_01h455vb4pex5vsknk084sn02q"
_DOCUMENTED = "That the borrower's willingness and ability to pay are on file."


class OverrideRequest(Model):
    """Supervisors and admins may re-age against a failing test, with a second person's word."""

    reason: Line
    approved_by: Line = Field(description="Not who acts.", examples=["supervisor-2"])


class ReAgeRequest(Model):
    """A new schedule for everything that is open."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "standard",
                    "first_due_on": "2026-04-01",
                    "installment_count": 6,
                    "frequency": {"every": 1, "unit": "month"},
                    "reason": "three payments since January",
                    "documented_ability": True,
                }
            ]
        }
    )

    kind: Choice[ReAgeKind] = ReAgeKind.STANDARD
    first_due_on: Date = Field(description="What the new dates step from.")
    installment_count: Count
    frequency: FrequencyRequest
    reason: Line
    documented_ability: bool = Field(description=_DOCUMENTED)
    effective_on: Date | None = Field(None, description="Default: the business date.")
    override: OverrideRequest | None = None


class AccountReAgeRequest(Model):
    """The account is reported current again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "standard",
                    "reason": "three payments since January",
                    "documented_ability": True,
                }
            ]
        }
    )

    kind: Choice[ReAgeKind] = ReAgeKind.STANDARD
    reason: Line
    documented_ability: bool = Field(description=_DOCUMENTED)
    effective_on: Date | None = Field(None, description="Default: the business date.")
    override: OverrideRequest | None = None


class CountersRead(Read):
    """The figures behind a decision, on its day."""

    months_on_book: int
    qualifying_payments: int = Field(description="In a row, up to now.")
    in_12_months: int = Field(description="Standard re-ages that stand.")
    in_60_months: int
    workout_in_60_months: int
    in_lifetime: int


_COUNTERS: JsonDict = {
    "months_on_book": 23,
    "qualifying_payments": 3,
    "in_12_months": 0,
    "in_60_months": 1,
    "workout_in_60_months": 0,
    "in_lifetime": 1,
}


class EligibilityRead(Read):
    """Whether an account may be re-aged, and every reason why not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "as_of": "2026-02-20",
                    "eligible": True,
                    "failed": [],
                    "refusals": [],
                    "counters": _COUNTERS,
                    "policy_version": 1,
                }
            ]
        }
    )

    as_of: Date
    eligible: bool
    failed: list[Failing]
    refusals: list[RefusalRead]
    counters: CountersRead
    policy_version: int


class OverrideRead(Read):
    """Which failing tests were overridden, why, and with whose word."""

    failed: list[str]
    reason: str
    approved_by: str


_RE_AGE: JsonDict = {
    "id": "rea_01h455vb4pex5vsknk084sn02q",
    "plan_id": "plan_01h455vb4pex5vsknk084sn02q",
    "kind": "standard",
    "revision": 2,
    "effective_on": "2026-03-20",
    "first_due_on": "2026-04-01",
    "installment_count": 6,
    "reason": "three payments since January",
    "actor": "agent-17",
    "override": None,
}


_STANDS: JsonDict = {"undone_on": None, "flagged_on": None, "flagged_because": None}
_FLAGGED = "A payment it was granted on came back; by the policy somebody is to look at it."


class ReAgeHead(Read):
    """A re-age of a plan."""

    id: ReAgeId
    plan_id: PlanId
    kind: ReAgeKind
    revision: int
    effective_on: Date
    first_due_on: Date
    installment_count: int
    reason: str
    actor: str | None
    override: OverrideRead | None


class ReAgeRead(ReAgeHead):
    """A re-age that was granted, and the plan after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_RE_AGE,
                    "status": "in_force",
                    "refusals": [],
                    "counters": _COUNTERS,
                    "plan": PLAN,
                }
            ]
        }
    )

    status: RevisionStatus = Field(description=STATUS)
    refusals: list[RefusalRead] = Field(description=REFUSALS)
    counters: CountersRead
    plan: PlanRead


class ListedReAgeRead(ReAgeHead):
    """A re-age as it is listed; an undone one stays in the list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_RE_AGE, **_STANDS}]})

    undone_on: Date | None
    flagged_on: Date | None = Field(description=_FLAGGED)
    flagged_because: PaymentId | None = Field(description="That payment.")


class ReAgePreviewRead(Read):
    """The plan as a re-age would leave it, and everything against it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "eligible": True,
                    "failed": [],
                    "refusals": [],
                    "counters": _COUNTERS,
                    "plan": PLAN,
                }
            ]
        }
    )

    eligible: bool
    failed: list[Failing]
    refusals: list[RefusalRead] = Field(description="Empty: the re-age would be granted.")
    counters: CountersRead
    plan: PlanRead


_ACCOUNT_RE_AGE: JsonDict = {
    "id": "rea_01h455vb4pex5vsknk084sn02q",
    "account_id": _ACCOUNT,
    "kind": "standard",
    "effective_on": "2026-02-20",
    "reason": "three payments since January",
    "actor": "agent-17",
    "override": None,
}
_CLOCKS: JsonDict = {"reported_since_on": None, "first_delinquency_on": "2026-01-15"}


class AccountReAgeHead(Read):
    """A re-age of an account's own clock."""

    id: ReAgeId
    account_id: AccountId
    kind: ReAgeKind
    effective_on: Date
    reason: str
    actor: str | None
    override: OverrideRead | None


class ListedAccountReAgeRead(AccountReAgeHead):
    """A re-age of an account as it is listed; an undone one stays in the list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_ACCOUNT_RE_AGE, **_STANDS}]})

    undone_on: Date | None
    flagged_on: Date | None = Field(description=_FLAGGED)
    flagged_because: PaymentId | None = Field(description="That payment.")


class UndoneAccountReAgeRead(ListedAccountReAgeRead):
    """A re-age of an account that was taken back, and its clocks after that."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_ACCOUNT_RE_AGE,
                    **_STANDS,
                    **_CLOCKS,
                    "undone_on": "2026-02-21",
                    "reported_since_on": "2026-01-15",
                }
            ]
        }
    )

    reported_since_on: Date | None = Field(description="Running again, where it was cleared.")
    first_delinquency_on: Date | None


class AccountReAgeRead(AccountReAgeHead):
    """A re-age of an account's own clock that was granted, and its clocks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_ACCOUNT_RE_AGE, "counters": _COUNTERS, **_CLOCKS}],
        }
    )

    counters: CountersRead
    reported_since_on: Date | None = Field(description="What the re-age cleared.")
    first_delinquency_on: Date | None = Field(description="What no re-age moves.")


class CycleRequest(Model):
    """A billing cycle: what was asked for, and by when."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"due_on": "2026-02-15", "minimum_due_minor": 5000}]}
    )

    due_on: Date
    minimum_due_minor: Minor
    effective_on: Date | None = Field(None, description="Default: the business date.")


class CycleRead(Read):
    """A billing cycle of an account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "cyc_01h455vb4pex5vsknk084sn02q",
                    "account_id": _ACCOUNT,
                    "due_on": "2026-02-15",
                    "minimum_due_minor": 5000,
                }
            ]
        }
    )

    id: CycleId
    account_id: AccountId
    due_on: Date
    minimum_due_minor: int


_Programme = Annotated[Line, Field(examples=["hardship-12"])]


class WorkoutRequest(Model):
    """A workout or counseling program was entered."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"programme": "hardship-12", "payment_minor": 3000}]}
    )

    programme: _Programme
    entered_on: Date | None = Field(None, description="Default: the business date.")
    payment_minor: Minor = Field(description="What is to be paid a cycle.")


class WorkoutRead(Read):
    """A program an account is in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "wko_01h455vb4pex5vsknk084sn02q",
                    "account_id": _ACCOUNT,
                    "programme": "hardship-12",
                    "entered_on": "2026-02-01",
                    "payment_minor": 3000,
                }
            ]
        }
    )

    id: WorkoutId
    account_id: AccountId
    programme: _Programme
    entered_on: Date
    payment_minor: int
