"""Whatever is stored could be spread over servers: asked on one, where a table or text is new."""

import re
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import ClauseElement, text
from sqlalchemy.dialects.postgresql import asyncpg

import app.storage
from app.storage.database import tenanted
from app.storage.database.prepared import Prepared
from app.storage.distribution import layout
from app.storage.distribution.distribute import NotSpreadable, make_ready
from app.storage.distribution.functions import DELEGATED, FUNCTIONS
from app.storage.distribution.obstacles import Reference, obstacles, of_references
from app.storage.distribution.reports import REPORTS
from tests.storage.database.test_tenanted import defined
from tests.storage.distribution.asking import asked_by, made_in

pytestmark = pytest.mark.one_server("it asks what would keep tables from being spread that are")

DIALECT = asyncpg.dialect()
tenanted.use_in(DIALECT)
#: Statements of one server alone: where tables are spread, a function writes what they write.
OF_ONE_SERVERS_BOOKS = {
    "app.storage.books.write._WRITE", "app.storage.books.statement.WRITE_BOOKS",
    "app.storage.books.telling._TELL", "app.storage.books.telling._TELL_APART",
}  # fmt: skip
#: Functions of one server alone, which are not called where tables are spread.
OF_ONE_SERVER = {
    "accord_begin_epoch", "accord_hold", "accord_note_key_use", "accord_write_account",
    "accord_write_and_keep", "accord_write_as_seen", "accord_write_calls",
    "accord_write_for_calls",
}  # fmt: skip
BODIES = text("""
    SELECT proname AS name, coalesce(prosrc, '') AS said FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'accord%'
""")
VARIES = text("SELECT proname AS name, array_agg(provolatile::text) AS how FROM pg_proc GROUP BY 1")


class Over(Exception):
    """All was seen."""


@asynccontextmanager
async def undone(owner):
    """A transaction of which nothing stays."""
    with suppress(Over):
        async with owner.transaction() as tx:
            yield tx
            raise Over


@pytest.fixture
async def varies(database):
    """How each function of the database may vary, by name."""
    async with database.transaction() as tx:
        return {row.name: set(row.how) for row in await tx.execute(VARIES)}


@pytest.fixture
async def prepared(owner, varies):  # who asks must be connected: it holds all tables
    """A transaction in which all is as right before tables are spread; it is undone."""
    async with undone(owner) as tx:
        await make_ready(tx, layout.wanted())
        yield tx


async def made(tx, *statements):
    for one in statements:
        await tx.execute(text(one))
    return await obstacles(tx, layout.wanted())


async def test_every_table_could_be_spread(prepared):
    assert await obstacles(prepared, layout.wanted()) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TABLE elsewhere (id uuid)", "elsewhere has no place"),
        (
            "CREATE POLICY sees ON plan USING (tenant_id = (SELECT accord_tenant_id()))",
            "plan: policy sees holds a sub-select",
        ),
        (
            "CREATE POLICY adds ON plan FOR INSERT WITH CHECK (id IN (SELECT plan.id))",
            "plan: policy adds holds a sub-select",
        ),
        (
            "CREATE POLICY bars ON plan AS RESTRICTIVE USING (true)",
            "plan: policy bars is restrictive, which shards would not keep",
        ),
        ("CREATE UNIQUE INDEX alone ON plan (id)", "plan: key alone has no tenant_id"),
        (
            "ALTER TABLE plan ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =)",
            "plan: key apart has no tenant_id",
        ),
        (
            """
            ALTER TABLE api_key ADD COLUMN account uuid, ADD CONSTRAINT whose
                FOREIGN KEY (tenant_id, account) REFERENCES account (tenant_id, id)
            """,
            "api_key: whose names account from every server",
        ),
        (
            """
            CREATE TRIGGER told BEFORE UPDATE ON tenant FOR EACH ROW
                EXECUTE FUNCTION suppress_redundant_updates_trigger()
            """,
            "tenant: trigger told on every server",
        ),
    ],
)
async def test_what_could_not_be_is_named(prepared, statement, said):
    assert await made(prepared, statement) == [said]


def test_a_foreign_key_ties_tenant_to_tenant():
    wanted = {"plan": "tenant_id", "account": "tenant_id", "feed_end": "slot", "tenant": ""}
    tied = Reference("plan", "a", "account", ["tenant_id", "account_id"], ["tenant_id", "id"])
    free = Reference("plan", "b", "account", ["account_id"], ["id"])
    crossed = Reference("plan", "c", "account", ["account_id", "tenant_id"], ["tenant_id", "id"])
    everywhere = Reference("plan", "d", "tenant", ["tenant_id"], ["tenant_id"])
    nowhere = Reference("plan", "e", "elsewhere", ["tenant_id"], ["tenant_id"])
    assert list(of_references([tied, everywhere], wanted)) == []
    assert list(of_references([free, crossed, nowhere], wanted)) == [
        "plan: b does not tie tenant_id to tenant_id",
        "plan: c does not tie tenant_id to tenant_id",
        "plan: e names elsewhere, which has no place",
    ]


async def test_whose_reports_it_is_is_asked_without_a_sub_select(owner):
    asks = text(
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy"
        " WHERE polname = 'reporting' AND polrelid = 'plan'::regclass"
    )
    async with undone(owner) as tx:
        before = (await tx.execute(asks)).scalar_one()  # asked once a statement
        assert "( SELECT accord_reported_tenant()" in before
        await make_ready(tx, layout.wanted())
        assert (await tx.execute(asks)).scalar_one() == "(tenant_id = accord_reported_tenant())"


