"""`accord work`: a process that sends, beside a server that does not; and one that does itself."""

import asyncio
import signal

import httpx
import pytest

from app.config import Settings
from tests.cli.processes import PATIENCE_S
from tests.webhooks.receiver import receiving

HERE = {"ACCORD_WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8"}
DEBT = {"reference": "A-1", "currency": "USD", "balance": {"principal_minor": 100}}


@pytest.mark.parametrize("inside", [False, True], ids=["accord work", "ACCORD_WORKERS"])
async def test_what_happens_is_sent(start, token, inside):
    workers = {"ACCORD_WORKERS": "true"} if inside else {}
    running = [start("serve", "--port", "0", **HERE, **workers)]
    base = await asyncio.to_thread(running[0].serves)
    if not inside:
        running.append(start("work", **HERE))
        await asyncio.to_thread(running[1].says, "at work")
    headers = {"Authorization": f"Bearer {token}", "Accord-Actor": "ann"}
    async with (
        receiving() as there,
        httpx.AsyncClient(
            base_url=base, headers=headers, trust_env=False, timeout=PATIENCE_S
        ) as client,
    ):
        made = await client.post("/v1/webhooks", json={"url": there.url})
        assert made.status_code == 201, made.text
        placed = await client.post("/v1/accounts", json=DEBT)
        await asyncio.wait_for(told_of(there, placed.json()["id"]), PATIENCE_S)
    for one in reversed(running):
        assert await asyncio.to_thread(one.ends, signal.SIGTERM) == 0


async def told_of(there, account_id):
    """Until an event of the account has come: those of persons have an order of their own."""
    while account_id not in {one.event["data"]["account_id"] for one in there.got}:
        there.arrived.clear()
        await there.arrived.wait()


def test_nothing_is_open_and_nobody_works_unless_somebody_says_so():
    assert Settings.model_fields["workers"].default is False
    assert Settings.model_fields["webhooks_allowed_networks"].default == ()


@pytest.mark.parametrize("networks", ["127.0.0.1/8", "here", "10.0.0.0/99"])
def test_what_is_no_network_is_said(accord, networks):
    done = accord("work", ACCORD_WEBHOOKS_ALLOWED_NETWORKS=networks)
    assert done.exit_code == 1
    assert "ACCORD_WEBHOOKS_ALLOWED_NETWORKS" in done.stderr
