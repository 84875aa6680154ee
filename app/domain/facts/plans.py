"""Bodies of facts about a plan: proposed, decided, opened, paused, ended, reinstated."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from app.domain.facts.body import Happened
from app.domain.facts.kinds import FactKind
from app.domain.schedule.agreed import AgreedInstallment, AgreedInterest
from app.domain.vocabulary import (
    PlanKind,
    PolicyRef,
)


class Pause(Happened, kw_only=True, tag=FactKind.PAUSE.value):
    """A plan's days from `starts_on` up to `ends_on` do not count; `ends_on` is still frozen."""

    kind: ClassVar[Literal[FactKind.PAUSE]] = FactKind.PAUSE
    plan_id: UUID
    starts_on: date
    ends_on: date
    reason: str


class Resume(Happened, kw_only=True, tag=FactKind.RESUME.value):
    """The pause ends on the fact's effective date: frozen that day still, not counted."""

    kind: ClassVar[Literal[FactKind.RESUME]] = FactKind.RESUME
    plan_id: UUID
    pause_id: UUID
    reason: str | None = None


class PlanReinstated(Happened, kw_only=True, tag=FactKind.PLAN_REINSTATED.value):
    """A broken plan is live again, with what is still owed of it."""

    kind: ClassVar[Literal[FactKind.PLAN_REINSTATED]] = FactKind.PLAN_REINSTATED
    plan_id: UUID
    reason: str


class PlanOpened(Happened, kw_only=True, tag=FactKind.PLAN_OPENED.value):
    """A plan takes over `amount_minor` of the balance and binds the debtor to a schedule.

    `terms` is what was agreed, as sent, for showing; the schedule in `installments` is what
    binds, so a later change of the engine moves no agreed date.
    """

    kind: ClassVar[Literal[FactKind.PLAN_OPENED]] = FactKind.PLAN_OPENED
    plan: PlanKind = PlanKind.INSTALLMENT
    amount_minor: int
    policy: PolicyRef
    installments: tuple[AgreedInstallment, ...]
    interest: AgreedInterest | None = None


class PlanProposed(Happened, kw_only=True, tag=FactKind.PLAN_PROPOSED.value):
    """A plan outside its author's authority: it waits, takes over nothing and no money."""

    kind: ClassVar[Literal[FactKind.PLAN_PROPOSED]] = FactKind.PLAN_PROPOSED
    plan: PlanKind = PlanKind.INSTALLMENT
    amount_minor: int
    policy: PolicyRef
    installments: tuple[AgreedInstallment, ...]
    interest: AgreedInterest | None = None


class PlanApproved(Happened, kw_only=True, tag=FactKind.PLAN_APPROVED.value):
    """Somebody else, who may, approved the waiting plan: it opens on the fact's date."""

    kind: ClassVar[Literal[FactKind.PLAN_APPROVED]] = FactKind.PLAN_APPROVED
    plan_id: UUID
    reason: str | None = None


class PlanRejected(Happened, kw_only=True, tag=FactKind.PLAN_REJECTED.value):
    """The waiting plan will not be."""

    kind: ClassVar[Literal[FactKind.PLAN_REJECTED]] = FactKind.PLAN_REJECTED
    plan_id: UUID
    reason: str | None = None


class PlanCancelled(Happened, kw_only=True, tag=FactKind.PLAN_CANCELLED.value):
    """The plan ends by decision; what is open is owed at the account."""

    kind: ClassVar[Literal[FactKind.PLAN_CANCELLED]] = FactKind.PLAN_CANCELLED
    plan_id: UUID
    reason: str


#: Every body of this file.
PlanBody = (
    PlanProposed
    | PlanApproved
    | PlanRejected
    | PlanOpened
    | PlanCancelled
    | PlanReinstated
    | Pause
    | Resume
)
