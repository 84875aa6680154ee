"""The rest of what the service does, as steps of a file, in the words of its own requests.

Each of these ops is one request: its options are the request's fields, which the service itself
refuses by name where it does not know them. Amounts may be text in whole units (`amount` for
`amount_minor`), and `date` stands for `effective_on`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.scenarios.client import Document, Unknown
from tests.scenarios.life import Life, Step, minor, understood

_TOLD = ("op", "note", "comment", "business_date", "refused")


@dataclass(frozen=True, slots=True)
class _Command:
    """`path` below the thing it is done to; `keeps`: what its answer is remembered as."""

    of: str
    path: str
    keeps: str = ""
    reason: bool = True


_PLAN = {
    "defer": "deferrals",
    "payment_holiday": "payment-holidays",
    "step_down": "step-downs",
    "change_due_day": "due-day-changes",
    "rewrite": "rewrites",
    "accelerate": "accelerations",
    "cancel_plan": "cancel",
    "reinstate": "reinstate",
}
_ACCOUNT = {
    "charge_off": _Command("accounts", "charge-offs"),
    "undo_charge_off": _Command("accounts", "charge-offs/undo", reason=False),
    "close_account": _Command("accounts", "closures"),
    "undo_close_account": _Command("accounts", "closures/undo", reason=False),
    "hold": _Command("accounts", "holds", keeps="hold"),
    "promise": _Command("accounts", "promises", keeps="promise", reason=False),
    "adjust": _Command("accounts", "adjustments"),
    "add_cycle": _Command("accounts", "cycles", reason=False),
    "enter_workout": _Command("accounts", "workouts", reason=False),
    "re_age_account": _Command("accounts", "re-ages"),
    "quote": _Command("accounts", "quotes", keeps="quote", reason=False),
    "offer_settlement": _Command("accounts", "settlement-offers", keeps="settlement", reason=False),
    "accept_settlement": _Command("settlement-offers", "accept", reason=False),
    "decline_settlement": _Command("settlement-offers", "decline", reason=False),
    "withdraw_settlement": _Command("settlement-offers", "withdraw", reason=False),
}
_COMMANDS: Mapping[str, _Command] = {
    **{op: _Command("plans", path) for op, path in _PLAN.items()},
    **_ACCOUNT,
}
#: Other names of the same acts.
_ALSO_CALLED = {
    "deferral": "defer", "skip_installment": "defer", "holiday": "payment_holiday",
    "due_day_change": "change_due_day", "cancel": "cancel_plan", "write_off": "close_account",
    "place_hold": "hold", "settlement_offer": "offer_settlement",
    "undo_write_off": "undo_close_account",
}  # fmt: skip


async def command(life: Life, step: Step) -> None:
    """One request, and what its answer means for the steps to come."""
    name = _ALSO_CALLED.get(step["op"], step["op"])
    what = _COMMANDS[name]
    await life.take_up(step)
    body = _body(step)
    if what.reason:
        body.setdefault("reason", "agreed")
    if name == "re_age_account":
        body.setdefault("documented_ability", True)
    if name == "rewrite" and "quote_id" not in body:
        quote = life.table["quote"]
        body |= {"quote_id": quote["id"], "quote_hash": quote["hash"]}
    if what.of == "plans":
        life.rows_before = {row["id"] for row in (await life.plan(step))["installments"]}
    made = await life.api.post(f"/v1/{what.of}/{_subject(life, what)}/{what.path}", body)
    _remember(life, what, made)
    life.judge()


def _body(step: Step) -> Document:
    body: Document = {}
    for name, value in step.items():
        if name in _TOLD or value is None:
            continue
        if name == "date":
            body["effective_on"] = value
        elif name in _AMOUNTS:
            body[f"{name}_minor"] = minor(value)
        else:
            body[name] = value
    return body


_AMOUNTS = ("amount", "installment", "minimum_due", "payment")


def _subject(life: Life, what: _Command) -> str:
    known = {
        "plans": life.plan_id,
        "accounts": life.account_id,
        "settlement-offers": life.settlement_id,
    }
    if not known[what.of]:
        raise Unknown(f"{what.path}, before there is anything it could be done to")
    return known[what.of]


def _remember(life: Life, what: _Command, made: Document) -> None:
    if what.keeps:
        life.names[what.keeps] = made["id"]
        life.table[what.keeps] = made
    if what.keeps == "settlement":
        life.settlement_id = made["id"]
    if what.path == "accept":
        life.plan_id = made["plan_id"] or life.plan_id


async def release_hold(life: Life, step: Step) -> None:
    """The newest hold ends today."""
    understood(step, {"treatment_ends_on", "business_date", "refused"}, what=step["op"])
    await life.take_up(step)
    if "hold" not in life.names:
        raise Unknown("release_hold, with no hold before it")
    where = f"/v1/accounts/{life.account_id}/holds/{life.names['hold']}/release"
    await life.api.post(where, {"treatment_ends_on": step.get("treatment_ends_on")})


async def undo_change(life: Life, step: Step) -> None:
    """The newest change of the schedule is taken back."""
    understood(step, {"business_date", "refused"}, what=step["op"])
    await life.take_up(step)
    revision = (await life.plan({}))["revision"]
    await life.api.post(f"/v1/plans/{life.plan_id}/revisions/{revision}/undo", {})
    life.judge()


#: The ops of this module by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    **dict.fromkeys([*_COMMANDS, *_ALSO_CALLED], command),
    "release_hold": release_hold,
    "undo_change": undo_change,
    "undo_reschedule": undo_change,
    "undo_deferral": undo_change,
}
