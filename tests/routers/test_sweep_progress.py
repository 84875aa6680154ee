"""A run while it runs, and one whose process died: what a read of it says."""

import asyncio
from datetime import date, timedelta

import pytest

from app.schemas.edge.ids import decode, encode
from app.services.day_close import sweep
from app.storage.accounts import accounts
from app.storage.database.tenanted import of_tenant
from tests.database import as_tenant
from tests.routers.lives.desk import OPENING
from tests.routers.test_sweeps import swept

DAY = "2026-02-06"
NEWEST = of_tenant("""
    SELECT id, noted_at FROM sweep_run WHERE tenant_id = :the_tenant ORDER BY id DESC LIMIT 1
""")
#: What an instant is, is worked out before: no clock and no column may be asked for it there.
HEARD = of_tenant("""
    UPDATE sweep_run SET noted_at = :heard_at WHERE tenant_id = :the_tenant AND id = :id
""")


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
        async with as_tenant(owner, tenant) as tx:
            row = (await tx.execute(NEWEST)).first()
            if row is None:
                return None
            heard_at = row.noted_at - timedelta(minutes=silent_minutes)
            await tx.execute(HEARD, {"id": row.id, "heard_at": heard_at})
        return await desk.get(f"/v1/sweeps/{encode('swp', row.id)}")

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
