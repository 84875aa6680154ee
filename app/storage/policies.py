"""Policy versions: saved whole, never changed, numbered without a gap per name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from app.storage.database.engine import Transaction
from app.storage.tables import Policy, Tenant, table

_POLICY, _TENANT = table(Policy), table(Tenant)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A policy document as it was saved."""

    name: str
    version: int
    extends: str | None
    effective_from: date
    document: Mapping[str, Any]
    created_at: datetime
    actor: str | None
    key_id: UUID | None = None


_COLUMNS = tuple(_POLICY.c[name] for name in PolicyVersion.__dataclass_fields__)


async def read_all(tx: Transaction) -> tuple[PolicyVersion, ...]:
    """Every version of every policy of the tenant, by name and version.

    What rules are resolved from; worth keeping for as long as the tenant's `policy_epoch` stands.
    """
    query = select(*_COLUMNS).order_by(_POLICY.c.name, _POLICY.c.version)
    return tuple(PolicyVersion(**row) for row in (await tx.execute(query)).mappings())


async def read_newest(tx: Transaction) -> tuple[PolicyVersion, ...]:
    """The newest version of each policy, by name; one may not be in force yet."""
    query = (
        select(*_COLUMNS)
        .ext(distinct_on(_POLICY.c.name))
        .order_by(_POLICY.c.name, _POLICY.c.version.desc())
    )
    return tuple(PolicyVersion(**row) for row in (await tx.execute(query)).mappings())


async def read(tx: Transaction, name: str, version: int | None = None) -> PolicyVersion | None:
    """That version, or the newest; None where there is none."""
    query = select(*_COLUMNS).where(_POLICY.c.name == name)
    if version is not None:
        query = query.where(_POLICY.c.version == version)
    row = (await tx.execute(query.order_by(_POLICY.c.version.desc()).limit(1))).mappings().first()
    return PolicyVersion(**row) if row else None


async def append(
    tx: Transaction,
    tenant_id: UUID,
    *,
    name: str,
    extends: str | None,
    effective_from: date,
    document: Mapping[str, Any],
    actor: str | None,
    key_id: UUID | None = None,
) -> PolicyVersion:
    """Save the next version and raise the tenant's policy epoch.

    Raising the epoch locks the tenant's row, so that writers come one after the other and the
    version read in the next statement is the newest.
    """
    await raise_epoch(tx, tenant_id)
    newest = select(func.coalesce(func.max(_POLICY.c.version), 0)).where(_POLICY.c.name == name)
    version = (await tx.execute(newest)).scalar_one() + 1
    saved = await tx.execute(
        insert(_POLICY)
        .values(
            tenant_id=tenant_id,
            name=name,
            version=version,
            extends=extends,
            effective_from=effective_from,
            document=dict(document),
            actor=actor,
            key_id=key_id,
        )
        .returning(*_COLUMNS)
    )
    return PolicyVersion(**saved.mappings().one())


async def raise_epoch(tx: Transaction, tenant_id: UUID) -> None:
    """Say that what was kept of the tenant's policies is old; the tenant's row stays locked."""
    mine = _TENANT.c.tenant_id == tenant_id
    await tx.execute(update(_TENANT).where(mine).values(policy_epoch=_TENANT.c.policy_epoch + 1))
