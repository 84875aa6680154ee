"""How money that leaves again changes an account: chargebacks and refunds.

A chargeback says the money was there and left on its day. Installments it paid stay paid; what
it leaves owed joins the principal cell of the first installment due on or after its date.
Unapplied money that covers it wholly leaves the schedule as it is. A refund takes the payment's
own unapplied money.
"""

from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.claims import Claim
from app.domain.account.fold import Fold, TakenBack
from app.domain.account.joining import installment_for
from app.domain.account.lines import Line, lowered_by
from app.domain.account.plan import Installment, Plan, PlanStatus
from app.domain.account.state import Lot, with_plan
from app.domain.account.verdicts import Verdict
from app.domain.day_close import settlements
from app.domain.facts.fact import Fact, installment_id
from app.domain.facts.payments import Chargeback, Refund
from app.domain.money import NOTHING, Amounts, Component
from app.domain.policy.book import PolicyBook
from app.domain.replay.money.allocation import by_component
from app.domain.replay.money.payments import use_unapplied
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind


def charge_back(made: Fold, fact: Fact[Chargeback], policies: PolicyBook) -> Fold:
    """The payer's bank takes money back on the fact's day."""
    body = fact.body
    return _take_back(made, fact, body.payment_id, body.amount_minor, policies)


def refund(made: Fold, fact: Fact[Refund], policies: PolicyBook) -> Fold:
    """We give unapplied money back.

    Where earlier money, entered since, has put it to use, what is missing is owed again, as
    after a chargeback.
    """
    body = fact.body
    lots, left = list[Lot](), body.amount_minor
    for lot in made.state.unapplied:
        take = min(left, lot.amount_minor) if lot.payment_id == body.payment_id else 0
        left -= take
        if take < lot.amount_minor:
            lots.append(replace(lot, amount_minor=lot.amount_minor - take))
    made = made.with_state(replace(made.state, unapplied=tuple(lots)))
    if left == 0:
        return replace(made, restored=_noted(made, fact, body.payment_id, NOTHING))
    return _take_back(made, fact, body.payment_id, left, policies)


def _take_back(made: Fold, fact: Fact, payment_id: UUID, minor: int, policies: PolicyBook) -> Fold:
    restored = _restored(made, payment_id, minor)
    state = replace(made.state, balance=made.state.balance + restored)
    made = replace(
        made.with_state(state),
        effective={**made.effective, fact.id: fact.effective_on},
        restored=_noted(made, fact, payment_id, restored),
        returned={**made.returned, payment_id: made.returned.get(payment_id, 0) + minor},
    )
    if minor <= state.unapplied_minor:
        return _covered(made, payment_id, restored)
    plan = _plan_of(made, payment_id) if state.closed_on is None else None
    if (
        plan is None or not state.contract_is_plan
    ):  # else the plan's installments say when it is late
        claim = Claim(
            due_on=fact.effective_on,
            since_on=fact.effective_on,
            amount_minor=minor,
            components=tuple(c for c in Component if restored[c]),
            plan_id=plan.id if plan else None,
        )
        claims = state.claims.taken_back(claim, on=fact.effective_on)
        state = replace(state, claims=claims)
    reached: tuple[Verdict, ...] = ()
    if plan is None and state.settlements:
        for plan_id in _went_to(made, payment_id):
            state, ended = settlements.lost(state, plan_id, on=fact.effective_on)
            reached += ended
    if plan is not None:
        if not plan.live:
            reached += (verdicts.reinstated(plan, on=fact.effective_on, reason="chargeback"),)
        state = with_plan(state, _joined(plan, fact, minor, restored))
    return use_unapplied(made.with_state(state, *reached), fact, policies)


def _noted(made: Fold, fact: Fact, payment_id: UUID, amounts: Amounts) -> dict[UUID, TakenBack]:
    return {**made.restored, fact.id: TakenBack(payment_id=payment_id, amounts=amounts)}


