"""What a life tells of an office: a list of accounts, a dialer, agents who take what is next.

Dialers are given who may be called at this instant, and a sandbox has the real time of day: so
the debtors live where it is now about noon.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from tests.scenarios.client import Api, Document, NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, minor
from tests.scenarios.tables import Differs

_MONEY, _DAY = r"\d+\.\d\d", r"\d{4}-\d\d-\d\d"
_WHO = r"[Tt]he (?P<role>agent|supervisor) \((?P<who>[a-z]+)\)"
_REASONS = r"[a-z_]+ \d+(?:(?:, | and )[a-z_]+ \d+)*"
_WAYS = r"completes it|puts it off|is to call back|keeps it|is paid the whole"

#: How it is said, and the op that plays it; `story.py` has the rest.
SAID = (
    ("life_office", (
        r"(?P<count>\d+) debts are placed, each 100\.00 more than the last;"
        rf" of the first (?P<promised>\d+) (?P<amount>{_MONEY}) is promised by (?P<due>{_DAY})"
    )),
    ("life_list", rf"The list (?P<list>[a-z]+) weighs (?P<reasons>{_REASONS})"),
    ("life_listed", (
        rf"On (?P<list>[a-z]+) stand (?P<open>\d+), (?P<workable>\d+) to be worked:"
        rf" (?P<reasons>{_REASONS})"
    )),
    ("life_dialer", rf"{_WHO} gives the dialer (?P<limit>\d+) of (?P<list>[a-z]+)"),
    ("life_dialed",
     r"It calls (?P<count>\d+): (?P<outcomes>[a-z ]+(?:, [a-z ]+)*); the others come back"),
    ("life_next", rf"{_WHO} takes one of (?P<list>[a-z]+) and (?P<way>{_WAYS})"),
    ("life_add_up", r"Nobody is forgotten: (?P<parts>.+)"),
)  # fmt: skip
#: Where it is now between eleven and nineteen or so: zone, region, and how numbers there begin.
_PLACES = (
    (range(11), ("Asia/Tokyo", "JP-13", "+8131234")),
    (range(11, 17), ("Europe/London", "GB-LND", "+44207946")),
    (range(17, 24), ("America/Chicago", "US-IL", "+1312555")),
)  # fmt: skip


def _somebody(life: Life, step: Step) -> Api:
    if life.api.staff is None:
        raise NotPlayable("nobody here has a key with a name of its own")
    return life.api.staff(step.get("role", "supervisor"), step.get("who", "bo"))


def _weights(said: str) -> dict[str, int]:
    """`promise_broken 500 and no_contact 50` by name."""
    pairs = (one.split() for one in said.replace(" and ", ", ").split(", "))
    return {name: int(number) for name, number in pairs}


async def life_office(life: Life, step: Step) -> None:
    made: dict[str, int] = {}
    where: tuple[str, str, str] | None = None
    for n in range(int(step["count"])):
        owed = (n + 1) * 100_00
        account = await life.api.post("/v1/accounts", {
            "reference": life.new_reference("debt"), "currency": CURRENCY,
            "balance": {"principal_minor": owed},
        })  # fmt: skip
        made[account["id"]] = owed
        where = where or await _awake(life, step, account)
        zone, region, begins = where
        debtor = {"name": f"Debtor {n}", "phone": f"{begins}{100 + n:04}", "region": region,
                  "time_zone": zone}  # fmt: skip
        await life.api.patch(f"/v1/accounts/{account['id']}", {"debtor": debtor})
        life.account_id = life.account_id or account["id"]
        if n < int(step["promised"]):
            promise = {"amount_minor": minor(step["amount"]), "due_on": step["due"]}
            await life.api.post(f"/v1/accounts/{account['id']}/promises", promise)
    life.table["office"] = {"debts": made, "seen": [], "paid": [], "did": Counter()}


async def _awake(life: Life, step: Step, account: Document) -> tuple[str, str, str]:
    """Where it is about noon, by the service's own time of day: that by which it lets one call."""
    own = f"/v1/accounts/{account['id']}"
    await life.api.patch(own, {"debtor": {"name": "Debtor 0"}})
    asked = {"channel": "call", "purpose": "collection"}
    told = await _somebody(life, step).post(f"{own}/contact-decisions/preview", asked)
    hour = datetime.fromisoformat(told["decided_at"]).hour
    return next(place for hours, place in _PLACES if hour in hours)


