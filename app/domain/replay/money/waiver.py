"""What an adjustment lowers: which cells it takes from, and what money it makes unapplied again.

That of a charge lowers the charge; any other the plan's own cell of that component and its
principal cells (the part of the component it took over), last installment first; then the rest of
the account. In a replay earlier money may already have paid what was later waived: then the waiver
still holds, and that money, last paid first, is unapplied again. So the order in which facts were
entered never changes what anybody owes.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from uuid import UUID

from app.domain.account.lines import Line
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import Charged, Lot, State
from app.domain.facts.accounts import Adjustment
from app.domain.money import Amounts, Component
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.replay.money.allocation import rest_of
from app.domain.values import Value, replace


class Waived(Value, kw_only=True):
    """The state after a waiver, and the payments' lines after what it handed back."""

    state: State
    splits: Mapping[UUID, tuple[Line, ...]]
    on_plan_minor: int = 0  # taken from what was open on the live plan's installments
    beside_minor: int = 0  # from what was open on the rest of the account
    handed_back_minor: int = 0  # from what money had paid


def waivable_minor(state: State, component: Component, charge: Charged | None) -> int:
    """The most an adjustment may lower today: what is open of the component, or of the charge."""
    if charge is None:
        return state.balance[component]
    left = charge.amount_minor - charge.waived_minor
    return min(left, _open_where_charged(state, charge))


def waive(
    state: State, splits: Mapping[UUID, tuple[Line, ...]], body: Adjustment, *, on: date
) -> Waived:
    """Lower what is due by the whole amount: open money first, then money already paid.

    Raises `WaivedMoreThanOwed` when there was less than that in all.
    """
    charge = next((c for c in state.charges if c.id == body.charge_id), None)
    left, beside = body.amount_minor, 0
    for take in _TAKERS if charge is None or charge.installment_id else (_from_rest,):
        state, taken = take(state, body.component, left, charge, on)
        left -= taken
        beside += taken if take is _from_rest else 0
    open_minor = body.amount_minor - left
    if charge is not None:
        less = replace(charge, waived_minor=charge.waived_minor + body.amount_minor)
        state = replace(
            state, charges=tuple(less if c.id == charge.id else c for c in state.charges)
        )
    waived = Waived(state=state, splits=splits)
    if left > 0:
        waived = _hand_back(state, splits, body.component, left, on)
    return replace(
        waived,
        on_plan_minor=open_minor - beside,
        beside_minor=beside,
        handed_back_minor=left,
    )


def _open_where_charged(state: State, charge: Charged) -> int:
    plan = state.live_plan
    if plan is not None and charge.installment_id is not None:
        for installment in plan.installments:
            if installment.id == charge.installment_id:
                return installment.due[charge.component] - installment.paid[charge.component]
    return rest_of(state.balance, plan)[charge.component]


def _from_own_cells(
    state: State, component: Component, minor: int, charge: Charged | None, on: date
) -> tuple[State, int]:
    """From the plan's cells of what was charged on it, last installment first."""
    plan = state.live_plan
    if plan is None or component is Component.PRINCIPAL:
        return state, 0
    only = charge.installment_id if charge else None
    return _from_cells(state, plan, component, minor, on, only=only)


def _from_taken(
    state: State, component: Component, minor: int, charge: Charged | None, on: date
) -> tuple[State, int]:
    """From the plan's principal cells, as far as the plan took over this component."""
    plan = state.live_plan
    if plan is None or charge is not None:
        return state, 0
    most = min(minor, plan.taken[component])
    lowered = replace(plan, taken=plan.taken - Amounts.of(component, most))
    state, taken = _from_cells(state, lowered, Component.PRINCIPAL, most, on, balance=component)
    if taken != most:
        raise ValueError("a plan's principal cells hold less than it took over")
    return state, taken


def _from_rest(
    state: State, component: Component, minor: int, _charge: Charged | None, _on: date
) -> tuple[State, int]:
    taken = min(minor, rest_of(state.balance, state.live_plan)[component])
    return replace(state, balance=state.balance - Amounts.of(component, taken)), taken


_TAKERS: tuple[Callable[[State, Component, int, Charged | None, date], tuple[State, int]], ...] = (
    _from_own_cells,
    _from_taken,
    _from_rest,
)


def _from_cells(
    state: State,
    plan: Plan,
    cell: Component,
    minor: int,
    on: date,
    *,
    balance: Component | None = None,
    only: UUID | None = None,
) -> tuple[State, int]:
    left, installments = minor, list[Installment]()
    for installment in reversed(plan.installments):
        take = 0
        if installment.voided_on is None and only in (None, installment.id):
            take = min(left, installment.due[cell] - installment.paid[cell])
        left -= take
        installments.append(
            _lower(installment, Amounts.of(cell, take), on) if take else installment
        )
    after = replace(plan, installments=tuple(reversed(installments)))
    return (
        replace(
            state,
            balance=state.balance - Amounts.of(balance or cell, minor - left),
            plans=tuple(after if p.id == plan.id else p for p in state.plans),
        ),
        minor - left,
    )


def _lower(installment: Installment, by: Amounts, on: date) -> Installment:
    """An installment with less due; paid when nothing is open, void when nothing is due at all."""
    due = installment.due - by
    satisfied = installment.satisfied_on or (on if due == installment.paid else None)
    return replace(installment, due=due, satisfied_on=satisfied, voided_on=None if due else on)


def _hand_back(
    state: State,
    splits: Mapping[UUID, tuple[Line, ...]],
    component: Component,
    minor: int,
    on: date,
) -> Waived:
    """Take back lines of this component, last paid first; their money is unapplied again."""
    kept = dict(splits)
    for payment_id in reversed(tuple(splits)):
        lines, back = list[Line](), 0
        for line in reversed(splits[payment_id]):
            take = min(minor, line.amount_minor) if line.component is component else 0
            minor -= take
            back += take
            state = _unpaid(state, line, take, on) if take else state
            if take < line.amount_minor:
                lines.append(replace(line, amount_minor=line.amount_minor - take))
        if back:
            kept[payment_id] = tuple(reversed(lines))
            lot = Lot(payment_id=payment_id, amount_minor=back)
            state = replace(state, unapplied=(*state.unapplied, lot))
    if minor:
        raise WaivedMoreThanOwed(component=component, excess_minor=minor)
    return Waived(state=state, splits=kept)


def _unpaid(state: State, line: Line, minor: int, on: date) -> State:
    """Lower what such a line paid, due and paid alike; the balance already counts it paid."""
    if line.installment_id is None or line.cell is None:
        return state
    amount = Amounts.of(line.cell, minor)

    def lowered(installments: tuple[Installment, ...]) -> Iterator[Installment]:
        for installment in installments:
            if installment.id == line.installment_id:
                yield _lower(_less_paid(installment, amount), amount, on)
            else:
                yield installment

    return replace(
        state,
        plans=tuple(
            replace(plan, installments=tuple(lowered(plan.installments)))
            if plan.id == line.plan_id
            else plan
            for plan in state.plans
        ),
    )


def _less_paid(installment: Installment, by: Amounts) -> Installment:
    """An installment with less paid: first what was paid late, then on its day, then ahead."""
    late_minor = max(0, installment.paid_late_minor - by.total_minor)
    paid = installment.paid - by
    ahead_minor = min(installment.paid_in_advance_minor, paid.total_minor - late_minor)
    return replace(
        installment, paid=paid, paid_late_minor=late_minor, paid_in_advance_minor=ahead_minor
    )
