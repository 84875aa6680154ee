"""What the application's role may see, write and change; the database itself says no."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app.storage.tables import METADATA
from tests.database import as_tenant
from tests.storage.rows import add_one_of_each

HIDDEN = {"api_key"}  # the application only ever asks accord_authenticate()
OF_OWNER = {"tenant", "api_key"}  # made with the owner's URL
TABLES = [t for t in METADATA.sorted_tables if not t.name.startswith("feed_")]
APPEND_ONLY = (
    "fact", "posting", "allocation", "event", "handle", "revision", "policy", "letter",
    "suspense_end", "amendment", "amendment_end",
)  # fmt: skip
VISIBLE = [t for t in TABLES if t.name not in HIDDEN]

everywhere = pytest.mark.parametrize("row", TABLES, ids=lambda t: t.name)
where_it_may_look = pytest.mark.parametrize("row", VISIBLE, ids=lambda t: t.name)


@pytest.fixture
async def furnished(owner, tenant, key):
    """A tenant with a row in every table."""
    async with as_tenant(owner, tenant) as tx:
        await add_one_of_each(tx, tenant)
    return tenant


async def refused(database, tenant_id, statement, *, saying="permission denied"):
    with pytest.raises(DBAPIError) as told:
        async with as_tenant(database, tenant_id) as tx:
            await tx.execute(statement)
    assert told.value.orig.sqlstate == "42501"
    assert saying in str(told.value)


@where_it_may_look
async def test_a_tenant_sees_its_rows_and_another_none(database, furnished, other, row):
    of_furnished = select(row).where(row.c.tenant_id == furnished)
    async with as_tenant(database, furnished) as tx:
        assert (await tx.execute(of_furnished)).first()
        assert not (await tx.execute(select(row).where(row.c.tenant_id != furnished))).first()
    async with as_tenant(database, other) as tx:
        assert not (await tx.execute(of_furnished)).first()


@where_it_may_look
async def test_without_a_tenant_there_are_no_rows(database, furnished, row):
    async with database.transaction() as tx:
        assert not (await tx.execute(select(row))).first()
    async with as_tenant(database, furnished) as tx:
        await tx.execute(select(row))
    async with database.transaction() as tx:  # the connection has been somebody's before
        assert not (await tx.execute(select(row))).first()


@where_it_may_look
async def test_nobody_writes_into_another_tenant(database, owner, furnished, other, row):
    async with as_tenant(owner, furnished) as tx:
        theirs = (await tx.execute(select(row).where(row.c.tenant_id == furnished))).mappings()
        forged = insert(row).values(dict(theirs.first()))
    saying = "permission denied" if row.name in OF_OWNER else "violates row-level security"

    await refused(database, other, forged, saying=saying)


@everywhere
async def test_nothing_is_deleted_and_nothing_emptied(database, furnished, row):
    await refused(database, furnished, text(f"DELETE FROM {row.name}"))
    await refused(database, furnished, text(f"TRUNCATE {row.name}"))


@pytest.mark.parametrize("name", APPEND_ONLY)
async def test_what_was_appended_is_never_updated(database, furnished, name):
    for column in METADATA.tables[name].columns:
        await refused(database, furnished, text(f"UPDATE {name} SET {column.name} = DEFAULT"))
    await refused(database, furnished, text(f"SELECT 1 FROM {name} FOR NO KEY UPDATE"))


async def test_a_quote_never_changes_but_is_marked_as_ended(database, furnished):
    for column in METADATA.tables["quote"].columns:
        if column.name != "ended_on":
            await refused(database, furnished, text(f"UPDATE quote SET {column.name} = DEFAULT"))


async def test_only_cached_and_personal_columns_may_be_rewritten(owner):
    query = """
        SELECT table_name, string_agg(column_name, ' ' ORDER BY column_name)
        FROM information_schema.column_privileges
        WHERE grantee = 'accord_app' AND privilege_type = 'UPDATE' GROUP BY 1"""
    async with owner.transaction() as tx:
        rewritable = dict((await tx.execute(text(query))).all())

    components = "principal_minor interest_minor fees_minor penalties_minor costs_minor"
    paid = " ".join(f"paid_{name}" for name in components.split())
    assert {name: set(found.split()) for name, found in rewritable.items()} == {
        name: set(wanted.split())
        for name, wanted in {
            "account": "debtor_id creditor_id creditor_reference status unapplied_minor "
            f"{components} active_plan_id bucket first_delinquency_on reported_since_on "
            "next_review_on judged_on state fact_sequence posting_sequence event_sequence "
            "event_hash latest_on latest_business_date replays version",
            "annotation": "metadata ip user_agent",
            "day_spending": "sum_minor",
            "idempotency_key": "fingerprint status headers body created_at",
            "installment": f"number due_on {components} {paid} paid_in_advance_minor "
            "paid_late_minor satisfied_on missed_on voided_on",
            "payment": "status unapplied_minor generation",
            "person": "name email phone time_zone region language erased_at",
            "plan": "status status_reason ended_on completed_on total_minor paid_minor "
            "outstanding_minor next_due_on next_due_minor revision standing",
            "quote": "ended_on",
            "sandbox_clock": "business_date",
            "settlement": "status status_reason plan_id accepted_on satisfied_on voided_on "
            "closed_on paid_minor forgiven_minor",
            "suspense": "metadata",
            "sweep_run": "status examined changed counts finished_at noted_at",
            "tenant": "policy_epoch",
        }.items()
    }


async def test_the_application_is_nobody_special_and_owns_nothing(owner):
    role = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
    owned = "SELECT count(*) FROM pg_class WHERE relowner = 'accord_app'::regrole"
    forced = """
        SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND NOT relrowsecurity"""
    async with owner.transaction() as tx:
        rights = (await tx.execute(text(role + "WHERE rolname = 'accord_app'"))).one()
        assert not any(rights)
        assert (await tx.execute(text(owned))).scalar_one() == 0
        assert set((await tx.execute(text(forced))).scalars()) == {
            "alembic_version", "feed_epoch", "feed_end",
        }  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM api_key",
        "SELECT * FROM feed_epoch",
        "SELECT * FROM feed_end",
        "SELECT accord_begin_epoch(true)",
        "SELECT accord_guard('fact', true, '{body}')",
        "CREATE TABLE mine (id int)",
    ],
)
async def test_what_is_not_for_the_application(database, tenant, statement):
    await refused(database, tenant, text(statement))


async def test_the_ledger_adds_up_or_is_not_written(owner, furnished):
    wrong = text("""
        INSERT INTO posting SELECT tenant_id, account_id, gen_random_uuid(), 2, fact_id, kind,
            effective_on, business_date, posted_at, amount_minor + 1, principal_minor,
            interest_minor, fees_minor, penalties_minor, costs_minor, unapplied_minor, 0
        FROM posting WHERE tenant_id = :tenant_id""")
    with pytest.raises(DBAPIError, match="ck_posting_sums"):
        async with owner.transaction() as tx:
            await tx.execute(wrong, {"tenant_id": furnished})
