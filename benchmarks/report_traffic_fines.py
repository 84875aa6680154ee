"""Reports over the Italian traffic fines: aging, flow and roll reconcile on 24 month-ends.

    python benchmarks/report_traffic_fines.py DIR [CASES]

The log is lived: what came before the first month is entered on its eve, then each month on its
last day, and the next day is opened by a sweep, which keeps what the day before came to. So the
reports are `booked`, of a portfolio as its books stood. One that does not come to the ledger
raises; beside it stand what the rows come to, how often both differed and how long each took.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.overview.question import Asked
from app.domain.schedule.dates import months_later
from app.services.day_close.sweep import sweep
from app.services.reports.asked import context_of
from app.services.reports.closing import keep_day_before
from app.services.reports.rebuilding import Caches
from app.services.reports.report import make
from app.storage import tenancy
from benchmarks.replay_traffic_fines import _CONSTANTS, accounts, charges, payments
from benchmarks.replaying import Replay, folder_of, read, replay

MONTHS = 24
FIRST = date(2011, 7, 1)  # the last of them holds every case of the log
_DAY = timedelta(days=1)
_ROWS: dict[str, Callable[[Iterator[dict[str, str]]], Iterator[dict[str, str]]]] = {
    "accounts": accounts, "charges": charges, "payments": payments,
}  # fmt: skip


def main() -> None:
    folder = folder_of(sys.argv[1], "traffic_fines")
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else None  # noqa: PLR2004 - DIR [CASES]
    asyncio.run(run(folder, cases))


async def run(folder: Path, limit: int | None) -> None:
    cases = {row["case_id"] for row in islice(read(folder / "cases.csv.gz"), limit)}
    ends = [FIRST - _DAY, *(months_later(FIRST, n + 1) - _DAY for n in range(MONTHS))]
    logged = _by_month(folder, cases, ends)
    differences = 0
    async with replay(ends[0]) as books:
        for number, end in enumerate(ends):
            async with books.owner.transaction() as tx:
                await tenancy.set_clock(tx, books.tenant_id, end)
            for kind, rows in logged.items():
                if mine := rows[number]:
                    books.bring_in(kind, mine, *_CONSTANTS[kind])
            begun = time.perf_counter()
            await sweep(books.app, books.tenant_id, business_date=end + _DAY, first=keep_day_before)
            books.say(f"{end} closed in {time.perf_counter() - begun:.2f} s")
            if number:
                differences += await _reports(books, ends[number - 1], end)
        if limit is not None:  # every account is folded from its history
            caches = Caches(
                database=books.app, tenant_id=books.tenant_id, business_date=ends[-1] + _DAY
            )
            unlike = await caches.compare(ends[-1])
            books.say(f"{ends[-1]}: {len(unlike)} figures kept are not what the facts say")
            books.failures += len(unlike)
        books.failures += differences
        books.say(f"{differences} of {3 * MONTHS} reports differ from the ledger")
        books.finish()


async def _reports(books: Replay, before: date, end: date) -> int:
    """How many of the three do not come to the ledger."""
    questions = {
        "aging": Asked(as_of=end),
        "flow": Asked(from_on=before + _DAY, to_on=end),
        "roll": Asked(from_on=before, to_on=end),
    }
    told, differ = [str(end)], 0
    for name, asked in questions.items():
        begun = time.perf_counter()
        async with context_of(
            books.app, books.tenant_id, business_date=end + _DAY, time_zone="Europe/Rome"
        ) as ctx:
            report = (await make(ctx, name, asked)).report
        took = time.perf_counter() - begun
        sums = [(one.report_minor, one.difference_minor) for one in report.reconciles]
        differ += any(difference for _, difference in sums) or not sums
        told.append(f"{name} {sums} {took:.2f} s")
    books.say(" ".join(told))
    return differ


def _by_month(
    folder: Path, cases: set[str], ends: list[date]
) -> dict[str, list[list[dict[str, str]]]]:
    """The rows of each kind, by the end of the month they are entered on; later ones are left."""
    found: dict[str, list[list[dict[str, str]]]] = {}
    for kind, rows in _ROWS.items():
        found[kind] = [[] for _ in ends]
        logged = (row for row in read(folder / "events.csv.gz") if row["case_id"] in cases)
        for row in rows(logged):
            number = next(
                (n for n, end in enumerate(ends) if row["effective_on"] <= str(end)), None
            )
            if number is not None:
                found[kind][number].append(row)
    return found


if __name__ == "__main__":
    main()
