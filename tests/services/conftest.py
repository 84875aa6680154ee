"""Services are tested on the real database, in a tenant of their own."""

from contextlib import asynccontextmanager
from datetime import date

import pytest

from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.context import Context
from app.storage import tenancy


def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.database")


@pytest.fixture
def at(database, tenant):
    """`async with at(day) as ctx`: one transaction on that business date."""

    @asynccontextmanager
    async def at(day: date, **changes: object):
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant)
            ctx = Context(
                tx=tx, tenant_id=tenant, role=Role.ADMIN, business_date=day, sandbox=True,
                actor="jane",
            )  # fmt: skip
            yield replace(ctx, **changes)

    return at
