"""What the table of settlements holds to by itself: sums, days, and whose it is."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.storage import tables
from app.storage.settlements import settlements
from app.storage.tables import table
from tests.database import as_tenant
from tests.storage.rows import DAY, add_account, add_fact, add_one_of_each

SETTLEMENT = table(tables.Settlement)


@pytest.fixture
async def account_id(owner, tenant, key):
    async with as_tenant(owner, tenant) as tx:
        return await add_one_of_each(tx, tenant)


async def row_of(owner, tenant):
    async with as_tenant(owner, tenant) as tx:
        query = select(SETTLEMENT).where(SETTLEMENT.c.tenant_id == tenant)
        return dict((await tx.execute(query)).mappings().one())


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        pytest.param({"amount_minor": 301}, "ck_settlement_sums", id="forgives the rest"),
        pytest.param({"amount_minor": 0, "forgives_minor": 500}, "amount_minor", id="nothing"),
        pytest.param(
            {"forgiven_minor": -1}, "ck_settlement_forgiven_minor", id="less than nothing"
        ),
        pytest.param({"status": "active"}, "ck_settlement_status", id="no such status"),
        pytest.param({"role": "nobody"}, "ck_settlement_role", id="no such role"),
        pytest.param(
            {"expires_on": DAY.replace(month=2)}, "ck_settlement_expires_on", id="over before"
        ),
    ],
)
async def test_what_the_database_refuses(owner, tenant, account_id, change, constraint):
    row = await row_of(owner, tenant)
    async with as_tenant(owner, tenant) as tx:
        other = await add_fact(tx, tenant, account_id, sequence=4, kind="settlement_offered")
    with pytest.raises(IntegrityError, match=constraint):
        async with as_tenant(owner, tenant) as tx:
            await tx.execute(insert(SETTLEMENT).values({**row, "id": other, **change}))


async def test_it_hangs_under_no_other_account(owner, tenant, account_id):
    row = await row_of(owner, tenant)
    async with as_tenant(owner, tenant) as tx:
        other = await add_account(tx, tenant)
    with pytest.raises(IntegrityError, match="fk_settlement_tenant_id_account_id_id"):
        async with as_tenant(owner, tenant) as tx:
            await tx.execute(insert(SETTLEMENT).values({**row, "account_id": other}))


async def test_it_is_found_by_account_and_status(database, owner, tenant, account_id):
    row = await row_of(owner, tenant)
    every = {"account_id": None, "status": None, "after": None, "limit": 10}
    async with as_tenant(database, tenant) as tx:
        found = await settlements.read(tx, account_id, row["id"])
        assert found is not None
        assert (found.amount_minor, found.forgives_minor, found.role) == (300, 200, "agent")
        for narrowed in ({}, {"account_id": account_id}):
            (listed,) = await settlements.find(tx, **{**every, **narrowed})
            assert (listed.settlement, listed.account.id) == (found, account_id)
        assert await settlements.find(tx, **{**every, "status": "void"}) == ()
        assert await settlements.find(tx, **{**every, "after": found.id}) == ()
        cached = await settlements.cached(tx, [account_id])
    assert cached[account_id][found.id]["status"] == "offered"


async def test_nobody_elses_is_found(database, owner, other, tenant, account_id):
    row = await row_of(owner, tenant)
    async with as_tenant(database, other) as tx:
        assert await settlements.read(tx, account_id, row["id"]) is None
        assert await settlements.cached(tx, [account_id]) == {account_id: {}}
