"""Many accounts that have paid for half a year: the books that growth is measured on.

Each has a plan of twelve installments, due on a day of the month of its own, and has paid six of
them on time, each in two halves: twelve payments. Those that went through the services are
one for each day of a month; the others are copies of their rows.
"""

from datetime import date, timedelta
from uuid import UUID

from app.domain.vocabulary import PaymentMethod
from app.services.payments.command import PostPayment
from app.services.payments.post import post_payment
from app.services.work import begin, finish
from app.storage import tenancy
from benchmarks.load import FIRST_DUE_ON, INSTALLMENT, PLACED_ON, Place, open_one

DAYS = 28
PAYMENTS = 12
#: The last day that is closed of every account, and the first that is not.
CLOSED_ON = date(2026, 7, 31)
NEXT_ON = CLOSED_ON + timedelta(days=1)


async def templates(at: Place) -> list[tuple[UUID, str]]:
    """The accounts to copy: (id, reference)."""
    return [await _one(at, day) for day in range(DAYS)]


async def _one(at: Place, day: int) -> tuple[UUID, str]:
    reference = f"T-{day:02d}"
    first = FIRST_DUE_ON + timedelta(days=day)
    account = await open_one(at, reference, first_due_on=first, closed_on=PLACED_ON)
    for number in range(PAYMENTS):
        month, second = divmod(number, 2)
        due_on = first.replace(month=first.month + month)
        on = due_on if second else due_on - timedelta(days=15)
        async with at.context(on) as ctx:
            await post_payment(
                ctx,
                PostPayment(
                    account_id=account,
                    reference=f"P-{day:02d}-{number:02d}",
                    amount_minor=INSTALLMENT // 2,
                    currency="USD",
                    method=PaymentMethod.ACH,
                ),
            )
    async with at.context(CLOSED_ON) as ctx:
        await finish(ctx, [await begin(ctx, account)])
    return account, reference


async def set_clock(at: Place, on: date) -> None:
    """The tenant's business date."""
    async with at.owner.transaction() as tx:
        await tenancy.enter_tenant(tx, at.tenant_id)
        await tenancy.set_clock(tx, at.tenant_id, on)
