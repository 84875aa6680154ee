"""Allocation cases: where the cents of a payment go, asked of a plan that looks like the case's.

A plan of explicit installments holds the principal of the case's rows; fees, costs, penalties
and the interest of rows that are due by then are charged to it. Interest of a later row is not
earned yet and no charge: "Interest on a plan", lets money ahead pay none of it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.scenarios.acts import SINCE, saved_policy
from tests.scenarios.client import Document, NotPlayable, Refused
from tests.scenarios.life import CURRENCY, Life, Step, minor, money, understood
from tests.scenarios.tables import Differs, compare, compare_one

#: What a case calls a component: ours in a policy's order and as a charge, and as a cell.
_NAMES = {
    "costs": ("cost", "costs"),
    "fee": ("fee", "fees"),
    "penalty": ("penalty", "penalties"),
    "interest": ("interest", "interest"),
    "principal": ("principal", "principal"),
}
_ALIASES = {"cost": "costs", "fees": "fee", "penalties": "penalty"}
_UNEARNED = (
    "set aside: Interest on a plan: money ahead pays no unearned interest; that of row {} would be"
)
_DAY = timedelta(days=1)


def _pours(said: Mapping[str, Any]) -> bool:
    return {"installments", "component_order", "amount"} <= said.keys()


def _bears_a_late_fee(said: Mapping[str, Any]) -> bool:
    return {"unpaid_late_fee", "installment", "payment"} <= said.keys()


def _re_ages(said: Mapping[str, Any]) -> bool:
    return {"outstanding", "start", "installments", "frequency"} <= said.keys()


def _is_a_card(said: Mapping[str, Any]) -> bool:
    return {"balances", "minimum"} <= said.keys()


def _is_a_payoff(said: Mapping[str, Any]) -> bool:
    return {"principal", "annual_rate", "payments", "as_of"} <= said.keys()


ASKED = (
    ("allocation_question", _pours),
    ("late_fee_question", _bears_a_late_fee),
    ("re_age_question", _re_ages),
    ("card_question", _is_a_card),
    ("payoff_question", _is_a_payoff),
)


# --- Where a payment goes -------------------------------------------------------------------


async def allocation_question(life: Life, step: Step) -> None:
    """Pay on a plan of the case's rows, and hold the allocations against the expected ones."""
    said, expected = step["input"], step["expected"]
    known = {"amount", "as_of", "installments", "component_order", "mode", "future", "kind"}
    understood(said, known, what="input")
    understood(expected, {"allocations", "unapplied"}, what="expected")
    as_of = date.fromisoformat(said["as_of"])
    rows = [_row(one) for one in said["installments"]]
    wanted = {str(n): _cells(cells) for n, cells in expected["allocations"].items()}
    for row in rows:
        if row["due"] > as_of and wanted.get(row["n"], {}).get("interest"):
            raise NotPlayable(_UNEARNED.format(row["n"]))
    numbers = await _build(life, rows, said, as_of=as_of)
    await life.move(as_of)
    posted = await _paid(life, said["amount"], said.get("future"), said.get("kind"))
    went = _went(posted, numbers)
    for number in dict.fromkeys([*wanted, *went]):
        theirs = {"n": number, **_shown(wanted.get(number, {}))}
        ours = {"n": number, **_shown(went.get(number, {}))}
        compare([theirs], [ours], columns=("n", *_NAMES), what="allocations")
    if "unapplied" in expected:
        left = {"unapplied": money(posted["unapplied_minor"])}
        compare_one({"unapplied": expected["unapplied"]}, left, what="the rest")


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    understood(one, {"n", "due", *_NAMES, *_ALIASES}, what="input.installments")
    cells = _cells({name: value for name, value in one.items() if name not in {"n", "due"}})
    return {"n": str(one["n"]), "due": date.fromisoformat(one["due"]), "cells": cells}


