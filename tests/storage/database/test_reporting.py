"""What other people's tools read by SQL: one tenant, no person, and nothing to change."""

import asyncio
import contextlib
import json
import os
import re
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.services.tenancy import reporting
from app.services.tenancy.tenants import NotPossible
from app.storage import reporting as reporting_logins
from app.storage.database.engine import Database
from app.storage.database.prepared import driver
from app.storage.distribution.reports import REPORTS
from tests.database import as_tenant
from tests.storage.rows import add_one_of_each

PAGE = Path(__file__).parents[3] / "docs" / "reporting.md"
GROUP = "accord_reporting"
#: Tables that hold people, their words, or who did what; and such columns of others.
OF_PEOPLE = {
    "person", "person_fact", "contact", "contact_point", "contact_fact", "contact_account",
    "annotation", "message", "message_content", "print_file", "letter", "debtor_link",
    "suppression",
}  # fmt: skip
PERSONAL = {
    "actor", "assigned_actor", "debtor_id", "reason", "status_reason", "consent", "metadata",
    "body", "terms", "schedule", "name", "email", "phone", "account_reference", "state",
}  # fmt: skip
VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'reporting' ORDER BY 1"
TENANTS_OWN = {"versions"}  # without a tenant's rows


class Undone(Exception):
    """All was seen: nothing of it stays."""


@contextlib.asynccontextmanager
async def connected(owner_url, login):
    address = owner_url.replace("+asyncpg", "").replace("//postgres@", f"//{login}@")
    connection = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def login(owner, owner_url, tenant, other):
    """A login that reads `tenant`; `other` has rows of everything too."""
    for one in (tenant, other):
        async with as_tenant(owner, one) as tx:
            account_id = await add_one_of_each(tx, one)
            promise = text("""
                UPDATE account SET state = CAST(:state AS jsonb)
                WHERE tenant_id = :tenant_id AND id = :id""")
            said = {
                "id": str(account_id), "made_on": "2026-03-01", "amount_minor": 500,
                "due_on": "2026-03-01", "grace_days": 2, "threshold_bps": 10000,
            }  # fmt: skip
            state = json.dumps({"promises": [said]})
            await tx.execute(promise, {"tenant_id": one, "id": account_id, "state": state})
    name = f"tool_{uuid4().hex[:12]}"
    await reporting.grant_login(owner, tenant, login=name, statement_timeout_s=7)
    yield name
    with contextlib.suppress(NotPossible):
        await reporting.revoke_login(owner, tenant, login=name)


async def test_a_login_sees_its_tenant_alone_whatever_it_sets(
    owner, owner_url, login, tenant, other
):
    async with connected(owner_url, login) as sql:
        views = [row["viewname"] for row in await sql.fetch(VIEWS)]
        seen = {name: await sql.fetch(f"SELECT * FROM reporting.{name}") for name in views}
        ids = {row["account_id"] for row in seen["accounts"]}
        assert await sql.fetchval("SHOW statement_timeout") == "7s"
        await sql.execute(f"SELECT public.accord_enter('{other}')")  # as the application would
        await sql.execute(f"SET accord.tenant_id = '{other}'")
        for name in set(views) - TENANTS_OWN:
            again = await sql.fetch(f"SELECT * FROM reporting.{name}")
            assert seen[name], f"nothing to see in {name}"
            assert sorted(map(str, again)) == sorted(map(str, seen[name]))
        direct = {
            row["tenant_id"] for row in await sql.fetch("SELECT tenant_id FROM public.posting")
        }
        assert direct == {tenant}

    assert len(views) <= 20
    async with as_tenant(owner, tenant) as tx:
        mine = text("SELECT id FROM account WHERE tenant_id = :tenant_id")
        assert ids == set((await tx.execute(mine, {"tenant_id": tenant})).scalars())
    (promised,) = [dict(row) for row in seen["promises"]]
    assert (promised["amount_minor"], promised["status"]) == (500, "open")
    assert {row["view_name"] for row in seen["versions"]} == set(views)


