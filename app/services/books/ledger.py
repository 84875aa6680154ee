"""The ledger as written, and the self-check: what must be equal, each side found its own way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from app.domain.account.state import State
from app.domain.books.enter import Draft
from app.domain.entries.postings import Posting, PostingKind
from app.domain.errors import NotFound
from app.domain.facts.accounts import Adjustment, Charge, Placement
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback, Payment, Refund
from app.domain.money import Component
from app.domain.policy.book import PolicyBook
from app.domain.replay.replay import fold, in_force
from app.domain.values import replace
from app.services.context import Context
from app.services.guards import known_account
from app.services.policy_books import book_of
from app.services.reading import closed_draft
from app.services.refold import outdated
from app.services.threads import apart
from app.storage.accounts import accounts, facts
from app.storage.accounts.accounts import StoredAccount
from app.storage.books import chains, ledger, self_check_sums
from app.storage.books.chains import Chain
from app.storage.books.ledger import LedgerRow
from app.storage.books.self_check_sums import CachedSums
from app.storage.settlements import settlements

__all__ = ["Identity", "LedgerRow", "SelfCheck", "ledger_of", "self_check", "self_checks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Two figures that must be the same, each worked out its own way."""

    name: str
    left_minor: int
    right_minor: int

    @property
    def ok(self) -> bool:
        return self.left_minor == self.right_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """An account's books held against each other."""

    account_id: UUID
    identities: tuple[Identity, ...]

    @property
    def ok(self) -> bool:
        return all(identity.ok for identity in self.identities)


async def ledger_of(
    ctx: Context, account_id: UUID, *, after: int = 0, limit: int | None = None
) -> tuple[LedgerRow, ...]:
    """Postings in order of entry, with those of days nobody has closed yet. Raises `NotFound`.

    On a sandbox clock moved back, what was booked later is hidden.
    """
    account = await known_account(ctx, account_id)
    rows = await ledger.rows_of(ctx.tx, account_id, after=after, limit=limit)
    ended = limit is None or len(rows) < limit
    if ended and not (rows and rows[-1].sequence > account.posting_sequence):  # written meanwhile
        rows = (*rows, *await _of_open_days(ctx, account, after=after))[:limit]
    return tuple(row for row in rows if row.business_date <= ctx.business_date)


async def _of_open_days(
    ctx: Context, account: StoredAccount, *, after: int
) -> tuple[LedgerRow, ...]:
    """The rows that closing the account's days would add, as they would be stored."""
    postings = (await closed_draft(ctx, account)).postings
    rows = (
        LedgerRow(
            **_shown(posting),
            sequence=sequence,
            posted_at=ctx.instant,
            reversed_kind=PostingKind.FORGIVENESS if posting.reverses else None,
        )
        for sequence, posting in enumerate(postings, start=account.posting_sequence + 1)
    )
    return tuple(row for row in rows if row.sequence > after)


def _shown(posting: Posting) -> dict[str, Any]:
    parts = {f"{part}_minor": posting.components[part] for part in Component}
    return {name: getattr(posting, name) for name in _OF_POSTING} | parts


_OF_POSTING = (
    "id", "kind", "effective_on", "business_date", "amount_minor", "unapplied_minor",
    "balance_after_minor", "payment_id", "plan_id", "reverses", "reason", "actor",
)  # fmt: skip


async def self_check(ctx: Context, account_id: UUID) -> SelfCheck:
    """Hold an account's books against each other. Raises `NotFound`.

    The fold of all facts, the stored state, the cached columns, the ledger, the allocations
    and plain sums must all say the same, and the events must be those that were written. Days
    nobody has closed yet are closed on both sides, as every read closes them.
    """
    checked = await self_checks(ctx, [account_id])
    if not checked:
        raise NotFound(resource="account", key=str(account_id))
    return checked[0]


async def self_checks(ctx: Context, account_ids: Iterable[UUID]) -> tuple[SelfCheck, ...]:
    """`self_check` of those of the accounts that exist, in ascending order of id."""
    locked = await accounts.lock_many(ctx.tx, account_ids)
    histories = await facts.histories(ctx.tx, locked)
    cached = await self_check_sums.cached_sums(ctx.tx, locked)
    columns = await settlements.cached(ctx.tx, locked)
    told = await chains.chains(ctx.tx, locked)
    checked = []
    for account in locked.values():
        policies = await book_of(ctx, account.policy_name, account.creditor_reference)
        known = histories[account.id].facts
        draft = await closed_draft(ctx, account)
        closed = _with_open_days(cached[account.id], account.state, draft)
        check = await apart(
            ctx,
            partial(_check, account, known, policies, closed, draft),
            size=len(known),
        )
        settled = _settled(account.state, columns[account.id], cached[account.id])
        chained = await apart(ctx, partial(_chained, told[account.id]), size=len(known))
        checked.append(replace(check, identities=(*check.identities, *settled, chained)))
    return tuple(checked)


def _settled(
    state: State, columns: Mapping[UUID, Mapping[str, Any]], cached: CachedSums
) -> tuple[Identity, ...]:
    """The account's settlements, as the fold, the ledger and their own rows have them."""
    same = sum(
        columns.get(one.id) == settlements.settlement_columns(state, one)
        for one in state.settlements
    )
    return (
        Identity(
            name="ledger forgiveness less its reversals = fold forgiven",
            left_minor=cached.forgiven_minor,
            right_minor=_forgiven(state),
        ),
        Identity(
            name="cached settlements = fold settlements",
            left_minor=same,
            right_minor=max(len(state.settlements), len(columns)),
        ),
    )


