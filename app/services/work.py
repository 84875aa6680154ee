"""Every command's frame: lock, close the days that passed, enter facts, write the books.

A command is `begin` → `enter` (as often as it needs) → `finish`. `enter` decides nothing: the
caller has asked whether it may. Previews stop before `finish`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.domain.account.state import State
from app.domain.agreement.amount_limits import check_room
from app.domain.books.enter import Draft, HistoryNeeded, close_draft, enter_together
from app.domain.day_close.close import due_on
from app.domain.entries.events import Event
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.fact import Fact, K
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.standing.lateness import stops_of
from app.domain.standing.status import Standing, standing
from app.domain.values import replace
from app.services.context import Context
from app.services.policy_books import book_of
from app.services.reasons import keep_reasons
from app.services.references import reference_taken
from app.services.refold import outdated, state_of
from app.services.telling.withholding import without_names
from app.services.threads import apart, folded
from app.storage.accounts import accounts, facts
from app.storage.accounts.accounts import StoredAccount
from app.storage.accounts.facts import History
from app.storage.books import answered, write
from app.storage.books.entry import Attachment, Entry
from app.storage.database.turns import in_turns
from app.storage.ids import new_id


@dataclass(slots=True)
class Work:
    """One locked account while a command changes it."""

    ctx: Context
    account: StoredAccount
    policies: PolicyBook
    draft: Draft
    beside: dict[UUID, Attachment] = field(default_factory=dict)
    intended: list[Fact] = field(default_factory=list)
    history: History | None = None
    replayed: bool = False

    @property
    def state(self) -> State:
        return self.draft.state

    @property
    def changed(self) -> bool:
        """Whether there is anything to write but the day that was looked at."""
        return self.draft.changes or self.due_on != self.account.next_review_on

    @property
    def due_on(self) -> date | None:
        """The day to judge it next, as far as the rules are known."""
        stops = (stop.starts_on for stop in stops_of(self.state))
        begins = (day for day in stops if day > self.state.judged_on)  # the plan stands otherwise
        days = (due_on(self.state, self.policies), *begins)
        return min((day for day in days if day is not None), default=None)

    def standing(self, state: State) -> Standing | None:
        """How the live plan stood on the day a state was judged last."""
        plan = state.live_plan
        if plan is None:
            return None
        return standing(state, plan, self.policies.of(plan), on=state.judged_on)

    @property
    def policy(self) -> Policy:
        """What holds today: the live plan's version, else the one in force."""
        plan = self.state.live_plan
        if plan is not None:
            return self.policies.of(plan)
        return self.policies.in_force(self.ctx.business_date)

    def tell(self, event: Event) -> None:
        """Tell something that is no fact of the fold."""
        ctx = self.ctx
        told = replace(event, actor=ctx.actor, role=ctx.role, origin=ctx.origin)
        self.draft = replace(self.draft, events=(*self.draft.events, told))

    @property
    def placed_on(self) -> date:
        """The account's first day in the books; nothing counts before it."""
        return self.state.placed_on


async def begin(ctx: Context, account_id: UUID) -> Work:
    """Lock an account and close its days up to the business date.

    Raises `NotFound`, and `ClockBehindFacts` when the sandbox clock was moved back.
    """
    account = await accounts.lock(ctx.tx, account_id)
    if account is None:
        raise NotFound(resource="account", key=str(account_id))
    return await take_up(ctx, account)


async def begin_asking(
    ctx: Context, account_id: UUID, *, kind: str, reference: str
) -> tuple[Work, bool]:
    """`begin`, and whether a caller's reference of this kind is taken, in one call.

    In none, where the account was locked, or seen, as the request began. Nothing of it may be done
    before.
    """
    begun = ctx.begun
    if begun is not None and begun.asked == (account_id, kind, reference):
        return await take_up(ctx, begun.account), begun.taken
    found = await accounts.lock_and_ask(ctx.tx, ctx.tenant_id, account_id, kind=kind, key=reference)
    if found is None:
        raise NotFound(resource="account", key=str(account_id))
    account, taken_already = found
    return await take_up(ctx, account), taken_already


async def begin_many(ctx: Context, account_ids: Iterable[UUID]) -> dict[UUID, Work]:
    """`begin` for several accounts, locked by ascending id; unknown ones are left out."""
    locked = await accounts.lock_many(ctx.tx, account_ids)
    return {one.id: await take_up(ctx, one) async for one in in_turns(locked.values())}


async def read_ahead(
    ctx: Context, works: Mapping[UUID, Work], dated: Iterable[tuple[UUID | None, date | None]]
) -> None:
    """Read ahead the histories that facts of these accounts and dates will need, all at once.

    What is not foreseen here, `enter_fact` reads when it finds it missing.
    """
    wanted, newest = set[UUID](), dict[UUID, date]()
    for account_id, effective_on in dated:
        work = works.get(account_id) if account_id else None
        if work is None or account_id is None:
            continue
        on = effective_on or ctx.business_date
        if on < newest.get(account_id, work.state.latest_on) or work.state.unapplied:
            wanted.add(account_id)
        newest[account_id] = on
    found = await facts.histories(ctx.tx, (one for one in wanted if works[one].history is None))
    for account_id, history in found.items():
        works[account_id].history = history


async def take_up(ctx: Context, account: StoredAccount) -> Work:
    """Start work on an account locked already."""
    policies = await book_of(ctx, account.policy_name, account.creditor_reference)
    state = await state_of(ctx, account, policies)
    return take_up_with(ctx, account, policies, state)


