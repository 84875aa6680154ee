"""Playing what a life tells: its sentences as calls of the API, its tables as comparisons."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.scenarios import (
    agreeing,
    closings,
    forbearing,
    hardship,
    negotiation,
    office,
    reaching,
    reaging,
    settling,
)
from tests.scenarios.acts import SINCE, saved_policy
from tests.scenarios.client import Document, Refused
from tests.scenarios.life import CURRENCY, Life, Step, minor, money
from tests.scenarios.tables import Differs, compare

_ROW: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "No": ("number", str),
    "Kind": ("kind", str),
    "Due": ("due_on", str),
    "Amount": ("amount_minor", money),
    "Principal": ("principal_minor", money),
    "Interest": ("interest_minor", money),
    "Fees": ("fees_minor", money),
    "Penalties": ("penalties_minor", money),
    "Costs": ("costs_minor", money),
    "Paid": ("paid_minor", money),
    "In advance": ("paid_in_advance_minor", money),
    "Late": ("paid_late_minor", money),
    "Open": ("outstanding_minor", money),
    "Satisfied": ("satisfied_on", lambda value: value),
    "Status": ("status", str),
}
_COMPONENTS = ("principal", "interest", "fees", "penalties", "costs")


async def life_policy(life: Life, step: Step) -> None:
    life.names["policy"] = step["name"]
    changes: dict[str, Any] = {}
    if step.get("grace") is not None:
        changes["grace_days"] = int(step["grace"])
    if step.get("never"):
        limits = ("max_missed", "max_consecutive_missed", "max_delinquent_days")
        changes["broken"] = dict.fromkeys(limits)
    if step.get("undo"):
        changes["re_age"] = {"on_return": "undo"}
    if changes:
        document = {"extends": step["name"], "effective_from": SINCE, **changes}
        life.names["policy"] = await saved_policy(life, document)


async def life_place(life: Life, step: Step) -> None:
    """`900.00`, or by component: `840.00 principal and 60.00 fees`."""
    balance = dict.fromkeys(_COMPONENTS, 0)
    for amount, component in re.findall(r"(\d+\.\d\d)(?: (\w+))?", step["parts"]):
        balance[component if component in balance else "principal"] += minor(amount)
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": "invoice",
            "opened_on": str(life.today),
            "balance": {f"{name}_minor": amount for name, amount in balance.items()},
            "policy": life.names.get("policy", "default"),
        },
    )
    life.account_id = account["id"]


async def life_plan(life: Life, step: Step) -> None:
    terms: dict[str, Any] = {
        "installment_count": int(step["count"]),
        "frequency": {"every": int(step.get("every") or 1), "unit": step["unit"]},
        "first_due_on": step["first"],
    }
    if step.get("down"):
        terms["down_payment_minor"] = minor(step["down"])
    plan = await life.api.post("/v1/plans", {"account_id": life.account_id, "terms": terms})
    life.plan_id = plan["id"]


async def life_pay(life: Life, step: Step) -> None:
    posted = await life.api.post(
        "/v1/payments",
        {
            "account_id": life.account_id,
            "reference": f"{life.reference}-{step['name']}",
            "amount_minor": minor(step["amount"]),
            "currency": CURRENCY,
            "effective_on": step.get("dated"),
            "kind": "goodwill" if step.get("kind") else None,
        },
    )
    life.names[step["name"]] = posted["id"]


async def life_return(life: Life, step: Step) -> None:
    body = {"reason_code": step["code"], "reference": f"{life.reference}-{step['name']}-return"}
    await life.api.post(f"/v1/payments/{life.names[step['name']]}/reversals", body)


async def life_charge(life: Life, step: Step) -> None:
    made = await life.api.post(
        f"/v1/accounts/{life.account_id}/charges",
        {
            "kind": step["kind"].replace(" ", "_"),
            "amount_minor": minor(step["amount"]),
            "reference": f"{life.reference}-{step['name']}",
            "due_on": step.get("due"),
            "plan_id": life.plan_id if step.get("joins") else None,
        },
    )
    life.names[step["name"]] = made["id"]
    life.names[f"{step['name']} is"] = step["kind"]


async def life_waive(life: Life, step: Step) -> None:
    component = {"penalty": "penalties", "cost": "costs"}
    await life.api.post(
        f"/v1/accounts/{life.account_id}/adjustments",
        {
            "component": component.get(life.names[f"{step['name']} is"], "fees"),
            "amount_minor": minor(step["amount"]),
            "charge_id": life.names[step["name"]],
            "reason": "waived",
        },
    )


async def life_uncharge(life: Life, step: Step) -> None:
    await life.api.post(f"/v1/charges/{life.names[step['name']]}/reversals", {"reason": "error"})


async def life_dispute(life: Life, step: Step) -> None:
    held = await life.api.post(
        f"/v1/accounts/{life.account_id}/holds",
        {"kind": "dispute", "starts_on": str(life.today), "reason": "the debtor disputes it"},
    )
    life.names["dispute"] = held["id"]


async def life_release(life: Life, step: Step) -> None:
    hold = life.names["dispute"]
    await life.api.post(f"/v1/accounts/{life.account_id}/holds/{hold}/release", {})


async def life_cancel(life: Life, step: Step) -> None:
    await life.api.post(f"/v1/plans/{life.plan_id}/cancel", {"reason": "as agreed"})


async def life_refused(life: Life, step: Step) -> None:
    """The service must refuse this, by that name."""
    try:
        await OPS[step["act"]["op"]](life, step["act"])
    except Refused as refusal:
        if refusal.problem == step["problem"]:
            return
        raise
    raise Differs(f"it was possible; {step['problem']} was expected")


async def life_see(life: Life, step: Step) -> None:
    """Figures of the account and its latest plan, those the sentence names."""
    documents: dict[str, Document] = {}
    for one in step["seen"]:
        which, *path = one["path"].split(".")
        if which not in documents:
            documents[which] = await getattr(life, which)(step)
        found: Any = documents[which]
        for name in path:
            found = found[name]
        shown = money(found) if one["kind"] == "money" else str(found)
        if found is None:
            shown = "nothing"
        if shown != one["value"]:
            raise Differs(f"«{step['said']}»: {one['path']} is {shown}, not {one['value']}")


async def life_see_rows(life: Life, step: Step) -> None:
    plan = await life.plan({})
    mine = [
        {column: read(row[name]) for column, (name, read) in _ROW.items()}
        for row in plan["installments"]
    ]
    rows = [{c: None if cell == "-" else cell for c, cell in row.items()} for row in step["rows"]]
    compare(rows, mine, columns=_ROW, what="the schedule")


#: The ops of this module and of negotiations by name; a life's own and no step file's.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    **{name: op for name, op in globals().items() if name.startswith("life_")},
    **forbearing.OPS,
    **negotiation.OPS,
    **office.OPS,
    **reaching.OPS,
    **reaging.OPS,
    **settling.OPS,
    **closings.OPS,
    **hardship.OPS,
    **agreeing.OPS,
}
