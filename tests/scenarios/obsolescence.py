"""First-delinquency cases: since when a debt is late for good, and when it must leave the file.

The account is a monthly contract of 100.00, due on the first; half of it is a partial payment,
and a month the case passes over was missed like those around it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, understood
from tests.scenarios.tables import compare_one

_DUE_MINOR = 100_00
_PAID_MINOR = {"paid": _DUE_MINOR, "partial_not_current": _DUE_MINOR // 2, "missed": 0}


def _is_history(said: Mapping[str, Any]) -> bool:
    return "history" in said and all({"month", "state"} <= one.keys() for one in said["history"])


ASKED = (("first_delinquency_question", _is_history),)


async def first_delinquency_question(life: Life, step: Step) -> None:
    """Live the months, then ask for the account's first delinquency and what follows from it."""
    said, expected = step["input"], step["expected"]
    understood(said, {"history", "placed_or_charged_off"}, what="input")
    states = {one["month"]: one["state"] for one in said["history"]}
    if unknown := set(states.values()) - _PAID_MINOR.keys():
        raise NotPlayable(f"a month that is {min(unknown)}")
    days = _firsts(min(states), max(states))
    await life.move(days[0] - timedelta(days=1))
    await _contract(life, days)
    for day in days:
        await life.move(day)
        await _pay(life, _PAID_MINOR[states.get(f"{day:%Y-%m}", "missed")])
    await life.move(days[-1] + timedelta(days=27))
    told = await life.api.get(f"/v1/accounts/{life.account_id}/credit-report")
    first = (await life.account({}))["first_delinquency_on"]
    ours = {
        "dofd_month": first and first[:7],
        "obsolete_after_if_day_1": told["obsolete_after_on"],
    }
    compare_one(expected, ours, what="first delinquency")


def _firsts(month: str, last: str) -> list[date]:
    days = [date.fromisoformat(f"{month}-01")]
    while f"{days[-1]:%Y-%m}" < last:
        days.append((days[-1] + timedelta(days=31)).replace(day=1))
    return days


async def _contract(life: Life, days: list[date]) -> None:
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": "other",
            "opened_on": str(life.today),
            "balance": {"principal_minor": _DUE_MINOR * len(days)},
            "past_due_minor": 0,
            "policy": "unlimited",
        },
    )
    life.account_id = account["id"]
    rows = [{"due_on": day.isoformat(), "amount_minor": _DUE_MINOR} for day in days]
    body = {"account_id": life.account_id, "terms": {"installments": rows}}
    life.plan_id = (await life.api.post("/v1/plans", body))["id"]


async def _pay(life: Life, amount_minor: int) -> None:
    if amount_minor:
        body = {
            "account_id": life.account_id,
            "reference": life.new_reference("payment"),
            "amount_minor": amount_minor,
            "currency": CURRENCY,
        }
        await life.api.post("/v1/payments", body)
