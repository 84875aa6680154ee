"""With an idempotency key, the call that says who asks has locked the payment's account, too."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.vocabulary import Role
from app.routers.edge.deps import payment_asked
from app.schemas.edge.ids import PREFIXES, decode
from app.storage import idempotency, tenancy
from app.storage.accounts import accounts
from app.storage.accounts.accounts import Asked
from app.storage.database.unavailable import Unavailable
from app.storage.idempotency import Reply


@pytest.fixture
async def asked(desk):
    """What a payment asks for, of an account that has a payment already."""
    account = await desk.account()
    await desk.pay(account, 1_00, reference="PAID")
    return Asked(decode(PREFIXES["account"], account["id"]), "payment", "NEW")


@pytest.mark.one_server(
    "where tables are spread the key is taken first, the account when it is come to"
)
async def test_who_asks_which_key_and_which_account_is_one_call(database, tenant, key, asked):
    async with database.transaction() as tx:
        alone = await tenancy.authenticate(tx, key)
        stored, taken = await accounts.lock_and_ask(
            tx, tenant, asked.account_id, kind="payment", key="PAID"
        )
    async with database.transaction() as tx:
        held = await idempotency.take_up(tx, key, "k", asked._replace(reference="PAID"))
    async with database.transaction() as tx:
        free = await idempotency.take_up(tx, key, "k", asked)

    assert (held.identity, held.taken, held.stored) == (alone, True, None)
    assert held.begun.account == stored
    assert (held.begun.taken, taken, free.begun.taken) == (True, True, False)


@pytest.mark.one_server(
    "where tables are spread the key is taken first, the account when it is come to"
)
async def test_the_account_is_locked_until_the_transaction_ends(database, key, asked):
    async def second():
        async with database.transaction() as tx:
            await tx.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            await tenancy.authenticate(tx, key)
            await accounts.lock(tx, asked.account_id)

    async with database.transaction() as first:
        await idempotency.take_up(first, key, "k", asked)
        with pytest.raises(Unavailable, match="lock"):
            await second()
    await second()


@pytest.mark.one_server(
    "where tables are spread the key is taken first, the account when it is come to"
)
async def test_a_request_that_is_running_or_was_answered_locks_nothing(database, key, asked):
    async with database.transaction() as first:
        await idempotency.authenticate_once(first, key, "k")
        async with database.transaction() as second:
            held = await idempotency.take_up(second, key, "k", asked)
            assert (held.taken, held.stored, held.begun) == (False, None, None)
        reply = Reply(status=201, headers={"Location": "/v1/payments/1"}, body=b"{}")
        await idempotency.store(first, "k", b"print", reply)
    async with database.transaction() as third:
        held = await idempotency.take_up(third, key, "k", asked)
        assert (held.taken, held.stored.reply, held.begun) == (True, reply, None)


async def test_nobody_and_nothing_lock_nothing(database, key, asked, owner, other):
    async with owner.transaction() as tx:
        theirs = await tenancy.create_key(tx, other, name="t", role=Role.ADMIN, scopes=["*"])
    async with database.transaction() as tx:
        assert await idempotency.take_up(tx, "accord_test_nobody", "k", asked) is None
    for token, account_id in ((key, UUID(int=1)), (theirs, asked.account_id)):
        async with database.transaction() as tx:
            held = await idempotency.take_up(tx, token, "k", asked._replace(account_id=account_id))
            assert (held.taken, held.begun) == (True, None)


@pytest.mark.one_server(
    "where tables are spread the key is taken first, the account when it is come to"
)
async def test_a_rotated_keys_former_secret_is_as_good_until_it_ends(
    database, owner, tenant, key, asked
):
    async with database.transaction() as tx:
        before = await tenancy.authenticate(tx, key)
    async with owner.transaction() as tx:
        new = await tenancy.rotate_key(tx, tenant, before.key_id, overlap=timedelta(days=1))
    for secret, locked in ((key, False), (new, True)):
        async with database.transaction() as tx:
            held = await idempotency.take_up(tx, secret, "k", asked)
            assert held.identity == before
            assert (held.begun is not None) == locked


@pytest.mark.parametrize(
    "sent",
    [
        None, [], "acc_1", {}, {"account_id": 1, "reference": "R"}, {"account_id": "acc_1"},
        {"account_id": "acc_1", "reference": "R"},
        {"account_id": "pay_00000000000000000000000001", "reference": "R"},
        {"account_id": "acc_00000000000000000000000001", "reference": " R"},
        {"account_id": "acc_00000000000000000000000001", "reference": "R\x00"},
        {"account_id": "acc_00000000000000000000000001", "reference": "R" * 256},
    ],
    ids=str,
)  # fmt: skip
def test_a_body_that_does_not_say_it_plainly_asks_for_nothing(sent):
    assert payment_asked(sent) is None
    plainly = {"account_id": "acc_00000000000000000000000001", "reference": "R"}
    assert payment_asked(plainly) == Asked(UUID(int=1), "payment", "R")


async def test_sixteen_at_once_under_keys_of_their_own_are_posted_once(desk):
    """Eight on one account and eight on another, all of one reference."""
    debts = [await desk.account() for _ in range(2)] * 8

    async def send(number, debt):
        body = {
            "account_id": debt["id"], "reference": "P-1", "amount_minor": 100, "currency": "USD",
        }  # fmt: skip
        headers = {"Idempotency-Key": f"k-{number}"}
        return await desk.client.post("/v1/payments", json=body, headers=headers)

    answers = await asyncio.gather(*(send(n, debt) for n, debt in enumerate(debts)))
    statuses = [answer.status_code for answer in answers]

    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409, 503}
    assert len((await desk.get("/v1/payments"))["data"]) == 1
    for debt in debts[:2]:
        await desk.books_agree(debt)


async def test_what_is_wrong_with_a_body_is_told_as_ever(desk):
    account = await desk.account()
    body = {
        "account_id": account["id"], "reference": "P-1", "amount_minor": 100, "currency": "USD",
    }  # fmt: skip
    unknown = account["id"][:-4] + "0000"
    wrong = (
        ({"reference": "\x00"}, 422),
        ({"amount_minor": 0}, 422),
        ({"currency": "EUR"}, 422),
        ({"account_id": unknown}, 404),
    )
    headers = {"Idempotency-Key": "k"}
    for change, status in wrong:
        answer = await desk.client.post("/v1/payments", json={**body, **change}, headers=headers)
        assert answer.status_code == status, (change, answer.text)
    answer = await desk.client.post("/v1/payments", json=body, headers=headers)
    assert answer.status_code == 201, "a refusal keeps no key"
