"""Judging each account of a sweep by itself, so that one that fails holds up no other.

A command's own account fails aloud. In a sweep it is one of many, so what its days or its policy
raise is handed back with its id; what the database raises is not caught here.
"""

from app.domain.books.enter import Draft
from app.domain.entries.events import Event, EventType
from app.domain.errors import InvalidInput
from app.domain.policy.book import PolicyNotLoaded
from app.services.context import Context
from app.services.day_close.report import Skipped, SkipReason
from app.services.policy_books import book_of
from app.services.refold import state_of
from app.services.work import Work, take_up_with
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.books import events, write
from app.storage.books.entry import Entry
from app.storage.database.faults import of_the_rows


async def take_up_apart(ctx: Context, account: StoredAccount) -> Work | Skipped:
    """`take_up`, or why the account's days cannot be judged."""
    missing = SkipReason.POLICY_MISSING
    try:
        policies = await book_of(ctx, account.policy_name, account.creditor_reference)
    except InvalidInput:
        return Skipped(account_id=account.id, reason=missing)
    try:
        state = await state_of(ctx, account, policies)
        return take_up_with(ctx, account, policies, state)
    except PolicyNotLoaded:
        return Skipped(account_id=account.id, reason=missing)
    except Exception as error:
        if not of_the_rows(error):
            raise
        return Skipped(account_id=account.id, reason=SkipReason.FAILED, error=error)


async def tell_not_judged(ctx: Context, one: Skipped) -> None:
    """Tell that a sweep left an account as it was: once a business date, however many sweep it."""
    account = await accounts.lock(ctx.tx, one.account_id)
    kind = EventType.ACCOUNT_NOT_JUDGED
    if account is None or await events.was_recorded(
        ctx.tx, account.id, kind.value, business_date=ctx.business_date
    ):
        return
    event = Event(
        type=kind,
        business_date=ctx.business_date,
        data={"reason": one.reason.value, "error": one.error_name},
    )
    draft = Draft(state=account.state, events=(event,))
    entry = Entry(account=account, draft=draft, due_on=account.next_review_on)
    await write.write(ctx.tx, ctx.tenant_id, [entry])
