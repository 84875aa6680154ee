"""What a tenant's stream was told, as it is stored: the feed waits for whoever else writes."""

from sqlalchemy import text

from tests.database import as_tenant

_TOLD = text("""
    SELECT data FROM event WHERE tenant_id = :mine AND account_id = :mine AND type = :type
    ORDER BY sequence""")


async def told_of(owner, tenant, kind):
    """The data of the events of that type that belong to no account, in order."""
    async with as_tenant(owner, tenant) as tx:
        return list((await tx.execute(_TOLD, {"mine": tenant, "type": kind})).scalars())
