"""Versions without gaps, one writer after the other."""

import asyncio
from datetime import date

from app.storage import policies, tenancy
from tests.database import as_tenant

GRACE = {"name": "gentle", "extends": "default", "effective_from": "2026-01-01", "grace_days": 9}


async def append(database, tenant, name="gentle"):
    async with as_tenant(database, tenant) as tx:
        return await policies.append(
            tx, tenant, name=name, extends="default", effective_from=date(2026, 1, 1),
            document=GRACE, actor="ada",
        )  # fmt: skip


async def test_a_version_is_kept_as_saved_beside_the_older_ones(database, tenant):
    first, second = [await append(database, tenant) for _ in range(2)]

    async with as_tenant(database, tenant) as tx:
        assert await policies.read(tx, "gentle") == second
        assert await policies.read(tx, "gentle", 1) == first
        assert await policies.read(tx, "gentle", 3) is None
        assert await policies.read(tx, "unheard of") is None
        newest = {p.name: p.version for p in await policies.read_newest(tx)}
    assert (first.document, first.actor, first.version) == (GRACE, "ada", 1)
    assert newest == {"default": 1, "gentle": 2, "strict": 1, "uk-forbearance": 1, "unlimited": 1}


async def test_two_writers_get_two_versions_and_raise_the_epoch_twice(database, tenant, other, key):
    saved = await asyncio.gather(*(append(database, tenant) for _ in range(6)))
    theirs = await append(database, other)

    assert sorted(p.version for p in saved) == [1, 2, 3, 4, 5, 6]
    assert theirs.version == 1
    async with database.transaction() as tx:
        assert (await tenancy.authenticate(tx, key)).policy_epoch == 7
