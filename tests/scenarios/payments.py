"""Money in a case: paid, taken back, charged back, refunded."""

from datetime import date

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import CURRENCY, Entry, Life, Step, minor, understood

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
    understood(step, {"type", "method", "date", "amount", "business_date"}, what="payment")
    await life.take_up(step)
    type_ = step.get("type") or "REPAYMENT"
    if type_ == "CREDIT_BALANCE_REFUND":
        await refund(life, {"op": "refund", "date": step["date"], "amount": step["amount"]})
        return
    on = date.fromisoformat(step["date"]) if step.get("date") else life.today
    await pay(life, type_, minor(step["amount"]), on)


async def pay(life: Life, type_: str, amount_minor: int, on: date) -> None:
    if type_ not in _PAYMENTS:
        raise NotPlayable(f"payment of type {type_}")
    label, kind = _PAYMENTS[type_]
    rule = _FUTURE[_rule(life, type_)]
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
    life.judge(even_paused=True)


def _rule(life: Life, type_: str) -> str:
    """Where money ahead of schedule goes; a plain order knows one place only, the next row."""
    rules = life.agreed["rules"]
    if str(life.agreed["product_facts"].get("allocation") or "advanced").lower() != "advanced":
        return "NEXT_INSTALLMENT"
    default = _THEIR_RULES.get(type_) or rules.get("DEFAULT", "NEXT_INSTALLMENT")
    return rules.get(type_, default)


async def reverse_transaction(life: Life, step: Step) -> None:
    understood(step, {"selector", "of", "date", "business_date"}, what="reverse_transaction")
    await life.take_up(step)
    entry = _select(life, step.get("selector") or step.get("of") or {})
    what = "chargebacks" if entry.type == "Chargeback" else "payments"
    body = {"reason_code": "UNDO", "reference": life.new_reference("reversal")}
    if what == "chargebacks":
        body = {}
    await life.api.post(f"/v1/{what}/{entry.id}/reversals", body)
    life.judge()


async def chargeback(life: Life, step: Step) -> None:
    said = {"method", "date", "amount", "of", "selector", "business_date"}
    understood(step, said, what="chargeback")
    await life.take_up(step)
    entry = _select(life, step.get("of") or step.get("selector") or {"last": True})
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
    life.judge()


def _select(life: Life, selector: Step) -> Entry:
    """The transaction meant: of this type, made on this day, the n-th of those."""
    known = {"nth", "made_on", "date", "on", "kind", "type", "amount", "last"}
    understood(selector, known, what="selector")
    found = life.entries
    on = selector.get("made_on") or selector.get("date") or selector.get("on")
    if on:
        found = [entry for entry in found if entry.on.isoformat() == on]
    named = selector.get("kind") or selector.get("type")
    if named:
        found = [entry for entry in found if _letters(entry.type) == _kind(named)]
    elif not on:
        found = [entry for entry in found if entry.id and entry.type != "Chargeback"]
    if selector.get("amount"):
        found = [entry for entry in found if entry.amount_minor == minor(selector["amount"])]
    nth = -1 if selector.get("last") else int(selector.get("nth") or 1) - 1
    if not -1 <= nth < len(found) or not found or found[nth].id is None:
        raise NotPlayable(f"selector {dict(selector)}, which names no payment of this case")
    return found[nth]


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text)).lower()


def _kind(named: str) -> str:
    letters = _letters(named)
    return {"payment": "repayment", "mir": "merchantissuedrefund"}.get(letters, letters)


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
