"""Payments of many requests, sent to the database together: each is whole, and none waits long."""

import asyncio

from app.schemas.edge.ids import decode
from app.storage.accounts import accounts
from tests.concurrency.conftest import at_once, statuses
from tests.concurrency.test_payments import balance, check
from tests.database import as_tenant

ACCOUNTS = 24


async def test_payments_of_many_accounts_are_all_there_and_answered_again(client, place, pay):
    ids = [await place(f"INV-{n}", 100_00) for n in range(ACCOUNTS)]
    keyed = [
        pay(own, f"P-{n}", 1_00 + n, **{"Idempotency-Key": f"k-{n}"}) for n, own in enumerate(ids)
    ]

    answers = await at_once(*keyed)

    assert statuses(answers) == {201: ACCOUNTS}
    assert [await balance(client, own) for own in ids] == [99_00 - n for n in range(ACCOUNTS)]
    for own in ids:
        await check(client, own)
    again = [
        await pay(own, f"P-{n}", 1_00 + n, **{"Idempotency-Key": f"k-{n}"})
        for n, own in enumerate(ids)
    ]
    assert [one.content for one in again] == [one.content for one in answers]


async def test_what_is_refused_among_them_takes_none_along(client, place, pay):
    """Two claim one reference, two send one key with other contents."""
    ids = [await place(f"INV-{n}", 100_00) for n in range(ACCOUNTS)]

    def paid(n):
        reference = "P-SAME" if n in {3, 4} else f"P-{n}"
        key = "k-same" if n in {7, 8} else f"k-{n}"
        return pay(ids[n], reference, 1_00, **{"Idempotency-Key": key})

    for _ in range(3):  # whoever was too early with a key in use comes again
        answers = await at_once(*map(paid, range(ACCOUNTS)))
    alone = {3, 4, 7, 8}
    left = [await balance(client, own) for own in ids]

    assert {answers[n].status_code for n in range(ACCOUNTS) if n not in alone} == {201}
    assert {left[n] for n in range(ACCOUNTS) if n not in alone} == {99_00}
    for pair in ((3, 4), (7, 8)):
        assert sorted(answers[n].status_code for n in pair) in ([201, 409], [201, 422])
        assert sorted(left[n] for n in pair) == [99_00, 100_00]
    for own in ids:
        await check(client, own)


async def test_an_account_that_somebody_holds_keeps_no_other_waiting(
    client, place, pay, database, tenant
):
    ids = [await place(f"INV-{n}", 100_00) for n in range(ACCOUNTS)]

    def paid(n, round_):
        return pay(ids[n], f"P-{round_}-{n}", 1_00, **{"Idempotency-Key": f"k-{round_}-{n}"})

    async with as_tenant(database, tenant) as tx:
        await accounts.lock(tx, decode("acc", ids[0]))
        stuck = asyncio.create_task(paid(0, 1))
        async with asyncio.timeout(8):  # less than anybody waits for a lock
            for round_ in (1, 2):
                answers = await at_once(*(paid(n, round_) for n in range(1, ACCOUNTS)))
                assert statuses(answers) == {201: ACCOUNTS - 1}
        assert not stuck.done()
    assert (await stuck).status_code == 201
    assert {await balance(client, own) for own in ids[1:]} == {98_00}
