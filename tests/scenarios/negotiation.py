"""What a life tells of a negotiation: a budget, offers, counter-offers, approval and consent.

Several people act in it, each with a key of their own role: whoever plays a life here hands an
`Api` a `staff` to hire them from. Without one such a life cannot be played, and is skipped.
"""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256

from tests.scenarios.client import Api, Document, NotPlayable
from tests.scenarios.life import Life, Step, minor, money
from tests.scenarios.tables import Differs

_MONEY, _DAY, _NAME = r"\d+\.\d\d", r"\d{4}-\d\d-\d\d", r"[A-Z]+-\d+"
_WHO = r"[Tt]he (?P<role>agent|supervisor|admin) \((?P<who>[a-z]+)\)"

#: What can be said, and the op that plays it; `story.py` has the rest.
SAID = (
    ("life_budget", (
        rf"{_WHO} asks what fits (?P<income>{_MONEY}) of income, (?P<expenses>{_MONEY}) of expenses"
        rf" and (?P<others>{_MONEY}) of other debts, every (?P<unit>week|month)"
        rf" from (?P<first>{_DAY})"
    )),
    ("life_capacity",
     rf"(?P<surplus>{_MONEY}) is left a month, of which (?P<most>{_MONEY}) may be asked"),
    ("life_see_offer", (
        r"Offer (?P<rank>\d), (?P<name>soonest|lowest|best fit|step up): (?P<count>\d+) payments"
        rf" of at most (?P<most>{_MONEY}), the last on (?P<last>{_DAY})"
    )),
    ("life_no_more_offers", r"There is no offer (?P<rank>\d)"),
    ("life_quote", rf"{_WHO} quotes offer (?P<rank>\d) \((?P<name>{_NAME})\): (?P<reason>.+)"),
    ("life_counter", (
        rf"{_WHO} counters (?P<old>{_NAME}) with (?P<amount>{_MONEY}) every (?P<unit>week|month)"
        rf" from (?P<first>{_DAY}) \((?P<name>{_NAME})\): (?P<reason>.+)"
    )),
    ("life_within", rf"(?P<name>{_NAME}) is within the authority of who quoted it"),
    ("life_outside", (
        rf"(?P<name>{_NAME}) is outside it: (?P<rule>\w+) is (?P<actual>\d+), at most"
        r" (?P<limit>\d+); an? (?P<up>supervisor|admin) may"
    )),
    ("life_read_text", rf"The debtor reads in (?P<name>{_NAME}): (?P<words>.+)"),
    ("life_agree",
     rf"The debtor agrees to (?P<name>{_NAME}) by (?P<channel>\w+); {_WHO} opens the plan"),
    ("life_waits", r"The plan waits for approval, and nothing binds"),
    ("life_decide", rf"{_WHO} (?P<what>approve|reject)s the plan"),
    ("life_consent", (
        rf"Who agreed, how and to which words can be read: (?P<who>[a-z]+), (?P<channel>\w+),"
        rf" (?P<name>{_NAME})"
    )),
)  # fmt: skip


def _person(life: Life, step: Step) -> Api:
    if life.api.staff is None:
        raise NotPlayable(f"nobody here has a key of the role {step['role']}")
    return life.api.staff(step["role"], step["who"])


def _same(what: str, expected: object, actual: object) -> None:
    if expected != actual:
        raise Differs(f"{what} is {actual}, not {expected}")


async def life_budget(life: Life, step: Step) -> None:
    """Ask for options; the answer stays on the table until the next is asked for."""
    answer = await _person(life, step).post(
        f"/v1/accounts/{life.account_id}/plan-options",
        {
            "frequency": {"every": 1, "unit": step["unit"]},
            "first_due_on": step["first"],
            "budget": {
                "income_minor": minor(step["income"]),
                "essential_expenses_minor": minor(step["expenses"]),
                "other_debt_payments_minor": minor(step["others"]),
            },
        },
    )
    life.table["offers"] = answer


async def life_capacity(life: Life, step: Step) -> None:
    capacity = life.table["offers"]["capacity"]
    _same("what is left", step["surplus"], money(capacity["surplus_minor"]))
    _same("what may be asked", step["most"], money(capacity["max_installment_minor"]))


