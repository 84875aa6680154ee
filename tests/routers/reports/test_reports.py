"""Reports over HTTP: as of any day, as known on another, held against the ledger, cell by cell."""

import csv
import io

from sqlalchemy import text

from app.domain.overview.definitions.catalog import REPORTS
from app.schemas.edge.ids import decode
from tests.database import as_tenant
from tests.routers.reports.stories import cells, report, three
from tests.routers.reports.test_runs import ran
from tests.routers.telling import told_of

BY = {"by": "creditor"}


async def test_aging_stands_each_balance_in_its_bucket_and_sums_to_the_ledger(desk, swept):
    await three(desk)
    await swept("2026-02-20")
    await desk.at("2026-02-21")
    found = await report(desk, "aging", as_of="2026-02-20")

    assert cells(found, "accounts", "balance_minor", "overdue_minor") == {
        ("current",): (1, 900_00, 0),
        ("1-29",): (1, 450_00, 150_00),
        ("30-59",): (1, 1_200_00, 1_200_00),
    }
    assert found["totals"][0]["balance_minor"] == 2_550_00
    assert found["reconciles"] == [
        {"column": "balance_minor", "currency": "USD", "ledger_minor": 2_550_00,
         "report_minor": 2_550_00, "difference_minor": 0}
    ]  # fmt: skip
    assert (found["basis"], found["known_on"], found["provisional"]) == (
        "booked", "2026-02-20", False,
    )  # fmt: skip
    items = await report(desk, "aging-items", as_of="2026-02-20")
    (row,) = items["rows"]
    assert row["not_due_minor"] == 900_00 + 300_00
    assert row["ages"]["1-29"]["minor"] == 150_00
    assert row["ages"]["30-59"]["minor"] == 1_200_00
    assert row["balance_minor"] == 2_550_00
    key = await report(desk, "portfolio", as_of="2026-02-20", **BY)
    assert cells(key, "accounts", "plans", "plans_minor", "delinquent_minor") == {
        ("C-1",): (2, 2, 1_350_00, 450_00),
        (None,): (1, 0, 0, 1_200_00),
    }


async def test_each_cell_leads_to_what_it_is_the_sum_of(desk):
    _, late, _, _ = await three(desk)
    await desk.at("2026-02-20")
    found = await report(desk, "aging")
    row = next(one for one in found["rows"] if one["bucket"] == "1-29")
    behind = await report(desk, "aging/rows", cell=f"{row['cell']}.overdue_minor")

    assert behind["data"] == [
        {"id": late["id"], "reference": late["reference"], "minor": 150_00,
         "why": "1-29, 5 delinquent days"}
    ]  # fmt: skip
    for cell in ("x", f"{row['cell']}.nothing", "WyJVU0QiLCJub3doZXJlIl0.balance_minor"):
        said = await desk.refused("GET", "/v1/reports/aging/rows", params={"cell": cell})
        assert (said[0], said[2]["errors"][0]["pointer"]) == (422, "?cell")


async def test_what_is_entered_later_changes_what_is_restated_and_never_what_was_booked(desk):
    """REP basis: a check of 30 March entered 13 April, reversed 20 April, on 1,200.00."""
    await desk.at("2026-03-01")
    account = await desk.account(1_200_00)
    await desk.at("2026-04-01")
    asked = {"as_of": "2026-03-31"}
    first = {name: await report(desk, name, **asked) for name in ("aging", "portfolio")}
    await desk.at("2026-04-13")
    payment = await desk.pay(account, 150_00, "2026-03-30", method="check")
    then = {**asked, "basis": "restated", "known_on": "2026-04-13"}
    restated = await report(desk, "aging", **then)
    assert restated["provisional"], "what is known on a day that is open may change yet"
    await desk.at("2026-04-20")
    assert not (await report(desk, "aging", **then))["provisional"]
    await desk.reverse(payment)

    def owed(found):
        return [row["balance_minor"] for row in found["totals"]]

    assert owed(first["aging"]) == [1_200_00]
    for name, before in first.items():
        again = await report(desk, name, **asked)
        assert (again["rows"], again["hash"]) == (before["rows"], before["hash"])
    assert owed(restated) == owed(await report(desk, "aging", **then)) == [1_050_00]
    assert owed(await report(desk, "aging", **asked, basis="restated")) == [1_200_00]
    assert restated["reconciles"][0]["difference_minor"] == 0
    flow = await report(desk, "flow", **{"from": "2026-04-01", "to": "2026-04-20"})
    (row,) = flow["rows"]
    assert (row["opening_minor"], row["payment_minor"], row["reversal_minor"]) == (
        1_200_00, -150_00, 150_00,
    )  # fmt: skip
    assert row["closing_minor"] == flow["reconciles"][0]["ledger_minor"] == 1_200_00


