"""One key at a time, one reply per key, for thirty days."""

import pytest
from sqlalchemy import text

from app.domain.vocabulary import Role
from app.services.upkeep import forget_replies
from app.storage import idempotency, tenancy
from app.storage.idempotency import Reply, StoredReply
from tests.database import as_tenant

CREATED = Reply(status=201, headers={"ETag": '"1"'}, body=b'{"id": "acc_1"}')
OTHER = Reply(status=200, headers={}, body=b"{}")


async def take(tx, token, key):
    """Whether a key is free, and what it stands for."""
    held = await idempotency.authenticate_once(tx, token, key)
    return held.taken, held.stored


async def find(database, token, key="k"):
    async with database.transaction() as tx:
        return (await take(tx, token, key))[1]


@pytest.fixture
async def others_key(owner, other):
    async with owner.transaction() as tx:
        return await tenancy.create_key(tx, other, name="test", role=Role.ADMIN, scopes=["*"])


async def test_a_key_in_use_is_not_waited_for(database, key, others_key):
    async with database.transaction() as first:
        assert await take(first, key, "k") == (True, None)
        async with database.transaction() as second:
            assert await take(second, key, "k") == (False, None)
            assert await take(second, key, "another") == (True, None)
        async with database.transaction() as theirs:
            assert await take(theirs, others_key, "k") == (True, None)

    async with database.transaction() as third:
        assert await take(third, key, "k") == (True, None)


async def test_whoever_has_a_key_says_who_they_are(database, tenant, key):
    """As authentication alone says it; nobody else takes anything."""
    async with database.transaction() as tx:
        alone = await tenancy.authenticate(tx, key)
    async with database.transaction() as tx:
        held = await idempotency.authenticate_once(tx, key, "k")
        assert await idempotency.authenticate_once(tx, "accord_test_nobody", "k") is None

    assert held.identity == alone
    assert held.identity.tenant_id == tenant


async def test_a_reply_committed_while_its_key_was_held_is_found(database, tenant, key):
    """What is looked up after the lock is what is committed by then."""
    async with database.transaction() as second:
        async with database.transaction() as first:
            await take(first, key, "k")
            await idempotency.store(first, "k", b"print", CREATED)
            assert await take(second, key, "k") == (False, None)
        assert (await take(second, key, "k"))[1].reply == CREATED


async def test_a_reply_is_kept_with_the_command_or_not_at_all(database, tenant, key, others_key):
    async def failing_command():
        async with as_tenant(database, tenant) as tx:
            await idempotency.store(tx, "k", b"print", CREATED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing_command()
    assert await find(database, key) is None
    async with as_tenant(database, tenant) as tx:
        await idempotency.store(tx, "k", b"print", CREATED)

    assert await find(database, key) == StoredReply(fingerprint=b"print", reply=CREATED)
    assert await find(database, others_key) is None


async def test_a_living_reply_is_never_overwritten(database, tenant):
    async with as_tenant(database, tenant) as tx:
        await idempotency.store(tx, "k", b"print", CREATED)
        with pytest.raises(ValueError, match="already kept"):
            await idempotency.store(tx, "k", b"other", OTHER)


@pytest.mark.parametrize(("age", "found"), [("29 days 23:59", CREATED), ("30 days", None)])
async def test_after_thirty_days_the_key_is_free_again(  # noqa: PLR0917 - fixtures
    database, owner, tenant, key, age, found
):
    async with as_tenant(database, tenant) as tx:
        await idempotency.store(tx, "k", b"print", CREATED)
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(text(f"UPDATE idempotency_key SET created_at = now() - interval '{age}'"))

    kept = await find(database, key)
    assert (kept.reply if kept else None) == found
    if found is None:
        async with as_tenant(database, tenant) as tx:
            await idempotency.store(tx, "k", b"new", OTHER)
        assert await find(database, key) == StoredReply(fingerprint=b"new", reply=OTHER)


async def kept(owner, tenant):
    async with as_tenant(owner, tenant) as tx:
        return list((await tx.execute(text(
            "SELECT key FROM idempotency_key WHERE tenant_id = accord_tenant_id() ORDER BY key"
        ))).scalars())  # fmt: skip


async def stored(database, owner, tenant, ages):
    async with as_tenant(database, tenant) as tx:
        for key in ages:
            await idempotency.store(tx, key, b"print", CREATED)
    async with as_tenant(owner, tenant) as tx:
        for key, age in ages.items():
            aged = f"UPDATE idempotency_key SET created_at = now() - interval '{age}'"
            mine = "WHERE key = :key AND tenant_id = accord_tenant_id()"
            await tx.execute(text(f"{aged} {mine}"), {"key": key})


async def test_only_replies_past_their_time_are_deleted_the_oldest_first(
    database, owner, tenant, other
):
    ages = {"a": "40 days", "b": "31 days", "c": "30 days", "d": "29 days 23:59", "e": "0 days"}
    await stored(database, owner, tenant, ages)
    await stored(database, owner, other, {"a": "40 days"})
    async with as_tenant(database, tenant) as tx:
        assert await idempotency.forget_expired(tx, limit=2) == 2
    assert await kept(owner, tenant) == ["c", "d", "e"]

    assert await forget_replies(database, tenant, batch=1) == 1
    assert await kept(owner, tenant) == ["d", "e"]
    assert await kept(owner, other) == ["a"]


async def test_what_is_left_of_a_long_work_is_the_next_ones(database, owner, tenant):
    await stored(database, owner, tenant, dict.fromkeys("abcde", "31 days"))

    assert await forget_replies(database, tenant, batch=2, most_batches=1) == 2
    assert await forget_replies(database, tenant, batch=2) == 3


async def test_the_application_cannot_delete_a_living_reply(database, owner, tenant):
    await stored(database, owner, tenant, {"old": "31 days", "living": "1 day"})
    async with as_tenant(database, tenant) as tx:
        await tx.execute(text("DELETE FROM idempotency_key"))

    assert await kept(owner, tenant) == ["living"]


async def test_what_somebody_is_at_is_passed_over(database, owner, tenant):
    await stored(database, owner, tenant, {"a": "31 days", "b": "31 days"})
    async with as_tenant(database, tenant) as tx:
        await idempotency.store(tx, "a", b"new", OTHER)  # used again at this moment
        assert await forget_replies(database, tenant) == 1

    assert await kept(owner, tenant) == ["a"]
