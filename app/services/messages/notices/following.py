"""Notices of what happened: the tenant's feed followed, each event's notice made once.

A page of events, the notices made of it and the place it ends at are one transaction, under the
lock of the place: workers side by side make each once, and one that dies leaves nothing half done.
What is made waits like the day close's: its words, its hour and the gate come later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.account.state import State
from app.domain.messages.arising import (
    WITHDRAWN,
    WITHDRAWN_BY,
    WITHDRAWN_LASTS_DAYS,
    Wish,
    expires_on,
    noted,
    revision_id,
    wished,
)
from app.domain.messages.notices import When
from app.services.contacts.policies import rules_of_all, wanted_notices
from app.services.context import Context
from app.services.messages.notices.making import make_and_tell, new_notice
from app.services.messages.surroundings import inside
from app.services.messages.truth import stands
from app.services.templates.rendering import template_of
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.books import events
from app.storage.books.events import RecordedEvent
from app.storage.database.engine import Database
from app.storage.database.faults import of_the_rows
from app.storage.messages import days, followers, messages
from app.storage.messages.days import StoredDay
from app.storage.messages.messages import StoredMessage
from app.storage.tenancy import TenantRecord

#: Events a transaction: with more, whoever waits for one of their accounts waits longer.
PAGE: Final = 250
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What one page came to. `more`: there may be events after it already."""

    events: int = 0
    made: int = 0
    more: bool = False


async def tenants_behind(database: Database, *, most: int) -> list[TenantRecord]:
    """The tenants whose feed goes on after the place their notices stand at."""
    async with database.transaction() as tx:
        known = {one.tenant_id: one for one in await tenancy.list_tenants(tx)}
        behind = await followers.due(tx, most=most)
    return [known[one] for one in behind if one in known]


async def follow(
    database: Database,
    tenant: TenantRecord,
    *,
    now: datetime,
    limit: int = PAGE,
    skip: bool = False,
) -> Followed:
    """Make the notices of the next page of events. `skip`: make none, only go past it.

    Nothing where another worker follows this tenant now.
    """
    async with inside(database, tenant, now) as ctx:
        place = await followers.take(ctx.tx)
        if place is None:
            return Followed()
        found = await events.feed(ctx.tx, after=place.after, until=place.until, limit=limit)
        if not found:
            return Followed()
        made = 0
        if not skip:
            await days.note(ctx.tx, ctx.tenant_id, await _days(ctx, found))
            made = await _make(ctx, found)
        await followers.stand(ctx.tx, found[-1].position, given_in=place.epoch)
        return Followed(events=len(found), made=made, more=len(found) == limit)


async def follow_on(
    database: Database,
    tenant: TenantRecord,
    *,
    now: datetime,
    passed_over: Callable[[Exception], None],
) -> Followed:
    """`follow`, whatever a single event does: one account takes no other's notices with it.

    A page that fails is gone through event by event, and what fails is passed over and told to
    `passed_over`. Raises what would fail for every event; then the place stands.
    """
    try:
        return await follow(database, tenant, now=now)
    except Exception as error:
        if not of_the_rows(error):
            raise
    done = Followed(more=True)
    for _ in range(PAGE):
        try:
            done = await follow(database, tenant, now=now, limit=1)
        except Exception as error:
            if not of_the_rows(error):
                raise
            passed_over(error)
            done = await follow(database, tenant, now=now, limit=1, skip=True)
        if not done.more:
            break
    return done


async def _make(ctx: Context, found: Sequence[RecordedEvent]) -> int:
    wishes = [(one.account_id, wish) for one in found if one.account_id for wish in _wishes(one)]
    if not wishes:
        return 0
    known = await accounts.lock_many(ctx.tx, {account_id for account_id, _ in wishes})
    made: list[StoredMessage] = []
    for account_id, wish in wishes:
        account = known.get(account_id)
        if account is None or account.debtor_id is None:
            continue
        if not wish.withdraws:
            made += await _notices(ctx, account, wish)
    made += await _withdrawals(ctx, known, [wish for _, wish in wishes if wish.withdraws])
    return await make_and_tell(ctx, known, made)


async def _days(ctx: Context, found: Sequence[RecordedEvent]) -> list[StoredDay]:
    """The days that events give, from which somebody is told of something.

    A placement's only while a policy wants its notice: of those there are as many as accounts.
    """
    days_ = [day for one in found for day in _day(one)]
    if any(one.arises == When.PLACED for one in days_):
        wanted = {rule.when for rule in await rules_of_all(ctx)}
        days_ = [one for one in days_ if one.arises != When.PLACED or When.PLACED in wanted]
    return days_


