"""What is spread, and by which functions: what can be asked where there is one server."""

import pytest
from sqlalchemy import text

from app.services.tenancy.distribution import servers, spread
from app.services.tenancy.tenants import NotPossible
from app.storage import tables
from app.storage.books.statement import PARTS
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.database.prepared import driver
from app.storage.distribution import layout
from app.storage.distribution.functions import FUNCTIONS


def test_every_table_has_its_place():
    wanted = layout.wanted()
    assert set(wanted) == set(tables.METADATA.tables)
    for name, column in wanted.items():
        keys = list(tables.METADATA.tables[name].primary_key.columns.keys())
        assert name in layout.REFERENCE or column in keys, name


def test_what_writes_where_a_tenant_lies_writes_all_that_one_statement_does():
    (writing,) = [one for one in FUNCTIONS if "FUNCTION accord_write_books" in one]
    for part in PARTS:
        assert part.of_row() in writing or part.parameter == "events"
        for name in (*part.names, *part.key):
            assert f'"{name}"' in writing
    assert "ELSE greatest(pg_current_xact_id(), told) END, slot)" in writing


@pytest.mark.one_server("it says why one server is not spread")
async def test_one_server_is_not_spread_and_says_why(owner, database):
    async with database.transaction() as tx:
        assert await servers(tx) is None
    with pytest.raises(NotPossible, match="citus"):
        await spread(owner)


async def test_a_connection_learns_that_tables_are_spread(app_url):
    """Calls are planned for the tenant, and the driver's questions about types are not slowed."""
    more = "&" if "?" in app_url else "?"
    made = Database(f"{app_url}{more}options=-c%20accord.spread%3Don", pool_size=1)
    try:
        async with made.question() as tx:
            assert driver(tx).spread
            asked = text(
                "SELECT current_setting('plan_cache_mode'),"
                " current_setting('citus.override_table_visibility')"
            )
            assert tuple((await tx.execute(asked)).one()) == ("force_custom_plan", "off")
    finally:
        await made.dispose()


async def test_a_migration_changes_shards_one_by_one(owner_url):
    """All at once, no function can be made after it in the same transaction."""
    asked = text("SELECT current_setting('citus.multi_shard_modify_mode')")
    async with migrate._owner(owner_url) as connection:
        assert (await connection.execute(asked)).scalar_one() == "sequential"
