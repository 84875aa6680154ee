"""What a case expects of a change of the schedule: the rows it made, or that it made none."""

from collections.abc import Mapping
from typing import Any

from tests.scenarios.client import Document, Unknown
from tests.scenarios.expectations import (
    COLUMNS,
    expect_schedule,
    expected_of,
    plan_of,
    rows_of,
    unwaived,
)
from tests.scenarios.life import Life, Step, money
from tests.scenarios.tables import compare, compare_one

#: What stays the same where a schedule is unchanged; what was paid of it is not the schedule.
_AGREED = (
    "id", "number", "due_on", "principal_minor", "interest_minor", "fees_minor",
    "penalties_minor", "costs_minor",
)  # fmt: skip


async def expect_re_age_amount(life: Life, step: Step) -> None:
    """What the newest re-age, or its preview, moved: the principal of the rows it made."""
    made = _made(life, _newest(life, await plan_of(life, step)))
    mine = {"amount": money(sum(row["principal_minor"] for row in made))}
    compare_one(expected_of(step), mine, what="expect_re_age_amount")


async def expect_new_installments(life: Life, step: Step) -> None:
    """The rows the newest change of the schedule made, or its preview: as a table, or in short.

    In short: `count`, `dates`, `amounts` (or `amount`, of each), `total`, `first`, `last`.
    """
    plan = _newest(life, await plan_of(life, step))
    made = {row["id"] for row in _made(life, plan)}
    _, rows = await rows_of(life, plan)
    mine = [row for row, one in zip(rows, plan["installments"], strict=True) if one["id"] in made]
    said = expected_of(step)
    if "rows" in said:
        _compare(said.pop("rows"), mine, what=step["op"])
    in_short = {_SHORT.get(name, name): value for name, value in said.items()}
    _compare_in_short(in_short, plan, made, what=step["op"])


_SHORT = {
    "n": "count", "installments": "count", "number": "count", "periods": "count",
    "due_dates": "dates", "due": "amounts", "first_due_date": "first", "start_date": "first",
    "last_due_date": "last", "each": "amount",
}  # fmt: skip


def _compare_in_short(
    said: Mapping[str, Any], plan: Document, made: set[str], *, what: str
) -> None:
    rows = [row for row in plan["installments"] if row["id"] in made]
    amounts = [money(row["amount_minor"]) for row in rows]
    dates = [row["due_on"] for row in rows]
    known = {
        "count": len(rows),
        "first": dates[0] if dates else None,
        "last": dates[-1] if dates else None,
        "total": money(sum(row["amount_minor"] for row in rows)),
    }
    lists = {"dates": dates, "amounts": amounts}
    if "amount" in said:
        lists["amounts"] = amounts
        said = {
            **{k: v for k, v in said.items() if k != "amount"},
            "amounts": [said["amount"]] * len(rows),
        }
    for name, column in lists.items():
        if name in said:
            theirs = [{name: one} for one in said[name]]
            compare(theirs, [{name: one} for one in column], columns=(name,), what=what)
    compare_one({k: v for k, v in said.items() if k not in lists}, known, what=what)


def _compare(theirs: list[Mapping[str, Any]], mine: list[dict[str, Any]], *, what: str) -> None:
    """Numbered as in the whole schedule, or from 1."""
    if theirs and str(theirs[0].get("nr")) == "1":
        mine = [{**row, "nr": number} for number, row in enumerate(mine, start=1)]
    compare([unwaived(row) for row in theirs], mine, columns=COLUMNS, what=what)


def _newest(life: Life, plan: Document) -> Document:
    return life.preview if life.preview is not None else plan


def _made(life: Life, plan: Document) -> list[Document]:
    return [row for row in plan["installments"] if row["id"] not in life.rows_before]


async def expect_preview(life: Life, step: Step) -> None:
    """What a preview says of itself: the whole schedule, or the rows that would be new."""
    if life.preview is None:
        raise Unknown(f"{step['op']}: nothing was previewed")
    told = [row for row in step.get("rows") or () if row.get("kind") != "disbursement"]
    periods = int(step.get("periods") or len(told))
    if periods == len(life.preview["installments"]):
        await expect_schedule(life, {**step, "preview": True})
        return
    new = {"op": step["op"], "count": periods} | ({"rows": told} if "rows" in step else {})
    await expect_new_installments(life, new)


async def expect_schedule_unchanged(life: Life, step: Step) -> None:
    """The newest act, or all since a day, left every due date and amount as it was."""
    said = expected_of(step)
    since = said.pop("since", None)
    if said:
        raise Unknown(f"{step['op']}.{min(said)}")
    now = (await life.plan(step))["installments"]
    before = life.unchanged
    if since:
        before = (await life.plan({"as_of": since}))["installments"]
    if before is None:
        raise Unknown(f"{step['op']}, with nothing done before it")
    compare(_agreed(before), _agreed(now), columns=_AGREED, what=step["op"])


def _agreed(rows: list[Document]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in _AGREED} for row in rows]
