"""When not all can be served: each tenant has its share, and who asks too much is told at once."""

import asyncio

import httpx
import pytest

from app.main import ROUTERS, create_app
from app.routers.edge.middleware import admission
from app.routers.edge.middleware.admission import Shares
from app.storage.database.unavailable import Unavailable
from tests.clock import wall
from tests.routers.conftest import started


@pytest.fixture
def shares():
    return Shares(4)  # three for one tenant at most


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


class Request:
    """A request that runs until it is told to end."""

    def __init__(self, shares, whose):
        self.over, self.runs = asyncio.Event(), False
        self.task = asyncio.create_task(self._run(shares, whose))

    async def _run(self, shares, whose):
        async with shares.place(whose):
            self.runs = True
            await self.over.wait()

    async def end(self):
        self.over.set()
        await self.task
        await settle()


async def ended(*requests):
    for one in requests:
        one.over.set()
    await asyncio.gather(*(one.task for one in requests), return_exceptions=True)


async def test_one_tenant_never_has_every_place(shares):
    greedy = [Request(shares, "a") for _ in range(10)]
    await settle()
    other = Request(shares, "b")
    await settle()

    assert [one.runs for one in greedy] == [True] * 3 + [False] * 7
    assert other.runs
    await ended(other, *greedy)


async def test_a_place_goes_to_the_tenant_with_the_fewest(shares):
    greedy = [Request(shares, "a") for _ in range(10)]
    others = [Request(shares, "b") for _ in range(3)]
    await settle()
    assert [one.runs for one in others] == [True, False, False]

    await greedy[0].end()

    assert sum(one.runs for one in greedy) == 3
    assert [one.runs for one in others] == [True, True, False]
    await ended(*others, *greedy)


async def test_whoever_would_wait_too_long_is_told_so_at_once(shares):
    shares._usual_seconds = 2
    running = [Request(shares, "a") for _ in range(3)]
    await settle()
    waiting = [Request(shares, "a") for _ in range(10)]
    await settle()

    refused = [one for one in waiting if one.task.done()]
    assert 0 < len(refused) < 10
    with pytest.raises(Unavailable) as refusal:
        await refused[0].task
    assert refusal.value.retry_after_s >= 3
    await ended(*running, *waiting)


async def test_nobody_waits_for_ever(shares, monkeypatch):
    monkeypatch.setattr(admission, "MOST_WAIT_SECONDS", 0.05)
    running = [Request(shares, "a") for _ in range(3)]
    late = Request(shares, "a")

    with pytest.raises(Unavailable):
        await late.task
    await ended(*running)


async def test_who_goes_away_while_waiting_leaves_no_place_taken(shares):
    running = [Request(shares, "a") for _ in range(3)]
    gone = Request(shares, "a")
    await settle()
    gone.task.cancel()
    await ended(gone, *running)

    again = [Request(shares, "a") for _ in range(3)]
    await settle()
    assert all(one.runs for one in again)
    await ended(*again)
    assert shares._lines == {}
    assert shares._free == 4


async def test_who_gives_up_as_a_place_comes_free_is_passed_over(shares):
    running = [Request(shares, "a") for _ in range(3)]
    gone, patient = Request(shares, "a"), Request(shares, "a")
    await settle()
    running[0].over.set()  # both in one turn of the loop: the place is left before `gone` is out
    gone.task.cancel()
    await ended(gone, running[0])
    await settle()

    assert patient.runs
    await ended(patient, *running)
    assert shares._lines == {}
    assert shares._free == 4


async def test_a_tenant_that_overloads_is_refused_and_another_is_not(database, key, theirs):
    shares = Shares(4)
    async with started(create_app(database, routers=ROUTERS, clock=wall)) as running:

        async def app(scope, receive, send):
            await running({**scope, "state": {"shares": shares}}, receive, send)

        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://a.test") as client:
            mine = {"Authorization": f"Bearer {key}"}
            assert (await client.get("/v1/accounts", headers=mine)).status_code == 200
            assert (await client.get("/v1/accounts", headers=theirs)).status_code == 200
            shares._usual_seconds = 20
            asked = [client.get("/v1/accounts", headers=mine) for _ in range(30)]
            answers = asyncio.gather(*asked)
            other = await client.get("/v1/accounts", headers=theirs)
            refused = [one for one in await answers if one.status_code == 503]

    assert other.status_code == 200
    assert refused
    assert all(int(one.headers["retry-after"]) > 3 for one in refused)
    assert refused[0].json()["type"] == "/problems/unavailable"