def _offer(life: Life, step: Step) -> Document | None:
    offers = life.table["offers"]["options"]
    return next((one for one in offers if str(one["rank"]) == step["rank"]), None)


async def life_see_offer(life: Life, step: Step) -> None:
    offer = _offer(life, step)
    if offer is None:
        raise Differs(f"there is no offer {step['rank']}")
    name, count = offer["name"].replace("_", " "), str(offer["installment_count"])
    _same(f"offer {step['rank']}", step["name"], name)
    _same("its number of payments", step["count"], count)
    _same("its highest payment", step["most"], money(offer["highest_minor"]))
    _same("its last day", step["last"], offer["last_due_on"])


async def life_no_more_offers(life: Life, step: Step) -> None:
    _same(f"offer {step['rank']}", None, _offer(life, step))


async def life_quote(life: Life, step: Step) -> None:
    offer = _offer(life, step)
    if offer is None:
        raise Differs(f"there is no offer {step['rank']}")
    await _quote(life, step, offer["terms"], None)


async def life_counter(life: Life, step: Step) -> None:
    terms = {
        "installment_minor": minor(step["amount"]),
        "frequency": {"every": 1, "unit": step["unit"]},
        "first_due_on": step["first"],
    }
    await _quote(life, step, terms, life.table[step["old"]]["id"])


async def _quote(life: Life, step: Step, terms: Document, supersedes: str | None) -> None:
    body = {"terms": terms, "supersedes": supersedes, "reason": step["reason"], "locale": "en-GB"}
    made = await _person(life, step).post(f"/v1/accounts/{life.account_id}/quotes", body)
    life.table[step["name"]] = made


async def life_within(life: Life, step: Step) -> None:
    _same("what stands in the way", [], life.table[step["name"]]["refusals"])


async def life_outside(life: Life, step: Step) -> None:
    """One of the rules that stand in the way, with its figures and who may override it."""
    refusals = {one["rule"]: one for one in life.table[step["name"]]["refusals"]}
    if step["rule"] not in refusals:
        raise Differs(f"{step['rule']} does not stand in the way; {list(refusals)} do")
    found = refusals[step["rule"]]
    _same(step["rule"], step["actual"], str(found["actual"]))
    _same("its limit", step["limit"], str(found["limit"]))
    _same("the role that may", step["up"], found["override_role"])


async def life_read_text(life: Life, step: Step) -> None:
    text = await _text(life, step["name"])
    if step["words"] not in (line.rstrip(".") for line in text.splitlines()):
        raise Differs(f"no line of the text is «{step['words']}»:\n{text}")


async def _text(life: Life, name: str) -> str:
    """The text as it is served, which must be what its hash names."""
    quote = life.table[name]
    shown = (await life.api.raw(f"/v1/quotes/{quote['id']}/text")).content
    _same("the text's hash", quote["text_hash"], sha256(shown).hexdigest())
    return shown.decode()


async def life_agree(life: Life, step: Step) -> None:
    quote = life.table[step["name"]]
    consent = {
        "channel": step["channel"],
        "captured_at": f"{life.today}T15:00:00Z",
        "captured_by": step["who"],
        "text_hash": quote["text_hash"],
    }
    body = {"account_id": life.account_id, "quote_id": quote["id"], "quote_hash": quote["hash"]}
    plan = await _person(life, step).post("/v1/plans", {**body, "consent": consent})
    life.plan_id = plan["id"]


async def life_waits(life: Life, step: Step) -> None:
    _same("the plan", "pending_approval", (await life.plan({}))["status"])
    _same("the account's plan", None, (await life.account({}))["active_plan_id"])


async def life_decide(life: Life, step: Step) -> None:
    await _person(life, step).post(f"/v1/plans/{life.plan_id}/{step['what']}", {})


async def life_consent(life: Life, step: Step) -> None:
    said = await life.api.get(f"/v1/plans/{life.plan_id}/consent")
    _same("who took it", step["who"], said["captured_by"])
    _same("how", step["channel"], said["channel"])
    _same("the quote", life.table[step["name"]]["id"], said["quote_id"])
    _same("the words", await _text(life, step["name"]), said["text"])


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
