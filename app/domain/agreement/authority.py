"""May this role agree to this? Every limit that says no, at once, and who may say yes instead.

Limits come from the policy by role. None is no limit; 0 is a limit of nothing. A `rule` is the
name of the policy's own field, so that a breach can be looked up in the document.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from app.domain.limits import LimitBreach
from app.domain.policy.model import MatrixRow, TermLimits, TermLimitsByRole
from app.domain.schedule.build import Schedule
from app.domain.vocabulary import InstallmentKind, Role

_WHOLE_BPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedTerms:
    """What the limits look at. Installments are those after the down payment, by due date."""

    total_minor: int
    opens_on: date
    due_on: tuple[date, ...]
    amounts_minor: tuple[int, ...]
    down_payment_minor: int = 0
    down_payment_on: date | None = None
    annual_rate_bps: int = 0

    def __post_init__(self) -> None:
        if len(self.due_on) != len(self.amounts_minor):
            raise ValueError("every installment has a date and an amount")
        if self.total_minor <= 0 or not (self.due_on or self.down_payment_minor):
            raise ValueError("terms are about some money, due some day")

    @property
    def payments_on(self) -> tuple[date, ...]:
        """The down payment's date and the installments', in order of time."""
        down = (self.down_payment_on or self.opens_on,) if self.down_payment_minor else ()
        return tuple(sorted(down + self.due_on))

    @property
    def months(self) -> int:
        """Begun months from opening to the last payment, each counted from the opening day."""
        last, begins = self.payments_on[-1], self.opens_on
        months = (last.year - begins.year) * 12 + last.month - begins.month
        return months + (begins + relativedelta(months=months) < last)

    @property
    def days_to_first(self) -> int:
        return (self.payments_on[0] - self.opens_on).days

    @property
    def days_between(self) -> int:
        """The longest wait from one payment to the next; 0 for a single one."""
        return max(((late - early).days for early, late in pairwise(self.payments_on)), default=0)

    @property
    def least_installment_minor(self) -> int:
        """The smallest installment the minimum applies to: not a remainder that comes last."""
        amounts = self.amounts_minor
        remainder = amounts and (len(amounts) == 1 or amounts[-1] < amounts[-2])
        return min(amounts[:-1] if remainder else amounts, default=self.total_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedSettlement:
    """An offer to take `amount_minor` for a balance of `balance_minor`, in some parts."""

    balance_minor: int
    amount_minor: int
    installment_count: int
    past_due_days: int

    def __post_init__(self) -> None:
        if not 0 < self.amount_minor <= self.balance_minor:
            raise ValueError("a settlement takes something, and no more than is owed")

    @property
    def forgives_minor(self) -> int:
        return self.balance_minor - self.amount_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """A limit that is passed, before anyone is asked who may override it."""

    rule: str
    limit: int
    actual: int
    message: str

    def breach(self, override_role: Role | None) -> LimitBreach:
        return LimitBreach(
            rule=self.rule,
            limit=self.limit,
            actual=self.actual,
            message=self.message,
            override_role=override_role,
        )


def check_terms(
    proposed: ProposedTerms, *, limits: TermLimitsByRole, role: Role
) -> tuple[LimitBreach, ...]:
    """Every limit of this role that the terms pass; empty when the role may agree to them.

    Payments are the down payment (made the day the plan opens unless dated) and the
    installments. The minimum installment, the higher of amount and share of the total, spares
    a last one that is a remainder: smaller than the one before it, or the only one. The term
    counts begun months from opening to the last due date.
    """
    by_role = {each: _term_findings(proposed, limits.of(each)) for each in Role}
    return tuple(
        found.breach(next((each for each in Role if rule not in by_role[each]), None))
        for rule, found in by_role[role].items()
    )


def check_installment(
    installment_minor: int, *, total_minor: int, limits: TermLimitsByRole, role: Role
) -> tuple[LimitBreach, ...]:
    """Whether this role may agree to an installment so small, of a plan of that total."""

    def found(each: Role) -> _Finding | None:
        least = _min_installment(total_minor, limits.of(each))
        what = "Smallest installment in minor units"
        return _at_least("min_installment_minor", installment_minor, least, what)

    finding = found(role)
    if finding is None:
        return ()
    return (finding.breach(next((each for each in Role if found(each) is None), None)),)


def check_settlement(
    offer: ProposedSettlement, *, matrix: tuple[MatrixRow, ...], role: Role
) -> tuple[LimitBreach, ...]:
    """What stands between this offer and the row of the role's matrix nearest to it.

    One row that allows all of the offer is enough. A role without a row for a debt of this
    age and size may forgive nothing of it.
    """
    found = _settlement_findings(offer, matrix, role)
    overriding = next((r for r in Role if not _settlement_findings(offer, matrix, r)), None)
    return tuple(finding.breach(overriding) for finding in found)


def settlement_limits(
    matrix: tuple[MatrixRow, ...], *, role: Role, past_due_days: int, balance_minor: int
) -> tuple[MatrixRow, ...]:
    """The rows that grant this role something on a debt of this age and size."""
    return tuple(
        row
        for row in matrix
        if row.role is role
        and _within(past_due_days, row.from_days_past_due, row.to_days_past_due)
        and _within(balance_minor, row.from_balance_minor, row.to_balance_minor)
    )


def _within(value: int, low: int, high: int | None) -> bool:
    return low <= value and (high is None or value <= high)


def _at_most(rule: str, actual: int, limit: int | None, what: str) -> _Finding | None:
    if limit is None or actual <= limit:
        return None
    message = f"{what}: {actual}, at most {limit} allowed."
    return _Finding(rule=rule, limit=limit, actual=actual, message=message)


def _at_least(rule: str, actual: int, limit: int | None, what: str) -> _Finding | None:
    if limit is None or actual >= limit:
        return None
    message = f"{what}: {actual}, at least {limit} needed."
    return _Finding(rule=rule, limit=limit, actual=actual, message=message)


def _term_findings(terms: ProposedTerms, limits: TermLimits) -> dict[str, _Finding]:
    """What these limits have against the terms, by rule, in the order of the document."""
    found = (
        _at_least(
            "min_installment_minor",
            terms.least_installment_minor,
            _min_installment(terms.total_minor, limits),
            "Smallest installment in minor units",
        ),
        _at_most("max_count", len(terms.due_on), limits.max_count, "Installments"),
        _at_most("max_term_months", terms.months, limits.max_term_months, "Term in months"),
        _at_most(
            "max_days_to_first",
            terms.days_to_first,
            limits.max_days_to_first,
            "Days until the first payment",
        ),
        _at_most(
            "max_days_between",
            terms.days_between,
            limits.max_days_between,
            "Longest time between payments in days",
        ),
        _at_least(
            "min_down_payment_bps",
            terms.down_payment_minor * _WHOLE_BPS // terms.total_minor,
            limits.min_down_payment_bps,
            "Down payment in basis points of the total",
        ),
        _at_most(
            "max_rate_bps",
            terms.annual_rate_bps,
            limits.max_rate_bps,
            "Annual rate in basis points",
        ),
    )
    return {finding.rule: finding for finding in found if finding is not None}


def _min_installment(total_minor: int, limits: TermLimits) -> int | None:
    """The higher of the amount and the share; of the share, the first whole unit that meets it."""
    amount, share = limits.min_installment_minor, limits.min_installment_bps
    if share is None:
        return amount
    return max(amount or 0, -(-total_minor * share // _WHOLE_BPS))


def _settlement_findings(
    offer: ProposedSettlement, matrix: tuple[MatrixRow, ...], role: Role
) -> tuple[_Finding, ...]:
    """The shortest list of findings any row leaves; the first row's where several are as short."""
    rows = settlement_limits(
        matrix, role=role, past_due_days=offer.past_due_days, balance_minor=offer.balance_minor
    )
    if not rows:
        nothing = _at_most("max_forgiven_minor", offer.forgives_minor, 0, "Forgiven, minor units")
        return () if nothing is None else (nothing,)
    return min((_row_findings(offer, row) for row in rows), key=len)


