"""May another late fee be charged on a plan? Not where earlier late fees are the only shortfall.

16 CFR 444.4(a) and 12 CFR 1026.36(c): no late fee on a payment that is otherwise full and
timely when the only shortfall is an earlier late fee ("pyramiding"). One late fee moves the
shortfall from installment to installment for as long as it is unpaid, so it is measured over
the whole plan: what is short up to and including the installment must be more than all unwaived
late fees of the plan. An installment in its grace is not late yet.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app.domain.account.plan import Installment, Plan
from app.domain.account.state import State
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import LateFeeInGrace, LateFeePyramiding
from app.domain.standing.lateness import Stop, counted_days, stops_of
from app.domain.vocabulary import ChargeKind


def pyramids(*, short_minor: int, late_fees_minor: int) -> bool:
    """Whether no more is short than the plan's late fees come to."""
    return short_minor <= late_fees_minor


def plan_late_on(state: State) -> Plan | None:
    """The plan that a late fee naming none is charged for; None: it is the account's own.

    That is the live plan, unless more is owed beside it than the account's own late fees: then
    the fee may be for what the plan did not take over.
    """
    plan = state.live_plan
    if plan is None:
        return None
    beside = state.balance.total_minor - sum(
        installment.open_minor for installment in plan.installments
    )
    return plan if pyramids(short_minor=beside, late_fees_minor=_late_fees(state, None)) else None


def check_late_fee(
    state: State, plan: Plan, policy: Policy, installment_id: UUID | None, *, on: date
) -> None:
    """Whether a late fee may be charged on that day, for this installment of the plan.

    Without one it is for the newest installment whose grace is over. The state must be that of
    the day. Raises `LateFeeInGrace`, `LateFeePyramiding`.
    """
    stops = stops_of(state)
    installment = _late_installment(plan, policy, stops, installment_id, on=on)
    short = short_minor(plan, through=installment)
    fees = late_fees_minor(state, plan)
    if pyramids(short_minor=short, late_fees_minor=fees):
        raise LateFeePyramiding(
            installment_id=installment.id, short_minor=short, earlier_late_fees_minor=fees
        )


def short_minor(plan: Plan, *, through: Installment) -> int:
    """What is open on the plan up to and including an installment."""
    return sum(
        installment.open_minor
        for installment in plan.installments
        if installment.due_on <= through.due_on
    )


def late_fees_minor(state: State, plan: Plan) -> int:
    """Every late fee of the plan that stands, less what was waived of it."""
    return _late_fees(state, plan.id)


def _late_fees(state: State, plan_id: UUID | None) -> int:
    return sum(
        charge.amount_minor - charge.waived_minor
        for charge in state.charges
        if charge.plan_id == plan_id and charge.kind is ChargeKind.LATE_FEE
    )


def _late_installment(
    plan: Plan,
    policy: Policy,
    stops: Sequence[Stop],
    installment_id: UUID | None,
    *,
    on: date,
) -> Installment:
    """The installment the fee is for; refused while its grace is not over."""

    def late(installment: Installment) -> bool:
        return (
            installment.due_on < on
            and counted_days(stops, start=installment.due_on, end=on) > policy.grace_days
        )

    if installment_id is not None:
        installment = next(
            installment for installment in plan.installments if installment.id == installment_id
        )
        if late(installment):
            return installment
    else:
        found = [
            installment
            for installment in plan.installments
            if installment.voided_on is None and late(installment)
        ]
        if found:
            return found[-1]
        installment = plan.installments[0]
    raise LateFeeInGrace(
        installment_id=installment.id, due_on=installment.due_on, grace_days=policy.grace_days
    )
