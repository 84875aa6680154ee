"""A run while it runs, and one whose process died: what a read of it says."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

from app.schemas.edge.ids import decode, encode
from app.services.day_close import sweep
from app.storage.accounts import accounts
from tests.database import as_tenant
from tests.routers.lives.desk import OPENING
from tests.routers.test_sweeps import swept

DAY = "2026-02-06"


@pytest.fixture
async def behind(desk):
    """Three debts with plans, the first installment of each missed by 6 February."""
    await desk.at(OPENING)
    made = [(await desk.opened())[0] for _ in range(3)]
    await desk.at(DAY)
    return made


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(sweep, "PAGE", 1)
    monkeypatch.setattr(sweep, "WORKERS", 1)


@pytest.fixture
def newest(desk, owner, tenant):
    """What a read says of the newest run; `silent_minutes`: as if not heard of for so long."""

    async def read(*, silent_minutes=0):
        async with owner.transaction() as tx:
            query = text(
                "UPDATE sweep_run SET noted_at = noted_at - make_interval(mins => :minutes) "
                "WHERE id = (SELECT max(id::text)::uuid FROM sweep_run WHERE tenant_id = :tenant) "
                "RETURNING id"
            )
            asked = {"tenant": tenant, "minutes": silent_minutes}
            run_id = (await tx.execute(query, asked)).scalar_one_or_none()
        return run_id and await desk.get(f"/v1/sweeps/{encode('swp', run_id)}")

    return read


async def test_a_read_says_how_far_it_is(behind, database, tenant, newest):
    async with as_tenant(database, tenant) as holding:
        await accounts.lock(holding, decode("acc", behind[-1]["id"]))
        sweeping = asyncio.create_task(
            sweep.sweep(database, tenant, business_date=date.fromisoformat(DAY))
        )
        for _ in range(200):
            await asyncio.sleep(0.02)
            run = await newest()
            if run and run["examined"] == 2:
                break
        assert (run["status"], run["examined"], run["remaining"]) == ("running", 2, 1)
        assert run["by_transition"]["installment.missed"] == 2
        assert run["rate_per_second"] > 0
        assert run["finished_at"] is None
    await sweeping

    run = await newest()
    assert (run["status"], run["examined"], run["remaining"]) == ("done", 3, 0)


class Killed(BaseException):
    """What a killed process does not even notice."""


@pytest.mark.usefixtures("behind")
async def test_a_run_whose_process_died_is_incomplete_and_the_next_goes_on(
    desk, database, tenant, newest, monkeypatch
):
    note = sweep.sweeps.note

    async def unheard(tx, run_id, *, status, **more):
        if status == "running":
            await note(tx, run_id, status=status, **more)

    def dies(_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sweep.sweeps, "note", unheard)
        with pytest.raises(Killed):
            await sweep.sweep(
                database, tenant, business_date=date.fromisoformat(DAY), progress=dies
            )
    assert (await newest())["status"] == "running"  # for all anybody knows

    run = await newest(silent_minutes=3)
    assert (run["status"], run["examined"], run["remaining"]) == ("incomplete", 1, 2)

    again = await swept(desk, DAY)
    assert (again["status"], again["examined"], again["remaining"]) == ("done", 2, 0)
