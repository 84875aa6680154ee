"""The journal: debits are credits, and the receivables are the accounts' balances."""

import csv
from collections import Counter

from app.domain.books.chart import DEFAULT, Slot
from tests.routers.lives.desk import DUE, OPENING

COMPONENTS = ("principal", "interest", "fees", "penalties", "costs")
DAYS = {"from": "2026-01-01", "to": "2026-12-31"}


async def pages(desk, **asked):
    """The journal's pages put one after another, as rows."""
    text, cursor = "", {}
    while True:
        answer = await desk.client.get("/v1/reports/journal", params={**DAYS, **asked, **cursor})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        text += answer.text
        if "accord-next-cursor" not in answer.headers:
            return list(csv.DictReader(text.splitlines()))
        cursor = {"cursor": answer.headers["accord-next-cursor"]}


def moved(rows):
    """Debits less credits, by account and ledger account."""
    found = Counter()
    for row in rows:
        minor = int(row["debit_minor"]) - int(row["credit_minor"])
        found[row["account_id"], row["ledger_account"]] += minor
    return found


async def a_life(desk):
    """A plan with charges, money early and late, a return, a chargeback won and one that stood."""
    account, plan = await desk.opened()
    await desk.at("2026-02-10")
    own = f"/v1/accounts/{account['id']}"
    charge = {"kind": "late_fee", "amount_minor": 10_00, "plan_id": plan["id"]}
    fee = await desk.post(f"{own}/charges", charge)
    waive = {"component": "fees", "amount_minor": 4_00, "reason": "x", "charge_id": fee["id"]}
    await desk.post(f"{own}/adjustments", waive)
    await desk.at("2026-03-10")
    one = await desk.pay(account, 150_00, DUE[0])
    two = await desk.pay(account, 250_00, DUE[1])
    await desk.reverse(one)
    path = f"/v1/payments/{two['id']}/chargebacks"
    lost = {"amount_minor": 20_00, "reason_code": "10.4"}
    won = await desk.post(path, {**lost, "effective_on": "2026-03-01"})
    await desk.post(path, lost)
    await desk.post(f"/v1/chargebacks/{won['id']}/reversals", {})
    cost = await desk.post(f"{own}/charges", {"kind": "cost", "amount_minor": 3_00})
    await desk.post(f"/v1/charges/{cost['id']}/reversals", {"reason": "x"})
    more = await desk.pay(account, 500_00)
    await desk.post(f"/v1/payments/{more['id']}/refunds", {"amount_minor": 50_00})
    await desk.books_agree(account)
    return account


async def test_debits_are_credits_and_receivables_are_balances(desk):
    accounts = [await a_life(desk), await desk.account(77_00)]
    lost = {"reference": "L", "account_reference": "?", "amount_minor": 9_00, "currency": "USD"}
    kept = await desk.post("/v1/payments", {**lost, "unmatched": "suspense"})
    gone = await desk.post("/v1/payments", {**lost, "reference": "G", "unmatched": "suspense"})
    await desk.post("/v1/payments", {**lost, "reference": "W", "unmatched": "suspense"})
    await desk.post(f"/v1/suspense/{kept['id']}/assign", {"account_id": accounts[1]["id"]})
    await desk.post(f"/v1/suspense/{gone['id']}/refund", {})
    rows = await pages(desk)

    debits = sum(int(row["debit_minor"]) for row in rows)
    assert debits == sum(int(row["credit_minor"]) for row in rows) > 0
    by_account = moved(rows)
    for account in accounts:
        now = await desk.read(account)
        for name in COMPONENTS:
            ledger = DEFAULT[Slot(f"receivable_{name}")]
            assert by_account[account["id"], ledger] == now["balance"][f"{name}_minor"], name
        unapplied = by_account[account["id"], DEFAULT[Slot.UNAPPLIED]]
        assert unapplied == -now["unapplied_minor"]
    suspended = [m for (_, ledger), m in by_account.items() if ledger == DEFAULT[Slot.SUSPENSE]]
    assert sum(suspended) == -9_00
    for entry in {row["entry"] for row in rows}:
        mine = [row for row in rows if row["entry"] == entry]
        assert sum(int(r["debit_minor"]) - int(r["credit_minor"]) for r in mine) == 0


async def test_pages_are_one_file(desk):
    await a_life(desk)
    for n in range(3):
        lost = {"reference": f"L-{n}", "account_reference": "?", "amount_minor": 9_00}
        await desk.post("/v1/payments", {**lost, "currency": "USD", "unmatched": "suspense"})
    whole = await pages(desk)

    assert await pages(desk, limit=1) == whole
    assert await pages(desk, limit=4) == whole
    assert len({(row["entry"], row["pair"], row["debit_minor"] != "0") for row in whole}) == len(
        whole
    )


async def test_it_goes_by_the_day_it_was_booked(desk):
    await desk.at(OPENING)
    account = await desk.account()
    await desk.at("2026-02-10")
    await desk.pay(account, 1_00, on="2026-01-15")

    january = await pages(desk, **{"from": "2026-01-01", "to": "2026-01-31"})
    february = await pages(desk, **{"from": "2026-02-01", "to": "2026-02-28"})
    assert {row["kind"] for row in january} == {"placement"}
    assert {(row["kind"], row["effective_on"]) for row in february} == {("payment", "2026-01-15")}
    backwards = {"from": "2026-02-02", "to": "2026-02-01"}
    _, _, problem = await desk.refused("GET", "/v1/reports/journal", params=backwards)
    assert [one["pointer"] for one in problem["errors"]] == ["?to"]
    by_default = (await desk.client.get("/v1/reports/journal")).text
    assert list(csv.DictReader(by_default.splitlines())) == february
    await desk.at("2026-01-20")
    assert {row["kind"] for row in await pages(desk)} == {"placement"}


async def test_another_tenants_journal_is_empty(desk, theirs):
    await desk.account()
    answer = await desk.client.get("/v1/reports/journal", params=DAYS, headers=theirs)

    assert answer.text.count("\n") == 1


async def test_an_actor_is_no_formula(desk):
    account = await desk.account()
    body = {"account_id": account["id"], "reference": "P", "amount_minor": 1, "currency": "USD"}
    answer = await desk.client.post("/v1/payments", json=body, headers={"Accord-Actor": "=1+1"})

    assert answer.status_code == 201
    rows = [row for row in await pages(desk, to="2100-12-31") if row["kind"] == "payment"]
    assert {row["actor"] for row in rows} == {"'=1+1"}
