"""`accord serve` with the scheduler: real processes on one database sweep each tenant once."""

import asyncio
import signal
from uuid import uuid4

import asyncpg
import pytest

from app.config import Settings
from tests.cli.processes import PATIENCE_S

RUNS = """
    SELECT tenant.name, sweep_run.business_date, sweep_run.status
    FROM sweep_run JOIN tenant USING (tenant_id) ORDER BY tenant.name, sweep_run.id
"""


@pytest.fixture
def migrated(accord, elsewhere):
    """The settings of a database of its own with two tenants, and the names of these."""
    assert accord("migrate", **elsewhere).exit_code == 0
    names = sorted(f"{zone.lower()}-{uuid4().hex[:6]}" for zone in ("Tokyo", "Berlin"))
    for name, zone in zip(names, ("Europe/Berlin", "Asia/Tokyo"), strict=True):
        made = accord("tenants", "create", name, "--time-zone", zone, **elsewhere)
        assert made.exit_code == 0, made.output
    return elsewhere, names


async def test_two_servers_sweep_each_tenant_once(start, migrated):
    settings, names = migrated
    scheduled = {**settings, "ACCORD_SCHEDULER": "true", "ACCORD_SWEEP_AT": "00:00"}
    servers = [start("serve", "--port", "0", **scheduled) for _ in range(2)]
    for server in servers:
        await asyncio.to_thread(server.serves)
    url = settings["ACCORD_ADMIN_DATABASE_URL"].replace("+asyncpg", "")
    owner = await asyncpg.connect(url)
    for _ in range(PATIENCE_S * 10):
        runs = await owner.fetch(RUNS)
        if len(runs) >= len(names) and {run["status"] for run in runs} == {"done"}:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    runs = await owner.fetch(RUNS)
    await owner.close()

    assert [(run["name"], run["status"]) for run in runs] == [(name, "done") for name in names]
    for server in servers:
        assert await asyncio.to_thread(server.ends, signal.SIGTERM) == 0


def test_a_server_sweeps_daily_unless_it_is_told_not_to():
    assert Settings.model_fields["scheduler"].default is True


@pytest.mark.parametrize("name", ["ACCORD_REPORT_TIMEOUT_S", "ACCORD_REPORT_TIMEOUT_SECONDS"])
def test_how_long_reports_may_take_has_two_names(monkeypatch, name):
    monkeypatch.setenv(name, "7")
    assert Settings(_env_file=None).report_timeout_seconds == 7
