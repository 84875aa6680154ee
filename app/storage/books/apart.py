"""Events of money that no account has: each payment they are about has a chain of its own.

They lie where all events lie, so the feed has them in its order; in place of an account's id
they carry that of their thing, which is no account. So whoever tells of two things waits for
nobody.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from app.domain.entries.events import Event
from app.domain.values import plain
from app.storage import tables
from app.storage.books.events import HASHED_IF_SAID, linked
from app.storage.books.telling import tell_apart
from app.storage.database.engine import Transaction
from app.storage.ids import new_id

_EVENT = tables.table(tables.Event)
_LAST = select(_EVENT.c.sequence, _EVENT.c.hash).order_by(_EVENT.c.sequence.desc()).limit(1)


async def tell_first(tx: Transaction, tenant_id: UUID, told: Iterable[tuple[UUID, Event]]) -> None:
    """Append the first event of each thing, given with the thing's id."""
    rows = [event_row(tenant_id, thing, event, 1, None) for thing, event in told]
    if rows:
        await tell_apart(tx, tenant_id, rows)


async def tell_next(tx: Transaction, tenant_id: UUID, thing: UUID, event: Event) -> None:
    """Append another event of a thing. It must be locked."""
    last = (await tx.execute(_LAST.where(_EVENT.c.account_id == thing))).one_or_none()
    number, head = (last.sequence + 1, last.hash) if last else (1, None)
    await tell_apart(tx, tenant_id, [event_row(tenant_id, thing, event, number, head)])


def event_row(
    tenant_id: UUID, thing: UUID, event: Event, number: int, head: bytes | None
) -> dict[str, Any]:
    """An event as a row, in the chain of its thing."""
    said = {
        "id": new_id(),
        "sequence": number,
        "type": event.type,
        "business_date": event.business_date,
        "plan_id": event.plan_id,
        "payment_id": event.payment_id,
        "data": orjson.loads(orjson.dumps(event.data, default=plain)),  # as it is read again
        "corrects": None,
        **{name: getattr(event, name) for name in HASHED_IF_SAID},
    }
    own = {"tenant_id": tenant_id, "account_id": thing, "natural_key": None}
    return {**own, **said, "previous_hash": head, "hash": linked(head, said)}
