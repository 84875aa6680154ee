"""What an examiner reads of re-ages: an open-end account, its workout, the tests, the grant."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.scenarios.life import CURRENCY, Life, Step, minor
from tests.scenarios.tables import Differs

_MONEY = r"\d+\.\d\d"
_DAY = r"\d{4}-\d\d-\d\d"

_CARD = (
    rf"The card account of (?P<opened>{_DAY}) is placed with (?P<amount>{_MONEY}),"
    rf" past due since (?P<since>{_DAY})"
)
_RE_AGE = (
    r"The plan is re-aged into (?P<count>\d+) installments every (?P<unit>week|month),"
    rf" first due (?P<first>{_DAY}) \((?P<kind>standard|workout)\)"
)

#: How it is said, and the op that plays it.
SAID = (
    ("life_card", _CARD),
    ("life_workout", rf"The workout (?P<programme>\w+) is entered, (?P<amount>{_MONEY}) a month"),
    ("life_may_re_age",
     r"A (?P<kind>standard|workout) re-age would fail: (?P<failed>nothing|[A-Z_, ]+)"),
    ("life_re_age", _RE_AGE),
    ("life_told", rf"Told on (?P<on>{_DAY}) of the re-age: (?P<events>.+)"),
)  # fmt: skip


async def life_card(life: Life, step: Step) -> None:
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": "open_end",
            "opened_on": step["opened"],
            "balance": {"principal_minor": minor(step["amount"])},
            "delinquent_since_on": step["since"],
            "policy": life.names.get("policy", "default"),
        },
    )
    life.account_id = account["id"]


async def life_workout(life: Life, step: Step) -> None:
    body = {"programme": step["programme"], "payment_minor": minor(step["amount"])}
    await life.api.post(f"/v1/accounts/{life.account_id}/workouts", body)


async def life_may_re_age(life: Life, step: Step) -> None:
    """The tests of the policy on this day, all that fail."""
    where = f"/v1/accounts/{life.account_id}/re-age-eligibility"
    found = await life.api.get(where, kind=step["kind"], documented_ability="true")
    failed = ", ".join(found["failed"]) or "nothing"
    if failed != step["failed"]:
        raise Differs(f"a {step['kind']} re-age would fail {failed}, not {step['failed']}")


async def life_re_age(life: Life, step: Step) -> None:
    body = {
        "kind": step["kind"],
        "first_due_on": step["first"],
        "installment_count": int(step["count"]),
        "frequency": {"unit": step["unit"]},
        "reason": "as agreed",
        "documented_ability": True,
    }
    await life.api.post(f"/v1/plans/{life.plan_id}/re-ages", body)


async def life_told(life: Life, step: Step) -> None:
    """The timeline of a day: its events of re-ages in order, corrections marked."""
    said = [
        _word(event)
        for event in await life.api.pages(f"/v1/accounts/{life.account_id}/timeline")
        if event["type"].startswith("re_age.") and _day_told(event, life) == step["on"]
    ]
    if said != re.split(", ", step["events"]):
        raise Differs(f"told on {step['on']}: {', '.join(said) or 'nothing'}")


def _word(event: Mapping[str, Any]) -> str:
    name = str(event["type"].removeprefix("re_age."))
    return f"{name} (corrected)" if event.get("corrects") else name


def _day_told(event: Mapping[str, Any], life: Life) -> str:
    """A correction is dated the day it corrects; it is told today."""
    return str(life.today) if event.get("corrects") else str(event["business_date"])


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
