"""Books that the planner takes for those of 100,000 accounts, and what a request asks of them.

A few accounts come to be over HTTP and are copied in SQL, some hundred times. After ANALYZE each
table is said to hold a hundred times what it does. That is unkind to indexes: the pages that a
sequential scan is priced by are as few as they are.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import event, text

from app.domain.vocabulary import Role
from app.main import create_app
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database
from benchmarks.copying import multiply
from tests.clock import wall
from tests.database import Server, as_tenant
from tests.routers.lives.desk import IN_THREE, OPENING, Desk
from tests.routers.offers import act, offered

COPIES = 1_000
FACTOR = 100
#: Tables that do not grow with a tenant's business, and the book of sweeps: a row a day.
FEW = {
    "alembic_version", "api_key", "feed_end", "feed_epoch", "policy", "sandbox_clock", "sweep_run",
    "tenant",
}  # fmt: skip
SWEPT, ON = "2026-03-01", "2026-03-09"
WEEKLY = {"installment_minor": 4_00, "frequency": {"unit": "week"}, "first_due_on": "2026-01-31"}

_GROWN = text("""
    SELECT pg_restore_relation_stats(
        'schemaname', 'public', 'relname', relname::text,
        'relpages', relpages, 'reltuples', reltuples * CAST(:factor AS real),
        'relallvisible', relallvisible)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples > 0
        AND relname <> ALL(CAST(:few AS text[]))
""")

#: What is counted by ids grows with the tables: so many different ones a row, not so many.
_BY_ID = text("""
    SELECT pg_restore_attribute_stats(
        'schemaname', 'public', 'relname', s.tablename::text, 'attname', s.attname::text,
        'inherited', false, 'n_distinct', CAST(-least(s.n_distinct / c.reltuples, 1) AS real))
    FROM pg_stats AS s
    JOIN pg_class AS c ON c.oid = format('public.%I', s.tablename)::regclass
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
    WHERE s.schemaname = 'public' AND s.n_distinct > 20 AND a.atttypid = 'uuid'::regtype
""")


@dataclass(kw_only=True)
class Large:
    """A tenant's books of many accounts, with whoever may do everything there."""

    database: Database
    tenant: UUID
    desk: Desk
    said: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    async def asked(self, path: str, params: dict[str, Any]) -> list[tuple[str, tuple[Any, ...]]]:
        """What a request asks of the database, but for who is there."""
        self.said.clear()
        answer = await self.desk.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return [one for one in self.said if "accord_authenticate" not in one[0]]

    async def planned(self, sql: str, values: tuple[Any, ...]) -> dict[str, Any]:
        """How the database means to answer a statement with these values."""
        async with as_tenant(self.database, self.tenant) as tx:
            driver = tx.sync_connection.connection.driver_connection
            return (await driver.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *values))[0]["Plan"]


@contextlib.asynccontextmanager
async def large_books(server: Server) -> AsyncIterator[Large]:
    """The books, in a database of their own."""
    name = f"large_{uuid4().hex[:12]}"
    owner_url = await server.create(name, template=await server.template())
    owner = Database(owner_url, pool_size=1, statement_timeout_s=60)
    database = Database(owner_url.replace("//postgres@", f"//{migrate.APP_ROLE}@"), pool_size=1)
    try:
        async with owner.transaction() as tx:
            tenant = await tenancy.create_tenant(tx, name=name, time_zone="UTC", sandbox=True)
        async with _at(database, owner, tenant) as books:
            await _fill(books, owner)
            yield books
    finally:
        await database.dispose()
        await owner.dispose()
        await server.drop(name)


@contextlib.asynccontextmanager
async def _at(database: Database, owner: Database, tenant: UUID) -> AsyncIterator[Large]:
    said: list[tuple[str, tuple[Any, ...]]] = []

    def note(_connection, _cursor, sql, values, *_):
        said.append((sql, tuple(values)))

    def note_driver(query):
        if query.args:  # not BEGIN and COMMIT
            said.append((query.query, tuple(query.args)))

    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(
        engine, "connect", lambda made, _: made.driver_connection.add_query_logger(note_driver)
    )
    app = create_app(database, clock=wall)
    async with app.router.lifespan_context(app) as state:

        async def running(scope, receive, send):
            await app({**scope, "state": {**state}}, receive, send)

        async def desk(role: Role, actor: str) -> Desk:
            async with owner.transaction() as tx:
                token = await tenancy.create_key(tx, tenant, name=role, role=role, scopes=["*"])
            headers = {"Authorization": f"Bearer {token}", "Accord-Actor": actor}
            transport = httpx.ASGITransport(running)
            client = httpx.AsyncClient(
                transport=transport, base_url="http://large", headers=headers
            )
            return Desk(client, database)

        books = Large(database=database, tenant=tenant, desk=await desk(Role.ADMIN, "eve"))
        books.said = said
        await _templates(books, await desk(Role.AGENT, "ann"))
        yield books


