"""What terms come to for one account: amount, schedule, and whether the role may agree to it.

Quotes, previews and plans all ask here, so that what is shown is what is bound.
"""

from dataclasses import dataclass
from datetime import date

from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.agreement.authority import ProposedTerms, check_terms
from app.domain.errors import InvalidInput
from app.domain.limits import LimitBreach
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import ExceedsBalance, NothingOwed
from app.domain.schedule.agreed import AgreedInstallment, AgreedInterest
from app.domain.schedule.build import Schedule, build
from app.domain.schedule.terms import Frequency, Terms, Unit
from app.domain.vocabulary import InstallmentKind, Role
from app.services import holidays as calendars
from app.services.guards import TERMS_REFUSED, refuse_closed, refuse_military_rate, refuse_on_hold
from app.services.plans.terms import SentTerms
from app.services.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Terms worked out for an account on a day, under the policy of that day."""

    amount_minor: int
    policy: Policy
    schedule: Schedule
    refusals: tuple[LimitBreach, ...]
    terms: SentTerms

    @property
    def installments(self) -> tuple[AgreedInstallment, ...]:
        """The installments a plan binds to."""
        return agreed_installments(self.schedule)

    @property
    def interest(self) -> AgreedInterest | None:
        """What the plan's principal bears."""
        terms = self.terms.parsed
        if not terms.annual_rate_bps:
            return None
        frequency = terms.frequency or Frequency(unit=Unit.MONTH)  # written out, it has none
        return AgreedInterest(
            annual_rate_bps=terms.annual_rate_bps,
            day_count=terms.day_count,
            every=frequency.every,
            unit=frequency.unit,
        )


def agreed_installments(schedule: Schedule) -> tuple[AgreedInstallment, ...]:
    """A schedule's installments, as a plan binds to them."""
    return tuple(
        AgreedInstallment(
            kind=row.kind,
            nominal_due_on=row.nominal_due_on,
            due_on=row.due_on,
            principal_minor=row.principal_minor,
            interest_minor=row.interest_minor,
        )
        for row in schedule.installments
    )


def agree(work: Work, state: State, sent: SentTerms, *, on: date) -> Agreement:
    """Work out terms for an account as it stood on the day they count from (`state_on`).

    Raises `OnHold`, `NothingOwed`, `ExceedsBalance`, `InvalidInput`. What the role
    may not agree to is not raised but answered, with every rule that says so.
    """
    terms = sent.parsed
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms", on=on)
    refuse_military_rate(work, terms.annual_rate_bps)
    total = state.balance.total_minor
    if total == 0:
        raise NothingOwed(account_id=work.account.id)
    amount = total if terms.amount_minor is None else terms.amount_minor
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
        terms=sent,
    )


def refusals_of(
    schedule: Schedule, policy: Policy, role: Role, *, on: date, rate_bps: int
) -> tuple[LimitBreach, ...]:
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


def refusals_of_rows(plan: Plan, policy: Policy, role: Role) -> tuple[LimitBreach, ...]:
    """`refusals_of` for a plan as it was proposed."""
    down = [r for r in plan.installments if r.kind is InstallmentKind.DOWN_PAYMENT]
    rows = [r for r in plan.installments if r.kind is not InstallmentKind.DOWN_PAYMENT]
    proposed = ProposedTerms(
        total_minor=plan.total_minor,
        opens_on=plan.opened_on,
        due_on=tuple(row.due_on for row in rows),
        amounts_minor=tuple(row.level_minor or row.amount_minor for row in rows),
        down_payment_minor=sum(row.amount_minor for row in down),
        down_payment_on=down[0].due_on if down else None,
        annual_rate_bps=plan.interest.annual_rate_bps if plan.interest else 0,
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
