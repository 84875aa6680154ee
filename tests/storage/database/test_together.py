"""Calls that may go alone go together while another is under way, and none notices the others."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from asyncpg import DivisionByZeroError
from sqlalchemy import text

from app.storage.database.engine import Database
from app.storage.database.prepared import Prepared, driver
from app.storage.database.together import MOST, Joined
from app.storage.database.unavailable import Unavailable

TOGETHER = pytest.mark.one_server("where tables are spread nothing goes alone")

#: In which transaction each was, once it had the lock of its number.
HAVE = Prepared(
    text(
        "SELECT CAST(:n AS integer) AS n, CAST(pg_current_xact_id() AS text) AS tx,"
        " pg_advisory_xact_lock(CAST(:n AS integer)), pg_sleep(CAST(:seconds AS float8))"
    ),
    alone=True,
)
DIVIDE = Prepared(
    text("SELECT 60 / CAST(:n AS integer) AS n, pg_advisory_xact_lock(CAST(:lock AS integer))"),
    alone=True,
)
#: The same of who waits for a moment only, where others wait for them.
HAVE_SOON = Prepared(
    text("SELECT CAST(:n AS integer) AS n, pg_advisory_xact_lock(CAST(:n AS integer))"),
    alone=True,
    beside=" FROM set_config('lock_timeout', '5ms', true)",
)
#: Of lists, which are joined: how many there were, and a division by each.
JOINED = Prepared(
    text(
        "SELECT cardinality(CAST(:n AS integer[])) AS n, sum(60 / one) AS sum,"
        " pg_advisory_xact_lock(min(one)) FROM unnest(CAST(:n AS integer[])) AS one"
    ),
    alone=True,
    joined=Joined.ALL_ONE_ROW,
)
#: The same, answering a row for each.
EACH = Prepared(
    text(
        "SELECT one AS n, 60 / one AS part, pg_advisory_xact_lock(one)"
        " FROM unnest(CAST(:n AS integer[])) WITH ORDINALITY AS of_all(one, place) ORDER BY place"
    ),
    alone=True,
    joined=Joined.EACH_ITS_ROW,
)
HELD = 4711


@asynccontextmanager
async def opened(url, **settings):
    """A database whose connections are all open, so that taking one takes no time."""
    database = Database(url, pool_size=MOST + 4, **settings)
    async with AsyncExitStack() as all_of_them:
        for _ in range(MOST + 4):
            await all_of_them.enter_async_context(database.question())
    yield database
    await database.dispose()


@pytest_asyncio.fixture
async def wide(app_url):
    """As many connections as go together, and some more."""
    async with opened(app_url) as database:
        yield database


async def call(database, statement, tenant=None, **values):
    async with database.transaction(late=True) as tx:
        driver(tx).tenant_id = tenant
        return await statement.row(tx, **values)


def have(database, n, seconds=0, tenant=None):
    return asyncio.create_task(call(database, HAVE, tenant, n=n, seconds=seconds))


@asynccontextmanager
async def held(database, lock=HELD):
    """While the block lasts, nobody else has the lock."""
    async with database.transaction() as tx:
        await tx.execute(text(f"SELECT pg_advisory_xact_lock({lock})"))
        yield


async def until_waiting(database, count):
    """Until so many wait for one that is under way."""
    async with asyncio.timeout(20):
        while sum(map(len, database._together._waiting.values())) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@TOGETHER
async def test_those_that_wait_go_in_one_transaction_and_each_has_its_own_answer(wide):
    async with held(wide):
        first = have(wide, HELD)
        others = [have(wide, n) for n in range(1, 9)]
        await until_waiting(wide, 8)
    found = [await one for one in others]

    assert [one["n"] for one in found] == list(range(1, 9))
    assert len({one["tx"] for one in found}) == 1
    assert (await first)["tx"] != found[0]["tx"]


async def test_one_that_finds_nobody_under_way_goes_at_once(wide):
    assert len({(await have(wide, n))["tx"] for n in range(3)}) == 3


@TOGETHER
async def test_no_more_than_so_many_go_together(wide):
    async with held(wide):
        first = have(wide, HELD)
        others = [have(wide, n) for n in range(MOST + 1)]
        await until_waiting(wide, MOST + 1)
    txs = [(await one)["tx"] for one in others]
    await first

    assert sorted(txs.count(tx) for tx in set(txs)) == [1, MOST]


@TOGETHER
async def test_one_that_fails_fails_alone(wide):
    async with held(wide):
        numbers = [10, 1, 2, 0, 3, 4]
        calls = [
            asyncio.create_task(call(wide, DIVIDE, n=n, lock=HELD if n == 10 else n))
            for n in numbers
        ]
        await until_waiting(wide, 5)
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(answers.pop(3), DivisionByZeroError)
    assert [one["n"] for one in answers] == [6, 60, 30, 20, 15]


async def joined(wide, *numbers, statement=JOINED):
    """What each is answered: the first goes alone, those that wait for it together."""
    async with held(wide):
        calls = [asyncio.create_task(call(wide, statement, n=[n])) for n in (HELD, *numbers)]
        await until_waiting(wide, len(numbers))
    return await asyncio.gather(*calls, return_exceptions=True)


@TOGETHER
async def test_calls_of_lists_are_one_call_whose_answer_is_that_of_each(wide):
    alone, *others = await joined(wide, 1, 2, 3)

    assert alone["n"] == 1
    assert [(one["n"], one["sum"]) for one in others] == [(3, 60 + 30 + 20)] * 3


@TOGETHER
async def test_calls_of_lists_that_answer_a_row_for_each_have_their_own(wide):
    alone, *others = await joined(wide, 3, 1, 2, statement=EACH)

    assert alone["n"] == HELD
    assert [(one["n"], one["part"]) for one in others] == [(3, 20), (1, 60), (2, 30)]


@TOGETHER
async def test_one_list_that_fails_fails_alone(wide):
    alone, one, none, two = await joined(wide, 1, 0, 2)

    assert isinstance(none, DivisionByZeroError)
    assert [(found["n"], found["sum"]) for found in (alone, one, two)] == [(1, 0), (1, 60), (1, 30)]


async def test_one_that_waits_for_a_lock_keeps_nobody_waiting(wide):
    async with held(wide), asyncio.timeout(20):
        stuck = asyncio.create_task(call(wide, HAVE_SOON, n=HELD))
        others = [await call(wide, HAVE_SOON, n=n) for n in (4, 5, 6)]
        more = await asyncio.gather(*(call(wide, HAVE_SOON, n=n) for n in (7, 8, 9)))
        assert not stuck.done()
    assert [one["n"] for one in (*others, *more)] == [4, 5, 6, 7, 8, 9]
    assert (await stuck)["n"] == HELD


async def test_one_among_others_that_waits_for_a_lock_waits_alone(wide):
    async with held(wide, 1), asyncio.timeout(20):
        async with held(wide):
            stuck = [asyncio.create_task(call(wide, HAVE, n=HELD, seconds=0))]
            stuck.append(asyncio.create_task(call(wide, HAVE_SOON, n=1)))
            others = [asyncio.create_task(call(wide, HAVE_SOON, n=n)) for n in (2, 3)]
        assert [(await one)["n"] for one in others] == [2, 3]
        assert not stuck[1].done()
    assert [(await one)["n"] for one in stuck] == [HELD, 1]


@TOGETHER
async def test_who_goes_away_takes_nobody_along(wide):
    """Whoever waits, and whoever sends for the others, too."""
    async with held(wide, 1):
        async with held(wide):
            first = have(wide, HELD)
            sends, leaves, stays, too = (have(wide, n) for n in (1, 2, 3, 4))
            await until_waiting(wide, 4)
            leaves.cancel()
        await first
        await until_waiting(wide, 0)
        sends.cancel()
        await asyncio.sleep(0.05)
        assert not sends.done(), "it has others with it"
    answers = await asyncio.gather(sends, leaves, stays, too, return_exceptions=True)

    assert [type(one) for one in answers[:2]] == [asyncio.CancelledError] * 2
    assert [one["n"] for one in answers[2:]] == [3, 4]
    assert (await have(wide, 9))["n"] == 9


@TOGETHER
async def test_one_told_to_send_as_it_leaves_leaves_it_to_the_next(wide):
    together = wide._together
    async with held(wide), asyncio.timeout(20):
        first = have(wide, HELD)
        leaves, stays = have(wide, 1), have(wide, 2)
        await until_waiting(wide, 2)
        (waiting,) = together._waiting.values()
        waiting[0].answer.add_done_callback(lambda _: leaves.cancel())  # told, and not yet awake
    async with asyncio.timeout(20):
        await first
        assert (await stays)["n"] == 2
        assert (await have(wide, 3))["n"] == 3
    assert isinstance(
        (await asyncio.gather(leaves, return_exceptions=True))[0], asyncio.CancelledError
    )
    assert not together._waiting


@TOGETHER
async def test_a_silent_server_is_silent_to_all_that_went_together(app_url):
    """Each in time, all of them not: what is not answered in time is not asked again."""
    async with opened(app_url, statement_timeout_s=2) as hasty:
        async with held(hasty):
            first = have(hasty, HELD)
            others = [have(hasty, n, seconds=1.5) for n in range(4)]
            await until_waiting(hasty, 4)
        await first
        answers = await asyncio.gather(*others, return_exceptions=True)

    assert [type(one) for one in answers] == [Unavailable] * 4
    assert {one.reason for one in answers} == {"silent"}


@TOGETHER
async def test_those_of_another_tenant_go_by_themselves(wide, tenant, other):
    async with held(wide):
        firsts = [have(wide, HELD, tenant=who) for who in (tenant, other)]
        mine = [have(wide, n, tenant=tenant) for n in (1, 2)]
        theirs = [have(wide, n, tenant=other) for n in (3, 4)]
        await until_waiting(wide, 4)
    await asyncio.gather(*firsts)
    txs = [[(await one)["tx"] for one in those] for those in (mine, theirs)]

    assert [len(set(those)) for those in txs] == [1, 1]
    assert txs[0] != txs[1]
