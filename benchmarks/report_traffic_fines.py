"""Reports over the Italian traffic fines: aging, flow and roll reconcile on 24 month-ends.

    python benchmarks/report_traffic_fines.py DIR [CASES]

The whole log is entered on one business date, so what was owed at a month-end is `restated`. A
report that does not come to the ledger raises; beside it stand what the rows come to and how long
each took.
"""

import asyncio
import sys
import time
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.overview.question import Asked
from app.domain.reports.books import Basis
from app.domain.schedule.dates import months_later
from app.services.reports.asked import context_of
from app.services.reports.report import make
from benchmarks.replay_traffic_fines import _CONSTANTS, BUSINESS_DATE, accounts, charges, payments
from benchmarks.replaying import folder_of, read, replay

MONTHS = 24
FIRST = date(2006, 12, 1)


def main() -> None:
    folder = folder_of(sys.argv[1], "traffic_fines")
    asyncio.run(run(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 1_000))  # noqa: PLR2004


async def run(folder: Path, limit: int) -> None:
    cases = {row["case_id"] for row in islice(read(folder / "cases.csv.gz"), limit)}
    async with replay(BUSINESS_DATE) as books:
        for kind, rows in {"accounts": accounts, "charges": charges, "payments": payments}.items():
            logged = (row for row in read(folder / "events.csv.gz") if row["case_id"] in cases)
            books.bring_in(kind, rows(logged), *_CONSTANTS[kind])
        for month in range(MONTHS):
            end = months_later(FIRST, month + 1) - timedelta(days=1)
            before = end.replace(day=1) - timedelta(days=1)
            questions = {
                "aging": Asked(basis=Basis.RESTATED, as_of=end),
                "flow": Asked(basis=Basis.RESTATED, from_on=end.replace(day=1), to_on=end),
                "roll": Asked(basis=Basis.RESTATED, from_on=before, to_on=end),
            }
            told = [str(end)]
            for name, asked in questions.items():
                begun = time.perf_counter()
                async with context_of(
                    books.app, books.tenant_id, business_date=BUSINESS_DATE, time_zone="Europe/Rome"
                ) as ctx:
                    report = (await make(ctx, name, asked)).report
                took = time.perf_counter() - begun
                sums = [(one.report_minor, one.difference_minor) for one in report.reconciles]
                told.append(f"{name} {sums} {took:.2f} s")
            print(*told, flush=True)
        books.finish()


if __name__ == "__main__":
    main()
