"""The field's worked cases of settlements, told by the service: 1099-C and credit report."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.routers.settling import BANK, act, offer

FILE = Path(__file__).parents[2] / "cases" / "settlement_cases.json"
CASES = [
    case
    for case in json.loads(FILE.read_text(encoding="utf-8"))["cases"]
    if case["expected"]["state"] == "SATISFIED"
]


def cents(text):
    return int(Decimal(text) * 100)


async def account_of(desk, said):
    """The case's debt; its creditor files its own forms unless the case says it is none."""
    entity = said.get("is_applicable_financial_entity", True)
    document = {"extends": "default", "settlement": {"debt_relief": {"applicable_entity": entity}}}
    answer = await desk.client.put("/v1/policies/own", json=document)
    assert answer.is_success, answer.text
    first = said["payments"][0]["date"]
    await desk.at(first)
    placed = {"delinquent_since_on": "2025-06-01", "creditor": BANK, "policy": "own"}
    if said.get("charged_off"):
        placed["charged_off_on"] = "2025-12-01"
    return await desk.account(cents(said["balance"]), **placed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
async def test_a_worked_case(desk, case):
    said, expected = case["input"], case["expected"]
    account = await account_of(desk, said)
    rows = [
        {"due_on": one["date"], "amount_minor": cents(one["amount"])} for one in said["payments"]
    ]
    settlement = await offer(
        desk,
        account,
        cents(said["settlement_amount"]),
        terms={"installments": rows},
        expires_on=rows[0]["due_on"],
    )
    await act(desk, settlement, "accept")
    for row in rows:
        await desk.at(row["due_on"])
        await desk.pay(account, row["amount_minor"])
    path = f"/v1/settlement-offers/{settlement['id']}"
    told = (await desk.get(f"{path}/debt-relief"))["discharge"]
    report = await desk.get(f"/v1/accounts/{account['id']}/credit-report")

    assert (await desk.get(path))["status"] == expected["state"].lower()
    assert told["forgiven"]["total_minor"] == cents(expected["forgiven"])
    assert told["form_1099c"] is expected["form_1099c"]
    assert told["client_feed"] is expected.get("client_feed", False)
    assert told["event_code"] == expected.get("event_code", "F")
    assert told["tax_year"] == expected.get("tax_year", 2026)
    assert report["special_comment"] == "AU"
    assert report["first_delinquency_on"] == "2025-06-01"
    if metro2 := expected.get("metro2"):
        assert report["account_status"] == metro2["account_status"]
        assert report["special_comment"] == metro2["special_comment"]
        assert report["balance_minor"] == cents(metro2["balance"])
    await desk.books_agree(account)
