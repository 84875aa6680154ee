"""The Berka bank's 682 loans as plans through `accord import`: who missed how many, as of when.

    python benchmarks/replay_berka.py DIR

A plan has the loan's own number of installments, each its standing order, on the 12th of each
month; its account owes exactly their sum. Payments with a date are posted on it. Of the others
only the number is known: they are posted on the first due dates the dated ones leave, which
for the 34 loans with dates are those after the dated record ends, 1994-03-31.
"""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice
from pathlib import Path

from dateutil.relativedelta import relativedelta

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.overview.question import Asked
from app.domain.overview.table import Tally
from app.services.plans.lists import PlansWanted, find_plans
from app.services.plans.read import PlanView, view_plan
from app.services.reports.look import look_page
from app.services.reports.report import layout_of, resolve
from benchmarks.replaying import Replay, folder_of, read, replay

COUNTED_ON = date(1998, 12, 31)
LAST_DATED_DUE_ON = date(1994, 3, 12)
#: The opening of the next day: a day's own money still counts, and a due date is past.
AFTER_LAST_DATED_DUE = date(1994, 3, 13)

Loan = dict[str, str]
Dated = dict[str, list[dict[str, str]]]


def main() -> None:
    asyncio.run(run(folder_of(sys.argv[1], "berka")))


async def run(folder: Path) -> None:
    loans = list(read(folder / "loans.csv"))
    dated = by_loan(read(folder / "uver_payments_1993-07_1994-03.csv"))
    due_and_paid = by_loan(read(folder / "schedule_vs_paid_1993-07_1994-03.csv"))
    async with replay(COUNTED_ON) as books:
        books.bring_in("accounts", map(account, loans), *_ACCOUNT)
        books.bring_in("plans", map(plan, loans), "--set", "currency=CZK")
        posted = (one for loan in loans for one in payments(loan, dated, due_and_paid))
        books.bring_in("payments", posted, "--set", "currency=CZK")
        await compare(books, loans, due_and_paid)
        books.finish()


def by_loan(rows: Iterator[dict[str, str]]) -> Dated:
    found: Dated = {}
    for row in rows:
        found.setdefault(row["loan_id"], []).append(row)
    return found


_ACCOUNT = ("--set", "currency=CZK", "--set", "product=closed_end", "--set", "policy=unlimited",
            "--set", "past_due=0")  # fmt: skip


def account(loan: Loan) -> dict[str, object]:
    return {
        "reference": loan["loan_id"],
        "opened_on": loan["granted_on"],
        "effective_on": loan["granted_on"],
        "principal": int(loan["n_instalments"]) * Decimal(loan["standing_order_czk"]),
    }


def plan(loan: Loan) -> dict[str, object]:
    return {
        "reference": loan["loan_id"],
        "account_reference": loan["loan_id"],
        "effective_on": loan["granted_on"],
        "installment_count": loan["n_instalments"],
        "every": 1,
        "unit": "month",
        "first_due_on": loan["first_due_on"],
    }


def payments(loan: Loan, dated: Dated, due_and_paid: Dated) -> Iterator[dict[str, object]]:
    """As many as the bank took: the dated ones, then the rest on the due dates after those."""
    own = dated.get(loan["loan_id"], [])
    for number, row in enumerate(own, start=1):
        yield _payment(loan, number, date.fromisoformat(row["date"]), row["amount"])
    first = date.fromisoformat(loan["first_due_on"])
    due = (first + relativedelta(months=n) for n in count())
    if loan["loan_id"] in due_and_paid:
        due = (on for on in due if on > LAST_DATED_DUE_ON)
    rest = int(loan["n_paid"]) - len(own)
    for number, on in enumerate(islice(due, rest), start=len(own) + 1):
        yield _payment(loan, number, on, loan["standing_order_czk"])


def _payment(loan: Loan, number: int, on: date, amount: str) -> dict[str, object]:
    return {
        "reference": f"{loan['loan_id']}-{number}",
        "account_reference": loan["loan_id"],
        "effective_on": on,
        "amount": amount,
    }


