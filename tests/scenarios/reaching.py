"""What a life tells of reaching the debtor: calls, letters, what the gate says, what they say.

Times are local to the debtor. A sandbox's clock has the real time of day, and nothing is recorded
before it happened: so a contact is entered on the day after it.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.scenarios.client import Api, Document, NotPlayable, Unknown
from tests.scenarios.life import Life, Step
from tests.scenarios.tables import Differs

_NAME, _DAY, _TIME = r"[A-Z]+-\d+", r"\d{4}-\d\d-\d\d", r"\d\d:\d\d"
_CODES = r"[A-Z0-9_]+(?:, [A-Z0-9_]+)*"
_WHO = r"the (?P<role>agent|supervisor) \((?P<who>[a-z]+)\)"
_CHANNELS = {"call": "call", "text": "sms", "e-mail": "email", "letter": "letter"}

#: How it is said, and the op that plays it; `story.py` has the rest.
SAID = (
    ("life_debtor", (
        r"The debtor is in (?P<region>[A-Z]{2}-[A-Z0-9]+) \((?P<zone>[A-Za-z_/]+)\),"
        r" phone (?P<phone>\+\d+), letters to (?P<code>\d{5})"
    )),
    ("life_call", (
        rf"At (?P<at>{_TIME}) {_WHO} calls: (?P<outcome>no answer|busy|conversation|voicemail left)"
        rf" \((?P<name>{_NAME})\)"
    )),
    ("life_notice", rf"The validation notice is mailed \((?P<name>{_NAME})\)"),
    ("life_written", (
        r"The debtor (?P<says>disputes it|asks for the original creditor) in writing"
        rf" \((?P<name>{_NAME})\)"
    )),
    ("life_disputed", (
        rf"The account is (?:not disputed|disputed since (?P<on>{_DAY}) by (?P<name>{_NAME}))"
    )),
    ("life_verified", rf"The dispute since (?P<on>{_DAY}) is over"),
    ("life_came_back", rf"(?P<name>{_NAME}) comes back"),
    ("life_never", rf"(?P<name>{_NAME}) never was"),
    ("life_opt_out", r"The debtor says: no more (?P<what>call|text|e-mail)s"),
    ("life_gate", (
        rf"At (?P<at>{_TIME}) a (?P<what>call|text|e-mail|letter)"
        r"(?: for a (?P<purpose>reply|receipt|required notice|validation notice))?"
        rf" is (?P<verdict>allowed|refused)(?:: (?P<codes>{_CODES})"
        rf"(?:, until (?P<until>{_DAY} {_TIME})|, with no end))?"
    )),
    ("life_judged", rf"(?P<name>{_NAME}) was (?:within the rules|outside: (?P<codes>{_CODES}))"),
    ("life_notice_due", rf"The validation notice is (?P<how>due by|overdue since) (?P<on>{_DAY})"),
    ("life_disputable", rf"The debt may be disputed until (?P<on>{_DAY})"),
    ("life_heard", r"The feed told of it: (?P<types>[a-z_.]+ \d+(?:, [a-z_.]+ \d+)*)"),
)  # fmt: skip


def _somebody(life: Life, step: Step) -> Api:
    """Who acts; ann, where nobody is named."""
    if life.api.staff is None:
        raise NotPlayable("nobody here has a key with a name of its own")
    return life.api.staff(step.get("role", "agent"), step.get("who", "ann"))


def _instant(life: Life, on: date, at: str) -> datetime:
    zone = ZoneInfo(life.names["zone"])
    return datetime.combine(on, time.fromisoformat(at), zone).astimezone(UTC)


def _today(life: Life) -> date:
    """The day that is told of, though what was made on it may be entered by now."""
    if life.told is None:
        raise Unknown("a contact before any date")
    return life.told


async def life_debtor(life: Life, step: Step) -> None:
    said = {"name": "Jane Doe", "region": step["region"], "phone": step["phone"]}
    own = f"/v1/accounts/{life.account_id}"
    account = await life.api.patch(own, {"debtor": {**said, "time_zone": step["zone"]}})
    life.names |= {"debtor": account["debtor"]["id"], "zone": step["zone"]}
    address = {
        "lines": ["1 Main St"], "postal_code": step["code"], "region": step["region"],
        "country": step["region"][:2],
    }  # fmt: skip
    home = {"kind": "postal", "value": f"1 Main St, {step['code']}", "postal": address}
    await _somebody(life, step).post(f"/v1/persons/{life.names['debtor']}/contact-points", home)


async def life_call(life: Life, step: Step) -> None:
    said = {"channel": "call", "outcome": step["outcome"].replace(" ", "_")}
    await _record(life, step, step["at"], said)


async def life_notice(life: Life, step: Step) -> None:
    said = {"channel": "letter", "outcome": "mailed", "purpose": "validation_notice"}
    await _record(life, step, "09:00", said)


async def _record(life: Life, step: Step, clock: str, said: Mapping[str, object]) -> None:
    on = _today(life)
    at = _instant(life, on, clock)
    await life.move(max(at.date() + timedelta(days=1), life.today or on))
    body = {
        "account_ids": [life.account_id], "person_id": life.names["debtor"], "direction": "out",
        "started_at": at.isoformat().replace("+00:00", "Z"), **said,
    }  # fmt: skip
    life.table[step["name"]] = await _somebody(life, step).post("/v1/contacts", body)


async def life_written(life: Life, step: Step) -> None:
    says = "dispute" if step["says"] == "disputes it" else "original_creditor"
    said = {"channel": "letter", "direction": "in", "outcome": "received", "says": [says]}
    await _record(life, step, "09:00", said)


async def life_disputed(life: Life, step: Step) -> None:
    """Which hold stands, since when, and by which contact; none, where none is named."""
    standing = [one for one in await _disputes(life, step) if one["released_on"] is None]
    wanted = [(step["on"], life.table[step["name"]]["id"])] if step.get("on") else []
    _same("the disputes", wanted, [(one["starts_on"], one["contact_id"]) for one in standing])


async def life_verified(life: Life, step: Step) -> None:
    held = next(one for one in await _disputes(life, step) if one["starts_on"] == step["on"])
    over = {"effective_on": str(_today(life)), "reason": "verified"}
    await life.api.post(f"/v1/accounts/{life.account_id}/holds/{held['id']}/release", over)


async def _disputes(life: Life, step: Step) -> list[Document]:
    holds = await _somebody(life, step).get(f"/v1/accounts/{life.account_id}/holds")
    return [one for one in holds["data"] if one["kind"] == "dispute"]


async def life_came_back(life: Life, step: Step) -> None:
    back = {"outcome": "returned", "reason": "no such address"}
    await _of(life, step, "corrections", back)


async def life_never(life: Life, step: Step) -> None:
    await _of(life, step, "void", {"reason": "it was somebody else"})


async def _of(life: Life, step: Step, what: str, body: Mapping[str, str]) -> None:
    contact = life.table[step["name"]]
    await _somebody(life, step).post(f"/v1/contacts/{contact['id']}/{what}", body)


async def life_opt_out(life: Life, step: Step) -> None:
    morning = _instant(life, _today(life), "00:00")  # whatever time it is while it is played
    body = {
        "kind": "opt_out", "channel": _CHANNELS[step["what"]], "reason": "said so",
        "from_at": morning.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    who = life.names["debtor"]
    await _somebody(life, step).post(f"/v1/persons/{who}/restrictions", body)


async def life_gate(life: Life, step: Step) -> None:
    """What the gate says, with every reason, and when next; it keeps nothing of it."""
    at = _instant(life, _today(life), step["at"])
    asked = {
        "channel": _CHANNELS[step["what"]], "at": at.isoformat().replace("+00:00", "Z"),
        "purpose": step.get("purpose", "collection").replace(" ", "_"),
    }  # fmt: skip
    path = f"/v1/accounts/{life.account_id}/contact-decisions/preview"
    answer = await _somebody(life, step).post(path, asked)
    _same("the verdict", step["verdict"], "allowed" if answer["allowed"] else "refused")
    found = sorted({one["code"] for one in answer["reasons"]})
    _same("its reasons", sorted(step.get("codes", "").split(", ")) if found else [], found)
    _same("its end", step.get("until"), _local(life, answer))


def _local(life: Life, answer: Document) -> str | None:
    said = answer["next_allowed_at"]
    if said is None:
        return None
    at = datetime.fromisoformat(said).astimezone(ZoneInfo(life.names["zone"]))
    return f"{at:%Y-%m-%d %H:%M}"


async def life_judged(life: Life, step: Step) -> None:
    path = f"/v1/contacts/{life.table[step['name']]['id']}"
    read = await _somebody(life, step).get(path)
    outside = sorted({one["code"] for one in read["judged"]["outside"]})
    wanted = sorted(step["codes"].split(", ")) if step.get("codes") else []
    _same(f"what {step['name']} was outside of", wanted, outside)


async def life_notice_due(life: Life, step: Step) -> None:
    """`overdue since` names the last day on which it was in time."""
    read = await _validation(life, step)
    _same("the day", step["on"], read["due_by_on"])
    _same("overdue", step["how"] == "overdue since", read["overdue"])


async def life_disputable(life: Life, step: Step) -> None:
    _same("the last day", step["on"], (await _validation(life, step))["validation_ends_on"])


async def _validation(life: Life, step: Step) -> Document:
    return await _somebody(life, step).get(f"/v1/accounts/{life.account_id}/validation")


async def life_heard(life: Life, step: Step) -> None:
    """How often the account's feed told of each of these types."""
    told = Counter(
        one["type"] for one in await life.api.pages(f"/v1/accounts/{life.account_id}/timeline")
    )
    wanted = {
        of: int(many) for of, _, many in (one.partition(" ") for one in step["types"].split(", "))
    }
    _same("what was told", wanted, {of: told[of] for of in wanted})


def _same(what: str, expected: object, actual: object) -> None:
    if expected != actual:
        raise Differs(f"{what} is {actual}, not {expected}")


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