async def _templates(books: Large, ann: Desk) -> None:
    """One account of each kind: paying, behind, without a plan, settling, waiting, given back."""
    desk = books.desk
    await desk.at(OPENING)
    known = {"reference": "D-1", "name": "Ann", "email": "ann@example.com", "phone": "+12025550123"}
    debtor = {"debtor": known, "metadata": {"desk": "7"}}
    made = [await desk.account(reference=f"T{n}", **debtor) for n in range(7)]
    plan = await desk.plan(made[0])
    await desk.plan(made[1])
    await desk.put("/v1/teams/austin", {"actors": ["ann"]}, status=201)
    for number, whom in enumerate(({"actor": "ann"}, {"team": "austin"})):
        given = {**whom, "reason": "theirs"}
        await desk.post(f"/v1/accounts/{made[number]['id']}/assignments", given)
    await offered(desk, made[6], amount_minor=100_00)
    await act(desk, await offered(desk, made[3], amount_minor=200_00), "accept")
    body = {"account_id": made[4]["id"], "terms": WEEKLY}
    await ann.post("/v1/plans", body)
    quote = {"terms": IN_THREE}
    await desk.post(f"/v1/accounts/{made[2]['id']}/quotes", quote)
    changes = {"extends": "default", "effective_from": "2020-01-01",
               "modification": {"max_deferrals_in_12_months": 0}}  # fmt: skip
    await desk.client.put("/v1/policies/limited", json=changes)
    limited = await desk.account(reference="T7", policy="limited")
    deferred = await desk.plan(limited)
    for number in (2, 3):
        await ann.post(f"/v1/plans/{deferred['id']}/deferrals", {"number": number, "reason": "r"})
        if number == 2:
            rejected = f"/v1/plans/{deferred['id']}/revisions/2/reject"
            await desk.post(rejected, {}, status=200)
    payments = []
    for day in ("2026-01-15", "2026-01-31", "2026-02-03", "2026-02-17", "2026-03-01"):
        await desk.at(day)
        for number in (0, 5):
            paid = {"account_id": made[number]["id"], "reference": f"W{number}-{day}",
                    "amount_minor": 10_00, "currency": "USD", "method": "ach"}  # fmt: skip
            payments.append(await desk.post("/v1/payments", paid))
    gone = {"reason_code": "R01", "reference": "R-1"}
    await desk.post(f"/v1/payments/{payments[-1]['id']}/reversals", gone)
    for number in (0, 1):
        stray = {"account_reference": "nobody's", "reference": f"S-{number}",
                 "amount_minor": 5_00, "currency": "USD", "method": "ach",
                 "unmatched": "suspense"}  # fmt: skip
        kept = await desk.post("/v1/payments", stray, status=201)
        if number == 0:
            path = f"/v1/suspense/{kept['id']}/assign"
            await desk.post(path, {"account_id": made[0]["id"]})
    sweep = await _sweep(desk, SWEPT)
    books.known = {
        "ACCOUNT": made[0]["id"], "DEBTOR": made[0]["debtor"]["id"],
        "ACCOUNT_REFERENCE": made[0]["reference"], "PLAN": plan["id"],
        "PAYMENT_REFERENCE": payments[0]["reference"], "SWEEP": sweep,
    }  # fmt: skip


async def _sweep(desk: Desk, day: str) -> str:
    run = await desk.post("/v1/sweeps", {"business_date": day}, status=202)
    for _ in range(1_000):
        if (await desk.get(f"/v1/sweeps/{run['id']}"))["status"] == "done":
            return str(run["id"])
        await asyncio.sleep(0.01)
    raise AssertionError("the sweep does not end")


async def _fill(books: Large, owner: Database) -> None:
    async with owner.transaction() as tx:
        found = await tx.execute(text("SELECT id, reference FROM account ORDER BY reference"))
        templates = [(one, str(reference)) for one, reference in found]
        for table in (await tx.execute(text(_TABLES))).scalars().all():
            await tx.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))
    await multiply(owner, templates, COPIES)
    async with owner.transaction() as tx:
        await tx.execute(text(_STRAY))
        await tx.execute(text(_SHEETS))
        await tx.execute(text("ANALYZE"))
        await tx.execute(_BY_ID)
        await tx.execute(_GROWN, {"factor": FACTOR, "few": sorted(FEW)})


#: Sheets that were tried, of which none waits.
_SHEETS = f"""
    INSERT INTO dry_run (tenant_id, id, kind, sha256, sheets, sheet, headings, rows, blank_rows,
        hidden_rows, columns, formats, counts, found, status, version, business_date, created_at,
        expires_at, role, pages_stored, tries)
    SELECT (SELECT tenant_id FROM account LIMIT 1), gen_random_uuid(), 'accounts', '\\x00',
        ARRAY['Sheet1'], 'Sheet1', ARRAY['reference'], 1, 0, 0, '{{}}', '{{}}', '{{}}', '\\x00',
        'expired', 1, date '2026-02-01', now(), now(), 'agent', 0, 0
    FROM generate_series(1, {COPIES}) AS n
"""
_STRAY = f"""
    WITH new AS (
        SELECT gen_random_uuid() AS id, s.id AS old, s.reference || '-' || n AS reference
        FROM suspense AS s, generate_series(2, {COPIES}) AS n
    ), items AS (
        INSERT INTO suspense SELECT (jsonb_populate_record(
            s, jsonb_build_object('id', new.id, 'reference', new.reference))).*
        FROM suspense AS s JOIN new ON new.old = s.id
    )
    INSERT INTO suspense_end SELECT (jsonb_populate_record(
        e, jsonb_build_object('suspense_id', new.id))).*
    FROM suspense_end AS e JOIN new ON new.old = e.suspense_id
"""
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""


def scans(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan that reads a table."""
    below = [one for part in plan.get("Plans", ()) for one in scans(part)]
    return [plan, *below] if "Relation Name" in plan else below
