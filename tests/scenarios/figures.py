"""What a case expects of the whole: its status, what is overdue, overpaid or taken back."""

from collections.abc import Mapping
from typing import Any

from tests.scenarios.client import Document, Unknown
from tests.scenarios.expectations import expected_of
from tests.scenarios.life import Life, Step, minor, money
from tests.scenarios.selecting import NAMED, letters, matching, said_of
from tests.scenarios.tables import Differs, compare_one, same

#: Another system's word for where a plan stands, and what it means here.
_STATUS = {
    "submittedandpendingapproval": "not begun",
    "pendingapproval": "not begun",
    "submitted": "not begun",
    "approved": "not begun",
    "active": "active",
    "overpaid": "overpaid",
    "closedobligationsmet": "paid",
    "closed": "paid",
    "paid": "paid",
    "completed": "paid",
    "closedwrittenoff": "closed",
    "chargedoff": "charged_off",
    "settled": "settled",
    "broken": "broken",
    "cancelled": "cancelled",
}


async def expect_status(life: Life, step: Step) -> None:
    """Where the plan stands, in a case's words or in ours."""
    said = _of_one(step, "status", "value", "loan_status")
    if letters(said) not in _STATUS:
        raise Unknown(f"expect_status.status {said}")
    ours = await _status(life, step)
    if _STATUS[letters(said)] not in ours:
        raise Differs(f"expect_status: it is {' and '.join(ours)}, not {said}")


async def _status(life: Life, step: Step) -> list[str]:
    if not life.plan_id:
        return ["not begun"]
    account, plan = await life.account(step), await life.plan(step)
    owed, kept = account["balance"]["total_minor"], account["unapplied_minor"]
    if account["status"] in ("charged_off", "closed", "settled"):
        return [account["status"], *_ended(plan)]
    if owed:
        return _ended(plan) or ["active"]
    return ["overpaid" if kept else "paid"]


def _ended(plan: Document) -> list[str]:
    return [plan["status"]] if plan["status"] in ("broken", "cancelled") else []


def _of_one(step: Step, *names: str) -> str:
    """The one thing a step says, under one of these names."""
    said = expected_of(step)
    known = [name for name in names if said.get(name) is not None]
    unknown = [n for n, value in said.items() if n not in names and value is not None]
    if unknown or len(known) != 1:
        what = unknown[0] if unknown else "(nothing)"
        raise Unknown(f"{step['op']}.{what}")
    return str(said[known[0]])


async def expect_overpaid(life: Life, step: Step) -> None:
    """Money that found nothing to pay."""
    kept = (await life.account(step))["unapplied_minor"] if life.account_id else 0
    _amount(step, kept, "amount", "overpaid")


async def expect_overdue(life: Life, step: Step) -> None:
    """What is open of installments due before the day."""
    overdue = (await life.plan(step))["delinquency"]["overdue_minor"] if life.plan_id else 0
    _amount(step, overdue, "amount", "overdue")


def _amount(step: Step, ours_minor: int, *names: str) -> None:
    minor(_of_one(step, *names))
    mine = dict.fromkeys(names, money(ours_minor))
    compare_one(expected_of(step), mine, what=step["op"])


async def expect_reverted(life: Life, step: Step) -> None:
    """A transaction was taken back, or, with `reverted` false, was not.

    Where a later fact changes how a payment is split, theirs takes it back and books it anew;
    ours writes a `reallocation` that names it, which counts as the same.
    """
    said = expected_of(step)
    wanted = said.pop("reverted", True)
    nested = {"op": step["op"], **{k: said.pop(k) for k in NAMED if k in said}}
    meant = said_of({"op": step["op"], "of": {**said_of(nested), **said}})
    found = matching(life, meant)
    if "nth" in meant:
        found = found[int(meant["nth"]) - 1 : int(meant["nth"])]
    if not found:
        raise Unknown(f"expect_reverted of {meant}, which this case does not have")
    ledger = await life.api.pages(f"/v1/accounts/{life.account_id}/ledger")
    back = {p["reverses"] for p in ledger if p["kind"] == "reversal"}
    anew = {p["payment_id"] for p in ledger if p["kind"] == "reallocation"}
    gone = any(one.undone or one.id in back for one in found)
    if wanted and not (gone or any(one.id in anew for one in found)):
        raise Differs(f"expect_reverted: {meant} stands")
    if not wanted and gone:
        raise Differs(f"expect_reverted: {meant} was taken back")


# --- Figures by our own names -----------------------------------------------------------------


async def expect_account(life: Life, step: Step) -> None:
    """Fields of the account by their names; what lies deeper as `delinquency.bucket`."""
    _fields(step, await life.account(step))


async def expect_plan(life: Life, step: Step) -> None:
    """Fields of the plan by their names, such as `standing` or `delinquency.missed_total`."""
    _fields(step, await life.plan(step))


async def expect_settlement(life: Life, step: Step) -> None:
    """Fields of the newest settlement by their names."""
    _fields(step, await life.settlement(step))


async def expect_promise(life: Life, step: Step) -> None:
    """Fields of the newest promise by their names."""
    known = await life.api.pages(f"/v1/accounts/{life.account_id}/promises")
    made = next((one for one in known if one["id"] == life.names.get("promise")), None)
    if made is None:
        raise Unknown("expect_promise, with no promise before it")
    _fields(step, made)


def _fields(step: Step, document: Document) -> None:
    """Every field a step names; amounts may be text in whole units, under `…_minor`'s stem."""
    said = expected_of(step)
    if not said:
        raise Unknown(f"{step['op']} of nothing")
    for path, value in said.items():
        ours = _found(document, path, step["op"])
        if not same(value, ours):
            raise Differs(f"{step['op']}: {path} is {ours}, not {value}")


def _found(document: Document, path: str, op: str) -> Any:
    found: Any = document
    *way, last = path.split(".")
    for name in way:
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, Mapping) and last in found:
        return found[last]
    if isinstance(found, Mapping) and f"{last}_minor" in found:
        return money(found[f"{last}_minor"])
    raise Unknown(f"{op}.{path}")
