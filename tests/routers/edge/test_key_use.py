"""When a key was last used is noted with its first request of an hour, and after it."""

import pytest
from sqlalchemy import update

from app.services.tenancy.key_use import KeyUse
from app.storage import tenancy
from app.storage.tables import ApiKey, table
from tests.database import as_tenant


async def used_at(owner, tenant):
    async with owner.transaction() as tx:
        return [one.last_used_at for one in await tenancy.list_keys(tx, tenant)]


@pytest.mark.one_server("keys lie on every server, and none of their uses is noted there")
async def test_a_request_notes_its_key(client, owner, tenant):
    assert await used_at(owner, tenant) == [None]
    assert (await client.get("/v1/me")).status_code == 200
    (first,) = await used_at(owner, tenant)
    assert first is not None
    await client.get("/v1/me")
    assert await used_at(owner, tenant) == [first]


@pytest.mark.one_server("keys lie on every server, and none of their uses is noted there")
async def test_a_process_asks_once_an_hour(database, owner, tenant, key):
    async with database.transaction() as tx:
        identity = await tenancy.authenticate(tx, key)
    used, noted = KeyUse(), []
    for at_s in (100.0, 3_699.0, 3_700.0, 3_701.0):
        await used.note(database, identity, at_s=at_s)
        noted += [one is not None for one in await used_at(owner, tenant)]
        async with as_tenant(owner, tenant) as tx:
            await tx.execute(update(table(ApiKey)).values(last_used_at=None))
    assert noted == [True, False, True, False]
