"""A plan read as of any day: what was agreed, its installments, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.errors import NotFound
from app.domain.policy.model import Policy
from app.domain.standing.lateness import Delinquency
from app.domain.standing.status import InstallmentStatus, Standing, installment_status, standing
from app.services.context import Context
from app.services.guards import known_plan
from app.services.plans.terms import with_terms
from app.services.reading import Reading, read_account
from app.storage.accounts import persons
from app.storage.plans.plans import PendingRevision, StoredPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as of a day: what was agreed, its installments, and how it stands."""

    stored: StoredPlan
    plan: Plan
    reading: Reading
    metadata: Mapping[str, Any]
    repeated: bool = False

    @property
    def policy(self) -> Policy:
        """The version the plan is pinned to."""
        return self.reading.policies.of(self.plan)

    @property
    def standing(self) -> Standing | None:
        return standing(self.reading.state, self.plan, self.policy, on=self.reading.as_of)

    @property
    def delinquency(self) -> Delinquency:
        return self.reading.clock_of(self.plan)

    @property
    def installment_statuses(self) -> tuple[InstallmentStatus, ...]:
        """One a row, in the rows' order."""
        state, on = self.reading.state, self.reading.as_of
        return tuple(
            installment_status(state, self.plan, row, self.policy, on=on)
            for row in self.plan.installments
        )

    @property
    def pending_revision(self) -> PendingRevision | None:
        """The change that waits for approval, on days from when it was proposed."""
        pending = self.stored.pending
        if pending is None or self.reading.as_of < pending.proposed_on:
            return None
        return pending

    @property
    def overpaid_minor(self) -> int:
        """What came in beyond everything owed, while this plan is the account's latest."""
        latest = self.reading.state.plans[-1]
        return self.reading.state.unapplied_minor if latest.id == self.plan.id else 0


async def view_plan(ctx: Context, plan_id: UUID, *, as_of: date | None = None) -> PlanView:
    """A plan as of a day (default: the business date).

    Raises `NotFound`, also where the plan had not been opened by that day.
    """
    stored = await known_plan(ctx, plan_id)
    reading = await read_account(ctx, stored.account_id, as_of=as_of)
    return await plan_view_of(ctx, stored, reading)


async def plan_view_of(ctx: Context, stored: StoredPlan, reading: Reading) -> PlanView:
    plan = reading.state.plan(stored.id)
    if plan is None:
        raise NotFound(resource="plan", key=str(stored.id))
    labels = await persons.notes(ctx.tx, [stored.account_id])
    metadata = labels[stored.id].metadata if stored.id in labels else {}
    agreed = await with_terms(ctx.tx, stored, plan)
    return PlanView(stored=agreed, plan=plan, reading=reading, metadata=metadata)
