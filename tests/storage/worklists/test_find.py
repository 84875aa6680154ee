"""The statement that works out a list: what the domain says, and no table read as a whole."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import DateTime, bindparam, text, update

from app.domain.values import replace
from app.domain.worklists.books import InBooks, standing_on
from app.domain.worklists.lists import SHIPPED
from app.domain.worklists.order import Item, in_working_order
from app.domain.worklists.score import Standing, Weight, WorkReason, because, score
from app.storage.database.tenanted import of_tenant
from app.storage.tables import WorkItem, table
from app.storage.worklists import find, items, reasons
from app.storage.worklists.find import Asked
from app.storage.worklists.statement import ORDER, page_of, statement_of
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


#: Accounts on which no day is a reason, as most are: the planner is to know that they are many.
_CROWD = """
    INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object(
        'id', md5(a.id::text || n)::uuid, 'reference', 'C-' || n))).*
    FROM account AS a, generate_series(1, 3000) AS n WHERE a.id = :id
"""
#: Books whose days and amounts come together often, so that places are decided late in the order.
_MANY = """
    INSERT INTO account_work (tenant_id, account_id, reference, promise_broken_on,
        first_payment_default_on, plan_broken_on, installment_missed_on, settlement_expires_on,
        plan_ends_on, quiet_since_on, unread_since_on, overdue_minor, asks)
    SELECT tenant_id, id, reference, {days[0]}, {days[1]}, {days[2]}, {days[3]}, {days[4]},
        {days[5]}, {days[6]}, {days[7]}, (random() * 12)::int * 95_00, true
    FROM account WHERE tenant_id = :tenant AND reference LIKE 'C-%'
