"""How an account's own facts change it: placement, charges, adjustments, holds."""

from datetime import timedelta
from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.claims import Claim, Claims
from app.domain.account.fold import Fold
from app.domain.account.holds import end_after_treatment
from app.domain.account.joining import installment_for
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import SHAPE, Charged, Held, State, with_plan
from app.domain.day_close import classification
from app.domain.day_close.settlements import owed_again, told_anew
from app.domain.facts.accounts import Adjustment, Charge, Hold, HoldRelease, Placement
from app.domain.facts.fact import Fact, installment_id
from app.domain.money import Amounts, Component
from app.domain.policy.book import PolicyBook
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.replay.breathing_space import barring, never_charged, without_barred
from app.domain.replay.money.payments import note_paid_installments, use_unapplied
from app.domain.replay.money.tolerance import tolerated
from app.domain.replay.money.waiver import Waived, waive
from app.domain.replay.pauses import freeze
from app.domain.values import replace
from app.domain.vocabulary import HoldKind, InstallmentKind


def place(made: Fold, fact: Fact[Placement], _: PolicyBook) -> Fold:
    body = fact.body
    total = body.balance.total_minor
    past_due = total if body.past_due_minor is None else body.past_due_minor
    since = (body.delinquent_since_on or fact.effective_on) if past_due else None
    state = replace(
        made.state,
        placed_on=fact.effective_on,
        batch=body.batch,
        balance=body.balance,
        claims=_placed_late(body, past_due, fact),
        contract_is_plan=body.past_due_minor == 0,
        contract_since_on=since,
        first_delinquency_on=since,
        reported_since_on=since,
        charged_off_on=body.charged_off_on,
        product=body.product,
        shape=SHAPE,
    )
    return made.with_state(classification.placed(state, on=fact.effective_on))


def _placed_late(body: Placement, past_due_minor: int, fact: Fact) -> Claims:
    """What was past due when the account was placed is past due at once."""
    eve = fact.effective_on - timedelta(days=1)
    since = body.delinquent_since_on or fact.effective_on
    claim = Claim(
        due_on=min(eve, since),
        since_on=since,
        amount_minor=past_due_minor,
        components=tuple(c for c in Component if body.balance[c]),
    )
    return Claims().with_claim(claim, on=fact.effective_on)


def charge(made: Fold, fact: Fact[Charge], policies: PolicyBook) -> Fold:
    body = fact.body
    state = made.state
    space = barring(state, fact.effective_on)
    if space is not None:
        return never_charged(
            made, fact, Amounts.of(body.charge.component, body.amount_minor), space.id
        )
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
    made = made.with_state(_claimed(state, charged, fact, body))
    if body.plan_id and joined is None:
        moved = verdicts.charge_moved(fact.id, on=fact.effective_on, plan_id=body.plan_id)
        made = made.with_state(made.state, moved)
    return use_unapplied(made, fact, policies)


def _claimed(state: State, charged: Charged, fact: Fact, body: Charge) -> State:
    """The contract asks for it, from the day it is due on; a plan that is the contract does."""
    due_on, plan = body.due_on, state.live_plan
    if charged.installment_id is not None and plan is not None:
        if state.contract_is_plan:
            return state
        due_on = next(r.due_on for r in plan.installments if r.id == charged.installment_id)
    claim = Claim(
        due_on=due_on,
        since_on=due_on,
        amount_minor=charged.amount_minor,
        components=(charged.component,),
        charge_id=charged.id,
        plan_id=charged.plan_id,
    )
    return replace(state, claims=state.claims.with_claim(claim, on=fact.effective_on))


def _join(plan: Plan, charge_id: UUID, body: Charge) -> tuple[Plan, UUID]:
    """Put a charge on the first installment due on or after its date, or on one of its own."""
    more = Amounts.of(body.charge.component, body.amount_minor)
    installment = installment_for(plan, body.due_on)
    if installment is not None:
        fuller = replace(installment, due=installment.due + more, satisfied_on=None)
        installments = tuple(fuller if r.id == installment.id else r for r in plan.installments)
        return replace(plan, installments=installments), installment.id
    own = Installment(
        id=installment_id(charge_id, 1),
        kind=InstallmentKind.CHARGE,
        nominal_due_on=body.due_on,
        due_on=body.due_on,
        due=more,
    )
    installments = tuple(
        sorted((*plan.installments, own), key=lambda installment: installment.due_on)
    )
    return replace(plan, installments=installments), own.id


def finds_money_waiting(state: State, _fact: Fact[Charge]) -> bool:
    """A charge puts unapplied money to use, whose lines only history knows."""
    return bool(state.unapplied)


def adjust(made: Fold, fact: Fact[Adjustment], policies: PolicyBook) -> Fold:
    body = fact.body
    never = made.barred.get(body.charge_id) if body.charge_id else None
    if never is not None:  # what never was cannot be waived
        waived_minor = Amounts.of(body.component, body.amount_minor)
        return never_charged(made, fact, -waived_minor, never.hold_id)
    if made.state.settlements:
        state = owed_again(made.state, body.component, body.amount_minor)
        if state is not made.state:
            made = replace(made, verdicts=told_anew(made.verdicts, state)).with_state(state)
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
    state = _asked_for_less(waived, fact, body)
    made = replace(made, splits=waived.splits)
    return note_paid_installments(made.with_state(state), made.state, fact, policies)


def _asked_for_less(waived: Waived, fact: Fact, body: Adjustment) -> State:
    """A waiver lowers what it waives: of a plan that is the contract, its installments only."""
    state = waived.state
    on_plan, back = waived.on_plan_minor, waived.handed_back_minor
    if state.contract_is_plan:
        on_plan = back = 0
    claims = state.claims.lowered(
        waived.beside_minor + on_plan,
        on=fact.effective_on,
        component=body.component,
        charge_id=body.charge_id,
    )
    if back:  # what had paid it is unapplied again, and counts where it is put to use
        claims = claims.ahead_by(-back, on=fact.effective_on)
    return replace(state, claims=claims)


def hold(made: Fold, fact: Fact[Hold], policies: PolicyBook) -> Fold:
    body = fact.body
    held = Held(
        id=fact.id,
        kind=body.hold,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        reason=body.reason,
        variant=body.variant,
        treatment_ends_on=body.treatment_ends_on,
        contact_id=body.contact_id,
    )
    after = made.with_state(replace(made.state, holds=(*made.state.holds, held)))
    return freeze(made, after, fact, policies)


def bars_its_first_day(_state: State, fact: Fact[Hold]) -> bool:
    """A breathing space comes before what was entered on its first day."""
    return fact.body.hold is HoldKind.BREATHING_SPACE


def release(made: Fold, fact: Fact[HoldRelease], policies: PolicyBook) -> Fold:
    body = fact.body
    holds = tuple(
        _released(hold, body, fact) if hold.id == body.hold_id else hold
        for hold in made.state.holds
    )
    made = made.with_state(replace(made.state, holds=holds))
    disputed = any(h.id == body.hold_id and h.kind is HoldKind.DISPUTE for h in holds)
    return use_unapplied(made, fact, policies) if disputed else made


def _released(hold: Held, body: HoldRelease, fact: Fact) -> Held:
    """Over from that day on; a mental-health breathing space goes on for a while."""
    if body.treatment_ends_on is None:
        return replace(hold, released_on=fact.effective_on, message_id=body.message_id)
    ends_on = end_after_treatment(body.treatment_ends_on)
    return replace(hold, treatment_ends_on=body.treatment_ends_on, ends_on=ends_on)
