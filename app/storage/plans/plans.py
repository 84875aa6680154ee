"""Plans as stored: what was agreed, found by its id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    func,
    select,
)

from app.storage import tables
from app.storage.database.engine import Transaction

_AMENDMENT = tables.table(tables.Amendment)
_END = tables.table(tables.AmendmentEnd)
_FACT = tables.table(tables.Fact)
_PLAN = tables.table(tables.Plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRevision:
    """A change that waits for approval: the revision it would be."""

    number: int
    kind: str
    proposed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """What was agreed and by what consent; how it stands is the account's state to say."""

    id: UUID
    account_id: UUID
    reference: str | None
    kind: str
    terms: Mapping[str, Any]
    consent: Mapping[str, Any] | None
    quote_id: UUID | None
    created_at: datetime
    pending: PendingRevision | None = None


#: One at most waits; it comes with its plan, so that nobody has to ask for it.
_PENDING = (
    select(
        func.jsonb_build_object(
            "number", _AMENDMENT.c.number,
            "kind", _AMENDMENT.c.cause,
            "proposed_on", _AMENDMENT.c.business_date,
        )
    )
    .outerjoin(
        _END,
        (_END.c.tenant_id == _AMENDMENT.c.tenant_id)
        & (_END.c.account_id == _AMENDMENT.c.account_id)
        & (_END.c.amendment_id == _AMENDMENT.c.id),
    )
    .where(
        _AMENDMENT.c.tenant_id == _PLAN.c.tenant_id,
        _AMENDMENT.c.account_id == _PLAN.c.account_id,
        _AMENDMENT.c.plan_id == _PLAN.c.id,
        _END.c.amendment_id.is_(None),
    )
    .order_by(_AMENDMENT.c.number.desc())
    .limit(1)
    .correlate(_PLAN)
    .scalar_subquery()
    .label("pending")
)  # fmt: skip
_OWN = [name for name in StoredPlan.__dataclass_fields__ if name != "pending"]
#: The columns of a `StoredPlan`, in an account's order of fields.
PLAN_COLUMNS = [*(_PLAN.c[name] for name in _OWN), _PENDING]


async def read(tx: Transaction, account_id: UUID, plan_id: UUID) -> StoredPlan | None:
    """One plan; None where there is none."""
    query = select(*PLAN_COLUMNS).where(_PLAN.c.account_id == account_id, _PLAN.c.id == plan_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return stored_plan(row) if row else None


def stored_plan(row: Mapping[Any, Any]) -> StoredPlan:
    """A row of `PLAN_COLUMNS`."""
    waits = row["pending"]
    pending = waits and PendingRevision(
        number=waits["number"],
        kind=waits["kind"],
        proposed_on=date.fromisoformat(waits["proposed_on"]),
    )
    return StoredPlan(**{name: row[name] for name in _OWN}, pending=pending)
