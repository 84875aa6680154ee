"""What a life tells of forbearance: pauses, breathing space, promises, and another chance."""

from collections.abc import Awaitable, Callable, Mapping

from tests.scenarios.client import Document
from tests.scenarios.life import Life, Step, minor, money
from tests.scenarios.tables import Differs

_MONEY, _DAY, _NAME = r"\d+\.\d\d", r"\d{4}-\d\d-\d\d", r"[A-Z]+-\d+"

#: How it is said, and the op that plays it; `story.py` has the rest.
SAID = (
    ("life_pause", rf"The plan is paused from (?P<start>{_DAY}) to (?P<end>{_DAY})"),
    ("life_resume", r"The pause ends today"),
    ("life_breathing_space",
     r"Breathing space begins(?P<mental>, in a mental health crisis)?"),
    ("life_lasts", rf"It lasts until (?P<end>{_DAY}|the treatment is over)"),
    ("life_treated", r"The treatment is over today"),
    ("life_promise", rf"(?P<amount>{_MONEY}) is promised by (?P<due>{_DAY}) \((?P<name>{_NAME})\)"),
    ("life_promised", (
        rf"(?P<name>{_NAME}) is (?P<status>open|kept|partial|broken)"
        rf"(?:, (?P<amount>{_MONEY}) received)?"
    )),
    ("life_reinstate", r"The plan is given another chance"),
)  # fmt: skip


async def life_pause(life: Life, step: Step) -> None:
    body = {"starts_on": step["start"], "ends_on": step["end"], "reason": "as agreed"}
    made = await life.api.post(f"/v1/plans/{life.plan_id}/pauses", body)
    life.names["pause"] = made["id"]


async def life_resume(life: Life, step: Step) -> None:
    await life.api.post(f"/v1/plans/{life.plan_id}/pauses/{life.names['pause']}/resume", {})


async def life_breathing_space(life: Life, step: Step) -> None:
    body = {
        "kind": "breathing_space",
        "variant": "mental_health" if step.get("mental") else "standard",
        "starts_on": str(life.today),
        "reason": "registered",
    }
    made = await life.api.post(f"/v1/accounts/{life.account_id}/holds", body)
    life.names["breathing space"] = made["id"]


async def life_lasts(life: Life, step: Step) -> None:
    """The last day of the breathing space, as the account's holds tell it."""
    held = await life.api.pages(f"/v1/accounts/{life.account_id}/holds")
    found = next(one for one in held if one["id"] == life.names["breathing space"])
    last = found["ends_on"] or "the treatment is over"
    if last != step["end"]:
        raise Differs(f"the breathing space lasts until {last}, not {step['end']}")


async def life_treated(life: Life, step: Step) -> None:
    where = f"/v1/accounts/{life.account_id}/holds/{life.names['breathing space']}/release"
    await life.api.post(where, {"treatment_ends_on": str(life.today)})


async def life_promise(life: Life, step: Step) -> None:
    body = {"amount_minor": minor(step["amount"]), "due_on": step["due"]}
    made = await life.api.post(f"/v1/accounts/{life.account_id}/promises", body)
    life.names[step["name"]] = made["id"]


async def life_promised(life: Life, step: Step) -> None:
    """What became of a promise by today."""
    found = await _promise(life, step["name"])
    if found["status"] != step["status"]:
        raise Differs(f"{step['name']} is {found['status']}, not {step['status']}")
    if step.get("amount") and money(found["received_minor"]) != step["amount"]:
        raise Differs(f"{step['name']} received {money(found['received_minor'])}")


async def _promise(life: Life, name: str) -> Document:
    known = await life.api.pages(f"/v1/accounts/{life.account_id}/promises")
    return next(one for one in known if one["id"] == life.names[name])


async def life_reinstate(life: Life, step: Step) -> None:
    await life.api.post(f"/v1/plans/{life.plan_id}/reinstate", {"reason": "as agreed"})


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
