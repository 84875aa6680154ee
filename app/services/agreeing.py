"""What terms come to for one account: amount, schedule, and whether the role may agree to it.

Quotes, previews and plans all ask here, so that what is shown is what is bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.authority import ProposedTerms, Refusal, check_terms
from app.domain.errors import InvalidInput
from app.domain.facts import HoldKind, PlannedInstallment
from app.domain.policy import Policy, Role
from app.domain.refusals import ExceedsBalance, NotBuilt, NothingOwed
from app.domain.schedule import InstallmentKind, Schedule, build
from app.domain.state import Plan
from app.domain.terms import Terms
from app.services import calendars
from app.services.charges import refuse_on_hold
from app.services.entering import Work

#: Holds under which no new terms are agreed (RULES part I, "Holds").
TERMS_REFUSED = (
    HoldKind.DISPUTE,
    HoldKind.BANKRUPTCY,
    HoldKind.DECEASED,
    HoldKind.BREATHING_SPACE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Terms worked out for an account on a day, under the policy of that day."""

    amount_minor: int
    policy: Policy
    schedule: Schedule
    refusals: tuple[Refusal, ...]
    terms_as_sent: Mapping[str, Any]

    @property
    def planned(self) -> tuple[PlannedInstallment, ...]:
        """The rows a plan binds to."""
        return tuple(
            PlannedInstallment(
                kind=row.kind,
                nominal_due_on=row.nominal_due_on,
                due_on=row.due_on,
                principal_minor=row.principal_minor,
            )
            for row in self.schedule.installments
        )


def agree(work: Work, terms: Terms, terms_as_sent: Mapping[str, Any], *, on: date) -> Agreement:
    """Work out terms for an account.

    Raises `OnHold`, `NothingOwed`, `ExceedsBalance`, `NotBuilt`, `InvalidInput`. What the role
    may not agree to is not raised but answered, with every rule that says so.
    """
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    total = work.state.balance.total_minor
    if total == 0:
        raise NothingOwed(account_id=work.account.id)
    amount = terms.amount_minor or total
    if amount > total:
        raise ExceedsBalance(what="The plan's amount", limit_minor=total, actual_minor=amount)
    policy = work.policies.in_force(on)
    schedule = _built(terms, policy, work.ctx.role, on=on, amount_minor=amount)
    if schedule.installments[0].due_on < on:
        limit = f"must not lie before the plan opens, {on}"
        field = "first_due_on" if terms.installments is None else "installments/0/due_on"
        raise InvalidInput.at(f"/terms/{field}", limit)
    return Agreement(
        amount_minor=amount,
        policy=policy,
        schedule=schedule,
        refusals=refusals_of(
            schedule, policy, work.ctx.role, on=on, rate_bps=terms.annual_rate_bps
        ),
        terms_as_sent=terms_as_sent,
    )


def refuse_interest(schedule: Schedule) -> None:
    """Interest-bearing terms are quoted, not opened yet: nothing would post the interest."""
    if schedule.finance_charge_minor:
        raise NotBuilt(what="Opening a plan that bears interest")


def refusals_of(
    schedule: Schedule, policy: Policy, role: Role, *, on: date, rate_bps: int
) -> tuple[Refusal, ...]:
    """Every limit of the role that this schedule passes."""
    down = [r for r in schedule.installments if r.kind is InstallmentKind.DOWN_PAYMENT]
    rows = [r for r in schedule.installments if r.kind is not InstallmentKind.DOWN_PAYMENT]
    proposed = ProposedTerms(
        total_minor=schedule.total_minor - schedule.finance_charge_minor,
        opens_on=on,
        due_on=tuple(row.due_on for row in rows),
        amounts_minor=tuple(row.amount_minor for row in rows),
        down_payment_minor=sum(row.amount_minor for row in down),
        down_payment_on=down[0].due_on if down else None,
        annual_rate_bps=rate_bps,
    )
    return check_terms(proposed, limits=policy.terms, role=role)


def refusals_of_rows(plan: Plan, policy: Policy, role: Role) -> tuple[Refusal, ...]:
    """`refusals_of` for a plan as it was proposed."""
    down = [r for r in plan.installments if r.kind is InstallmentKind.DOWN_PAYMENT]
    rows = [r for r in plan.installments if r.kind is not InstallmentKind.DOWN_PAYMENT]
    proposed = ProposedTerms(
        total_minor=plan.total_minor,
        opens_on=plan.opened_on,
        due_on=tuple(row.due_on for row in rows),
        amounts_minor=tuple(row.amount_minor for row in rows),
        down_payment_minor=sum(row.amount_minor for row in down),
        down_payment_on=down[0].due_on if down else None,
    )
    return check_terms(proposed, limits=policy.terms, role=role)


def _built(terms: Terms, policy: Policy, role: Role, *, on: date, amount_minor: int) -> Schedule:
    """The schedule, keeping the role's minimum where the split can; else as it splits."""
    minimum = policy.terms.of(role).min_installment_minor or 0
    holidays = calendars.for_terms(terms)
    if minimum:
        try:
            return build(
                terms,
                opens_on=on,
                amount_minor=amount_minor,
                holidays=holidays,
                min_installment_minor=minimum,
            )
        except InvalidInput:
            pass  # malformed, and said so below; or below the minimum, which is for authority
    return build(terms, opens_on=on, amount_minor=amount_minor, holidays=holidays)
