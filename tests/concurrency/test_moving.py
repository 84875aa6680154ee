"""A tenant moved from server to server while it is written and read: none lost, none passed over.

Only where a spread database is named: `make test-distributed URL=…`.
"""

import asyncio
import contextlib
import os

import asyncpg
import pytest

from app.schemas.edge.ids import encode
from tests.database import SPREAD

pytestmark = pytest.mark.skipif(SPREAD not in os.environ, reason="no spread database is named")

ACCOUNTS, WRITERS, PAUSE_S, MOVES = 8, 6, 2.0, ("block_writes", "force_logical") * 2
#: For what is still unread once everybody has written.
PATIENCE_S = 120
#: What a move leaves behind is dropped once nobody reads it any more, and before the next.
TRIES = 10
PLACE = """
    SELECT n.nodename AS name, n.nodeport AS port, s.shardid AS shard
    FROM get_shard_id_for_distribution_column('account', $1::uuid) AS s(shardid)
    JOIN pg_dist_placement AS p USING (shardid)
    JOIN pg_dist_node AS n USING (groupid)
"""
OTHER = """
    SELECT nodename AS name, nodeport AS port FROM pg_dist_node
    WHERE shouldhaveshards AND isactive AND (nodename, nodeport) <> ($1, $2) LIMIT 1
"""
STORED = "SELECT id, type FROM event WHERE tenant_id = $1"
#: Of the second reader, whose cursor goes past what it is not told.
ONE_TYPE = "payment.posted"


class Load:
    """Who writes, and who reads, until it is over."""

    def __init__(self, client, pay, accounts):
        self.client, self.pay, self.accounts = client, pay, accounts
        self.posted, self.refused = [], 0
        self.over = asyncio.Event()

    async def write(self, number):
        """Payment after payment; what is refused for the moment is asked again."""
        turn = 0
        while not self.over.is_set():
            account = self.accounts[(number + turn) % ACCOUNTS]
            answer = await self.pay(account, f"P-{number}-{turn}")
            if answer.status_code == 503:
                self.refused += 1
                await asyncio.sleep(0.05)
                continue
            assert answer.status_code in {200, 201}, answer.text
            self.posted.append(answer.json()["id"])
            turn += 1


class Reader:
    """On and on from the last cursor, until all of `expected` was told.

    That is known only when every writer is done: what is on its way is nobody's answer yet.
    """

    def __init__(self, client, **asked):
        self.client, self.asked = client, asked
        self.seen, self.expected = [], None

    async def read(self):
        after = {}
        while self.expected is None or not self.expected <= self.told:
            params = {"limit": 200, **self.asked, **after}
            answer = await self.client.get("/v1/events", params=params)
            if answer.status_code == 200:
                after = {"after": answer.json()["next_cursor"]}
                self.seen += answer.json()["data"]
            else:
                assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.01)

    @property
    def told(self):
        return {event["id"] for event in self.seen}

    def told_first(self, account_id):
        """The numbers of an account's events, in the order in which they first came."""
        mine = (e["sequence"] for e in self.seen if e["account_id"] == account_id)
        return list(dict.fromkeys(mine))


async def moved(coordinator, tenant, how):
    """Whether it went to another server: there may be none, or somebody holds the last one up."""
    here = await coordinator.fetchrow(PLACE, tenant)
    there = await coordinator.fetchrow(OTHER, here["name"], here["port"])
    if there is None:
        return False
    ends = "'{name}', {port}"
    move = (
        f"SELECT citus_move_shard_placement({here['shard']}, {ends.format(**here)}, "
        f"{ends.format(**there)}, '{how}')"
    )
    for _ in range(TRIES):
        await coordinator.execute("CALL citus_cleanup_orphaned_resources()")
        try:
            await coordinator.execute(move)
        except asyncpg.InternalServerError as error:
            if "could not be cleaned up" not in str(error):
                raise
            await asyncio.sleep(PAUSE_S)  # somebody still reads what the last move left behind
        else:
            return True
    return False


async def test_a_tenant_is_moved_under_load(client, place, pay, tenant):
    coordinator = await asyncpg.connect(os.environ[SPREAD])
    load = Load(client, pay, [await place(f"INV-{n}") for n in range(ACCOUNTS)])
    every, some = Reader(client), Reader(client, types=ONE_TYPE)

    async def moves():
        for how in MOVES:
            await asyncio.sleep(PAUSE_S)
            assert await moved(coordinator, tenant, how)
        await asyncio.sleep(PAUSE_S)
        load.over.set()

    reading = asyncio.gather(every.read(), some.read())
    await asyncio.gather(moves(), *(load.write(n) for n in range(WRITERS)))
    rows = await coordinator.fetch(STORED, tenant)
    every.expected = {encode("evt", row["id"]) for row in rows}
    some.expected = {encode("evt", row["id"]) for row in rows if row["type"] == ONE_TYPE}
    with contextlib.suppress(TimeoutError):  # what is missing then is said below
        await asyncio.wait_for(reading, PATIENCE_S)
    await coordinator.close()

    print(f"{len(load.posted)} posted, {load.refused} refused and asked again,")
    for reader in (every, some):
        print(f"{len(reader.expected)} events stored, {len(reader.told)} read,")
        print(f"{len(reader.seen)} with repeats")
        assert reader.told == reader.expected
    for account_id in load.accounts:  # none came before one that its account had earlier
        numbers = every.told_first(account_id)
        assert numbers == list(range(1, len(numbers) + 1))
