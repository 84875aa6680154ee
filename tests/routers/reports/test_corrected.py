"""A product corrected later: booked reports of before keep it, and those since tell the other.

300.00 placed as an invoice in January, corrected to a medical bill on 20 February; beside it
another invoice of 300.00.
"""

from datetime import date

from sqlalchemy import text

from app.services.reports.closing import keep_day_before
from app.services.reports.rebuilding import Caches
from tests.database import as_tenant
from tests.routers.reports.stories import cells, report

WHY = {"reason": "the creditor's statement"}
CORRECTED = "2026-02-20"


async def corrected(desk, database, tenant):
    async def kept(*days):
        for day in days:
            assert await keep_day_before(database, tenant, date.fromisoformat(day))

    await desk.at("2026-01-10")
    one = await desk.account(300_00, product="invoice", past_due_minor=0)
    await desk.account(300_00, product="invoice", past_due_minor=0)
    await desk.at(CORRECTED)
    await kept("2026-02-01", "2026-02-19", CORRECTED)
    path = f"/v1/accounts/{one['id']}/placement-corrections"
    await desk.post(path, {"product": "medical", **WHY})
    await desk.at("2026-03-02")
    await kept("2026-02-21", "2026-03-01", "2026-03-02")


async def test_a_corrected_product_counts_from_the_day_of_its_correction(desk, database, tenant):
    await corrected(desk, database, tenant)
    invoices = {"invoice": (2, 600_00)}
    both = {"invoice": (1, 300_00), "medical": (1, 300_00)}
    for day, found in (("2026-02-18", invoices), (CORRECTED, both), ("2026-02-28", both)):
        for basis in ("booked", "restated"):
            told = await report(
                desk, "aging", as_of=day, known_on=day, basis=basis, by="product"
            )  # fmt: skip
            by = {key[1]: one for key, one in cells(told, "accounts", "balance_minor").items()}
            assert by == found, (day, basis)
            for product in ("invoice", "medical"):
                alone = await report(
                    desk, "aging", as_of=day, known_on=day, basis=basis, product=product
                )
                own = list(cells(alone, "accounts", "balance_minor").values())
                assert own == [one for name, one in found.items() if name == product], (day, basis)


async def test_what_was_booked_before_goes_over_and_the_rest_is_carried_on(desk, database, tenant):
    """Every posting summed anew would be a row of each product."""
    await corrected(desk, database, tenant)
    rows = text("""
        SELECT product, principal_minor FROM flow_day
        WHERE tenant_id = :mine AND day_on = :on AND kind IS NULL ORDER BY number DESC""")
    async with as_tenant(database, tenant) as tx:
        said = {"mine": tenant, "on": date.fromisoformat(CORRECTED)}
        found = [tuple(row) for row in await tx.execute(rows, said)]
        carried = [tuple(row) for row in await tx.execute(rows, {**said, "on": date(2026, 2, 28)})]
    assert found[0] == ("invoice", 600_00)
    assert sorted(found[1:]) == [("invoice", -300_00), ("medical", 300_00)]
    assert sorted(carried) == [("invoice", 300_00), ("medical", 300_00)]


async def test_what_is_of_two_days_is_told_by_what_it_is_at_the_end(desk, database, tenant):
    await corrected(desk, database, tenant)
    span = {"from": "2026-02-01", "to": "2026-02-28"}
    flow = await report(desk, "flow", **span, by="product")
    assert cells(flow, "opening_minor", "closing_minor") == {
        ("principal", "invoice"): (300_00, 300_00), ("principal", "medical"): (300_00, 300_00),
    }  # fmt: skip
    alone = await report(desk, "flow", **span, product="medical")
    assert cells(alone, "closing_minor") == {("principal",): (300_00,)}
    ends = {"from": "2026-01-31", "to": "2026-02-28"}
    for name in ("roll", "cures"):
        for product in ("invoice", "medical"):
            await report(desk, name, **ends, product=product)
    cei = await report(desk, "cei", **span, product="medical")
    assert cei["rows"][0]["opening_minor"] == 300_00


async def test_what_is_kept_is_what_the_facts_say_of_each_day(desk, database, tenant):
    await corrected(desk, database, tenant)
    caches = Caches(database=database, tenant_id=tenant, business_date=date(2026, 3, 2))
    for day in (date(2026, 2, 19), date(2026, 2, 20), date(2026, 2, 28)):
        assert await caches.compare(day) == []
    assert await caches.rebuild(date(2026, 2, 19)) == 2
    assert await caches.compare(date(2026, 2, 19)) == []
