"""A snapshot that an earlier version kept is not read: its facts are, by reads and commands."""

from datetime import date

import pytest
from sqlalchemy import text

from app.domain.account.state import SHAPE
from app.domain.money import Amounts
from app.domain.vocabulary import ChargeKind, Product
from app.services.accounts import charge, place
from app.services.accounts.charge import AddCharge
from app.services.accounts.place import OpenAccount
from app.services.books import ledger
from app.services.payments import post
from app.services.payments.post import PostPayment
from app.services.reading import read_account
from app.services.work import begin, finish
from app.storage.accounts import accounts as stored_accounts

JAN, FEB, MARCH = date(2026, 1, 5), date(2026, 2, 10), date(2026, 3, 10)
#: As version 1 had it: one sum and one day, to which a charge not due yet was added.
KEPT = text(
    "UPDATE account SET state = (state::jsonb - 'shape' - 'claims') || jsonb_build_object("
    "'contract_due_minor', 1500, 'contract_since_on', '2025-12-01',"
    "'reported_since_on', '2025-12-01', 'first_delinquency_on', '2025-12-01', 'bucket', '60-89')"
    " WHERE id = :id"
)


@pytest.fixture
async def account_id(at):
    async with at(JAN) as ctx:
        opened = await place.open_account(
            ctx,
            OpenAccount(
                reference="OLD-1",
                currency="USD",
                product=Product.CLOSED_END,
                opened_on=date(2025, 1, 1),
                balance=Amounts(principal_minor=200_00),
                past_due_minor=50_00,
                delinquent_since_on=date(2025, 12, 1),
            ),
        )
        one = opened.reading.account.id
        fee = AddCharge(kind=ChargeKind.FEE, amount_minor=15_00, due_on=date(2026, 6, 5))
        await charge.add_charge(ctx, one, fee)
    async with at(FEB) as ctx:
        await post.post_payment(ctx, paid(one, 50_00, "B-1"))
        await ctx.tx.execute(KEPT, {"id": one})
    return one


def paid(account_id, minor, reference):
    return PostPayment(
        account_id=account_id, amount_minor=minor, reference=reference, currency="USD"
    )


async def test_it_is_read_anew(at, account_id):
    async with at(MARCH) as ctx:
        state = (await read_account(ctx, account_id)).state
        assert (state.contract_due_minor, state.reported_since_on, state.bucket) == (
            0, None, "current",
        )  # fmt: skip
        assert (await ledger.self_check(ctx, account_id)).ok


async def test_a_command_goes_on_from_it_and_keeps_it(at, account_id):
    async with at(MARCH) as ctx:
        await post.post_payment(ctx, paid(account_id, 1_00, "B-2"))
        checked = await ledger.self_check(ctx, account_id)
        assert [one for one in checked.identities if not one.ok] == []
    async with at(date(2026, 6, 6)) as ctx:
        state = (await read_account(ctx, account_id)).state
        assert (state.contract_due_minor, state.reported_since_on) == (14_00, date(2026, 6, 5))


async def test_the_day_close_of_one_marked_by_the_migration_writes_it(at, account_id):
    marked = text("UPDATE account SET next_review_on = judged_on WHERE id = :id")
    async with at(MARCH) as ctx:
        await ctx.tx.execute(marked, {"id": account_id})
    async with at(MARCH) as ctx:
        await finish(ctx, [await begin(ctx, account_id)])
    async with at(MARCH) as ctx:
        stored = await stored_accounts.read(ctx.tx, account_id)
        assert (stored.state.shape, stored.state.bucket) == (SHAPE, "current")
        assert stored.next_review_on == date(2026, 6, 6)
