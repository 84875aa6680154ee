"""Changes of a plan that wait for approval, as stored: proposed once, decided once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    insert,
    select,
    tuple_,
    update,
)

from app.domain.facts.kinds import FactKind
from app.domain.limits import LimitBreach
from app.storage import tables
from app.storage.database.documents import (
    RevisedSchedule,
    breaches_from_json,
    revised_from_json,
)
from app.storage.database.engine import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """A schedule a plan went through."""

    number: int
    fact_id: UUID
    cause: str
    effective_on: date
    actor: str | None
    terms: Mapping[str, Any]
    schedule: RevisedSchedule
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUndo:
    """When and by whom a change was taken back."""

    undoes: UUID
    on: date
    actor: str | None
    reason: str | None


_FACT = tables.table(tables.Fact)
_REVISION = tables.table(tables.Revision)
_AMENDMENT = tables.table(tables.Amendment)
_END = tables.table(tables.AmendmentEnd)

Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """What was decided of an amendment: `approved` or `rejected`."""

    outcome: str
    role: str
    actor: str
    key_id: UUID | None
    reason: str | None
    business_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAmendment:
    """A change as it was asked for. `number`: the revision it is, or would have been."""

    id: UUID
    account_id: UUID
    plan_id: UUID
    number: int
    cause: str
    asked: Mapping[str, Any]
    terms: Mapping[str, Any]
    schedule: RevisedSchedule
    refusals: tuple[LimitBreach, ...]
    role: str
    actor: str | None
    key_id: UUID | None
    business_date: date
    created_at: datetime  # the database says when, once it is kept
    decision: StoredDecision | None = None

    @property
    def waits(self) -> bool:
        return self.decision is None


_OF_AMENDMENT = tuple(n for n in StoredAmendment.__dataclass_fields__ if n != "decision")
_OF_END = tuple(StoredDecision.__dataclass_fields__)
_READ = select(
    *(_AMENDMENT.c[name] for name in _OF_AMENDMENT),
    *(_END.c[name].label(f"end_{name}") for name in _OF_END),
).select_from(
    _AMENDMENT.outerjoin(
        _END,
        (_END.c.tenant_id == _AMENDMENT.c.tenant_id)
        & (_END.c.account_id == _AMENDMENT.c.account_id)
        & (_END.c.amendment_id == _AMENDMENT.c.id),
    )
)


async def of_plan(tx: Transaction, account_id: UUID, plan_id: UUID) -> tuple[StoredAmendment, ...]:
    """Every amendment of a plan that ever waited, by number. Lock the account to decide by it."""
    query = _READ.where(_AMENDMENT.c.account_id == account_id, _AMENDMENT.c.plan_id == plan_id)
    rows = (await tx.execute(query.order_by(_AMENDMENT.c.number))).mappings()
    return tuple(_stored(row) for row in rows)


async def waiting(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, StoredAmendment]:
    """Those of the amendments that wait, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = _READ.where(_AMENDMENT.c.id.in_(wanted), ~_AMENDMENT.c.decided)
    return {row["id"]: _stored(row) for row in (await tx.execute(query)).mappings()}


async def put(tx: Transaction, tenant_id: UUID, amendment: StoredAmendment) -> None:
    """Keep an amendment that waits from now on."""
    own = {n: getattr(amendment, n) for n in _OF_AMENDMENT if n != "created_at"}
    own["refusals"] = {"refusals": amendment.refusals}
    await tx.execute(insert(_AMENDMENT).values(tenant_id=tenant_id, decided=False, **own))


async def end(
    tx: Transaction, tenant_id: UUID, amendment: StoredAmendment, decided: StoredDecision
) -> None:
    """Say what was decided. The account must be locked and nothing be decided yet."""
    own = {name: getattr(decided, name) for name in _OF_END}
    key = {"account_id": amendment.account_id, "amendment_id": amendment.id}
    await tx.execute(insert(_END).values(tenant_id=tenant_id, **key, **own))
    its_row = _AMENDMENT.c.account_id == amendment.account_id, _AMENDMENT.c.id == amendment.id
    await tx.execute(update(_AMENDMENT).where(*its_row).values(decided=True))


def asked_to_json(asked: object) -> dict[str, Any]:
    """A command, which is a dataclass, as plain values for jsonb."""
    plain: dict[str, Any] = TypeAdapter(type(asked)).dump_python(asked, mode="json")
    return plain


def asked_from_json(kind: type[Asked], stored: Mapping[str, Any]) -> Asked:
    """The command read back from what was stored of it."""
    return TypeAdapter(kind).validate_python(dict(stored))


def _stored(row: Mapping[Any, Any]) -> StoredAmendment:
    decided = {name: row[f"end_{name}"] for name in _OF_END}
    own = {name: row[name] for name in _OF_AMENDMENT}
    own["schedule"] = revised_from_json(row["schedule"], row["id"])
    own["refusals"] = breaches_from_json(row["refusals"]["refusals"])
    return StoredAmendment(
        **own,
        decision=StoredDecision(**decided) if decided["outcome"] else None,
    )


_REVISION_COLUMNS = [_REVISION.c[name] for name in StoredRevision.__dataclass_fields__]


async def undoings(tx: Transaction, account_id: UUID) -> tuple[StoredUndo, ...]:
    """The changes of schedules that were taken back on an account."""
    query = (
        select(_FACT.c.business_date, _FACT.c.actor, _FACT.c.body)
        .where(_FACT.c.account_id == account_id, _FACT.c.kind == FactKind.REVISION_UNDO)
        .order_by(_FACT.c.sequence)
    )
    return tuple(
        StoredUndo(
            undoes=UUID(row.body["undoes"]),
            on=row.business_date,
            actor=row.actor,
            reason=row.body.get("reason"),
        )
        for row in await tx.execute(query)
    )


async def revisions(tx: Transaction, account_id: UUID, plan_id: UUID) -> tuple[StoredRevision, ...]:
    """Every schedule the plan went through, first one first."""
    query = (
        select(*_REVISION_COLUMNS)
        .where(_REVISION.c.account_id == account_id, _REVISION.c.plan_id == plan_id)
        .order_by(_REVISION.c.number)
    )
    return tuple(_revision(row) for row in (await tx.execute(query)).mappings())


async def revision_by(tx: Transaction, account_id: UUID, fact_id: UUID) -> StoredRevision:
    """The revision that a change made. The change must have been entered."""
    query = select(*_REVISION_COLUMNS).where(
        _REVISION.c.account_id == account_id, _REVISION.c.fact_id == fact_id
    )
    return _revision((await tx.execute(query)).mappings().one())


async def revisions_by(
    tx: Transaction, wanted: Iterable[tuple[UUID, UUID]]
) -> dict[UUID, StoredRevision]:
    """The revisions that changes made, each given as (account id, fact id), by fact id."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    query = select(*_REVISION_COLUMNS).where(
        tuple_(_REVISION.c.account_id, _REVISION.c.fact_id).in_(pairs)
    )
    found = (_revision(row) for row in (await tx.execute(query)).mappings())
    return {one.fact_id: one for one in found}


def _revision(row: Mapping[Any, Any]) -> StoredRevision:
    return StoredRevision(**{**row, "schedule": revised_from_json(row["schedule"], row["fact_id"])})
