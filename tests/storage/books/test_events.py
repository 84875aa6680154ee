"""The feed passes nothing over, whenever it commits; a timeline is in order of entry."""

import asyncio
import random

import pytest
from asyncpg import UniqueViolationError
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.storage.books import events
from app.storage.books.events import Position
from tests.database import as_tenant
from tests.feed import feed_at_rest
from tests.storage.rows import add_account, add_event


@pytest.fixture
async def accounts(owner, tenant):
    async with as_tenant(owner, tenant) as tx:
        return [await add_account(tx, tenant) for _ in range(3)]


async def read(database, tenant, **asked):
    async with as_tenant(database, tenant) as tx:
        return await events.feed(tx, **{"limit": 100, **asked})


@pytest.mark.one_server("whoever tells a tenant's first event there takes up its slot: others wait")
async def test_an_event_of_an_open_transaction_holds_back_all_later_ones(
    database, tenant, accounts
):
    early, late, _ = accounts
    async with as_tenant(database, tenant) as slow:
        await add_event(slow, tenant, early, type="payment.posted")
        async with as_tenant(database, tenant) as fast:
            await add_event(fast, tenant, late, type="plan.created")
        assert await read(database, tenant) == ()

    await feed_at_rest(database)
    assert [e.type for e in await read(database, tenant)] == ["payment.posted", "plan.created"]


async def test_a_reader_that_never_stops_polling_misses_nothing(database, tenant, accounts):
    chance = random.Random(7)
    written = []

    async def write(account_id):
        for sequence in range(1, 21):
            async with as_tenant(database, tenant) as tx:
                written.append(await add_event(tx, tenant, account_id, sequence=sequence))
                await asyncio.sleep(chance.uniform(0, 0.01))

    async def poll():
        seen = []
        while len(seen) < 20 * len(accounts):
            after = seen[-1].position if seen else None
            seen += await read(database, tenant, after=after, limit=3)
        return seen

    seen, *_ = await asyncio.wait_for(asyncio.gather(poll(), *map(write, accounts)), 20)
    assert sorted(e.id for e in seen) == sorted(written)
    for account_id in accounts:
        assert [e.sequence for e in seen if e.account_id == account_id] == list(range(1, 21))


async def test_the_feed_narrows_by_type_and_account(database, tenant, accounts):
    one, two, _ = accounts
    async with as_tenant(database, tenant) as tx:
        await add_event(tx, tenant, one, type="plan.created")
        await add_event(tx, tenant, one, type="plan.broken", sequence=2)
        await add_event(tx, tenant, two, type="plan.created")

    await feed_at_rest(database)
    assert len(await read(database, tenant, types=["plan.created"])) == 2
    assert len(await read(database, tenant, types=["plan.created"], account_id=one)) == 1
    assert len(await read(database, tenant, limit=2)) == 2


async def test_events_of_a_former_cluster_come_first_whatever_their_transaction_ids(
    database, owner, tenant, accounts
):
    one, two, _ = accounts
    async with as_tenant(database, tenant) as tx:
        await add_event(tx, tenant, one, type="account.created")
    async with as_tenant(owner, tenant) as tx:
        restored = {"epoch": 0, "tx": text("'9000000000000000000'::xid8")}
        await add_event(tx, tenant, two, type="account.closed", **restored)

    await feed_at_rest(database)
    told = await read(database, tenant)
    assert [e.type for e in told] == ["account.closed", "account.created"]
    assert told[0].position == Position(0, 9_000_000_000_000_000_000, two, 1)
    assert await read(database, tenant, after=told[0].position) == told[1:]


async def test_a_timeline_is_one_account_in_order_of_entry(database, tenant, accounts):
    one, two, _ = accounts
    async with as_tenant(database, tenant) as tx:
        for sequence in (1, 2, 3):
            await add_event(tx, tenant, one, sequence=sequence, data={"n": sequence})
        await add_event(tx, tenant, two)
        told = await events.timeline(tx, one, after_sequence=1, limit=5)

    assert [e.data for e in told] == [{"n": 2}, {"n": 3}]


