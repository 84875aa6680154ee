"""How much may be owed, agreed or kept: no more than every JSON client reads exactly.

An amount that is sent is at most 2^53 - 1; what adds up from several is held to the same here,
where facts are entered, whatever brought them. The day close asks nobody: a plan's interest is
counted when it is agreed, as it will fall.
"""

from collections.abc import Iterable, Iterator

from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.facts.accounts import Charge
from app.domain.facts.fact import Body
from app.domain.facts.payments import Payment
from app.domain.money import MAX_MINOR
from app.domain.refusals.payments import BalanceTooLarge


def check_sizes(before: State, after: State) -> None:
    """Whether what was entered raised a sum beyond the limit. Raises `BalanceTooLarge`."""
    was = dict(_sizes(before))
    for what, minor in _sizes(after):
        if minor > max(MAX_MINOR, was.get(what, 0)):
            raise BalanceTooLarge(what=what, limit_minor=MAX_MINOR, actual_minor=minor)


def check_room(state: State, bodies: Iterable[Body]) -> None:
    """Whether all of these may be entered at once, none paying another; raises as `check_sizes`.

    Asked of many commands one by one, before they are entered together.
    """
    owed = unapplied = 0
    for body in bodies:
        if isinstance(body, Charge):
            owed += body.amount_minor
        elif isinstance(body, Payment):
            unapplied += body.amount_minor
    asked = (("What is owed", owed, _owed(state)), ("What is unapplied", unapplied, _kept(state)))
    for what, more, minor in asked:
        if more and minor + more > MAX_MINOR:
            raise BalanceTooLarge(what=what, limit_minor=MAX_MINOR, actual_minor=minor + more)


def _sizes(state: State) -> Iterator[tuple[str, int]]:
    yield "What is owed", _owed(state)
    yield "What is unapplied", _kept(state)
    if (plan := state.live_plan) is not None:
        yield "The plan's total", plan.total_minor + _expected(plan)


def _owed(state: State) -> int:
    plan = state.live_plan
    return state.balance.total_minor + (_expected(plan) if plan else 0)


def _expected(plan: Plan) -> int:
    return plan.expected_interest_minor if plan.interest else 0


def _kept(state: State) -> int:
    return state.unapplied_minor