async def life_list(life: Life, step: Step) -> None:
    reasons = {
        name: {"base": base, "per_day": 0, "cap_days": 0}
        for name, base in _weights(step["reasons"]).items()
    }
    await _somebody(life, step).put(f"/v1/worklists/{step['list']}", {"reasons": reasons})
    life.names["list"] = step["list"]


async def life_listed(life: Life, step: Step) -> None:
    told = await _somebody(life, step).get(f"/v1/worklists/{step['list']}/summary")
    found = {one["code"]: one["open"] for one in told["by_reason"]}
    _same("what stands", int(step["open"]), told["open"])
    _same("what is to be worked", int(step["workable"]), told["workable"])
    _same("the reasons", _weights(step["reasons"]), found)


async def life_dialer(life: Life, step: Step) -> None:
    body = {"worklist": step["list"], "limit": int(step["limit"]), "purpose": "collection",
            "valid_minutes": 60, "format": "json"}  # fmt: skip
    made = await _somebody(life, step).post("/v1/dialer-lists", body)
    life.table["dialer"] = await _somebody(life, step).get(f"/v1/dialer-lists/{made['id']}")
    _same("the rows", int(step["limit"]), len(life.table["dialer"]["rows"]))


async def life_dialed(life: Life, step: Step) -> None:
    """What came of the first rows, by the dialer's own numbers; then the list is closed."""
    dialer, outcomes = life.table["dialer"], step["outcomes"].split(", ")
    _same("its calls", int(step["count"]), len(outcomes))
    items = [
        {"row_id": row["row_id"], "reference": life.new_reference("call"),
         "outcome": outcome.replace(" ", "_"), "started_at": dialer["made_at"]}
        for row, outcome in zip(dialer["rows"], outcomes, strict=False)
    ]  # fmt: skip
    path, boss = f"/v1/dialer-lists/{dialer['id']}", _somebody(life, step)
    told = await boss.post(f"{path}/results", {"items": items})
    _same("what is stored", [201] * len(items), [one["status"] for one in told["results"]])
    await boss.post(f"{path}/close", {})
    left = await boss.get(f"{path}/summary")
    _same("what is open of it", 0, left["open"])


async def life_next(life: Life, step: Step) -> None:
    """Two never get the same; what is done about it is counted."""
    office, agent = life.table["office"], _somebody(life, step)
    item = await agent.post(f"/v1/worklists/{step['list']}/next", {})
    if item["id"] in office["seen"]:
        raise Differs(f"{item['id']} was somebody's already")
    office["seen"].append(item["id"])
    office["did"][step["way"]] += 1
    path = f"/v1/work-items/{item['id']}"
    if step["way"] == "is paid the whole":
        await _paid(life, item)
        await agent.post(f"{path}/complete", {"did": "other"})
    elif step["way"] in _ACTS:
        act, body = _ACTS[step["way"]]
        await agent.post(f"{path}/{act}", body)


_ACTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "completes it": ("complete", {"did": "other"}),
    "puts it off": ("skip", {"reason": "no interpreter"}),
    "is to call back": ("callback", {
        "at": "2026-03-01T15:00:00Z", "time_zone": "UTC", "asked_for_by_person": False,
    }),
}  # fmt: skip


async def _paid(life: Life, item: Document) -> None:
    office = life.table["office"]
    await life.api.post("/v1/payments", {
        "account_id": item["account_id"], "reference": life.new_reference("paid"),
        "amount_minor": office["debts"][item["account_id"]], "currency": CURRENCY,
    })  # fmt: skip
    office["paid"].append(item["account_id"])


async def life_add_up(life: Life, step: Step) -> None:
    """Every account with a reason is paid, waits with a reason, or stands on the list."""
    office, boss = life.table["office"], _somebody(life, step)
    left = await boss.pages(f"/v1/worklists/{life.names['list']}/items")
    waiting = Counter(one["waiting"]["why"] for one in left if one["waiting"])
    found = {
        "paid": len(office["paid"]),
        **waiting,
        "on the list": sum(one["workable"] for one in left),
    }
    parts = (one.rpartition(" ") for one in step["parts"].split(", "))
    _same("the parts", {name: int(many) for name, _, many in parts}, found)
    _same("the sum", len(office["debts"]), sum(found.values()))
    gone = office["debts"].keys() - {one["account_id"] for one in left}
    _same("who is on it no more", set(office["paid"]), gone)


def _same(what: str, expected: object, actual: object) -> None:
    if expected != actual:
        raise Differs(f"{what}: {actual}, not {expected}")


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
