"""Cases are played against the application in process, on the shared PostgreSQL.

The reading and comparing that needs no service is tested without one: only `api` starts any.
"""

import pytest_asyncio


def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.database")


@pytest_asyncio.fixture
async def api(database, owner, tenant):
    """The API, as a sandbox tenant of its own."""
    from app.main import create_app
    from tests.clock import wall
    from tests.scenarios import service

    async with owner.transaction() as tx:
        tokens = await service.role_keys(tx, tenant)
    async with service.running(create_app(database, clock=wall)) as transport:
        yield service.staffed(transport, base_url="http://accord.test", tokens=tokens)
