"""Re-age cases: may this account be re-aged on a day, and which tests does it fail?

Earlier re-ages of a case are granted under a version of its policy without conditions; the
version in force on the day of the question has the conditions the case speaks of.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.scenarios.acts import SINCE
from tests.scenarios.client import NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, minor, understood
from tests.scenarios.tables import Differs

_BEFORE = timedelta(days=60)
_OWED_MINOR = 100_000_00  # more than a case pays
_POLICY = {"max_lifetime": "max_lifetime", "payments_required": "min_payments"}


def _asks(said: Mapping[str, Any]) -> bool:
    return {"as_of", "kind", "account", "cycles", "prior_reages"} <= said.keys()


ASKED = (("eligibility_question", _asks),)


async def eligibility_question(life: Life, step: Step) -> None:
    """Live the case's cycles, payments and re-ages day by day, then ask."""
    said, expected = step["input"], step["expected"]
    _check(said, expected)
    as_of = date.fromisoformat(said["as_of"])
    days = sorted({day for day, _ in _acts(said)} | {as_of})
    opened = date.fromisoformat(said["account"]["opened_on"])
    await life.move(max(opened, days[0] - _BEFORE) if days[0] >= opened else days[0])
    await _place(life, said, await _policy(life, said))
    for day, act in sorted(_acts(said), key=lambda one: one[0]):
        if day <= as_of:
            await life.move(day)
            await act(life)
    await life.move(as_of)
    found = await life.api.get(
        f"/v1/accounts/{life.account_id}/re-age-eligibility",
        kind=said["kind"],
        documented_ability=str(said["willingness_and_ability_documented"]).lower(),
    )
    if found["eligible"] is not expected["eligible"]:
        raise Differs(f"eligible is {found['eligible']}; failed: {found['failed']}")
    if set(found["failed"]) != set(expected["failed"]):
        raise Differs(f"failed are {found['failed']}, not {expected['failed']}")


def _check(said: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    known = {
        "as_of", "kind", "account", "willingness_and_ability_documented", "cycles",
        "prior_reages", "workout", "policy",
    }  # fmt: skip
    understood(said, known, what="input")
    understood(said["account"], {"type", "opened_on", "charged_off"}, what="input.account")
    understood(said.get("workout") or {}, {"entered_on"}, what="input.workout")
    understood(expected, {"eligible", "failed"}, what="expected")
    for cycle in said["cycles"]:
        amounts = {"due_date", "minimum_due", "paid_by_borrower", "workout_payment"}
        understood(cycle, amounts, what="input.cycles")
    earlier = any(prior["kind"] == "workout" for prior in said["prior_reages"])
    if said["kind"] == "workout" and earlier and not said.get("workout"):
        raise NotPlayable("whether an earlier workout still stands")
    rules = dict(said.get("policy") or {})
    if rules.pop("lump_sum_lookback_cycles", None) not in {None, rules.get("payments_required")}:
        raise NotPlayable("input.policy.lump_sum_lookback_cycles")
    understood(rules, _POLICY, what="input.policy")


def _acts(said: Mapping[str, Any]) -> list[tuple[date, Any]]:
    """What happens on which day, in the order it would on one day."""
    acts: list[tuple[date, Any]] = [
        (date.fromisoformat(prior["date"]), _re_age(prior["kind"]))
        for prior in said["prior_reages"]
    ]
    if said.get("workout"):
        paid = next((c["workout_payment"] for c in said["cycles"] if "workout_payment" in c), None)
        if paid is None:
            raise NotPlayable("a workout without a payment")
        acts.append((date.fromisoformat(said["workout"]["entered_on"]), _workout(minor(paid))))
    acts += [(date.fromisoformat(one["due_date"]), _cycle(one)) for one in said["cycles"]]
    return acts


def _re_age(kind: str) -> Any:
    async def act(life: Life) -> None:
        if kind == "workout":  # there was one then; the case names the one that stands now
            await _workout(1)(life)
        body = {"kind": kind, "reason": "as agreed then", "documented_ability": True}
        await life.api.post(f"/v1/accounts/{life.account_id}/re-ages", body)

    return act


def _workout(payment_minor: int) -> Any:
    async def act(life: Life) -> None:
        body = {"programme": "counselling", "payment_minor": payment_minor}
        await life.api.post(f"/v1/accounts/{life.account_id}/workouts", body)

    return act


def _cycle(cycle: Mapping[str, Any]) -> Any:
    async def act(life: Life) -> None:
        due = {
            "due_on": cycle["due_date"],
            "minimum_due_minor": minor(cycle["minimum_due"]),
        }
        await life.api.post(f"/v1/accounts/{life.account_id}/cycles", due)
        if minor(cycle["paid_by_borrower"]):
            money = {
                "account_id": life.account_id,
                "reference": life.new_reference("payment"),
                "amount_minor": minor(cycle["paid_by_borrower"]),
                "currency": CURRENCY,
                "funded_by": "borrower",
            }
            await life.api.post("/v1/payments", money)

    return act


async def _policy(life: Life, said: Mapping[str, Any]) -> str:
    """Without conditions until the day of the question, with the case's from then on."""
    name = f"play-{life.reference}"
    free = {"name": name, "extends": "unlimited", "effective_from": SINCE}
    changed = {_POLICY[k]: v for k, v in (said.get("policy") or {}).items() if k in _POLICY}
    rules = {"name": name, "extends": "default", "effective_from": said["as_of"], "re_age": changed}
    for document in (free, rules):
        await life.api.put(f"/v1/policies/{name}", document)
    return name


async def _place(life: Life, said: Mapping[str, Any], policy: str) -> None:
    today = str(life.today)
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": said["account"]["type"],
            "opened_on": said["account"]["opened_on"],
            "balance": {"principal_minor": _OWED_MINOR},
            "charged_off_on": today if said["account"]["charged_off"] else None,
            "policy": policy,
        },
    )
    life.account_id = account["id"]