async def compare(books: Replay, loans: list[Loan], due_and_paid: Dated) -> None:
    plans = await all_plans(books)
    by_reference = {view.stored.reference: view for view in plans}
    counted = {loan["loan_id"]: int(loan["n_missed"]) for loan in loans}
    missed = {name: len(by_reference[name].delinquency.missed) for name in counted}
    books.compare(
        f"missed on {COUNTED_ON} = n_missed",
        ((name, max(0, said), missed[name]) for name, said in counted.items()),
    )
    standing = {loan["loan_id"]: Decimal(loan["standing_order_czk"]) * 100 for loan in loans}
    books.compare(
        "unapplied = one installment where n_missed is -1, else nothing",
        (
            (
                name,
                standing[name] if said < 0 else 0,
                by_reference[name].reading.state.unapplied_minor,
            )
            for name, said in counted.items()
        ),
    )
    then = {
        name: await as_of(books, by_reference[name], AFTER_LAST_DATED_DUE) for name in due_and_paid
    }
    unpaid = {
        name: sum(row["n_payments"] == "0" for row in rows) for name, rows in due_and_paid.items()
    }
    books.compare(
        f"missed after {LAST_DATED_DUE_ON} = due dates without a payment",
        ((name, unpaid[name], len(view.delinquency.missed)) for name, view in then.items()),
    )
    books.compare(
        f"missed until {LAST_DATED_DUE_ON}, ever = due dates without a payment",
        [
            (name, unpaid[name], (await as_of(books, view, LAST_DATED_DUE_ON)).plan.missed_total)
            for name, view in then.items()
        ],
    )
    await compare_kept(books, loans, due_and_paid)
    books.say(f"loan 5314: {len(then['5314'].delinquency.missed)} missed")
    await books.check_conservation([view.stored.account_id for view in plans])


async def compare_kept(books: Replay, loans: list[Loan], due_and_paid: Dated) -> None:
    """The report of kept installments, by what the data itself says of due days and payments."""
    told = await kept(books)
    due = sum(int(loan["n_due_by_1998_12_31"]) for loan in loans)
    missed = sum(max(0, int(loan["n_missed"])) for loan in loans)
    late = sum(paid_late(loan, due_and_paid) for loan in loans)
    in_time = due - missed - late
    wanted = {
        "installments": due, "missed": missed, "late": late, "kept": in_time, "waiting": 0,
        "judged": due, "kept_bps": round(Fraction(10_000 * in_time, due)),
    }  # fmt: skip
    books.compare(
        f"installments kept until {COUNTED_ON}, {told['kept']:,} of {told['judged']:,}",
        [(name, figure, told[name]) for name, figure in wanted.items()],
    )


def paid_late(loan: Loan, due_and_paid: Dated) -> int:
    """Money fills the oldest first: where due days went by unpaid, all that came later was late."""
    rows = due_and_paid.get(loan["loan_id"], [])
    unpaid = next((n for n, row in enumerate(rows) if row["n_payments"] == "0"), None)
    return 0 if unpaid is None else int(loan["n_paid"]) - unpaid


async def kept(books: Replay) -> Mapping[str, int]:
    """The figures of the report, page by page as a run makes it; of both halves of the years."""
    sums: dict[str, int] = {}
    for first in (1993, 1996):
        until = date(first + 2, 12, 31)
        asked = Asked(from_on=date(first, 1, 1), to_on=until, as_of=COUNTED_ON)
        definition, wanted = resolve("installments", asked, COUNTED_ON)
        async with books.context() as ctx:
            tally = Tally(wanted, await layout_of(ctx, definition, wanted))
        after, done = None, False
        while not done:
            async with books.context() as ctx:
                found, ids = await look_page(ctx, definition, wanted, after=after)
            tally.add(found.entries)
            done, after = not ids, ids[-1] if ids else None
        (row,) = tally.rows()[0]
        for name, figure in row.cells.items():
            sums[name] = sums.get(name, 0) + (figure or 0)
    sums["kept_bps"] = round(Fraction(10_000 * sums["kept"], sums["judged"]))
    return sums


async def all_plans(books: Replay) -> list[PlanView]:
    found: list[PlanView] = []
    after = None
    async with books.context() as ctx:
        while True:
            page = await find_plans(ctx, PlansWanted(), after=after, limit=200)
            found += page.views
            after = page.last
            if after is None:
                return found


async def as_of(books: Replay, view: PlanView, on: date) -> PlanView:
    async with books.context() as ctx:
        return await view_plan(ctx, view.stored.id, as_of=on)


if __name__ == "__main__":
    main()
