"""Keys, tenants, and how a transaction comes to belong to one."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, text, update
from sqlalchemy.exc import DBAPIError

from app.domain.policy.shipped import DOCUMENTS
from app.domain.vocabulary import Role
from app.storage import idempotency, policies, tenancy
from app.storage.accounts.accounts import Asked
from app.storage.ids import new_id
from app.storage.tables import ApiKey, table
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
    name = f"live {uuid4()}"
    async with owner.transaction() as tx:
        live = await tenancy.create_tenant(tx, name=name, time_zone="Europe/Berlin")
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


DAY = timedelta(days=1)
PAST = func.now() - timedelta(seconds=1)


async def made(owner, tenant, **said):
    """A key's token and its id."""
    async with owner.transaction() as tx:
        token = await tenancy.create_key(
            tx, tenant, name="k", role=Role.AGENT, scopes=["accounts:read"], **said
        )
        return token, (await tenancy.list_keys(tx, tenant))[-1].id


async def changed(owner, tenant, **values):
    async with as_tenant(owner, tenant) as tx:
        mine = table(ApiKey).c.tenant_id == tenant
        await tx.execute(update(table(ApiKey)).where(mine).values(values))


async def who(database, token):
    async with database.transaction() as tx:
        return await tenancy.authenticate(tx, token)


async def test_an_expired_key_is_nobodys(database, owner, tenant):
    token, key_id = await made(owner, tenant, lasts=DAY)
    assert (await who(database, token)).key_id == key_id

    await changed(owner, tenant, expires_at=PAST)
    assert await who(database, token) is None


async def test_both_secrets_of_a_rotated_key_are_one_key_until_the_overlap_ends(
    database, owner, tenant
):
    old, key_id = await made(owner, tenant)
    async with owner.transaction() as tx:
        new = await tenancy.rotate_key(tx, tenant, key_id, overlap=DAY)
    assert [(await who(database, token)).key_id for token in (old, new)] == [key_id, key_id]

    await changed(owner, tenant, former_ends_at=PAST)
    assert await who(database, old) is None
    assert (await who(database, new)).key_id == key_id

    await changed(owner, tenant, expires_at=PAST)
    assert await who(database, new) is None


async def test_a_key_that_ended_or_is_anothers_is_not_rotated(database, owner, tenant, other):
    old, key_id = await made(owner, tenant)
    async with owner.transaction() as tx:
        assert await tenancy.rotate_key(tx, other, key_id, overlap=DAY) is None
    async with owner.transaction() as tx:
        newer = await tenancy.rotate_key(tx, tenant, key_id, overlap=DAY)
        await tenancy.rotate_key(tx, tenant, key_id, overlap=timedelta())
        assert await tenancy.revoke_key(tx, tenant, key_id)
        assert await tenancy.rotate_key(tx, tenant, key_id, overlap=DAY) is None
    assert [await who(database, token) for token in (old, newer)] == [None, None]


async def test_an_overlap_ends_with_the_key(database, owner, tenant):
    old, key_id = await made(owner, tenant)
    async with owner.transaction() as tx:
        await tenancy.rotate_key(tx, tenant, key_id, overlap=DAY, lasts=DAY)
    await changed(owner, tenant, expires_at=PAST)
    assert await who(database, old) is None


async def used_at(owner, tenant):
    async with owner.transaction() as tx:
        return (await tenancy.list_keys(tx, tenant))[-1].last_used_at


async def used(database, token):
    """Note what the token's request would, when it is done."""
    identity = await who(database, token)
    async with database.question() as tx:
        await tenancy.note_key_use(tx, identity)


@pytest.mark.one_server("keys lie on every server, and none of their uses is noted there")
async def test_when_a_key_was_used_is_noted_once_an_hour(database, owner, tenant):
    token, _ = await made(owner, tenant)
    assert await used_at(owner, tenant) is None
    await used(database, token)
    first = await used_at(owner, tenant)
    await used(database, token)
    assert await used_at(owner, tenant) == first

    await changed(owner, tenant, last_used_at=first - timedelta(minutes=61))
    await used(database, token)
    assert await used_at(owner, tenant) > first


async def test_noting_it_makes_nobody_wait(database, owner, tenant):
    token, _ = await made(owner, tenant)
    identity = await who(database, token)
    async with database.transaction() as slow:
        await tenancy.note_key_use(slow, identity)  # and has not committed
        async with asyncio.timeout(2):
            await used(database, token)


@pytest.mark.parametrize("way", ["without a key", "with a key", "with an account"])
async def test_who_asks_takes_no_place_in_the_feed(database, owner, tenant, way):
    """A place is the id of a transaction: taken before its account is locked, it is too early."""
    token, _ = await made(owner, tenant)
    async with database.transaction() as tx:
        if way == "without a key":
            assert await tenancy.authenticate(tx, token)
        elif way == "with a key":
            assert await idempotency.authenticate_once(tx, token, "a")
        else:
            nowhere = Asked(new_id(), "payment", "P-1")
            assert await idempotency.take_up(tx, token, "b", nowhere)
        taken = text("SELECT pg_current_xact_id_if_assigned()::text")
        assert (await tx.execute(taken)).scalar_one() is None
