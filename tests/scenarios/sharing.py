"""Affordability cases: shares of several debts, and what a budget leaves for an installment."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, minor, money, understood
from tests.scenarios.tables import compare, compare_one

_BUFFER = Decimal("0.10")  # the one this service keeps
_TODAY = date(2026, 1, 5)


def _shares(said: Mapping[str, Any]) -> bool:
    return {"available", "debts"} <= said.keys()


def _is_a_budget(said: Mapping[str, Any]) -> bool:
    return {"income", "essential", "proposed_monthly"} <= said.keys()


ASKED = (("shares_question", _shares), ("budget_question", _is_a_budget))


async def shares_question(life: Life, step: Step) -> None:
    """Each debt's share of the money available; none is given more than it is owed."""
    said, expected = step["input"], step["expected"]
    understood(said, {"available", "debts"}, what="input")
    understood(expected, {"shares", "sum"}, what="expected")
    debts = {name: minor(owed) for name, owed in said["debts"].items()}
    if minor(said["available"]) > sum(debts.values()):
        raise NotPlayable("more money than all the debts: what they are not owed is left over")
    body = {
        "currency": CURRENCY,
        "available_minor": minor(said["available"]),
        "debts": [{"reference": name, "balance_minor": owed} for name, owed in debts.items()],
    }
    made = (await life.api.post("/v1/plan-options/shares", body))["shares"]
    theirs = [{"debt": name, "share": share} for name, share in expected["shares"].items()]
    ours = [{"debt": one["reference"], "share": money(one["share_minor"])} for one in made]
    compare(theirs, ours, columns=("debt", "share"), what="shares")
    total = money(sum(one["share_minor"] for one in made))
    compare_one({"sum": expected["sum"]}, {"sum": total}, what="their sum")


async def budget_question(life: Life, step: Step) -> None:
    """What is left of a month, what of it may be asked, and whether the proposal is within it.

    The suggestion is read off the answer: no plan where nothing is left, a lower one where less is.
    """
    said, expected = step["input"], step["expected"]
    understood(said, {"income", "essential", "buffer_ratio", "proposed_monthly"}, what="input")
    left = minor(said["income"]) - minor(said["essential"])
    if left > 0 and Decimal(str(said.get("buffer_ratio") or 0)) != _BUFFER:
        raise NotPlayable(f"a buffer of {said.get('buffer_ratio')}: here it is {_BUFFER}")
    await life.move(_TODAY)
    account = {
        "reference": life.reference,
        "currency": CURRENCY,
        "balance": {"principal_minor": 1_000_00},
    }
    life.account_id = (await life.api.post("/v1/accounts", account))["id"]
    asked = {
        "frequency": {"unit": "month"},
        "first_due_on": "2026-02-05",
        "budget": {
            "income_minor": minor(said["income"]),
            "essential_expenses_minor": minor(said["essential"]),
        },
    }
    answer = await life.api.post(f"/v1/accounts/{life.account_id}/plan-options", asked)
    capacity = answer["capacity"]
    most = capacity["max_installment_minor"]
    fits = minor(said["proposed_monthly"]) <= most
    ours = {
        "surplus": money(capacity["surplus_minor"]),
        "max_installment": money(most),
        "affordable": fits,
        "suggest": ("ACCEPT" if fits else "LOWER_OR_LONGER") if most else "TOKEN_OR_HOLD",
    }
    compare_one(expected, ours, what="the budget")
