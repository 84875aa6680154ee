"""The figures of settlements: offered, accepted, satisfied, void; forgiven and recovered."""

from dataclasses import dataclass
from datetime import date

from app.domain.settlement_report import Fate, SettlementFigures, figures
from app.services.context import Context
from app.storage import settlement_report


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReport:
    """The rows of a span of days."""

    since: date
    until: date
    rows: tuple[SettlementFigures, ...]


async def report(ctx: Context, *, since: date, until: date) -> SettlementReport:
    """What happened to settlements from one day to another, both inclusive.

    As stored: an account whose days were not closed yet is judged by its next command or sweep.
    """
    found = await settlement_report.touched(ctx.tx, since=since, until=until)
    fates = [Fate(**one) for one in found]
    return SettlementReport(since=since, until=until, rows=figures(fates, since=since, until=until))