async def test_what_is_kept_of_a_day_is_seen_once_all_of_it_is(owner, owner_url, login, tenant):
    views = ("rollup_day", "flow_day", "position_month", "age_month", "cohort_point")
    of_points = {"age_month", "cohort_point"}

    async def seen():
        async with connected(owner_url, login) as sql:
            return {one for one in views if await sql.fetch(f"SELECT * FROM reporting.{one}")}

    async def note(said):
        async with as_tenant(owner, tenant) as tx:
            mine = {"mine": tenant}
            await tx.execute(text(f"UPDATE report_day SET {said} WHERE tenant_id = :mine"), mine)

    assert await seen() == {*views}
    await note("points_kept = false")
    assert await seen() == {*views} - of_points
    await note(f"points_kept = NULL, making = '{uuid4()}'")
    assert await seen() == set()


async def test_a_login_writes_nothing_and_reads_nothing_else(owner_url, login):
    refused = (
        "UPDATE reporting.accounts SET bucket = 'current'",
        "DELETE FROM reporting.payments",
        "INSERT INTO reporting.sweeps (business_date) VALUES ('2026-01-01')",
        "CREATE TABLE public.mine (id int)",
        "CREATE VIEW reporting.mine AS SELECT 1",
        "SELECT * FROM public.person",
        "SELECT state FROM public.account",
        "SELECT body FROM public.fact",
        "SELECT * FROM public.reporting_login",
        "SET ROLE accord_app",
        "SELECT public.accord_authenticate('x')",
    )
    async with connected(owner_url, login) as sql:
        await sql.execute("SET default_transaction_read_only = off")
        for statement in refused:
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.PostgresError)) as no:
                await sql.execute(statement)
            assert no.value.sqlstate in {"42501", "55000", "0A000"}, (statement, no.value)


@pytest.mark.one_server("who is somebody else for a while is so on every server: also a function")
async def test_promises_are_the_same_where_tables_are_spread(owner, login):
    """There a function hands them out, by its maker's rights, of its caller's tenant alone."""
    described = text("""
        SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum)
        FROM pg_attribute WHERE attrelid = 'reporting.promises'::regclass AND attnum > 0
        ORDER BY attnum""")
    shown, all_of_it = text("SELECT * FROM reporting.promises"), text("SELECT state FROM account")
    called = text("SELECT * FROM accord_reported_promises()")
    hers = text(f"SET LOCAL SESSION AUTHORIZATION {login}")
    ours = text("RESET SESSION AUTHORIZATION")

    async def seen(tx):
        columns = (await tx.execute(described)).all()
        await tx.execute(hers)
        rows = (await tx.execute(shown)).all()
        await tx.execute(ours)
        return columns, rows

    with contextlib.suppress(Undone):
        async with owner.transaction() as tx:
            before = await seen(tx)
            for one in REPORTS:
                await tx.execute(text(one.replace(":", "\\:")))
            assert await seen(tx) == before
            assert len(before[1]) == 1
            assert (await tx.execute(called)).all() == []  # of whoever has no tenant
            await tx.execute(hers)
            with pytest.raises(DBAPIError, match="permission denied"):
                await tx.execute(all_of_it)
            raise Undone


async def test_no_view_shows_a_person(owner):
    used = """
        SELECT DISTINCT table_name, column_name FROM information_schema.view_column_usage
        WHERE view_schema = 'reporting'"""
    granted = """
        SELECT table_name, column_name FROM information_schema.column_privileges
        WHERE grantee = :group AND table_schema = 'public'"""
    kinds = """
        SELECT relname, reloptions FROM pg_class
        WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v'"""
    async with owner.transaction() as tx:
        of_views = {tuple(row) for row in await tx.execute(text(used))}
        of_group = {tuple(row) for row in await tx.execute(text(granted), {"group": GROUP})}
        options = {row.relname: row.reloptions for row in await tx.execute(text(kinds))}
        spread = driver(tx).spread  # a function reads it there

    assert not {table for table, _ in of_group} & OF_PEOPLE
    assert not {column for _, column in of_group} & PERSONAL
    # beyond what views show the group may read whose a row is and by what they are joined
    assert of_views - of_group == (set() if spread else {("account", "state")})
    assert {column for _, column in of_group - of_views} <= {"tenant_id"}
    assert options.pop("promises") == ["security_barrier=true"]
    assert set(map(tuple, options.values())) == {("security_invoker=true",)}


