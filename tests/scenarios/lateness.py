"""Cases on lateness: partial payments, days past due, promises and breathing space."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.scenarios.acts import SINCE, saved_policy
from tests.scenarios.client import Document, NotPlayable, Refused
from tests.scenarios.life import CURRENCY, Life, Step, minor, money, understood
from tests.scenarios.tables import compare_one

_DAY = timedelta(days=1)
_CAUGHT_UP = (
    "set aside: Missed: under ninety_percent past-due money goes first, oldest"
    " first, to installments below the threshold; this case has no such rule"
)


def _is_partial(said: Mapping[str, Any]) -> bool:
    return {"method", "installment", "payments"} <= said.keys()


def _is_past_due(said: Mapping[str, Any]) -> bool:
    return {"due", "as_of"} <= said.keys() or (
        said.keys() == {"as_of", "installments"} and "paid" in said["installments"][0]
    )


def _is_a_bucket(said: Mapping[str, Any]) -> bool:
    return said.keys() == {"dpd"}


def _is_a_promise(said: Mapping[str, Any]) -> bool:
    return {"promised", "promise_date", "payments"} <= said.keys()


def _is_respite(said: Mapping[str, Any]) -> bool:
    return {"registered_on", "type"} <= said.keys()


def _is_an_act(said: Mapping[str, Any]) -> bool:
    return {"action", "in_moratorium"} <= said.keys()


ASKED = (
    ("partial_payment_question", _is_partial),
    ("past_due_question", _is_past_due),
    ("bucket_question", _is_a_bucket),
    ("promise_question", _is_a_promise),
    ("breathing_space_question", _is_respite),
    ("moratorium_question", _is_an_act),
)


async def partial_payment_question(life: Life, step: Step) -> None:
    """Payments on the due dates of a plan that goes on, looked at the day after the last."""
    said, expected = step["input"], step["expected"]
    understood(said, {"method", "installment", "payments"}, what="input")
    due, paid = minor(said["installment"]), [minor(one) for one in said["payments"]]
    if said["method"] == "ninety_percent" and _catches_up(due, paid):
        raise NotPlayable(_CAUGHT_UP)
    days = [date(2024 + k // 12, k % 12 + 1, 1) for k in range(len(paid) + 1)]
    missed = {"method": said["method"]}
    if said["method"] == "ninety_percent":
        missed["threshold_bps"] = 9_000
    await _plan(life, [(day, due) for day in days], missed=missed)
    await _pay_on(life, zip(days, paid, strict=False))
    clock = await _clock(life, days[len(paid) - 1] + _DAY)
    ours = {
        "cumulative_shortage": money(clock["overdue_minor"]),
        "full_payments_past_due": clock["full_installments_past_due"],
        "payments_past_due": len(clock["missed"]),  # without grace, whatever is overdue
    }
    compare_one(expected, ours, what="partial payments")


def _catches_up(due: int, paid: Sequence[int]) -> bool:
    """Whether more than an installment is paid after one fell below nine tenths."""
    short = next((k for k, one in enumerate(paid) if one * 10 < due * 9), len(paid))
    return any(one > due for one in paid[short + 1 :])


async def past_due_question(life: Life, step: Step) -> None:
    """The age of the oldest installment not fully paid, and its bucket without grace."""
    said, expected = step["input"], step["expected"]
    rows = said.get("installments") or [{"due": said["due"], "amount": "1.00", "paid": "0.00"}]
    understood(said, {"due", "as_of", "installments"}, what="input")
    for row in rows:
        understood(row, {"due", "amount", "paid"}, what="input.installments")
    dues = [(date.fromisoformat(row["due"]), minor(row["amount"])) for row in rows]
    await _plan(life, dues)
    await _pay_on(life, [(on, minor(row["paid"])) for (on, _), row in zip(dues, rows, strict=True)])
    clock = await _clock(life, date.fromisoformat(said["as_of"]))
    ours = {
        "dpd": clock["past_due_days"],
        "bucket": clock["bucket"],
        "past_due_amount": money(clock["overdue_minor"]),
    }
    compare_one(expected, ours, what="days past due")


async def bucket_question(life: Life, step: Step) -> None:
    """In which bucket an installment of that age is, without grace."""
    due, late = date(2025, 1, 1), timedelta(days=int(step["input"]["dpd"]))
    await _plan(life, [(due, 1_00)])
    clock = await _clock(life, due + late)
    compare_one(step["expected"], {"bucket": clock["bucket"]}, what="the bucket")


async def promise_question(life: Life, step: Step) -> None:
    """A promise made a month ahead, judged when its last day is over."""
    said, expected = step["input"], step["expected"]
    known = {"promised", "promise_date", "payments", "grace_days", "threshold"}
    understood(said, known, what="input")
    due_on, grace = date.fromisoformat(said["promise_date"]), int(said.get("grace_days") or 0)
    paid = [(date.fromisoformat(one["date"]), minor(one["amount"])) for one in said["payments"]]
    await life.move(min([due_on - timedelta(days=28), *(on for on, _ in paid)]))
    await _place(life, sum([minor(said["promised"]), *(amount for _, amount in paid)]) + 1_00)
    promise = {
        "amount_minor": minor(said["promised"]),
        "due_on": due_on.isoformat(),
        "grace_days": grace,
        "threshold_bps": int(Decimal(str(said.get("threshold") or 1)) * 10_000),
    }
    made = await life.api.post(f"/v1/accounts/{life.account_id}/promises", promise)
    over = due_on + timedelta(days=grace + 1)
    await _pay_on(life, sorted(one for one in paid if one[0] < over))
    await life.move(over)
    known_now = await life.api.pages(f"/v1/accounts/{life.account_id}/promises")
    (found,) = (one for one in known_now if one["id"] == made["id"])
    compare_one(expected, {"status": found["status"].upper()}, what="the promise")


async def breathing_space_question(life: Life, step: Step) -> None:
    """Its first and last day, and its midway review; it starts the day after it was registered."""
    said, expected = step["input"], step["expected"]
    understood(said, {"registered_on", "type", "treatment_ends"}, what="input")
    starts_on = date.fromisoformat(said["registered_on"]) + _DAY
    await life.move(starts_on)
    await _place(life, 100_00)
    body = {
        "kind": "breathing_space",
        "variant": said["type"],
        "treatment_ends_on": said.get("treatment_ends"),
        "starts_on": starts_on.isoformat(),
        "reason": "registered",
    }
    held = await life.api.post(f"/v1/accounts/{life.account_id}/holds", body)
    review = held["midway_review"] or {"starts_on": None, "ends_on": None}
    ours = {
        "starts": held["starts_on"],
        "ends": held["ends_on"],
        "midway_review_from": review["starts_on"],
        "midway_review_to": review["ends_on"],
    }
    compare_one(expected, ours, what="breathing space")


async def moratorium_question(life: Life, step: Step) -> None:
    """Whether an act that is ours to do is possible in a breathing space."""
    said = step["input"]
    understood(said, {"action", "in_moratorium"}, what="input")
    if said["action"] not in {"accept_payment", "accrue_interest"}:
        raise NotPlayable(f"{said['action']} is no act of this service")
    await life.move(date(2025, 3, 4))
    await _place(life, 100_00)
    if said["in_moratorium"]:
        body = {"kind": "breathing_space", "variant": "standard", "reason": "registered"}
        await life.api.post(f"/v1/accounts/{life.account_id}/holds", body)
    try:
        if said["action"] == "accept_payment":
            await _pay_on(life, [(date(2025, 3, 10), 10_00)])
        else:
            body = {"kind": "interest", "amount_minor": 1_00}
            await life.api.post(f"/v1/accounts/{life.account_id}/charges", body)
        allowed = True
    except Refused as refusal:
        if refusal.problem != "account-on-hold":
            raise
        allowed = False
    compare_one(step["expected"], {"allowed": allowed}, what=said["action"])


# --- The acts -------------------------------------------------------------------------------


async def _place(life: Life, principal_minor: int, policy: str = "unlimited") -> None:
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": "other",
            "opened_on": str(life.today),
            "balance": {"principal_minor": principal_minor},
            "past_due_minor": 0,
            "policy": policy,
        },
    )
    life.account_id = account["id"]


async def _plan(
    life: Life, dues: list[tuple[date, int]], *, missed: Mapping[str, Any] | None = None
) -> None:
    """A plan of these installments under a policy without grace that never breaks it."""
    document: dict[str, Any] = {"extends": "unlimited", "effective_from": SINCE, "grace_days": 0}
    if missed:
        document["missed"] = missed
    await life.move(min(on for on, _ in dues) - _DAY)
    policy = await saved_policy(life, document)
    await _place(life, sum(amount for _, amount in dues), policy)
    rows = [{"due_on": on.isoformat(), "amount_minor": amount} for on, amount in dues]
    body = {"account_id": life.account_id, "terms": {"installments": rows}}
    plan = await life.api.post("/v1/plans", body)
    life.plan_id = plan["id"]


async def _pay_on(life: Life, paid: Any) -> None:
    for on, amount in paid:
        if amount:
            await life.move(on)
            body = {
                "account_id": life.account_id,
                "reference": life.new_reference("payment"),
                "amount_minor": amount,
                "currency": CURRENCY,
            }
            await life.api.post("/v1/payments", body)


async def _clock(life: Life, on: date) -> Document:
    await life.move(on)
    return await life.api.get(f"/v1/plans/{life.plan_id}/delinquency")
