"""A page of chains is looked at again where the database was away, and a tenant sees its own."""

import asyncio

import pytest
from sqlalchemy import text

from app.services.books.verify import Break, Verified, verify
from app.storage.database.unavailable import Unavailable
from tests.database import as_tenant
from tests.storage.rows import add_account

HASTY = "options=-c%20lock_timeout%3D200"


@pytest.fixture
def hasty_url(app_url):
    """The application's, which waits for a lock for a fifth of a second."""
    return f"{app_url}{'&' if '?' in app_url else '?'}{HASTY}"


NOTHING_TOLD = text("UPDATE account SET event_sequence = 0 WHERE tenant_id = :tenant")


async def accounts_in(owner, tenant, count):
    """Accounts of which nothing was told: their chains are empty, and whole."""
    async with as_tenant(owner, tenant) as tx:
        made = sorted([await add_account(tx, tenant) for _ in range(count)])
        await tx.execute(NOTHING_TOLD, {"tenant": tenant})
        return made


async def test_only_the_tenants_own_chains_are_looked_at(owner, app_url, tenant, other):
    await accounts_in(owner, tenant, 2)
    ids = await accounts_in(owner, other, 1)
    async with as_tenant(owner, other) as tx:
        moved = text("UPDATE account SET event_sequence = 4 WHERE id = :id")
        await tx.execute(moved, {"id": ids[0]})

    assert await verify(app_url, tenant, workers=1) == Verified(accounts=2)
    assert await verify(app_url, other, workers=1) == Verified(
        accounts=1, broken=1, breaks=(Break(account_id=ids[0], sequence=1),)
    )


async def test_a_page_is_looked_at_again(owner, hasty_url, tenant):
    await accounts_in(owner, tenant, 1)
    async with owner.transaction() as tx:
        await tx.execute(text("LOCK TABLE event IN ACCESS EXCLUSIVE MODE"))
        looking = asyncio.create_task(verify(hasty_url, tenant, workers=1))
        await asyncio.sleep(0.6)  # the first look ended without an answer

    assert await looking == Verified(accounts=1)


async def test_a_database_that_stays_away_is_said(owner, hasty_url, tenant):
    await accounts_in(owner, tenant, 1)
    async with owner.transaction() as tx:
        await tx.execute(text("LOCK TABLE event IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(Unavailable):
            await verify(hasty_url, tenant, workers=1)
