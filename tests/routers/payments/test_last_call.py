"""With an idempotency key, a payment's books are written by the call that keeps its reply."""

from datetime import date

import pytest

from app.domain.refusals.commands import ReferenceTaken
from app.domain.vocabulary import Role
from app.schemas.edge.ids import PREFIXES, decode
from app.services.context import Context
from app.services.idempotency import Claim, Reply
from app.services.payments.post import PostPayment, post_payment
from app.storage import idempotency
from app.storage.database.addresses import Driven
from tests.database import as_tenant
from tests.routers.lives.desk import OPENING

REPLY = Reply(status=201, headers={}, body=b"{}")


@pytest.fixture
async def account(desk):
    account, _ = await desk.opened()
    return account


@pytest.fixture
def begun(database, tenant):
    """`async with begun() as tx`: a transaction of the tenant."""
    return lambda: as_tenant(database, tenant)


@pytest.fixture
def post(tenant, account):
    """`await post(tx, "P-1")`: 1.00 put on the account as the last of a transaction."""

    async def post(tx, reference):
        ctx = Context(
            tx=tx, tenant_id=tenant, role=Role.ADMIN, sandbox=True, policy_epoch=1,
            business_date=date.fromisoformat(OPENING),
        )  # fmt: skip
        command = PostPayment(
            account_id=decode(PREFIXES["account"], account["id"]), reference=reference,
            amount_minor=1_00, currency="USD",
        )  # fmt: skip
        return await post_payment(ctx, command, last=True)

    return post


async def paid(desk, account):
    await desk.books_agree(account)
    return 300_00 - (await desk.read(account))["balance"]["total_minor"]


async def kept(tx):
    return (await tx.exec_driver_sql("SELECT FROM idempotency_key")).rowcount


@pytest.mark.one_server("where tables are spread a posting is several calls in a transaction")
async def test_a_payment_under_a_key_is_two_calls(desk, account, monkeypatch):
    said = []

    def spoken(real):
        def speak(self, sql, *rest, **named):
            said.append(sql.split("(")[0])
            return real(self, sql, *rest, **named)

        return speak

    for name in ("execute", "fetch", "fetchrow", "fetchval", "prepare"):
        monkeypatch.setattr(Driven, name, spoken(getattr(Driven, name)))
    for number in range(2):  # after the first, policies and the like are known
        said.clear()
        body = {
            "account_id": account["id"], "reference": f"P-{number}", "amount_minor": 1_00,
            "currency": "USD",
        }  # fmt: skip
        headers = {"Idempotency-Key": f"k-{number}"}
        answer = await desk.client.post("/v1/payments", json=body, headers=headers)
        assert answer.status_code == 201

    assert said == [
        "SELECT * FROM accord_look_for_calls", "SELECT accord_write_for_calls",
    ]  # fmt: skip
    assert await paid(desk, account) == 2_00


async def test_both_are_there_or_neither(begun, desk, account, post):
    async with begun() as tx:
        await post(tx, "P-1")
        await Claim(tx, "k", b"print").keep(REPLY)
    async with begun() as tx:
        assert await kept(tx) == 1
    assert await paid(desk, account) == 1_00


async def test_where_no_reply_is_kept_it_is_written_as_the_transaction_ends(
    begun, desk, account, post
):
    async with begun() as tx:
        await post(tx, "P-1")
    assert await paid(desk, account) == 1_00


@pytest.mark.one_server("where tables are spread a reference is claimed at once: others wait")
@pytest.mark.parametrize("answered", [True, False])
async def test_a_reference_claimed_meanwhile_is_refused_by_name_and_nothing_stays(
    begun, desk, account, post, answered
):
    async def late():
        async with begun() as tx:
            await post(tx, "P-1")
            await desk.pay(await desk.account(), 5_00, reference="P-1")
            if answered:
                await Claim(tx, "k", b"print").keep(REPLY)

    with pytest.raises(ReferenceTaken):
        await late()
    async with begun() as tx:
        assert await kept(tx) == 0
    assert await paid(desk, account) == 0


async def test_a_living_reply_under_the_key_is_a_bug_and_nothing_stays(begun, desk, account, post):
    async with begun() as tx:
        await idempotency.store(tx, "k", b"print", REPLY)

    async def again():
        async with begun() as tx:
            await post(tx, "P-1")
            await Claim(tx, "k", b"print").keep(REPLY)

    with pytest.raises(ValueError, match="already kept"):
        await again()
    assert await paid(desk, account) == 0
