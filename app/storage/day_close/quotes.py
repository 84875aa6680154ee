"""Quotes whose time is over: found by an index of those not marked yet, marked once.

A quote refuses by its own `expires_at`; nothing waits for this. The mark only says that a sweep
has looked, so that the expiry is told once and the next sweep has nothing to read.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam

from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant

#: Over by the opening of a day in the tenant's time zone. Accounts whose sandbox clock was moved
#: back behind what they know wait for a later day.
_FIND = """
    SELECT quote.account_id
    FROM quote
    JOIN account ON account.tenant_id = quote.tenant_id AND account.id = quote.account_id
    WHERE quote.tenant_id = :the_tenant
        AND account.tenant_id = :the_tenant
        AND quote.ended_on IS NULL
        AND quote.expires_at <= (
            SELECT CAST(:on AS timestamp) AT TIME ZONE time_zone FROM tenant
            WHERE tenant_id = :the_tenant)
        AND account.latest_business_date <= :on
        AND account.id <> ALL(:but)
    ORDER BY quote.expires_at
    LIMIT :limit
"""
_IDS = ARRAY(Uuid)
_OVER = of_tenant(_FIND).bindparams(bindparam("but", type_=_IDS))
_FREE = of_tenant(_FIND + "FOR NO KEY UPDATE OF account SKIP LOCKED").bindparams(
    bindparam("but", type_=_IDS)
)
#: The day is the one at whose opening it was over: a midnight is an opening, as expiry is.
_MARK = of_tenant("""
    UPDATE quote
    SET ended_on = CAST(expires_at AT TIME ZONE time_zone - interval '1 microsecond' AS date) + 1
    FROM tenant
    WHERE tenant.tenant_id = :the_tenant
        AND quote.tenant_id = :the_tenant
        AND account_id = ANY(:accounts)
        AND ended_on IS NULL
        AND expires_at <= CAST(:on AS timestamp) AT TIME ZONE time_zone
    RETURNING account_id, id
""").bindparams(bindparam("accounts", type_=_IDS))
_ENDED = of_tenant("""
    SELECT account_id, id, hash, expires_at, ended_on,
        NOT EXISTS (
            SELECT FROM plan
            WHERE plan.tenant_id = :the_tenant
                AND plan.account_id = quote.account_id AND plan.quote_id = quote.id)
        AND NOT EXISTS (
            SELECT FROM quote AS newer
            WHERE newer.tenant_id = :the_tenant
                AND newer.account_id = quote.account_id AND newer.supersedes = quote.id
                AND newer.created_at < quote.expires_at) AS lapsed
    FROM quote
    WHERE quote.tenant_id = :the_tenant
        AND account_id = ANY(:accounts)
        AND id = ANY(:quotes)
""").bindparams(bindparam("accounts", type_=_IDS), bindparam("quotes", type_=_IDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedQuote:
    """A quote whose time is over. `lapsed`: neither a plan nor a counter-offer came of it."""

    account_id: UUID
    id: UUID
    hash: str
    expires_at: datetime
    ended_on: date
    lapsed: bool


async def find(
    tx: Transaction, business_date: date, *, limit: int, wait: bool, but: Collection[UUID]
) -> tuple[UUID, ...]:
    """A page of accounts with a quote over by the opening of that day, each once.

    Unless one is to `wait` for them later, those nobody holds: they are locked now.
    """
    asked: dict[str, Any] = {"on": business_date, "limit": limit, "but": list(but)}
    found = await tx.execute(_OVER if wait else _FREE, asked)
    return tuple(dict.fromkeys(found.scalars()))


async def mark(
    tx: Transaction, account_ids: Collection[UUID], business_date: date
) -> tuple[EndedQuote, ...]:
    """Mark what is over of these accounts, which must be locked; those not marked before."""
    asked = {"on": business_date, "accounts": list(account_ids)}
    marked = (await tx.execute(_MARK, asked)).all()
    if not marked:
        return ()
    these = {"accounts": [row.account_id for row in marked], "quotes": [row.id for row in marked]}
    ended = [EndedQuote(**row) for row in (await tx.execute(_ENDED, these)).mappings()]
    return tuple(sorted(ended, key=lambda quote: (quote.ended_on, quote.id)))