async def test_the_roll_matrix_sums_to_its_opening_and_tells_cures_by_their_cause(desk, swept):
    await desk.at("2026-01-10")
    terms = {"installment_count": 4, "frequency": {"every": 1, "unit": "month"},
             "first_due_on": "2026-01-20"}  # fmt: skip
    accounts = [await desk.account(400_00, past_due_minor=0) for _ in range(3)]
    for one in accounts:
        await desk.plan(one, **terms)
    await swept("2026-01-31")
    await desk.at("2026-02-10")
    await desk.pay(accounts[0], 100_00)
    await swept("2026-02-15")
    await desk.account(50_00)
    await desk.at("2026-02-16")
    days = {"from": "2026-01-31", "to": "2026-02-15"}
    found = await report(desk, "roll", **days)

    rows = {row["bucket"]: row for row in found["rows"]}
    assert rows["1-29"]["opening_minor"] == 1_200_00
    assert rows["1-29"]["to"] == {
        "current": {"accounts": 1, "minor": 400_00, "bps": 3333},
        "1-29": {"accounts": 2, "minor": 800_00, "bps": 6667},
    }
    assert rows["1-29"]["better_bps"] == 3333
    assert rows["1-29"]["of_which_by_change"] == {"accounts": 0, "minor": 0}
    assert (rows["new"]["opening_minor"], rows["new"]["to_next_bps"]) == (50_00, None)
    assert found["reconciles"][0] == {
        "column": "reconciled_minor", "currency": "USD", "ledger_minor": 1_200_00,
        "report_minor": 1_200_00, "difference_minor": 0,
    }  # fmt: skip
    (cured,) = (await report(desk, "cures", **days))["rows"]
    assert (cured["delinquent"], cured["by_payment"], cured["by_schedule_change"]) == (3, 1, 0)
    assert (cured["cure_bps"], cured["cure_all_causes_bps"]) == (3333, 3333)


async def test_a_report_is_a_csv_of_the_same_figures_with_its_question_in_headers(desk):
    await three(desk)
    found = await report(desk, "aging", as_of="2026-01-10")
    answer = await desk.client.get("/v1/reports/aging.csv", params={"as_of": "2026-01-10"})

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["balance_minor"]) for row in rows] == [
        row["balance_minor"] for row in found["rows"]
    ]
    assert answer.headers["Accord-Report-Hash"] == found["hash"]
    assert answer.headers["Accord-Report-As-Of"] == "2026-01-10"


