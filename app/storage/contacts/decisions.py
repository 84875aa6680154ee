"""Decisions as stored: what was asked, what was answered, what was reserved and how that ended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, DateTime, Uuid, bindparam, insert, select, tuple_, update

from app.domain.contact.known import Contact as Known
from app.domain.contact.words import Channel, Direction, Label, Outcome, Purpose
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.tables import ContactDecision, table
from app.storage.tables.people.persons import is_one_of

_DECISION = table(ContactDecision)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """A decision. `answer`: as it was given; `ended_because`: used or released."""

    id: UUID
    account_id: UUID
    person_id: UUID
    point_id: UUID | None
    channel: str
    purpose: str
    label: str | None
    asked_at: datetime
    decided_at: datetime
    allowed: bool
    answer: Mapping[str, Any]
    reserved_until_at: datetime | None
    overridden: Mapping[str, Any] | None
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None
    ended_because: str | None = None
    end_reason: str | None = None
    ended_at: datetime | None = None
    contact_id: UUID | None = None

    def known(self) -> Known:
        """A made contact, as the gate counts a reservation."""
        return Known(
            id=self.id,
            at=self.asked_at,
            channel=Channel(self.channel),
            direction=Direction.OUT,
            person_id=self.person_id,
            outcome=Outcome.RESERVED,
            account_ids=frozenset({self.account_id}),
            label=None if self.label is None else Label(self.label),
            purpose=Purpose(self.purpose),
        )


_NAMES = tuple(one.name for one in fields(StoredDecision))
_COLUMNS = tuple(_DECISION.c[name] for name in _NAMES)
_DOCUMENTS = ("answer", "overridden")
_ADD = Prepared(
    insert(_DECISION).values({name: bindparam(name) for name in ("tenant_id", *_NAMES)})
)
_RESERVED = Prepared(
    select(*_COLUMNS).where(
        is_one_of(_DECISION.c.person_id, bindparam("person_id", type_=Uuid())),
        _DECISION.c.reserved_until_at > bindparam("at", type_=DateTime(timezone=True)),
        _DECISION.c.ended_because.is_(None),
    )
)


async def add(tx: Transaction, tenant_id: UUID, decision: StoredDecision) -> None:
    """Keep a decision."""
    documents = {name: _written(getattr(decision, name)) for name in _DOCUMENTS}
    await _ADD.rows(tx, **{**asdict(decision), **documents, "tenant_id": tenant_id})


async def add_many(tx: Transaction, tenant_id: UUID, made: Sequence[StoredDecision]) -> None:
    """Keep several."""
    if made:
        await tx.execute(
            insert(_DECISION), [{**asdict(one), "tenant_id": tenant_id} for one in made]
        )


async def read(tx: Transaction, decision_id: UUID, *, lock: bool = False) -> StoredDecision | None:
    """One decision."""
    query = select(*_COLUMNS).where(_DECISION.c.id == decision_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return StoredDecision(**row) if row else None


async def reserved(tx: Transaction, person_id: UUID, at: datetime) -> list[StoredDecision]:
    """A person's reservations that stand at an instant."""
    rows = await _RESERVED.rows(tx, person_id=person_id, at=at)
    return [StoredDecision(**row) for row in rows]


def _written(document: Mapping[str, Any] | None) -> str | None:
    return None if document is None else orjson.dumps(document).decode()


async def reserved_of(
    tx: Transaction, person_ids: Sequence[UUID], at: datetime
) -> dict[UUID, list[StoredDecision]]:
    """The reservations of several persons that stand at an instant, by person."""
    query = select(*_COLUMNS).where(
        _DECISION.c.person_id.in_(person_ids),
        _DECISION.c.reserved_until_at > at,
        _DECISION.c.ended_because.is_(None),
    )
    found: dict[UUID, list[StoredDecision]] = {}
    for row in (await tx.execute(query)).mappings():
        found.setdefault(row["person_id"], []).append(StoredDecision(**row))
    return found


async def end(
    tx: Transaction,
    decision_id: UUID,
    because: str,
    at: datetime,
    *,
    contact_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """End a locked reservation: a contact named it, or it was given back."""
    change = update(_DECISION).where(_DECISION.c.id == decision_id)
    await tx.execute(
        change.values(ended_because=because, ended_at=at, contact_id=contact_id, end_reason=reason)
    )


async def asked_between(
    tx: Transaction,
    from_at: datetime,
    to_at: datetime,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[StoredDecision]:
    """Those asked for an instant from one on and before another, the latest first."""
    key = tuple_(_DECISION.c.asked_at, _DECISION.c.id)
    query = select(*_COLUMNS).where(_DECISION.c.asked_at >= from_at, _DECISION.c.asked_at < to_at)
    if after is not None:
        query = query.where(key < after)
    order = (_DECISION.c.asked_at.desc(), _DECISION.c.id.desc())
    rows = await tx.execute(query.order_by(*order).limit(limit))
    return [StoredDecision(**row) for row in rows.mappings()]


async def of_account(
    tx: Transaction, account_id: UUID, *, after: UUID | None = None, limit: int
) -> list[StoredDecision]:
    """An account's, in the order they were made."""
    query = select(*_COLUMNS).where(_DECISION.c.account_id == account_id)
    if after is not None:
        query = query.where(_DECISION.c.id > after)
    rows = await tx.execute(query.order_by(_DECISION.c.id).limit(limit))
    return [StoredDecision(**row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDecisions:
    """Which decisions a list shows; None: whichever. `code`: among its reasons."""

    account_id: UUID | None = None
    allowed: bool | None = None
    code: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


async def find(
    tx: Transaction, asked: FindDecisions, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[StoredDecision]:
    """By the instant that was asked about, the latest first."""
    query = select(*_COLUMNS).where(*_asked(asked))
    if after is not None:
        query = query.where(tuple_(_DECISION.c.asked_at, _DECISION.c.id) < after)
    order = (_DECISION.c.asked_at.desc(), _DECISION.c.id.desc())
    rows = await tx.execute(query.order_by(*order).limit(limit))
    return [StoredDecision(**row) for row in rows.mappings()]


def _asked(asked: FindDecisions) -> Iterator[ColumnElement[bool]]:
    if asked.account_id is not None:
        yield _DECISION.c.account_id == asked.account_id
    if asked.allowed is not None:
        yield _DECISION.c.allowed.is_(asked.allowed)
    if asked.code is not None:
        yield _DECISION.c.answer["reasons"].contains([{"code": asked.code}])
    if asked.from_at is not None:
        yield _DECISION.c.asked_at >= asked.from_at
    if asked.to_at is not None:
        yield _DECISION.c.asked_at < asked.to_at
