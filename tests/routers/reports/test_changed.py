"""What changes, waivers and ends did to plans, and what reports of the past still say."""

from tests.routers.lives.desk import IN_THREE
from tests.routers.reports.stories import cells, report

SPAN = {"from": "2026-01-01", "to": "2026-05-31"}
ANEW = {
    "name": "anew", "extends": "default", "effective_from": "2026-01-01",
    "re_age": {"min_months_on_book": None, "min_payments": None, "products": None},
}  # fmt: skip
MONTHLY = {"every": 1, "unit": "month"}
AGAIN = {"first_due_on": "2026-02-28", "installment_count": 3, "frequency": MONTHLY, "reason": "x",
         "documented_ability": True}  # fmt: skip


async def planned(desk, *names, **account):
    """Debts of 300.00, each in three installments of its own batch's name."""
    await desk.put("/v1/policies/anew", ANEW, status=201)
    await desk.at("2026-01-10")
    made = {}
    for name in names:
        debt = await desk.account(past_due_minor=0, policy="anew", placement_batch=name, **account)
        made[name] = (debt, await desk.plan(debt, **IN_THREE))
    return made


async def test_what_was_missed_stays_missed_whatever_moves_it_afterwards(desk):
    made = await planned(desk, "aged", "spread", "waived")
    await desk.at("2026-01-31")
    await desk.pay(made["aged"][0], 40_00)
    await desk.at("2026-02-10")
    await desk.post(f"/v1/plans/{made['aged'][1]['id']}/re-ages", AGAIN)
    await desk.post(f"/v1/plans/{made['spread'][1]['id']}/reamortizations", {"reason": "x"})
    waiver = {"component": "principal", "amount_minor": 300_00, "reason": "goodwill"}
    await desk.post(f"/v1/accounts/{made['waived'][0]['id']}/adjustments", waiver)
    await desk.at("2026-02-15")
    january = {"from": "2026-01-01", "to": "2026-01-31", "as_of": "2026-02-15"}
    due = await report(desk, "installments", **january, by="placement_batch")
    figures = ("kept", "missed", "due_minor", "paid_in_time_minor")
    assert cells(due, *figures) == {
        ("aged",): (0, 1, 100_00, 40_00),  # 40.00 of it is all that is left there, and no kept one
        ("spread",): (0, 1, 100_00, 0),
        ("waived",): (0, 1, 100_00, 0),
    }
    first = await report(desk, "first-payment", **january, by="placement_batch")
    assert cells(first, "judged", "missed_first") == {
        (name,): (1, 1) for name in ("aged", "spread", "waived")
    }


async def test_a_plan_that_ended_before_its_first_day_missed_no_payment(desk):
    made = await planned(desk, "ended")
    await desk.at("2026-01-20")
    await desk.post(f"/v1/plans/{made['ended'][1]['id']}/cancel", {"reason": "x"}, status=200)
    await desk.at("2026-05-31")
    (first,) = (await report(desk, "first-payment", **SPAN))["rows"]

    assert [first[name] for name in ("plans", "judged", "missed_first", "judged_30")] == [
        1,
        0,
        0,
        0,
    ]
    assert first["fpd_bps"] is None


async def test_a_broken_plan_is_of_the_month_in_which_its_last_installment_would_have_been(desk):
    """Two installments missed in a row break it on 6 April; its last was due on 31 March."""
    made = await planned(desk, "broken", "kept")
    await desk.at("2026-01-30")
    await desk.pay(made["broken"][0], 100_00)
    for day in ("2026-01-31", "2026-02-28", "2026-03-31"):
        await desk.at(day)
        await desk.pay(made["kept"][0], 100_00)
    await desk.at("2026-04-10")
    kept = await report(desk, "plans-kept", **{**SPAN, "to": "2026-04-10"}, by="month")

    assert cells(kept, "kept", "broken", "kept_bps") == {("2026-03",): (1, 1, 5000)}


async def test_what_was_agreed_on_is_the_same_for_ever(desk):
    """A denominator of a cohort: neither waived, nor charged, nor earned by the day."""
    made = await planned(desk, "waived", "charged")
    debt = await desk.account(past_due_minor=0, policy="anew", placement_batch="earned")
    await desk.plan(debt, **IN_THREE, annual_rate_bps=1200)
    await desk.at("2026-02-20")
    waiver = {"component": "principal", "amount_minor": 50_00, "reason": "goodwill"}
    await desk.post(f"/v1/accounts/{made['waived'][0]['id']}/adjustments", waiver)
    fee = {"kind": "fee", "amount_minor": 10_00, "plan_id": made["charged"][1]["id"]}
    await desk.post(f"/v1/accounts/{made['charged'][0]['id']}/charges", fee)
    for day in ("2026-02-28", "2026-05-15"):
        await desk.at(day)
        found = await report(
            desk, "vintages", **{"from": "2026-01-01", "to": day}, by="placement_batch"
        )
        assert {row["agreed_minor"] for row in found["rows"]} == {300_00}
    await desk.at("2026-05-31")
    ended = await report(desk, "plans-kept", **SPAN)
    assert ended["rows"][0]["agreed_minor"] == 900_00


async def test_what_no_plan_holds_has_its_own_age_and_what_one_holds_that_of_its_installment(desk):
    made = await planned(desk, "fee", "again")
    await desk.at("2026-01-12")
    late = await desk.account(1_000_00, delinquent_since_on="2025-12-01", placement_batch="part")
    await desk.plan(late, **IN_THREE, amount_minor=600_00)
    fee = {"kind": "fee", "amount_minor": 15_00}
    await desk.post(f"/v1/accounts/{made['fee'][0]['id']}/charges", fee)
    await desk.at("2026-02-01")
    await desk.post(f"/v1/plans/{made['again'][1]['id']}/cancel", {"reason": "x"}, status=200)
    terms = {**IN_THREE, "anchor_on": "2026-03-15", "first_due_on": "2026-03-15"}
    await desk.plan(made["again"][0], **terms)
    await desk.at("2026-03-05")
    found = await report(desk, "aging-items", by="placement_batch")
    ages = {
        row["placement_batch"]: {
            "not due": row["not_due_minor"],
            **{age: one["minor"] for age, one in row["ages"].items() if one["minor"]},
        }
        for row in found["rows"]
    }
    assert ages == {
        "fee": {"not due": 100_00, "1-29": 100_00, "30-59": 115_00},
        # 31 January was left open by the plan that was ended; the new one holds it, due later.
        "again": {"not due": 300_00},
        "part": {"not due": 200_00, "1-29": 200_00, "30-59": 200_00, "90-119": 400_00},
    }