def _chained(told: Chain) -> Identity:
    """The account's events, held against their hashes: the first that is not as it was written."""
    name = "first event that is not as it was written = none"
    return Identity(name=name, left_minor=told.broken_at() or 0, right_minor=0)


def _forgiven(state: State) -> int:
    return sum(one.forgiven.total_minor for one in state.settlements)


def _taken_over(state: State) -> Iterator[tuple[str, int, int]]:
    for plan in state.plans:
        if plan.live:
            cells = sum(r.due.principal_minor - r.paid.principal_minor for r in plan.installments)
            yield "open principal of the plan = taken over and open", cells, plan.taken.total_minor


def _with_open_days(cached: CachedSums, stored: State, draft: Draft) -> CachedSums:
    """The tables' sums with what the days not closed yet will add."""
    rows, closed = draft.postings, draft.state
    given = (
        -row.components.total_minor
        for row in rows
        if row.reverses is not None or row.kind is PostingKind.FORGIVENESS
    )
    due = sum(plan.total_minor for plan in closed.plans)
    paid = sum(plan.paid_minor for plan in closed.plans)
    return replace(
        cached,
        events=cached.events + len(draft.events),
        balance=cached.balance + closed.balance - stored.balance,
        unapplied_minor=cached.unapplied_minor + closed.unapplied_minor - stored.unapplied_minor,
        ledger=sum((row.components for row in rows), cached.ledger),
        ledger_unapplied_minor=cached.ledger_unapplied_minor
        + sum(row.unapplied_minor for row in rows),
        balance_after_minor=rows[-1].balance_after_minor if rows else cached.balance_after_minor,
        due_minor=cached.due_minor + due - sum(plan.total_minor for plan in stored.plans),
        paid_minor=cached.paid_minor + paid - sum(plan.paid_minor for plan in stored.plans),
        forgiven_minor=cached.forgiven_minor + sum(given),
    )


def _as_kept(account: StoredAccount, folded: State) -> bool:
    """Whether the snapshot is what the facts say; one of an older shape is not read at all."""
    return outdated(account) or account.state == folded


def _check(
    account: StoredAccount,
    known: tuple[Fact, ...],
    policies: PolicyBook,
    cached: CachedSums,
    draft: Draft,
) -> SelfCheck:
    stored, closed = account.state, draft.state
    as_stored = fold(known, policies, through=stored.judged_on)
    behind = closed.latest_on != stored.latest_on
    made = fold(known, policies, through=closed.judged_on) if behind else as_stored
    counting = in_force(known)
    placed = sum(f.body.balance.total_minor for f in counting if isinstance(f.body, Placement))
    charged = sum(f.body.amount_minor for f in counting if isinstance(f.body, Charge))
    charged -= sum(one.amounts.total_minor for one in made.barred.values())
    waived = sum(f.body.amount_minor for f in counting if isinstance(f.body, Adjustment))
    received = sum(f.body.amount_minor for f in counting if isinstance(f.body, Payment))
    returned = sum(f.body.amount_minor for f in counting if isinstance(f.body, Chargeback | Refund))
    refunded = sum(
        f.body.amount_minor - made.restored[f.id].amounts.total_minor
        for f in counting
        if isinstance(f.body, Refund)
    )
    earned = sum(one.amount_minor for one in made.earned)
    written_off = sum(one.amounts.total_minor for one in made.written_off.values())
    state = made.state
    same = _as_kept(account, as_stored.state) and (not behind or closed == state)
    pairs = [
        ("stored state = fold of all facts", int(same), 1),
        (("placed + charged + earned - waived - received + returned - lost - forgiven"
          " = balance - unapplied"),
         placed + charged + earned - waived - received + returned - written_off - _forgiven(state),
         state.balance.total_minor - state.unapplied_minor),
        ("forgiven + recovered + waived + lost + outstanding = placed + charged + earned",
         cached.forgiven_minor + received - returned - state.unapplied_minor + waived + written_off
         + cached.balance_after_minor, placed + charged + earned),
        ("ledger unapplied = fold unapplied", -cached.ledger_unapplied_minor,
         state.unapplied_minor),
        ("cached unapplied = fold unapplied", cached.unapplied_minor, state.unapplied_minor),
        ("received = allocated + unapplied + refunded", received,
         cached.allocated_minor + state.unapplied_minor + refunded),
        ("last running balance = balance", cached.balance_after_minor,
         state.balance.total_minor),
        ("events are numbered without a gap", cached.events,
         account.event_sequence + len(draft.events)),
        ("cached installments = fold installments, due", cached.due_minor,
         sum(plan.total_minor for plan in state.plans)),
        ("cached installments = fold installments, paid", cached.paid_minor,
         sum(plan.paid_minor for plan in state.plans)),
    ]  # fmt: skip
    for component in Component:
        owed = state.balance[component]
        pairs.append((f"ledger {component} = fold {component}", cached.ledger[component], owed))
        pairs.append((f"cached {component} = fold {component}", cached.balance[component], owed))
    pairs += _taken_over(state)
    pairs += [(f"{what} = none", count, 0) for what, count in cached.untied.items()]
    identities = tuple(
        Identity(name=name, left_minor=left, right_minor=right) for name, left, right in pairs
    )
    return SelfCheck(account_id=account.id, identities=identities)
