"""What many requests send together goes by connections of its own: few, and always the same."""

import asyncio

import pytest
import pytest_asyncio
from asyncpg import TooManyConnectionsError
from sqlalchemy import text

from app.storage.database.engine import Database
from app.storage.database.lanes import MOST
from app.storage.database.prepared import Prepared, driver

pytestmark = pytest.mark.one_server("where tables are spread nothing goes alone")

#: Which process of the server's did it, and what it takes JSON for.
BY = Prepared(
    text(
        "SELECT pg_backend_pid() AS pid, CAST(:said AS jsonb) AS said,"
        " pg_sleep(CAST(:seconds AS float8))"
    ),
    alone=True,
)
#: Three that are of kinds of their own, so that none waits for another.
KINDS = tuple(
    Prepared(text(f"SELECT pg_backend_pid() AS pid, pg_sleep(0.2), {n} AS n"), alone=True)
    for n in range(MOST + 1)
)


@pytest_asyncio.fixture
async def database(app_url):
    database = Database(app_url, pool_size=6)
    yield database
    await database.dispose()


async def call(database, statement, **values):
    """Answers who did it, and whose connection the caller holds meanwhile."""
    async with database.transaction(late=True) as tx:
        row = await statement.row(tx, **values)
        return row, driver(tx).get_server_pid()


async def by(database, seconds=0):
    return await call(database, BY, said='{"a": 1}', seconds=seconds)


@pytest_asyncio.fixture
async def warm(database):
    """One lane is open."""
    await by(database)
    await until_open(database, 1)
    return database


async def until_open(database, count):
    async with asyncio.timeout(10):
        while len(database._lanes._free) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_the_first_waits_for_no_lane_to_be_opened(database):
    row, own = await by(database)

    assert row["pid"] == own


async def test_callers_that_hold_connections_of_their_own_all_go_by_one(warm):
    async with warm.question() as other:
        first, own = await by(warm)
        taken = driver(other).get_server_pid()
        others = [(await by(warm))[0]["pid"] for _ in range(3)]

    assert set(others) == {first["pid"]}
    assert first["pid"] not in {own, taken}


async def test_no_more_are_opened_than_so_many_and_who_finds_none_goes_by_their_own(warm):
    for _ in range(2):  # the first time around they are opened
        found = await asyncio.gather(*(call(warm, one) for one in KINDS))
        await until_open(warm, MOST)

    alone = [row["pid"] == own for row, own in found]
    assert sorted(alone) == [*[False] * MOST, True]


async def test_json_is_read_as_by_any_other_connection(warm):
    row, own = await by(warm)

    assert row["pid"] != own
    assert row["said"] == {"a": 1}


async def test_one_whose_caller_went_away_is_ended_and_another_opened(warm):
    before = (await by(warm))[0]["pid"]
    gone = asyncio.create_task(by(warm, seconds=30))
    async with asyncio.timeout(10):
        while warm._lanes._free:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone

    await by(warm)
    await until_open(warm, 1)
    row, own = await by(warm)
    assert row["pid"] not in {before, own}


@pytest.mark.parametrize("cancelled", [False, True])
async def test_who_waits_goes_on_though_a_silent_one_cannot_be_ended(warm, monkeypatch, cancelled):
    ending = asyncio.Event()

    async def cut_off(lane):
        lane.terminate()
        ending.set()
        if not cancelled:
            raise RuntimeError
        await asyncio.sleep(30)

    monkeypatch.setattr(warm._lanes, "_cut_off", cut_off)
    warm._lanes._free[0].allow(0.3)
    silent = asyncio.create_task(by(warm, seconds=30))
    async with asyncio.timeout(10):
        while warm._lanes._free:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    waiting = asyncio.create_task(by(warm))
    await ending.wait()
    if cancelled:
        silent.cancel()
    with pytest.raises(asyncio.CancelledError if cancelled else RuntimeError):
        await silent

    async with asyncio.timeout(10):
        row, own = await waiting
    assert row["pid"] == own


async def test_one_that_the_server_left_is_not_used_again(warm, owner):
    before = (await by(warm))[0]["pid"]
    async with owner.transaction() as tx:
        await tx.execute(text(f"SELECT pg_terminate_backend({before})"))
    async with asyncio.timeout(10):
        while not warm._lanes._free[0].is_closed():  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    row, own = await by(warm)
    assert row["pid"] == own


async def test_where_the_server_has_no_room_for_one_all_go_by_their_own(database, monkeypatch):
    tried = []

    async def full():
        tried.append(1)
        raise TooManyConnectionsError

    monkeypatch.setattr(database._lanes, "_opened", full)
    for _ in range(3):
        row, own = await by(database)
        assert row["pid"] == own
        await asyncio.sleep(0)

    assert len(tried) == 1


async def test_none_is_left_open(app_url, owner):
    database = Database(app_url, pool_size=2, application_name="lanes that end")
    await by(database)
    await until_open(database, 1)
    await database.dispose()

    asked = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lanes that end'")
    async with asyncio.timeout(10), owner.transaction() as tx:
        while (await tx.execute(asked)).scalar_one():
            await tx.execute(text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)"))
