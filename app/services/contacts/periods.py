"""Times to dispute that are over: told once, when the day after the last was closed."""

from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from app.domain.books.enter import Draft
from app.domain.entries.events import Event, EventType
from app.domain.vocabulary import Role
from app.services.context import Context
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.books import write
from app.storage.books.entry import Entry
from app.storage.contacts import validations
from app.storage.contacts.validations import StoredValidation
from app.storage.database.engine import Database

#: Accounts a transaction: with more, whoever waits for one of them waits longer.
PAGE: Final = 250


async def end_periods(database: Database, tenant_id: UUID, business_date: date) -> int:
    """Tell of every notice whose last day to dispute lies before the date; how many there were.

    A day that was missed is caught up. One that came back meanwhile has no last day to tell of.
    """
    told = 0
    while True:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            ctx = Context(
                tx=tx,
                tenant_id=tenant_id,
                role=Role.ADMIN,
                business_date=business_date,
                now=datetime.combine(business_date, time(), UTC),
            )
            found, new = await _page(ctx)
        told += new
        if found < PAGE:
            return told


async def _page(ctx: Context) -> tuple[int, int]:
    """How many were found, and how many of them are over once their accounts are held."""
    found = await validations.over(ctx.tx, before=ctx.business_date, limit=PAGE)
    known = await accounts.lock_many(ctx.tx, found)
    over = await validations.over(ctx.tx, before=ctx.business_date, limit=PAGE, among=known)
    entries = [
        Entry(
            account=known[account_id],
            draft=Draft(state=known[account_id].state, events=(_ended(ctx, one),)),
            due_on=known[account_id].next_review_on,
        )
        for account_id, one in over.items()
    ]
    if entries:
        await write.write(ctx.tx, ctx.tenant_id, entries)
        await validations.end(ctx.tx, over)
    return len(found), len(over)


def _ended(ctx: Context, one: StoredValidation) -> Event:
    """Nobody did it: a day brought it about."""
    data = {"contact_id": one.notice_contact_id, "ends_on": one.ends_on}
    return Event(type=EventType.VALIDATION_ENDED, business_date=ctx.business_date, data=data)
