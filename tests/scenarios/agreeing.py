"""What a life tells of terms and of what binds them: rates, plans entered late, holds, charges."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.scenarios.life import CURRENCY, Life, Step, minor, money
from tests.scenarios.tables import Differs

_MONEY, _DAY, _NAME = r"\d+\.\d\d", r"\d{4}-\d\d-\d\d", r"[A-Z]+-\d+"
_ROWS = rf"(?P<count>\d+) installments every (?P<unit>day|week|month), first due (?P<first>{_DAY})"

#: How it is said, and the op that plays it.
SAID = (
    ("life_place_late", (
        rf"The account of (?P<opened>{_DAY}) is placed with (?P<amount>{_MONEY}),"
        rf" of which (?P<late>{_MONEY}) is past due since (?P<since>{_DAY})"
    )),
    ("life_place_current", rf"The account is placed current with (?P<amount>{_MONEY})"),
    ("life_plan_on_terms", (
        rf"A plan is agreed(?: on (?P<dated>{_DAY}))?(?: over (?P<amount>{_MONEY}))?"
        rf"(?: at (?P<rate>\d+\.\d\d) % a year)?: {_ROWS}"
    )),
    ("life_charge_later", (
        rf"A (?P<kind>late fee|fee|penalty|cost) of (?P<amount>{_MONEY}) is charged,"
        rf" due (?P<due>{_DAY}) \((?P<name>{_NAME})\)"
    )),
    ("life_hold", (
        r"An? (?P<kind>military|bankruptcy|hardship|deceased) hold begins"
        rf"(?:, until (?P<end>{_DAY}))?"
    )),
    ("life_hold_over", r"The hold is over"),
    ("life_reported", (
        r"The credit report says (?P<status>\d\d)"
        rf"(?: \((?P<comment>[A-Z]{{2}})\))?, past due (?P<amount>{_MONEY})"
    )),
)  # fmt: skip

#: What can be seen of it.
SEEN = (
    (r"account past due (\d+) days?", "account.delinquency.past_due_days", "number"),
    (r"account overdue (\d+\.\d\d)", "account.delinquency.overdue_minor", "money"),
)


async def life_place_late(life: Life, step: Step) -> None:
    late = {"past_due_minor": minor(step["late"]), "delinquent_since_on": step["since"]}
    await _place(life, step, {"opened_on": step["opened"], **late})


async def life_place_current(life: Life, step: Step) -> None:
    await _place(life, step, {"opened_on": str(life.today), "past_due_minor": 0})


async def _place(life: Life, step: Step, more: Mapping[str, Any]) -> None:
    body = {
        "reference": life.reference,
        "currency": CURRENCY,
        "product": "closed_end",
        "balance": {"principal_minor": minor(step["amount"])},
        "policy": life.names.get("policy", "default"),
        **more,
    }
    life.account_id = (await life.api.post("/v1/accounts", body))["id"]


async def life_plan_on_terms(life: Life, step: Step) -> None:
    terms: dict[str, Any] = {
        "installment_count": int(step["count"]),
        "frequency": {"unit": step["unit"]},
        "first_due_on": step["first"],
    }
    if step.get("amount"):
        terms["amount_minor"] = minor(step["amount"])
    if step.get("rate"):
        terms["annual_rate_bps"] = minor(step["rate"])
    body = {"account_id": life.account_id, "terms": terms, "effective_on": step.get("dated")}
    life.plan_id = (await life.api.post("/v1/plans", body))["id"]


async def life_charge_later(life: Life, step: Step) -> None:
    body = {
        "kind": step["kind"].replace(" ", "_"),
        "amount_minor": minor(step["amount"]),
        "due_on": step["due"],
        "reference": f"{life.reference}-{step['name']}",
    }
    made = await life.api.post(f"/v1/accounts/{life.account_id}/charges", body)
    life.names[step["name"]] = made["id"]
    life.names[f"{step['name']} is"] = step["kind"]


async def life_hold(life: Life, step: Step) -> None:
    body = {
        "kind": step["kind"],
        "starts_on": str(life.today),
        "ends_on": step.get("end"),
        "reason": "as told",
    }
    held = await life.api.post(f"/v1/accounts/{life.account_id}/holds", body)
    life.names["hold"] = held["id"]


async def life_hold_over(life: Life, step: Step) -> None:
    where = f"/v1/accounts/{life.account_id}/holds/{life.names['hold']}/release"
    await life.api.post(where, {})


async def life_reported(life: Life, step: Step) -> None:
    """Status, special comment and the amount past due, as they would be furnished."""
    told = await life.api.get(f"/v1/accounts/{life.account_id}/credit-report")
    found = told["account_status"], told["special_comment"], money(told["past_due_minor"])
    if found != (step["status"], step.get("comment"), step["amount"]):
        raise Differs(f"the credit report says {found}")


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
