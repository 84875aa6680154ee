"""Days of which an account's policy is missing: they open all the same, and reports read facts."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from app.schemas.edge.ids import decode
from app.services.day_close.report import NotKept
from app.services.reports.closing import keep_day_before
from app.storage.reports import report_days
from tests.database import as_tenant
from tests.routers.reports.stories import three

_DAY = timedelta(days=1)
_NAMED = text("UPDATE account SET policy_name = :name WHERE tenant_id = :mine")


@pytest.fixture
def named(owner, tenant):
    """Every account by a policy of that name."""

    async def of(name):
        async with as_tenant(owner, tenant) as tx:
            await tx.execute(_NAMED, {"mine": tenant, "name": name})

    return of


async def kept(database, tenant, on):
    async with as_tenant(database, tenant) as tx:
        return await report_days.kept_day(tx, on)


async def test_a_day_without_an_accounts_policy_is_not_kept_and_opens(
    desk, swept, database, tenant, named
):
    current, *_ = await three(desk)
    await swept("2026-02-20")
    await desk.at("2026-02-22")
    await desk.pay(current, 1_00)  # it has gone on: the 21st is of facts
    await named("lost")
    unkept = await keep_day_before(database, tenant, date(2026, 2, 22))
    gone_on = decode("acc", current["id"])
    assert (bool(unkept), unkept.why_not, unkept.without_policy) == (
        False, NotKept.POLICY_MISSING, (gone_on,),
    )  # fmt: skip
    assert await kept(database, tenant, date(2026, 2, 21)) is None
    await named("default")
    assert await keep_day_before(database, tenant, date(2026, 2, 22))


async def test_a_month_is_kept_without_what_ended_its_latenesses(
    desk, swept, database, tenant, named
):
    *_, late = await three(desk)
    await swept("2026-03-01")
    await desk.at("2026-03-05")
    owed = (await desk.get(f"/v1/accounts/{late['id']}"))["balance"]["total_minor"]
    await desk.pay(late, owed)
    await swept("2026-03-31")
    end = date(2026, 3, 31)
    await named("lost")
    made = await keep_day_before(database, tenant, end + _DAY)
    assert (bool(made), made.without_policy) == (True, (decode("acc", late["id"]),))
    day = await kept(database, tenant, end)
    assert (day.accounts, day.causes_since_on) == (3, None)
    await named("default")
    assert await keep_day_before(database, tenant, end + _DAY)
    day = await kept(database, tenant, end)
    assert day.causes_since_on == date(2026, 2, 28)
