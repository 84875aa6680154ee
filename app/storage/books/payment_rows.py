"""The rows a draft writes of payments: new ones, changed ones, and their lines in force."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from app.domain.account.state import State
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback, ChargebackReversal, Payment, Refund, Reversal
from app.domain.replay.replay import in_force
from app.storage.books.entry import Entry


def payment_rows(entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
    """New payments, changed ones, and the lines in force of both."""
    draft = entry.draft
    posted = {fact.id: fact for fact in facts_of(draft.facts, Payment)}
    named = (getattr(f.body, "payment_id", None) for f in draft.facts)
    changed = {
        *posted,
        *draft.splits,
        *_lot_changes(entry.account.state, draft.state),
        *(payment_id for payment_id in named if payment_id),
        *_won(entry),
    }
    if not changed:
        return
    lots = _lots(draft.state)
    statuses = _statuses(entry, changed)
    for payment_id in sorted(changed):
        generation = entry.generations.get(payment_id, 0) + (payment_id in draft.splits)
        row = {
            "id": payment_id,
            "status": statuses[payment_id],
            "unapplied_minor": lots.get(payment_id, 0),
            "generation": generation,
        }
        if payment_id in posted:
            yield "payments", {**row, **_payment(posted[payment_id], entry)}
        else:
            yield "payment_changes", row
        for number, line in enumerate(draft.splits.get(payment_id, ()), start=1):
            yield (
                "allocations",
                {
                    "payment_id": payment_id,
                    "generation": generation,
                    "line": number,
                    "component": line.component,
                    "plan_id": line.plan_id,
                    "installment_id": line.installment_id,
                    "cell": line.cell,
                    "amount_minor": line.amount_minor,
                    "rule": line.rule,
                },
            )


def _won(entry: Entry) -> Iterator[UUID]:
    """The payments whose chargebacks the draft's facts take out again."""
    won = {
        f.body.chargeback_id for f in entry.draft.facts if isinstance(f.body, ChargebackReversal)
    }
    for fact in entry.history:
        if fact.id in won and isinstance(fact.body, Chargeback):
            yield fact.body.payment_id


def _statuses(entry: Entry, payment_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What has become of each payment, by the facts that stand."""
    facts = (*entry.history, *entry.draft.facts)
    undone = {f.body.payment_id for f in facts if isinstance(f.body, Reversal)}
    statuses = {p: "reversed" if p in undone else "posted" for p in payment_ids}
    if not any(isinstance(f.body, Chargeback | Refund) for f in facts):
        return statuses
    amounts = {f.id: f.body.amount_minor for f in facts if isinstance(f.body, Payment)}
    refunded: dict[UUID, int] = {}
    for fact in in_force(facts):
        match fact.body:
            case Chargeback(payment_id=payment_id) if payment_id in statuses:
                statuses[payment_id] = "charged_back"
            case Refund(payment_id=payment_id, amount_minor=minor) if payment_id in statuses:
                refunded[payment_id] = refunded.get(payment_id, 0) + minor
    for payment_id, minor in refunded.items():
        if statuses[payment_id] == "posted":
            whole = minor == amounts[payment_id]
            statuses[payment_id] = "refunded" if whole else "partially_refunded"
    return statuses


def _payment(fact: Fact[Payment], entry: Entry) -> dict[str, Any]:
    body = fact.body
    return {
        "reference": body.reference,
        "amount_minor": body.amount_minor,
        "currency": entry.account.currency,
        "effective_on": fact.effective_on,
        "method": body.method,
        "kind": body.payment,
        "funded_by": body.funded_by,
        "future": body.future,
        "component": body.component,
        "plan_id": body.plan_id,
        "content_hash": entry.beside[fact.id].content_hash,
    }


def _lots(state: State) -> dict[UUID, int]:
    lots: dict[UUID, int] = {}
    for lot in state.unapplied:
        lots[lot.payment_id] = lots.get(lot.payment_id, 0) + lot.amount_minor
    return lots


def _lot_changes(before: State, after: State) -> set[UUID]:
    was, now = _lots(before), _lots(after)
    return {payment_id for payment_id in was | now if was.get(payment_id) != now.get(payment_id)}
