"""Whose turn it is to be reviewed: those due longest first, each once, held ones only announced."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from app.storage.accounts import accounts, review
from app.storage.accounts.accounts import Turn
from app.storage.accounts.review import FIRST_TURN
from app.storage.database.prepared import driver
from tests.database import as_tenant
from tests.storage.rows import DAY, add_account

SWEPT = DAY + timedelta(days=2)
_DUE_ON = text(
    "UPDATE account SET next_review_on = :day, latest_business_date = :latest, "
    "state = jsonb_build_object('next_review_on', CAST(:day AS date)) WHERE id = :id"
)


async def due(tx, tenant, day, *, latest=DAY):
    account_id = await add_account(tx, tenant)
    await tx.execute(_DUE_ON, {"id": account_id, "day": day, "latest": latest})
    return account_id


@pytest.fixture
async def waiting(database, tenant):
    """Seven accounts due, the later made the longer; and some that are not."""
    async with as_tenant(database, tenant) as tx:
        days = [SWEPT, SWEPT, SWEPT, DAY, DAY, DAY - timedelta(days=9), SWEPT]
        made = [await due(tx, tenant, day) for day in days]
        await due(tx, tenant, SWEPT + timedelta(days=1))
        await due(tx, tenant, None)
        await due(tx, tenant, DAY, latest=SWEPT + timedelta(days=1))  # the clock was moved back
    return [Turn(day, one) for day, one in sorted(zip(days, made, strict=True))]


async def pages(tx, size):
    """The accounts page by page, as a sweep takes them."""
    found, turn = [], FIRST_TURN
    while page := await review.due_for_review(tx, SWEPT, after=turn, limit=size):
        assert len(page) <= size
        found += [one.turn for one in page]
        turn = page[-1].turn
    return found


@pytest.mark.parametrize("size", [1, 3, 50])
async def test_every_account_that_is_due_has_its_turn_once(database, tenant, waiting, size):
    async with as_tenant(database, tenant) as tx:
        assert await pages(tx, size) == waiting
        assert list(await review.due_turns(tx, SWEPT, limit=50)) == waiting
        rest = await review.due_turns(tx, SWEPT, after=waiting[3], limit=50)
        assert list(rest) == waiting[4:]


async def test_what_others_hold_is_passed_by_but_announced(database, tenant, waiting):
    held = waiting[2]
    async with as_tenant(database, tenant) as holding:
        await accounts.lock(holding, held.account_id)
        async with as_tenant(database, tenant) as tx:
            assert await pages(tx, 2) == [one for one in waiting if one != held]
            assert held in await review.due_turns(tx, SWEPT, limit=50)


async def test_of_accounts_waited_for_only_those_still_due_are_taken(database, tenant, waiting):
    ids = [one.account_id for one in waiting]
    async with as_tenant(database, tenant) as tx:
        gone = {"id": ids[0], "day": SWEPT + timedelta(days=30), "latest": DAY}
        await tx.execute(_DUE_ON, gone)
        taken = await review.lock_due(tx, SWEPT, ids)

    assert [one.id for one in taken] == sorted(ids[1:])


async def test_a_page_is_read_from_the_index_in_its_order(database, tenant, waiting):
    """Without sorting: a day on which nothing is due costs nothing, however many accounts."""
    statement = review._LOCK_DUE.sql
    async with as_tenant(database, tenant) as tx:
        for other in ("enable_seqscan", "enable_bitmapscan"):
            await tx.execute(text(f"SET LOCAL {other} = off"))
        rows = await driver(tx).fetch(
            f"EXPLAIN {statement}", SWEPT, date.min, FIRST_TURN[1], tenant, 50
        )

    plan = "\n".join(line for (line,) in rows)
    assert "Index Scan using ix_account_tenant_id_next_review_on_id" in plan
    assert "Sort" not in plan