"""


def any_day(share, earliest, latest):
    """A day in SQL, of a share of the rows; a few of many."""
    days = f"(random() * {(latest - earliest) // 7})::int * 7 + {earliest}"
    return f"CASE WHEN random() < {share} THEN DATE '{TODAY}' + {days} END"


@pytest.fixture
async def crowd(owner, database, tenant):
    """Three hundred accounts with any of the days; of some, something was done."""
    async with as_tenant(database, tenant) as tx:
        account_id = await add_account(tx, tenant)
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(text(_CROWD.replace("3000", "300")), {"id": account_id})
        days = [any_day(0.3, -40, 0)] * 4 + [any_day(0.1, -5, 20), any_day(0.3, -5, 60)]
        days += [any_day(0.5, -110, 0), any_day(0.1, -10, 0)]
        await tx.execute(text("SELECT setseed(0.5)"))
        await tx.execute(text(_MANY.format(days=days)), {"tenant": tenant})
        done = """
            INSERT INTO work_item (tenant_id, account_id, worklist, attempts, callback_at,
                skipped_until_at, assigned_to)
            SELECT tenant_id, account_id, list, 1,
                CASE WHEN random() < 0.1 THEN :now + random() * interval '9 h' - interval '5 h' END,
                CASE WHEN random() < 0.4 THEN :now + random() * interval '9 h' - interval '3 h' END,
                CASE WHEN random() < 0.2 THEN 'ann' END
            FROM account_work, unnest(ARRAY['collectors', 'letters']) AS list
            WHERE tenant_id = :tenant AND random() < 0.7
        """
        done = text(done).bindparams(bindparam("now", type_=DateTime(timezone=True)))
        await tx.execute(done, {"tenant": tenant, "now": NOW})


@pytest.mark.parametrize(
    "said", [{}, {"offered": True}, {"offered": True, "for_actor": "bob"}, {"offered": False}]
)
async def test_a_page_is_of_all_items_in_order_those_that_come_next(database, tenant, crowd, said):
    asked = replace(ASKED, **said)
    async with as_tenant(database, tenant) as tx:
        for worklist in (COLLECTORS, SHIPPED["letters"], FEW):
            sql, binds = statement_of(worklist, asked, await find.groups(tx))
            sql = f"SELECT account_id FROM ({sql}) AS items ORDER BY {ORDER}"
            everybody = list((await tx.execute(of_tenant(sql), binds)).scalars())
            for limit, pages in ((4, 12), (60, 3)):
                found, after = [], None
                for _ in range(pages):
                    page = await find.find(tx, worklist, replace(asked, after=after), limit=limit)
                    found += [one.account_id for one in page]
                    after = page[-1].place if page else after

                assert found == everybody[: limit * pages]
                assert len(found) > 10


#: A list on which many stand by amount alone, and silence outweighs all else.
FEW = replace(
    COLLECTORS,
    reasons={
        WorkReason.INSTALLMENT_MISSED: Weight(base=0),
        WorkReason.PLAN_BROKEN: Weight(base=10, per_day=3, cap_days=9),
        WorkReason.NO_CONTACT: Weight(base=10, per_day=9, cap_days=40),
        WorkReason.PLAN_ENDING: Weight(base=70),
    },
    amount_cap=3,
    per_amount_minor=200_00,
)


async def test_all_items_are_those_of_whom_the_domain_says_so(database, tenant, crowd):
    """Without groups and slices: each account's books are read and judged."""
    async with as_tenant(database, tenant) as tx:
        names = ", ".join(DAYS)
        kept = f"SELECT account_id, work_group, overdue_minor, unread_since_on, {names} FROM "
        rows = (await tx.execute(text(f"{kept} account_work"))).mappings().all()
        for worklist in (COLLECTORS, FEW):
            wanted = {}
            for row in rows:
                known = InBooks(
                    **{name: row[name] for name in DAYS}, overdue_minor=row["overdue_minor"]
                )
                standing = [*standing_on(known, TODAY)]
                if row["unread_since_on"]:
                    reply = WorkReason.REPLY_TO_READ
                    standing.append(Standing(reason=reply, on=row["unread_since_on"]))
                standing = [one for one in standing if one.reason in worklist.reasons]
                if standing:
                    wanted[row["account_id"]] = score(
                        because(
                            standing, overdue_minor=known.overdue_minor, today=TODAY,
                            weights=worklist.reasons, amount_cap=worklist.amount_cap,
                            per_amount_minor=worklist.per_amount_minor,
                        )
                    )  # fmt: skip
            found = await find.find(tx, worklist, ASKED, limit=400)
            ours = {one.account_id: one.score for one in found if one.since}

            assert len(wanted) > 100
            assert ours == wanted
            assert len({row["work_group"] for row in rows}) > 50


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


_IDLE = """
    INSERT INTO account_work (tenant_id, account_id, reference, plan_ends_on, overdue_minor, asks)
    SELECT tenant_id, id, reference, DATE '2027-01-01', 0, false FROM account
    WHERE tenant_id = :tenant AND reference LIKE 'C-%'
"""


@pytest.mark.one_server("of so few rows another server's plan is another")
async def test_no_table_is_read_as_a_whole(database, owner, tenant, worked):
    everything = replace(
        COLLECTORS, reasons=dict.fromkeys(WorkReason, COLLECTORS.reasons[WorkReason.NO_CONTACT])
    )
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(text(_CROWD), {"id": worked[0][0]})
        await tx.execute(text(_IDLE), {"tenant": tenant})
        await tx.execute(text("ANALYZE account, account_work, work_item"))
    async with as_tenant(database, tenant) as tx:
        # Of so few rows all, or a bitmap of the primary key, cost little; what other tests left
        # in the table decides it. Asked is whether each part has an index to be found by.
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        await tx.execute(text("SET LOCAL enable_bitmapscan = off"))
        sql, binds = page_of(everything, ASKED, await find.groups(tx), 50)
        rows = await tx.execute(of_tenant(f"EXPLAIN {sql}"), binds)
        plan = "\n".join(line for (line,) in rows)

    assert "Seq Scan on account" not in plan
    for index in (
        "Index Only Scan using ix_account_work_group", "ix_account_work_ends ",
        "ix_account_work_ends_besides ",
    ):  # fmt: skip
        assert index in plan, plan
