"""What a changed policy would have made of the same facts: counted, never written.

Both sides are folds of the same facts on the same day; only the policy's figures differ. So a
difference is the policy's doing and nothing else's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from app.domain.account.plan import Plan, PlanStatus
from app.domain.account.state import State
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.values import replace


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a side comes to. Cash is what live plans have open, by currency and month due."""

    plans: int = 0
    missed: int = 0  # installments missed and not paid, of broken plans too
    broken: int = 0  # plans
    buckets: Counter[str] = field(default_factory=Counter)  # accounts
    cash: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, state: State, name: str, *, currency: str, on: date) -> None:
        """Add an account with its plans under the policy of that name."""
        mine = plans_under(state, name)
        self.plans += len(mine)
        self.broken += sum(plan.status is PlanStatus.BROKEN for plan in mine)
        self.buckets[state.bucket] += 1
        for plan in mine:
            for installment in plan.installments:
                short = installment.due.total_minor > installment.paid.total_minor
                self.missed += installment.missed_on is not None and short
            for installment in plan.owing:  # none of a plan that ended
                month = f"{max(installment.due_on, on):%Y-%m}"  # what is overdue is expected now
                self.cash[currency, month] += installment.open_minor


def plans_under(state: State, name: str) -> tuple[Plan, ...]:
    """The account's plans that opened under any version of the policy."""
    opened = (plan for plan in state.plans if plan.policy.name == name)
    ended = {PlanStatus.PENDING_APPROVAL, PlanStatus.REJECTED}
    return tuple(plan for plan in opened if plan.status not in ended)


def with_figures(policies: PolicyBook, name: str, changed: Policy) -> PolicyBook:
    """The book with every version of that policy saying what the changed one says."""
    swapped: Iterable[Policy] = (
        replace(changed, ref=one.ref, effective_from=one.effective_from)
        if one.ref.name == name
        else one
        for one in policies.policies
    )
    return PolicyBook(name=policies.name, policies=tuple(swapped))
