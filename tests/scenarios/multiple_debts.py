"""Cases of several debts of one person: a payment is applied as the person says (15 USC 1692h)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, minor, money, understood
from tests.scenarios.tables import compare_one

_TODAY = date(2026, 1, 5)


def _is_directed(said: Mapping[str, Any]) -> bool:
    return {"amount", "debts", "direction"} <= said.keys()


async def directed_question(life: Life, step: Step) -> None:
    """What each debt gets of one transfer, posted in the parts that were said."""
    said, expected = step["input"], step["expected"]
    understood(said, {"amount", "debts", "direction"}, what="input")
    if said["direction"] is None:
        raise NotPlayable("a payment that nobody directs: here it waits for whoever says whose")
    if any(one["disputed"] for one in said["debts"] if one["id"] in said["direction"]):
        raise NotPlayable("a payment directed to a disputed debt: here it is posted as directed")
    if "action" in expected:
        raise NotPlayable(f"the action {expected['action']}: only money unapplied tells it here")
    await life.move(_TODAY)
    ids = {}
    for one in said["debts"]:
        account = {
            "reference": life.new_reference(one["id"]),
            "currency": CURRENCY,
            "balance": {"principal_minor": minor(one["balance"])},
        }
        ids[one["id"]] = (await life.api.post("/v1/accounts", account))["id"]
    body = {
        "reference": life.new_reference("paid"),
        "currency": CURRENCY,
        "parts": [
            {"account_id": ids[name], "amount_minor": minor(amount)}
            for name, amount in said["direction"].items()
        ],
    }
    await life.api.post("/v1/payments/split", body)
    ours, unapplied = {}, 0
    for one in said["debts"]:
        read = await life.api.get(f"/v1/accounts/{ids[one['id']]}")
        ours[one["id"]] = money(minor(one["balance"]) - read["balance"]["total_minor"])
        unapplied += read["unapplied_minor"]
    compare_one(expected, {**ours, "unapplied": money(unapplied)}, what="the debts")


ASKED = (("directed_question", _is_directed),)
