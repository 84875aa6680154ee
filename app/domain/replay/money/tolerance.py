"""Tolerance: a plan with so little left open is complete, and the rest is waived.

The waiver is an adjustment like any other, entered with the payment that left so little and tied
to it: when that payment is reversed, so is the waiver (`replay.in_force`).
"""

from collections.abc import Iterator

from app.domain.account.fold import Fold, Tolerated
from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.facts.accounts import Adjustment
from app.domain.facts.fact import Fact
from app.domain.money import Amounts, Component
from app.domain.policy.model import Policy
from app.domain.values import replace


def tolerable(state: State, plan: Plan, policy: Policy) -> Amounts | None:
    """What is open of a live plan, by the account's component, if the policy lets it go.

    Not while interest has run up that is not earned yet: letting the principal go would lose it.
    """
    # A settlement lets it go by itself: see `day_close.settlements`.
    if plan.bearing or plan.settles:
        return None
    tolerance_minor = policy.allocation.tolerance_minor
    if tolerance_minor == 0:
        return None
    rest = Amounts(**{f"{c}_minor": minor for c, minor in _open(state, plan)})
    return rest if 0 < rest.total_minor <= tolerance_minor else None


def _open(state: State, plan: Plan) -> Iterator[tuple[Component, int]]:
    """What a plan has open: of what it took over, and of what was charged on it since."""
    for component in Component:
        minor = plan.taken[component]
        if component is not Component.PRINCIPAL:
            rows = (row for row in plan.installments if row.voided_on is None)
            minor += sum(row.due[component] - row.paid[component] for row in rows)
        yield component, min(minor, state.balance[component])


def tolerated(made: Fold, fact: Fact, body: Adjustment) -> Fold:
    """The fold that remembers what was waived because of a payment."""
    if body.because_of is None:
        return made
    one = Tolerated(
        payment_id=body.because_of,
        effective_on=fact.effective_on,
        amounts=Amounts.of(body.component, body.amount_minor),
    )
    return replace(made, tolerated={**made.tolerated, fact.id: one})
