"""Events of an account are read in the order of their numbers, whoever began first.

The feed goes by transactions. One that locks several accounts has begun with the first of them,
and one that waits for an account may have its number before those that held it: both may write
after a transaction that began after them.
"""

from datetime import date

import pytest
from sqlalchemy import text

from app.domain.entries.events import Event, EventType
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.payments.command import PostPayment
from app.services.payments.post import post_payments
from app.storage.books import apart, events
from app.storage.ids import new_id
from tests.concurrency.conftest import TODAY
from tests.database import as_tenant
from tests.feed import feed_at_rest

DAY = date.fromisoformat(TODAY)
BEGIN = text("SELECT pg_current_xact_id()")


@pytest.mark.parametrize("count", [1, 2])
async def test_who_began_first_and_wrote_last_is_read_last(
    client, place, pay, database, tenant, *, count
):
    """One account is written by a function, several by the statement for many."""
    accounts = [await place(f"INV-{n}") for n in range(count)]
    commands = [
        PostPayment(
            reference=f"EARLY-{n}", amount_minor=100, currency="USD", account_reference=f"INV-{n}"
        )
        for n in range(count)
    ]
    async with as_tenant(database, tenant) as early:
        await early.execute(BEGIN)
        for n, account_id in enumerate(accounts):
            assert (await pay(account_id, f"LATE-{n}")).status_code == 201
        ctx = Context(tx=early, tenant_id=tenant, role=Role.ADMIN, business_date=DAY)
        await post_payments(ctx, commands)
    for n, account_id in enumerate(accounts):  # begun after all of it
        assert (await pay(account_id, f"LAST-{n}")).status_code == 201
    await feed_at_rest(database)

    seen = (await client.get("/v1/events", params={"limit": 100})).json()["data"]
    for account_id in accounts:
        numbers = [one["sequence"] for one in seen if one["account_id"] == account_id]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) > 3


async def test_so_is_what_is_told_of_money_without_an_account(database, tenant):
    thing = new_id()

    def told(day):
        on = date(2026, 3, day)
        return Event(type=EventType.SUSPENSE_RECEIVED, business_date=on, data={})

    async with as_tenant(database, tenant) as tx:
        await apart.tell_first(tx, tenant, [(thing, told(1))])
    async with as_tenant(database, tenant) as early:
        await early.execute(BEGIN)
        async with as_tenant(database, tenant) as late:
            await apart.tell_next(late, tenant, thing, told(2))
        await apart.tell_next(early, tenant, thing, told(3))
    await feed_at_rest(database)

    async with as_tenant(database, tenant) as tx:
        found = await events.feed(tx, limit=10)
    assert [one.business_date.day for one in found] == [1, 2, 3]
