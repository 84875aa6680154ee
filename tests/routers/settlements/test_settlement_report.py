"""The report of settlements: counted in the month of each thing, by creditor and role."""

import csv
import io

from app.schemas.settlements.report import SettlementFiguresRead, SettlementReportRead
from tests.routers.settling import act, agree, offer, owed, settle

SHOP = {"reference": "=SHOP()", "name": "Shop"}


async def report(desk, **params):
    answer = await desk.client.get("/v1/reports/settlements", params=params)
    assert answer.status_code == 200, answer.text
    assert SettlementReportRead.model_validate_json(answer.content)
    return answer.json()


def said(row):
    """What is not nothing in a row."""
    head = ("month", "role", "creditor_reference", "currency")
    return {name: value for name, value in row.items() if name not in head and value}


async def story(staff, *, closes=True):
    """One paid in February, one missed, one declined, one still open; a supervisor's withdrawn."""
    ann, bob = await staff("admin", "ann"), await staff("supervisor", "bob")
    paid, missed = await owed(ann), await owed(ann)
    await agree(ann, paid)
    await agree(ann, missed)
    await act(ann, await offer(ann, await owed(ann)), "decline")
    await offer(ann, await owed(ann, creditor=SHOP))
    await act(bob, await offer(bob, await owed(bob, reference="B-1"), 900_00), "withdraw")
    await ann.at("2026-01-31")
    await ann.pay(paid, 500_00)
    await ann.pay(missed, 500_00)
    await ann.at("2026-02-28")
    payment = await ann.pay(paid, 500_00)
    await ann.at("2026-03-31")
    for account in (paid, missed) if closes else ():  # any command closes the days
        await ann.post(f"/v1/accounts/{account['id']}/cycles",
                       {"due_on": "2026-03-31", "minimum_due_minor": 1})  # fmt: skip
    return ann, payment


async def test_by_month_creditor_and_role(staff):
    desk, payment = await story(staff)
    found = await report(desk)
    rows = {(r["month"], r["creditor_reference"], r["role"]): said(r) for r in found["rows"]}

    assert (found["from"], found["to"]) == ("2026-01-01", "2026-03-31")
    assert rows == {
        ("2026-01", "=SHOP()", "admin"): {"offered": 1, "expired": 1},
        ("2026-01", "BANK", "supervisor"): {"offered": 1, "withdrawn": 1},
        ("2026-01", "BANK", "admin"): {"offered": 3, "accepted": 2, "declined": 1},
        ("2026-02", "BANK", "admin"): {
            "satisfied": 1, "forgiven_minor": 1000_00, "recovered_minor": 1000_00,
        },
        ("2026-03", "BANK", "admin"): {"void": 1, "recovered_minor": 500_00},
    }  # fmt: skip
    await desk.reverse(payment)
    after = await report(desk, **{"from": "2026-02-01", "to": "2026-02-28"})
    assert after["rows"] == []


async def test_as_csv_no_cell_is_a_formula(staff):
    desk, _ = await story(staff)
    answer = await desk.client.get("/v1/reports/settlements.csv", params={"to": "2026-01-31"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert list(rows[0]) == list(SettlementFiguresRead.model_fields)
    assert [row["creditor_reference"] for row in rows] == ["'=SHOP()", "BANK", "BANK"]
    assert sum(int(row["offered"]) for row in rows) == 5


async def test_a_span_that_ends_before_it_begins(desk):
    status, name, problem = await desk.refused(
        "GET", "/v1/reports/settlements", params={"from": "2026-02-01", "to": "2026-01-01"}
    )

    assert (status, name, problem["errors"][0]["pointer"]) == (422, "invalid-input", "?to")


async def test_none_of_another_tenant(desk, theirs):
    await settle(desk, await owed(desk))
    answer = await desk.client.get("/v1/reports/settlements", headers=theirs)

    assert answer.json()["rows"] == []


async def test_it_is_the_same_before_and_after_a_sweep(staff, swept):
    desk, _ = await story(staff, closes=False)
    before = await report(desk)
    await swept("2026-03-31")

    assert await report(desk) == before
    assert before["accounts_behind"] == 0
    assert {"void", "satisfied"} <= {name for row in before["rows"] for name in said(row)}
