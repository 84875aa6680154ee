"""Policy books: read once a version, shared by creditors, bounded, and never in the way."""

import asyncio
import gc
import time
from datetime import date, timedelta

import pytest

from app.domain.vocabulary import CURRENT
from app.services import policy_books
from app.storage import policies, tenancy

DAY = date(2026, 1, 5)
VERSIONS = 200
#: The longest that anything else may be kept waiting.
PATIENCE_S = 0.2


@pytest.fixture
async def stocked(at, tenant):
    """`async with stocked(**document) as ctx`: a tenant with 200 versions of one policy."""

    async def saved(**document):
        async with at(DAY) as ctx:
            for number in range(VERSIONS):
                await policies.append(
                    ctx.tx, tenant, name="own", extends="default", actor=None,
                    effective_from=DAY + timedelta(days=number),
                    document={"extends": "default", "grace_days": number % 10, **document},
                )  # fmt: skip
        async with at(DAY) as ctx:
            return await tenancy.policy_epoch(ctx.tx, tenant)

    return saved


async def longest_wait(working):
    """The most processor time between two turns of the others, while something worked."""
    gc.collect()
    gc.freeze()  # as a server does: what the tests loaded is not looked through
    waits, task = [0.0], asyncio.ensure_future(working)
    while not task.done():
        begun = time.thread_time()
        await asyncio.sleep(0)
        waits.append(time.thread_time() - begun)
    return await task, max(waits)


async def test_new_creditors_share_one_book_and_keep_nobody_waiting(at, stocked):
    epoch = await stocked()
    async with at(DAY, policy_epoch=epoch) as ctx:

        async def all_books():
            return [await policy_books.book_of(ctx, "own", f"C{n}") for n in range(50)]

        books, wait = await longest_wait(all_books())

    assert len({id(book) for book in books}) == 1
    assert wait < PATIENCE_S


async def test_creditors_with_figures_of_their_own_keep_nobody_waiting(at, stocked):
    epoch = await stocked(creditors={f"C{n}": {"grace_days": n} for n in range(20)})
    async with at(DAY, policy_epoch=epoch) as ctx:

        async def all_books():
            return [await policy_books.book_of(ctx, "own", f"C{n}") for n in range(20)]

        books, wait = await longest_wait(all_books())

    assert [book.in_force(DAY).grace_days for book in books] == list(range(20))
    assert wait < PATIENCE_S


async def test_what_is_kept_is_bounded(at, stocked, monkeypatch):
    monkeypatch.setattr(policy_books, "BOOKS", 3)
    monkeypatch.setattr(policy_books, "SHELVES", 2)
    epoch = await stocked(creditors={f"C{n}": {"grace_days": n} for n in range(5)})
    for tenant_epoch in (epoch, epoch):
        async with at(DAY, policy_epoch=tenant_epoch) as ctx:
            for n in range(5):
                await policy_books.book_of(ctx, "own", f"C{n}")
            kept = policy_books._books[ctx.tenant_id].books
            assert list(kept) == [("own", f"C{n}") for n in (2, 3, 4)]
    assert len(policy_books._books) <= policy_books.SHELVES


async def test_a_version_extends_what_its_base_said_when_it_was_saved(at, tenant):
    for name, document in (
        ("base", {"extends": "default", "grace_days": 1}),
        ("own", {"extends": "base"}),
        ("base", {"extends": "default", "grace_days": 2}),
        ("own", {"extends": "base"}),
    ):
        async with at(DAY) as ctx:  # each at its own moment
            await policies.append(
                ctx.tx, tenant, name=name, extends=document["extends"], actor=None,
                effective_from=DAY, document=document,
            )  # fmt: skip
    async with at(DAY) as ctx:
        epoch = await tenancy.policy_epoch(ctx.tx, tenant)
    async with at(DAY, policy_epoch=epoch) as ctx:
        book = await policy_books.book_of(ctx, "own", None)

    own = [one for one in book.policies if one.ref.name == "own"]
    assert [one.grace_days for one in own] == [1, 2]


async def test_bucket_names_are_those_of_every_version_and_creditor(at, tenant):
    late = [{"name": "late", "from_days": 1, "to_days": None}]
    odd = [{"name": "odd", "from_days": 3, "to_days": None}]
    document = {"extends": "default", "buckets": late, "creditors": {"C": {"buckets": odd}}}
    async with at(DAY) as ctx:
        await policies.append(
            ctx.tx, tenant, name="own", extends="default", actor=None, effective_from=DAY,
            document=document,
        )  # fmt: skip
        epoch = await tenancy.policy_epoch(ctx.tx, tenant)
    async with at(DAY, policy_epoch=epoch) as ctx:
        names = await policy_books.bucket_names(ctx)

    assert names[0] == CURRENT
    assert {"late", "odd", "1-29", "180+"} <= set(names)
