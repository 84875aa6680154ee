"""Accounts from before there were worklists: what of books, contacts and debtors asks for work.

An account keeps it at its writes. These were written last when nothing kept it; they are gone
through once, a batch a transaction, in the order of their ids. How far, the tenant's row says; so
whoever comes next goes on there, and of a tenant that is through nothing is read but that.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.domain.errors import InvalidInput
from app.domain.policy.book import PolicyNotLoaded
from app.domain.vocabulary import Role
from app.domain.worklists.books import in_books
from app.services.contacts.spoken import note_spoken
from app.services.context import Context
from app.services.persons.reach import note_reach
from app.services.policy_books import book_of
from app.services.refold import state_of
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.database.engine import Database
from app.storage.worklists import older, reasons

#: Accounts of one transaction: with more, whoever waits for one of them waits longer.
BATCH: Final = 250
#: Batches at one asking; what is left is the next one's.
MOST_BATCHES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneThrough:
    """How many accounts were, whether all are, and those whose policy is not there."""

    accounts: int
    done: bool
    skipped: tuple[UUID, ...] = ()


async def keep_older(
    database: Database,
    tenant_id: UUID,
    *,
    on: date,
    time_zone: str,
    batch: int = BATCH,
    most_batches: int = MOST_BATCHES,
) -> GoneThrough:
    """Go on through a tenant's older accounts; any number of processes may.

    One whose policy is not there is passed by: no list could judge it, either.
    """
    count, skipped = 0, list[UUID]()
    for _ in range(most_batches):
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            after = await older.kept_to(tx)
            ids = await older.ids_after(tx, after, limit=batch)
            ctx = Context(
                tx=tx,
                tenant_id=tenant_id,
                role=Role.ADMIN,
                business_date=on,
                policy_epoch=await tenancy.policy_epoch(tx, tenant_id),
                time_zone=time_zone,
            )
            skipped += await _keep(ctx, ids)
            through = len(ids) < batch
            await older.go_on(tx, after, older.ALL if through else ids[-1])
        count += len(ids)
        if through:
            return GoneThrough(accounts=count, done=True, skipped=tuple(skipped))
    return GoneThrough(accounts=count, done=False, skipped=tuple(skipped))


async def _keep(ctx: Context, ids: list[UUID]) -> list[UUID]:
    """Keep what a batch asks for, each account locked; those that were passed by."""
    rows, skipped = [], []
    locked = (await accounts.lock_many(ctx.tx, ids)).values()
    await note_reach(ctx, (one.debtor_id for one in locked if one.debtor_id is not None))
    for account in locked:
        try:
            policies = await book_of(ctx, account.policy_name, account.creditor_reference)
            state = await state_of(ctx, account, policies)
            known = in_books(state, policies)
        except (InvalidInput, PolicyNotLoaded):
            skipped.append(account.id)
            continue
        rows.append(reasons.row_of(account.id, account.reference, known))
    await reasons.keep(ctx.tx, rows)
    await note_spoken(ctx, await older.spoken_about(ctx.tx, ids))
    return skipped
