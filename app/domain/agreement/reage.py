"""May this account be re-aged? Every reason against it at once, with the counters behind them.

The tests are those of the FFIEC policy for open-end credit (65 FR 36903, 12 June 2000): months
on book, consecutive payments by the borrower or their sum, once in twelve months and twice in
sixty, and one more in sixty for those in a workout. The figures are the policy document's.
Anniversaries are free days: a re-age blocks while `on < its day + 12 months` [I].
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from dateutil.relativedelta import relativedelta

from app.domain.account.plan import Plan
from app.domain.facts.changes import AccountReAge, Cycle, ReAge, ReAgeKind, Workout
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback, Payment
from app.domain.limits import LimitBreach
from app.domain.policy.model import ReAgeRules
from app.domain.vocabulary import FundedBy, PaymentKind, Product, Role


class Failing(StrEnum):
    """Why an account may not be re-aged."""

    NOT_OPEN_END = "NOT_OPEN_END"
    CHARGED_OFF = "CHARGED_OFF"
    WILLINGNESS_NOT_DOCUMENTED = "WILLINGNESS_NOT_DOCUMENTED"
    ACCOUNT_TOO_NEW = "ACCOUNT_TOO_NEW"
    INSUFFICIENT_PAYMENTS = "INSUFFICIENT_PAYMENTS"
    TWELVE_MONTH_LIMIT = "TWELVE_MONTH_LIMIT"
    FIVE_YEAR_LIMIT = "FIVE_YEAR_LIMIT"
    LIFETIME_LIMIT = "LIFETIME_LIMIT"
    COOL_DOWN = "COOL_DOWN"
    NOT_IN_WORKOUT = "NOT_IN_WORKOUT"
    WORKOUT_FIVE_YEAR_LIMIT = "WORKOUT_FIVE_YEAR_LIMIT"


#: What nobody may override.
FINAL = (Failing.CHARGED_OFF,)


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePaid:
    """A billing cycle and what the borrower paid in it, from the previous due date to its own."""

    due_on: date
    minimum_due_minor: int
    paid_minor: int
    payments: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InWorkout:
    """A program the borrower is in: since when, and what is to be paid a cycle."""

    entered_on: date
    payment_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A re-age in force."""

    on: date
    kind: ReAgeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the tests look at. Cycles by due date, none later than the day asked about."""

    product: Product
    opened_on: date
    charged_off: bool
    documented: bool
    cycles: tuple[CyclePaid, ...]
    priors: tuple[Prior, ...] = ()
    workout: InWorkout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """The figures that decided."""

    months_on_book: int
    qualifying_payments: int
    in_12_months: int
    in_60_months: int
    workout_in_60_months: int
    in_lifetime: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """The answer: `failed` in fixed order, `refusals` with each limit beside its figure."""

    failed: tuple[Failing, ...]
    refusals: tuple[LimitBreach, ...]
    counters: Counters
    qualifying: tuple[UUID, ...] = ()

    @property
    def eligible(self) -> bool:
        return not self.failed

    @property
    def final(self) -> bool:
        """Whether something fails that no role may override."""
        return any(one in FINAL for one in self.failed)


def assess(evidence: Evidence, rules: ReAgeRules, *, kind: ReAgeKind, on: date) -> Eligibility:
    """Ask every test of this kind of re-age on a day, and answer with all that fail."""
    cycles, wanted = _looked_at(evidence, kind)
    counted = _counters(evidence, cycles, wanted, on)
    found = [*_about_the_account(evidence, rules, counted)]
    if rules.min_payments and not _paid_enough(cycles, wanted, rules.min_payments):
        actual = counted.qualifying_payments
        found.append((Failing.INSUFFICIENT_PAYMENTS, rules.min_payments, actual))
    found += _about_priors(evidence, rules, counted, kind, on)
    refusals = tuple(_breach(*one) for one in found)
    last = cycles[-rules.min_payments :] if rules.min_payments else ()
    return Eligibility(
        failed=tuple(one[0] for one in found),
        refusals=refusals,
        counters=counted,
        qualifying=tuple(payment for cycle in last for payment in cycle.payments),
    )


Found = tuple[Failing, int, int]


def _looked_at(
    evidence: Evidence, kind: ReAgeKind
) -> tuple[tuple[CyclePaid, ...], tuple[int, ...]]:
    """The cycles that count for this kind, and what each asked for."""
    workout = evidence.workout
    if kind is ReAgeKind.STANDARD:
        return evidence.cycles, tuple(cycle.minimum_due_minor for cycle in evidence.cycles)
    if workout is None:
        return (), ()
    cycles = tuple(cycle for cycle in evidence.cycles if cycle.due_on > workout.entered_on)
    return cycles, (workout.payment_minor,) * len(cycles)


def _paid_enough(cycles: Sequence[CyclePaid], wanted: Sequence[int], count: int) -> bool:
    """The last `count` cycles: each paid, or all of them together."""
    if len(cycles) < count:
        return False
    paid = [cycle.paid_minor for cycle in cycles[-count:]]
    each = all(got >= least for got, least in zip(paid, wanted[-count:], strict=True))
    return each or sum(paid) >= sum(wanted[-count:])


def _counters(
    evidence: Evidence, cycles: Sequence[CyclePaid], wanted: Sequence[int], on: date
) -> Counters:
    since = relativedelta(on, evidence.opened_on)
    in_a_row = 0
    for cycle, least in zip(reversed(cycles), reversed(wanted), strict=True):
        if cycle.paid_minor < least:
            break
        in_a_row += 1
    return Counters(
        months_on_book=max(0, since.years * 12 + since.months),
        qualifying_payments=in_a_row,
        in_12_months=_within(evidence.priors, ReAgeKind.STANDARD, 12, on),
        in_60_months=_within(evidence.priors, ReAgeKind.STANDARD, 60, on),
        workout_in_60_months=_within(evidence.priors, ReAgeKind.WORKOUT, 60, on),
        in_lifetime=len(evidence.priors),
    )


def _within(priors: Iterable[Prior], kind: ReAgeKind, months: int, on: date) -> int:
    return sum(
        prior.kind is kind and prior.on <= on < prior.on + relativedelta(months=months)
        for prior in priors
    )


def _about_the_account(evidence: Evidence, rules: ReAgeRules, counted: Counters) -> list[Found]:
    found: list[Found] = []
    if rules.products is not None and evidence.product not in rules.products:
        found.append((Failing.NOT_OPEN_END, 0, 1))
    if evidence.charged_off:
        found.append((Failing.CHARGED_OFF, 0, 1))
    if not evidence.documented:
        found.append((Failing.WILLINGNESS_NOT_DOCUMENTED, 1, 0))
    if counted.months_on_book < rules.min_months_on_book:
        found.append((Failing.ACCOUNT_TOO_NEW, rules.min_months_on_book, counted.months_on_book))
    return found


def _about_priors(
    evidence: Evidence, rules: ReAgeRules, counted: Counters, kind: ReAgeKind, on: date
) -> list[Found]:
    standard = kind is ReAgeKind.STANDARD
    limits = (
        (Failing.TWELVE_MONTH_LIMIT, rules.max_in_12_months, counted.in_12_months, standard),
        (Failing.FIVE_YEAR_LIMIT, rules.max_in_60_months, counted.in_60_months, standard),
        (Failing.LIFETIME_LIMIT, rules.max_lifetime, counted.in_lifetime, True),
    )
    found = [
        (failing, limit, actual)
        for failing, limit, actual, asked in limits
        if asked and limit is not None and actual >= limit
    ]
    since = min(((on - prior.on).days for prior in evidence.priors), default=None)
    if since is not None and since < rules.cool_down_days:
        found.append((Failing.COOL_DOWN, rules.cool_down_days, since))
    if standard:
        return found
    if evidence.workout is None:
        found.append((Failing.NOT_IN_WORKOUT, 1, 0))
    most = rules.workout_max_in_60_months
    if most is not None and counted.workout_in_60_months >= most:
        found.append((Failing.WORKOUT_FIVE_YEAR_LIMIT, most, counted.workout_in_60_months))
    return found


_SAID = {
    Failing.NOT_OPEN_END: "The policy re-ages no account of this product",
    Failing.CHARGED_OFF: "The account is charged off",
    Failing.WILLINGNESS_NOT_DOCUMENTED: "Willingness and ability to pay are not documented",
    Failing.ACCOUNT_TOO_NEW: "Months on book: {actual}, at least {limit} needed",
    Failing.INSUFFICIENT_PAYMENTS: "Payments in a row: {actual}, {limit} (or their sum) needed",
    Failing.TWELVE_MONTH_LIMIT: "Re-ages in 12 months: {actual}, at most {limit} allowed",
    Failing.FIVE_YEAR_LIMIT: "Re-ages in 60 months: {actual}, at most {limit} allowed",
    Failing.LIFETIME_LIMIT: "Re-ages ever: {actual}, at most {limit} allowed",
    Failing.COOL_DOWN: "Days since the last re-age: {actual}, at least {limit} needed",
    Failing.NOT_IN_WORKOUT: "The borrower is in no workout program",
    Failing.WORKOUT_FIVE_YEAR_LIMIT: "Workout re-ages in 60 months: {actual}, at most {limit}",
}


def _breach(failing: Failing, limit: int, actual: int) -> LimitBreach:
    return LimitBreach(
        rule=failing,
        limit=limit,
        actual=actual,
        message=_SAID[failing].format(limit=limit, actual=actual) + ".",
        override_role=None if failing in FINAL else Role.SUPERVISOR,
    )


# --- Evidence from an account's facts -----------------------------------------------------------


def priors_of(facts: Iterable[Fact], *, on: date) -> tuple[Prior, ...]:
    """The re-ages among facts in force, up to a day."""
    return tuple(
        Prior(on=fact.effective_on, kind=fact.body.re_age)
        for fact in facts
        if isinstance(fact.body, ReAge | AccountReAge) and fact.effective_on <= on
    )


def workout_of(facts: Iterable[Fact], *, on: date) -> InWorkout | None:
    """The latest program entered up to a day."""
    entered = [fact for fact in facts_of(facts, Workout) if fact.effective_on <= on]
    if not entered:
        return None
    latest = max(entered, key=lambda fact: (fact.effective_on, fact.sequence))
    return InWorkout(entered_on=latest.effective_on, payment_minor=latest.body.payment_minor)


def cycles_of(facts: Iterable[Fact], plan: Plan | None, *, on: date) -> tuple[CyclePaid, ...]:
    """The billing cycles due up to a day, else the plan's installments, with what came in.

    Only the borrower's own repayments count, less what was charged back.
    """
    known = tuple(facts)
    asked = {
        f.body.due_on: f.body.minimum_due_minor
        for f in known
        if isinstance(f.body, Cycle) and f.effective_on <= on
    }
    if not asked and plan is not None:
        for installment in plan.installments:
            if installment.voided_on is None:
                asked[installment.due_on] = (
                    asked.get(installment.due_on, 0) + installment.amount_minor
                )
    back: dict[UUID, int] = {}
    for fact in known:
        if isinstance(fact.body, Chargeback):
            payment_id = fact.body.payment_id
            back[payment_id] = back.get(payment_id, 0) + fact.body.amount_minor
    cycles, after = list[CyclePaid](), None
    for due_on in sorted(day for day in asked if day <= on):
        begins = after or due_on - relativedelta(months=1)
        money = [f for f in known if _counts(f) and begins < f.effective_on <= due_on]
        cycles.append(
            CyclePaid(
                due_on=due_on,
                minimum_due_minor=asked[due_on],
                paid_minor=sum(_minor(f) - back.get(f.id, 0) for f in money),
                payments=tuple(f.id for f in money),
            )
        )
        after = due_on
    return tuple(cycles)


def _counts(fact: Fact) -> bool:
    return (
        isinstance(fact.body, Payment)
        and fact.body.payment is PaymentKind.REPAYMENT
        and fact.body.funded_by is FundedBy.BORROWER
    )


def _minor(fact: Fact) -> int:
    return fact.body.amount_minor if isinstance(fact.body, Payment) else 0
