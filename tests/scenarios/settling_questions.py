"""Settlement cases: a part is offered for the whole, and paid or not; what stands then?

The case is lived day by day (`deals` reads what it says), and what the service tells of the
settlement, its 1099-C, the account and its credit report is held against what is expected.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from tests.scenarios.acts import SINCE, saved_policy
from tests.scenarios.client import Document, NotPlayable
from tests.scenarios.crediting import reported
from tests.scenarios.deals import Deal, Payment, deal_of, payments_of
from tests.scenarios.life import Life, Step, minor, money, understood
from tests.scenarios.tables import compare_one, recognized

Act = Callable[[Life], Awaitable[None]]

_CURRENCY = "USD"  # the threshold of 26 USC 6050P is in it
_NEVER_DAYS = 3650
_SAID = {
    "balance", "settlement_amount", "payments", "schedule", "expires_on", "offered_on",
    "accepted", "accepted_on", "grace_days", "tolerance", "void_on_default", "cure_days",
    "on_return", "clearing_days", "is_applicable_financial_entity", "charged_off", "collection",
}  # fmt: skip

#: What a case calls a state: a settlement's status here.
_STATES = {
    "OFFERED": "offered",
    "ACCEPTED": "accepted",
    "ACTIVE": "accepted",
    "REOPENED": "accepted",
    "SATISFIED": "satisfied",
    "VOID": "void",
    "VOIDED": "void",
    "EXPIRED": "expired",
}

#: What a case calls what is still owed of the whole debt, and money beyond what was to be paid.
_OWED = (
    "remaining_balance", "balance", "balance_due", "balance_owed", "balance_remaining",
    "outstanding_balance", "balance_reinstated", "reinstated_balance",
)  # fmt: skip
_BEYOND = ("overpayment", "overpaid", "refundable", "unapplied")
_CREDITED = ("credited", "payments_credited", "credited_to_balance")


def _is_a_settlement(said: Mapping[str, Any]) -> bool:
    return {"balance", "settlement_amount"} <= said.keys()


ASKED = (("settlement_question", _is_a_settlement),)


async def settlement_question(life: Life, step: Step) -> None:
    """Offer, accept and pay as the case says, day by day, and hold what is told against it."""
    said, expected = step["input"], step["expected"]
    understood(said, _SAID, what="input")
    payments = payments_of(said)
    deal = deal_of(said, payments)
    await life.move(deal.offered_on)
    await _place(life, said, await _policy(life, said))
    await _offer(life, deal, minor(said["settlement_amount"]))
    for on, act in _acts(deal, payments):
        if on <= deal.read_on:
            await life.move(on)
            await act(life)
    await life.move(deal.read_on)
    await _compare(life, expected, minor(said["balance"]))


# --- What is done ---------------------------------------------------------------------------


async def _policy(life: Life, said: Mapping[str, Any]) -> str:
    """The case's rules; what it says nothing of is not allowed for: no grace, no tolerance.

    A settlement that no default makes void has years of grace; money that has not cleared, years
    to do so.
    """
    voids = said.get("void_on_default", True)
    clearing = said.get("clearing_days") or {}
    days = clearing if isinstance(clearing, dict) else {"other": int(clearing)}
    rules = {
        "void_after_grace_days": int(said.get("grace_days") or 0) if voids else _NEVER_DAYS,
        "tolerance_minor": minor(said.get("tolerance") or 0),
        "cure_days": int(said.get("cure_days") or 0),
        "on_return": said.get("on_return") or "reopen",
        "clearing_days": {"check": _NEVER_DAYS, **days},
        "debt_relief": {"applicable_entity": said.get("is_applicable_financial_entity", True)},
    }
    document = {
        "extends": "unlimited",
        "effective_from": SINCE,
        "settlement": rules,
        "credit_report": {"collection": bool(said.get("collection"))},
    }
    return await saved_policy(life, document)


async def _place(life: Life, said: Mapping[str, Any], policy: str) -> None:
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": _CURRENCY,
            "balance": {"principal_minor": minor(said["balance"])},
            "charged_off_on": str(life.today) if said.get("charged_off") else None,
            "policy": policy,
        },
    )
    life.account_id = account["id"]


async def _offer(life: Life, deal: Deal, amount_minor: int) -> None:
    rows = [{"due_on": str(on), "amount_minor": part} for on, part in deal.rows]
    body = {
        "amount_minor": amount_minor,
        "terms": {"installments": rows},
        "expires_on": str(deal.expires_on),
    }
    made = await life.api.post(f"/v1/accounts/{life.account_id}/settlement-offers", body)
    life.settlement_id = made["id"]


def _acts(deal: Deal, payments: list[Payment]) -> list[tuple[date, Act]]:
    """What happens after the offer, by day; on one day as the debtor would."""
    acts: list[tuple[date, Act]] = [(deal.accepted_on, _accept)] if deal.accepted_on else []
    acts += [(one.on, _pay(one, str(n))) for n, one in enumerate(payments)]
    acts += [
        (one.returned_on, _return(str(n))) for n, one in enumerate(payments) if one.returned_on
    ]
    return sorted(acts, key=lambda one: one[0])


async def _accept(life: Life) -> None:
    await life.api.post(f"/v1/settlement-offers/{life.settlement_id}/accept", {})


def _pay(payment: Payment, name: str) -> Act:
    async def act(life: Life) -> None:
        body = {
            "account_id": life.account_id,
            "reference": life.new_reference("payment"),
            "amount_minor": payment.amount_minor,
            "currency": _CURRENCY,
            "method": payment.method,
        }
        life.names[name] = (await life.api.post("/v1/payments", body))["id"]

    return act


def _return(name: str) -> Act:
    async def act(life: Life) -> None:
        await life.api.post(f"/v1/payments/{life.names[name]}/reversals", {"reason_code": "R01"})

    return act


# --- What is seen ---------------------------------------------------------------------------


async def _compare(life: Life, expected: Mapping[str, Any], placed_minor: int) -> None:
    found, account = await life.settlement({}), await life.account({})
    relief = await life.api.get(f"/v1/settlement-offers/{life.settlement_id}/debt-relief")
    ours = {
        "state": _state(expected.get("state"), found["status"], relief),
        **_figures(found, account, placed_minor),
        **_discharge(relief),
        "metro2": None,
    }
    recognized(expected, ours, what="expected")
    shown = {name: said for name, said in expected.items() if name != "metro2"}
    compare_one(shown, ours, what="the settlement")
    if expected.get("metro2"):
        report = await reported(life)
        recognized(expected["metro2"], report, what="expected.metro2")
        compare_one(expected["metro2"], report, what="the credit report")


def _state(said: object, status: str, relief: Document) -> str:
    """The status in the case's own word for it, where that means it."""
    if said is not None and said not in _STATES:
        raise NotPlayable(f"a settlement that is {said}")
    again = bool(relief["told"]) and relief["told"][-1]["forgiven_minor"] is None
    meant = _STATES.get(str(said)) == status and (said != "REOPENED" or again)
    return str(said) if meant else status.upper()


def _figures(found: Document, account: Document, placed_minor: int) -> dict[str, Any]:
    owed, forgiven = account["balance"]["total_minor"], found["forgiven_minor"]
    figures = {
        "forgiven": forgiven,
        "remaining_to_settle": found["remaining_minor"],
        **dict.fromkeys(_OWED, owed),
        **dict.fromkeys(_BEYOND, account["unapplied_minor"]),
        **dict.fromkeys(_CREDITED, placed_minor - owed - forgiven),
    }
    days = ("accepted_on", "satisfied_on", "voided_on")
    return {name: money(amount) for name, amount in figures.items()} | {
        name: found[name] for name in days
    }


def _discharge(relief: Document) -> dict[str, Any]:
    """The figures of a 1099-C; without a discharge there is none to file."""
    told = relief["discharge"]
    if told is None:
        none = {"form_1099c": False, "client_feed": False, "reportable": False}
        return {**none, "event_code": None, "tax_year": None}
    names = ("form_1099c", "client_feed", "reportable", "event_code", "tax_year")
    return {name: told[name] for name in names}
