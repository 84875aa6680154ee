"""The application, a receiver on this machine, and a worker whose clock the test holds."""

from datetime import UTC, timedelta
from ipaddress import ip_network

import httpx
import pytest
import pytest_asyncio

from app.main import create_app
from app.outbound.http import HttpSender
from app.routers.edge.deps import here_and_now
from app.workers.webhooks import Webhooks
from tests.feed import feed_at_rest
from tests.routers.lives.desk import Desk
from tests.webhooks.receiver import receiving

HERE = (ip_network("127.0.0.0/8"),)


class Clock:
    """The workers' clock: now, and from there on as the test says."""

    def __init__(self):
        self.at = here_and_now("UTC").astimezone(UTC)

    def __call__(self):
        return self.at

    def forward(self, **span):
        self.at += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest_asyncio.fixture
async def sender(clock):
    made = HttpSender(now=clock, allowed=HERE, timeout_s=2)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def app(database, sender):
    from tests.routers.conftest import started

    async with started(create_app(database)) as running:

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
