"""One key at a time, one reply per key, for thirty days."""

import pytest
from sqlalchemy import text

from app.storage import idempotency
from app.storage.idempotency import Reply, StoredReply
from tests.database import as_tenant

CREATED = Reply(status=201, headers={"ETag": '"1"'}, body=b'{"id": "acc_1"}')
OTHER = Reply(status=200, headers={}, body=b"{}")


async def test_a_key_in_use_is_not_waited_for(database, tenant, other):
    async with as_tenant(database, tenant) as first:
        assert await idempotency.try_lock(first, "k")
        async with as_tenant(database, tenant) as second:
            assert not await idempotency.try_lock(second, "k")
            assert await idempotency.try_lock(second, "another")
        async with as_tenant(database, other) as theirs:
            assert await idempotency.try_lock(theirs, "k")

    async with as_tenant(database, tenant) as third:
        assert await idempotency.try_lock(third, "k")


async def test_a_reply_is_kept_with_the_command_or_not_at_all(database, tenant, other):
    async def failing_command():
        async with as_tenant(database, tenant) as tx:
            await idempotency.store(tx, "k", b"print", CREATED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing_command()
    async with as_tenant(database, tenant) as tx:
        assert await idempotency.find(tx, "k") is None
        await idempotency.store(tx, "k", b"print", CREATED)

    async with as_tenant(database, tenant) as tx:
        assert await idempotency.find(tx, "k") == StoredReply(fingerprint=b"print", reply=CREATED)
    async with as_tenant(database, other) as tx:
        assert await idempotency.find(tx, "k") is None


async def test_a_living_reply_is_never_overwritten(database, tenant):
    async with as_tenant(database, tenant) as tx:
        await idempotency.store(tx, "k", b"print", CREATED)
        with pytest.raises(ValueError, match="already kept"):
            await idempotency.store(tx, "k", b"other", OTHER)


@pytest.mark.parametrize(("age", "found"), [("29 days 23:59", CREATED), ("30 days", None)])
async def test_after_thirty_days_the_key_is_free_again(database, owner, tenant, age, found):
    async with as_tenant(database, tenant) as tx:
        await idempotency.store(tx, "k", b"print", CREATED)
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(text(f"UPDATE idempotency_key SET created_at = now() - interval '{age}'"))

    async with as_tenant(database, tenant) as tx:
        kept = await idempotency.find(tx, "k")
        assert (kept.reply if kept else None) == found
        if found is None:
            await idempotency.store(tx, "k", b"new", OTHER)
            assert await idempotency.find(tx, "k") == StoredReply(fingerprint=b"new", reply=OTHER)
