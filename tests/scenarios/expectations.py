"""What a case expects to see, held against what the API answers. Nothing is worked out here
but what our answers name otherwise: a running balance, a total.
"""

from collections.abc import Mapping
from datetime import date
from itertools import combinations
from typing import Any

from tests.scenarios import acts
from tests.scenarios.client import Document, Unknown
from tests.scenarios.life import Life, Step, minor, money, understood
from tests.scenarios.tables import Differs, compare, compare_one

#: A case's column, and the field of our installment that answers it.
_AMOUNTS = {
    "principal_due": "principal_minor",
    "interest": "interest_minor",
    "penalties": "penalties_minor",
    "due": "amount_minor",
    "paid": "paid_minor",
    "paid_in_advance": "paid_in_advance_minor",
    "paid_late": "paid_late_minor",
    "outstanding": "outstanding_minor",
}
_TOTALS = {"due": "total_minor", "paid": "paid_minor", "outstanding": "outstanding_minor"}
COLUMNS = {
    *_AMOUNTS, "fees", "charges", "kind", "nr", "due_date", "paid_date", "balance_after", "days",
    "status",
}  # fmt: skip


async def expect_schedule(life: Life, step: Step) -> None:
    """Every row and column of the schedule, in order, and how many rows there are."""
    understood(step, {"rows", "periods", "business_date", "preview"}, what="expect_schedule")
    opened, mine = await rows_of(life, await plan_of(life, step))
    where = "expect_schedule"
    check_periods(step, mine, where=where)
    if "rows" not in step and "periods" not in step:
        raise Unknown("expect_schedule without rows")
    if "rows" not in step:
        return
    paid_out = [row for row in step["rows"] if row.get("kind") == "disbursement"]
    begun = {"kind": "disbursement", "date": opened["effective_on"]}
    begun["balance"] = money(opened["amount_minor"])
    if paid_out:
        compare(paid_out, [begun], columns=begun, what=f"{where} (disbursement)")
    rows = [unwaived(row) for row in step["rows"] if row.get("kind") != "disbursement"]
    compare(rows, mine, columns=COLUMNS, what=where)


def check_periods(step: Step, mine: list[dict[str, Any]], *, where: str) -> None:
    if step.get("periods") is not None and int(step["periods"]) != len(mine):
        raise Differs(f"{where}: expected {step['periods']} periods, there are {len(mine)}")


async def plan_of(life: Life, step: Step) -> Document:
    """The plan a step speaks of: as of its day, as a preview showed it, or before it begins."""
    if step.get("preview"):
        if life.preview is None:
            raise Unknown(f"{step['op']}.preview, with no preview before it")
        return life.preview
    if not life.plan_id and life.agreed:
        return await acts.scheduled(life)
    return await life.plan(step)


async def rows_of(life: Life, plan: Document) -> tuple[Document, list[dict[str, Any]]]:
    """What was paid out, and the rows of the schedule in a case's columns."""
    ledger: list[Document] = []
    if life.account_id:
        ledger = await life.api.pages(f"/v1/accounts/{life.account_id}/ledger")
    begun = {"effective_on": None, "amount_minor": 0}
    if not ledger:
        begun = {
            "effective_on": acts.paid_out_on(life),
            "amount_minor": minor(life.agreed["principal"]),
        }
    opened = next((p for p in ledger if p["kind"] == "placement"), begun)
    return opened, _rows(plan, opened, ledger)


