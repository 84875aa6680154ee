"""What a creditor allows, resolved: every figure the rules ask for, and which version holds when.

A `Policy` here has its `extends` chain and its creditor's overrides already applied (see
`policy_document`); None means "no limit" and nothing else. Policies are frozen and versioned:
a plan stays pinned to the version it opened under.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from app.domain.money import Component

#: The bucket of an account that is not delinquent; no policy may name a bucket so.
CURRENT = "current"


class Role(StrEnum):
    """Who asks. Members stand in order of authority, least first."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for the least authority. Compare ranks: the strings sort by alphabet."""
        return tuple(Role).index(self)


class Product(StrEnum):
    """What kind of debt an account holds; re-age rules may name those they are open to."""

    OPEN_END = "open_end"
    CLOSED_END = "closed_end"
    INVOICE = "invoice"
    MEDICAL = "medical"
    UTILITY = "utility"
    TAX = "tax"
    LEGAL = "legal"
    OTHER = "other"


class MissedMethod(StrEnum):
    AGGREGATE = "aggregate"
    NINETY_PERCENT = "ninety_percent"


class AllocationOrder(StrEnum):
    """Horizontal finishes an installment first; vertical finishes a component first."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class FutureRule(StrEnum):
    """Where money goes that is ahead of its time."""

    NEXT = "next"
    LAST = "last"
    REAMORTIZE = "reamortize"


class ReAgeReturn(StrEnum):
    """What a returned qualifying payment does to the re-age it earned."""

    FLAG = "flag"
    UNDO = "undo"


class SettlementReturn(StrEnum):
    """What a returned payment does to the settlement it satisfied."""

    REOPEN = "reopen"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRef:
    name: str
    version: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLimitsByRole:
    agent: TermLimits
    supervisor: TermLimits
    admin: TermLimits

    def of(self, role: Role) -> TermLimits:
        match role:
            case Role.AGENT:
                return self.agent
            case Role.SUPERVISOR:
                return self.supervisor
            case Role.ADMIN:
                return self.admin


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


class Pinned(Protocol):
    """What lives under the version it was agreed under: a plan."""

    @property
    def policy(self) -> PolicyRef: ...
    @property
    def settles(self) -> bool: ...


def _settling(policy: Policy) -> Policy:
    """What a settlement's plan lives under: its own grace, and the first miss breaks it.

    Whatever the policy says of plans, one part not paid in time makes it void (RULES
    part I, "Settlement and promise"). A part is paid when all of it is: a settlement is judged by
    its own amount, so no share of a part counts as the whole. What a tolerance lets go is
    forgiven, never waived.
    """
    return replace(
        policy,
        grace_days=policy.settlement.void_after_grace_days,
        missed=replace(policy.missed, method=MissedMethod.AGGREGATE),
        broken=Broken(max_missed=None, max_consecutive_missed=1, max_delinquent_days=None),
        allocation=replace(policy.allocation, tolerance_minor=0),
    )


class PolicyNotLoaded(ValueError):
    """A version that is not in the book: it was saved after the book was read, or it is a bug."""

    def __init__(self, ref: PolicyRef) -> None:
        super().__init__(f"policy {ref.name!r} version {ref.version} is not loaded")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """The policies one account can meet: its own policy's versions, and those it is pinned to.

    `name` is the account's own policy. Looking up is cheap; a fold does it for every fact.
    """

    name: str
    policies: tuple[Policy, ...]
    _by_ref: Mapping[PolicyRef, Policy] = field(init=False, repr=False, compare=False)
    _for_settlements: dict[PolicyRef, Policy] = field(init=False, repr=False, compare=False)
    _since: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _holding: tuple[Policy, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_ref = {policy.ref: policy for policy in self.policies}
        if len(by_ref) != len(self.policies):
            raise ValueError("a policy version stands twice in one book")
        own = sorted(
            (p for p in self.policies if p.ref.name == self.name), key=lambda p: p.ref.version
        )
        if not own:
            raise ValueError(f"no version of {self.name!r} in its own book")
        since: list[date] = []
        holding = [own[0]]
        for policy in own:
            # A later version that takes effect earlier outlives those before it.
            while since and since[-1] >= policy.effective_from:
                since.pop()
                holding.pop()
            since.append(policy.effective_from)
            holding.append(policy)
        object.__setattr__(self, "_by_ref", by_ref)
        object.__setattr__(self, "_for_settlements", {})
        object.__setattr__(self, "_since", tuple(since))
        object.__setattr__(self, "_holding", tuple(holding))

    def pinned(self, ref: PolicyRef) -> Policy:
        """The very version a plan opened under. Raises `PolicyNotLoaded`."""
        try:
            return self._by_ref[ref]
        except KeyError:
            raise PolicyNotLoaded(ref) from None

    def of(self, plan: Pinned) -> Policy:
        """What a plan lives under: the version it is pinned to, as that reads for its kind."""
        if not plan.settles:
            return self.pinned(plan.policy)
        known = self._for_settlements.get(plan.policy)
        if known is None:  # worked out once: a fold asks for every fact
            known = _settling(self.pinned(plan.policy))
            self._for_settlements[plan.policy] = known
        return known

    def next_change_after(self, on: date) -> date | None:
        """The next day another version of the account's own policy takes force."""
        later = bisect_right(self._since, on)
        return self._since[later] if later < len(self._since) else None

    def in_force(self, on: date) -> Policy:
        """The highest version effective on that day; before any took effect, the first version.

        So a new version changes no day before its own `effective_from`.
        """
        return self._holding[bisect_right(self._since, on)]
