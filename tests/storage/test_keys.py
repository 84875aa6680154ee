"""Keys, tenants, and how a transaction comes to belong to one."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.policy.shipped import DOCUMENTS
from app.domain.vocabulary import Role
from app.storage import policies, tenancy
from tests.database import as_tenant


async def entered(tx):
    return (await tx.execute(text("SELECT accord_tenant_id()"))).scalar_one()


async def test_a_token_says_who_asks_and_enters_the_tenant_until_the_transaction_ends(
    database, owner, tenant
):
    async with owner.transaction() as tx:
        token = await tenancy.create_key(
            tx, tenant, name="crm", role=Role.AGENT, scopes=["plans:write", "accounts:read"]
        )
    async with database.transaction() as tx:
        who = await tenancy.authenticate(tx, token)
        assert await entered(tx) == tenant
    async with database.transaction() as tx:
        assert await entered(tx) is None

    assert token.startswith("accord_test_")
    assert (who.tenant_id, who.role, who.sandbox) == (tenant, Role.AGENT, True)
    assert who.scopes == {"plans:write", "accounts:read"}
    assert (who.time_zone, who.business_date, who.policy_epoch) == ("America/Chicago", None, 1)


async def test_an_unknown_or_revoked_token_is_nobodys_and_enters_nothing(
    database, owner, tenant, other, key
):
    async with owner.transaction() as tx:
        (record,) = await tenancy.list_keys(tx, tenant)
        assert not await tenancy.revoke_key(tx, other, record.id)
        assert await tenancy.revoke_key(tx, tenant, record.id)
        assert not await tenancy.revoke_key(tx, tenant, record.id)
        (record,) = await tenancy.list_keys(tx, tenant)
        assert record.revoked_at is not None

    async with database.transaction() as tx:
        for token in (key, "", "accord_test_" + "0" * 48):
            assert await tenancy.authenticate(tx, token) is None
        assert await entered(tx) is None


async def test_the_secret_is_not_kept(owner, tenant, key):
    async with as_tenant(owner, tenant) as tx:
        kept = str((await tx.execute(text("SELECT * FROM api_key"))).all())
    assert key.removeprefix("accord_test_") not in kept


async def test_a_sandbox_sets_its_clock(database, tenant, key):
    async with as_tenant(database, tenant) as tx:
        assert await tenancy.read_clock(tx) is None
        for day in (date(2026, 3, 2), date(2026, 3, 1)):
            await tenancy.set_clock(tx, tenant, day)
        assert await tenancy.read_clock(tx) == date(2026, 3, 1)
    async with database.transaction() as tx:
        assert (await tenancy.authenticate(tx, key)).business_date == date(2026, 3, 1)


async def test_a_live_tenant_has_live_keys_and_no_clock_of_its_own(database, owner):
    async with owner.transaction() as tx:
        live = await tenancy.create_tenant(tx, name="live one", time_zone="Europe/Berlin")
        token = await tenancy.create_key(tx, live, name="k", role=Role.ADMIN, scopes=["*"])
        await tenancy.set_clock(tx, live, date(2026, 1, 1))
    async with database.transaction() as tx:
        who = await tenancy.authenticate(tx, token)

    assert token.startswith("accord_live_")
    assert (who.sandbox, who.business_date) == (False, None)


async def test_a_new_tenant_has_the_shipped_policies(database, tenant):
    async with as_tenant(database, tenant) as tx:
        found = await policies.read_all(tx)
    assert {p.name: p.document for p in found} == {n: dict(d) for n, d in DOCUMENTS.items()}
    assert {p.version for p in found} == {1}


async def test_who_works_through_all_tenants_can_list_them_without_entering(
    database, tenant, other
):
    async with database.transaction() as tx:
        listed = {t.tenant_id: t for t in await tenancy.list_tenants(tx)}
        assert await entered(tx) is None
    assert {tenant, other} <= set(listed)
    assert listed[tenant].time_zone == "America/Chicago"


async def test_the_application_makes_no_tenants_and_no_keys(database, tenant):
    for attempt in (
        lambda tx: tenancy.create_tenant(tx, name="mine", time_zone="UTC"),
        lambda tx: tenancy.create_key(tx, tenant, name="k", role=Role.ADMIN, scopes=["*"]),
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction() as tx:
                await attempt(tx)
