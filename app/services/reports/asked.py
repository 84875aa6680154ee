"""Who asks for a report where no request does: the command line, a run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from app.domain.vocabulary import Role
from app.services.context import Context
from app.storage import tenancy
from app.storage.database.engine import Database


@asynccontextmanager
async def context_of(
    database: Database, tenant_id: UUID, *, business_date: date, time_zone: str
) -> AsyncIterator[Context]:
    """The tenant's figures on its business date, in one transaction."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        yield Context(
            tx=tx,
            tenant_id=tenant_id,
            role=Role.ADMIN,
            business_date=business_date,
            time_zone=time_zone,
            policy_epoch=await tenancy.policy_epoch(tx, tenant_id),
            actor="report",
        )
