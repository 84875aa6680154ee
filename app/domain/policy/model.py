"""What a creditor allows, resolved: every figure the rules ask for, and which version holds when.

A `Policy` here has its `extends` chain and its creditor's overrides already applied (see
`document`); None means "no limit" and nothing else. Policies are frozen and versioned:
a plan stays pinned to the version it opened under.
"""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from app.domain.money import Component
from app.domain.vocabulary import (
    CURRENT,
    Act,
    AllocationOrder,
    FutureRule,
    MissedMethod,
    PolicyRef,
    Product,
    ReAgeReturn,
    Role,
    SettlementReturn,
    Spending,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """`threshold_bps` of an installment counts as all of it; only `ninety_percent` reads it."""

    method: MissedMethod
    threshold_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Each None: not a reason for the sweep to break a plan."""

    max_missed: int | None
    max_consecutive_missed: int | None
    max_delinquent_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Both days inclusive; the last bucket of a policy has no end."""

    name: str
    from_days: int
    to_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureRules:
    """One rule by payment kind."""

    repayment: FutureRule
    goodwill: FutureRule
    merchant_refund: FutureRule


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRules:
    """`components` holds all five, first paid first; `in_advance` that order for money ahead.

    None: money ahead of its time is paid in the same order as what is due.
    """

    components: tuple[Component, ...]
    in_advance: tuple[Component, ...] | None = None
    order: AllocationOrder
    future: FutureRules
    tolerance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRole(Generic[T]):
    """One of something for each role."""

    agent: T
    supervisor: T
    admin: T

    def of(self, role: Role) -> T:
        match role:
            case Role.AGENT:
                return self.agent
            case Role.SUPERVISOR:
                return self.supervisor
            case Role.ADMIN:
                return self.admin


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLimits:
    """What one role may agree to. The minimum installment is the higher of amount and share."""

    min_installment_minor: int | None
    min_installment_bps: int | None
    max_count: int | None
    max_term_months: int | None
    max_days_to_first: int | None
    max_days_between: int | None
    min_down_payment_bps: int | None
    max_rate_bps: int | None


class TermLimitsByRole(ByRole[TermLimits]):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What one role may do by itself: amounts an act and a day, acts, policies for accounts.

    A day's sum is of one key and actor. `import_…`: of one spreadsheet. None: no limit, any act,
    any policy, any kind.
    """

    waive_minor: int | None
    waive_per_day_minor: int | None
    goodwill_minor: int | None
    goodwill_per_day_minor: int | None
    charge_minor: int | None
    charge_per_day_minor: int | None
    refund_minor: int | None
    refund_per_day_minor: int | None
    acts: tuple[Act, ...] | None
    policies: tuple[str, ...] | None
    import_kinds: tuple[str, ...] | None
    import_rows: int | None
    import_minor: int | None

    def limit_of(self, spending: Spending) -> int | None:
        """The most in one act."""
        limit: int | None = getattr(self, f"{spending}_minor")
        return limit

    def day_limit_of(self, spending: Spending) -> int | None:
        """The most on one business date."""
        limit: int | None = getattr(self, f"{spending}_per_day_minor")
        return limit


class AuthorityByRole(ByRole[Authority]):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReAgeRules:
    """`products` None: any product. A minimum that the document set to null is 0 here."""

    on_return: ReAgeReturn
    min_months_on_book: int
    min_payments: int
    max_in_12_months: int | None
    max_in_60_months: int | None
    workout_max_in_60_months: int | None
    max_lifetime: int | None
    cool_down_days: int
    products: tuple[Product, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModificationLimits:
    """How often a schedule may change. A minimum that the document set to null is 0 here."""

    max_deferrals_in_12_months: int | None
    max_extensions_lifetime: int | None
    max_reschedules_in_12_months: int | None
    max_reamortizations_in_12_months: int | None
    max_due_day_changes_in_12_months: int | None
    max_payment_holidays_in_12_months: int | None
    max_holiday_installments: int | None
    max_step_downs_in_12_months: int | None
    max_rewrites_in_12_months: int | None
    max_rewrites_lifetime: int | None
    acceleration_min_missed: int
    acceleration_role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A settlement one role may grant, for debts of this age and size (all ends inclusive)."""

    role: Role
    from_days_past_due: int
    to_days_past_due: int | None
    from_balance_minor: int
    to_balance_minor: int | None
    max_count: int | None
    min_share_bps: int | None
    max_forgiven_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtReliefRules:
    """Who files the 1099-C of what a settlement forgives, and from which amount."""

    applicable_entity: bool  # whether 26 USC 6050P(c) makes it ours to file
    threshold_minor: int
    currency: str  # of the threshold; debts in another are none of its business


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementRules:
    """`clearing_days` pairs a payment method with its days; a method not named clears at once."""

    offer_days: int | None
    void_after_grace_days: int
    cure_days: int
    on_return: SettlementReturn
    clearing_days: tuple[tuple[str, int], ...]
    matrix: tuple[MatrixRow, ...]
    tolerance_minor: int
    max_open_offers: int | None
    debt_relief: DebtReliefRules

    def clearing_days_of(self, method: str) -> int:
        return next((days for name, days in self.clearing_days if name == method), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRules:
    grace_days: int
    threshold_bps: int
    max_open: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditReportRules:
    """`collection`: the accounts are those of a collector, not the creditor's own."""

    collection: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a policy, as it holds for one creditor's accounts."""

    ref: PolicyRef
    effective_from: date
    grace_days: int
    missed: Missed
    broken: Broken
    buckets: tuple[Bucket, ...]
    allocation: AllocationRules
    terms: TermLimitsByRole
    authority: AuthorityByRole
    re_age: ReAgeRules
    modification: ModificationLimits
    settlement: SettlementRules
    promise: PromiseRules
    credit_report: CreditReportRules
    holiday_calendar: str | None

    def bucket_of(self, delinquent_days: int) -> str:
        """The bucket's name; `current` on every day before the first bucket begins."""
        for bucket in reversed(self.buckets):
            if delinquent_days >= bucket.from_days:
                return bucket.name
        return CURRENT

    def next_bucket_from(self, delinquent_days: int) -> int | None:
        """On which delinquent day the bucket changes next; None in the last one."""
        return next((b.from_days for b in self.buckets if b.from_days > delinquent_days), None)
