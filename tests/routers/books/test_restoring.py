"""Backup and restore, rehearsed: the books are equal, and no reader of the feed misses anything."""

import shutil

import pytest

from app.services.tenancy.continuity import noted, put_back
from app.storage import reporting
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.embedded import embedded
from tests.database import Server
from tests.routers.books.restoring import (
    a_key,
    as_application,
    based,
    copied,
    named,
    query,
    service,
    tool,
)


@pytest.fixture
def away(tmp_path):
    """Another cluster, as the one a dump is brought to."""
    running = embedded.start(tmp_path / "away", durable=False)
    yield Server(running)
    running.stop()


async def lived_in(at):
    """Some accounts with plans and payments; answers what a reader of the feed has read."""
    account, _ = await at.opened()
    await at.pay(account, 100_00)
    await at.account(50_00)
    return await at.read()


async def goes_on(at, after, before):
    """A reader's next events after a restore are new ones, all of them and each once."""
    account = await at.account(70_00)
    await at.pay(account, 70_00)
    more, _ = await at.read(after)
    everything, _ = await at.read()
    ids = [event["id"] for event in everything]
    kept = [event["id"] for event in before if event["id"] in ids]
    assert len(set(ids)) == len(ids)
    assert {event["id"] for event in more} >= set(ids) - set(kept)
    assert account["id"] in {event["account_id"] for event in more}
    return more


async def test_a_dump_brought_to_another_cluster_and_served_at_once(empty_database, away, tmp_path):
    await migrate.upgrade(empty_database)
    key = await a_key(empty_database)
    async with service(empty_database, key) as at:
        async with noted(at.database):
            before, after = await lived_in(at)
        tool("pg_dump", *named(empty_database), "--format=custom", f"--file={tmp_path}/dump")
        checks = await at.checked()
        await at.account(20_00)
        lost, beyond = await at.read(after)
        assert lost

    await query(away.url("postgres"), f"CREATE ROLE {migrate.APP_ROLE} LOGIN")
    await query(away.url("postgres"), f"CREATE ROLE {reporting.GROUP} NOLOGIN")
    url = await away.create("restored")
    tool("pg_restore", *named(url), "--exit-on-error", f"{tmp_path}/dump")
    async with service(url, key) as at:  # without `accord migrate`
        assert await at.checked() == checks
        await goes_on(at, await at.told_to_go_back(beyond), before)
    async with service(url, key) as at:
        more, _ = await at.read(after)
        assert {event["id"] for event in before}.isdisjoint(event["id"] for event in more)
        assert more


async def test_files_put_back_after_more_was_told(tmp_path):
    """The same cluster, timeline and database: only the server was started anew."""
    folder = tmp_path / "data"
    with embedded.start(folder, durable=False) as running:
        url = running.url("postgres", embedded.SUPERUSER)
        await migrate.upgrade(url)
        key = await a_key(url)
        async with service(url, key) as at, noted(at.database):
            before, after = await lived_in(at)
            checks = await at.checked()
    cluster = running.cluster
    copied(cluster, tmp_path / "copy")
    with embedded.start(folder, durable=False):
        async with service(url, key) as at:
            await at.account(20_00)
            await at.account(30_00)
            lost, beyond = await at.read(after)
    assert len(lost) == 2

    shutil.rmtree(cluster)
    copied(tmp_path / "copy", cluster)
    with embedded.start(folder, durable=False):
        async with service(url, key) as at:
            assert await at.checked() == checks
            more = await goes_on(at, await at.told_to_go_back(beyond), before)
            assert {event["id"] for event in lost}.isdisjoint(event["id"] for event in more)
            assert len(await goes_on(at, after, before)) > 0
            # and a second life lost: its epoch is no other's
            _, second = await at.read()
    shutil.rmtree(cluster)
    copied(tmp_path / "copy", cluster)
    with embedded.start(folder, durable=False):
        async with service(url, key) as at:
            await goes_on(at, await at.told_to_go_back(second), before)


async def test_a_base_backup_of_a_running_cluster(tmp_path):
    with embedded.start(tmp_path / "data") as running:
        url = running.url("postgres", embedded.SUPERUSER)
        await migrate.upgrade(url)
        key = await a_key(url)
        async with service(url, key) as at:
            async with noted(at.database):
                before, after = await lived_in(at)
            checks = await at.checked()
            backup = running.cluster.with_name("backup")
            based(url, running.cluster, backup)
            await at.account(20_00)
            _, beyond = await at.read(after)
    shutil.rmtree(running.cluster)
    backup.rename(running.cluster)

    with embedded.start(tmp_path / "data"):
        async with service(url, key) as at:
            assert await at.checked() == checks
            await goes_on(at, await at.told_to_go_back(beyond), before)


async def test_a_restart_passes_nothing_over_and_refuses_nobody(tmp_path):
    with embedded.start(tmp_path / "data", durable=False) as running:
        url = running.url("postgres", embedded.SUPERUSER)
        await migrate.upgrade(url)
        key = await a_key(url)
        async with service(url, key) as at:
            before, after = await lived_in(at)
            await at.account(20_00)
    with embedded.start(tmp_path / "data", durable=False):
        async with service(url, key) as at:
            assert len(await at.checked()) == 3
            more, _ = await at.read(after)  # nothing was noted since the migration
            assert [event["id"] for event in more][: len(before)] == [e["id"] for e in before]
            assert len({event["id"] for event in more}) == len(more) == len(before) + 1
            await goes_on(at, after, before)


async def test_each_saying_by_hand_begins_an_epoch_and_loses_no_reader(empty_database):
    await migrate.upgrade(empty_database)
    key = await a_key(empty_database)
    owner = Database(empty_database, pool_size=1)
    try:
        async with service(empty_database, key) as at:
            _, after = await lived_in(at)
            first, second = await put_back(owner), await put_back(owner)
            assert first < second
            await goes_on(at, after, [])
    finally:
        await owner.dispose()


async def test_the_owner_dumps_all_it_owns(away, tmp_path):
    """An owner who is no superuser: no error, and no empty dump that looks like a good one."""
    await query(away.url("postgres"), "CREATE ROLE landlord LOGIN CREATEROLE NOSUPERUSER")
    url = await away.create("rented", owner="landlord")
    await migrate.upgrade(url)
    key = await a_key(url)
    async with service(url, key) as at:
        await lived_in(at)
        checks = await at.checked()
    for number, flags in enumerate(([], ["--enable-row-security"])):
        file = f"{tmp_path}/dump{number}"
        tool("pg_dump", *named(url), "--format=custom", f"--file={file}", *flags)
        again = await away.create(f"again{number}", owner="landlord")
        tool("pg_restore", *named(again), "--exit-on-error", file)
        async with service(again, key) as at:
            assert await at.checked() == checks

    with pytest.raises(AssertionError, match="denied"):
        tool("pg_dump", *named(as_application(url)), "--enable-row-security")
