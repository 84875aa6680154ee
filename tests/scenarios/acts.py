"""How a case begins: its clock, its policy, what is paid out, and the plan over it."""

import hashlib
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from tests.scenarios.client import Document, NotPlayable, Unknown
from tests.scenarios.life import CURRENCY, Entry, Life, Step, minor, understood
from tests.scenarios.payments import is_advanced, pay

_UNITS = {"DAYS": ("day", 1), "WEEKS": ("week", 1), "MONTHS": ("month", 1), "YEARS": ("month", 12)}
_MONTH_END = {"LAST_DAY_OF_MONTH": "last_day", "FIRST_DAY_OF_NEXT_MONTH": "first_of_next"}
_COMPONENTS = ("penalt", "fee", "interest", "principal")
_COMPONENT_NAMES = {
    "penalt": "penalty", "fee": "fee", "interest": "interest", "principal": "principal",
}  # fmt: skip
_PLAN_SAYS = {
    "product", "principal", "submitted_on", "installments", "every", "unit", "payment_strategy",
    "product_facts", "grace_on_arrears_days", "first_due_on", "strategy", "approved_on",
    "client", "external_id", "business_date", "buckets", "terms", "expected_disbursement",
}  # fmt: skip
_PRODUCT_SAYS = {
    "down_payment_pct", "auto_down_payment", "installment_amount_multiple_of", "allocation",
    "installment_level_delinquency",
}  # fmt: skip
#: What a plan does without: interest of 0, no grace on principal. It is no wish of its own.
_NOTHING = (None, False, 0, "", "0", "0.00", "false")
SINCE = "1990-01-01"


def frequency(every: int, unit: str) -> dict[str, Any]:
    """`every` 15 `DAYS` as terms say it."""
    name, times = _UNITS[unit.upper()]
    return {"every": int(every) * times, "unit": name}


async def business_date(life: Life, step: Step) -> None:
    understood(step, {"date"}, what="business_date")
    life.told = date.fromisoformat(step["date"])
    await life.move(life.told)


async def set_future_allocation_rule(life: Life, step: Step) -> None:
    said = {"transaction_type", "type", "rule"}
    understood(step, said, what="set_future_allocation_rule")
    type_ = step.get("transaction_type") or step.get("type") or "DEFAULT"
    life.rules[str(type_).upper().replace(" ", "_")] = str(step["rule"]).upper()


async def create_plan(life: Life, step: Step) -> None:
    """Nothing yet: the agreement binds when the money is paid out."""
    if life.agreed:
        raise NotPlayable("create_plan (a second one)")
    facts = step.get("product_facts") or {}
    understood(_wishes(step, _PLAN_SAYS), _PLAN_SAYS, what="create_plan")
    understood(_wishes(facts, _PRODUCT_SAYS), _PRODUCT_SAYS, what="create_plan.product_facts")
    life.agreed = {**step, "product_facts": facts, "rules": dict(life.rules)}
    if step.get("buckets"):
        life.buckets = buckets_of(step["buckets"])
    if step.get("business_date") or life.today is None:
        await life.move(date.fromisoformat(step.get("business_date") or step["submitted_on"]))


def _wishes(said: Step, known: set[str]) -> dict[str, Any]:
    """What a plan asks for, without what it expressly does not."""
    return {k: v for k, v in said.items() if k in known or v not in _NOTHING}


def buckets_of(said: list[Step]) -> list[dict[str, Any]]:
    """The ranges of delinquent days a case names, in order. Raises `Unknown`."""
    names = {"min": ("min", "from", "from_days"), "max": ("max", "to", "to_days")}
    read = []
    for one in said:
        understood(one, {"name", *(n for all_ in names.values() for n in all_)}, what="buckets")
        ends = {end: next((one[n] for n in all_ if n in one), None) for end, all_ in names.items()}
        read.append({"name": one["name"], **ends})
    return sorted(read, key=lambda bucket: bucket["min"])


async def disburse(life: Life, step: Step) -> None:
    """The account is placed with what was paid out, and the plan opens on the same day."""
    understood(step, {"date", "amount", "business_date", "external_id"}, what="disburse")
    if life.account_id:
        raise NotPlayable("disburse (a second one): an account is placed once")
    if not life.agreed:
        raise Unknown("disburse before create_plan")
    today = await life.take_up(step)
    on = date.fromisoformat(step["date"]) if step.get("date") else today
    balance = dict.fromkeys(("interest", "fees", "penalties", "costs"), 0)
    balance["principal"] = minor(step["amount"])
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": "other",
            "opened_on": on.isoformat(),
            "effective_on": life.dated(step, "date"),
            "balance": {f"{name}_minor": amount for name, amount in balance.items()},
            "past_due_minor": 0,
            "policy": await _policy(life),
        },
    )
    life.account_id = account["id"]
    body = {"account_id": life.account_id, "terms": _terms(life.agreed)}
    plan = await life.api.post("/v1/plans", {**body, "effective_on": life.dated(step, "date")})
    life.plan_id = plan["id"]
    life.entries.append(Entry("Disbursement", on, minor(step["amount"])))
    life.judge()
    first = plan["installments"][0]
    if life.agreed["product_facts"].get("auto_down_payment") and first["kind"] == "down_payment":
        await pay(life, "DOWN_PAYMENT", first["amount_minor"], on)


