"""A payment under a key is written as its account was seen, or done again behind the lock."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text

from app.domain.refusals.commands import ReferenceTaken
from app.domain.vocabulary import Role
from app.schemas.edge.ids import PREFIXES, decode
from app.services.context import Context
from app.services.idempotency import Claim, Reply
from app.services.payments.post import PostPayment, post_payment
from app.storage import idempotency
from app.storage.accounts import accounts
from app.storage.accounts.accounts import Asked
from app.storage.database.engine import Database, Overtaken
from app.storage.database.prepared import driver
from app.storage.database.unavailable import Unavailable
from app.storage.payments import payments
from tests.database import as_tenant
from tests.routers.lives.desk import OPENING

pytestmark = pytest.mark.one_server(
    "where tables are spread a posting is several calls in a transaction"
)

REPLY = Reply(status=201, headers={}, body=b"{}")


class Stage(NamedTuple):
    """An account with a plan, and what is asked of it under the key "k"."""

    desk: Any
    database: Database
    tenant: UUID
    token: str
    account: dict[str, Any]
    asked: Asked

    @asynccontextmanager
    async def looked(self, asked=None, token=None):
        """A transaction that begins late, and what was seen before it."""
        async with self.database.transaction(late=True) as tx:
            yield tx, await idempotency.take_up(tx, token or self.token, "k", asked or self.asked)

    async def post(self, tx, held):
        """1.00 put on the account as it was seen, and the reply kept."""
        await self.put(tx, held)
        await Claim(tx, "k", b"print").keep(REPLY)

    async def put(self, tx, held):
        """1.00 put on the account, to be written with the reply."""
        ctx = Context(
            tx=tx, tenant_id=self.tenant, role=Role.ADMIN, sandbox=True, policy_epoch=1,
            business_date=date.fromisoformat(OPENING), begun=held.begun,
        )  # fmt: skip
        command = PostPayment(
            account_id=self.asked.account_id, reference=self.asked.reference, amount_minor=1_00,
            currency="USD",
        )  # fmt: skip
        await post_payment(ctx, command, last=True)

    async def paid(self):
        await self.desk.books_agree(self.account)
        return 300_00 - (await self.desk.read(self.account))["balance"]["total_minor"]

    async def kept(self):
        async with as_tenant(self.database, self.tenant) as tx:
            return (await tx.execute(text("SELECT FROM idempotency_key"))).rowcount

    async def lock(self):
        """The account, locked by another who waits for it for a moment."""
        async with as_tenant(self.database, self.tenant) as other:
            await other.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            return await accounts.lock(other, self.asked.account_id)


@pytest.fixture
async def stage(desk, database, tenant, key):
    account, _ = await desk.opened()
    asked = Asked(decode(PREFIXES["account"], account["id"]), "payment", "P-1")
    return Stage(desk, database, tenant, key, account, asked)


async def test_what_is_seen_is_what_would_be_locked_and_nothing_is(stage):
    async with stage.database.transaction() as tx:
        locked = await idempotency.take_up(tx, stage.token, "k", stage.asked)
    async with stage.looked() as (_, held):
        assert await stage.lock() == held.begun.account
        async with stage.database.transaction() as other:
            assert (await idempotency.authenticate_once(other, stage.token, "k")).taken
    assert held == locked


async def test_it_is_written_whole_as_it_was_seen(stage):
    async with stage.looked() as (tx, held):
        await stage.post(tx, held)
        assert await stage.kept() == 1, "written by then: there is no transaction"
    assert await stage.paid() == 1_00


async def _pay(stage):
    await stage.desk.pay(stage.account, 5_00, reference="MEANWHILE")


async def _name_another_debtor(stage):
    path = f"/v1/accounts/{stage.account['id']}"
    answer = await stage.desk.client.patch(path, json={"debtor": {"name": "Ann"}})
    assert answer.status_code == 200


async def _claim(stage):
    await stage.desk.pay(await stage.desk.account(), 5_00, reference="P-1")


async def _answer(stage):
    async with stage.database.transaction() as tx:
        await idempotency.authenticate_once(tx, stage.token, "k")
        await idempotency.store(tx, "k", b"print", REPLY)


@pytest.mark.parametrize(
    ("meanwhile", "also_paid", "replies"),
    [(_pay, 5_00, 0), (_name_another_debtor, 0, 0), (_claim, 0, 0), (_answer, 0, 1)],
)
async def test_overtaken_nothing_of_it_stays(stage, meanwhile, also_paid, replies):
    async def overtaken():
        async with stage.looked() as (tx, held):
            await meanwhile(stage)
            await stage.post(tx, held)

    with pytest.raises(Overtaken):
        await overtaken()
    assert (await stage.paid(), await stage.kept()) == (also_paid, replies)


@pytest.mark.parametrize("meanwhile", [_pay, _name_another_debtor, _answer])
async def test_what_begins_its_transaction_finds_that_it_was_overtaken(stage, meanwhile):
    async def overtaken():
        async with stage.looked() as (tx, _):
            await meanwhile(stage)
            await payments.of_references(tx, ["P-2"])

    with pytest.raises(Overtaken):
        await overtaken()


async def test_a_reference_claimed_meanwhile_is_refused_by_name_behind_the_lock(stage):
    async def late():
        async with stage.looked() as (tx, held):
            await _claim(stage)
            await payments.of_references(tx, ["P-2"])
            await stage.post(tx, held)

    with pytest.raises(ReferenceTaken):
        await late()
    assert (await stage.paid(), await stage.kept()) == (0, 0)


async def test_a_reply_past_its_time_overtakes_it_and_is_replaced_behind_the_lock(stage, owner):
    await _answer(stage)
    async with as_tenant(owner, stage.tenant) as tx:
        await tx.execute(text("UPDATE idempotency_key SET created_at = now() - interval '31 days'"))

    async def met():
        async with stage.looked() as (tx, held):
            assert held.stored is None
            await stage.post(tx, held)

    with pytest.raises(Overtaken):
        await met()
    assert await stage.paid() == 0
    async with stage.database.transaction() as tx:
        held = await idempotency.take_up(tx, stage.token, "k", stage.asked)
        await stage.post(tx, held)
    assert (await stage.paid(), await stage.kept()) == (1_00, 1)


async def test_a_key_in_use_overtakes_it(stage):
    async def used():
        async with stage.looked() as (tx, held), stage.database.transaction() as other:
            await idempotency.authenticate_once(other, stage.token, "k")
            await stage.post(tx, held)

    with pytest.raises(Overtaken):
        await used()
    assert await stage.paid() == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda tx: payments.of_references(tx, ["P-2"]),
        lambda tx: tx.execute(text("SELECT")),
        lambda tx: tx.begin_nested(),
    ],
    ids=["prepared", "executed", "nested"],
)
async def test_another_statement_begins_its_transaction_and_locks_what_was_seen(stage, ask):
    async with stage.looked() as (tx, held):
        await ask(tx)
        with pytest.raises(Unavailable, match="lock"):
            await stage.lock()
        async with stage.database.transaction() as other:
            assert not (await idempotency.authenticate_once(other, stage.token, "k")).taken
        await stage.post(tx, held)
        assert await stage.kept() == 0, "it is not over"
    assert (await stage.paid(), await stage.kept()) == (1_00, 1)


async def test_nobody_and_no_account_are_seen_as_ever(stage):
    async with stage.looked(token="accord_test_nobody") as (_, held):
        assert held is None
    async with stage.looked(stage.asked._replace(account_id=UUID(int=1))) as (tx, held):
        assert held.begun is None
        assert await payments.of_references(tx, ["P-2"]) == {}


async def test_of_two_at_once_about_one_account_the_second_begins_with_the_lock(stage):
    account_id = stage.asked.account_id
    for _ in range(2):
        async with (
            stage.database.transaction(late=True, about=account_id) as first,
            stage.database.transaction(late=True, about=account_id) as second,
            stage.database.transaction(late=True, about=UUID(int=1)) as other,
        ):
            held = await idempotency.take_up(second, stage.token, "k", stage.asked)
            begun = [driver(tx).unbegun is None for tx in (first, second, other)]
        assert (begun, held.begun is not None) == ([False, True, False], True)


async def test_sixteen_at_once_on_one_account_are_all_posted_and_none_twice(stage):
    async def send(number):
        body = {
            "account_id": stage.account["id"], "reference": f"P-{number}", "amount_minor": 1_00,
            "currency": "USD",
        }  # fmt: skip
        if number % 3 == 0:
            body["metadata"] = {"needs": "a transaction"}
        headers = {"Idempotency-Key": f"k-{number}"}
        return await stage.desk.client.post("/v1/payments", json=body, headers=headers)

    answers = await asyncio.gather(*(send(n // 2) for n in range(32)))  # each of them twice

    assert {answer.status_code for answer in answers} <= {201, 409}
    told = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(told) == 16
    for number in range(16):
        again = await send(number)
        assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
        told.add(again.json()["id"])
    assert len(told) == 16
    assert await stage.paid() == 16_00


@pytest.mark.parametrize("overtaken", [None, 0, 3])
async def test_those_of_many_accounts_go_together_and_one_overtaken_goes_alone(stage, overtaken):
    """All but the first are one transaction; where one of them is overtaken, each is its own."""
    stages = [stage._replace(account=account, asked=asked) for account, asked in await five(stage)]
    async with AsyncExitStack() as open_ones:
        claims = []
        for number, one in enumerate(stages):
            tx, held = await open_ones.enter_async_context(one.looked())
            await one.put(tx, held)
            claims.append(Claim(tx, f"k-{number}", b"print"))
        if overtaken is not None:
            await _name_another_debtor(stages[overtaken])
        kept = (claim.keep(REPLY) for claim in claims)
        said = await asyncio.gather(*kept, return_exceptions=True)

    late = [number for number in range(5) if number == overtaken]
    assert [number for number, one in enumerate(said) if isinstance(one, Overtaken)] == late
    assert [await one.paid() for one in stages] == [1_00 * (n not in late) for n in range(5)]
    assert await stage.kept() == 5 - len(late)
    async with as_tenant(stage.database, stage.tenant) as tx:
        wrote = text("SELECT count(DISTINCT tx) FROM event WHERE type = 'payment.posted'")
        assert (await tx.execute(wrote)).scalar_one() == {None: 2, 0: 1, 3: 4}[overtaken]


async def five(stage):
    """Five accounts with a plan, and a payment to each."""
    found = []
    for number in range(5):
        account, _ = await stage.desk.opened()
        reference = f"P-{number}"
        found.append(
            (account, Asked(decode(PREFIXES["account"], account["id"]), "payment", reference))
        )
    return found
