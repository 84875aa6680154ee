"""`GET …/delinquency` of a plan with ten years behind it beside one with a year.

Two ways to have a past: a plan of twelve installments each year, paid, the next one agreed when
it is over; and one plan of eleven years. Both are read in turn over HTTP on one connection; the
medians are compared.

    python -m benchmarks.delinquency [READS]
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from statistics import median
from uuid import UUID

from dateutil.relativedelta import relativedelta

from app.domain.money import Amounts
from app.domain.vocabulary import Product
from app.schemas.edge.ids import encode
from app.services.accounts.place import OpenAccount, open_account
from app.services.context import Context
from app.services.payments.command import PostPayment
from app.services.payments.post import post_payments
from app.services.plans.open import OpenPlan, open_plan
from app.services.plans.terms import read_terms
from benchmarks.load import FIRST_DUE_ON, INSTALLMENT, Place, place, serving, tidy

AIM, WARM, YEAR = 1.3, 40, 12
YEARS = (1, 10)


async def lived(at: Place, name: str, *, years: int, rows: int) -> UUID:
    """An account with so many years of monthly payments; the plan that runs on the last day.

    Its plans have `rows` installments each, the next agreed on the day the last is paid.
    """
    began = FIRST_DUE_ON - relativedelta(years=years)
    plans = -(-(years * YEAR + 1) // rows)
    account = plan = None
    for number, day in enumerate(_months(began, years * YEAR)):
        async with at.context(day) as ctx:
            if account is None:
                owed = Amounts(principal_minor=INSTALLMENT * rows * plans)
                opened = await open_account(
                    ctx,
                    OpenAccount(
                        reference=name, currency="USD", product=Product.INVOICE, opened_on=day,
                        balance=owed, past_due_minor=0, policy="unlimited",
                    ),
                )  # fmt: skip
                account = opened.reading.account.id
            else:
                (paid,) = await post_payments(ctx, [_payment(name, number, account)])
                if isinstance(paid, Exception):
                    raise SystemExit(repr(paid))
            if number % rows == 0:
                plan = await _agreed(ctx, account, day, rows)
    if plan is None:
        raise SystemExit("no plan was agreed")
    return plan


def _months(began: date, count: int) -> Iterator[date]:
    return (began + relativedelta(months=n) for n in range(count + 1))


def _payment(name: str, number: int, account: UUID) -> PostPayment:
    return PostPayment(
        reference=f"{name}-{number}", amount_minor=INSTALLMENT, currency="USD", account_id=account
    )


async def _agreed(ctx: Context, account: UUID, day: date, rows: int) -> UUID:
    sent = {
        "amount_minor": INSTALLMENT * rows,
        "installment_count": rows,
        "frequency": {"every": 1, "unit": "month"},
        "first_due_on": (day + relativedelta(months=1)).isoformat(),
    }
    view = await open_plan(ctx, OpenPlan(account_id=account, terms=read_terms(sent)))
    return view.plan.id


def read(connection: HTTPConnection, token: str, plan: UUID) -> float:
    """One read; answers how long it took."""
    path = f"/v1/plans/{encode('plan', plan)}/delinquency"
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    said = answer.read()
    taken = time.perf_counter() - begun
    if answer.status != 200:  # noqa: PLR2004
        raise SystemExit(f"{answer.status} {said[:500]!r}")
    return taken


async def main() -> None:
    reads = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    kinds = {"a plan a year": YEAR, "one plan of eleven years": 11 * YEAR}
    async with place() as at:
        plans = {
            (kind, years): await lived(at, f"L-{rows}-{years}", years=years, rows=rows)
            for kind, rows in kinds.items()
            for years in YEARS
        }
        tidy(at)
        took: dict[tuple[str, int], list[float]] = {which: [] for which in plans}
        with serving(at) as port:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            for number in range(reads + WARM):
                for which, plan in plans.items():
                    seconds = read(connection, at.token, plan)
                    if number >= WARM:
                        took[which].append(seconds)
    for kind in kinds:
        short, long = (median(took[kind, years]) for years in YEARS)
        print(
            f"{kind:<25} after one year {short * 1000:.2f} ms, after ten {long * 1000:.2f} ms:"
            f" ratio {long / short:.2f} (aim: at most {AIM:.1f})"
        )


if __name__ == "__main__":
    asyncio.run(main())
