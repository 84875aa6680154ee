"""Reports of many accounts beside the bare SQL that reads as much, in one run.

    python -m benchmarks.reports [ACCOUNTS …]

Accounts of four creditors have a plan of twelve installments and nine months behind them: most
paid, some stopped one to three months ago. Two ends of months are closed; what closing takes stands
beside the sweep of the day. Over HTTP: aging and portfolio of a closed day by three dimensions, a
month's flow, the roll matrix of two ends of months, aging of today; each with the statement a
person would write for its figures. At last a workbook of 100,000 rows, by its peak memory.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Sequence
from datetime import date, timedelta
from http.client import HTTPConnection
from statistics import median, quantiles
from uuid import UUID

from sqlalchemy import text

from app.domain.money import Amounts
from app.domain.overview.definitions.receivables import AGING
from app.domain.overview.question import Question
from app.domain.overview.table import Report, Row
from app.domain.persons.parties import PersonRole
from app.domain.reports.books import Basis
from app.domain.schedule.dates import months_later
from app.domain.vocabulary import Product
from app.services.accounts.place import OpenAccount, open_account
from app.services.day_close.sweep import sweep
from app.services.payments.command import PostPayment
from app.services.payments.post import post_payment
from app.services.plans.open import OpenPlan, open_plan
from app.services.plans.terms import read_terms
from app.services.reports.closing import keep_day_before, opened
from app.services.reports.workbook import report_xlsx
from app.services.work import begin, finish
from app.storage import tenancy
from app.storage.accounts.persons import PersonDetails
from app.storage.reports import report_days, rollups
from benchmarks.copying import multiply
from benchmarks.load import ROOT, Place, place, serving, tidy

PLACED_ON, EACH = date(2026, 1, 2), 100_00
BEFORE, END = date(2026, 9, 30), date(2026, 10, 31)
#: Of ten installments that were due: how many were paid.
PAID = (10, 10, 10, 10, 9, 8, 7, 6)
TEMPLATES, CREDITORS, ROUNDS, ROWS, DAYS = 24, 4, 40, 100_000, 9
#: What a copy needs to be summed, judged and written: not every row that tells of it.
COPIED = (
    "person", "account", "account_work", "handle", "fact", "plan", "posting", "position_month",
)  # fmt: skip
_DAY = timedelta(days=1)
BARE = {
    "aging now": """
        SELECT a.currency, a.bucket, count(*), sum(a.principal_minor), sum(a.interest_minor),
            sum(a.fees_minor), sum(a.penalties_minor), sum(a.costs_minor), sum(a.unapplied_minor),
            sum(w.overdue_minor)
        FROM account a JOIN account_work w
            ON w.tenant_id = a.tenant_id AND w.account_id = a.id
        WHERE a.tenant_id = :tenant AND a.status IN ('open', 'charged_off') GROUP BY 1, 2
    """,
    "roll": """
        SELECT f.currency, f.bucket, t.bucket, t.status, count(*), sum(f.principal_minor
            + f.interest_minor + f.fees_minor + f.penalties_minor + f.costs_minor)
        FROM position_month f JOIN position_month t
            ON t.tenant_id = f.tenant_id AND t.account_id = f.account_id AND t.month_on = :end
        WHERE f.tenant_id = :tenant AND f.month_on = :before AND f.status IN ('open', 'charged_off')
        GROUP BY 1, 2, 3, 4
    """,
    "flow": """
        SELECT kind, sum(principal_minor), sum(interest_minor), sum(fees_minor),
            sum(penalties_minor), sum(costs_minor)
        FROM posting
        WHERE tenant_id = :tenant AND business_date > :before AND business_date <= :end GROUP BY 1
    """,
}
ASKED = {
    "a closed day by three": f"aging?as_of={END}&by=creditor,product",
    "key figures by three": f"portfolio?as_of={END}&by=creditor,standing,placement_batch",
    "aging now": "aging",
    "roll": f"roll?from={BEFORE}&to={END}",
    "flow": f"flow?from={BEFORE + _DAY}&to={END}",
}


async def opened_one(at: Place, number: int) -> UUID:
    """A template with its plan, due on a day of its own."""
    async with at.context(PLACED_ON) as ctx:
        placed = await open_account(
            ctx,
            OpenAccount(
                reference=f"TEMPLATE-{number}", currency="USD", opened_on=PLACED_ON,
                product=(Product.INVOICE, Product.MEDICAL)[number % 2], past_due_minor=0,
                policy="default", balance=Amounts(principal_minor=EACH * 12),
                creditor=PersonDetails(
                    role=PersonRole.CREDITOR, reference=f"C-{number % CREDITORS}"
                ),
            ),
        )  # fmt: skip
        account = placed.reading.account.id
        sent = {"installment_count": 12, "frequency": {"every": 1, "unit": "month"},
                "first_due_on": str(first_due(number))}  # fmt: skip
        await open_plan(ctx, OpenPlan(account_id=account, terms=read_terms(sent)))
    return account


def first_due(number: int) -> date:
    return date(2026, 1, 5 + number % 24)


async def paid(at: Place, accounts: Sequence[UUID], month: int) -> None:
    """A month of all templates: those that still pay do so on their day."""
    for number, account in enumerate(accounts):
        if month < PAID[number % len(PAID)]:
            one = PostPayment(
                reference=f"TEMPLATE-{number}-{month}", amount_minor=EACH, currency="USD",
                account_id=account,
            )  # fmt: skip
            async with at.context(months_later(first_due(number), month)) as ctx:
                await post_payment(ctx, one)


async def closed(at: Place, accounts: Sequence[UUID], on: date) -> None:
    for account in accounts:
        async with at.context(on) as ctx:
            await finish(ctx, [await begin(ctx, account)])


async def crowd(at: Place, accounts: int) -> None:
    """The accounts, with their positions at the first end of a month."""
    templates = [await opened_one(at, number) for number in range(TEMPLATES)]
    for month in range(9):
        await paid(at, templates, month)
    await closed(at, templates, BEFORE)
    await keep_day_before(at.app, at.tenant_id, BEFORE + _DAY)
    await paid(at, templates, 9)
    await closed(at, templates, END)
    named = [(one, f"TEMPLATE-{number}") for number, one in enumerate(templates)]
    await multiply(at.owner, named, accounts, tables=COPIED)
    async with at.owner.transaction() as tx:
        gone = "DELETE FROM flow_day WHERE tenant_id = :tenant AND day_on = :on"
        await tx.execute(text(gone), {"tenant": at.tenant_id, "on": BEFORE})
    async with opened(at.app, at.tenant_id, END + _DAY) as ctx:
        await rollups.sum_postings(ctx.tx, BEFORE, goes_on=False)
        for day in range(1, END.day):  # what they moved, not how all of them stood
            on = BEFORE + day * _DAY
            await rollups.sum_postings(ctx.tx, on, goes_on=True)
            await report_days.note_day(
                ctx.tx, at.tenant_id, on, accounts=accounts, month_end=False, at=ctx.instant
            )
    tidy(at)


async def timed(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


async def closes(at: Place) -> None:
    """What keeping a day takes, beside the sweep of the day that opens after it.

    A twenty-fourth of the plans is due on each of the days that are told.
    """
    ends = await timed(keep_day_before(at.app, at.tenant_id, END + _DAY))
    print(f"{END}, the end of a month, kept in {ends:.2f} s", flush=True)
    shares = list[float]()
    for on in (END + n * _DAY for n in range(1, DAYS)):
        kept = await timed(keep_day_before(at.app, at.tenant_id, on))
        begun = time.perf_counter()
        report = await sweep(at.app, at.tenant_id, business_date=on)
        swept = time.perf_counter() - begun
        if report.examined:
            if on > END + _DAY:  # what opens that day was kept above, as a month's end
                shares.append(kept / swept)
            print(f"{on}: {report.examined:,} examined in {swept:.2f} s, the day before kept in "
                  f"{kept:.2f} s", flush=True)  # fmt: skip
    print(f"kept in {100 * median(shares):.0f} % of the sweep (aim: at most 10)", flush=True)


async def asked(at: Place) -> None:
    """Each report over HTTP, in turn with the bare statement of its figures."""
    today = END + (DAYS - 1) * _DAY
    async with at.owner.transaction() as tx:
        await tenancy.set_clock(tx, at.tenant_id, today)
    with serving(at) as port:
        there = HTTPConnection("127.0.0.1", port, timeout=600)
        for name, path in ASKED.items():
            took, bare = list[float](), list[float]()
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                there.request("GET", f"/v1/reports/{path}", headers={
                    "Authorization": f"Bearer {at.token}"})  # fmt: skip
                answer = there.getresponse()
                said = json.loads(answer.read())
                if answer.status != 200:  # noqa: PLR2004
                    raise SystemExit(f"{name}: {answer.status} {said}")
                took.append(time.perf_counter() - begun)
                if name in BARE:
                    bare.append(await _bare(at, BARE[name]))
            line = f"{name}: p50 {1000 * median(took):.0f} ms, p95 {1000 * _p95(took):.0f} ms"
            if bare:
                times = median(took) / median(bare)
                line += f"; bare {1000 * median(bare):.0f} ms, {times:.2f} times (aim: 2)"
            print(line, flush=True)


async def _bare(at: Place, statement: str) -> float:
    given = {"tenant": at.tenant_id, "before": BEFORE, "end": END}
    async with at.owner.transaction() as tx:
        mine = {name: one for name, one in given.items() if f":{name}" in statement}
        begun = time.perf_counter()
        (await tx.execute(text(statement), mine)).all()
        return time.perf_counter() - begun


def _p95(took: list[float]) -> float:
    return quantiles(took, n=20)[-1]


def workbook() -> None:
    """A workbook of many rows; the memory is this process's peak less what it had before."""
    asked = Question(report="aging", as_of=END, known_on=END, basis=Basis.BOOKED, by=("bucket",))
    figures: dict[str, int | None] = {one.name: 1_234_56 for one in AGING}
    rows = tuple(Row(key=("USD", f"{n}"), cells=figures) for n in range(ROWS))
    report = Report(question=asked, title="Aging", columns=AGING, rows=rows, totals=())
    before, begun = _peak_mb(), time.perf_counter()
    size = len(report_xlsx(report, None)) / 1_000_000
    print(f"XLSX of {ROWS:,} rows of {len(AGING) + 2}: {time.perf_counter() - begun:.0f} s, "
          f"{size:.1f} MB, {_peak_mb() - before:.0f} MB of memory more (aim: 100)")  # fmt: skip


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main() -> None:
    for accounts in [int(one) for one in sys.argv[1:]] or [100_000, 1_000_000]:
        async with place() as at:
            begun = time.perf_counter()
            await crowd(at, accounts)
            print(f"{accounts:,} accounts in {time.perf_counter() - begun:.0f} s", flush=True)
            await closes(at)
            await asked(at)
    again = [sys.executable, "-m", "benchmarks.reports", "workbook"]
    subprocess.run(again, cwd=ROOT, check=True)  # noqa: ASYNC221, S603 - ourselves, anew


if __name__ == "__main__":
    if sys.argv[1:] == ["workbook"]:
        workbook()
    else:
        asyncio.run(main())
