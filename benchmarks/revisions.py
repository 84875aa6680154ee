"""Reading a plan with 40 revisions and 500 facts beside one with none.

Both plans have twelve installments; one was rescheduled forty times, there and back, and got 460
payments. They are read in turn over HTTP on one connection; the medians are compared.

    python -m benchmarks.revisions [REVISIONS [PAYMENTS [READS]]]
"""

import asyncio
import sys
import time
from datetime import timedelta
from http.client import HTTPConnection
from statistics import median
from uuid import UUID

from app.schemas.edge.ids import encode
from app.services.changes.modify import ReschedulePlan, reschedule
from app.services.payments.post import PostPayment, post_payments
from app.services.plans.lists import PlansWanted, find_plans
from benchmarks.load import FIRST_DUE_ON, Place, open_one, place, serving, tidy

AIM = 1.5
INSTALLMENT, EACH, WARM = 10_000_00, 100, 20


async def plan_of(at: Place, account: UUID) -> UUID:
    """The account's plan."""
    async with at.context(FIRST_DUE_ON) as ctx:
        found = await find_plans(ctx, PlansWanted(account_id=account), after=None, limit=1)
    (view,) = found.views
    return view.plan.id


async def changed(at: Place, account: UUID, plan: UUID, revisions: int, payments: int) -> None:
    """Reschedule the plan so often, there and back, and pay a little so often."""
    there = (FIRST_DUE_ON, FIRST_DUE_ON + timedelta(days=10))
    for number in range(revisions):
        async with at.context(FIRST_DUE_ON) as ctx:
            before, after = there if number % 2 == 0 else there[::-1]
            asked = ReschedulePlan(from_due_on=before, to_due_on=after, reason="x", as_sent={})
            await reschedule(ctx, plan, asked)
    async with at.context(FIRST_DUE_ON) as ctx:
        paid = [
            PostPayment(reference=f"R-{n}", amount_minor=EACH, currency="USD", account_id=account)
            for n in range(payments)
        ]
        await post_payments(ctx, paid)


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    revisions, payments, reads = (*given, *(40, 460, 400)[len(given) :])
    async with place() as at:
        names = ("as agreed", "changed")
        accounts = {n: await open_one(at, n, installment_minor=INSTALLMENT) for n in names}
        plans = {name: await plan_of(at, account) for name, account in accounts.items()}
        await changed(at, accounts["changed"], plans["changed"], revisions, payments)
        tidy(at)
        took: dict[str, list[float]] = {name: [] for name in plans}
        with serving(at) as port:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            for number in range(reads + WARM):
                for name, plan in plans.items():
                    seconds = read(connection, at.token, plan)
                    if number >= WARM:
                        took[name].append(seconds)
    for name, times in took.items():
        print(f"{name:10}  {median(times) * 1000:>6.2f} ms")
    ratio = median(took["changed"]) / median(took["as agreed"])
    print(f"ratio {ratio:.2f} (aim: at most {AIM:.1f})")


def read(connection: HTTPConnection, token: str, plan: UUID) -> float:
    """One read; answers how long it took."""
    begun = time.perf_counter()
    headers = {"Authorization": f"Bearer {token}"}
    connection.request("GET", f"/v1/plans/{encode('plan', plan)}", headers=headers)
    answer = connection.getresponse()
    said = answer.read()
    taken = time.perf_counter() - begun
    if answer.status != 200:  # noqa: PLR2004
        raise SystemExit(f"{answer.status} {said[:500]!r}")
    return taken


if __name__ == "__main__":
    asyncio.run(main())
