"""What was promised, due and agreed over HTTP: two plans, one kept and one not."""

from tests.routers.lives.desk import DUE, IN_THREE
from tests.routers.reports.stories import cells, report

SPAN = {"from": "2026-01-01", "to": "2026-03-31"}


async def lives(desk):
    """One plan paid on its days but for the last; one of which nothing was paid; two promises."""
    await desk.at("2026-01-10")
    kept, broken = [
        await desk.account(past_due_minor=0, placement_batch="Winter") for _ in range(2)
    ]
    desk.client.headers["Accord-Actor"] = "ann"
    plan = await desk.plan(kept, **IN_THREE)
    desk.client.headers["Accord-Actor"] = "bob"
    await desk.plan(broken, **IN_THREE)
    path = f"/v1/accounts/{broken['id']}/promises"
    await desk.post(path, {"amount_minor": 100_00, "due_on": "2026-02-10"})
    for due_on in DUE[:2]:
        await desk.at(due_on)
        await desk.pay(kept, 100_00)
    await desk.at("2026-02-28")
    part = await desk.pay(broken, 40_00, "2026-02-09")
    await desk.at("2026-03-10")
    return kept, broken, plan, part


async def test_what_is_kept_is_counted_and_what_waits_stands_beside(desk):
    _, _, plan, _ = await lives(desk)
    (due,) = (await report(desk, "installments", **SPAN, as_of="2026-03-10"))["rows"]
    # bob's plan broke before its last day: that installment is due of nobody.
    figures = ("installments", "kept", "late", "missed", "waiting", "judged", "kept_bps")
    assert [due[name] for name in figures] == [5, 2, 0, 2, 1, 4, 5000]
    assert (due["due_minor"], due["paid_in_time_minor"], due["kept_amount_bps"]) == (
        400_00, 200_00, 5000,
    )  # fmt: skip
    by = await report(desk, "installments", **SPAN, as_of="2026-03-10", by="author")
    assert cells(by, "kept", "missed") == {("ann",): (2, 0), ("bob",): (0, 2)}
    (promised,) = (await report(desk, "promises", **SPAN, as_of="2026-03-10"))["rows"]
    assert (promised["promises"], promised["partial"], promised["kept_bps"]) == (1, 1, 0)
    assert (promised["received_minor"], promised["kept_amount_bps"]) == (40_00, 4000)
    (first,) = (await report(desk, "first-payment", **SPAN, as_of="2026-03-10"))["rows"]
    assert (first["plans"], first["missed_first"], first["fpd_bps"]) == (2, 1, 5000)
    assert (first["judged_30"], first["missed_30"]) == (2, 1)
    row = (await report(desk, "first-payment", **SPAN, by="author"))["rows"][0]
    asked = {**SPAN, "by": "author", "cell": f"{row['cell']}.plans"}
    behind = await report(desk, "first-payment/rows", **asked)
    assert [one["id"] for one in behind["data"]] == [plan["id"]]


async def test_who_pays_all_of_a_plan_ahead_of_its_days_keeps_them(desk):
    """One pays all on the first day; one on time; a third's plan is cancelled after that day."""
    await desk.at("2026-01-10")
    desk.client.headers["Accord-Actor"] = "ann"
    ahead, timely, other = [await desk.account(past_due_minor=0) for _ in range(3)]
    await desk.plan(ahead, **IN_THREE)
    await desk.plan(timely, **IN_THREE)
    cancelled = await desk.plan(other, **IN_THREE)
    await desk.put("/v1/targets", {
        "scope": {"actor": "ann"}, "metric": "kept_bps", "value": 9_000, **SPAN,
    }, status=201)  # fmt: skip
    await desk.at(DUE[0])
    await desk.pay(ahead, 300_00)
    await desk.pay(timely, 100_00)
    await desk.pay(other, 100_00)
    await desk.post(f"/v1/plans/{cancelled['id']}/cancel", {"reason": "x"}, status=200)
    await desk.at("2026-03-31")
    (due,) = (await report(desk, "installments", **SPAN))["rows"]
    assert (due["kept"], due["missed"], due["waiting"]) == (5, 1, 1)
    assert (due["due_minor"], due["paid_in_time_minor"]) == (600_00, 500_00)
    (aim,) = (await report(desk, "targets"))["rows"]
    assert aim["actual_bps"] == 8333
    (first,) = (await report(desk, "first-payment", **SPAN))["rows"]
    assert (first["plans"], first["judged"], first["missed_first"]) == (3, 3, 0)