async def test_a_login_ends_turns_and_is_never_taken_over(owner, owner_url, login, tenant, other):
    for taken, whose in ((login, other), ("postgres", tenant)):
        with pytest.raises(NotPossible, match="choose another name"):
            await reporting.grant_login(owner, whose, login=taken, statement_timeout_s=60)
    for wrong in ("accord_app", "pg_monitor", 'x"; DROP', "A"):
        with pytest.raises(NotPossible, match="A login is"):
            await reporting.grant_login(owner, tenant, login=wrong, statement_timeout_s=60)
    with pytest.raises(NotPossible, match="no login"):
        await reporting.revoke_login(owner, other, login=login)
    assert await reporting.grant_login(owner, tenant, login=login, statement_timeout_s=60)

    async with connected(owner_url, login) as sql:
        assert await sql.fetch("SELECT * FROM reporting.accounts")
        await reporting.revoke_login(owner, tenant, login=login)
        with contextlib.suppress(asyncpg.PostgresError):
            assert not await sql.fetch("SELECT * FROM reporting.accounts")
    with pytest.raises(asyncpg.PostgresError):
        async with connected(owner_url, login):
            pass


@pytest.mark.one_server("servers are told what a login changes of itself: it is read-only there")
async def test_what_holds_of_a_login_is_what_the_page_says(owner_url, login):
    """A limit of time is a default; the number of connections is not, nor is who ends one."""
    async with contextlib.AsyncExitStack() as stack:
        sql = [
            await stack.enter_async_context(connected(owner_url, login))
            for _ in range(reporting_logins.CONNECTIONS)
        ]
        for own in ("SET statement_timeout = 0", f"ALTER ROLE {login} SET statement_timeout = 0"):
            await sql[0].execute("SET default_transaction_read_only = off")
            await sql[0].execute(own)
        assert await sql[0].fetchval("SHOW statement_timeout") == "0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sql[0].execute(f"ALTER ROLE {login} CONNECTION LIMIT 50")
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await stack.enter_async_context(connected(owner_url, login))
        sleeping = asyncio.create_task(sql[0].execute("SELECT pg_sleep(60)"))
        async with connected(owner_url, "postgres") as boss:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1"
            assert all(row[0] for row in await boss.fetch(ended, login))
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
            await sleeping


async def test_a_login_that_made_something_for_itself_is_revoked(owner, owner_url, login, tenant):
    async with connected(owner_url, login) as sql, connected(owner_url, "postgres") as boss:
        await sql.execute("SET default_transaction_read_only = off")
        await sql.execute("SELECT lo_create(0)")
        await sql.execute("CREATE TEMP TABLE mine (it int)")
        await boss.execute(f"CREATE DATABASE beside_{login}")
        beside = owner_url.rsplit("?", 1)
        place = beside[0].rsplit("/", 1)[0] + f"/beside_{login}?" + "".join(beside[1:])
        try:
            async with connected(place, login) as there:
                await there.execute("SET default_transaction_read_only = off")
                await there.execute("SELECT lo_create(0)")
            await reporting.revoke_login(owner, tenant, login=login)
            with contextlib.suppress(asyncpg.PostgresError):
                assert not await sql.fetch("SELECT * FROM reporting.accounts")
            with pytest.raises(asyncpg.PostgresError):
                async with connected(owner_url, login):
                    pass
        finally:
            await boss.execute(f"DROP DATABASE beside_{login}")
            await boss.execute(f"DROP ROLE IF EXISTS {login}")


async def test_the_page_says_what_the_database_says(owner: Database):
    """`ACCORD_EXAMPLES=1` writes it anew."""
    described = text("""
        SELECT c.relname AS view, obj_description(c.oid) AS what, a.attname AS name,
            format_type(a.atttypid, a.atttypmod) AS type, col_description(c.oid, a.attnum) AS means
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'reporting'::regnamespace ORDER BY c.relname, a.attnum""")
    async with owner.transaction() as tx:
        rows = (await tx.execute(described)).all()
    lines, view = [], None
    for row in rows:
        assert row.what, row.view
        assert row.means, f"{row.view}.{row.name}"
        if row.view != view:
            view = row.view
            lines += ["", f"### {view}", "", row.what, "", "| column | type | meaning |"]
            lines += ["|---|---|---|"]
        lines.append(f"| `{row.name}` | {row.type} | {row.means} |")
    made = "\n".join(lines).strip() + "\n"
    head, mark, kept = PAGE.read_text().partition("## Views\n\n")
    if os.environ.get("ACCORD_EXAMPLES"):
        PAGE.write_text(head + mark + made)
    else:
        assert kept == made
    assert re.search(r"accord reports grant", head)
