"""Which equal installments may this role agree to? The dates asked about, and the terms that fit.

Fits are monotone: the higher the installments, the fewer there are, and the fewer limits they pass.
So a role may agree to everything from one lowest amount up to what the person can pay. Where the
role must ask for a down payment, it is the first payment, on the first due date.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice

from app.domain.agreement.authority import ProposedTerms, check_terms, proposed
from app.domain.limits import LimitBreach
from app.domain.money import BPS, MAX_INSTALLMENTS, split_by
from app.domain.options.keeping import suggested_limits
from app.domain.policy.model import TermLimits, TermLimitsByRole
from app.domain.schedule import build as schedules
from app.domain.schedule.build import Schedule
from app.domain.schedule.dates import Holidays, adjust
from app.domain.schedule.terms import BusinessDays, Convention, Frequency, StepUp, Terms
from app.domain.values import replace
from app.domain.vocabulary import Role

#: An installment is worth rounding to whole currency units where it holds this many.
_WORTH_ROUNDING = 10


class OptionName(StrEnum):
    """What an option is for. Where two are the same schedule, the one named first here stays."""

    SOONEST = "soonest"
    LOWEST = "lowest"
    BEST_FIT = "best_fit"
    STEP_UP = "step_up"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One offer, ranked by when the debt is over: 1 is the soonest."""

    name: OptionName
    rank: int
    terms: Terms
    schedule: Schedule
    breaches: tuple[LimitBreach, ...] = ()
    forgives_minor: int = 0  # of a settlement: what is owed beyond its payments

    @property
    def highest_minor(self) -> int:
        """The largest single payment."""
        return max(installment.amount_minor for installment in self.schedule.installments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The question. `nominal_on` and `due_on` are the dates its payments may have, in order.

    There are as many as the role's count allows, and one for a down payment. `suggests`: what is
    found is offered, so it keeps limits also where the role has none.
    """

    balance_minor: int
    affordable_minor: int
    frequency: Frequency
    first_due_on: date
    opens_on: date
    limits: TermLimitsByRole
    role: Role
    holidays: Holidays
    business_days: BusinessDays | None
    whole_minor: int
    suggests: bool = True
    nominal_on: tuple[date, ...] = field(init=False, repr=False)
    due_on: tuple[date, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        terms = Terms(frequency=self.frequency, first_due_on=self.first_due_on)
        endless = schedules.nominal(terms, opens_on=self.opens_on)
        dates = tuple(islice(endless, min(MAX_INSTALLMENTS, self.longest + 1)))
        convention = self.business_days.convention if self.business_days else Convention.NONE
        due = tuple(adjust(day, convention, self.holidays) for day in dates)
        object.__setattr__(self, "nominal_on", dates)
        object.__setattr__(self, "due_on", due)

    @property
    def kept(self) -> TermLimitsByRole:
        """The limits that what is found keeps."""
        return suggested_limits(self.limits) if self.suggests else self.limits

    @property
    def own_limits(self) -> TermLimits:
        return self.kept.of(self.role)

    @property
    def longest(self) -> int:
        """How many installments after a down payment the role may agree to."""
        most = self.own_limits.max_count
        return MAX_INSTALLMENTS if most is None else most

    @property
    def unit_minor(self) -> int:
        """What installments are rounded to: whole currency units, but for small ones."""
        worth_it = self.affordable_minor >= _WORTH_ROUNDING * self.whole_minor
        return self.whole_minor if worth_it else 1

    def down_minor(self, installment_minor: int) -> int:
        """The first payment, where the role must ask for one: an installment, or its minimum.

        Something must be left for later, so no more than half, unless the limit says so.
        """
        bps = self.own_limits.min_down_payment_bps
        if not bps:
            return 0
        half = ceil_div(self.balance_minor, 2)
        return max(ceil_div(self.balance_minor * bps, BPS), min(installment_minor, half))

    def installments(self, installment_minor: int) -> tuple[int, ...] | None:
        """The installments after a down payment; None where it or they cannot be."""
        down = self.down_minor(installment_minor)
        left = self.balance_minor - down
        possible = (len(self.due_on) - bool(down)) * installment_minor
        if down > self.affordable_minor or not 0 < left <= possible:
            return None
        return split_by(left, installment_minor)

    def count(self, installment_minor: int) -> int:
        """How many payments the balance takes, a down payment among them."""
        down = self.down_minor(installment_minor)
        return ceil_div(self.balance_minor - down, installment_minor) + bool(down)

    def fits(self, installment_minor: int) -> bool:
        """Whether the role may agree to equal installments of this amount."""
        installments = self.installments(installment_minor)
        if installments is None:
            return False
        down = self.down_minor(installment_minor)
        after = int(down > 0)
        terms = ProposedTerms(
            total_minor=self.balance_minor,
            opens_on=self.opens_on,
            due_on=self.due_on[after : after + len(installments)],
            amounts_minor=installments,
            down_payment_minor=down,
            down_payment_on=self.due_on[0],
        )
        return not check_terms(terms, limits=self.kept, role=self.role)

    def terms(self, installment_minor: int, steps: tuple[StepUp, ...] = ()) -> Terms:
        """Terms of this installment, after a down payment where there must be one."""
        equal = Terms(
            amount_minor=self.balance_minor,
            installment_minor=installment_minor,
            frequency=self.frequency,
            first_due_on=self.first_due_on,
            business_days=self.business_days,
            step_ups=steps,
        )
        down = self.down_minor(installment_minor)
        if not down:
            return equal
        return replace(
            equal,
            down_payment_minor=down,
            down_payment_on=self.nominal_on[0],
            anchor_on=self.first_due_on,
            first_due_on=self.nominal_on[1],
        )

    def build(self, terms: Terms) -> Schedule:
        """The schedule of terms that name their amount."""
        return schedules.build(
            terms,
            opens_on=self.opens_on,
            amount_minor=self.balance_minor if terms.amount_minor is None else terms.amount_minor,
            holidays=self.holidays,
        )

    def against(self, schedule: Schedule) -> tuple[LimitBreach, ...]:
        """The limits of the role that a schedule passes."""
        seen = proposed(schedule, opens_on=self.opens_on)
        return check_terms(seen, limits=self.limits, role=self.role)

    def beyond(self, schedule: Schedule) -> tuple[LimitBreach, ...]:
        """The limits of what is suggested to the role that a schedule passes."""
        seen = proposed(schedule, opens_on=self.opens_on)
        return check_terms(seen, limits=self.kept, role=self.role)

    def option(self, name: OptionName, terms: Terms) -> Option:
        """These terms as an option that has yet to be ranked."""
        schedule = self.build(terms)
        return Option(
            name=name, rank=0, terms=terms, schedule=schedule, breaches=self.beyond(schedule)
        )


def ceil_div(numerator: int, denominator: int) -> int:
    """The quotient, rounded up."""
    return -(-numerator // denominator)


def soonest(ask: Ask) -> Option | None:
    """As much as the person can pay each time; None where the role may not agree to that.

    By monotony nothing lower is allowed either then.
    """
    installment = min(ask.affordable_minor, ask.balance_minor)
    if installment < 1 or not ask.fits(installment):
        return None
    return ask.option(OptionName.SOONEST, ask.terms(installment))


def least_minor(ask: Ask) -> int | None:
    """The lowest equal installment the role may agree to, of those the person can pay.

    Sought from what the most installments come to after the largest down payment: no lower
    one can be enough.
    """
    most = min(ask.affordable_minor, ask.balance_minor)
    if most < 1 or not ask.fits(most):
        return None
    longest = min(len(ask.due_on), ask.longest)
    known_short = ceil_div(ask.balance_minor - ask.down_minor(ask.balance_minor), longest)
    return known_short + bisect_left(range(known_short, most), True, key=ask.fits)