def _cells(texts: Mapping[str, Any]) -> dict[str, int]:
    """Minor units by the case's own name of a component, what is 0 left out."""
    cells = {_named(name): minor(text) for name, text in texts.items()}
    return {name: amount for name, amount in cells.items() if amount}


def _named(component: str) -> str:
    name = _ALIASES.get(component, component)
    if name not in _NAMES:
        raise NotPlayable(f"a component named {component}")
    return name


def _shown(cells: Mapping[str, int]) -> dict[str, str]:
    return {name: money(cells.get(name, 0)) for name in _NAMES}


async def _build(
    life: Life, rows: list[dict[str, Any]], said: Mapping[str, Any], *, as_of: date
) -> dict[str, str]:
    """The account, the plan and its charges; the case's number of a row by our row's id."""
    dues = [row["due"] for row in rows]
    if len(set(dues)) < len(dues):
        raise NotPlayable("two installments due on one day")
    if any("principal" not in row["cells"] for row in rows):
        raise NotPlayable("an installment without principal")
    await life.move(min(*dues, as_of) - _DAY)
    await _place(life, [row["cells"]["principal"] for row in rows], await _policy(life, said))
    plan = await _agree(life, [(row["due"], row["cells"]["principal"]) for row in rows])
    for row in rows:
        for component, amount in row["cells"].items():
            earned = component != "interest" or row["due"] <= as_of
            if component != "principal" and earned:
                await _charge(life, _NAMES[component][0], amount, row["due"])
    ids = {one["due_on"]: one["id"] for one in plan["installments"]}
    return {ids[row["due"].isoformat()]: row["n"] for row in rows}


async def _policy(life: Life, said: Mapping[str, Any]) -> str:
    order = [_NAMES[_named(component)][0] for component in said["component_order"]]
    order += [name for name, _ in _NAMES.values() if name not in order]
    rules = {"components": order, "order": said.get("mode") or "horizontal"}
    document = {"extends": "unlimited", "effective_from": SINCE, "allocation": rules}
    return await saved_policy(life, document)


