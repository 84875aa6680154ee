"""An account's past as its books wrote it down: what a fold tells beside the state, not folded.

Each fact's fold wrote what payments paid and which installments it judged missed. Where nothing of
an account was undone, changed, given up or taken back, these rows say what folding all facts again
would, for what cohorts ask of a past.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.fold import Fold
from app.domain.account.lines import Line
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.kinds import FactKind
from app.domain.facts.payments import Payment
from app.domain.values import replace

Splits = Mapping[UUID, Sequence[Line]]
#: After facts of these kinds alone, rows tell the past; a kind that is not named here is folded.
PLAIN: Final = frozenset({
    FactKind.PLACEMENT, FactKind.CHARGE, FactKind.CYCLE, FactKind.WORKOUT, FactKind.HOLD,
    FactKind.HOLD_RELEASE, FactKind.PROMISE, FactKind.PAYMENT, FactKind.PLAN_PROPOSED,
    FactKind.PLAN_APPROVED, FactKind.PLAN_REJECTED, FactKind.PLAN_OPENED, FactKind.PLAN_CANCELLED,
    FactKind.PAUSE, FactKind.RESUME,
})  # fmt: skip


def is_plain(facts: Iterable[Fact]) -> bool:
    """Whether the rows of an account with these facts tell its past."""
    return all(fact.body.kind in PLAIN for fact in facts)


def with_past(made: Fold, facts: Sequence[Fact], splits: Splits) -> Fold:
    """A fold gone on from the stored state, with what was written of its plain facts.

    `splits`: the lines of each payment in force. Of verdicts it tells the missed installments.
    """
    payments = {fact.id: fact for fact in facts_of(facts, Payment)}
    missed = [
        verdicts.missed(plan, one, on=one.missed_on)
        for plan in made.state.plans
        for one in plan.installments
        if one.missed_on is not None
    ]
    return replace(
        made,
        verdicts=tuple(missed),
        splits={one: tuple(splits.get(one, ())) for one in payments},
        effective={one: fact.effective_on for one, fact in payments.items()},
        payments={one: fact.body for one, fact in payments.items()},
    )
