"""Who did what to a plan, a hold, a pause, a promise or a settlement, and why, as facts keep it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.domain.facts.kinds import FactKind
from app.storage import tables
from app.storage.database.engine import Transaction

_FACT = tables.table(tables.Fact)
#: By kind of fact: what was done, and the member that names what it was done to; None: its own id.
_ACTS: Final[Mapping[str, tuple[str, str | None]]] = {
    FactKind.PLAN_PROPOSED: ("proposed", None),
    FactKind.PLAN_OPENED: ("opened", None),
    FactKind.PLAN_APPROVED: ("approved", "plan_id"),
    FactKind.PLAN_REJECTED: ("rejected", "plan_id"),
    FactKind.PLAN_CANCELLED: ("cancelled", "plan_id"),
    FactKind.PLAN_REINSTATED: ("reinstated", "plan_id"),
    FactKind.HOLD: ("placed", None),
    FactKind.HOLD_RELEASE: ("released", "hold_id"),
    FactKind.PAUSE: ("set", None),
    FactKind.RESUME: ("resumed", "pause_id"),
    FactKind.PROMISE: ("made", None),
    FactKind.SETTLEMENT_OFFERED: ("offered", None),
    FactKind.SETTLEMENT_APPROVED: ("approved", "settlement_id"),
    FactKind.SETTLEMENT_ACCEPTED: ("accepted", "settlement_id"),
    FactKind.SETTLEMENT_CLOSED: ("", "settlement_id"),  # its outcome says
}
_COLUMNS = tuple(
    _FACT.c[name]
    for name in (
        "id", "kind", "effective_on", "business_date", "entered_at", "actor", "role", "origin",
        "key_id", "body",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAct:
    """Somebody did something."""

    act: str
    actor: str | None
    role: str | None
    origin: str | None
    key_id: UUID | None
    reason: str | None
    effective_on: date
    business_date: date
    entered_at: datetime


async def of_account(
    tx: Transaction, account_id: UUID, *, known_on: date, as_of: date
) -> dict[UUID, list[StoredAct]]:
    """What was done by that day and is known on that business date, by what it was done to."""
    query = (
        select(*_COLUMNS)
        .where(
            _FACT.c.account_id == account_id,
            _FACT.c.kind.in_(sorted(_ACTS)),
            _FACT.c.business_date <= known_on,
            _FACT.c.effective_on <= as_of,
        )
        .order_by(_FACT.c.sequence)
    )
    found: dict[UUID, list[StoredAct]] = {}
    for row in await tx.execute(query):
        for thing in _things(row):
            found.setdefault(thing, []).append(_act(row))
    return found


def _things(row: Any) -> tuple[UUID, ...]:  # noqa: ANN401 - a row of _COLUMNS
    member = _ACTS[row.kind][1]
    named = UUID(row.body[member]) if member else row.id
    both = row.kind == FactKind.SETTLEMENT_ACCEPTED  # it makes the plan, too
    return (named, row.id) if both else (named,)


def _act(row: Any) -> StoredAct:  # noqa: ANN401 - a row of _COLUMNS
    return StoredAct(
        act=_ACTS[row.kind][0] or row.body["outcome"],
        actor=row.actor,
        role=row.role,
        origin=row.origin,
        key_id=row.key_id,
        reason=row.body.get("reason"),
        effective_on=row.effective_on,
        business_date=row.business_date,
        entered_at=row.entered_at,
    )
