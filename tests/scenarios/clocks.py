"""What a case expects of lateness, held against the clocks and pauses of a plan.

A case's own system looks at its buckets on some days only (a daily job, a payment, a change): a
bucket it still holds is ours as of that day. Whatever else is asked is ours as of the asked day.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.scenarios.acts import NO_RANGE
from tests.scenarios.client import Document, Unknown
from tests.scenarios.expectations import expected_of
from tests.scenarios.life import Life, Step, money, understood
from tests.scenarios.tables import compare, compare_one, same

_NONE = "NO_DELINQUENCY"
_PLANS = ("plan", "loan", "")
_NOT_LATE = {
    "overdue_minor": 0, "delinquent_since_on": None, "delinquent_days": 0, "past_due_days": 0,
    "paused_days": 0, "grace_days": 0, "bucket": "current", "pauses": [],
}  # fmt: skip
#: Other names of a column, and ours.
_ALSO_CALLED = {
    "classification": "bucket",
    "range": "bucket",
    "delinquent_date": "delinquent_since",
    "overdue": "delinquent_amount",
}


async def expect_delinquency(life: Life, step: Step) -> None:
    """The plan's clock; of `level` installment, what is late by range."""
    level = str(step.get("level") or "").lower()
    if level == "installment":
        await expect_installment_delinquency(life, {k: step[k] for k in step if k != "level"})
        return
    if level not in _PLANS:
        raise Unknown(f"expect_delinquency.level {level}")
    said = {_ALSO_CALLED.get(k, k): v for k, v in expected_of(step).items() if k != "level"}
    clock = await _clock(life, _asked(life, step))
    mine = {
        "delinquent_amount": money(clock["overdue_minor"]),
        "delinquent_since": clock["delinquent_since_on"],
        "delinquent_days": clock["delinquent_days"],
        "past_due_days": clock["past_due_days"],
        "paused_days": clock["paused_days"],
        "grace_days": clock["grace_days"],
        "bucket": _named(clock["bucket"]),
    }
    if "bucket" in said:
        said["bucket"] = _named(said["bucket"])
        if said["bucket"] != mine["bucket"]:
            mine["bucket"] = _named((await _clock(life, _looked(life, step)))["bucket"])
    compare_one(said, mine, what=step["op"])


async def expect_installment_delinquency(life: Life, step: Step) -> None:
    """How much is late by range, each installment by its own days: past due, but for its pauses.

    Grace is the plan's alone, and where the plan is in no bucket no installment is in a range.
    """
    understood(step, {"rows", "business_date"}, what=step["op"])
    ranges = {one["name"]: number for number, one in enumerate(life.buckets, start=1)}
    rows = [_range_row(one, ranges) for one in step["rows"]]
    columns = ("bucket", "range_id", "amount")
    mine = await _by_range(life, _asked(life, step), ranges)
    if [one["amount"] for one in rows] != [one["amount"] for one in mine] or not all(
        same(theirs.get("bucket", ours["bucket"]), ours["bucket"])
        for theirs, ours in zip(rows, mine, strict=True)
    ):
        mine = await _by_range(life, _looked(life, step), ranges)
    compare(rows, mine, columns=columns, what=step["op"])


def _range_row(said: Mapping[str, Any], ranges: Mapping[str, int]) -> dict[str, Any]:
    names = {**_ALSO_CALLED, "delinquent_amount": "amount", "name": "bucket", "nr": "range_id"}
    row = {names.get(k, k): v for k, v in said.items() if v is not None}
    if "bucket" in row and row["bucket"] not in ranges:
        raise Unknown(f"expect_installment_delinquency: a range {row['bucket']}")
    return row


async def _by_range(life: Life, on: str, ranges: Mapping[str, int]) -> list[dict[str, Any]]:
    clock = await _clock(life, on)
    if _named(clock["bucket"]) == _NONE:
        return []
    plan = await life.plan({"as_of": on})
    late: dict[str, int] = {}
    for row in plan["installments"]:
        if row["due_on"] < on and row["outstanding_minor"]:
            name = _range_of(life, _own_days(row["due_on"], on, clock["pauses"]))
            late[name] = late.get(name, 0) + row["outstanding_minor"]
    late.pop(_NONE, None)
    return [
        {"bucket": name, "range_id": ranges[name], "amount": money(late[name])}
        for name in sorted(late, key=ranges.__getitem__)
    ]


def _own_days(due_on: str, on: str, pauses: list[Document]) -> int:
    """Days: a pause takes its days after the due date and before today."""
    due, today = date.fromisoformat(due_on), date.fromisoformat(on)
    days = (today - due).days
    for one in pauses:
        start = max(date.fromisoformat(one["starts_on"]), due)
        end = min(date.fromisoformat(one["ends_on"] or on), today)
        days -= max(0, (end - start).days)
    return days


def _range_of(life: Life, days: int) -> str:
    for one in life.buckets:
        if one["min"] <= days and (one["max"] is None or days <= one["max"]):
            return str(one["name"])
    return _NONE


def _named(bucket: str | None) -> str:
    """A case calls it NO_DELINQUENCY where no range of its own holds the days."""
    nowhere = bucket in (None, "current") or str(bucket).startswith(NO_RANGE)
    return _NONE if nowhere else str(bucket)


def _asked(life: Life, step: Step) -> str:
    return str(step.get("as_of") or life.today)


def _looked(life: Life, step: Step) -> str:
    """The last day, up to the asked one, on which the case's own system looked."""
    asked = _asked(life, step)
    return str(life.judged_by(date.fromisoformat(asked)) or asked)


async def _clock(life: Life, on: str) -> Document:
    if not life.plan_id:
        return dict(_NOT_LATE)
    as_of = None if on == str(life.today) else on
    return await life.api.get(f"/v1/plans/{life.plan_id}/delinquency", as_of=as_of)


async def expect_pause_periods(life: Life, step: Step) -> None:
    understood(step, {"rows", "business_date"}, what=step["op"])
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
    understood(step, {"rows", "business_date"}, what=step["op"])
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
