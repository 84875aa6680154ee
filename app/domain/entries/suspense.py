"""What money tells that fits no account: it came in, was assigned, or was given back.

It is no account's, so no account's events tell of it. Each payment's are numbered by themselves,
from 1, and name the payment.
"""

from datetime import date
from typing import Any
from uuid import UUID

from app.domain.entries.events import Event, EventType
from app.domain.vocabulary import Role


def suspense_event(
    kind: EventType,
    payment_id: UUID,
    *,
    business_date: date,
    effective_on: date,
    amount_minor: int,
    currency: str,
    more: dict[str, Any],
    hand: tuple[str | None, Role | None, str | None],
) -> Event:
    """One step of a payment in suspense. `more`: what only this step says. `hand`: who did it."""
    actor, role, origin = hand
    return Event(
        type=kind,
        business_date=business_date,
        payment_id=payment_id,
        data={
            "effective_on": effective_on,
            "amount_minor": amount_minor,
            "currency": currency,
            **more,
        },
        actor=actor,
        role=role,
        origin=origin,
    )
