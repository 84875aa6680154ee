"""The Berka bank's 682 loans lived through, day by day: every opening swept, then the day's money.

From the first day of 1993 to the last of 1998 each day is swept at its opening; then the loans
granted that day are placed with their plans, and the payments of that day posted, on that
business date. So every verdict is the sweep's own, told on its day. At the end, installments
missed less those cured are, loan by loan, the due dates without a payment: `n_missed`.

A due date counts from the opening of the next day on, so that holds from 1998-12-13 on, the day
after the last due date. Loan 5314 misses twelve: all of them, since each of its four payments
cures the oldest and leaves the one due that day to be missed.

    python -m benchmarks.sweep_berka DIR
"""

import asyncio
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from app.domain.money import Amounts
from app.domain.vocabulary import Product
from app.services.accounts.place import OpenAccount, open_account
from app.services.collector import collect_rarely
from app.services.context import Context
from app.services.day_close.sweep import sweep
from app.services.payments.command import PostPayment
from app.services.payments.post import post_payments
from app.services.plans.open import OpenPlan, open_plan
from app.services.plans.terms import read_terms
from benchmarks.replay_berka import Loan, by_loan, payments
from benchmarks.replaying import Replay, folder_of, minor, read, replay

FIRST_DAY, LAST_DAY = date(1993, 1, 1), date(1998, 12, 31)
#: Told less withdrawn, by account reference: a correction whose `after` is null takes one away.
_COUNTED = text("""
    SELECT a.reference, e.type,
        count(*) FILTER (WHERE e.corrects IS NULL)
        - count(*) FILTER (WHERE e.corrects IS NOT NULL AND e.data -> 'after' = 'null') AS n
    FROM event AS e JOIN account AS a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
    WHERE e.type IN ('installment.missed', 'installment.cured')
    GROUP BY a.reference, e.type
""")


@dataclass(slots=True)
class Took:
    """What the sweeps did, and how long it took them."""

    seconds: float = 0
    examined: int = 0
    quiet: list[float] = field(default_factory=list)  # seconds of the days with nothing to close
    told: Counter[str] = field(default_factory=Counter)


def main() -> None:
    asyncio.run(run(folder_of(sys.argv[1], "berka")))


async def run(folder: Path) -> None:
    loans = list(read(folder / "loans.csv"))
    dated = by_loan(read(folder / "uver_payments_1993-07_1994-03.csv"))
    due_and_paid = by_loan(read(folder / "schedule_vs_paid_1993-07_1994-03.csv"))
    granted, paid = defaultdict[date, list[Loan]](list), defaultdict[date, list[PostPayment]](list)
    for loan in loans:
        granted[date.fromisoformat(loan["granted_on"])].append(loan)
        for row in payments(loan, dated, due_and_paid):
            on = date.fromisoformat(str(row["effective_on"]))
            paid[on].append(_payment(row))
    collect_rarely()
    async with replay(LAST_DAY) as books:
        took, begun = Took(), time.perf_counter()
        accounts = dict[str, UUID]()
        for day in _days():
            await _swept(books, day, took)
            async with _on(books, day) as ctx:
                for loan in granted[day]:
                    accounts[loan["loan_id"]] = await _place(ctx, loan)
            if paid[day]:
                async with _on(books, day) as ctx:
                    answers = await post_payments(ctx, paid[day])
                refused = [one for one in answers if isinstance(one, Exception)]
                if refused:
                    raise SystemExit(f"{day}: {refused[0]!r}")
        lived = time.perf_counter() - begun
        _tell(books, took, lived, payments=sum(map(len, paid.values())))
        await _compare(books, loans)
        await books.check_conservation(list(accounts.values()))
        books.say("0 mismatches" if not books.failures else f"{books.failures} FAILURES")
        if books.failures:
            raise SystemExit(1)


def _days() -> Iterator[date]:
    return (FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))


@asynccontextmanager
async def _on(books: Replay, day: date) -> AsyncIterator[Context]:
    books.business_date = day
    async with books.context() as ctx:
        yield ctx


async def _place(ctx: Context, loan: Loan) -> UUID:
    """A loan granted today: current, its plan as agreed."""
    count = int(loan["n_instalments"])
    each = minor(loan["standing_order_czk"])
    placed = await open_account(
        ctx,
        OpenAccount(
            reference=loan["loan_id"],
            currency="CZK",
            product=Product.CLOSED_END,
            opened_on=ctx.business_date,
            balance=Amounts(principal_minor=count * each),
            past_due_minor=0,
            policy="unlimited",
        ),
    )
    account = placed.reading.account.id
    sent = {
        "installment_count": count,
        "frequency": {"every": 1, "unit": "month"},
        "first_due_on": loan["first_due_on"],
    }
    asked = OpenPlan(account_id=account, terms=read_terms(sent), reference=loan["loan_id"])
    await open_plan(ctx, asked)
    return account


def _payment(row: dict[str, object]) -> PostPayment:
    return PostPayment(
        reference=str(row["reference"]),
        account_reference=str(row["account_reference"]),
        amount_minor=minor(Decimal(str(row["amount"]))),
        currency="CZK",
    )


async def _swept(books: Replay, day: date, took: Took) -> None:
    begun = time.perf_counter()
    report = await sweep(books.app, books.tenant_id, business_date=day)
    taken = time.perf_counter() - begun
    if report.skipped:
        raise SystemExit(f"{day}: skipped {report.skipped}")
    took.seconds += taken
    took.examined += report.examined
    took.told += report.by_transition
    if not report.examined:
        took.quiet.append(taken)


def _tell(books: Replay, took: Took, lived: float, *, payments: int) -> None:
    days = (LAST_DAY - FIRST_DAY).days + 1
    busy = took.seconds - sum(took.quiet)
    books.say(f"{days:,} days lived in {lived:.0f} s, {payments:,} payments on their days")
    books.say(
        f"swept in {took.seconds:.1f} s: {took.examined:,} plans examined, "
        f"{took.examined / took.seconds:,.0f} plans/s; without the {len(took.quiet):,} quiet days "
        f"{took.examined / busy:,.0f} plans/s"
    )
    if took.quiet:
        books.say(
            f"a quiet day: {1000 * sum(took.quiet) / len(took.quiet):.1f} ms, "
            f"the longest {1000 * max(took.quiet):.0f} ms"
        )
    books.say("the sweeps told " + ", ".join(f"{n:,} {what}" for what, n in took.told.items()))


async def _compare(books: Replay, loans: list[Loan]) -> None:
    found = defaultdict[str, Counter[str]](Counter)
    async with books.context() as ctx:
        for row in await ctx.tx.execute(_COUNTED):
            found[row.reference][row.type] = row.n
    missed = {name: counts["installment.missed"] for name, counts in found.items()}
    cured = {name: counts["installment.cured"] for name, counts in found.items()}
    books.compare(
        f"missed less cured, {FIRST_DAY} to {LAST_DAY} = n_missed",
        (
            (
                loan["loan_id"],
                max(0, int(loan["n_missed"])),
                missed.get(loan["loan_id"], 0) - cured.get(loan["loan_id"], 0),
            )
            for loan in loans
        ),
    )
    books.compare(
        "loan 5314: missed, cured",
        [("5314", (12, 4), (missed.get("5314", 0), cured.get("5314", 0)))],
    )
    books.say(
        f"all loans: {sum(missed.values()):,} missed, {sum(cured.values()):,} cured, n_missed "
        f"{sum(max(0, int(loan['n_missed'])) for loan in loans):,}"
    )


if __name__ == "__main__":
    main()
