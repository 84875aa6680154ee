"""Money in a case: paid, taken back, charged back, refunded."""

from datetime import date

from tests.scenarios.client import Unknown
from tests.scenarios.life import CURRENCY, Entry, Life, Step, minor, understood
from tests.scenarios.selecting import DAYS, NAMED, matching, said_of, select

_FUTURE = {"NEXT_INSTALLMENT": "next", "LAST_INSTALLMENT": "last", "REAMORTIZATION": "reamortize"}
#: What each type of transaction is called in a case's tables, and what kind of payment it is here.
_PAYMENTS = {
    "REPAYMENT": ("Repayment", "repayment"),
    "DOWN_PAYMENT": ("Down Payment", "repayment"),
    "GOODWILL_CREDIT": ("Goodwill Credit", "goodwill"),
    "MERCHANT_ISSUED_REFUND": ("Merchant Issued Refund", "merchant_refund"),
    "PAYOUT_REFUND": ("Payout Refund", "merchant_refund"),
    "CHARGE_ADJUSTMENT": ("Charge Adjustment", "goodwill"),
}
_THEIR_RULES = {
    "GOODWILL_CREDIT": "LAST_INSTALLMENT",
    "MERCHANT_ISSUED_REFUND": "REAMORTIZATION",
    "PAYOUT_REFUND": "NEXT_INSTALLMENT",
}
_OUR_RULES = {"repayment": "next", "goodwill": "last", "merchant_refund": "reamortize"}


async def payment(life: Life, step: Step) -> None:
    said = {"type", "method", "date", "amount", "business_date", "external_id"}
    understood(step, said, what="payment")
    await life.take_up(step)
    type_ = "_".join(str(step.get("type") or "REPAYMENT").upper().split())
    if type_ == "CREDIT_BALANCE_REFUND":
        await refund(life, {"op": "refund", "date": step["date"], "amount": step["amount"]})
        return
    on = date.fromisoformat(step["date"]) if step.get("date") else life.today
    await pay(life, type_, minor(step["amount"]), on)


async def pay(life: Life, type_: str, amount_minor: int, on: date) -> None:
    if type_ not in _PAYMENTS:
        raise Unknown(f"payment of type {type_}")
    if not life.account_id:
        raise Unknown("a payment before anything was paid out")
    label, kind = _PAYMENTS[type_]
    named = _rule(life, type_)
    if named not in _FUTURE:
        raise Unknown(f"the rule {named} for money ahead")
    rule = _FUTURE[named]
    posted = await life.api.post(
        "/v1/payments",
        {
            "account_id": life.account_id,
            "reference": life.new_reference("payment"),
            "amount_minor": amount_minor,
            "currency": CURRENCY,
            "effective_on": on.isoformat() if on != life.today else None,
            "method": "other",
            "kind": kind,
            "future": rule if rule != _OUR_RULES[kind] else None,
            "funded_by": "institution" if kind == "goodwill" else None,
        },
    )
    life.entries.append(Entry(label, on, amount_minor, posted["id"]))
    life.changed |= on != life.today
    life.judge(even_paused=True)


def _rule(life: Life, type_: str) -> str:
    """Where money ahead of schedule goes; a plain order knows one place only, the next row.

    The orders `advanced` and `advanced, vertical` leave each kind the rule of its own.
    """
    rules = life.agreed["rules"]
    if not is_advanced(life.agreed):
        return "NEXT_INSTALLMENT"
    default = _THEIR_RULES.get(type_) or rules.get("DEFAULT", "NEXT_INSTALLMENT")
    return rules.get(type_, default)


def is_advanced(agreed: Step) -> bool:
    """Whether a product splits money by rules of its own, and by no plain order."""
    said = str(agreed["product_facts"].get("allocation") or "advanced")
    return said.lower().startswith("advanced")


async def reverse_transaction(life: Life, step: Step) -> None:
    """Take back what the selector names. `on` is the day it was made, else that of the act.

    Besides payments and chargebacks: a re-age or a re-amortization, which is undone.
    """
    said = {*NAMED, "on", "date", "kind", "type", "nth", "last", "made_on", "business_date"}
    understood(step, said, what="reverse_transaction")
    await life.take_up(step)
    meant = said_of(step) | {
        name: step[name] for name in ("kind", "type", "nth", "last", "made_on") if step.get(name)
    }
    dated = life.dated(step, "on", "date")
    day = step.get("on") or step.get("date")
    if day and not any(name in meant for name in DAYS):
        made_then = {**meant, "made_on": day}
        if matching(life, made_then):
            meant, dated = made_then, None
    await _take_back(life, select(life, meant), dated)
    life.changed = True
    life.judge()


async def _take_back(life: Life, entry: Entry, on: str | None) -> None:
    entry.undone = True
    if entry.type == "Re-age":
        await life.api.post(f"/v1/plans/{life.plan_id}/re-ages/{entry.id}/undo", {})
        life.re_ages.remove(str(entry.id))
    elif entry.type == "Re-amortize":
        await life.api.post(f"/v1/plans/{life.plan_id}/revisions/{entry.id}/undo", {})
    elif entry.type == "Chargeback":
        await life.api.post(f"/v1/chargebacks/{entry.id}/reversals", {})
    else:
        body = {"reason_code": "UNDO", "reference": life.new_reference("reversal")}
        body["effective_on"] = on
        await life.api.post(f"/v1/payments/{entry.id}/reversals", body)


async def chargeback(life: Life, step: Step) -> None:
    said = {"method", "date", "amount", *NAMED, "business_date", "external_id"}
    understood(step, said, what="chargeback")
    await life.take_up(step)
    entry = select(life, said_of(step))
    on = date.fromisoformat(step["date"]) if step.get("date") else life.today
    made = await life.api.post(
        f"/v1/payments/{entry.id}/chargebacks",
        {
            "amount_minor": minor(step["amount"]),
            "effective_on": on.isoformat(),
            "reason_code": "10.4",
            "reference": life.new_reference("chargeback"),
        },
    )
    life.entries.append(Entry("Chargeback", on, minor(step["amount"]), made["id"]))
    life.changed |= on != life.today
    life.judge()


async def refund(life: Life, step: Step) -> None:
    """Money that found nothing to pay goes back, of the newest payments first."""
    understood(step, {"date", "amount", "method", "type", "business_date"}, what="refund")
    await life.take_up(step)
    left = minor(step["amount"])
    held = await life.api.pages("/v1/payments", account_id=life.account_id)
    on = date.fromisoformat(step["date"]) if step.get("date") else life.today
    for one in reversed(held):
        part = min(left, one["unapplied_minor"])
        if part > 0:
            reference = life.new_reference("refund")
            body = {"amount_minor": part, "effective_on": on.isoformat(), "reference": reference}
            await life.api.post(f"/v1/payments/{one['id']}/refunds", body)
            left -= part
    if left:
        raise AssertionError(f"refund of {step['amount']}: the unapplied money falls short")
    life.entries.append(Entry("Credit Balance Refund", on, minor(step["amount"])))