def _restored(made: Fold, payment_id: UUID, minor: int) -> Amounts:
    """What the payment had paid, last paid first, beyond what was restored of it before.

    What it paid nothing with, since it lay unapplied, counts as principal.
    """
    skip, restored = made.returned.get(payment_id, 0), NOTHING
    for line in reversed(made.splits.get(payment_id, ())):
        over = min(skip, line.amount_minor)
        skip -= over
        take = min(minor, line.amount_minor - over)
        minor -= take
        restored += Amounts.of(line.component, take)
    return restored + Amounts.of(Component.PRINCIPAL, minor)


def _covered(made: Fold, payment_id: UUID, restored: Amounts) -> Fold:
    """Unapplied money, the payment's own first, stands in for what left: no schedule changes."""
    owed, kept = restored, dict[int, Lot]()
    paid_on = _paid_on(made, payment_id)
    lots = tuple(enumerate(made.state.unapplied))
    for place, lot in sorted(lots, key=lambda one: one[1].payment_id != payment_id):
        lines = tuple(
            Line(
                component=component,
                amount_minor=minor,
                rule="covers_chargeback",
                plan_id=paid_on,
            )
            for component, minor in by_component(lot.amount_minor, owed, tuple(Component))
        )
        owed -= lowered_by(lines)
        used = lowered_by(lines).total_minor
        if used:
            made = made.paid(lot.payment_id, lines)
        if used < lot.amount_minor:
            kept[place] = replace(lot, amount_minor=lot.amount_minor - used)
    unapplied = tuple(kept[place] for place in sorted(kept))
    balance = made.state.balance - restored
    return made.with_state(replace(made.state, balance=balance, unapplied=unapplied))


def _went_to(made: Fold, payment_id: UUID) -> tuple[UUID, ...]:
    """The plans a payment paid on, each once, in that order."""
    lines = made.splits.get(payment_id, ())
    return tuple(dict.fromkeys(line.plan_id for line in lines if line.plan_id))


def _paid_on(made: Fold, payment_id: UUID) -> UUID | None:
    """The plan a payment paid, a settlement's first: what stands in for it is that plan's money.

    So when that leaves in turn, the plan is where it is owed again.
    """
    plans = [p for p in map(made.state.plan, _went_to(made, payment_id)) if p is not None]
    settling = [plan for plan in plans if plan.settles]
    return next((plan.id for plan in (*settling, *reversed(plans))), None)


def _plan_of(made: Fold, payment_id: UUID) -> Plan | None:
    """The plan the money had gone to: the live one, or a completed one that now reopens."""
    went_to = _went_to(made, payment_id)
    live = made.state.live_plan
    if live is not None:
        return live if live.id in went_to else None
    return next(
        (
            plan
            for plan in reversed(made.state.plans)
            if plan.id in went_to and plan.status is PlanStatus.COMPLETED
        ),
        None,
    )


def _joined(plan: Plan, fact: Fact, minor: int, restored: Amounts) -> Plan:
    """The whole amount joins the first installment due on or after the day, paid or not."""
    more = Amounts(principal_minor=minor)
    plan = replace(plan, status=PlanStatus.ACTIVE, ended_on=None, taken=plan.taken + restored)
    installment = installment_for(plan, fact.effective_on)
    if installment is not None:
        level = installment.level_minor + minor if installment.level_minor else 0
        fuller = replace(
            installment, due=installment.due + more, level_minor=level, satisfied_on=None
        )
        joined = tuple(fuller if r.id == installment.id else r for r in plan.installments)
        return replace(plan, installments=joined)
    own = Installment(
        id=installment_id(fact.id, 1),
        kind=InstallmentKind.CHARGEBACK,
        nominal_due_on=fact.effective_on,
        due_on=fact.effective_on,
        due=more,
    )
    installments = sorted((*plan.installments, own), key=lambda installment: installment.due_on)
    return replace(plan, installments=tuple(installments))