async def test_those_who_began_together_are_told_once_all_of_them_are_so_old(desk):
    await lives(desk)
    points = await report(desk, "vintages", **SPAN)
    assert cells(points, "plans", "missed_ever", "paid_minor") == {
        ("2026-01", "1"): (2, 1, 140_00), ("2026-01", "2"): (2, 1, 240_00),
    }  # fmt: skip
    assert points["totals"] == []
    (cohort,) = (await report(desk, "survival", **SPAN))["rows"]
    assert cohort["plans"] == 2
    assert cohort["survival_360_bps"] is None
    net = await report(desk, "liquidation", **SPAN)
    assert cells(net, "placed_minor", "net_minor", "liquidation_bps") == {
        ("Winter", "1"): (600_00, 140_00, 2333), ("Winter", "2"): (600_00, 240_00, 4000),
    }  # fmt: skip
    month = await report(desk, "liquidation", **SPAN, placement_batch="2026-01")
    assert month["rows"] == []


async def test_money_is_whose_plan_took_it_and_what_was_conceded_is_of_what_was_collected(desk):
    kept, _, _, part = await lives(desk)
    waiver = {"component": "principal", "amount_minor": 50_00, "reason": "goodwill"}
    await desk.post(f"/v1/accounts/{kept['id']}/adjustments", waiver)
    whose = await report(desk, "activity", **SPAN)
    assert cells(whose, "plans_opened", "collected_minor") == {
        ("ann",): (1, 200_00), ("bob",): (1, 40_00),
    }  # fmt: skip
    (given,) = (await report(desk, "concessions", **SPAN))["rows"]
    assert (given["conceded_minor"], given["collected_minor"]) == (50_00, 240_00)
    assert given["concession_bps"] == 1724
    by = await report(desk, "concessions", **SPAN, by="author")
    assert cells(by, "conceded_minor", "collected_minor", "concession_bps") == {
        ("ann",): (0, 200_00, 0), ("bob",): (50_00, 40_00, 5556),
    }  # fmt: skip
    days = await report(desk, "days-to-pay", **SPAN)
    assert days["rows"][0]["days_tenth_days"] == 15  # 40.00 nine days late, 200.00 on their days
    await desk.reverse(part)
    whose = await report(desk, "activity", **SPAN)
    assert cells(whose, "collected_minor")[("ann",)] == (200_00,)
    assert cells(whose, "collected_minor")[("bob",)] == (0,)


async def test_receivables_are_told_in_days_and_what_waits_is_listed(desk):
    await lives(desk)
    await desk.at("2026-03-31")
    whole = {"from": "2026-01-01", "to": "2026-03-31"}
    (row,) = (await report(desk, "cei", **whole))["rows"]
    assert (row["opening_minor"], row["additions_minor"], row["closing_minor"]) == (
        0, 600_00, 360_00,
    )  # fmt: skip
    assert row["current_minor"] == 200_00  # two installments of 100.00 due that day
    # (0 + 600/3 - 360) / (0 + 600/3 - 200): nothing due, so no index
    assert row["cei_bps"] is None
    (row,) = (await report(desk, "dso", **whole))["rows"]
    assert (row["dso_tenth_days"], row["best_dso_tenth_days"]) == (540, 300)
    assert (row["add_tenth_days"], row["countback_tenth_days"]) == (240, 776)
    part = {"from": "2026-01-02", "to": "2026-03-31"}
    said = await desk.refused("GET", "/v1/reports/cei", params=part)
    assert said[:2] == (422, "report-span")
    idle = await desk.account(70_00, past_due_minor=0)
    await desk.at("2026-05-01")
    waits = await report(desk, "exceptions")
    assert cells(waits, "accounts", "minor", "oldest_days")[("no_plan_no_promise",)][0] >= 1
    row = next(one for one in waits["rows"] if one["exception"] == "no_plan_no_promise")
    behind = await report(desk, "exceptions/rows", cell=f"{row['cell']}.minor")
    assert (idle["id"], 70_00) in {(one["id"], one["minor"]) for one in behind["data"]}
