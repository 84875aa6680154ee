"""What a life tells of relief and its end: due days, holidays, lower amounts, new terms."""

from collections.abc import Awaitable, Callable, Mapping

from tests.scenarios.life import Life, Step, minor

_MONEY, _DAY, _NAME = r"\d+\.\d\d", r"\d{4}-\d\d-\d\d", r"[A-Z]+-\d+"

#: How it is said, and the op that plays it.
SAID = (
    ("life_due_day", r"Installments fall due on day (?P<day>\d+) of the month from now on"),
    ("life_holiday",
     rf"Payments rest for (?P<count>\d+) installments?, from that of (?P<first>{_DAY}) on"),
    ("life_step_down", rf"Installments fall to (?P<amount>{_MONEY}) until (?P<until>{_DAY})"),
    ("life_new_terms", (
        rf"New terms for (?P<amount>{_MONEY}) are quoted: (?P<count>\d+) installments every"
        rf" (?P<unit>week|month), first due (?P<first>{_DAY}) \((?P<name>{_NAME})\)"
    )),
    ("life_rewrite", rf"The plan is rewritten to (?P<name>{_NAME})"),
    ("life_accelerate", r"The plan is accelerated"),
    ("life_undo", r"The newest change is undone"),
)  # fmt: skip


async def _change(life: Life, what: str, body: Mapping[str, object]) -> None:
    said = {"reason": "as agreed", **body}
    await life.api.post(f"/v1/plans/{life.plan_id}/{what}", said)


async def life_due_day(life: Life, step: Step) -> None:
    await _change(life, "due-day-changes", {"day": int(step["day"])})


async def life_holiday(life: Life, step: Step) -> None:
    body = {"from_due_on": step["first"], "installments": int(step["count"])}
    await _change(life, "payment-holidays", body)


async def life_step_down(life: Life, step: Step) -> None:
    body = {"installment_minor": minor(step["amount"]), "until_on": step["until"]}
    await _change(life, "step-downs", body)


async def life_new_terms(life: Life, step: Step) -> None:
    terms = {
        "amount_minor": minor(step["amount"]),
        "installment_count": int(step["count"]),
        "frequency": {"every": 1, "unit": step["unit"]},
        "first_due_on": step["first"],
    }
    quote = await life.api.post(f"/v1/accounts/{life.account_id}/quotes", {"terms": terms})
    life.table[step["name"]] = quote


async def life_rewrite(life: Life, step: Step) -> None:
    quote = life.table[step["name"]]
    await _change(life, "rewrites", {"quote_id": quote["id"], "quote_hash": quote["hash"]})


async def life_accelerate(life: Life, step: Step) -> None:
    await _change(life, "accelerations", {})


async def life_undo(life: Life, step: Step) -> None:
    revision = (await life.plan(step))["revision"]
    await life.api.post(f"/v1/plans/{life.plan_id}/revisions/{revision}/undo", {})


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    name: op for name, op in globals().items() if name.startswith("life_")
}
