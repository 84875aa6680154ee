"""What a life tells of settlements: offered, accepted or not, what was told, what was booked."""

import re
from collections.abc import Awaitable, Callable, Mapping

from tests.scenarios.client import Document
from tests.scenarios.life import Life, Step, minor, money
from tests.scenarios.tables import Differs

_MONEY, _DAY, _NAME = r"\d+\.\d\d", r"\d{4}-\d\d-\d\d", r"[A-Z]+-\d+"

#: What can be said, and the op that plays it; `story.py` has the rest.
SAID = (
    ("life_offer_settlement", (
        rf"(?P<amount>{_MONEY}) is offered to be taken for the whole(?: in (?P<count>\d+) parts"
        rf" every (?P<unit>week|month))?, (?:first )?due (?P<first>{_DAY}),"
        rf" until (?P<until>{_DAY}) \((?P<name>{_NAME})\)"
    )),
    ("life_answer_settlement",
     rf"The debtor (?P<what>accept|decline)s (?P<name>{_NAME})"),
    ("life_withdraw_settlement", rf"(?P<name>{_NAME}) is withdrawn"),
    ("life_told_settlement", r"Told of settlements so far: (?P<events>.+)"),
    ("life_see_ledger", r"The ledger ends with: (?P<rows>.+)"),
)  # fmt: skip

#: What can be seen of the settlement the life speaks of: the newest that was offered.
SEEN = (
    (r"settlement (offered|pending_approval|accepted|satisfied|void|expired|declined|withdrawn)",
     "settlement.status", "word"),
    (r"to settle (\d+\.\d\d)", "settlement.remaining_minor", "money"),
    (r"forgiven (\d+\.\d\d)", "settlement.forgiven_minor", "money"),
    (r"satisfied on (\d{4}-\d\d-\d\d|nothing)", "settlement.satisfied_on", "word"),
    (r"void since (\d{4}-\d\d-\d\d|nothing)", "settlement.voided_on", "word"),
)  # fmt: skip


async def life_offer_settlement(life: Life, step: Step) -> None:
    terms = {"first_due_on": step["first"]}
    if step.get("count"):
        terms |= {"installment_count": int(step["count"]), "frequency": {"unit": step["unit"]}}
    body = {"amount_minor": minor(step["amount"]), "terms": terms, "expires_on": step["until"]}
    made = await life.api.post(f"/v1/accounts/{life.account_id}/settlement-offers", body)
    life.settlement_id = life.names[step["name"]] = made["id"]


async def life_answer_settlement(life: Life, step: Step) -> None:
    settlement_id = life.names[step["name"]]
    answered = await life.api.post(f"/v1/settlement-offers/{settlement_id}/{step['what']}", {})
    if answered["plan_id"]:
        life.plan_id = answered["plan_id"]


async def life_withdraw_settlement(life: Life, step: Step) -> None:
    await life.api.post(f"/v1/settlement-offers/{life.names[step['name']]}/withdraw", {})


async def life_told_settlement(life: Life, step: Step) -> None:
    """Every event of settlements in the timeline, in order; corrections say what became of it."""
    said = [
        _word(event)
        for event in await life.api.pages(f"/v1/accounts/{life.account_id}/timeline")
        if event["type"].startswith("settlement.")
    ]
    if said != re.split(", ", step["events"]):
        raise Differs(f"told of settlements so far: {', '.join(said) or 'nothing'}")


def _word(event: Document) -> str:
    name = str(event["type"].removeprefix("settlement."))
    if not event.get("corrects"):
        return name
    return f"{name} (corrected)" if event["data"]["after"] else f"{name} (taken back)"


async def life_see_ledger(life: Life, step: Step) -> None:
    """The newest rows of the ledger, oldest of them first; what is negative lowers what is owed."""
    expected = re.split(", ", step["rows"])
    rows = await life.api.pages(f"/v1/accounts/{life.account_id}/ledger")
    mine = [f"{row['kind']} {money(row['amount_minor'])}" for row in rows][-len(expected) :]
    if mine != expected:
        raise Differs(f"the ledger ends with: {', '.join(mine)}")


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
