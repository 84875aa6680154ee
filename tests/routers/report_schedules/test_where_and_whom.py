"""Reports by the calendar of a tenant that moves, and to webhooks: once, on its day, or told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tests.routers.report_schedules import test_report_schedules as of_calendar
from tests.routers.report_schedules.test_report_schedules import AT, scheduled, statuses

boss, box, turns, zone = of_calendar.boss, of_calendar.box, of_calendar.turns, of_calendar.zone
HOOK = {"url": "https://hooks.example.com/accord", "types": ["report.*"]}


async def moved(owner, tenant, turns, hours):
    """The tenant's clocks are so many hours farther west from now on."""
    behind = int(turns.zone.key.removeprefix("Etc/GMT"))
    turns.zone = ZoneInfo(f"Etc/GMT{behind + hours:+d}")
    async with owner.transaction() as tx:
        change = text("UPDATE tenant SET time_zone = :zone WHERE tenant_id = :tenant")
        await tx.execute(change, {"zone": turns.zone.key, "tenant": tenant})


async def test_a_tenant_that_moves_west_has_its_report_on_its_own_day_once(  # noqa: PLR0917 - fixtures
    desk, boss, turns, swept, owner, tenant
):
    hook = await boss.post("/v1/webhooks", HOOK)
    to = [{"kind": "mail", "to": "board@acme.example"}, {"kind": "webhook", "to": hook["id"]}]
    made = await scheduled(boss, recipients=to)
    await desk.at("2026-03-01")
    await swept("2026-03-01")
    west = -8 if int(turns.zone.key.removeprefix("Etc/GMT")) > 4 else 8
    was = turns.zone
    await moved(owner, tenant, turns, west)
    if west > 0:  # the hour has come where the tenant was, not where it is
        turns.hour = 23
        assert datetime(2026, 3, 1, 23, tzinfo=turns.zone) > datetime(2026, 3, 2, 6, 30, tzinfo=was)
        await turns.turn()
        assert await statuses(boss, made) == []
    await desk.at("2026-03-02")
    await swept("2026-03-02")
    turns.hour = 6
    await turns.turn()
    assert await statuses(boss, made) == []
    for hour in (7, 8, 16, 17):
        turns.hour = hour
        await turns.turn()
    assert await statuses(boss, made) == [("2026-03-02", "delivered", None)] * 2
    assert len(turns.box.letters) == 1
    assert len(await turns.told("report.scheduled")) == 1
    assert len(await turns.told("report.delivered")) == 2
    seen = await boss.get(f"{AT}/{made['id']}")
    at = datetime.fromisoformat(seen["next_at"]).astimezone(turns.zone)
    assert f"{at:%Y-%m-%d %H:%M}" == "2026-04-01 06:30"


async def test_a_webhook_that_would_not_hear_of_it_is_no_recipient(desk, boss, turns, swept):
    deaf = await boss.post("/v1/webhooks", {**HOOK, "types": ["payment.*"]})
    said = {**of_calendar.MONTHLY, "recipients": [{"kind": "webhook", "to": deaf["id"]}]}
    assert await boss.pointers(AT, said) == ["/recipients/0/to"]

    changed, ended = [await boss.post("/v1/webhooks", HOOK) for _ in range(2)]
    to = [{"kind": "webhook", "to": one["id"]} for one in (changed, ended)]
    made = await scheduled(boss, recipients=to)
    path = f"/v1/webhooks/{changed['id']}"
    assert (await boss.client.patch(path, json={"types": ["payment.*"]})).is_success
    assert (await boss.client.delete(f"/v1/webhooks/{ended['id']}")).is_success
    await desk.at("2026-03-02")
    await swept("2026-03-02")
    for hour in (7, 8, 9):
        turns.hour = hour
        await turns.turn()
    assert sorted(problem for _, _, problem in await statuses(boss, made)) == [
        "webhook-asks-not", "webhook-gone",
    ]  # fmt: skip
    assert {status for _, status, _ in await statuses(boss, made)} == {"failed"}
    assert await turns.told("report.delivered") == []
    assert len(await turns.told("report.failed")) == 2
