"""What a breathing space takes away: charges of its days, whenever they were entered.

Charges of the period can never be recovered (Debt Respite Scheme), so
one that was entered before the space was known, and counts inside it, is as if it had never
been. Whoever undoes or shortens the space brings it back: it is left out by the fold, no more.
Interest needs no rule here: the days of a hold bear none (`day_close.interest`).
"""

from datetime import date
from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.fold import Fold, NeverCharged
from app.domain.account.state import Held, State
from app.domain.facts.accounts import Adjustment, Charge
from app.domain.facts.fact import Fact
from app.domain.money import Amounts, Component
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.values import replace
from app.domain.vocabulary import HoldKind


def barring(state: State, on: date) -> Held | None:
    """The breathing space that stands on that day; None where none does."""
    spaces = (hold for hold in state.holds if hold.kind is HoldKind.BREATHING_SPACE)
    return next((hold for hold in spaces if hold.stands(on)), None)


def never_charged(made: Fold, fact: Fact, amounts: Amounts, hold_id: UUID | None) -> Fold:
    """The fold without this charge, or without what was waived of one (negative amounts)."""
    one = NeverCharged(on=fact.effective_on, amounts=amounts, hold_id=hold_id)
    made = replace(made, barred={**made.barred, fact.id: one})
    if not isinstance(fact.body, Charge):
        return made
    verdict = verdicts.charge_barred(
        fact.id, on=fact.effective_on, plan_id=fact.body.plan_id, by=HoldKind.BREATHING_SPACE
    )
    return made.with_state(made.state, verdict)


def without_barred(made: Fold, fact: Fact, body: Adjustment, refusal: WaivedMoreThanOwed) -> Fold:
    """The fold without what an adjustment waived of charges that were barred since.

    Or of interest that money entered since, or a change taken back, left unearned: no more can
    be waived than was earned. Raises the refusal again where neither is why there is too little.
    """
    nothing_to_waive = -Amounts.of(body.component, refusal.excess_minor)
    if _unearned(made, fact, body):
        return never_charged(made, fact, nothing_to_waive, None)
    ours = [one for one in made.barred.values() if one.amounts[body.component]]
    if sum(one.amounts[body.component] for one in ours) < refusal.excess_minor:
        raise refusal
    return never_charged(made, fact, nothing_to_waive, ours[-1].hold_id)


def _unearned(made: Fold, fact: Fact, body: Adjustment) -> bool:
    """Whether it waived a plan's interest, and something entered later says how much there was."""
    later = fact.sequence < made.newest and body.because_of is None
    bears = any(plan.interest is not None for plan in made.state.plans)
    return later and bears and body.component is Component.INTEREST
