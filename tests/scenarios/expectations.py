"""What a case expects to see, held against what the API answers. Nothing is worked out here
but what our answers name otherwise: a running balance, a total.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.scenarios.client import Document, NotPlayable
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
_COLUMNS = {*_AMOUNTS, "fees", "kind", "nr", "due_date", "paid_date", "balance_after", "days"}


async def expect_schedule(life: Life, step: Step) -> None:
    """Every row and column of the schedule, in order, and how many rows there are."""
    understood(step, {"rows", "periods", "business_date"}, what="expect_schedule")
    plan = await life.plan(step)
    ledger = await life.api.pages(f"/v1/accounts/{life.account_id}/ledger")
    opened = next(p for p in ledger if p["kind"] == "placement")
    mine = _rows(plan, opened, ledger)
    where = "expect_schedule"
    if step.get("periods") is not None and int(step["periods"]) != len(mine):
        raise Differs(f"{where}: expected {step['periods']} periods, there are {len(mine)}")
    paid_out = [row for row in step["rows"] if row.get("kind") == "disbursement"]
    begun = {"kind": "disbursement", "date": opened["effective_on"]}
    begun["balance"] = money(opened["amount_minor"])
    if paid_out:
        compare(paid_out, [begun], columns=begun, what=f"{where} (disbursement)")
    rows = [_unwaived(row) for row in step["rows"] if row.get("kind") != "disbursement"]
    compare(rows, mine, columns=_COLUMNS, what=where)


def _unwaived(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of a case leaves what was waived in what is due; ours takes it out."""
    waived = minor(row.get("waived") or 0)
    if not waived:
        return row
    kept = {k: v for k, v in row.items() if k not in {"waived", "fees", "penalties"}}
    return {**kept, "due": money(minor(row["due"]) - waived)}


def _rows(plan: Document, opened: Document, ledger: list[Document]) -> list[dict[str, Any]]:
    """Our schedule in a case's columns.

    `balance_after` is the principal still to come after the row: what was paid out, plus each
    chargeback that joined the schedule by then, less the principal of the rows so far.
    """
    joined = [
        (p["effective_on"], p["amount_minor"])
        for p in ledger
        if p["kind"] == "chargeback" and p["components"]["principal_minor"]
    ]
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
                "days": _days(before, row["due_on"]),
            }
        )
        before = row["due_on"]
    return rows


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


async def expect_totals(life: Life, step: Step) -> None:
    """The sums of all rows, and the same figures as the plan itself tells them."""
    plan = await life.plan(step)
    rows = plan["installments"]
    sums = {column: sum(row[name] for row in rows) for column, name in _AMOUNTS.items()}
    sums["fees"] = sum(row["fees_minor"] + row["costs_minor"] for row in rows)
    told = {column: plan[name] for column, name in _TOTALS.items()}
    if told != {column: sums[column] for column in told}:
        raise Differs(f"expect_totals: the plan says {told}, its rows add up to {sums}")
    mine = {column: money(amount) for column, amount in sums.items()}
    compare_one(_unwaived(_expected(step)), mine, what="expect_totals")


async def expect_outstanding(life: Life, step: Step) -> None:
    """All that is owed on the account."""
    account = await life.account(step)
    mine = {"amount": money(account["balance"]["total_minor"])}
    compare_one(_expected(step), mine, what="expect_outstanding")


async def expect_installment_outstanding(life: Life, step: Step) -> None:
    plan = await life.plan(step)
    for row in plan["installments"]:
        if row["due_on"] == step["due_date"]:
            mine = {"due_date": row["due_on"], "outstanding": money(row["outstanding_minor"])}
            compare_one(_expected(step), mine, what="expect_installment_outstanding")
            return
    raise Differs(f"expect_installment_outstanding: no row is due on {step['due_date']}")


async def expect_re_age_amount(life: Life, step: Step) -> None:
    """What the newest re-age moved: the principal of the rows it made."""
    plan = await life.plan(step)
    made = [row for row in plan["installments"] if row["id"] not in life.rows_before]
    mine = {"amount": money(sum(row["principal_minor"] for row in made))}
    compare_one(_expected(step), mine, what="expect_re_age_amount")


# --- Delinquency ---------------------------------------------------------------------------


async def expect_delinquency(life: Life, step: Step) -> None:
    """The plan's clock. A case's bucket is the one of the last day its system looked: that day's
    bucket is what ours is held against; ours as of today may be further on.
    """
    if step.get("level", "plan") != "plan":
        raise NotPlayable(f"expect_delinquency of level {step['level']}")
    clock = await _clock(life, step.get("as_of"))
    mine = {
        "delinquent_amount": money(clock["overdue_minor"]),
        "delinquent_since": clock["delinquent_since_on"],
        "delinquent_days": clock["delinquent_days"],
        "past_due_days": clock["past_due_days"],
        "level": "plan",
    }
    if "bucket" in step:
        on = step.get("as_of") or str(life.today)
        if life.judged_on and life.judged_on.isoformat() < on:
            clock = await _clock(life, life.judged_on.isoformat())
        mine["bucket"] = "NO_DELINQUENCY" if clock["bucket"] == "current" else clock["bucket"]
    compare_one(_expected(step), mine, what="expect_delinquency")


async def _clock(life: Life, on: str | None) -> Document:
    as_of = None if on == str(life.today) else on
    return await life.api.get(f"/v1/plans/{life.plan_id}/delinquency", as_of=as_of)


async def expect_pause_periods(life: Life, step: Step) -> None:
    on = step.get("as_of") or str(life.today)
    known = await life.api.get(f"/v1/plans/{life.plan_id}/pauses", as_of=life.dated(step, "as_of"))
    mine = [
        {"active": one["starts_on"] <= on <= one["ends_on"],
         "start": one["starts_on"], "end": one["ends_on"]}
        for one in known["data"]
    ]  # fmt: skip
    compare(step["rows"], mine, columns=("active", "start", "end"), what="expect_pause_periods")


async def expect_delinquency_actions(life: Life, step: Step) -> None:
    """What was done to the clock, as the account's timeline tells it."""
    where = f"/v1/accounts/{life.account_id}/timeline"
    actions = []
    for event in await life.api.pages(where):
        data = event["data"]
        if event["type"] == "pause.set":
            paused = {"start": data["starts_on"], "end": data["ends_on"]}
            actions.append({"action": "PAUSE", **paused})
        elif event["type"] == "pause.resumed":
            on = data.get("resumed_on") or data.get("ends_on") or event["business_date"]
            actions.append({"action": "RESUME", "start": on, "end": None})
    known = ("action", "start", "end")
    compare(step["rows"], actions, columns=known, what="expect_delinquency_actions")


def _expected(step: Step) -> dict[str, Any]:
    return {k: v for k, v in step.items() if k not in {"op", "as_of", "note", "business_date"}}
