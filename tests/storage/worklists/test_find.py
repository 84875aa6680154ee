"""The statement that works out a list: what the domain says, and no table read as a whole."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text, update

from app.domain.values import replace
from app.domain.worklists.books import InBooks, standing_on
from app.domain.worklists.lists import SHIPPED
from app.domain.worklists.order import Item, in_working_order
from app.domain.worklists.score import WorkReason, because
from app.storage.database.tenanted import of_tenant
from app.storage.tables import WorkItem, table
from app.storage.worklists import find, items, reasons
from app.storage.worklists.find import Asked
from app.storage.worklists.statement import page_of
from tests.database import as_tenant
from tests.storage.rows import add_account

TODAY, NOW = date(2026, 3, 20), datetime(2026, 3, 20, 15, tzinfo=UTC)
COLLECTORS = SHIPPED["collectors"]
DAYS = [name for name in InBooks.__struct_fields__ if name.endswith("_on")]
ASKED = Asked(today=TODAY, now=NOW, time_zone="UTC")


def some_books(rng):
    """Days that are reasons today, will be, or were."""
    days = {
        name: TODAY + timedelta(days=rng.randint(-80, 20)) for name in DAYS if rng.random() < 0.3
    }
    return InBooks(**days, overdue_minor=rng.choice([0, 99_99, 450_00, 2_000_000_00]))


@pytest.fixture
async def worked(database, tenant):
    """Forty accounts: (account id, reference, books, callback)."""
    rng, made = random.Random(7), []
    async with as_tenant(database, tenant) as tx:
        for n in range(40):
            account_id, known = await add_account(tx, tenant), some_books(rng)
            await reasons.keep(tx, [reasons.row_of(account_id, f"R-{n:02}", known)])
            callback_at = None
            if rng.random() < 0.2:
                callback_at = NOW + timedelta(hours=rng.randint(-30, 30))
                await items.put(tx, tenant, account_id, "collectors", callback_at=callback_at)
            made.append((account_id, f"R-{n:02}", known, callback_at))
    return made


def expected(worked):
    """What the domain says of them: those offered, in working order."""
    found = []
    for _, reference, known, callback_at in worked:
        told = because(
            standing_on(known, TODAY), overdue_minor=known.overdue_minor, today=TODAY,
            weights=COLLECTORS.reasons,
        )  # fmt: skip
        if callback_at or any(one.on for one in told):
            found.append(Item(account=reference, because=told, callback_at=callback_at,
                              overdue_minor=known.overdue_minor))  # fmt: skip
    return in_working_order(found, NOW)


async def test_it_says_what_the_domain_says_page_by_page(database, tenant, worked):
    wanted = expected(worked)
    async with as_tenant(database, tenant) as tx:
        ours, after = [], None
        while page := await find.find(
            tx, COLLECTORS, replace(ASKED, offered=True, after=after), limit=7
        ):
            ours += page
            after = page[-1].place

    assert len(wanted) > 20
    assert any(one.callback_at for one in wanted)
    assert [(one.reference, one.score) for one in ours] == [
        (one.account, one.score) for one in wanted
    ]


async def test_what_was_judged_in_memory_stands_in_the_place_of_what_is_kept(
    database, tenant, worked
):
    account_id, reference, _, _ = worked[0]
    now = reasons.row_of(account_id, reference, InBooks(promise_broken_on=TODAY))
    async with as_tenant(database, tenant) as tx:
        asked = replace(ASKED, behind=[now], only=[account_id])
        (one,) = await find.find(tx, COLLECTORS, asked, limit=5)
        paid = replace(asked, behind=[reasons.row_of(account_id, reference, InBooks())])
        await tx.execute(update(table(WorkItem)).values(callback_at=None))
        nothing = await find.find(tx, COLLECTORS, paid, limit=5)

    assert (dict(one.since), one.score) == ({WorkReason.PROMISE_BROKEN: TODAY}, 500)
    assert nothing == []


#: Accounts on which no day is a reason, as most are: the planner is to know that they are many.
_CROWD = """
    INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object(
        'id', md5(a.id::text || n)::uuid, 'reference', 'C-' || n))).*
    FROM account AS a, generate_series(1, 3000) AS n WHERE a.id = :id
"""
_IDLE = """
    INSERT INTO account_work (tenant_id, account_id, reference, plan_ends_on, overdue_minor, asks)
    SELECT tenant_id, id, reference, DATE '2027-01-01', 0, false FROM account
    WHERE tenant_id = :tenant AND reference LIKE 'C-%'
"""


async def test_no_table_is_read_as_a_whole(database, owner, tenant, worked):
    everything = replace(
        COLLECTORS, reasons=dict.fromkeys(WorkReason, COLLECTORS.reasons[WorkReason.NO_CONTACT])
    )
    sql, binds = page_of(everything, ASKED, 50)
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(text(_CROWD), {"id": worked[0][0]})
        await tx.execute(text(_IDLE), {"tenant": tenant})
        await tx.execute(text("ANALYZE account, account_work, work_item"))
    async with as_tenant(database, tenant) as tx:
        # Of so few rows all, or a bitmap of the primary key, cost little; what other tests left
        # in the table decides it. Asked is whether each part has an index to be found by.
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        await tx.execute(text("SET LOCAL enable_bitmapscan = off"))
        rows = await tx.execute(of_tenant(f"EXPLAIN {sql}"), binds)
        plan = "\n".join(line for (line,) in rows)

    assert "Seq Scan on account" not in plan
    for index in ("ix_account_work_asks", "ix_account_work_silent", "ix_account_work_ends"):
        assert index in plan, plan
