"""Escalations as stored: how each stands, and its steps in order."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, func, insert, select, update

from app.domain.evidence.course import HANDED_OVER
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.tables import Escalation, EscalationFact, table

_ESCALATION, _FACT = table(Escalation), table(EscalationFact)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEscalation:
    """An escalation as it stands."""

    id: UUID
    account_id: UUID
    desk: str
    urgency: str
    status: str
    reason: str | None
    note: str | None
    contact_id: UUID | None
    assigned_to: str | None
    opened_on: date
    due_on: date | None
    closed_on: date | None
    outcome: str | None
    party_id: UUID | None
    evidence_file_id: UUID | None
    court: str | None
    case_number: str | None
    filed_on: date | None
    opened_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """One step: codes in the body, words in the note."""

    step: str
    body: Mapping[str, Any]
    note: str | None
    at: datetime
    business_date: date
    actor: str | None
    role: str
    key_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindEscalations:
    """Which a list shows; None: whichever."""

    status: str | None = None
    desk: str | None = None
    assigned_to: str | None = None
    due_before: date | None = None


_COLUMNS = tuple(_ESCALATION.c[name] for name in StoredEscalation.__dataclass_fields__)

_WITH_OTHERS = sorted(map(str, HANDED_OVER))
_HANDED_OVER = Prepared(
    select(_ESCALATION.c.account_id).where(
        _ESCALATION.c.account_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        _ESCALATION.c.status == any_(bindparam("statuses", type_=ARRAY(Text))),
    )
)


async def add(tx: Transaction, tenant_id: UUID, made: StoredEscalation) -> None:
    """Append one, of an account that is locked."""
    await tx.execute(insert(_ESCALATION).values(**asdict(made), tenant_id=tenant_id))


async def read(tx: Transaction, escalation_id: UUID) -> StoredEscalation | None:
    """One of them."""
    query = select(*_COLUMNS).where(_ESCALATION.c.id == escalation_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredEscalation(**row) if row else None


async def handed_over(tx: Transaction, account_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the accounts that an attorney has."""
    rows = await _HANDED_OVER.rows(tx, ids=list(account_ids), statuses=_WITH_OTHERS)
    return {row["account_id"] for row in rows}


async def change(tx: Transaction, one: StoredEscalation, **values: object) -> StoredEscalation:
    """Set these columns of one whose account is locked."""
    mine = (_ESCALATION.c.account_id == one.account_id, _ESCALATION.c.id == one.id)
    changed = update(_ESCALATION).where(*mine).values(**values).returning(*_COLUMNS)
    return StoredEscalation(**(await tx.execute(changed)).mappings().one())


async def append(tx: Transaction, tenant_id: UUID, one: StoredEscalation, done: StepDone) -> None:
    """Append a step, after the last. Its account is locked."""
    mine = (_FACT.c.account_id == one.account_id, _FACT.c.escalation_id == one.id)
    number = select(func.coalesce(func.max(_FACT.c.number), 0) + 1).where(*mine)
    key = {"tenant_id": tenant_id, "account_id": one.account_id, "escalation_id": one.id}
    asked = {"number": (await tx.execute(number)).scalar_one(), **asdict(done)}
    await tx.execute(insert(_FACT).values(**key, **asked))


async def steps_of(tx: Transaction, one: StoredEscalation) -> list[StepDone]:
    """Its steps, the first first."""
    columns = tuple(_FACT.c[name] for name in StepDone.__dataclass_fields__)
    mine = (_FACT.c.account_id == one.account_id, _FACT.c.escalation_id == one.id)
    rows = await tx.execute(select(*columns).where(*mine).order_by(_FACT.c.number))
    return [StepDone(**row) for row in rows.mappings()]


async def find(
    tx: Transaction, asked: FindEscalations, *, after: UUID | None, limit: int
) -> list[StoredEscalation]:
    """Escalations in the order in which they were opened."""
    query = select(*_COLUMNS)
    for name in ("status", "desk", "assigned_to"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(_ESCALATION.c[name] == value)
    if asked.due_before is not None:
        query = query.where(_ESCALATION.c.due_on < asked.due_before)
    if after is not None:
        query = query.where(_ESCALATION.c.id > after)
    rows = await tx.execute(query.order_by(_ESCALATION.c.id).limit(limit))
    return [StoredEscalation(**row) for row in rows.mappings()]
