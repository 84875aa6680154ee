"""Where the cents of one payment go: the one split, over a plan's installments, then the account.

Order: installment by installment, past due oldest first, then due today, then in advance by rule
`next | last | reamortize`; within an installment by the policy's component order (money in
advance may have its own). `vertical` finishes a component across
the installments of a class first. The classes and rules are those of Apache Fineract's advanced
payment allocation.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from app.domain.account.lines import Line
from app.domain.account.plan import Installment, Plan
from app.domain.money import NOTHING, Amounts, Component, split
from app.domain.policy.model import AllocationRules, Policy
from app.domain.standing.lateness import full_enough
from app.domain.values import Value, replace
from app.domain.vocabulary import AllocationOrder, FutureRule


class _Pour(Value, kw_only=True):
    """Some cents into one cell of one installment."""

    installment: Installment
    cell: Component
    amount_minor: int
    rule: str


def pay_plan(
    plan: Plan, amount_minor: int, *, on: date, policy: Policy, future: FutureRule
) -> tuple[Plan, tuple[Line, ...], int]:
    """Pay a plan's installments on a day: the plan after it, the lines, and the money left."""
    lines: list[Line] = []
    reached: dict[int, Installment] = {}  # those that money reached, by which of the plan's it was
    taken, left = plan.taken, amount_minor
    for pour in _pours(plan, amount_minor, on=on, policy=policy, future=future):
        left -= pour.amount_minor
        before = id(pour.installment)
        reached[before] = _paid(reached.get(before, pour.installment), pour, on)
        parts: Iterable[tuple[Component, int]] = ((pour.cell, pour.amount_minor),)
        if pour.cell is Component.PRINCIPAL:
            parts = tuple(by_component(pour.amount_minor, taken, policy.allocation.components))
        for component, minor in parts:
            if pour.cell is Component.PRINCIPAL:
                taken -= Amounts.of(component, minor)
            lines.append(
                Line(
                    component=component,
                    amount_minor=minor,
                    rule=pour.rule,
                    plan_id=plan.id,
                    installment_id=pour.installment.id,
                    cell=pour.cell,
                )
            )
    after = replace(
        plan,
        taken=taken,
        installments=tuple([reached.get(id(one), one) for one in plan.installments]),
    )
    return after, tuple(lines), left


def by_component(
    amount_minor: int, available: Amounts, order: Sequence[Component]
) -> Iterator[tuple[Component, int]]:
    """Spread an amount over what is available, component by component in the policy's order."""
    for component in order:
        take = min(amount_minor, available[component])
        if take > 0:
            amount_minor -= take
            yield component, take


def _paid(installment: Installment, pour: _Pour, on: date) -> Installment:
    paid = installment.paid + Amounts.of(pour.cell, pour.amount_minor)
    return replace(
        installment,
        paid=paid,
        paid_in_advance_minor=installment.paid_in_advance_minor
        + (pour.amount_minor if on < installment.due_on else 0),
        paid_late_minor=installment.paid_late_minor
        + (pour.amount_minor if on > installment.due_on else 0),
        satisfied_on=on if paid == installment.due else None,
    )


def _pours(
    plan: Plan, amount_minor: int, *, on: date, policy: Policy, future: FutureRule
) -> Iterator[_Pour]:
    rules = policy.allocation
    for rule, installments in _classes(plan, on=on, policy=policy):
        for installment, cell, minor in _fill(installments, amount_minor, rules):
            amount_minor -= minor
            yield _Pour(installment=installment, cell=cell, amount_minor=minor, rule=rule)
    if amount_minor <= 0:
        return
    rules = replace(rules, components=rules.in_advance or rules.components)
    ahead = tuple(installment for installment in plan.owing if installment.due_on > on)
    rule = f"in_advance_{future}"
    if future is FutureRule.REAMORTIZE:
        poured = _share(ahead, amount_minor, rules)
    else:
        ordered = ahead if future is FutureRule.NEXT else ahead[::-1]
        poured = _fill(ordered, amount_minor, rules)
    for installment, cell, minor in poured:
        yield _Pour(installment=installment, cell=cell, amount_minor=minor, rule=rule)


def _classes(
    plan: Plan, *, on: date, policy: Policy
) -> Iterator[tuple[str, tuple[Installment, ...]]]:
    """The installments in the order money reaches them, with the name of the rule that says so."""
    last_due_on = plan.last_due_on
    owing = plan.owing
    past_due = tuple(installment for installment in owing if installment.due_on < on)
    short = tuple(
        installment
        for installment in past_due
        if not full_enough(installment, policy, on=on, last_due_on=last_due_on)
    )
    yield "past_due_oldest_first", short
    yield "due_today", tuple(installment for installment in owing if installment.due_on == on)
    yield (
        "past_due_shortfall",
        tuple(installment for installment in past_due if installment not in short),
    )


def _fill(
    installments: Sequence[Installment], amount_minor: int, rules: AllocationRules
) -> Iterator[tuple[Installment, Component, int]]:
    """Fill cells in order until the money is spent."""
    if rules.order is AllocationOrder.HORIZONTAL:
        cells = ((installment, cell) for installment in installments for cell in rules.components)
    else:
        cells = ((installment, cell) for cell in rules.components for installment in installments)
    for installment, cell in cells:
        if amount_minor <= 0:
            return
        take = min(amount_minor, installment.due[cell] - installment.paid[cell])
        if take > 0:
            amount_minor -= take
            yield installment, cell, take


def _share(
    installments: Sequence[Installment], amount_minor: int, rules: AllocationRules
) -> Iterator[tuple[Installment, Component, int]]:
    """Equal shares over the open installments, the remainder on the last; excess goes round."""
    given = {installment.id: 0 for installment in installments}
    while amount_minor > 0:
        needy = [
            installment
            for installment in installments
            if given[installment.id] < installment.open_minor
        ]
        if not needy:
            break
        for installment, share in zip(needy, _equal(amount_minor, len(needy)), strict=True):
            take = min(share, installment.open_minor - given[installment.id])
            given[installment.id] += take
            amount_minor -= take
    for installment in installments:
        yield from _fill((installment,), given[installment.id], rules)


def _equal(amount_minor: int, count: int) -> tuple[int, ...]:
    if amount_minor < count:  # too little for a cent each: all of it to the last
        return (*(0 for _ in range(count - 1)), amount_minor)
    return split(amount_minor, count)


def rest_of(balance: Amounts, plan: Plan | None) -> Amounts:
    """What of the balance no live plan has on its installments."""
    if plan is None:
        return balance
    own = NOTHING
    for installment in plan.installments:
        if installment.voided_on is None:
            own = own + installment.due - installment.paid
    return balance - plan.taken - replace(own, principal_minor=0)
