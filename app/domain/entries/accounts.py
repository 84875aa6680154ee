"""What an account's own facts post and tell: placement, charges, adjustments, holds, promises."""

from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.entries.events import Event, EventType, event_of
from app.domain.entries.postings import Posting, PostingKind, row_of
from app.domain.facts.accounts import (
    Adjustment,
    Charge,
    ChargeReversal,
    Hold,
    HoldRelease,
    Placed,
    Placement,
    PlacementCorrected,
    PromiseMade,
)
from app.domain.facts.fact import Fact
from app.domain.money import Amounts, Component
from app.domain.values import asdict

Rows = tuple[Posting, ...]
Events = tuple[Event, ...]


# --- Placement ----------------------------------------------------------------------------------


def post_placement(fact: Fact[Placement], _before: Fold, _after: Fold) -> Rows:
    return row_of(fact, PostingKind.PLACEMENT, fact.body.balance)


def tell_placement(fact: Fact[Placement], _before: Fold) -> Events:
    body = fact.body
    data = {
        "reference": body.reference,
        "currency": body.currency,
        "product": body.product,
        "total_minor": body.balance.total_minor,
    }
    return (event_of(fact, EventType.ACCOUNT_CREATED, data),)


def post_correction(fact: Fact[PlacementCorrected], _before: Fold, _after: Fold) -> Rows:
    """What was placed more or less than was said; by component, so it may sum to nothing."""
    body = fact.body
    more = body.now.balance - body.was.balance
    return row_of(fact, PostingKind.PLACEMENT, more, reason=body.reason) if more else ()


def tell_correction(fact: Fact[PlacementCorrected], _before: Fold) -> Events:
    body = fact.body
    data = {"correction_id": fact.id, "changed": changed(body.was, body.now)}
    return (event_of(fact, EventType.ACCOUNT_PLACEMENT_CORRECTED, data),)


def changed(was: Placed, now: Placed) -> dict[str, dict[str, object]]:
    """What a correction changed, by its fields: before and after."""
    before, after = _fields(was), _fields(now)
    return {
        name: {"before": before[name], "after": after[name]}
        for name in before
        if before[name] != after[name]
    }


def _fields(placed: Placed) -> dict[str, object]:
    plain = {name: value for name, value in asdict(placed).items() if name != "balance"}
    return {**plain, **{f"{c}_minor": placed.balance[c] for c in Component}}


# --- Charges ------------------------------------------------------------------------------------


def post_charge(fact: Fact[Charge], before: Fold, after: Fold) -> Rows:
    if _barred(fact.id, before, after):
        return ()
    body = fact.body
    return row_of(
        fact,
        PostingKind.CHARGE,
        Amounts.of(body.charge.component, body.amount_minor),
        plan_id=body.plan_id,
        reason=body.reason,
    )


def tell_charge(fact: Fact[Charge], _before: Fold) -> Events:
    body = fact.body
    data = {
        "charge_id": fact.id,
        "kind": body.charge,
        "amount_minor": body.amount_minor,
        "due_on": body.due_on,
    }
    return (event_of(fact, EventType.CHARGE_ADDED, data, plan_id=body.plan_id),)


def post_charge_reversal(fact: Fact[ChargeReversal], before: Fold, after: Fold) -> Rows:
    if _barred(fact.body.charge_id, before, after):
        return ()
    charge = next(c for c in before.state.charges if c.id == fact.body.charge_id)
    return row_of(
        fact,
        PostingKind.REVERSAL,
        -Amounts.of(charge.component, charge.amount_minor),
        reverses=charge.id,
        reason=fact.body.reason,
    )


def tell_charge_reversal(fact: Fact[ChargeReversal], before: Fold) -> Events:
    """For the amount it stood at: none where a breathing space had taken it away before."""
    own = fact.body.charge_id
    charge = next((c for c in before.state.charges if c.id == own), None)
    data = {"charge_id": own, "amount_minor": charge.amount_minor if charge else 0}
    plan_id = charge.plan_id if charge else None
    return (event_of(fact, EventType.CHARGE_REVERSED, data, plan_id=plan_id),)


def charge_of(fact: Fact) -> UUID | None:
    """The charge that a fact is, or takes back."""
    if isinstance(fact.body, ChargeReversal):
        return fact.body.charge_id
    return fact.id if isinstance(fact.body, Charge) else None


def _barred(charge_id: UUID, before: Fold, after: Fold) -> bool:
    """Whether a breathing space has it that the charge never was."""
    return charge_id in before.barred or charge_id in after.barred


# --- Adjustments --------------------------------------------------------------------------------


def post_adjustment(fact: Fact[Adjustment], _before: Fold, _after: Fold) -> Rows:
    body = fact.body
    return row_of(
        fact,
        PostingKind.ADJUSTMENT,
        -Amounts.of(body.component, body.amount_minor),
        payment_id=body.because_of,
        reason=body.reason,
    )


def tell_adjustment(fact: Fact[Adjustment], _before: Fold) -> Events:
    body = fact.body
    data = {
        "adjustment_id": fact.id,
        "component": body.component,
        "amount_minor": body.amount_minor,
        "charge_id": body.charge_id,
    }
    return (event_of(fact, EventType.ADJUSTMENT_POSTED, data, payment_id=body.because_of),)


# --- Holds and promises -------------------------------------------------------------------------


def tell_hold(fact: Fact[Hold], _before: Fold) -> Events:
    body = fact.body
    data = {
        "hold_id": fact.id,
        "kind": body.hold,
        "starts_on": body.starts_on,
        "ends_on": body.ends_on,
        **({} if body.contact_id is None else {"contact_id": body.contact_id}),
    }
    return (event_of(fact, EventType.HOLD_PLACED, data),)


def tell_release(fact: Fact[HoldRelease], _before: Fold) -> Events:
    body = fact.body
    named = {} if body.message_id is None else {"message_id": body.message_id}
    return (event_of(fact, EventType.HOLD_RELEASED, {"hold_id": body.hold_id, **named}),)


def tell_promise(fact: Fact[PromiseMade], _before: Fold) -> Events:
    body = fact.body
    data = {"promise_id": fact.id, "amount_minor": body.amount_minor, "due_on": body.due_on}
    return (event_of(fact, EventType.PROMISE_MADE, data),)
