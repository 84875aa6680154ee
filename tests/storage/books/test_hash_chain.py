"""Each event carries the hash of what it says and of the one before: tampering shows, and where."""

from datetime import date
from hashlib import sha256
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import text

from app.domain.money import Amounts
from app.domain.schedule.terms import Frequency, Terms, Unit
from app.domain.vocabulary import Product, Role
from app.services.accounts import place
from app.services.accounts.place import OpenAccount
from app.services.context import Context
from app.services.payments import post, reverse
from app.services.payments.post import PostPayment
from app.services.plans import open as plans
from app.services.plans.open import OpenPlan
from app.services.plans.terms import SentTerms
from app.storage.books import events
from app.storage.books.chains import chains
from tests.database import as_tenant

PLACED, PAID = date(2026, 1, 5), date(2026, 3, 20)

EVENTS = text("SELECT * FROM event WHERE account_id = :account ORDER BY sequence")


@pytest_asyncio.fixture
async def account_id(database, tenant):
    """An account with a plan, two months that were judged, a payment, and its return."""

    def on(tx, day):
        return Context(tx=tx, tenant_id=tenant, role=Role.ADMIN, business_date=day, sandbox=True)

    async with as_tenant(database, tenant) as tx:
        placed = await place.open_account(
            on(tx, PLACED),
            OpenAccount(
                reference="INV-Ä",
                currency="USD",
                product=Product.INVOICE,
                opened_on=PLACED,
                balance=Amounts(principal_minor=900_00),
            ),
        )
        own = placed.reading.account.id
    terms = Terms(
        installment_count=3, frequency=Frequency(unit=Unit.MONTH), first_due_on=date(2026, 2, 5)
    )
    async with as_tenant(database, tenant) as tx:
        await plans.open_plan(
            on(tx, PLACED), OpenPlan(account_id=own, terms=SentTerms(parsed=terms, as_sent={}))
        )
    async with as_tenant(database, tenant) as tx:
        paid = PostPayment(account_id=own, reference="P-1", amount_minor=300_00, currency="USD")
        posted = await post.post_payment(on(tx, PAID), paid)
        await reverse.reverse_payment(on(tx, PAID), posted.payment.id, reason_code="R01")
    return own


@pytest.fixture
def check(database, tenant):
    async def broken_at(account_id):
        async with as_tenant(database, tenant) as tx:
            return (await chains(tx, [account_id]))[account_id].broken_at()

    return broken_at


@pytest.fixture
def tamper(owner):
    async def tampered(statement, **values):
        async with owner.transaction() as tx:
            changed = await tx.execute(text(statement), values)
            assert changed.rowcount >= 1

    return tampered


async def test_a_hash_is_of_the_one_before_and_of_what_is_said(owner, account_id):
    async with owner.transaction() as tx:
        told = (await tx.execute(EVENTS, {"account": account_id})).mappings().all()
    assert len(told) > 5
    head = b""
    for event in told:
        said = {
            "business_date": event["business_date"].isoformat(),
            "corrects": _text(event["corrects"]),
            "data": event["data"],
            "id": _text(event["id"]),
            "payment_id": _text(event["payment_id"]),
            "plan_id": _text(event["plan_id"]),
            "sequence": event["sequence"],
            "type": event["type"],
        }
        later = ("actor", "role", "origin", "reason", "balance_after_minor",
                 "unapplied_after_minor")  # fmt: skip
        said |= {name: event[name] for name in later if event[name] is not None}
        assert event["previous_hash"] == (head or None)
        head = sha256(head + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()
        assert event["hash"] == head


def _text(value):
    return None if value is None else str(value)


async def test_what_was_written_is_whole(account_id, check):
    assert await check(account_id) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("data = data || '{\"amount_minor\": 1}'", id="an amount"),
        pytest.param("type = 'payment.reversed'", id="a type"),
        pytest.param("business_date = business_date - 1", id="a day"),
        pytest.param(f"payment_id = '{uuid4()}'", id="a payment"),
        pytest.param(f"id = '{uuid4()}'", id="an id"),
        pytest.param("hash = sha256(hash)", id="a hash"),
        pytest.param("previous_hash = NULL", id="the link"),
    ],
)
async def test_a_changed_event_is_found(account_id, check, tamper, change):
    statement = f"UPDATE event SET {change} WHERE account_id = :account AND sequence = :n"
    await tamper(statement, account=account_id, n=3)

    assert await check(account_id) == 3


async def test_a_changed_event_with_its_hash_made_anew_is_found_at_the_next(
    owner, account_id, check
):
    async with owner.transaction() as tx:
        event = (await tx.execute(EVENTS, {"account": account_id})).mappings().all()[2]
        said = {**event, "data": {"amount_minor": 1}}
        await tx.execute(
            text("UPDATE event SET data = '{\"amount_minor\": 1}', hash = :hash WHERE id = :id"),
            {"hash": events.linked(event["previous_hash"], said), "id": event["id"]},
        )

    assert await check(account_id) == 4


async def test_a_missing_event_is_found(account_id, check, tamper):
    await tamper("DELETE FROM event WHERE account_id = :account AND sequence = 2",
                 account=account_id)  # fmt: skip

    assert await check(account_id) == 2


async def test_a_missing_end_is_found(owner, account_id, check, tamper):
    async with owner.transaction() as tx:
        last = len((await tx.execute(EVENTS, {"account": account_id})).all())
    await tamper("DELETE FROM event WHERE account_id = :account AND sequence = :n",
                 account=account_id, n=last)  # fmt: skip

    assert await check(account_id) == last


async def test_an_event_slipped_in_at_the_end_is_found(owner, account_id, check, tamper):
    async with owner.transaction() as tx:
        last = len((await tx.execute(EVENTS, {"account": account_id})).all())
    await tamper(
        """
        INSERT INTO event (tenant_id, account_id, sequence, id, type, business_date, data,
            previous_hash, hash)
        SELECT tenant_id, account_id, sequence + 1, gen_random_uuid(), type, business_date, data,
            hash, sha256(hash)
        FROM event WHERE account_id = :account AND sequence = :n""",
        account=account_id,
        n=last,
    )

    assert await check(account_id) == last + 1
