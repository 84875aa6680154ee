"""A worker's surroundings in a tenant: its day, its instant, and that nobody's key asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.vocabulary import Role
from app.services.context import Context, instant_on
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.tenancy import TenantRecord

__all__ = ["ACTOR", "TenantRecord", "inside", "instant_in"]

#: Who sends, as facts and events name it.
ACTOR = "messages"


def instant_in(tenant: TenantRecord, now: datetime) -> datetime:
    """A tenant's now: in a sandbox whose clock was set, its date with the clock's time of day."""
    if tenant.business_date is None:
        return now
    wall = now.astimezone(ZoneInfo(tenant.time_zone))
    return instant_on(tenant.business_date, wall)


@asynccontextmanager
async def inside(database: Database, tenant: TenantRecord, now: datetime) -> AsyncIterator[Context]:
    """One transaction of a worker in a tenant."""
    at = instant_in(tenant, now)
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant.tenant_id)
        yield Context(
            tx=tx,
            tenant_id=tenant.tenant_id,
            role=Role.ADMIN,
            business_date=at.astimezone(ZoneInfo(tenant.time_zone)).date(),
            sandbox=tenant.sandbox,
            actor=ACTOR,
            policy_epoch=await tenancy.policy_epoch(tx, tenant.tenant_id),
            now=at,
            time_zone=tenant.time_zone,
        )
