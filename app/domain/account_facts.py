"""How an account's own facts change it: placement, charges, adjustments, holds."""

from dataclasses import replace
from uuid import UUID

from app.domain import alerts
from app.domain.barring import barred, barring, without_barred
from app.domain.facts import (
    Adjustment,
    Charge,
    Fact,
    Hold,
    HoldKind,
    HoldRelease,
    Placement,
    installment_id,
)
from app.domain.folding import Fold
from app.domain.forgiving import owed_again, told_anew
from app.domain.hold_table import end_after_treatment
from app.domain.joining import row_for
from app.domain.money import Amounts
from app.domain.pause_facts import freeze
from app.domain.payment_facts import settle_plan, use_unapplied
from app.domain.policy import PolicyBook
from app.domain.refusals import WaivedMoreThanOwed
from app.domain.schedule import InstallmentKind
from app.domain.state import Charged, Held, Installment, Plan, with_plan
from app.domain.tolerance import tolerated
from app.domain.waiver import waive


def place(made: Fold, fact: Fact, _: PolicyBook) -> Fold:
    body: Placement = fact.body  # type: ignore[assignment]
    total = body.balance.total_minor
    past_due = total if body.past_due_minor is None else body.past_due_minor
    since = (body.delinquent_since_on or fact.effective_on) if past_due else None
    state = replace(
        made.state,
        placed_on=fact.effective_on,
        balance=body.balance,
        contract_due_minor=past_due,
        contract_is_plan=body.past_due_minor == 0,
        contract_since_on=since,
        first_delinquency_on=since,
        reported_since_on=since,
        charged_off_on=body.charged_off_on,
        product=body.product,
    )
    return made.then(alerts.placed(state, on=fact.effective_on))


def charge(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    body: Charge = fact.body  # type: ignore[assignment]
    state = made.state
    space = barring(state, fact.effective_on)
    if space is not None:
        return barred(made, fact, Amounts.of(body.charge.component, body.amount_minor), space.id)
    plan = state.live_plan if body.plan_id else None
    joined: UUID | None = None
    if plan is not None and plan.id == body.plan_id:
        plan, joined = _join(plan, fact.id, body)
        state = with_plan(state, plan)
    charged = Charged(
        id=fact.id,
        kind=body.charge,
        amount_minor=body.amount_minor,
        plan_id=plan.id if joined and plan else None,
        installment_id=joined,
        for_installment=body.for_installment,
    )
    state = replace(
        state,
        balance=state.balance + Amounts.of(charged.component, body.amount_minor),
        charges=(*state.charges, charged),
    )
    if joined is None or not state.contract_is_plan:  # else the plan's rows say when it is late
        since = state.contract_since_on or body.due_on
        state = replace(
            state,
            contract_due_minor=state.contract_due_minor + body.amount_minor,
            contract_since_on=since,
            first_delinquency_on=state.first_delinquency_on or since,
        )
        if state.live_plan is None and state.reported_since_on is None:
            state = replace(state, reported_since_on=since)
    return use_unapplied(made.then(state), fact, policies)


def _join(plan: Plan, charge_id: UUID, body: Charge) -> tuple[Plan, UUID]:
    """Put a charge on the first installment due on or after its date, or on a row of its own."""
    more = Amounts.of(body.charge.component, body.amount_minor)
    row = row_for(plan, body.due_on)
    if row is not None:
        fuller = replace(row, due=row.due + more, satisfied_on=None)
        rows = tuple(fuller if r.id == row.id else r for r in plan.installments)
        return replace(plan, installments=rows), row.id
    own = Installment(
        id=installment_id(charge_id, 1),
        kind=InstallmentKind.CHARGE,
        nominal_due_on=body.due_on,
        due_on=body.due_on,
        due=more,
    )
    rows = tuple(sorted((*plan.installments, own), key=lambda row: row.due_on))
    return replace(plan, installments=rows), own.id


def adjust(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    body: Adjustment = fact.body  # type: ignore[assignment]
    never = made.barred.get(body.charge_id) if body.charge_id else None
    if never is not None:  # what never was cannot be waived
        waived_minor = Amounts.of(body.component, body.amount_minor)
        return barred(made, fact, -waived_minor, never.hold_id)
    if made.state.settlements:
        state = owed_again(made.state, body.component, body.amount_minor)
        if state is not made.state:
            made = replace(made, verdicts=told_anew(made.verdicts, state)).then(state)
    made = tolerated(made, fact, body)
    try:
        waived = waive(made.state, made.splits, body, on=fact.effective_on)
    except WaivedMoreThanOwed as refusal:
        # It had waived what, as is known since, was barred or never earned.
        made = without_barred(made, fact, body, refusal)
        body = replace(body, amount_minor=body.amount_minor - refusal.excess_minor)
        if not body.amount_minor:
            return made
        waived = waive(made.state, made.splits, body, on=fact.effective_on)
    state = replace(
        waived.state,
        contract_due_minor=max(0, waived.state.contract_due_minor - body.amount_minor),
    )
    made = replace(made, splits=waived.splits)
    return settle_plan(made.then(state), made.state, fact, policies)


def hold(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    body: Hold = fact.body  # type: ignore[assignment]
    held = Held(
        id=fact.id,
        kind=body.hold,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        reason=body.reason,
        variant=body.variant,
        treatment_ends_on=body.treatment_ends_on,
    )
    after = made.then(replace(made.state, holds=(*made.state.holds, held)))
    return freeze(made, after, fact, policies)


def release(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    body: HoldRelease = fact.body  # type: ignore[assignment]
    holds = tuple(
        _released(hold, body, fact) if hold.id == body.hold_id else hold
        for hold in made.state.holds
    )
    made = made.then(replace(made.state, holds=holds))
    disputed = any(h.id == body.hold_id and h.kind is HoldKind.DISPUTE for h in holds)
    return use_unapplied(made, fact, policies) if disputed else made


def _released(hold: Held, body: HoldRelease, fact: Fact) -> Held:
    """Over from that day on; a mental-health breathing space goes on for a while."""
    if body.treatment_ends_on is None:
        return replace(hold, released_on=fact.effective_on)
    ends_on = end_after_treatment(body.treatment_ends_on)
    return replace(hold, treatment_ends_on=body.treatment_ends_on, ends_on=ends_on)
