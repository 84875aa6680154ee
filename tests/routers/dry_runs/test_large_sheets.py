"""Sheets of more rows than a request stores: kept by it, stored by a worker, page by page."""

from datetime import UTC, datetime, timedelta

import pytest

from app.services.dry_runs import commit, judge, storing
from app.services.dry_runs.storing import LEASE, MOST_TRIES
from app.workers.sheets import Sheets
from tests.routers.dry_runs.test_dry_runs import AT, committed, refused_commit, tried
from tests.routers.telling import told_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HEAD = "Account,Promised,By\n"


@pytest.fixture
async def boss(desk, staff, monkeypatch):
    """Sheets of more than three rows are large here, and two rows are a page."""
    monkeypatch.setattr(commit, "MOST_AT_ONCE", 3)
    monkeypatch.setattr("app.services.dry_runs.dry_runs.PAGE_ROWS", 2)
    assert judge.PAGE_ROWS > 2
    await desk.at("2026-02-01")
    return await staff("supervisor", "boss-1")


async def sheet(desk, number=5):
    for at in range(number):
        await desk.account(reference=f"A-{at}")
    return HEAD + "".join(f"A-{at},50.00,2026-02-20\n" for at in range(number))


async def worked(database, at=NOW):
    """One turn of a worker; how many sheets it took."""
    sheets = Sheets(database, now=lambda: at)
    batch = await sheets.take(5)
    for job in batch.jobs:
        await sheets.do(job)
    return len(batch.jobs)


async def test_a_large_sheet_waits_for_a_worker_and_is_told_once(
    desk, boss, database, owner, tenant
):
    run = await tried(boss, "promises", await sheet(desk))
    waits = await committed(boss, run, "continue")
    assert (waits["status"], waits["outcome"]) == ("storing", None)
    assert (await refused_commit(boss, run))[1] == "dry-run-stale"
    assert await told_of(owner, tenant, "import.committed") == []
    account = (await desk.get("/v1/accounts", reference="A-3"))["data"][0]
    await boss.post(
        f"/v1/accounts/{account['id']}/promises", {"amount_minor": 5_00, "due_on": "2026-02-10"}
    )
    assert await worked(database) == 1
    done = await boss.get(f"{AT}/{run['id']}")

    assert (done["status"], done["outcome"]["stored"], done["outcome"]["rejected"]) == (
        "committed", 4, 1,
    )  # fmt: skip
    (told,) = await told_of(owner, tenant, "import.committed")
    assert (told["stored"], told["rejected"]) == (4, 1)
    assert await worked(database) == 0
    book = await boss.client.get(f"{AT}/{run['id']}/refused.xlsx")
    assert book.status_code == 200


async def test_who_goes_on_begins_behind_the_last_page_that_was_stored(desk, boss, database):
    run = await tried(boss, "promises", await sheet(desk))
    await committed(boss, run, "continue")
    sheets = Sheets(database, now=lambda: NOW)
    (job,) = (await sheets.take(5)).jobs
    assert await storing._one_page(database, job, lambda: NOW)
    half = await boss.get(f"{AT}/{run['id']}")
    assert (half["status"], half["outcome"]["stored"]) == ("storing", 2)
    assert await worked(database) == 0  # somebody has it
    assert await worked(database, NOW + 2 * LEASE) == 1
    await sheets.do(job)  # who lost the lease stores nothing
    done = await boss.get(f"{AT}/{run['id']}")
    assert (done["status"], done["outcome"]["stored"]) == ("committed", 5)


async def test_all_or_none_is_one_transaction_and_open_again_where_it_cannot_be(
    desk, boss, database, monkeypatch
):
    content = await sheet(desk)
    run = await tried(boss, "promises", content)
    account = (await desk.get("/v1/accounts", reference="A-4"))["data"][0]
    path = f"/v1/accounts/{account['id']}/promises"
    await boss.post(path, {"amount_minor": 5_00, "due_on": "2026-02-10"})
    await committed(boss, run)
    assert await worked(database) == 1
    back = await boss.get(f"{AT}/{run['id']}")
    first = (await desk.get("/v1/accounts", reference="A-0"))["data"][0]

    assert (back["status"], back["problem"][:6]) == ("open", "Row 6:")
    assert (await desk.get(f"/v1/accounts/{first['id']}/promises"))["data"] == []
    await committed(boss, back)
    for turn in range(MOST_TRIES):
        await Sheets(database, now=lambda at=NOW + turn * timedelta(hours=1): at).take(5)
    await Sheets(database, now=lambda: NOW + timedelta(days=1)).take(5)
    back = await boss.get(f"{AT}/{run['id']}")
    assert (back["status"], back["problem"][:12]) == ("open", "it was begun")
    other = await tried(boss, "promises", content.replace("A-4,50.00,2026-02-20\n", ""))
    done = await committed(boss, other)
    assert done["status"] == "storing"
    assert await worked(database, NOW + timedelta(days=1)) == 1
    done = await boss.get(f"{AT}/{other['id']}")
    assert (done["status"], done["outcome"]["stored"]) == ("committed", 4)
    monkeypatch.setattr(commit, "MOST_ATOMIC", 3)
    third = await tried(boss, "promises", content)
    assert (await refused_commit(boss, third))[0] == 422
