"""How money in suspense is shown: as the payment it is, and its steps."""

from typing import Any

from app.schemas.edge.ids import encode
from app.services.payments.suspense import StoredSuspense


def suspense_read(item: StoredSuspense) -> dict[str, Any]:
    """An item as `SuspenseRead` says."""
    owner = item.end.account_id if item.end else None
    named = owner or item.named_account_id
    return {
        "id": encode("pay", item.id),
        "reference": item.reference,
        "status": item.status,
        "why": item.why,
        "account_reference": item.account_reference,
        "account_id": encode("acc", named) if named else None,
        "amount_minor": item.amount_minor,
        "currency": item.currency,
        "effective_on": item.effective_on,
        "method": item.method,
        "kind": item.kind,
        "future": item.future,
        "component": item.component,
        "plan_id": encode("plan", item.named_plan_id) if item.named_plan_id else None,
        "funded_by": item.funded_by,
        "allocations": [],
        "unapplied_minor": 0 if item.end else item.amount_minor,
        "metadata": item.metadata,
        "account": None,
        "plan": None,
        "steps": list(_steps(item)),
    }


def _steps(item: StoredSuspense) -> list[dict[str, Any]]:
    received = {
        "kind": "received",
        "effective_on": item.effective_on,
        "business_date": item.business_date,
        "entered_at": item.received_at,
        "actor": item.actor,
        "account_id": None,
        "refund_id": None,
        "reference": item.reference,
    }
    end = item.end
    if end is None:
        return [received]
    left = {
        "kind": end.kind,
        "effective_on": end.effective_on,
        "business_date": end.business_date,
        "entered_at": end.entered_at,
        "actor": end.actor,
        "account_id": encode("acc", end.account_id) if end.account_id else None,
        "refund_id": encode("rfd", end.id) if end.kind == "refunded" else None,
        "reference": end.reference,
    }
    return [received, left]