def _day(one: RecordedEvent) -> Sequence[StoredDay]:
    if one.account_id is None:
        return ()
    found = noted(one.type, one.data, account_id=one.account_id)
    if found is None:
        return ()
    day = StoredDay(
        account_id=one.account_id,
        arises=found.when.value,
        subject_id=found.subject_id,
        about_on=found.about_on,
    )
    return (day,)


def _wishes(one: RecordedEvent) -> Sequence[Wish]:
    wish = wished(
        one.type,
        one.data,
        plan_id=one.plan_id,
        payment_id=one.payment_id,
        business_date=one.business_date,
        corrects=one.corrects is not None,
    )
    return () if wish is None else (wish,)


async def _notices(ctx: Context, account: StoredAccount, wish: Wish) -> list[StoredMessage]:
    """What the account's contact policy wants said of it, where it is so now, and not long past."""
    when, state = wish.when, account.state
    subject, subject_id = _subject(state, wish)
    ends_on = _ends_on(state, wish)
    if subject_id is None or ctx.business_date >= ends_on:
        return []
    about_on = _about_on(state, wish)
    if not stands(state, when, subject_id, about_on):
        return []
    wanted = await wanted_notices(ctx, account.policy_name, account.creditor_reference)
    return [
        new_notice(
            ctx,
            account,
            await template_of(ctx, one.template),
            key=(one.rule.key, subject_id, about_on),
            subject=subject,
            arises=when,
            expires_at=_midnight(ctx, ends_on),
        )
        for one in wanted
        if one.rule.when is when
    ]


def _subject(state: State, wish: Wish) -> tuple[str, UUID | None]:
    """A changed plan is told of by its schedule, so that two changes of one day are two."""
    if wish.when is not When.PLAN_CHANGED:
        return wish.subject, wish.subject_id
    plan = state.plan(wish.subject_id)
    return "revision", None if plan is None else revision_id(plan.id, plan.revision)


def _about_on(state: State, wish: Wish) -> date:
    """A broken plan is told of by the day it ended on, wherever the event was entered."""
    plan = state.plan(wish.subject_id) if wish.when is When.PLAN_BROKEN else None
    return wish.on if plan is None or plan.ended_on is None else plan.ended_on


def _ends_on(state: State, wish: Wish) -> date:
    """The first day on which it may not leave; of an offer, when it cannot be accepted any more."""
    if wish.when is When.SETTLEMENT_OFFERED:
        offer = state.settlement(wish.subject_id)
        if offer is not None:
            return offer.lapses_on
    return expires_on(wish.when, wish.on)


async def _withdrawals(
    ctx: Context, known: dict[UUID, StoredAccount], wishes: Sequence[Wish]
) -> list[StoredMessage]:
    """What was sent, or may have been, and is no longer true: said to be so, once a notice."""
    if not wishes:
        return []
    sent = await messages.gone(
        ctx.tx,
        known.keys(),
        {one.subject_id for one in wishes},
        {one.when.value for one in wishes},
    )
    ends_on = ctx.business_date + WITHDRAWN_LASTS_DAYS * _DAY
    return [
        await _withdrawal(ctx, account, one, _midnight(ctx, ends_on))
        for one in sent
        if (account := known.get(one.account_id)) is not None and _untrue(account.state, one)
    ]


async def _withdrawal(
    ctx: Context, account: StoredAccount, sent: StoredMessage, expires_at: datetime
) -> StoredMessage:
    when = When(sent.arises or "")
    if sent.subject_id is None or sent.about_on is None:
        raise ValueError("what arose from an event is about something")
    return new_notice(
        ctx,
        account,
        await template_of(ctx, WITHDRAWN_BY[when]),
        key=(f"{sent.notice}{WITHDRAWN}", sent.subject_id, sent.about_on),
        subject=sent.subject or "",
        arises=when,
        expires_at=expires_at,
    )


def _untrue(state: State, sent: StoredMessage) -> bool:
    """Whether it is to be taken back: a plan that is broken all the same is not said to go on."""
    if sent.notice is None or sent.notice.endswith(WITHDRAWN) or sent.subject_id is None:
        return False
    plan = state.plan(sent.subject_id) if sent.subject == "plan" else None
    return sent.subject != "plan" or (plan is not None and plan.live)


def _midnight(ctx: Context, on: date) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(ctx.time_zone))
