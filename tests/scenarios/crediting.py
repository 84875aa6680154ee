"""Metro 2 cases: what a credit report would carry of an account that stands as the case says.

The account is placed so many days past due, charged off or in collection; a balance of nothing is
one that was paid or, where the case says so, settled for half.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.scenarios.acts import SINCE, saved_policy
from tests.scenarios.client import Document, NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, minor, money, understood
from tests.scenarios.tables import compare_one, recognized

_TODAY, _FIRST_DUE = date(2026, 6, 1), date(2026, 7, 1)
_GONE_MINOR = 100_00  # what was owed where nothing is any more; the cases name no amount
_SAID = {
    "balance", "dpd", "charged_off", "collection", "settled", "plan_payment", "scheduled_payment",
}  # fmt: skip


def _is_a_report(said: Mapping[str, Any]) -> bool:
    stands = said.keys() & {"dpd", "charged_off", "collection", "settled", "plan_payment"}
    return "balance" in said and bool(stands) and "settlement_amount" not in said


ASKED = (("credit_report_question", _is_a_report),)


async def credit_report_question(life: Life, step: Step) -> None:
    """Place the account, agree the plan or pay it off, then ask for its report."""
    said, expected = step["input"], step["expected"]
    understood(said, _SAID, what="input")
    balance, plan = minor(said["balance"]), said.get("plan_payment")
    if said.get("settled") and balance:
        raise NotPlayable("settled, with a balance: what was settled owes nothing")
    if plan and not 0 < minor(plan) <= balance:
        raise NotPlayable(f"a plan of {plan} a month over a balance of {money(balance)}")
    await life.move(_TODAY)
    await _place(life, said, balance or _GONE_MINOR)
    if said.get("scheduled_payment"):
        due = {
            "due_on": str(_TODAY),
            "minimum_due_minor": minor(said["scheduled_payment"]),
        }
        await life.api.post(f"/v1/accounts/{life.account_id}/cycles", due)
    if plan:
        await _agree(life, minor(plan))
    elif not balance:
        await _pay_off(life, settled=bool(said.get("settled")))
    ours = await reported(life)
    recognized(expected, ours, what="expected")
    compare_one(expected, ours, what="the credit report")


async def reported(life: Life) -> dict[str, Any]:
    """The account's report in the words of the cases."""
    told = await life.api.get(f"/v1/accounts/{life.account_id}/credit-report")
    return {
        "account_status": told["account_status"],
        "special_comment": told["special_comment"],
        "payment_rating": told["payment_rating"],
        "balance": money(told["balance_minor"]),
        "amount_past_due": money(told["past_due_minor"]),
    }


async def _place(life: Life, said: Mapping[str, Any], balance_minor: int) -> Document:
    """Late since so many days for all of it; with none, current."""
    days = int(said.get("dpd") or 0)
    since = str(_TODAY - timedelta(days=days))
    collected = {"collection": bool(said.get("collection"))}
    policy = {"extends": "unlimited", "effective_from": SINCE, "credit_report": collected}
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "opened_on": since,
            "balance": {"principal_minor": balance_minor},
            "past_due_minor": balance_minor if days else 0,
            "delinquent_since_on": since if days else None,
            "charged_off_on": str(_TODAY) if said.get("charged_off") else None,
            "policy": await saved_policy(life, policy),
        },
    )
    life.account_id = account["id"]
    return account


async def _agree(life: Life, installment_minor: int) -> None:
    terms = {
        "installment_minor": installment_minor,
        "frequency": {"unit": "month"},
        "first_due_on": str(_FIRST_DUE),
    }
    plan = await life.api.post("/v1/plans", {"account_id": life.account_id, "terms": terms})
    life.plan_id = plan["id"]


async def _pay_off(life: Life, *, settled: bool) -> None:
    if settled:
        offers = f"/v1/accounts/{life.account_id}/settlement-offers"
        half = {"amount_minor": _GONE_MINOR // 2, "expires_on": str(_TODAY)}
        life.settlement_id = (await life.api.post(offers, half))["id"]
        await life.api.post(f"/v1/settlement-offers/{life.settlement_id}/accept", {})
    body = {
        "account_id": life.account_id,
        "reference": life.new_reference("payment"),
        "amount_minor": _GONE_MINOR // 2 if settled else _GONE_MINOR,
        "currency": CURRENCY,
    }
    await life.api.post("/v1/payments", body)
