"""May a placement be corrected so? What was agreed since must still be possible; every reason.

A plan that lives or waits takes over what it was agreed over; what was waived was owed; a re-age
in force was allowed to an account of that age and product. What has ended is agreed no more: it
is only worked out anew.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from dateutil.relativedelta import relativedelta

from app.domain.account.fold import Fold
from app.domain.account.plan import Plan
from app.domain.facts.accounts import Adjustment, Placed, PlacementCorrected
from app.domain.facts.changes import AccountReAge, ReAge
from app.domain.facts.fact import Fact, facts_of, is_of
from app.domain.limits import LimitBreach
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import ReAgeRules
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.replay.replay import fold, in_force


def against(
    history: Sequence[Fact],
    correction: Fact[PlacementCorrected],
    policies: PolicyBook,
    *,
    through: date,
) -> tuple[LimitBreach, ...]:
    """Everything that stands against a correction; nothing where it may be entered."""
    before = fold(history, policies, through=through)
    then = _as_agreed(history, before.state.one_plan)
    agreed = before
    if len(then) < len(history):
        _, agreed = _folded(then, policies, through=through)
    waived, after = _folded((*history, correction), policies, through=through)
    body = correction.body
    return (
        *waived,
        *_about_plans(before, agreed, after),
        *_about_offers(after),
        *_about_re_ages(in_force(history), body.was, body.now, policies),
    )


def _folded(
    facts: tuple[Fact, ...], policies: PolicyBook, *, through: date
) -> tuple[list[LimitBreach], Fold]:
    """The fold; of what waived more than was owed a breach each, and the fold without it."""
    breaches: list[LimitBreach] = []
    while True:
        try:
            return breaches, fold(facts, policies, through=through)
        except WaivedMoreThanOwed as refusal:
            waivers = [
                f for f in facts_of(facts, Adjustment) if f.body.component is refusal.component
            ]
            actual = sum(fact.body.amount_minor for fact in waivers)
            limit = actual - refusal.excess_minor
            breaches.append(
                _breach(
                    "waived_minor",
                    limit,
                    actual,
                    f"of {refusal.component} {actual} was waived, and {limit} would have been owed",
                )
            )
            gone = {fact.id for fact in waivers}
            facts = tuple(fact for fact in facts if fact.id not in gone)


def _about_plans(before: Fold, agreed: Fold, after: Fold) -> Iterator[LimitBreach]:
    """The one plan: it must take over as much as now, or as when it was agreed."""
    plan = before.state.one_plan
    if plan is None:
        return
    limit = _takes(after, plan)
    if limit < min(_takes(before, plan), _takes(agreed, plan)):
        actual = plan.total_minor if plan.waiting else _takes(before, plan)
        yield _breach("plan_balance_minor", limit, actual, _of_plan(plan, limit, actual))


def _takes(made: Fold, plan: Plan) -> int:
    """What the plan took over, or could."""
    if plan.waiting:
        return min(plan.total_minor, made.state.balance.total_minor)
    then = made.state.plan(plan.id)
    return then.taken.total_minor if then else 0


def _as_agreed(history: Sequence[Fact], plan: Plan | None) -> tuple[Fact, ...]:
    """The facts without corrections entered since the plan was agreed."""
    made = next((f.sequence for f in history if plan is not None and f.id == plan.id), 0)
    return tuple(
        fact for fact in history if fact.sequence < made or not is_of(fact, PlacementCorrected)
    )


def _of_plan(plan: Plan, limit: int, actual: int) -> str:
    what = "the plan that waits" if plan.waiting else "the live plan"
    return f"{what} is over {actual}, and {limit} would be owed: end it, correct, agree anew"


def _about_offers(after: Fold) -> Iterator[LimitBreach]:
    owed = after.state.balance.total_minor
    for one in after.state.settlements:
        if one.open and one.amount_minor > owed:
            message = f"a settlement of {one.amount_minor} is offered, and {owed} would be owed"
            yield _breach("settlement_balance_minor", owed, one.amount_minor, message)


def _about_re_ages(
    counting: Sequence[Fact], was: Placed, now: Placed, policies: PolicyBook
) -> Iterator[LimitBreach]:
    for fact in facts_of(counting, ReAge, AccountReAge):
        on = fact.effective_on
        rules = policies.in_force(on).re_age
        least = rules.min_months_on_book
        months = _months(now.opened_on, on)
        if months < least <= _months(was.opened_on, on):
            message = f"the re-age of {on} needed {least} months on book, there would be {months}"
            yield _breach("re_age_months_on_book", least, months, message)
        if _may(rules, was) and not _may(rules, now):
            message = f"the re-age of {on} is not for a product like {now.product}"
            yield _breach("re_age_product", 0, 1, message)


def _months(opened_on: date, on: date) -> int:
    since = relativedelta(on, opened_on)
    return max(0, since.years * 12 + since.months)


def _may(rules: ReAgeRules, placed: Placed) -> bool:
    return rules.products is None or placed.product in rules.products


def _breach(rule: str, limit: int, actual: int, message: str) -> LimitBreach:
    return LimitBreach(rule=rule, limit=limit, actual=actual, message=message, override_role=None)