async def test_a_reader_of_types_gets_each_in_the_feeds_order(database, tenant, accounts):
    kinds = ["payment.posted", "plan.created", "account.closed"]
    for sequence in range(1, 6):
        async with as_tenant(database, tenant) as tx:
            for turn, account_id in enumerate(accounts):
                kind = kinds[(sequence + turn) % 3]
                await add_event(tx, tenant, account_id, sequence=sequence, type=kind)
    await feed_at_rest(database)
    wanted = [e.id for e in await read(database, tenant) if e.type in kinds[1:]]
    seen = []
    while page := await read(
        database, tenant, types=kinds[1:], limit=2, after=seen[-1].position if seen else None
    ):
        seen += page
    assert [e.id for e in seen] == wanted
    assert len(wanted) == 10


async def test_a_verdict_is_said_once(database, tenant, accounts):
    async with as_tenant(database, tenant) as tx:
        await add_event(tx, tenant, accounts[0], natural_key="installment.missed:1")
    with pytest.raises((DBAPIError, UniqueViolationError), match="natural_key"):
        async with as_tenant(database, tenant) as tx:
            await add_event(tx, tenant, accounts[0], sequence=2, natural_key="installment.missed:1")


async def many(owner, tenant, account):
    """Three thousand events of four types, in turn."""
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(
            text("""
            INSERT INTO event (tenant_id, account_id, sequence, id, type, business_date, data,
                hash)
            SELECT :tenant, :account, n, gen_random_uuid(), 'plan.revised_' || n % 4, '2026-03-01',
                '{}', ''
            FROM generate_series(1, 3000) AS n"""),
            {"tenant": tenant, "account": account},
        )
        await tx.execute(text("ANALYZE event"))


@pytest.mark.parametrize("dear", [False, True])
@pytest.mark.parametrize("again", [False, True])
async def test_a_reader_of_a_rare_type_does_not_walk_past_all_others(
    owner, database, tenant, accounts, *, again, dear
):
    await many(owner, tenant, accounts[0])
    said = []

    def remember(_connection, _cursor, sql, values, *_):
        said.append((sql, values))

    after = Position(0, 5, accounts[0], 3) if again else None
    async with as_tenant(database, tenant) as tx:
        if dear:  # to look up each event by itself seems dearer than to read all of them
            await tx.execute(text("SET LOCAL enable_nestloop = off"))
        sent_by = tx.sync_connection
        event.listen(sent_by, "before_cursor_execute", remember)
        assert await events.feed(tx, types=["re_age.granted"], limit=200, after=after) == ()
        sql, values = said[-1]
        told = "\n".join((await tx.exec_driver_sql(f"EXPLAIN {sql}", values)).scalars())
    assert "using ix_event_type_order" in told
    assert "ix_event_tenant_id_epoch_tx_account_id_sequence" not in told
    assert "Seq Scan" not in told


@pytest.mark.one_server("it tells no tenant, so all servers are asked, and each sorts")
async def test_the_feed_walks_an_index_and_stops(owner, database, tenant, accounts):
    await many(owner, tenant, accounts[0])
    async with as_tenant(database, tenant) as tx:
        plan = await tx.execute(
            text("""
            EXPLAIN SELECT * FROM event
            WHERE (epoch, tx) < (SELECT accord_feed_epoch(), pg_snapshot_xmin(
                    pg_current_snapshot()))
                AND (epoch, tx, account_id, sequence) > (1, '5', :account, 3)
            ORDER BY epoch, tx, account_id, sequence LIMIT 50""").bindparams(account=accounts[0])
        )
        told = "\n".join(plan.scalars())
    assert "Index Scan using ix_event_tenant_id_epoch_tx_account_id_sequence" in told
    assert "Sort" not in told
