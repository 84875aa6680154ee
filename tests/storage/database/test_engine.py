"""One transaction: all or nothing; and trouble that passes is told apart from a bug."""

import asyncio
import os
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.storage.database.engine import Database
from app.storage.database.prepared import Prepared
from app.storage.database.unavailable import Unavailable
from tests.database import SPREAD, as_tenant


async def tenants_named(database, name):
    async with database.transaction() as tx:
        count = text("SELECT count(*) FROM accord_tenants() WHERE name = :name")
        return (await tx.execute(count, {"name": name})).scalar_one()


RENAME = text("UPDATE tenant SET name = :name WHERE tenant_id = :tenant_id")


async def test_a_transaction_is_kept_whole_or_not_at_all(owner, tenant):
    undone, done = f"undone {tenant}", f"done {tenant}"
    for outcome, name in ((ZeroDivisionError, undone), (None, done)):
        try:
            async with owner.transaction() as tx:
                await tx.execute(RENAME, {"name": name, "tenant_id": tenant})
                if outcome:
                    raise outcome
        except ZeroDivisionError:
            pass
    assert await tenants_named(owner, undone) == 0
    assert await tenants_named(owner, done) == 1


async def test_a_failed_statement_that_was_passed_over_is_no_commit(owner, tenant):
    async def passed_over():
        async with owner.transaction() as tx:
            await tx.execute(RENAME, {"name": "half", "tenant_id": tenant})
            with pytest.raises(DBAPIError):
                await tx.execute(text("SELECT 1 / 0"))

    with pytest.raises(RuntimeError, match="passed over"):
        await passed_over()
    assert await tenants_named(owner, "half") == 0


@pytest.mark.parametrize("trouble", [ZeroDivisionError, asyncio.CancelledError, TimeoutError])
async def test_a_connection_is_given_back_clean_whatever_became_of_it(app_url, trouble):
    small = Database(app_url, pool_size=1)

    async def left():
        async with asyncio.timeout(None) as patience, small.transaction() as tx:
            await tx.execute(text("SET LOCAL application_name = 'left over'"))
            if trouble is TimeoutError:
                patience.reschedule(asyncio.get_running_loop().time() + 0.2)
                await tx.execute(text("SELECT pg_sleep(60)"))
            raise trouble

    with pytest.raises(trouble):
        await left()
    async with small.transaction() as tx:
        assert (await tx.execute(text("SHOW application_name"))).scalar_one() == "accord"
    await small.dispose()


@pytest.mark.one_server("patience for locks is told to servers by whoever enters a tenant")
async def test_what_goes_to_the_driver_itself_fails_as_the_rest_does(owner_url, owner, tenant):
    locking = Prepared(text("SELECT 1 FROM tenant WHERE tenant_id = :id FOR UPDATE"))
    hasty = Database(owner_url, pool_size=1, lock_timeout_s=0.05)

    async def lock(*, cut_off=None):
        async with hasty.transaction() as tx:
            if cut_off is not None:
                pid = (await Prepared(text("SELECT pg_backend_pid() AS pid")).row(tx))["pid"]
                async with owner.transaction() as admin:
                    end = text("SELECT pg_terminate_backend(:pid, :patience)")
                    await admin.execute(end, {"pid": pid, "patience": cut_off})
            return await locking.rows(tx, id=tenant)

    async with owner.transaction() as holder:
        await holder.execute(RENAME, {"name": "held here", "tenant_id": tenant})
        with pytest.raises(Unavailable, match="lock"):
            await lock()
    for patience in (0, 0, 0, 1000):  # the good-bye is on its way, or has come
        with pytest.raises(Unavailable, match=r"connection|shutdown"):
            await lock(cut_off=patience)
    assert len(await lock()) == 1
    await hasty.dispose()


@pytest.mark.one_server("patience for locks is told to servers by whoever enters a tenant")
async def test_a_lock_held_too_long_is_unavailable(owner_url, owner, tenant):
    hasty = Database(owner_url, pool_size=1, lock_timeout_s=0.05)
    async with owner.transaction() as holder:
        await holder.execute(RENAME, {"name": "held", "tenant_id": tenant})
        with pytest.raises(Unavailable) as told:
            async with hasty.transaction() as tx:
                await tx.execute(RENAME, {"name": "waiting", "tenant_id": tenant})
    await hasty.dispose()
    assert (told.value.reason, told.value.retry_after_s) == ("lock", 1)


