"""The tenant's stream: one order without gaps, which the feed keeps, whoever began first."""

import asyncio

import pytest
from sqlalchemy import text

from app.domain.entries.events import Event, EventType
from app.storage.books import events, stream
from app.storage.ids import new_id
from tests.database import as_tenant
from tests.feed import feed_at_rest
from tests.storage.rows import DAY, add_account, add_event


def told(number=1):
    data = {"person_id": str(new_id()), "restriction_id": str(new_id()), "number": number}
    return Event(type=EventType.RESTRICTION_LIFTED, business_date=DAY, data=data)


async def read(database, tenant):
    await feed_at_rest(database)
    async with as_tenant(database, tenant) as tx:
        return await events.feed(tx, limit=100)


async def test_what_is_told_is_numbered_when_it_commits(database, tenant):
    async with as_tenant(database, tenant) as tx:
        stream.tell(tx, told(1), told(2))
        stream.tell(tx, told(3))
    async with as_tenant(database, tenant) as tx:
        stream.tell(tx, told(4))

    found = await read(database, tenant)
    assert [(one.account_id, one.sequence, one.data["number"]) for one in found] == [
        (None, number, number) for number in (1, 2, 3, 4)
    ]
    async with as_tenant(database, tenant) as tx:
        assert await stream.broken_at(tx, tenant) == (4, None)


async def test_what_is_undone_was_never_told(database, tenant):
    async def fail():
        async with as_tenant(database, tenant) as tx:
            stream.tell(tx, told())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with as_tenant(database, tenant):
        pass

    assert await read(database, tenant) == ()


@pytest.mark.one_server("whoever tells a tenant's first event there takes up its slot: others wait")
async def test_who_began_first_and_told_last_comes_last(database, tenant):
    async with as_tenant(database, tenant) as early:
        await add_event(early, tenant, await add_account(early, tenant))  # it has a number now
        async with as_tenant(database, tenant) as late:
            stream.tell(late, told(1))
        stream.tell(early, told(2))

    found = [one for one in await read(database, tenant) if one.account_id is None]
    assert [one.data["number"] for one in found] == [1, 2]
    assert found[0].position < found[1].position


async def test_many_at_once_leave_no_gap(database, tenant):
    async def tell(number):
        async with as_tenant(database, tenant) as tx:
            await tx.execute(text("SELECT pg_current_xact_id()"))
            await asyncio.sleep(0)
            stream.tell(tx, told(number), told(number))

    await asyncio.gather(*(tell(number) for number in range(8)))

    found = await read(database, tenant)
    assert [one.sequence for one in found] == list(range(1, 17))
    assert sorted(one.data["number"] for one in found) == sorted([*range(8)] * 2)


async def test_a_changed_event_is_found(database, owner, tenant):
    async with as_tenant(database, tenant) as tx:
        stream.tell(tx, told(1), told(2), told(3))
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(
            text("UPDATE event SET data = '{}' WHERE tenant_id = account_id AND sequence = 2 "
                 "AND tenant_id = :tenant").bindparams(tenant=tenant)
        )  # fmt: skip

    async with as_tenant(database, tenant) as tx:
        assert await stream.broken_at(tx, tenant) == (2, 2)


async def test_a_dropped_end_is_found(database, owner, tenant):
    async with as_tenant(database, tenant) as tx:
        stream.tell(tx, told(1), told(2))
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(
            text("DELETE FROM event WHERE tenant_id = account_id AND sequence = 2 "
                 "AND tenant_id = :tenant").bindparams(tenant=tenant)
        )  # fmt: skip

    async with as_tenant(database, tenant) as tx:
        assert await stream.broken_at(tx, tenant) == (1, 2)
