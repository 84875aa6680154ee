"""A tenant moved from server to server while it is written and read: none lost, none passed over.

Only where a spread database is named: `make test-distributed URL=…`.
"""

import asyncio
import os

import asyncpg
import pytest

from tests.database import SPREAD

pytestmark = pytest.mark.skipif(SPREAD not in os.environ, reason="no spread database is named")

ACCOUNTS, WRITERS, PAUSE_S, MOVES = 8, 6, 2.0, ("block_writes", "force_logical") * 2
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
STORED = "SELECT count(*) FROM event WHERE tenant_id = $1"


class Load:
    """Who writes and who reads, until it is over."""

    def __init__(self, client, pay, accounts):
        self.client, self.pay, self.accounts = client, pay, accounts
        self.posted, self.seen, self.refused = [], [], 0
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

    async def read(self):
        """On and on from the last cursor, until all that was posted was told."""
        after = None
        while not self.over.is_set() or not set(self.posted) <= self.told("payment_id"):
            params = {"limit": 200} | ({"after": after} if after else {})
            answer = await self.client.get("/v1/events", params=params)
            if answer.status_code == 200:
                after = answer.json()["next_cursor"]
                self.seen += answer.json()["data"]
            await asyncio.sleep(0.01)

    def told(self, name):
        return {event[name] for event in self.seen}


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

    async def moves():
        for how in MOVES:
            await asyncio.sleep(PAUSE_S)
            assert await moved(coordinator, tenant, how)
        await asyncio.sleep(PAUSE_S)
        load.over.set()

    reader = asyncio.create_task(load.read())
    await asyncio.gather(moves(), *(load.write(n) for n in range(WRITERS)))
    await asyncio.wait_for(reader, 60)
    stored = await coordinator.fetchval(STORED, tenant)
    await coordinator.close()

    print(f"{len(load.posted)} posted, {load.refused} refused and asked again,")
    print(f"{stored} events stored, {len(load.told('id'))} read, {len(load.seen)} with repeats")
    assert len(load.told("id")) == stored
    for account_id in load.accounts:
        numbers = {e["sequence"] for e in load.seen if e["account_id"] == account_id}
        assert numbers == set(range(1, len(numbers) + 1))
