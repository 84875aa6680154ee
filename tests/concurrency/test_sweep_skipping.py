"""What a sweep does about accounts it cannot have: it passes by, then waits, and says what is left.

Only what still has a day to close when it ends was skipped; whatever it could have is closed.
"""

import asyncio
import re

import pytest
import pytest_asyncio
import structlog
from sqlalchemy import text

from app.domain.vocabulary import Role
from app.routers.edge import skips
from app.schemas.edge.ids import decode
from app.services.context import Context
from app.services.day_close import sweep
from app.services.day_close.not_judged import take_up_apart
from app.services.day_close.sweep import Skipped, SkipReason
from app.storage.accounts import accounts, review
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable
from app.storage.day_close import daily
from app.storage.ids import new_id
from tests.database import as_tenant
from tests.feed import feed_at_rest
from tests.waiting import is_waited_for

OPENED, DUE_ON, DAY = "2026-01-05", "2026-01-20", sweep.date(2026, 1, 20)
COUNT = 5


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(sweep, "PAGE", 2)


@pytest_asyncio.fixture
async def due(client):
    """Accounts with an installment due on the day to be swept, by id."""
    ids = []
    for n in range(COUNT):
        debt = {"reference": f"S-{n}", "currency": "USD", "past_due_minor": 0,
                "balance": {"principal_minor": 300_00}}  # fmt: skip
        account = (await client.post("/v1/accounts", json=debt)).json()["id"]
        terms = {"installment_count": 3, "frequency": {"unit": "month"}, "first_due_on": DUE_ON}
        plan = await client.post("/v1/plans", json={"account_id": account, "terms": terms})
        assert plan.status_code == 201, plan.text
        ids.append(decode("acc", account))
    await client.put("/v1/sandbox/clock", json={"business_date": DAY.isoformat()})
    return ids


@pytest_asyncio.fixture
async def hasty(app_url):
    """A database on which nobody waits long for a lock."""
    database = Database(app_url, pool_size=4, lock_timeout_s=0.3)
    yield database
    await database.dispose()


@pytest.fixture
def logged(monkeypatch):
    """What is logged of skips, also where an application of another test keeps its logger."""
    said = structlog.testing.CapturingLogger()
    monkeypatch.setattr(skips, "log", said)
    return said


async def run_of(client):
    started = await client.post("/v1/sweeps", json={"business_date": DAY.isoformat()})
    for _ in range(500):
        run = (await client.get(f"/v1/sweeps/{started.json()['id']}")).json()
        if run["status"] != "running":
            return run
        await asyncio.sleep(0.01)
    raise AssertionError("the sweep does not end")


async def left(database, tenant):
    async with as_tenant(database, tenant) as tx:
        return {turn.account_id for turn in await review.due_turns(tx, DAY, limit=100)}


async def passed_by(held, database, tenant, count):
    """Wait until nothing but the held accounts is left, and the sweep waits for them too."""
    for _ in range(500):
        if await is_waited_for(held) and len(await left(database, tenant)) == count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the sweep does not wait")


async def test_an_account_held_too_long_is_skipped_and_the_others_are_closed(
    database, hasty, tenant, due
):
    held = due[1]
    async with as_tenant(database, tenant) as tx:
        await accounts.lock(tx, held)
        report = await sweep.sweep(hasty, tenant, business_date=DAY)

    assert report.skipped == {SkipReason.LOCKED: [held]}
    assert (report.examined, await left(database, tenant)) == (COUNT - 1, {held})
    assert report.counts["skipped"] == {"locked": {"count": 1, "account_ids": [str(held)]}}

    again = await sweep.sweep(hasty, tenant, business_date=DAY)
    assert (again.examined, again.skipped, await left(database, tenant)) == (1, {}, set())


