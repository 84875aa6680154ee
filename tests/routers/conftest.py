"""The application in process, on the real database, with a probe beside its own routes."""

import asyncio
import contextlib

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from app.cli import schema
from app.domain.vocabulary import Role
from app.main import ROUTERS, create_app
from app.storage import tenancy
from tests.clock import wall
from tests.routers import probe
from tests.routers.lives.desk import Desk


def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.database")


@contextlib.asynccontextmanager
async def started(app):
    """The ASGI application after its startup, with the state a server would pass on."""
    async with app.router.lifespan_context(app) as state:

        async def running(scope, receive, send):
            await app({**scope, "state": {**state, **scope.get("state", {})}}, receive, send)

        yield running


@pytest_asyncio.fixture
async def app(database):
    """A whole application; each test has its own, and its figures start at nothing.

    Its document takes seconds to make and is the same each time: the command's serves all.
    """
    made = create_app(database, routers=(*ROUTERS, probe.router), clock=wall)
    made.openapi = schema._document
    async with started(made) as running:
        yield running


@pytest.fixture
def stranger(app):
    """A client without a key."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://accord.test")


@pytest.fixture
def client(app, key):
    """A client with the tenant's key, which may do everything."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://accord.test",
        headers={"Authorization": f"Bearer {key}"},
    )


@pytest.fixture
def desk(client, database):
    """Words for what is done most at the API."""
    return Desk(client, database)


@pytest.fixture
def staff(app, owner, database, tenant, client):
    """`await staff("agent", "ann")`: somebody of the tenant, at a desk, with a key of that role."""

    async def hired(role, actor=None):
        async with owner.transaction() as tx:
            token = await tenancy.create_key(tx, tenant, name=role, role=Role(role), scopes=["*"])
        headers = {"Authorization": f"Bearer {token}"} | ({"Accord-Actor": actor} if actor else {})
        transport = httpx.ASGITransport(app)
        own = httpx.AsyncClient(transport=transport, base_url="http://accord.test", headers=headers)
        return Desk(own, database, clock=client)

    return hired


@pytest_asyncio.fixture
async def theirs(owner, other):
    """The headers of another tenant's key."""
    async with owner.transaction() as tx:
        token = await tenancy.create_key(tx, other, name="t", role=Role.ADMIN, scopes=["*"])
    return {"Authorization": f"Bearer {token}", "Accord-Actor": "them"}


@pytest.fixture
def stored(owner, tenant):
    """How many notes other connections see."""

    async def count():
        async with owner.transaction() as tx:
            query = text("SELECT count(*) FROM person WHERE tenant_id = :tenant")
            return (await tx.execute(query, {"tenant": tenant})).scalar_one()

    return count


@pytest.fixture
def swept(desk):
    """`await swept(day)`: what a sweep of that date counted, by what was told."""

    async def swept(day):
        await desk.at(day)
        started = await desk.post("/v1/sweeps", {"business_date": day}, status=202)
        for _ in range(500):
            run = await desk.get(f"/v1/sweeps/{started['id']}")
            if run["status"] == "done":
                return run["by_transition"]
            await asyncio.sleep(0.01)
        raise AssertionError("the sweep does not end")

    return swept
