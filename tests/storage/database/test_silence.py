"""Connections that fall silent: noticed soon, replaced, and nothing they held is held for ever."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from asyncpg import InterfaceError, PostgresError
from sqlalchemy import text

from app.services.tenancy.readiness import readiness
from app.storage.database.addresses import Address
from app.storage.database.engine import Database
from app.storage.database.letting_go import let_go, note_process
from app.storage.database.patience import limits_transactions, transaction_s
from app.storage.database.prepared import driver
from app.storage.database.unavailable import Unavailable
from tests.storage.proxy import Proxy

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('a row of somebody'))")


async def seen(owner, **wanted):
    """Wait until the server shows such a process."""
    shown = " AND ".join(f"{name} = :{name}" for name in wanted)
    found = text(f"SELECT count(*) FROM pg_stat_activity WHERE {shown}")
    for _ in range(1000):
        async with owner.transaction() as tx:  # each sees what there is when it begins
            if (await tx.execute(found, wanted)).scalar_one():
                return
        await asyncio.sleep(0.01)
    raise AssertionError("no such process")


def behind(proxy, app_url, **limits):
    name = app_url.partition("?")[0].rpartition("/")[2]
    return Database(f"postgresql://accord_app@{proxy.host}/{name}", pool_size=1, **limits)


async def silent_midway(database, *, patient):
    """Take the lock, and be cut off within the next statement."""
    async with database.transaction() as tx:
        await tx.execute(LOCK)
        if patient:
            driver(tx).allow(600)
        await tx.execute(text("SELECT 'the last that is heard'"))


async def test_whoever_asks_a_silent_server_whether_it_is_ready_is_told_soon(app_url):
    async with Proxy(app_url) as proxy:
        database = behind(proxy, app_url)
        try:
            assert await readiness(database) == "ok"
            proxy.silence()
            began = time.monotonic()
            assert await readiness(database) == "database-unavailable"
            assert time.monotonic() - began < 15
            assert await readiness(database) == "ok"
        finally:
            await database.dispose()


async def test_silent_connections_are_forgotten_and_new_ones_answer(app_url):
    async with Proxy(app_url) as proxy:
        name = app_url.partition("?")[0].rpartition("/")[2]
        database = Database(
            f"postgresql://accord_app@{proxy.host}/{name}",
            pool_size=10, pool_timeout_s=1, statement_timeout_s=1,
        )  # fmt: skip

        async def asked():
            async with database.transaction() as tx:
                return (await tx.execute(text("SELECT 1"))).scalar_one()

        async def questioned():
            async with database.question() as tx:
                return (await tx.execute(text("SELECT 1"))).scalar_one()

        async def held():
            async with database.transaction() as tx:
                await asyncio.sleep(0.2)
                return (await tx.execute(text("SELECT 1"))).scalar_one()

        try:
            assert await asyncio.gather(*(held() for _ in range(9)), questioned()) == [1] * 10
            proxy.silence()
            began = time.monotonic()
            found = await asyncio.gather(asked(), questioned(), return_exceptions=True)
            assert {type(one) for one in found} == {Unavailable}
            assert "silent" in {one.reason for one in found}
            assert await asked() == await questioned() == 1
            assert time.monotonic() - began < 15
        finally:
            await database.dispose()


async def test_what_a_silent_connection_held_is_let_go_of_when_it_is_noticed(app_url):
    async with Proxy(app_url) as proxy:
        silent = behind(proxy, app_url, statement_timeout_s=1, application_name="noticed")
        others = Database(app_url, pool_size=1, lock_timeout_s=1)
        try:
            proxy.silence_within(b"the last that is heard")
            with pytest.raises(Unavailable, match="silent"):
                await silent_midway(silent, patient=False)
            async with others.transaction() as tx:
                await tx.execute(LOCK)
            async with silent.transaction() as tx:
                await tx.execute(LOCK)
        finally:
            await silent.dispose()
            await others.dispose()


async def test_only_what_waits_for_its_client_in_a_transaction_is_ended(app_url, owner):
    async def alive(pid):
        async with owner.transaction() as tx:
            found = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
            return (await tx.execute(found, {"pid": pid})).scalar_one() == 1

    connect = Address.read(app_url).connector(
        settings={}, connect_timeout_s=5, command_timeout_s=60
    )
    silent = await connect()
    await note_process(silent)
    pid, since = silent.process
    try:
        await let_go(silent, connect)
        assert await alive(pid)  # it waits, but holds nothing
        await silent.execute("BEGIN")
        silent.process = (pid, since + timedelta(seconds=1))
        await let_go(silent, connect)
        assert await alive(pid)  # another process, which had the same id before
        silent.process = (pid, since)
        working = asyncio.create_task(silent.execute("SELECT pg_sleep(60)"))
        await seen(owner, pid=pid, wait_event="PgSleep")
        await let_go(silent, connect)
        assert await alive(pid)  # it works, and its own limit ends it
        working.cancel()
        with suppress(asyncio.CancelledError, PostgresError):
            await working
        await let_go(silent, connect)
        with pytest.raises((PostgresError, InterfaceError)):
            await silent.execute("SELECT 1")
    finally:
        silent.terminate()


async def test_a_server_lets_go_by_itself_where_nobody_is_left_to_notice(app_url, owner):
    async with Proxy(app_url) as proxy:
        limits = {"statement_timeout_s": 0.5, "idle_timeout_s": 0.5}
        silent = behind(proxy, app_url, application_name="left", **limits)
        others = Database(app_url, pool_size=1, lock_timeout_s=30, statement_timeout_s=31)
        held = None
        try:
            await needs_17(others)
            proxy.silence_within(b"the last that is heard")
            held = asyncio.create_task(silent_midway(silent, patient=True))
            await seen(owner, application_name="left", state="active", wait_event="ClientRead")
            async with others.transaction() as tx:
                await tx.execute(LOCK)
                assert not held.done()
        finally:
            if held:
                held.cancel()
                with suppress(asyncio.CancelledError):
                    await held
            await silent.dispose()
            await others.dispose()


async def needs_17(database):
    async with database.transaction() as tx:
        if not limits_transactions(driver(tx)):
            pytest.skip("PostgreSQL 16 knows no transaction_timeout")


async def test_a_transaction_may_take_as_long_as_its_statements_allow(app_url):
    async def shown(tx):
        return (await tx.execute(text("SHOW transaction_timeout"))).scalar_one()

    database = Database(app_url, pool_size=1)
    more = "&" if "?" in app_url else "?"
    told = Database(f"{app_url}{more}options=-c%20transaction_timeout%3D5min", pool_size=1)
    try:
        await needs_17(database)
        async with database.transaction() as tx:
            assert (await shown(tx), transaction_s(8)) == ("46s", 46)
        async with database.transaction(statement_timeout_s=60) as tx:
            assert (await shown(tx), transaction_s(60)) == ("3min", 180)
        async with database.transaction() as tx:
            assert await shown(tx) == "46s"
        async with told.transaction() as tx:
            assert await shown(tx) == "5min"
    finally:
        await database.dispose()
        await told.dispose()


async def test_a_transaction_is_ended_when_it_has_lasted_too_long_as_a_whole(app_url):
    short = Database(app_url, pool_size=1, statement_timeout_s=0.3, idle_timeout_s=0.3)

    async def napping(times, **limits):
        async with short.transaction(**limits) as tx:
            for _ in range(times):
                await tx.execute(text("SELECT pg_sleep(0.2)"))

    try:
        await needs_17(short)
        with pytest.raises(Unavailable, match=r"statement|connection"):
            await napping(20)
        await napping(8, statement_timeout_s=30)  # longer than the others may
    finally:
        await short.dispose()
