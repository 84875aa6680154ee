"""The rows a draft writes of settlements: new offers, and what became of earlier ones."""

from collections.abc import Iterator
from typing import Any

from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.settlements import SettlementOffered
from app.storage.books.entry import Entry


def settlement_rows(entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
    """Offers as they were made, and the cached columns of those that stand otherwise now."""
    offered = {fact.id: fact for fact in facts_of(entry.draft.facts, SettlementOffered)}
    before, after = entry.account.state, entry.draft.state
    was = {one.id: settlement_columns(before, one) for one in before.settlements}
    for settlement in after.settlements:
        now = settlement_columns(after, settlement)
        if settlement.id in offered:
            yield "settlements", {**now, **_offered(entry, offered[settlement.id], settlement)}
        elif now != was.get(settlement.id):
            yield "settlement_changes", now


def settlement_columns(state: State, settlement: Settlement) -> dict[str, Any]:
    """What the fold says of a settlement, in the columns that keep it."""
    plan = state.plan(settlement.plan_id) if settlement.plan_id else None
    return {
        "id": settlement.id,
        "status": settlement.status,
        "status_reason": settlement.reason,
        "plan_id": settlement.plan_id,
        "accepted_on": settlement.accepted_on,
        "satisfied_on": settlement.satisfied_on,
        "voided_on": settlement.voided_on,
        "closed_on": settlement.closed_on,
        "paid_minor": plan.paid_minor if plan else 0,
        "forgiven_minor": settlement.forgiven.total_minor,
    }


def _offered(entry: Entry, fact: Fact[SettlementOffered], settlement: Settlement) -> dict[str, Any]:
    body = fact.body
    beside = entry.beside[fact.id]
    if (offered := beside.offer) is None:
        raise ValueError(f"{fact.id} offers a settlement without its figures")
    return {
        "amount_minor": settlement.amount_minor,
        "installment_count": len(body.installments),
        "offered_on": settlement.offered_on,
        "expires_on": settlement.expires_on,
        "policy_name": settlement.policy.name,
        "policy_version": settlement.policy.version,
        "terms": beside.terms,
        "role": beside.role,
        "actor": fact.actor,
        "key_id": fact.key_id,
        "reason": body.reason,
        "creditor_reference": entry.account.creditor_reference,
        "supersedes": settlement.supersedes,
        "balance_minor": offered.balance_minor,
        "forgives_minor": offered.forgives_minor,
        "schedule": offered.schedule,
        "refusals": {"rules": offered.refusals},
    }
