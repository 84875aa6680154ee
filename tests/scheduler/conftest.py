"""A database of its own for every test: the scheduler sweeps all the tenants it finds."""

from uuid import uuid4

import pytest_asyncio

from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database


def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.database")


@pytest_asyncio.fixture
async def its_url(server):
    """The owner's URL of a migrated database nobody else uses."""
    name = f"daily_{uuid4().hex[:12]}"
    yield await server.create(name, template=await server.template())
    await server.drop(name)


@pytest_asyncio.fixture
async def landlord(its_url):
    """`Database` connected as that database's owner, who sees every tenant."""
    made = Database(its_url, pool_size=2)
    yield made
    await made.dispose()


@pytest_asyncio.fixture
async def process(its_url):
    """`process()`: the connections another process of ours would have."""
    made = []

    def start():
        url = its_url.replace("//postgres@", f"//{migrate.APP_ROLE}@")
        made.append(Database(url, pool_size=2, lock_timeout_s=5))
        return made[-1]

    yield start
    for database in made:
        await database.dispose()


@pytest_asyncio.fixture
async def tenants(landlord):
    """One in UTC and one in Chicago."""
    made = {}
    for zone in ("UTC", "America/Chicago"):
        async with landlord.transaction() as tx:
            made[zone] = await tenancy.create_tenant(tx, name=zone, time_zone=zone)
    return made