def _went(posted: Document, numbers: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Our allocations by the case's number of a row and name of a component."""
    names = {cell: name for name, (_, cell) in _NAMES.items()}
    went: dict[str, dict[str, int]] = {}
    for part in posted["allocations"]:
        number = numbers.get(part["installment_id"], "beside the plan")
        cells = went.setdefault(number, {})
        name = names[part["cell"] or part["component"]]
        cells[name] = cells.get(name, 0) + part["amount_minor"]
    return went


# --- Late fees ------------------------------------------------------------------------------


async def late_fee_question(life: Life, step: Step) -> None:
    """May this installment bear a late fee, with an earlier late fee unpaid? (16 CFR 444.4.)

    The month before is paid late: the fee for it stands on this month's row.
    """
    said, expected = step["input"], step["expected"]
    understood(said, {"unpaid_late_fee", "installment", "payment", "paid_on_time"}, what="input")
    understood(expected, {"late_fee_allowed"}, what="expected")
    if not said.get("paid_on_time", True):
        raise NotPlayable("a late fee for a late payment, which no rule on earlier fees forbids")
    before, this = date(2026, 1, 15), date(2026, 2, 15)
    due, fee = minor(said["installment"]), minor(said["unpaid_late_fee"])
    await life.move(before - _DAY)
    await _place(life, [due, due], "unlimited")
    plan = await _agree(life, [(before, due), (this, due)])
    earlier, row = (one["id"] for one in plan["installments"])
    await life.move(before + _DAY)
    if fee:
        await _charge(life, "late_fee", fee, this, for_installment=earlier)
    await _paid(life, said["installment"])
    await life.move(this)
    if minor(said["payment"]):
        await _paid(life, said["payment"])
    await life.move(this + _DAY)
    try:
        await _charge(life, "late_fee", max(fee, 1), this + _DAY, for_installment=row)
        allowed = True
    except Refused as refusal:
        if refusal.problem != "late-fee-pyramiding":
            raise
        allowed = False
    if allowed is not expected["late_fee_allowed"]:
        raise Differs(f"late_fee_allowed is {allowed}, not {expected['late_fee_allowed']}")


# --- A re-age -------------------------------------------------------------------------------

_UNITS = {"weekly": ("week", 1), "biweekly": ("week", 2), "monthly": ("month", 1)}


async def re_age_question(life: Life, step: Step) -> None:
    """What is outstanding, all of it overdue, moved to new installments from `start`."""
    said, expected = step["input"], step["expected"]
    known = {"outstanding", "start", "installments", "frequency", "interest"}
    understood(said, known, what="input")
    shown = {"installment", "dates", "old_installments_due", "delinquency_after"}
    understood(expected, shown, what="expected")
    if said["frequency"] not in _UNITS:
        raise NotPlayable(f"frequency {said['frequency']}")
    start, total = date.fromisoformat(said["start"]), minor(said["outstanding"])
    late = start - 45 * _DAY
    await life.move(late - _DAY)
    await _place(life, [total], "unlimited")
    await _agree(life, [(late, total)])
    await life.move(start - 10 * _DAY)
    unit, every = _UNITS[said["frequency"]]
    body = {
        "kind": "standard",
        "first_due_on": said["start"],
        "installment_count": int(said["installments"]),
        "frequency": {"every": every, "unit": unit},
        "reason": "agreed",
        "documented_ability": True,
    }
    await life.api.post(f"/v1/plans/{life.plan_id}/re-ages", body)
    plan = await life.plan({})
    old = [row for row in plan["installments"] if row["due_on"] < said["start"]]
    new = [row for row in plan["installments"] if row["due_on"] >= said["start"]]
    theirs = [{"due": on, "amount": expected["installment"]} for on in expected["dates"]]
    ours = [{"due": row["due_on"], "amount": money(row["amount_minor"])} for row in new]
    compare(theirs, ours, columns=("due", "amount"), what="the new installments")
    bucket = plan["delinquency"]["bucket"]
    after = {
        "old_installments_due": money(sum(row["outstanding_minor"] for row in old)),
        "delinquency_after": "none" if bucket == "current" else bucket,
    }
    told = {name: expected[name] for name in after if name in expected}
    compare_one(told, after, what="after the re-age")


# --- What no endpoint is asked --------------------------------------------------------------


async def card_question(life: Life, step: Step) -> None:
    raise NotPlayable("a card's balances by rate: an account here is one balance at one rate")


async def payoff_question(life: Life, step: Step) -> None:
    raise NotPlayable("a payoff by the day between due dates: plans earn interest on due dates")


# --- The acts -------------------------------------------------------------------------------


async def _place(life: Life, principal: list[int], policy: str) -> None:
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": "other",
            "opened_on": str(life.today),
            "balance": {"principal_minor": sum(principal)},
            "past_due_minor": 0,
            "policy": policy,
        },
    )
    life.account_id = account["id"]


async def _agree(life: Life, rows: list[tuple[date, int]]) -> Document:
    installments = [{"due_on": on.isoformat(), "amount_minor": due} for on, due in sorted(rows)]
    body = {"account_id": life.account_id, "terms": {"installments": installments}}
    plan = await life.api.post("/v1/plans", body)
    life.plan_id = plan["id"]
    return plan


async def _charge(
    life: Life, kind: str, amount_minor: int, due_on: date, *, for_installment: str | None = None
) -> None:
    body = {
        "kind": kind,
        "amount_minor": amount_minor,
        "due_on": due_on.isoformat(),
        "plan_id": life.plan_id,
        "for_installment": for_installment,
    }
    await life.api.post(f"/v1/accounts/{life.account_id}/charges", body)


async def _paid(
    life: Life, amount: object, future: str | None = None, kind: str | None = None
) -> Document:
    return await life.api.post(
        "/v1/payments",
        {
            "account_id": life.account_id,
            "reference": life.new_reference("payment"),
            "amount_minor": minor(amount),
            "currency": CURRENCY,
            "kind": kind,
            "future": future,
        },
    )
