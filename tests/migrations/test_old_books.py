"""Books that an earlier version wrote are read, swept and added to after the upgrade.

`data/books_0010.sql.gz` is a dump of the database that its code wrote at revision 0010: the
officers' lives and the demo, 28 kinds of facts. `data/answers_0010.json` is what it answered of
the lives. Rules made more exact since may judge lateness otherwise; money is money.
"""

import asyncio
import gzip
import json
from pathlib import Path

import asyncpg
import httpx
import pytest_asyncio
from sqlalchemy import text

from app.domain.vocabulary import Role
from app.main import create_app
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database
from tests.clock import wall
from tests.feed import feed_at_rest
from tests.routers.conftest import started

DATA = Path(__file__).parent / "data"
BEFORE = json.loads((DATA / "answers_0010.json").read_text())


@pytest_asyncio.fixture
async def upgraded(empty_database):
    """A client of the old books' tenant, after the upgrade to the newest revision."""
    await migrate.upgrade(empty_database, revision="0010")
    connection = await asyncpg.connect(empty_database.replace("+asyncpg", ""))
    await connection.execute("DELETE FROM feed_epoch")  # the dump brings its own
    dump = gzip.decompress((DATA / "books_0010.sql.gz").read_bytes()).decode()
    await connection.execute(dump)
    await connection.close()
    assert await migrate.upgrade(empty_database) == migrate.head()

    owner = Database(empty_database, pool_size=1)
    async with owner.transaction() as tx:
        named = text("SELECT tenant_id FROM tenant WHERE name = 'old-books'")
        tenant_id = (await tx.execute(named)).scalar_one()
        key = await tenancy.create_key(tx, tenant_id, name="t", role=Role.ADMIN, scopes=["*"])
    await owner.dispose()

    application = Database(empty_database.replace("postgres@", "accord_app@"), pool_size=4)
    await feed_at_rest(application)
    async with started(create_app(application, clock=wall)) as app:
        yield httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://accord.test",
            headers={"Authorization": f"Bearer {key}"},
        )
    await application.dispose()


async def read(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_old_books_are_read_swept_and_added_to(upgraded):
    for account_id, before in BEFORE["accounts"].items():
        now = await read(upgraded, f"/v1/accounts/{account_id}")
        assert {name: now[name] for name in ("status", "balance", "unapplied_minor")} == {
            name: before[name] for name in ("status", "balance", "unapplied_minor")
        }
        assert (await read(upgraded, f"/v1/accounts/{account_id}/self-check"))["ok"]
    for plan_id, before in BEFORE["plans"].items():
        now = await read(upgraded, f"/v1/plans/{plan_id}")
        assert now["status"] == before["status"]
        assert now["paid_minor"] == before["paid_minor"]
        assert [row["paid_minor"] for row in now["installments"]] == [
            paid for _, paid, _ in before["installments"]
        ]
        assert await read(upgraded, f"/v1/plans/{plan_id}/revisions")

    assert await events_of(upgraded) >= BEFORE["events"], "no event is lost"

    sweep = await upgraded.post("/v1/sweeps", json={"business_date": BEFORE["business_date"]})
    assert sweep.status_code == 202, sweep.text
    assert (await finished(upgraded, sweep.json()["id"]))["status"] == "done"
    for account_id, before in BEFORE["accounts"].items():
        if before["status"] in {"open", "charged_off"}:
            fee = {"kind": "fee", "amount_minor": 100, "reference": f"after {account_id}"}
            answer = await upgraded.post(f"/v1/accounts/{account_id}/charges", json=fee)
            # a hold may stop charges, as it did before
            assert answer.status_code in {201, 409}, answer.text
        assert (await read(upgraded, f"/v1/accounts/{account_id}/self-check"))["ok"]


async def events_of(client):
    count, after = 0, ""
    while True:
        page = await read(client, f"/v1/events?limit=200{after}")
        count += len(page["data"])
        if len(page["data"]) < 200:
            return count
        after = f"&after={page['next_cursor']}"


async def finished(client, sweep_id):
    for _ in range(200):
        run = await read(client, f"/v1/sweeps/{sweep_id}")
        if run["status"] != "running":
            return run
        await asyncio.sleep(0.05)
    raise AssertionError("the sweep does not end")