async def test_what_asks_more_than_a_function_keeps_all_from_being_spread(owner):
    async with undone(owner) as tx:
        await tx.execute(text("CREATE POLICY sees ON plan USING (id IN (SELECT plan.id))"))
        with pytest.raises(NotSpreadable, match="plan: policy sees holds a sub-select"):
            await make_ready(tx, layout.wanted())


async def test_what_takes_the_place_of_functions_fits_them(prepared):
    """Another signature would be another function beside the one that is called."""
    before = {row.name for row in await prepared.execute(BODIES)}
    count = text("SELECT count(*) FROM pg_proc WHERE proname = :name")
    for one in FUNCTIONS:
        await prepared.execute(text(one.replace(":", "\\:")))
    own = {*DELEGATED, "accord_must_lie_here", "accord_slot_epoch"}
    after = {row.name for row in await prepared.execute(BODIES)}
    assert after - before == own - {"accord_feed_place"}
    for name in after:
        assert (await prepared.execute(count, {"name": name})).scalar_one() == 1, name


async def test_a_function_that_a_migration_put_back_is_found(prepared):
    """A migration knows functions as they are on one server; doctor then says what is due."""
    ours = (*FUNCTIONS, *REPORTS)
    before = await layout.replaced(prepared, ours)
    assert {"accord_authenticate", "accord_report", "accord_write_books"} <= set(before)
    for one in ours:
        await prepared.execute(text(one.replace(":", "\\:")))
    assert await layout.replaced(prepared, ours) == []
    put_back = (
        "CREATE OR REPLACE FUNCTION accord_pulse() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
    )
    await prepared.execute(text(put_back))
    assert await layout.replaced(prepared, ours) == ["accord_pulse"]


async def test_a_table_shown_to_reports_later_has_no_sub_select(prepared):
    shown = "SELECT accord_report('legal_hold', '{tenant_id,id}')"
    for one in REPORTS:
        await prepared.execute(text(one.replace(":", "\\:")))
    assert await made(prepared, shown) == []


async def test_functions_ask_nothing_that_varies_where_it_may_not(prepared, varies):
    for one in FUNCTIONS:
        await prepared.execute(text(one.replace(":", "\\:")))
    bodies = (await prepared.execute(BODIES)).all()
    assert {row.name for row in bodies} >= OF_ONE_SERVER
    found = {
        row.name: asked
        for row in bodies
        if row.name not in OF_ONE_SERVER and (asked := list(asked_by(row.said, varies)))
    }
    assert found == {}


def test_statements_ask_nothing_that_varies_where_it_may_not(varies):
    found = dict[str, list[str]]()
    for name, one in defined():
        if name in OF_ONE_SERVERS_BOOKS:
            continue
        if isinstance(one, Prepared):
            said = one.sql
        elif isinstance(one, ClauseElement):
            try:
                said = str(one.compile(dialect=DIALECT))
            except Exception:  # noqa: BLE001 - a part of a statement, which is no statement
                continue
        else:
            continue
        if asked := list(asked_by(said, varies)):
            found[name] = asked
    assert found == {}


def test_what_modules_build_asks_nothing_that_varies_where_it_may_not(varies):
    (folder,) = app.storage.__path__
    modules = sorted(Path(folder).rglob("*.py"))
    assert [found for one in modules for found in made_in(one, varies)] == []


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = now()",
            ["ON CONFLICT now"],
        ),
        ("INSERT INTO a (b) VALUES (now()) RETURNING b, now() + $1", ["RETURNING now"]),
        ("UPDATE a SET b = gen_random_uuid() WHERE c < now()", ["SET gen_random_uuid"]),
        ("WITH x AS (UPDATE a AS t SET b = now() RETURNING lower(t.b)) SELECT now()", []),
        ("UPDATE a SET b = CURRENT_TIMESTAMP RETURNING CURRENT_TIMESTAMP", ["RETURNING now"]),
        ("WITH x AS (INSERT INTO a (b) SELECT 1) SELECT 2 RETURNING 3", ["INSERT SELECT"]),
        ("INSERT INTO a AS c (b, d) SELECT 1 FROM e ON CONFLICT DO NOTHING", []),
        ("WITH x AS (INSERT INTO a SELECT (SELECT 1) RETURNING 1) SELECT 2", []),
        ("BEGIN RETURN QUERY SELECT now(); UPDATE a SET b = 'random()'; END", []),
    ],
)
def test_what_varies_is_found(varies, sql, found):
    assert list(asked_by(sql, varies)) == found


def test_what_varies_is_found_where_it_is_built(varies, tmp_path):
    (module := tmp_path / "one.py").write_text(
        "_NOW = func.now()\n"
        "a = update(T).values(lease=func.gen_random_uuid(), at=_NOW).returning(T.c.b, _NOW)\n"
        "b = upsert(T).on_conflict_do_update(set_={'at': func.now(), 'c': func.lower('C')})\n"
    )
    assert sorted(made_in(module, varies)) == [
        "one.py:2 returning now",
        "one.py:2 values gen_random_uuid",
        "one.py:3 on_conflict_do_update now",
    ]


async def test_no_function_asks_a_clock_within_a_choice(owner):
    """Of what is set by an UPDATE that is refused there: it is asked before, once."""
    within = re.compile(r"coalesce\(\s*(now|clock_timestamp)\(\)", re.IGNORECASE)
    async with owner.transaction() as tx:
        said = {row.name: row.said for row in await tx.execute(BODIES)}
    assert [name for name, body in said.items() if within.search(body)] == []
