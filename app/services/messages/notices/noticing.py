"""Notices that a day makes: each once for ever, caught up inside its interval, never after it.

The day close calls this when all its accounts are judged. Each account is told of what its own
contact policy names. A page is one transaction. What is made waits: a worker finds its words, its
channel and its hour, and asks the gate.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.account.plan import Installment as Agreed
from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.contact.validation import beginnings, lapses_on
from app.domain.entries.events import EventType
from app.domain.messages.notices import (
    MISSED_LASTS_DAYS,
    OF_INSTALLMENTS,
    STATEMENT_LASTS_DAYS,
    Installment,
    Notice,
    NoticeRule,
    When,
    may_concern,
    notices_of,
    statement_due,
)
from app.domain.templates.template import Template
from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.contacts.periods import end_periods
from app.services.contacts.policies import WantedNotice, rules_of_all, wanted_notices
from app.services.contacts.validating import owing_notices
from app.services.context import Context
from app.services.messages.moving import told
from app.services.messages.notices.making import keep_asked, make_and_tell, new_notice
from app.services.messages.surroundings import ACTOR
from app.services.messages.truth import stands
from app.services.templates.rendering import template_of
from app.services.work import Work
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.database.engine import Database
from app.storage.messages import days, messages, notices
from app.storage.messages.messages import StoredMessage
from app.storage.messages.notices import Candidate

#: Installments a transaction: with more, whoever waits for one of their accounts waits longer.
PAGE: Final = 250
#: How long after its due date an installment may be judged missed: grace, and late judging.
_MISSED_WITHIN: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)
#: Where a rule's next page begins; None: it begins, or is through.
After = tuple[date, UUID] | None
Page = Callable[[Context, NoticeRule, After], Awaitable[tuple[After, int]]]


class _Worded(NamedTuple):
    """A notice that is wanted, and its words."""

    notice: WantedNotice
    template: Template


class _ByPolicy:
    """What the contact policies want said, each with its template: asked once a page."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[tuple[str, str | None], Sequence[_Worded]] = {}
        self._templates: dict[str, Template] = {}

    async def of(self, policy_name: str, creditor_reference: str | None) -> Sequence[_Worded]:
        """Of an account under that policy, of that creditor."""
        key = (policy_name, creditor_reference)
        if key not in self._known:
            named = await wanted_notices(self._ctx, *key)
            self._known[key] = [_Worded(one, await self._template(one.template)) for one in named]
        return self._known[key]

    async def _template(self, key: str) -> Template:
        if key not in self._templates:
            self._templates[key] = await template_of(self._ctx, key)
        return self._templates[key]

    async def wanting(self, rule: NoticeRule, found: Sequence[Candidate]) -> dict[UUID, Template]:
        """The accounts of those whose policy has the rule, and by which template it is told."""
        wanting: dict[UUID, Template] = {}
        for one in found:
            for wanted in await self.of(one.policy_name, one.creditor_reference):
                if wanted.notice.rule == rule:
                    wanting[one.account_id] = wanted.template
        return wanting


async def follow_day(database: Database, tenant_id: UUID, business_date: date) -> int:
    """What follows a closed day: times to dispute that are over are told, and notices made."""
    await end_periods(database, tenant_id, business_date)
    return await make_notices(database, tenant_id, business_date)


async def make_notices(database: Database, tenant_id: UUID, business_date: date) -> int:
    """Make what the business date wants said; how many there are now that were not before."""
    made, after, place = 0, None, 0
    while True:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            ctx = Context(
                tx=tx,
                tenant_id=tenant_id,
                role=Role.ADMIN,
                business_date=business_date,
                actor=ACTOR,
                policy_epoch=await tenancy.policy_epoch(tx, tenant_id),
                now=datetime.combine(business_date, time(), UTC),
            )
            rules = [one for one in await rules_of_all(ctx) if one.when in _PAGES]
            if place >= len(rules):
                return made
            after, new = await _PAGES[rules[place].when](ctx, rules[place], after)
            made += new
        if after is None:
            place += 1