def unwaived(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of a case leaves what was waived in what is due; ours takes it out."""
    kept = {k: v for k, v in row.items() if k != "waived"}
    waived = minor(row.get("waived") or 0)
    if not waived:
        return kept
    charges = sum(minor(kept.pop(name, 0) or 0) for name in ("fees", "penalties"))
    kept["charges"] = money(charges - waived)
    return {**kept, "due": money(minor(row["due"]) - waived)}


def _rows(plan: Document, opened: Document, ledger: list[Document]) -> list[dict[str, Any]]:
    """Our schedule in a case's columns.

    `balance_after` is the principal still to come after the row: what was paid out, plus each
    chargeback that joined the schedule by then, less the principal of the rows so far.
    """
    principal = sum(row["principal_minor"] for row in plan["installments"])
    joined = _joined(ledger, principal - opened["amount_minor"])
    left, before = opened["amount_minor"], opened["effective_on"]
    rows = []
    for row in plan["installments"]:
        left += sum(amount for on, amount in joined if on <= row["due_on"])
        joined = [one for one in joined if one[0] > row["due_on"]]
        if plan["installments"][-1] is row:
            left += sum(amount for _, amount in joined)
        left -= row["principal_minor"]
        amounts = {column: money(row[name]) for column, name in _AMOUNTS.items()}
        rows.append(
            {
                "kind": "installment",
                "nr": row["number"],
                "due_date": row["due_on"],
                "paid_date": row["satisfied_on"],
                "balance_after": money(left),
                **amounts,
                "fees": money(row["fees_minor"] + row["costs_minor"]),
                "charges": money(row["fees_minor"] + row["costs_minor"] + row["penalties_minor"]),
                "status": row.get("status"),
                "days": _days(before, row["due_on"]),
            }
        )
        before = row["due_on"]
    return rows


def _joined(ledger: list[Document], beyond_minor: int) -> list[tuple[str, int]]:
    """The chargebacks that joined the schedule: those that make up what its rows hold beyond
    the principal paid out. One that unapplied money covers leaves the rows as they are.
    """
    known = [(p["effective_on"], p["amount_minor"]) for p in reversed(in_force(ledger))]
    for size in range(len(known) + 1):
        for some in combinations(known, size):
            if sum(amount for _, amount in some) == beyond_minor:
                return sorted(some)
    return sorted(known)


def in_force(ledger: list[Document]) -> list[Document]:
    """The chargebacks that were not won since: a reversal takes away the newest of its kind."""
    found: list[Document] = []
    for posting in ledger:
        if posting["kind"] == "chargeback":
            found.append(posting)
        elif is_won_back(posting):
            found.remove(won_back(found, posting))
    return found


def is_won_back(posting: Document) -> bool:
    """Whether a posting takes back a chargeback."""
    return posting["kind"] == "reversal" and str(posting.get("reverses")).startswith("cbk_")


def won_back(found: list[Document], reversal: Document) -> Document:
    """The chargeback a reversal takes back, which the ledger names by its day and amount."""
    day, amount = reversal["effective_on"], -reversal["amount_minor"]
    return [p for p in found if (p["effective_on"], p["amount_minor"]) == (day, amount)][-1]


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


async def expect_totals(life: Life, step: Step) -> None:
    """The sums of all rows, and the same figures as the plan itself tells them."""
    plan = await plan_of(life, step)
    rows = plan["installments"]
    sums = {column: sum(row[name] for row in rows) for column, name in _AMOUNTS.items()}
    sums["fees"] = sum(row["fees_minor"] + row["costs_minor"] for row in rows)
    sums["charges"] = sums["fees"] + sums["penalties"]
    told = {column: plan[name] for column, name in _TOTALS.items()}
    if told != {column: sums[column] for column in told}:
        raise Differs(f"expect_totals: the plan says {told}, its rows add up to {sums}")
    mine = {column: money(amount) for column, amount in sums.items()}
    compare_one(unwaived(expected_of(step)), mine, what="expect_totals")


async def expect_outstanding(life: Life, step: Step) -> None:
    """All that is owed on the account; nothing before anything was paid out."""
    owed = (await life.account(step))["balance"]["total_minor"] if life.account_id else 0
    mine = {"amount": money(owed), "outstanding": money(owed)}
    compare_one(expected_of(step), mine, what="expect_outstanding")


async def expect_installment_outstanding(life: Life, step: Step) -> None:
    """What is open of the installment due that day, or of that number."""
    rows = (await plan_of(life, step))["installments"]
    if step.get("due_date"):
        rows = [row for row in rows if row["due_on"] == step["due_date"]]
    if step.get("nr"):
        rows = [row for row in rows if row["number"] == int(step["nr"])]
    if not rows or not (step.get("due_date") or step.get("nr")):
        raise Differs(f"expect_installment_outstanding: no row is {dict(step)}")
    left = money(sum(row["outstanding_minor"] for row in rows))
    mine = {"due_date": rows[0]["due_on"], "nr": rows[0]["number"], "outstanding": left}
    mine["amount"] = left
    compare_one(expected_of(step), mine, what="expect_installment_outstanding")


def expected_of(step: Step) -> dict[str, Any]:
    """What a step expects: all it says but its name, its day and its notes; null says nothing."""
    told = {"op", "as_of", "note", "comment", "business_date", "preview"}
    return {k: v for k, v in step.items() if k not in told}
