"""Migrations go up and down, end where the tables are, and may be run by anybody at any time."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.domain.vocabulary import Role
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database, single_engine
from app.storage.embedded import embedded
from app.storage.tables import METADATA
from tests.database import Server

SCRIPTS = ScriptDirectory.from_config(migrate.config())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]

#: All there is to a table, as PostgreSQL itself writes it.
CATALOG = """
SELECT attrelid::regclass::text || '.' || attname || ' ' || format_type(atttypid, atttypmod)
    || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0
UNION ALL
SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT relname || ' ' || array_to_string(reloptions, ', ')
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
#: What there is by name, and what functions say: quick enough to be asked after each step.
EVERYTHING = """
SELECT proname || ' ' || pg_get_function_arguments(oid) || ' '
    || md5(translate(prosrc, E' \\n', ''))
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT polname FROM pg_policy"""


async def ask(url, query):
    database = Database(url, pool_size=1)
    async with database.transaction() as tx:
        answer = set((await tx.execute(text(query))).scalars())
    await database.dispose()
    return {line for line in answer if line and "alembic_version" not in line}


def test_there_is_one_head_and_one_beginning():
    assert SCRIPTS.get_heads() == [migrate.head()]
    assert len(SCRIPTS.get_bases()) == 1


def test_every_migration_says_what_it_is_for_and_waits_for_nobody():
    for script in SCRIPTS.walk_revisions():
        source = Path(script.path).read_text()
        assert script.doc, script.path
        assert "SET LOCAL lock_timeout = '4s'" in source, script.path
        assert "SET LOCAL statement_timeout = '5s'" in source, script.path


async def test_each_step_goes_up_and_down_and_up_again(empty_database):
    """The staircase: nothing of a step is left when it is taken back."""
    seen = []

    def look(*, ctx, **_):
        said = ctx.connection.execute(text(EVERYTHING)).scalars()
        seen.append({line for line in said if "alembic_version" not in line})

    def go(connection):
        made = migrate.config(connection)
        made.attributes["heard"] = look
        command.upgrade(made, "head")
        first = set(connection.execute(text(CATALOG)).scalars())
        command.downgrade(made, "base")
        command.upgrade(made, "head")
        assert set(connection.execute(text(CATALOG)).scalars()) == first

    before = await ask(empty_database, EVERYTHING)
    assert await migrate.upgrade(empty_database, revision=REVISIONS[0]) == REVISIONS[0]
    await migrate.downgrade(empty_database, "base")  # the application's role stays
    engine = single_engine(empty_database)
    async with engine.begin() as connection:
        await connection.run_sync(go)
    await engine.dispose()

    steps = len(REVISIONS)
    up, down, again = seen[:steps], seen[steps : 2 * steps], seen[2 * steps :]
    assert down == [*reversed(up[:-1]), before]
    assert again == up


async def test_alembic_sees_no_drift(owner_url):
    database = Database(owner_url, pool_size=1)
    async with database.transaction() as tx:
        differences = await tx.run_sync(
            lambda c: compare_metadata(
                MigrationContext.configure(c, opts={"compare_server_default": True}), METADATA
            )
        )
    await database.dispose()
    assert differences == []


async def test_the_migrated_database_is_the_tables_to_the_last_check(owner_url, empty_database):
    """What Alembic does not compare: CHECKs, keys, defaults, storage parameters."""
    database = Database(empty_database, pool_size=1)
    async with database.transaction() as tx:
        await tx.execute(text("CREATE FUNCTION accord_feed_epoch() RETURNS integer RETURN 1"))
        await tx.run_sync(METADATA.create_all)
    await database.dispose()

    assert await ask(owner_url, CATALOG) == await ask(empty_database, CATALOG)


async def test_a_second_migrate_changes_nothing(empty_database):
    assert await migrate.upgrade(empty_database) == migrate.head()
    before = await ask(empty_database, EVERYTHING), await ask(empty_database, CATALOG)
    assert await migrate.upgrade(empty_database) == migrate.head()
    assert (await ask(empty_database, EVERYTHING), await ask(empty_database, CATALOG)) == before


