"""Whose turn it is to be reviewed: those due longest first, each once, held ones only announced."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.storage.accounts import accounts, judging, review
from app.storage.accounts.accounts import Turn
from app.storage.accounts.review import FIRST_TURN
from app.storage.database.prepared import driver
from app.storage.tables import AccountReview, Plan, PlanStanding
from tests.database import as_tenant
from tests.storage.rows import DAY, add, add_account, add_fact

SWEPT = DAY + timedelta(days=2)
_DUE_ON = text(
    "UPDATE account SET next_review_on = :day, latest_business_date = :latest, "
    "state = jsonb_build_object('next_review_on', CAST(:day AS date)) WHERE id = :id"
)
_TURN_ON = text("UPDATE account_review SET review_on = :day WHERE account_id = :id")
_TURNS = text("SELECT account_id, review_on FROM account_review")


async def due(tx, tenant, day, *, latest=DAY):
    account_id = await add_account(tx, tenant)
    await tx.execute(_DUE_ON, {"id": account_id, "day": day, "latest": latest})
    await add(tx, AccountReview, tenant_id=tenant, account_id=account_id, review_on=day)
    return account_id


async def turns(tx):
    """On which day each account has its turn."""
    return {row.account_id: row.review_on for row in await tx.execute(_TURNS)}


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
    while page := await review.reached(tx, SWEPT, after=turn, limit=size):
        assert len(page) <= size
        assert all(one.account is None or one.account.id == one.turn.account_id for one in page)
        found += [one.turn for one in page if one.account is not None]
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
    statement = review._LOCK_REACHED.sql
    async with as_tenant(database, tenant) as tx:
        for other in ("enable_seqscan", "enable_bitmapscan"):
            await tx.execute(text(f"SET LOCAL {other} = off"))
        given = {**review._after(FIRST_TURN), "business_date": SWEPT, "limit": 50}
        ordered = review._LOCK_REACHED.given(**given, the_tenant=tenant)
        rows = await driver(tx).fetch(f"EXPLAIN {statement}", *ordered)

    plan = "\n".join(line for (line,) in rows)
    assert "using ix_account_review_tenant_id_review_on_account_id" in plan
    assert "Index Scan using pk_account" in plan
    assert "Sort" not in plan


async def test_a_turn_that_comes_too_early_is_moved_on_and_judges_nothing(database, tenant):
    later = SWEPT + timedelta(days=30)
    async with as_tenant(database, tenant) as tx:
        paid, ended = await due(tx, tenant, SWEPT), await due(tx, tenant, SWEPT)
        for one, day in ((paid, later), (ended, None)):
            await tx.execute(_DUE_ON, {"id": one, "day": day, "latest": DAY})
        page = await review.reached(tx, SWEPT, limit=50)
        assert page == tuple((Turn(SWEPT, one), None) for one in sorted((paid, ended)))
        assert await review.due_turns(tx, SWEPT, limit=50) == ()
        assert await review.remaining(tx, SWEPT) == 0
        assert await judging.behind(tx, SWEPT, limit=50) == judging.Behind(())

        await review.move_on(tx, [paid, ended])
        assert await turns(tx) == {paid: later, ended: None}
        assert await review.reached(tx, SWEPT, limit=50) == ()
        (again,) = await review.reached(tx, later, limit=50)
        assert again.account is not None


async def test_who_has_no_turn_in_time_is_given_one(database, tenant):
    """As a service of the version before leaves them, and an account made by it."""
    async with as_tenant(database, tenant) as tx:
        late, without, ended = [await due(tx, tenant, day) for day in (SWEPT, SWEPT, None)]
        early, far = await due(tx, tenant, SWEPT), await due(tx, tenant, SWEPT)
        for one, day in ((late, SWEPT + timedelta(days=1)), (early, DAY), (far, SWEPT)):
            await tx.execute(_TURN_ON, {"id": one, "day": day})
        await tx.execute(_TURN_ON, {"id": without, "day": None})
        beyond = {"id": far, "day": SWEPT + timedelta(days=9), "latest": DAY}
        await tx.execute(_DUE_ON, beyond)
        made = await add_account(tx, tenant)
        await tx.execute(_DUE_ON, {"id": made, "day": DAY, "latest": DAY})

        await review.bring_forward(tx, SWEPT)
        assert await turns(tx) == {
            late: SWEPT, without: SWEPT, ended: None, early: DAY, far: SWEPT, made: DAY,
        }  # fmt: skip


async def test_of_many_behind_it_is_said_by_when_the_others_have_days(database, tenant, waiting):
    async with as_tenant(database, tenant) as tx:
        first = {"id": waiting[0].account_id, "day": SWEPT, "latest": DAY}
        await tx.execute(_DUE_ON, first)  # it keeps its turn, which is an earlier day
        found = await judging.behind(tx, SWEPT, limit=4)
        others = {one.next_review_on for one in (await judging.behind(tx, SWEPT, limit=50))[0][4:]}

    assert [one.id for one in found.accounts] == [one.account_id for one in waiting[:4]]
    assert found.in_all == len(waiting)
    assert min(others) >= found.others_from_on == waiting[3].review_on


async def test_a_sweep_begins_by_putting_right_how_plans_are_found(database, tenant):
    """As a service of the version before leaves them: stood otherwise since, ended, and opened."""
    rows = {"due": "current", "ended": "paused", "opened": None}
    async with as_tenant(database, tenant) as tx:
        for name, known in rows.items():
            account_id = await add_account(tx, tenant)
            fact_id = await add_fact(tx, tenant, account_id, sequence=1, kind="plan_opened")
            plan = {"tenant_id": tenant, "account_id": account_id}
            await add(
                tx, Plan, **plan, id=fact_id, kind="installment", policy_name="default",
                policy_version=1, opened_on=DAY, terms={}, status="active", total_minor=5,
                paid_minor=0, outstanding_minor=5, revision=1,
                standing=None if name == "ended" else "due",
            )  # fmt: skip
            if known is not None:
                await add(tx, PlanStanding, **plan, plan_id=fact_id, standing=known)
        await judging.heed_changes(tx, SWEPT)
        found = text(
            "SELECT s.standing = 'due', p.standing = 'due' FROM plan AS p "
            "JOIN plan_standing AS s ON s.tenant_id = p.tenant_id AND s.plan_id = p.id"
        )
        both = [tuple(row) for row in await tx.execute(found)]
    assert sorted(both, key=str) == [(None, None), (True, True), (True, True)]
