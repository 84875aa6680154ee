"""Accounts from before there were worklists: gone through once, in batches, and then on them."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from app.domain.contact.words import Channel, Direction, Outcome, Purpose
from app.domain.money import Amounts
from app.domain.values import replace
from app.domain.vocabulary import Product
from app.domain.worklists.lists import SHIPPED
from app.services.accounts.place import OpenAccount, open_account
from app.services.contacts.record import RecordContact, record_contact
from app.services.worklists.items import asked_of
from app.services.worklists.older import keep_older
from app.storage.worklists import find
from tests.database import as_tenant

JAN, MARCH = date(2026, 1, 5), date(2026, 3, 10)
COLLECTORS = SHIPPED["collectors"]


@pytest.fixture
async def old(at, owner, tenant):
    """Five accounts, one of which somebody was spoken with about, as an older version left them."""
    made = []
    for n in range(5):
        async with at(JAN) as ctx:
            asked = OpenAccount(
                reference=f"OLD-{n}", currency="USD", product=Product.INVOICE, opened_on=JAN,
                balance=Amounts(principal_minor=200_00),
            )  # fmt: skip
            made.append((await open_account(ctx, asked)).reading.account.id)
    async with at(MARCH) as ctx:
        await record_contact(ctx, call_about(made[1]))
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(text("DELETE FROM account_work WHERE tenant_id = :t"), {"t": tenant})
        nothing = text("UPDATE tenant SET work_kept_to = :id WHERE tenant_id = :t")
        await tx.execute(nothing, {"t": tenant, "id": "00000000-0000-0000-0000-000000000000"})
    return made


def call_about(account_id):
    return RecordContact(
        account_ids=(account_id,), channel=Channel.CALL, direction=Direction.IN,
        purpose=Purpose.REPLY, outcome=Outcome.CONVERSATION, right_party=True, more={},
        started_at=datetime(2026, 3, 1, 15, tzinfo=UTC),
    )  # fmt: skip


async def listed(at):
    """Whoever stands on the list without having been written since."""
    async with at(MARCH) as ctx:
        asked, _ = await asked_of(ctx)
        found = await find.find(ctx.tx, COLLECTORS, replace(asked, behind=()), limit=9)
    return {one.account_id for one in found}


async def test_they_are_gone_through_in_batches_and_once(database, tenant, at, old):
    async def go_on(most_batches):
        return await keep_older(
            database, tenant, on=MARCH, time_zone="UTC", batch=2, most_batches=most_batches
        )

    assert await listed(at) == set()
    begun = await go_on(1)
    assert (begun.accounts, begun.done) == (2, False)
    assert await listed(at) == {old[0]}  # about the other somebody was spoken with lately
    ended = await go_on(9)
    assert (ended.accounts, ended.done) == (3, True)
    assert await listed(at) == {old[0], *old[2:]}
    again = await go_on(9)
    assert (again.accounts, again.done) == (0, True)


async def test_what_was_kept_of_it_alone_is_no_reason_to_pass_it_by(database, tenant, at, old):
    """A contact that came after the new version keeps a row of itself, and nothing of the books."""
    async with at(MARCH) as ctx:
        await record_contact(ctx, replace(call_about(old[2]), outcome=Outcome.ABANDONED))
    await keep_older(database, tenant, on=MARCH, time_zone="UTC")

    assert await listed(at) == {old[0], *old[2:]}


async def test_one_whose_policy_is_missing_keeps_no_other_from_it(database, owner, tenant, at, old):
    async with as_tenant(owner, tenant) as tx:
        gone = text("UPDATE account SET policy_name = 'gone' WHERE tenant_id = :t AND id = :id")
        await tx.execute(gone, {"t": tenant, "id": old[3]})

    through = await keep_older(database, tenant, on=MARCH, time_zone="UTC")

    assert (through.done, through.skipped) == (True, (old[3],))
    async with at(MARCH) as ctx:
        kept = (await ctx.tx.execute(text("SELECT count(*) FROM account_work"))).scalar_one()
    assert kept == 4


async def test_a_new_tenant_has_none(database, tenant, at):
    async with at(JAN) as ctx:
        asked = OpenAccount(
            reference="NEW", currency="USD", product=Product.INVOICE, opened_on=JAN,
            balance=Amounts(),
        )  # fmt: skip
        made = (await open_account(ctx, asked)).reading.account.id
        query = text("SELECT account_id FROM account_work")  # though it asks for nothing
        assert list((await ctx.tx.execute(query)).scalars()) == [made]

    assert (await keep_older(database, tenant, on=MARCH, time_zone="UTC")).accounts == 0
