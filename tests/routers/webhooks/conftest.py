"""The application, a receiver on this machine, and a worker whose clock the test holds."""

from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest
import pytest_asyncio

from app.main import create_app
from app.outbound.http import HttpSender
from app.workers.webhooks import Webhooks
from tests.clock import real_now, real_wall
from tests.feed import feed_at_rest
from tests.routers.lives.desk import Desk
from tests.webhooks.receiver import receiving

HERE = (ip_network("127.0.0.0/8"),)


class Clock:
    """The workers' clock: it stands, later than whatever a test writes, and goes as the test says.

    The database dates what is written by its own: a clock that began with the test would be behind
    it as soon as the machine is slow, and nothing would be due.
    """

    def __init__(self):
        self.at = real_now() + timedelta(hours=1)

    def __call__(self):
        return self.at

    def forward(self, **span):
        self.at += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def patience_s():
    """How long an answer may take: what a slow machine needs, but for who tests the waiting."""
    return 30


@pytest_asyncio.fixture
async def sender(clock, patience_s):
    made = HttpSender(now=clock, allowed=HERE, timeout_s=patience_s)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def app(database, sender):
    from tests.routers.conftest import started

    # what is told, and when it is tried again, goes by when the database wrote it
    async with started(create_app(database, clock=real_wall)) as running:

        async def reaching(scope, receive, send):
            state = {**scope.get("state", {}), "sender": sender}
            await running({**scope, "state": state}, receive, send)

        yield reaching


@pytest.fixture
def client(app, key):
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://accord.test",
        headers={"Authorization": f"Bearer {key}", "Accord-Actor": "ann"},
    )


@pytest.fixture
def desk(client, database):
    return Desk(client, database)


class Hooks:
    """An endpoint of the tenant's at a receiver, and the worker that sends to it."""

    def __init__(self, desk, receiver, *, database, tenant, sender, clock):
        self.desk, self.clock, self.receiver = desk, clock, receiver
        self._database, self._tenant = database, tenant
        self.work = Webhooks(database, sender, now=clock, jitter=lambda: 0.0)

    async def made(self, **said):
        body = {"url": self.receiver.url, "rate_per_second": 1000, **said}
        return await self.desk.post("/v1/webhooks", body)

    async def turn(self):
        """What the worker finds due now, sent and recorded; how many."""
        await feed_at_rest(self._database)
        batch = await self.work.take(50)
        mine = [job for job in batch.jobs if job.webhook.tenant_id == self._tenant]
        for job in mine:
            await self.work.do(job)
        return len(mine)

    async def turns(self):
        """Until nothing is due."""
        self.clock.forward(seconds=1)
        total = 0
        while sent := await self.turn():
            total += sent
            self.clock.forward(seconds=1)
        return total

    async def read(self, made):
        return await self.desk.get(f"/v1/webhooks/{made['id']}")

    async def deliveries(self, made, **asked):
        return (await self.desk.get(f"/v1/webhooks/{made['id']}/deliveries", **asked))["data"]


@pytest_asyncio.fixture
async def receiver():
    async with receiving() as told:
        yield told


@pytest.fixture
def hooks(request, desk, receiver):
    names = ("database", "tenant", "sender", "clock")
    return Hooks(desk, receiver, **{name: request.getfixturevalue(name) for name in names})
