"""Quotes as stored: written once, found by id, with what became of them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, exists, insert, select

from app.domain.facts.kinds import FactKind
from app.domain.limits import LimitBreach
from app.domain.schedule.build import Schedule
from app.storage import tables
from app.storage.database.documents import breaches_from_json, schedule_from_json
from app.storage.database.engine import Transaction

_QUOTE = tables.table(tables.Quote)
_PLAN = tables.table(tables.Plan)
_FACT = tables.table(tables.Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuote:
    """Terms offered in writing: what was computed, worded and known on that day."""

    id: UUID
    account_id: UUID
    hash: str
    currency: str
    opens_on: date
    balance_minor: int
    amount_minor: int
    policy_name: str
    policy_version: int
    terms: Mapping[str, Any]
    schedule: Schedule
    refusals: tuple[LimitBreach, ...]
    role: str
    actor: str | None
    locale: str
    text: str
    text_hash: str
    supersedes: UUID | None
    reason: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a quote: the one that took its place, the plan opened or rewritten on it."""

    superseded_by: UUID | None
    plan_id: UUID | None


_COLUMNS = [_QUOTE.c[name] for name in StoredQuote.__dataclass_fields__]


async def append(tx: Transaction, tenant_id: UUID, quote: StoredQuote) -> None:
    """Write a quote; its account must be locked."""
    own = asdict(quote)
    own["refusals"] = {"rules": own["refusals"]}
    await tx.execute(insert(_QUOTE).values(tenant_id=tenant_id, **own))


async def read(tx: Transaction, quote_id: UUID) -> StoredQuote | None:
    """The quote, found by a plain index; None where there is none."""
    query = select(*_COLUMNS).where(_QUOTE.c.id == quote_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _stored(row) if row else None


async def accounts_of(tx: Transaction, quote_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of these quotes, those there are, the account of each."""
    query = select(_QUOTE.c.id, _QUOTE.c.account_id).where(_QUOTE.c.id.in_(quote_ids))
    return {row.id: row.account_id for row in await tx.execute(query)}


async def fate(tx: Transaction, quote: StoredQuote) -> Fate:
    """What became of it; certain only under its account's lock. An undone rewrite frees it."""
    newer = select(_QUOTE.c.id).where(
        _QUOTE.c.account_id == quote.account_id, _QUOTE.c.supersedes == quote.id
    )
    opened = select(_PLAN.c.id).where(
        _PLAN.c.account_id == quote.account_id, _PLAN.c.quote_id == quote.id
    )
    opened_plan: UUID | None = (await tx.execute(opened.limit(1))).scalar_one_or_none()
    return Fate(
        superseded_by=(await tx.execute(newer.limit(1))).scalar_one_or_none(),
        plan_id=opened_plan or await _rewritten(tx, quote),
    )


async def _rewritten(tx: Transaction, quote: StoredQuote) -> UUID | None:
    """The plan that was rewritten to the quote's terms, and still is."""
    undone = _FACT.alias()
    query = select(_FACT.c.body["plan_id"].astext).where(
        _FACT.c.account_id == quote.account_id,
        _FACT.c.kind == FactKind.REWRITE,
        _FACT.c.body["quote_id"].astext == str(quote.id),
        ~exists().where(
            undone.c.account_id == quote.account_id,
            undone.c.kind == FactKind.REVISION_UNDO,
            undone.c.body["undoes"].astext == cast(_FACT.c.id, Text),
        ),
    )
    plan_id = (await tx.execute(query.limit(1))).scalar_one_or_none()
    return UUID(plan_id) if plan_id else None


async def chain(tx: Transaction, account_id: UUID) -> tuple[StoredQuote, ...]:
    """Every quote of an account, oldest first."""
    query = select(*_COLUMNS).where(_QUOTE.c.account_id == account_id).order_by(_QUOTE.c.id)
    return tuple(_stored(row) for row in (await tx.execute(query)).mappings())


def _stored(row: Mapping[Any, Any]) -> StoredQuote:
    own = {
        **row,
        "schedule": schedule_from_json(row["schedule"]),
        "refusals": breaches_from_json(row["refusals"]["rules"]),
    }
    return StoredQuote(**own)