async def test_the_application_can_tell_which_revision_it_meets(database):
    async with database.transaction() as tx:
        assert await migrate.current(tx) == migrate.head()


@pytest.mark.parametrize(
    "other",
    ["system_identifier = 1", "database_oid = 1", "table_oid = 1", "server_started_at = now()"],
)
async def test_what_may_have_been_put_back_begins_an_epoch_of_the_feed_once(empty_database, other):
    epochs = "SELECT epoch::text FROM feed_epoch UNION SELECT epoch::text FROM feed_end"
    await migrate.upgrade(empty_database)
    await migrate.upgrade(empty_database)
    assert await ask(empty_database, epochs) == {"1"}

    await ask(empty_database, f"UPDATE feed_epoch SET {other} RETURNING 'done'")
    await migrate.upgrade(empty_database)
    begun = await ask(empty_database, epochs)
    await migrate.upgrade(empty_database)
    assert await ask(empty_database, epochs) == begun
    assert len(begun) == 2


async def test_a_life_that_was_lost_leaves_its_epoch_to_no_other(empty_database):
    """Put back within the same second, and again: what was lost is told by its number."""
    await migrate.upgrade(empty_database)
    lived = []
    for _ in range(3):
        begun = await ask(empty_database, "SELECT accord_begin_epoch(true)::text")
        lived += begun
        await ask(
            empty_database,
            "WITH gone AS (DELETE FROM feed_end) UPDATE feed_epoch SET epoch = 1 RETURNING 'done'",
        )

    assert len(set(lived)) == len(lived) == 3


@pytest.fixture
def fresh_server(tmp_path):
    """A cluster where nobody has migrated: without the application's role."""
    running = embedded.start(tmp_path / "pg", durable=False)
    yield Server(running)
    running.stop()


async def test_several_migrate_at_once_in_one_fresh_cluster(fresh_server):
    """Four processes, two databases: one lock each, and one role for both."""
    urls = [await fresh_server.create(name) for name in ("one", "two")]
    program = "import asyncio, sys; from app.storage.database import migrate; "
    program += "print(asyncio.run(migrate.upgrade(sys.argv[1])))"
    running = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, url, stdout=PIPE)
        for url in urls * 2
    ]

    said = [(await process.communicate())[0].decode().strip() for process in running]

    assert said == [migrate.head()] * 4
    assert await ask(urls[0], CATALOG) == await ask(urls[1], CATALOG) != set()


async def test_an_owner_who_is_no_superuser_will_do(fresh_server):
    """As on a hosted PostgreSQL."""
    admin = await fresh_server.connect()
    await admin.execute("CREATE ROLE landlord LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS")
    await admin.close()
    url = await fresh_server.create("rented", owner="landlord")
    assert await migrate.upgrade(url, app_password="it's a secret") == migrate.head()

    landlord = Database(url, pool_size=1)
    application = Database(fresh_server.url("rented", user=migrate.APP_ROLE), pool_size=1)
    async with landlord.transaction() as tx:
        tenant_id = await tenancy.create_tenant(tx, name="t", time_zone="UTC", sandbox=True)
        token = await tenancy.create_key(tx, tenant_id, name="k", role=Role.ADMIN, scopes=["*"])
    async with application.transaction() as tx:
        assert (await tenancy.authenticate(tx, token)).tenant_id == tenant_id
        assert [t.name for t in await tenancy.list_tenants(tx)] == ["t"]
    await landlord.dispose()
    await application.dispose()


async def test_a_role_that_sees_everything_is_not_accepted(fresh_server):
    admin = await fresh_server.connect()
    await admin.execute("CREATE ROLE accord_app LOGIN BYPASSRLS")
    await admin.close()
    with pytest.raises(migrate.UnsafeRole, match="NOBYPASSRLS"):
        await migrate.upgrade(await fresh_server.create("refused"))
