"""Interest on a plan: what each period earns, on its due date, on the principal of its days.

Simple and daily, by the US Rule: unpaid interest bears none, money ahead pays principal and
never interest not yet earned. The level installment stays, so what is prepaid makes interest
fall and the last installment shrink; a hold that freezes interest makes its days bear none, and
military service caps the rate of its own (50 USC 3937). Money of a day lowers the principal from
that day on, so whoever pays on time pays exactly the quoted schedule.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from app.domain.account.claims import Claim
from app.domain.account.fold import EarnedInterest
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import Held, State, with_plan
from app.domain.day_close.principal_days import Borne, borne, borne_so_far
from app.domain.money import Amounts, Component, round_half_even
from app.domain.values import replace

_DAY = timedelta(days=1)


def opened(plan: Plan, on: date, holds: Sequence[Held]) -> Plan:
    """A plan whose interest begins on the day it opens; its installments are projected."""
    if plan.interest is None:
        return plan
    return projected(replace(plan, bears_from_on=on, period_from_on=on), holds)


def accrued(state: State, on: date) -> State:
    """The state with the live plan's interest counted up to, not including, that day."""
    plan = state.live_plan
    if plan is None or plan.interest is None or plan.bears_from_on is None:
        return state
    if on <= plan.bears_from_on:
        return state
    more = borne(plan, state.holds, plan.bears_from_on, on).of(plan.taken.total_minor)
    counted = replace(
        plan,
        bears_from_on=on,
        bearing=plan.bearing + more.full,
        bearing_capped=plan.bearing_capped + more.capped,
    )
    return with_plan(state, counted)


def earn_due(state: State, on: date) -> tuple[State, tuple[EarnedInterest, ...]]:
    """On an installment's due date its period's interest is earned and becomes due on it.

    Of several installments due by then the first has all of it: the others' periods have no days.
    """
    plan = state.live_plan
    installment = running(plan) if plan else None
    if plan is None or installment is None or installment.due_on > on:
        return state, ()
    state = accrued(state, on)
    plan, earnings, just = state.live_plan or plan, list[EarnedInterest](), set[UUID]()
    while installment is not None and installment.due_on <= on:
        minor = _earned_minor(plan, until=on)
        plan = _joined(plan, replace(installment, earned_on=on), minor)
        plan = replace(plan, bearing=0, bearing_capped=0, period_from_on=on)
        earnings.append(
            EarnedInterest(
                plan_id=plan.id, installment_id=installment.id, on=on, amount_minor=minor
            )
        )
        just.add(installment.id)
        installment = running(plan)
    earned = tuple(one for one in earnings if one.amount_minor)
    total = sum(one.amount_minor for one in earned)
    return _owing(state, projected(plan, state.holds, just=just), total, on), earned


def overdue_unpaid(state: State, on: date) -> State:
    """The day after a due date: what was not paid goes on bearing interest, and is shown so."""
    plan = state.live_plan
    if plan is None or plan.interest is None:
        return state
    eve = on - _DAY
    short = any(
        installment.due_on == eve and installment.open_minor for installment in plan.installments
    )
    return with_plan(state, projected(plan, state.holds)) if short else state


def earning_days(plan: Plan) -> Iterator[date]:
    """The days on which periods still to be earned end."""
    for installment in plan.installments:
        if installment.level_minor and installment.earned_on is None:
            yield installment.due_on


def earn_payoff(
    state: State, amount_minor: int, on: date
) -> tuple[State, tuple[EarnedInterest, ...]]:
    """The payment that clears the principal first earns the interest to its day."""
    plan = state.live_plan
    if plan is None or plan.interest is None or not plan.taken:
        return state, ()
    installment = running(plan)
    if installment is None or amount_minor < sum(one.open_minor for one in plan.owing):
        return state, ()
    minor = _earned_minor(plan, until=max(on, installment.due_on))
    if minor == 0:
        return state, ()
    plan = replace(_joined(plan, installment, minor), bearing=0, bearing_capped=0)
    earnings = EarnedInterest(
        plan_id=plan.id, installment_id=installment.id, on=on, amount_minor=minor
    )
    return _owing(state, plan, minor, on), (earnings,)


def running(plan: Plan) -> Installment | None:
    """The installment whose period is running."""
    if plan.interest is None:
        return None
    return next(
        (
            installment
            for installment in plan.installments
            if installment.level_minor and installment.earned_on is None
        ),
        None,
    )


