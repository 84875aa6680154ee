"""How an account leaves the books: told in lives, and asked for its charge-off days."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from tests.scenarios.life import CURRENCY, Life, Step, understood
from tests.scenarios.tables import Differs, compare_one

_DAY = r"\d{4}-\d\d-\d\d"

#: How it is said, and the op that plays it.
SAID = (
    ("life_charge_off", r"The account is charged off"),
    ("life_charge_off_undone", r"The charge-off is taken back"),
    ("life_close", r"The account is closed"),
    ("life_closure_undone", r"The closure is taken back"),
    ("life_space", rf"A breathing space since (?P<starts_on>{_DAY}) becomes known"),
    ("life_told_of_account", rf"Told on (?P<on>{_DAY}) of the account: (?P<events>.+)"),
)

#: What can be seen of it.
SEEN = (
    (r"charged off on (\d{4}-\d\d-\d\d|nothing)", "account.charged_off_on", "word"),
    (r"charge-off due on (\d{4}-\d\d-\d\d|nothing)", "account.charge_off_due_on", "word"),
    (r"written off (\d+\.\d\d)", "account.written_off_minor", "money"),
)

_EVENTS = {"bankruptcy_notice": ("bankruptcy", None), "fraud_discovered": ("dispute", "fraud")}


async def life_charge_off(life: Life, _step: Step) -> None:
    await _ends(life, "charge-offs")


async def life_charge_off_undone(life: Life, _step: Step) -> None:
    await _ends(life, "charge-offs/undo")


async def life_close(life: Life, _step: Step) -> None:
    await _ends(life, "closures")


async def life_closure_undone(life: Life, _step: Step) -> None:
    await _ends(life, "closures/undo")


async def _ends(life: Life, what: str) -> None:
    await life.api.post(f"/v1/accounts/{life.account_id}/{what}", {"reason": "as decided"})


async def life_space(life: Life, step: Step) -> None:
    body = {"kind": "breathing_space", "starts_on": step["starts_on"], "reason": "registered"}
    await life.api.post(f"/v1/accounts/{life.account_id}/holds", body)


async def life_told_of_account(life: Life, step: Step) -> None:
    """The account's own events that were dated that day, but for its buckets; a ~ corrects."""
    told = await life.api.pages(f"/v1/accounts/{life.account_id}/timeline")
    found = [
        f"{'~' if one['corrects'] else ''}{one['type'].removeprefix('account.')}"
        for one in told
        if one["business_date"] == step["on"]
        and one["type"].startswith("account.")
        and one["type"] != "account.bucket_changed"
    ]
    if ", ".join(found) != step["events"]:
        raise Differs(f"told on {step['on']}: {', '.join(found)}, not {step['events']}")


# --- A question ---------------------------------------------------------------------------------


def _is_charge_off(said: Mapping[str, Any]) -> bool:
    return {"type", "oldest_unpaid_due_date"} <= said.keys()


ASKED = (("charge_off_question", _is_charge_off),)


async def charge_off_question(life: Life, step: Step) -> None:
    """An account late since that day, and a hold where something shortens its clock."""
    said, expected = step["input"], step["expected"]
    understood(said, {"type", "oldest_unpaid_due_date", "event", "event_date"}, what="input")
    since = said["oldest_unpaid_due_date"]
    await life.move(date.fromisoformat(said.get("event_date") or since))
    account = await life.api.post(
        "/v1/accounts",
        {
            "reference": life.reference,
            "currency": CURRENCY,
            "product": said["type"],
            "opened_on": since,
            "effective_on": since,
            "delinquent_since_on": since,
            "balance": {"principal_minor": 100_00},
        },
    )
    life.account_id = account["id"]
    if said.get("event"):
        kind, variant = _EVENTS[said["event"]]
        body = {"kind": kind, "variant": variant, "reason": said["event"]}
        await life.api.post(f"/v1/accounts/{life.account_id}/holds", body)
    known = await life.account({})
    ours = {
        "substandard_on": known["substandard_on"],
        "loss_threshold_on": known["loss_on"],
        "driver": known["charge_off_driver"],
        "charge_off_by_month_end": known["charge_off_due_on"],
    }
    compare_one(expected, ours, what="the charge-off days")


#: The ops of lives by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