async def test_an_account_that_was_waited_for_was_not_skipped(database, tenant, due):
    async with as_tenant(database, tenant) as tx:
        await accounts.lock_many(tx, due[:3])
        sweeping = asyncio.create_task(sweep.sweep(database, tenant, business_date=DAY))
        await passed_by(tx, database, tenant, 3)
    report = await sweeping

    assert (report.examined, report.skipped) == (COUNT, {})
    assert await left(database, tenant) == set()


async def test_an_account_somebody_else_closed_meanwhile_is_not_counted(database, tenant, due):
    async with as_tenant(database, tenant) as tx:
        await accounts.lock_many(tx, due)
        sweeping = asyncio.create_task(sweep.sweep(database, tenant, business_date=DAY))
        await passed_by(tx, database, tenant, COUNT)
        later = text("UPDATE account SET next_review_on = '2026-03-01', "
                     "state = jsonb_set(state, '{next_review_on}', '\"2026-03-01\"') "
                     "WHERE id = :id")  # fmt: skip
        await tx.execute(later, {"id": due[0]})
    report = await sweeping

    assert (report.examined, report.skipped) == (COUNT - 1, {})


async def test_an_account_whose_policy_is_not_there_is_skipped_and_said_so(
    client, owner, tenant, due
):
    async with as_tenant(owner, tenant) as tx:
        gone = text("UPDATE account SET policy_name = 'gone' WHERE id = :id")
        await tx.execute(gone, {"id": due[2]})
    run = await run_of(client)

    assert (run["status"], run["examined"], run["remaining"]) == ("incomplete", COUNT - 1, 1)
    assert run["skipped"]["policy_missing"]["count"] == 1
    assert [decode("acc", one) for one in run["skipped"]["policy_missing"]["account_ids"]] == [
        due[2]
    ]


#: Ways to spoil an account's snapshot that no command could: what then fails, and how.
SPOILT = {
    "its days cannot be judged": "jsonb_set(state, '{plans,0,installments}', '[]')",
    "it cannot be written": "jsonb_set(state, '{balance,principal_minor}', '9223372036854775808')",
    "it cannot be read": "jsonb_set(state, '{plans}', '7')",
}


async def spoil(owner, tenant, account_id, how):
    async with as_tenant(owner, tenant) as tx:
        spoilt = text(f"UPDATE account SET state = {SPOILT[how]} WHERE id = :id")
        await tx.execute(spoilt, {"id": account_id})


async def counted(client):
    figures = (await client.get("/metrics")).text
    found = re.findall(r'accord_sweep_accounts_skipped_total{reason="failed"} (\S+)', figures)
    return float(found[0]) if found else 0


@pytest.mark.parametrize("how", SPOILT)
async def test_an_account_that_fails_keeps_no_other_from_it(
    client, owner, tenant, due, logged, *, how
):
    await spoil(owner, tenant, due[2], how)
    before = await counted(client)
    run = await run_of(client)

    assert (run["status"], run["examined"], run["remaining"]) == ("incomplete", COUNT - 1, 1)
    assert run["skipped"]["failed"]["count"] == 1
    assert [decode("acc", one) for one in run["skipped"]["failed"]["account_ids"]] == [due[2]]
    assert run["by_transition"]["installment.due"] == COUNT - 1
    (error,) = run["errors"]
    lines = [call.kwargs for call in logged.calls if call.args == ("account skipped",)]
    assert {line["account"] for line in lines} == {str(due[2])}
    assert error in {line["error"] for line in lines}
    assert await counted(client) > before


async def told(client):
    feed = await client.get("/v1/events", params={"types": "account.not_judged"})
    return [(decode("acc", e["account_id"]), e["business_date"], e["data"])
            for e in feed.json()["data"]]  # fmt: skip


async def test_what_cannot_be_judged_is_told_once_a_date(client, database, owner, tenant, due):
    await spoil(owner, tenant, due[2], "its days cannot be judged")
    run = await run_of(client)
    await run_of(client)

    (error,) = run["errors"]
    await feed_at_rest(database)
    assert await told(client) == [(due[2], DAY.isoformat(), {"reason": "failed", "error": error})]


