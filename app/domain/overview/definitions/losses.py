"""What of a plan's balance was written down: given up, or booked as a loss, without money.

Elsewhere such a curve is of a loan; here a debt has plans one after
another, so a loss is that of the plan that was the last to begin by its day.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.account.state import State
from app.domain.account.verdicts import VerdictType
from app.domain.facts.accounts import Adjustment, ChargedOff
from app.domain.facts.fact import Fact, is_of
from app.domain.overview.definitions.agreements import NOT_ACTIVE
from app.domain.overview.seen import Seen
from app.domain.replay.replay import in_force
from app.domain.reports.cohorts import Cash


class _Loss(NamedTuple):
    """`whole`: it was a charge-off of all that was owed, so none of it is lost again."""

    cash: Cash
    whole: bool = False


def written_down(seen: Seen) -> Mapping[UUID, Sequence[Cash]]:
    """By plan, what its account lost from the plan's first day until the next plan's.

    What was waived or corrected, forgiven by a settlement, or written off by a closure; at a
    charge-off all that was owed. That is owed still, but what is given up of it later, or paid, is
    no other loss: reports of recovery tell what came.
    """
    plans = [plan for plan in seen.at.state.plans if plan.status not in NOT_ACTIVE]
    if not plans:
        return {}
    plans.sort(key=lambda plan: plan.opened_on)
    found: dict[UUID, list[Cash]] = {}
    over = set[UUID]()
    for loss in sorted(_losses(seen), key=lambda one: one.cash.on):
        begun = [plan.id for plan in plans if plan.opened_on <= loss.cash.on]
        if begun and begun[-1] not in over:
            found.setdefault(begun[-1], []).append(loss.cash)
            if loss.whole:
                over.add(begun[-1])
    return found


def given_up(seen: Seen) -> Sequence[Cash]:
    """All that was lost but for what charge-offs booked, which no row of the ledger says."""
    return [one.cash for one in _losses(seen) if not one.whole]


def _losses(seen: Seen) -> Iterator[_Loss]:
    """Those of a day in the order they were entered, what followed from facts after them."""
    made = seen.at.fold
    for fact in in_force(seen.facts):
        if fact.effective_on <= seen.at.on:
            yield from _of(seen, fact)
    for settlement in seen.at.state.settlements:
        if settlement.satisfied_on is not None and settlement.forgiven:
            minor = settlement.forgiven.total_minor
            yield _Loss(Cash(on=settlement.satisfied_on, minor=minor))
    for lost in made.written_off.values():
        yield _Loss(Cash(on=lost.on, minor=lost.amounts.total_minor))


def forgiven_minor(state: State) -> int:
    """What stands forgiven of an account by its settlements."""
    satisfied = (one for one in state.settlements if one.satisfied_on is not None)
    return sum(one.forgiven.total_minor for one in satisfied)


def waived_minor(made: Fold, fact: Fact[Adjustment]) -> int:
    """What an adjustment took away: not what, as is known since, nobody ever owed."""
    never = made.barred.get(fact.id)
    return fact.body.amount_minor + (never.amounts.total_minor if never else 0)


def _of(seen: Seen, fact: Fact) -> Iterator[_Loss]:
    made = seen.at.fold
    if is_of(fact, Adjustment):
        minor = waived_minor(made, fact)
        if minor:
            yield _Loss(Cash(on=fact.effective_on, minor=minor))
    elif is_of(fact, ChargedOff):
        for one in made.verdicts:
            if one.type is VerdictType.CHARGED_OFF and one.on == fact.effective_on:
                minor = int(one.data["balance_minor"])
                yield _Loss(Cash(on=one.on, minor=minor), whole=True)