def reprojected(state: State) -> State:
    """The live plan's future installments after whatever changed its principal."""
    plan = state.live_plan
    if plan is None or plan.interest is None:
        return state
    return with_plan(state, projected(plan, state.holds))


def projected(plan: Plan, holds: Sequence[Held], *, just: Collection[UUID] = ()) -> Plan:
    """The plan with its future installments worked out: level amounts, the last takes the rest.

    Future are those whose interest is not earned yet, and those `just` earned. Their principal
    cells sum to what the plan has still to collect beyond its earlier installments. The interest
    shown on them assumes that each is paid on its day, that what is overdue is never paid, and
    that no hold comes that is not known yet.
    """
    if plan.interest is None or plan.bears_from_on is None:
        return plan
    future = [
        installment
        for installment in plan.installments
        if installment.level_minor and _open_ended(installment, just)
    ]
    if not future:
        return plan
    ids = {installment.id for installment in future}
    fixed = sum(
        installment.due.principal_minor - installment.paid.principal_minor
        for installment in plan.installments
        if installment.id not in ids and installment.voided_on is None
    )
    shown = dict(_spread(plan, holds, future, plan.taken.total_minor - fixed, just))
    installments = tuple(
        shown.get(installment.id, installment) for installment in plan.installments
    )
    return replace(plan, installments=installments)


def _spread(
    plan: Plan,
    holds: Sequence[Held],
    future: list[Installment],
    left: int,
    just: Collection[UUID],
) -> Iterator[tuple[UUID, Installment]]:
    if plan.interest is None or plan.bears_from_on is None:
        raise ValueError("a plan without interest has nothing to spread")
    principal_days, principal = borne_so_far(plan), plan.taken.total_minor
    since, period = plan.bears_from_on, plan.period_from_on or plan.bears_from_on
    for installment in future:
        expected = 0
        interest = installment.due.interest_minor
        if installment.id not in just:
            days = borne(plan, holds, min(since, installment.due_on), installment.due_on)
            principal_days += days.of(principal)
            expected = round_half_even(*principal_days.at(plan, period, installment.due_on))
            interest += expected
            principal_days, since, period = (
                Borne(),
                max(since, installment.due_on),
                installment.due_on,
            )
        paid = installment.paid.principal_minor
        rest = max(0, installment.level_minor - interest - paid)
        open_minor = left if installment is future[-1] else min(left, rest)
        left -= open_minor
        principal -= open_minor
        yield installment.id, _shown(installment, paid + open_minor, expected)


def _shown(installment: Installment, principal_minor: int, expected: int) -> Installment:
    """An installment with this principal; void while nothing is due on it at all."""
    due = installment.due
    if due.principal_minor != principal_minor:
        due = replace(due, principal_minor=principal_minor)
    done = due == installment.paid
    expected = 0 if done else expected
    satisfied_on = installment.satisfied_on if done and due else None
    voided_on = None if due else installment.due_on
    was = (
        installment.due,
        installment.expected_interest_minor,
        installment.satisfied_on,
        installment.voided_on,
    )
    if was == (due, expected, satisfied_on, voided_on):
        return installment  # as it mostly is: this is asked after every fact
    return replace(
        installment,
        due=due,
        expected_interest_minor=expected,
        satisfied_on=satisfied_on,
        voided_on=voided_on,
    )


def _open_ended(installment: Installment, just: Collection[UUID]) -> bool:
    return installment.earned_on is None or installment.id in just


def _earned_minor(plan: Plan, *, until: date) -> int:
    if plan.interest is None:
        return 0
    return round_half_even(*borne_so_far(plan).at(plan, plan.period_from_on or until, until))


def _joined(plan: Plan, installment: Installment, minor: int) -> Plan:
    """The plan with earned interest on an installment: due from now on, no longer expected."""
    fuller = replace(
        installment,
        due=installment.due + Amounts(interest_minor=minor),
        expected_interest_minor=0,
        satisfied_on=None if minor else installment.satisfied_on,
        voided_on=None if minor else installment.voided_on,
    )
    installments = tuple(fuller if one.id == installment.id else one for one in plan.installments)
    return replace(plan, installments=installments)


def _owing(state: State, plan: Plan, minor: int, on: date) -> State:
    state = with_plan(state, plan)
    state = replace(state, balance=state.balance + Amounts(interest_minor=minor))
    if state.contract_is_plan:
        return state
    claim = Claim(
        due_on=on,
        since_on=on,
        amount_minor=minor,
        components=(Component.INTEREST,),
        plan_id=plan.id,
    )
    return replace(state, claims=state.claims.with_claim(claim, on=on))