async def test_a_database_that_ends_is_no_accounts_fault(app_url, database, owner, tenant, due):
    ends = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'ends here'")  # fmt: skip
    ending = Database(app_url, pool_size=2, application_name="ends here")
    async with as_tenant(database, tenant) as tx:
        await accounts.lock_many(tx, due)
        sweeping = asyncio.create_task(sweep.sweep(ending, tenant, business_date=DAY))
        await passed_by(tx, database, tenant, COUNT)
        async with as_tenant(owner, tenant) as other:
            await other.execute(ends)
        with pytest.raises(Unavailable):
            await sweeping
    await ending.dispose()


async def test_who_does_not_listen_is_given_the_error(database, owner, tenant, due):
    await spoil(owner, tenant, due[2], "its days cannot be judged")
    with pytest.raises(IndexError):  # as it came, and as no connection's fault
        await sweep.sweep(database, tenant, business_date=DAY)


async def test_an_old_row_at_the_end_of_time_is_judged(client, database, owner, tenant, due):
    last = text("UPDATE account SET state = jsonb_set(state, '{plans,0,installments,2,due_on}', "
                "'\"9999-12-31\"') WHERE id = :id")  # fmt: skip
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(last, {"id": due[2]})
    report = await sweep.sweep(database, tenant, business_date=DAY)

    assert (report.examined, report.skipped) == (COUNT, {})


@pytest.mark.parametrize(("locked", "tried_again"), [(False, False), (True, True)])
async def test_what_cannot_be_judged_waits_for_the_next_date(
    hasty, owner, tenant, due, *, locked, tried_again
):
    """A server looks every few minutes; what somebody held may be free by then, a fault not."""
    await spoil(owner, tenant, due[2], "its days cannot be judged")
    async with as_tenant(owner, tenant) as tx:
        if locked:
            await accounts.lock(tx, due[1])
        await sweep.sweep(hasty, tenant, business_date=DAY, heard=lambda _: None)
    async with as_tenant(hasty, tenant) as tx:
        assert (await daily.newest_done(tx, DAY) is None) is tried_again
    async with as_tenant(hasty, tenant) as tx:
        assert await daily.claim(tx, tenant, new_id(), DAY) is tried_again


@pytest.mark.one_server("a trigger by hand: where tables are spread it takes the engine's leave")
async def test_what_the_commit_refuses_was_not_examined(database, owner, tenant, due):
    function = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$"""
    trigger = f"""
        CREATE CONSTRAINT TRIGGER refuses AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.id = '{due[2]}') EXECUTE FUNCTION refuse()"""
    async with as_tenant(owner, tenant) as tx:
        await tx.execute(text(function))
        await tx.execute(text(trigger))
    try:
        report = await sweep.sweep(database, tenant, business_date=DAY, heard=lambda _: None)
    finally:
        async with as_tenant(owner, tenant) as tx:
            await tx.execute(text("DROP TRIGGER refuses ON account"))
            await tx.execute(text("DROP FUNCTION refuse()"))

    assert (report.examined, report.changed) == (COUNT - 1, COUNT - 1)
    assert report.skipped == {SkipReason.FAILED: [due[2]]}
    assert report.by_transition["installment.due"] == COUNT - 1


async def test_one_that_cannot_be_judged_does_not_fail_its_page(database, owner, tenant, due):
    await spoil(owner, tenant, due[2], "its days cannot be judged")
    async with as_tenant(database, tenant) as tx:
        ctx = Context(tx=tx, tenant_id=tenant, role=Role.ADMIN, business_date=DAY)
        locked = (await accounts.lock_many(tx, due)).values()
        found = [await take_up_apart(ctx, one) for one in locked]
    assert [one.account_id for one in found if isinstance(one, Skipped)] == [due[2]]