def _row_findings(offer: ProposedSettlement, row: MatrixRow) -> tuple[_Finding, ...]:
    found = (
        _at_most("max_count", offer.installment_count, row.max_count, "Parts"),
        _at_least(
            "min_share_bps",
            offer.amount_minor * _WHOLE_BPS // offer.balance_minor,
            row.min_share_bps,
            "Amount in basis points of the balance",
        ),
        _at_most(
            "max_forgiven_minor",
            offer.forgives_minor,
            row.max_forgiven_minor,
            "Forgiven, minor units",
        ),
    )
    return tuple(finding for finding in found if finding is not None)


def proposed(schedule: Schedule, *, opens_on: date, annual_rate_bps: int = 0) -> ProposedTerms:
    """A schedule as the limits of a role look at it."""
    down = [r for r in schedule.installments if r.kind is InstallmentKind.DOWN_PAYMENT]
    rest = schedule.installments[len(down) :]
    return ProposedTerms(
        total_minor=sum(installment.principal_minor for installment in schedule.installments),
        opens_on=opens_on,
        due_on=tuple(installment.due_on for installment in rest),
        amounts_minor=tuple(installment.amount_minor for installment in rest),
        down_payment_minor=sum(installment.amount_minor for installment in down),
        down_payment_on=down[0].due_on if down else None,
        annual_rate_bps=annual_rate_bps,
    )
