"""Cases of several debts of one person: a payment is applied as the person says (15 USC 1692h)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, minor, money, understood
from tests.scenarios.tables import compare_one

_TODAY = date(2026, 1, 5)
_ASK = "CONTACT_CONSUMER"


def _is_directed(said: Mapping[str, Any]) -> bool:
    return {"amount", "debts", "direction"} <= said.keys()


async def directed_question(life: Life, step: Step) -> None:
    """What each debt gets of one transfer, posted in the parts that were said.

    What a debt cannot take, or may not since it is disputed, waits on it unapplied, and moves
    nowhere until somebody asked the person: that is the case's action.
    """
    said, expected = step["input"], step["expected"]
    understood(said, {"amount", "debts", "direction"}, what="input")
    if said["direction"] is None:
        raise NotPlayable(
            "set aside: no rule ranks the debts of one person, so a payment that nobody directs"
            " waits in suspense for whoever says whose it is"
        )
    await life.move(_TODAY)
    ids = {}
    for one in said["debts"]:
        account = {
            "reference": life.new_reference(one["id"]),
            "currency": CURRENCY,
            "balance": {"principal_minor": minor(one["balance"])},
        }
        ids[one["id"]] = (await life.api.post("/v1/accounts", account))["id"]
        if one["disputed"]:
            held = {"kind": "dispute", "starts_on": str(_TODAY), "reason": "disputed"}
            await life.api.post(f"/v1/accounts/{ids[one['id']]}/holds", held)
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
    found = {**ours, "unapplied": money(unapplied)}
    if unapplied:
        found["action"] = _ASK
    compare_one(expected, found, what="the debts")


ASKED = (("directed_question", _is_directed),)
