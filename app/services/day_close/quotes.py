"""Telling that quotes have expired: once each, dated by their own time and not by the sweep's.

No state depends on it: a quote refuses by its `expires_at` whoever swept. The event is dated the
first day, in the tenant's time zone, that begins after the quote has expired, and stands among the
verdicts of its account by that day; so a late sweep tells what a daily one would.
"""

from uuid import UUID

from app.domain.entries.events import Event, EventType
from app.domain.values import replace
from app.services.context import Context
from app.services.day_close.not_judged import take_up_apart
from app.services.day_close.report import Skipped
from app.services.work import Work, finish
from app.storage.accounts import accounts
from app.storage.day_close import quotes
from app.storage.day_close.quotes import EndedQuote


async def expire_page(
    ctx: Context, *, limit: int, wait: bool, passed_by: set[UUID], tried: set[UUID]
) -> tuple[Work, ...] | None:
    """One page of accounts with quotes over by the business date's opening, told and written.

    Their days are closed on the way. Accounts others hold are left out, or waited for; those
    whose days cannot be judged are added to `passed_by` and left as they are. `tried` is told
    which the page holds, should it fail. None: no more.
    """
    found = await quotes.find(ctx.tx, ctx.business_date, limit=limit, wait=wait, but=passed_by)
    if not found:
        return None
    tried.update(found)
    works = dict[UUID, Work]()
    for account in (await accounts.lock_many(ctx.tx, found)).values():
        if account.latest_business_date > ctx.business_date:  # by now: a command was faster
            passed_by.add(account.id)
            continue
        one = await take_up_apart(ctx, account)
        if isinstance(one, Skipped):
            passed_by.add(account.id)
        else:
            works[account.id] = one
    for quote in await quotes.mark(ctx.tx, works, ctx.business_date):
        if quote.lapsed:
            _tell(works[quote.account_id], _event(quote))
    await finish(ctx, works.values())
    return tuple(works.values())


def _tell(work: Work, event: Event) -> None:
    """Tell it among the verdicts just judged, in the order of days."""
    told = sorted((*work.draft.events, event), key=lambda one: one.business_date)
    work.draft = replace(work.draft, events=tuple(told))


def _event(quote: EndedQuote) -> Event:
    kind = EventType.QUOTE_EXPIRED
    return Event(
        type=kind,
        business_date=quote.ended_on,
        data={"quote_id": quote.id, "hash": quote.hash, "expires_at": quote.expires_at},
        key=f"{kind}:{quote.id}:{quote.ended_on}:0",
    )