def take_up_with(ctx: Context, account: StoredAccount, policies: PolicyBook, state: State) -> Work:
    """Start work on an account whose policies and state are at hand: judge its days."""
    if account.latest_business_date > ctx.business_date:
        raise ClockBehindFacts(
            business_date=ctx.business_date, latest_business_date=account.latest_business_date
        )
    draft = close_draft(Draft(state=state), policies, business_date=ctx.business_date)
    return Work(ctx=ctx, account=account, policies=policies, draft=draft)


async def enter_fact(
    work: Work,
    body: K,
    *,
    effective_on: date | None = None,
    beside: Attachment | None = None,
    fact_id: UUID | None = None,
) -> Fact[K]:
    """Enter one fact, going on from the state or, when it counts in the past, replaying.

    Raises `InvalidInput` for a date after the business date or before the account's placement.
    """
    fact = queue_fact(work, body, effective_on=effective_on, beside=beside, fact_id=fact_id)
    await enter_queued(work)
    return fact


def queue_fact(
    work: Work,
    body: K,
    *,
    effective_on: date | None = None,
    beside: Attachment | None = None,
    fact_id: UUID | None = None,
) -> Fact[K]:
    """Make a fact and put it aside: several of one kind are entered at once, later.

    Raises `InvalidInput` for a date after the business date or before the account's placement,
    `BalanceTooLarge`.
    """
    on = check_date(work, effective_on)
    check_room(work.state, (*(fact.body for fact in work.intended), body))
    fact = Fact(
        id=fact_id or new_id(),
        sequence=work.account.fact_sequence + len(work.draft.facts) + len(work.intended) + 1,
        effective_on=on,
        business_date=work.ctx.business_date,
        body=body,
        actor=work.ctx.actor,
        key_id=work.ctx.key_id,
        role=work.ctx.role,
        origin=work.ctx.origin,
    )
    work.intended.append(fact)
    if beside is not None:
        work.beside[fact.id] = beside
    return fact


async def enter_queued(work: Work) -> None:
    """Enter what was put aside, in that order, its days judged once, after the last of it."""
    intended = tuple(work.intended)
    work.intended.clear()
    if not intended:
        return
    draft, policies = work.draft, work.policies
    size = len(intended)
    try:
        work.draft = await apart(
            work.ctx, lambda: enter_together(draft, intended, policies), size=size
        )
    except HistoryNeeded:
        if work.history is None:
            work.history = await facts.history(work.ctx.tx, work.account.id)
        known = work.history.facts
        work.draft = await apart(
            work.ctx,
            lambda: enter_together(draft, intended, policies, history=known),
            size=size + len(known),
        )
        work.replayed = True


def check_date(work: Work, effective_on: date | None) -> date:
    """The day a command counts: given or the business date, never after it."""
    on = effective_on or work.ctx.business_date
    if on > work.ctx.business_date:
        raise InvalidInput.at(
            "/effective_on", f"must not lie after the business date {work.ctx.business_date}"
        )
    if work.account.fact_sequence and on < work.placed_on:
        raise InvalidInput.at(
            "/effective_on", f"must not lie before the account was placed, {work.placed_on}"
        )
    return on


async def state_on(work: Work, on: date) -> State:
    """The account as it stood on a day of the command, with today's knowledge of it.

    What a command entered late takes, and is held against: what came since falls on it by replay.
    """
    if on >= work.state.latest_on:
        return work.state
    if work.history is None:
        work.history = await facts.history(work.ctx.tx, work.account.id)
    return await folded(work.ctx, (*work.history.facts, *work.draft.facts), work.policies, on)


async def finish(ctx: Context, works: Iterable[Work]) -> None:
    """Write everything entered, in one statement.

    Raises `ReferenceTaken` when another transaction claimed a reference of a single account's
    command in the meantime; of several accounts', `Unavailable`: asked again, each has its answer.
    """
    changed = [work for work in works if work.changed]
    if not changed:
        return
    entries = await without_names(ctx, [entry_of(work) async for work in in_turns(changed)])
    try:
        await write.write(ctx.tx, ctx.tenant_id, entries)
    except write.ReferenceTaken:
        if len(entries) == 1:
            await _refuse_taken(ctx, entries[0])
        raise
    await keep_reasons(ctx, [(work.account, work.state, work.policies) for work in changed])


async def finish_last(ctx: Context, work: Work) -> None:
    """`finish`, for a command that reads nothing afterwards: its books go with its reply.

    What `finish` raises may be raised later, then: as the reply is kept, or the transaction ends.
    """
    if not work.changed:
        return
    (entry,) = await without_names(ctx, [entry_of(work)])
    await keep_reasons(ctx, [(work.account, work.state, work.policies)])
    await answered.write_last(
        ctx.tx, ctx.tenant_id, entry, refuse=lambda: _refuse_taken(ctx, entry)
    )


async def _refuse_taken(ctx: Context, entry: Entry) -> None:
    """Name what the reference stands for now that the other transaction has committed."""
    for fact_id, beside in entry.beside.items():
        for handle in beside.handles:
            known = await accounts.resolve(ctx.tx, handle.kind, [handle.key])
            if handle.key in known and known[handle.key][1] != fact_id:
                raise reference_taken(handle.kind, handle.key, known[handle.key][1])


def entry_of(work: Work) -> Entry:
    """What a piece of work adds to its account's books."""
    account = work.account
    stands = work.standing(work.state)
    told_on = account.next_review_on  # a day already judged: what is stored is not to be trusted
    rejudged = told_on is not None and told_on <= account.state.judged_on
    distrusted = rejudged or outdated(account)
    return Entry(
        account=account,
        draft=work.draft,
        due_on=work.due_on,
        standing=stands,
        standing_changed=distrusted or stands != work.standing(account.state),
        beside=work.beside,
        history=work.history.facts if work.history else (),
        generations=work.history.generations if work.history else {},
        replayed=work.replayed,
    )
