"""How relief changes a plan: another due day, a payment holiday, lower installments, new terms.

As with every change (`changes`), principal and dates move, what is owed does not, and a
replay works the amounts out anew; where nothing is left to move, nothing happens. Only an
acceleration moves nothing: it ends the plan.
"""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.fold import Fold
from app.domain.account.plan import Installment, Plan, PlanStatus, end_plan
from app.domain.account.state import with_plan
from app.domain.day_close import clocks, interest, leveling
from app.domain.facts.changes import (
    Acceleration,
    DueDayChange,
    PaymentHoliday,
    Rewrite,
    StepDown,
)
from app.domain.facts.fact import Fact, installment_id
from app.domain.policy.book import PolicyBook
from app.domain.replay.changes import changed
from app.domain.replay.installments import (
    by_date,
    coming,
    emptied,
    movable,
    new_installment,
    raised,
    redated,
    shared,
    with_principal,
)
from app.domain.values import replace

#: Why a plan is broken that was accelerated.
ACCELERATED = "accelerated"


def change_due_day(made: Fold, fact: Fact[DueDayChange], policies: PolicyBook) -> Fold:
    """The named installments move to their new day of the month; amounts stay."""
    body = fact.body
    return changed(made, fact, body, policies, _moving(body), level=_as_they_are)


def take_holiday(made: Fold, fact: Fact[PaymentHoliday], policies: PolicyBook) -> Fold:
    """The named installments move by the periods of the holiday; amounts stay."""
    body = fact.body
    return changed(made, fact, body, policies, _moving(body), level=_as_they_are)


def _moving(body: DueDayChange | PaymentHoliday) -> Callable[[Plan], Plan]:
    def moved(plan: Plan) -> Plan:
        return replace(plan, installments=by_date(redated(plan.installments, body.moved)))

    return moved


def _as_they_are(_plan: Plan) -> leveling.Bases:
    """With interest every installment keeps its level: the last one absorbs what the days bear."""
    return {}


def step_down(made: Fold, fact: Fact[StepDown], policies: PolicyBook) -> Fold:
    """Installments due until a day fall to an amount; the rest goes to later or new ones."""
    body = fact.body
    on, until_on = fact.effective_on, body.until_on

    def moved(plan: Plan) -> Plan:
        low = lowered(plan, on=on, until_on=until_on, to_minor=body.installment_minor)
        later = [
            installment.id for installment in coming(plan, on) if installment.due_on > until_on
        ]
        short = sum(low.values())
        if not short or not (later or body.added):
            return plan
        shares: tuple[int, ...] = ()
        if not body.added:
            shares = shared(short, len(later), body.unit_minor, body.remainder)
        more = dict(zip(later, shares, strict=False))
        installments = [
            _lower(installment, low[installment.id], body.installment_minor, on)
            if installment.id in low
            else raised(installment, more.get(installment.id, 0))
            for installment in plan.installments
        ]
        installments += (
            new_installment(fact, ordinal, due.nominal_due_on, due.due_on, minor)
            for ordinal, (due, minor) in enumerate(
                zip(body.added, in_order(short, capacities(body)), strict=True), start=1
            )
        )
        return replace(plan, installments=by_date(installments))

    def level(after: Plan) -> leveling.Bases:
        """With interest, each one after the day asks for the same amount more than it did."""
        own = {installment_id(fact.id, ordinal) for ordinal in range(1, len(body.added) + 1)}
        behind = [
            installment
            for installment in coming(after, on)
            if installment.due_on > until_on or installment.id in own
        ]
        return {
            installment.id: installment.level_minor or installment.amount_minor
            for installment in behind
        }

    return changed(made, fact, body, policies, moved, level=level)


def lowered(plan: Plan, *, on: date, until_on: date, to_minor: int) -> Mapping[UUID, int]:
    """By id, how much principal each coming installment due until a day has above an amount.

    Only what is open can go: an installment keeps what was paid on it. With interest, principal and
    interest together are held against the amount.
    """
    above = {
        installment.id: min(
            movable((installment,)),
            (installment.level_minor or installment.due.principal_minor) - to_minor,
        )
        for installment in coming(plan, on)
        if installment.due_on <= until_on
    }
    return {own_id: minor for own_id, minor in above.items() if minor > 0}


def _lower(installment: Installment, less: int, to_minor: int, on: date) -> Installment:
    level = to_minor if installment.level_minor else 0
    return replace(
        with_principal(installment, movable((installment,)) - less, on), level_minor=level
    )


def capacities(body: StepDown) -> tuple[int, ...]:
    """What each added installment takes: the lower amount until the day, the usual one after it."""
    return tuple(
        body.installment_minor if due.due_on <= body.until_on else body.added_minor
        for due in body.added
    )


def in_order(minor: int, most: tuple[int, ...]) -> tuple[int, ...]:
    """An amount over places in their order, each up to what it takes, the last whatever is left.

    There may be more or less of it in a replay than when the places were agreed.
    """
    shares = list[int]()
    for place in most[:-1]:
        shares.append(min(minor, place))
        minor -= shares[-1]
    return (*shares, minor) if most else ()


def rewrite(made: Fold, fact: Fact[Rewrite], policies: PolicyBook) -> Fold:
    """The open principal moves to installments on the new terms, the plan to their policy and rate.

    Interest that was earned stays where it is; what the running period bore is not earned.
    """
    body = fact.body
    on = fact.effective_on

    def moved(plan: Plan) -> Plan:
        shares = in_order(
            movable(plan.installments),
            tuple(installment.principal_minor for installment in body.installments),
        )
        installments = [
            leveling.ended(emptied(installment, on)) for installment in plan.installments
        ]
        installments += (
            replace(
                new_installment(fact, ordinal, agreed.nominal_due_on, agreed.due_on, minor),
                kind=agreed.kind,
            )
            for ordinal, (agreed, minor) in enumerate(
                zip(body.installments, shares, strict=True), start=1
            )
        )
        return replace(
            plan,
            installments=by_date(installments),
            policy=body.policy,
            terms_by=fact.id,
            interest=None,
            bears_from_on=None,
            period_from_on=None,
            bearing=0,
            bearing_capped=0,
        )

    after = changed(made, fact, body, policies, moved)
    plan = after.state.live_plan
    if after is made or plan is None or body.interest is None:
        return after
    levels = {
        installment_id(fact.id, ordinal): agreed.principal_minor + agreed.interest_minor
        for ordinal, agreed in enumerate(body.installments, start=1)
    }
    plan = replace(
        plan,
        interest=body.interest,
        installments=tuple(
            replace(installment, level_minor=levels.get(installment.id, 0))
            for installment in plan.installments
        ),
    )
    state, earned = interest.earn_due(
        with_plan(after.state, interest.opened(plan, on, after.state.holds)), on
    )
    return after.with_state(state).earn(*earned)


def accelerate(made: Fold, fact: Fact[Acceleration], policies: PolicyBook) -> Fold:
    """The plan ends broken, and what is open is owed at the account; no clock is set."""
    body = fact.body
    plan, on = made.state.live_plan, fact.effective_on
    if plan is None or plan.id != body.plan_id:
        # It completed or broke by what was entered since: there is nothing left to accelerate.
        return made
    state = clocks.end_plan(made.state, plan, policies.of(plan), on=on)
    ended = end_plan(plan, PlanStatus.BROKEN, reason=ACCELERATED, on=on)
    verdict = verdicts.broken(plan, on=on, reason=ACCELERATED)
    return made.with_state(with_plan(state, replace(ended, revision=body.number)), verdict)