async def test_a_statement_that_takes_too_long_is_unavailable(app_url):
    hasty = Database(app_url, pool_size=1, statement_timeout_s=0.05)
    with pytest.raises(Unavailable, match="statement"):
        async with hasty.transaction() as tx:
            await tx.execute(text("SELECT pg_sleep(1)"))
    await hasty.dispose()


async def test_a_pool_in_use_is_unavailable(app_url):
    narrow = Database(app_url, pool_size=1, pool_timeout_s=0.5)
    async with narrow.transaction():
        with pytest.raises(Unavailable, match="pool"):
            async with narrow.transaction():
                pass
    async with narrow.transaction() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
    await narrow.dispose()


async def test_a_lost_connection_is_unavailable_once(app_url, owner):
    small = Database(app_url, pool_size=1)

    async def cut_off():
        async with small.transaction() as tx:
            pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with owner.transaction() as admin:
                await admin.execute(
                    text("SELECT pg_terminate_backend(CAST(:pid AS int))"), {"pid": pid}
                )
            await tx.execute(text("SELECT 1"))

    with pytest.raises(Unavailable) as told:
        await cut_off()
    assert told.value.reason in {"connection", "shutdown"}
    async with small.transaction() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
    await small.dispose()


async def test_a_connection_is_left_for_the_next_until_it_is_lost(app_url, owner):
    backend = Prepared(text("SELECT pg_backend_pid() AS pid"))
    database = Database(app_url, pool_size=8)

    async def who(begun):
        async with begun() as connection:
            return (await backend.row(connection))["pid"], connection

    try:
        pid, left = await who(database.question)
        assert await who(database.transaction) == await who(database.question) == (pid, left)
        with pytest.raises(ZeroDivisionError):
            async with database.question():
                raise ZeroDivisionError
        pid, _ = await who(database.transaction)
        async with owner.transaction() as admin:
            end = text("SELECT pg_terminate_backend(CAST(:pid AS int), 5000)")
            await admin.execute(end, {"pid": pid})
        with suppress(Unavailable):  # where nobody has heard of it yet
            assert (await who(database.question))[0] != pid
        assert (await who(database.transaction))[0] != pid
    finally:
        await database.dispose()


async def test_whoever_waits_is_served_before_whoever_comes_next(app_url):
    narrow = Database(app_url, pool_size=1)
    order = []

    async def use(name):
        async with narrow.transaction():
            order.append(name)
            await asyncio.sleep(0)

    async with narrow.transaction():
        waiting = [asyncio.create_task(use(number)) for number in range(3)]
        await asyncio.sleep(0.05)
    await asyncio.gather(*waiting, use("late"))
    assert sorted(map(str, order)) == ["0", "1", "2", "late"]
    assert order[0] == 0
    await narrow.dispose()


async def test_no_server_is_unavailable(tmp_path):
    nowhere = Database(f"postgresql://accord_app@/accord?host={tmp_path}")
    with pytest.raises(Unavailable, match="connection"):
        async with nowhere.transaction():
            pass
    await nowhere.dispose()


async def test_a_bug_is_not_unavailable_and_tells_nobody_what_was_sent(database, tenant):
    with pytest.raises(DBAPIError) as told:
        async with as_tenant(database, tenant) as tx:
            await tx.execute(text("SELECT :name / 0"), {"name": "Ada"})
    assert "Ada" not in str(told.value.statement)


async def test_the_database_is_as_we_mean_it(database):
    wanted = {
        "transaction_isolation": "read committed",
        "TimeZone": "UTC",
        "lock_timeout": "2s",
        "statement_timeout": "1min" if SPREAD in os.environ else "10s",
        "idle_in_transaction_session_timeout": "1min" if SPREAD in os.environ else "30s",
        "application_name": "accord",
    }
    async with database.transaction() as tx:
        for name, value in wanted.items():
            assert (await tx.execute(text(f"SHOW {name}"))).scalar_one() == value


async def test_what_reads_much_may_take_longer_and_only_then(app_url):
    hasty = Database(app_url, pool_size=1, statement_timeout_s=0.3)
    slow = text("SELECT pg_sleep(1)")
    try:
        async with hasty.transaction(statement_timeout_s=30) as tx:
            await tx.execute(slow)
        with pytest.raises(Unavailable, match="statement"):
            async with hasty.transaction() as tx:
                await tx.execute(slow)
    finally:
        await hasty.dispose()
