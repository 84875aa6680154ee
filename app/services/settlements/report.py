"""The figures of settlements: offered, accepted, satisfied, void; forgiven and recovered."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.reporting.settlements import Fate, SettlementFigures, figures
from app.services.context import Context
from app.services.judging import judge_behind
from app.storage.accounts import judging
from app.storage.settlements import report as settlement_report
from app.storage.settlements import settlements


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReport:
    """The rows of a span of days."""

    since: date
    until: date
    rows: tuple[SettlementFigures, ...]
    judged_through_on: date
    accounts_behind: int


async def report(ctx: Context, *, since: date, until: date) -> SettlementReport:
    """What happened to settlements from one day to another, both inclusive.

    Accounts whose days nobody has closed yet are judged in memory, as lists judge them.
    """
    judged = await judge_behind(ctx, (judging.of_settlements(),))
    found = await settlement_report.touched(
        ctx.tx, since=since, until=until, judged=judged.readings.keys()
    )
    for reading in judged.readings.values():
        for one in reading.state.settlements:
            if one.id in found:
                found[one.id] |= _as_judged(reading.state, one)
    fates = [Fate(**one) for one in found.values()]
    return SettlementReport(
        since=since,
        until=until,
        rows=figures(fates, since=since, until=until),
        judged_through_on=judged.through_on,
        accounts_behind=judged.behind,
    )


async def number(ctx: Context, *, since: date, until: date, limit: int) -> int:
    """To how many settlements something happened on these days, counted to a limit."""
    return await settlement_report.number(ctx.tx, since=since, until=until, limit=limit)


def _as_judged(state: State, one: Settlement) -> dict[str, Any]:
    """What of a settlement its days change, as it would be stored."""
    columns = settlements.settlement_columns(state, one)
    changing = {f.name for f in fields(Fate)} & columns.keys()
    return {name: columns[name] for name in changing} | {"status": one.status}
