"""What facts of money post and tell: payments, reversals, chargebacks, refunds."""

from app.domain.account.fold import Fold
from app.domain.account.lines import lowered_by
from app.domain.entries.events import Event, EventType, event_of
from app.domain.entries.postings import Posting, PostingKind, row_of
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback, ChargebackReversal, Payment, Refund, Reversal

Rows = tuple[Posting, ...]
Events = tuple[Event, ...]


# --- Payments -----------------------------------------------------------------------------------


def post_payment(fact: Fact[Payment], _before: Fold, after: Fold) -> Rows:
    lines = after.splits[fact.id]
    components = -lowered_by(lines)
    return row_of(
        fact,
        PostingKind.PAYMENT,
        components,
        unapplied_minor=-(fact.body.amount_minor + components.total_minor),
        payment_id=fact.id,
        plan_id=next((line.plan_id for line in lines if line.plan_id), None),
    )


def tell_payment(fact: Fact[Payment], _before: Fold) -> Events:
    body = fact.body
    data = {
        "reference": body.reference,
        "amount_minor": body.amount_minor,
        "method": body.method,
        "kind": body.payment,
    }
    kind = EventType.PAYMENT_POSTED
    return (event_of(fact, kind, data, plan_id=body.plan_id, payment_id=fact.id),)


def post_reversal(fact: Fact[Reversal], before: Fold, _after: Fold) -> Rows:
    """As if it had never been: on the payment's own day."""
    payment_id = fact.body.payment_id
    lots = (lot for lot in before.state.unapplied if lot.payment_id == payment_id)
    return row_of(
        fact,
        PostingKind.REVERSAL,
        lowered_by(before.splits[payment_id]),
        unapplied_minor=sum(lot.amount_minor for lot in lots),
        effective_on=before.effective[payment_id],
        payment_id=payment_id,
        reverses=payment_id,
        reason=fact.body.reason_code,
    )


def tell_reversal(fact: Fact[Reversal], before: Fold) -> Events:
    payment_id = fact.body.payment_id
    data = {
        "reversal_id": fact.id,
        "amount_minor": before.payments[payment_id].amount_minor,
        "reason_code": fact.body.reason_code,
    }
    return (event_of(fact, EventType.PAYMENT_REVERSED, data, payment_id=payment_id),)


# --- Money that leaves again --------------------------------------------------------------------


def post_chargeback(fact: Fact[Chargeback], _before: Fold, after: Fold) -> Rows:
    return row_of(
        fact,
        PostingKind.CHARGEBACK,
        after.restored[fact.id].amounts,
        payment_id=fact.body.payment_id,
        reason=fact.body.reason_code,
    )


def tell_chargeback(fact: Fact[Chargeback], _before: Fold) -> Events:
    body = fact.body
    data = {
        "chargeback_id": fact.id,
        "amount_minor": body.amount_minor,
        "reason_code": body.reason_code,
        "won": False,
    }
    return (event_of(fact, EventType.PAYMENT_CHARGED_BACK, data, payment_id=body.payment_id),)


def post_chargeback_reversal(fact: Fact[ChargebackReversal], before: Fold, _after: Fold) -> Rows:
    """As if it had never been: on the chargeback's own day."""
    chargeback_id = fact.body.chargeback_id
    return row_of(
        fact,
        PostingKind.REVERSAL,
        -before.restored[chargeback_id].amounts,
        effective_on=before.effective[chargeback_id],
        reverses=chargeback_id,
        reason=fact.body.reason,
    )


def tell_chargeback_reversal(fact: Fact[ChargebackReversal], before: Fold) -> Events:
    """Won: the money is there again, as if it had never been taken back."""
    taken = before.restored[fact.body.chargeback_id]
    data = {
        "chargeback_id": fact.body.chargeback_id,
        "amount_minor": taken.amounts.total_minor,
        "won": True,
    }
    return (event_of(fact, EventType.PAYMENT_CHARGED_BACK, data, payment_id=taken.payment_id),)


def post_refund(fact: Fact[Refund], _before: Fold, after: Fold) -> Rows:
    restored = after.restored[fact.id].amounts
    return row_of(
        fact,
        PostingKind.REFUND,
        restored,
        unapplied_minor=fact.body.amount_minor - restored.total_minor,
        payment_id=fact.body.payment_id,
    )


def tell_refund(fact: Fact[Refund], _before: Fold) -> Events:
    data = {"refund_id": fact.id, "amount_minor": fact.body.amount_minor}
    return (event_of(fact, EventType.PAYMENT_REFUNDED, data, payment_id=fact.body.payment_id),)
