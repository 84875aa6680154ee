"""The application on the real database, asked by many at once."""

import asyncio
import os

import httpx
import pytest
import pytest_asyncio

from app.main import create_app
from app.storage.database.engine import Database
from tests.clock import wall
from tests.scenarios.service import running

TODAY = "2026-01-05"


def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.database")


@pytest_asyncio.fixture(scope="module")
async def transport(app_url):
    """One server with as many connections as a real one has, and its patience.

    Where tables are spread, a call waits for the coordinator, too, and all may be one machine.
    """
    limit_s = 60 if "ACCORD_TEST_SPREAD_URL" in os.environ else 8
    database = Database(
        app_url, pool_size=10, pool_timeout_s=20, lock_timeout_s=10, statement_timeout_s=limit_s
    )
    async with running(create_app(database, clock=wall)) as made:
        yield made
    await database.dispose()


@pytest_asyncio.fixture
async def client(transport, key):
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://accord.test",
        headers={"Authorization": f"Bearer {key}"},
    ) as made:
        await made.put("/v1/sandbox/clock", json={"business_date": TODAY})
        yield made


@pytest.fixture
def place(client):
    """A new account, 1,000,000.00 owed unless said otherwise: its id."""

    async def placed(reference="INV-1", principal_minor=1_000_000_00):
        answer = await client.post(
            "/v1/accounts",
            json={
                "reference": reference,
                "currency": "USD",
                "product": "invoice",
                "opened_on": TODAY,
                "balance": {"principal_minor": principal_minor},
            },
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return placed


@pytest.fixture
def pay(client):
    async def paid(account_id, reference, amount_minor=1_00, **headers):
        body = {
            "account_id": account_id,
            "reference": reference,
            "amount_minor": amount_minor,
            "currency": "USD",
        }
        return await client.post("/v1/payments", json=body, headers=headers)

    return paid


async def at_once(*calls):
    """All of them started together; what each answered."""
    return await asyncio.gather(*calls)


def statuses(answers):
    counted = {}
    for answer in answers:
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
    return counted