async def notice_page(ctx: Context, works: Sequence[Work]) -> None:
    """Make what the day wants said of accounts that are being closed, told with what it brings."""
    at = datetime.combine(ctx.business_date, time(), UTC)
    ctx = replace(ctx, now=at, actor=ACTOR)
    of: dict[UUID, Work] = {one.account.id: one for one in works if one.account.debtor_id}
    policies = _ByPolicy(ctx)
    made = [
        _message(ctx, wanted.notice.rule, wanted.template, work.account, notice)
        for work in of.values()
        for wanted in await policies.of(work.account.policy_name, work.account.creditor_reference)
        if wanted.notice.rule.when in OF_INSTALLMENTS
        for notice in _of_state(ctx, wanted.notice.rule, work.state)
    ]
    new = set(await messages.add_many(ctx.tx, ctx.tenant_id, made))
    stored = [one for one in made if one.id in new]
    await keep_asked(ctx, stored)
    for one in stored:
        of[one.account_id].tell(told(ctx, EventType.MESSAGE_CREATED, one))


def _of_state(
    ctx: Context, rule: NoticeRule, state: State, ids: set[UUID] | None = None
) -> Sequence[Notice]:
    """What a rule makes of an account; `ids`: of these installments alone."""
    plan = state.live_plan
    if plan is None:
        return ()
    today = ctx.business_date
    rows = [
        installment_of(one)
        for one in plan.installments
        if (ids is None or one.id in ids) and may_concern(rule, one.due_on, one.missed_on, today)
    ]
    if not rows:
        return ()
    return notices_of(
        today,
        [rule],
        rows,
        reminds=reminds(plan, on=today),
        already=(),
    )


def installment_of(one: Agreed) -> Installment:
    """An installment of a plan as notices ask of it."""
    return Installment(
        id=str(one.id),
        due_on=one.due_on,
        outstanding_minor=one.open_minor,
        missed_on=one.missed_on,
    )


def reminds(plan: Plan, *, on: date) -> bool:
    """Whether anybody is reminded of it: it is live, and not paused."""
    return plan.live and not any(one.starts_on <= on <= one.until_on for one in plan.pauses)


def _message(
    ctx: Context,
    rule: NoticeRule,
    template: Template,
    account: StoredAccount,
    notice: Notice,
) -> StoredMessage:
    """The message before anybody looked where and how it goes."""
    key, subject_id, about_on = notice.key
    lasts = about_on if rule.when is When.BEFORE_DUE else notice.for_on + (
        MISSED_LASTS_DAYS - 1
    ) * _DAY  # fmt: skip
    return new_notice(
        ctx,
        account,
        template,
        key=(key, UUID(subject_id), about_on),
        subject="installment",
        arises=rule.when,
        expires_at=_midnight_after(lasts),
    )


# --- Pages of accounts that the day does not judge ------------------------------------------------


async def _page(ctx: Context, rule: NoticeRule, after: After) -> tuple[After, int]:
    """One page of a rule: where the next begins, and how many were made."""
    on = ctx.business_date
    missed = rule.when is When.AFTER_MISSED
    found = await notices.candidates(
        ctx.tx,
        rule.key,
        missed=missed,
        since=on - _MISSED_WITHIN if missed else on,
        through=on if missed else on + rule.days * _DAY,
        after=after,
        limit=PAGE,
    )
    if not found:
        return None, 0
    templates = await _ByPolicy(ctx).wanting(rule, found)
    known = await accounts.lock_many(ctx.tx, templates)
    ids = {one.id for one in found}
    made = [
        _message(ctx, rule, templates[account.id], account, notice)
        for account in known.values()
        for notice in _of_state(ctx, rule, account.state, ids)
    ]
    return _next(found), await make_and_tell(ctx, known, made)