async def scheduled(life: Life) -> Document:
    """The plan as it would be, before the money is paid out: what a schedule shows, unpaid."""
    on, terms = paid_out_on(life), _terms(life.agreed)
    asked = {"amount_minor": minor(life.agreed["principal"]), **terms}
    body = {"currency": CURRENCY, "terms": asked, "starts_on": on}
    told = await life.api.post("/v1/schedules", body)
    none = ("fees", "penalties", "costs", "paid", "paid_in_advance", "paid_late")
    rows = [
        {
            **row,
            **{f"{name}_minor": 0 for name in none},
            "outstanding_minor": row["amount_minor"],
            "satisfied_on": None,
            "id": f"row {row['number']}",
        }
        for row in told["installments"]
    ]
    total = told["total_minor"]
    sums = {"total_minor": total, "paid_minor": 0, "outstanding_minor": total}
    return {"installments": rows, "revision": 1, **sums}


def paid_out_on(life: Life) -> str:
    """The day a plan is to begin that has not begun."""
    return str(life.agreed.get("expected_disbursement") or life.agreed["submitted_on"])


async def _policy(life: Life) -> str:
    """The name of a policy with this case's grace, buckets and order; made where it is new."""
    facts, product = life.agreed["product_facts"], life.agreed.get("product") or ""
    said = str(facts.get("allocation") or "advanced").lower()
    due, _, ahead = re.sub(r"in[ _-]advance", "|", said).partition("|")
    if not _named_in(due) and not is_advanced(life.agreed):
        raise Unknown(f"create_plan.product_facts.allocation {said}")
    vertical = "vertical" in said or "VERTICAL" in product.upper()
    document = {
        "extends": "unlimited",
        "effective_from": SINCE,
        "grace_days": int(life.agreed.get("grace_on_arrears_days") or 0),
        "buckets": _without_gaps(life.buckets),
        "allocation": {
            "components": _order(due),
            **({"in_advance": _order(ahead)} if len(_named_in(ahead)) > 1 else {}),
            "order": "vertical" if vertical else "horizontal",
        },
    }
    return await saved_policy(life, document)


def _named_in(said: str) -> list[str]:
    """The components a product's order names, in that order."""
    return [w for _, w in sorted((said.find(w), w) for w in _COMPONENTS if w in said)]


def _order(said: str) -> list[str]:
    """All components, those first that are named; the usual order where none or one is."""
    named = _named_in(said)
    first = named if len(named) > 1 else []
    rest = [word for word in _COMPONENTS if word not in first]
    return [*(_COMPONENT_NAMES[word] for word in [*first, *rest]), "cost"]


#: What a range is called here that a case leaves out, between two of its own or after the last.
NO_RANGE = "no range"


def _without_gaps(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A case's ranges as a policy has them: day after day, and the last without an end."""
    made: list[dict[str, Any]] = []
    for one in said:
        if made and one["min"] != made[-1]["to_days"] + 1:
            gap = {"from_days": made[-1]["to_days"] + 1, "to_days": one["min"] - 1}
            made.append({"name": f"{NO_RANGE} {len(made)}", **gap})
        made.append({"name": one["name"], "from_days": one["min"], "to_days": one["max"]})
    if made[-1]["to_days"] is not None:
        rest = {"from_days": made[-1]["to_days"] + 1, "to_days": None}
        made.append({"name": f"{NO_RANGE} {len(made)}", **rest})
    return made


async def saved_policy(life: Life, document: dict[str, Any]) -> str:
    """Save a policy under a name made of what it says, once a run."""
    said = json.dumps(document, sort_keys=True).encode()
    name = f"play-{hashlib.sha256(said).hexdigest()[:16]}"
    if name not in life.api.policies:
        await life.api.put(f"/v1/policies/{name}", {"name": name, **document})
        life.api.policies.add(name)
    return name


def _terms(agreed: Step) -> dict[str, Any]:
    facts = agreed["product_facts"]
    multiple = facts.get("installment_amount_multiple_of")
    share = Decimal(str(facts.get("down_payment_pct") or 0))
    terms: dict[str, Any] = {
        "installment_count": int(agreed["installments"]),
        "frequency": frequency(agreed["every"], agreed["unit"]),
    }
    if multiple:
        terms["rounding_unit_minor"] = minor(multiple)
    if share:
        terms["down_payment_bps"] = int(share * 100)
    if agreed.get("first_due_on"):
        terms["first_due_on"] = agreed["first_due_on"]
    if agreed.get("strategy"):
        terms["month_end"] = _MONTH_END[agreed["strategy"]]
    return {**terms, **(agreed.get("terms") or {})}
