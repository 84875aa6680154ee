"""A real PostgreSQL for tests: one server for all workers, one database each, cloned in a blink.

A folder's conftest takes the fixtures as a plugin, so that all folders share one instance:

    def pytest_configure(config):
        config.pluginmanager.import_plugin("tests.database")

    owner_url   this worker's migrated database, as the owner of the tables
    app_url     the same database as the application's role
    database    `Database` connected as the application
    tenant      a sandbox tenant of its own for each test
    other       a second one
    key         an admin key of `tenant`: the token
    owner       `Database` connected as the owner, who sees every tenant

Whatever is sent to it is held to what could be spread (`tests/spreadable.py`).
"""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Engine, event

from app.domain.vocabulary import Role
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.distribution.distribute import distribute
from app.storage.embedded import embedded
from tests import spreadable

_OWNER = "postgres"
event.listen(Engine, "before_execute", spreadable.look)
#: Names a database to run on instead, as its owner `postgres`: one that is spread over servers.
SPREAD = "ACCORD_TEST_SPREAD_URL"
_TEMPLATE = "accord_template"


class Server:
    """The running server and the databases on it."""

    def __init__(self, running: embedded.Embedded) -> None:
        self._running = running

    def url(self, database: str, *, user: str = _OWNER) -> str:
        return self._running.url(database=database, user=user)

    async def connect(self, database: str = "postgres", *, user: str = _OWNER):
        return await asyncpg.connect(self.url(database, user=user).replace("+asyncpg", ""))

    async def create(self, name: str, *, template: str = "template0", owner: str = _OWNER) -> str:
        """A new database in place of any of that name; answers its owner's URL."""
        admin = await self.connect()
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await admin.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{owner}" STRATEGY FILE_COPY'
            )
        finally:
            await admin.close()
        return self.url(name, user=owner)

    async def drop(self, name: str) -> None:
        admin = await self.connect()
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await admin.close()

    async def template(self) -> str:
        """The migrated database the others are copied from, made by whichever worker is first."""
        admin = await self.connect()
        try:
            await admin.execute("SELECT pg_advisory_lock(4711)")  # until this connection closes
            if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _TEMPLATE):
                await migrate.upgrade(await self.create(f"{_TEMPLATE}_draft"))
                await admin.execute(f"ALTER DATABASE {_TEMPLATE}_draft RENAME TO {_TEMPLATE}")
        finally:
            await admin.close()
        return _TEMPLATE


def _data_dir(config: pytest.Config, factory: pytest.TempPathFactory) -> Path:
    """One folder a run, whichever worker asks: workers' base folders lie in the run's."""
    base = factory.getbasetemp()
    return (base.parent if hasattr(config, "workerinput") else base) / "postgres"


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    running = embedded.start(_data_dir(request.config, tmp_path_factory), durable=False)
    try:
        yield Server(running)
    finally:
        running.stop()


@pytest_asyncio.fixture(scope="session")
async def owner_url(request: pytest.FixtureRequest) -> str:
    if named := os.environ.get(SPREAD):
        await migrate.upgrade(named)
        made = Database(named, pool_size=1, statement_timeout_s=3600)
        async with made.transaction() as tx:
            await distribute(tx)
        await made.dispose()
        return named
    server: Server = request.getfixturevalue("server")
    name = f"accord_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    return await server.create(name, template=await server.template())


@pytest.fixture(scope="session")
def app_url(owner_url: str) -> str:
    return owner_url.replace(f"//{_OWNER}@", f"//{migrate.APP_ROLE}@")


@pytest_asyncio.fixture(scope="session")
async def database(app_url: str) -> AsyncIterator[Database]:
    """The application's own view, waiting briefly so that a test that hangs fails soon.

    Where tables are spread each call has a way to go, and all servers may be one machine.
    """
    limit_s = 60 if SPREAD in os.environ else 10
    made = Database(app_url, pool_size=12, lock_timeout_s=2, statement_timeout_s=limit_s)
    yield made
    await made.dispose()


@pytest_asyncio.fixture(scope="session")
async def owner(owner_url: str) -> AsyncIterator[Database]:
    """The owner's view: a superuser, so it sees every tenant."""
    made = Database(owner_url, pool_size=3, statement_timeout_s=60 if SPREAD in os.environ else 8)
    yield made
    await made.dispose()


@pytest_asyncio.fixture
async def tenant(owner: Database) -> UUID:
    return await _new_tenant(owner)


@pytest_asyncio.fixture
async def other(owner: Database) -> UUID:
    return await _new_tenant(owner)


@pytest_asyncio.fixture
async def key(owner: Database, tenant: UUID) -> str:
    async with owner.transaction() as tx:
        return await tenancy.create_key(tx, tenant, name="test", role=Role.ADMIN, scopes=["*"])


@pytest_asyncio.fixture
async def empty_database(server: Server) -> AsyncIterator[str]:
    """The owner's URL of a database without a table, gone after the test."""
    name = f"empty_{uuid4().hex[:12]}"
    yield await server.create(name)
    await server.drop(name)


@contextlib.asynccontextmanager
async def as_tenant(database: Database, tenant_id: UUID):
    """A transaction that has entered the tenant."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        yield tx


async def _new_tenant(owner: Database) -> UUID:
    async with owner.transaction() as tx:
        return await tenancy.create_tenant(
            tx, name=f"test {uuid4().hex}", time_zone="America/Chicago", sandbox=True
        )