async def _noted_page(ctx: Context, rule: NoticeRule, after: After) -> tuple[After, int]:
    """One page of days that promises and offers gave: what still stands is reminded of."""
    on = ctx.business_date
    found = await days.between(
        ctx.tx, rule.key, rule.when.value, since=on, through=on + rule.days * _DAY, after=after,
        limit=PAGE,
    )  # fmt: skip
    if not found:
        return None, 0
    templates = await _ByPolicy(ctx).wanting(rule, found)
    known = await accounts.lock_many(ctx.tx, templates)
    made = [
        new_notice(
            ctx, account, templates[account.id], key=(rule.key, one.id, one.on),
            subject="promise" if rule.when is When.BEFORE_PROMISE else "settlement",
            arises=rule.when, expires_at=_midnight_after(one.on),
        )
        for one in found
        if (account := known.get(one.account_id)) is not None
        and account.debtor_id is not None
        and stands(account.state, rule.when, one.id, one.on)
    ]  # fmt: skip
    return _next(found), await make_and_tell(ctx, known, made)


async def _statement_page(ctx: Context, rule: NoticeRule, after: After) -> tuple[After, int]:
    """One page of accounts with something owed, on the policy's day of the month or soon after."""
    about_on = statement_due(rule.days, ctx.business_date)
    if about_on is None:
        return None, 0
    found = await days.owing(
        ctx.tx, rule.key, about_on, after=after[1] if after else None, limit=PAGE
    )
    if not found:
        return None, 0
    templates = await _ByPolicy(ctx).wanting(rule, found)
    known = await accounts.lock_many(ctx.tx, templates)
    made = [
        new_notice(
            ctx, account, templates[account.id], key=(rule.key, account.id, about_on),
            subject="account", arises=rule.when,
            expires_at=_midnight_after(about_on + (STATEMENT_LASTS_DAYS - 1) * _DAY),
        )
        for account in known.values()
        if account.debtor_id is not None and account.state.balance
    ]  # fmt: skip
    return _next(found), await make_and_tell(ctx, known, made)


def _next(found: Sequence[Candidate]) -> After:
    """Where the page after this one begins; None: it was the last."""
    return (found[-1].on, found[-1].id) if len(found) == PAGE else None


async def _validation_page(ctx: Context, rule: NoticeRule, after: After) -> tuple[After, int]:
    """One page of accounts that were spoken of, or placed, and whose debtor is owed the notice."""
    since, through = beginnings(ctx.business_date, after_days=rule.days)
    placed = rule.when if rule.when is When.PLACED else None
    found = await days.unvalidated(
        ctx.tx, rule.key, placed=placed, since=since, through=through, after=after, limit=PAGE
    )
    if not found:
        return None, 0
    templates = await _ByPolicy(ctx).wanting(rule, found)
    known = await accounts.lock_many(ctx.tx, templates)
    if placed:  # a communication was owed one when it was made; of a placement it is asked now
        known = await owing_notices(ctx, known)
    made = [
        new_notice(
            ctx, account, templates[account.id], key=(rule.key, account.id, one.on),
            subject="account", arises=rule.when,
            expires_at=datetime.combine(lapses_on(one.on), time(), UTC),
        )
        for one in found
        if (account := known.get(one.account_id)) is not None
        and account.debtor_id is not None
        and account.state.balance
    ]  # fmt: skip
    return _next(found), await make_and_tell(ctx, known, made)


def _midnight_after(on: date) -> datetime:
    return datetime.combine(on + _DAY, time(), UTC)


_PAGES: Final[Mapping[When, Page]] = {
    When.BEFORE_DUE: _page,
    When.AFTER_MISSED: _page,
    When.BEFORE_PROMISE: _noted_page,
    When.BEFORE_EXPIRY: _noted_page,
    When.EACH_MONTH: _statement_page,
    When.FIRST_COMMUNICATION: _validation_page,
    When.PLACED: _validation_page,
}