async def test_what_cannot_be_asked_is_refused_by_name(desk):
    await desk.at("2026-03-10")

    async def said(name, **params):
        status, problem, body = await desk.refused("GET", f"/v1/reports/{name}", params=params)
        return status, problem, body.get("errors", [{}])[0].get("pointer")

    known = (422, "report-known-before-as-of", None)
    assert await said("aging", as_of="2026-03-01", known_on="2026-03-05") == known
    late = {"basis": "restated", "as_of": "2026-03-01"}
    assert await said("aging", **late, known_on="2026-03-11") == known
    assert await said("aging", **late, known_on="2026-02-28") == known
    assert await said("aging", as_of="2026-03-11") == (422, "invalid-input", "?as_of")
    assert await said("aging", by="height") == (422, "invalid-input", "?by")
    assert await said("aging", **{"from": "2026-03-01"}) == (422, "invalid-input", "?from")
    assert await said("aging", month="3") == (422, "invalid-input", "?month")
    assert await said("flow", to="2026-03-11") == (422, "invalid-input", "?to")
    span = (422, "report-span", None)
    assert await said("aging", by="creditor,product,policy") == span
    assert await said("flow", **{"from": "2026-03-02", "to": "2026-03-01"}) == span
    assert await said("flow", **{"from": "2020-03-02", "to": "2026-03-01"}) == span
    assert (await said("height"))[0] == 404


async def test_narrowed_by_what_there_cannot_be_a_report_is_refused_wherever_it_is_asked(desk):
    """It would look like one of nothing owed."""
    await desk.at("2026-03-10")
    desk.client.headers["Accord-Actor"] = "ann"
    monthly = {"name": "m", "period": "previous_month", "days": {"unit": "month", "on": [1]},
               "recipients": [{"kind": "folder", "to": "board"}]}  # fmt: skip
    for name, value in (
        ("currency", "usd"), ("status", "late"), ("standing", "late"), ("plan_kind", "loan"),
        ("product", "car"),
    ):  # fmt: skip
        said = await desk.refused("GET", "/v1/reports/aging", params={name: value})
        assert (said[1], said[2]["errors"][0]["pointer"]) == ("invalid-input", f"?{name}")
    for name, value in (("height", "3"), ("status", "late")):
        asked = {"report": "aging", "parameters": {"filters": {name: value}}}
        for path, body in (("report-runs", asked), ("report-schedules", {**asked, **monthly})):
            said = await desk.refused("POST", f"/v1/{path}", json=body)
            pointer = f"/parameters/filters/{name}"
            assert (said[1], said[2]["errors"][0]["pointer"]) == ("invalid-input", pointer)
    assert (await report(desk, "aging", bucket="a policy's own"))["rows"] == []


async def test_the_catalog_names_every_report_and_its_definition(desk):
    page = (await desk.client.get("/docs/reports")).text
    assert [name for name in REPORTS if f'<h2 id="{name}">' not in page] == []
    named = {one["name"]: one for one in (await desk.get("/v1/reports"))["data"]}

    assert {"aging", "roll", "journal", "re-ages", "settlements"} <= named.keys()
    assert named["aging"]["basis_default"] == "booked"


async def test_what_does_not_come_to_the_ledger_is_not_shown_and_is_counted(desk, owner, tenant):
    account = (await three(desk))[0]
    await desk.at("2026-02-20")
    restated = {"as_of": "2026-02-20", "basis": "restated"}
    assert (await report(desk, "aging", **restated))["reconciles"][0]["difference_minor"] == 0
    more = "amount_minor = amount_minor + 1, principal_minor = principal_minor + 1"
    async with as_tenant(owner, tenant) as tx:  # a cent that nobody's fact brought
        id_ = decode("acc", account["id"])
        await tx.execute(text(f"UPDATE posting SET {more} WHERE account_id = '{id_}'"))
    status, problem, said = await desk.refused("GET", "/v1/reports/aging", params=restated)

    assert (status, problem) == (500, "report-does-not-reconcile")
    assert said["ledger_minor"] - said["report_minor"] == 1
    figures = (await desk.client.get("/metrics")).text
    assert (
        'accord_report_refused_total{reason="report-does-not-reconcile",report="aging"}' in figures
    )
    assert 'accord_report_seconds_count{format="json",report="aging"} 1.0' in figures
    run = await ran(desk, parameters=restated)
    assert run["problem"] == "report-does-not-reconcile"
    told = await told_of(owner, tenant, "report.failed")
    assert [(one["report"], one["problem"], one["to_on"]) for one in told] == [
        ("aging", "report-does-not-reconcile", "2026-02-20")
    ] * 2
