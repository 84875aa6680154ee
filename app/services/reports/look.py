"""Accounts as a report sees them: folded to the days it asks for, with what the ledger says.

Where nothing came later, the stored state goes on; where something did, the facts known then are
folded again, in a thread. How much of that one request may do is bounded: what goes beyond is
refused before it begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.account.state import State
from app.domain.errors import InvalidInput
from app.domain.facts.fact import Fact
from app.domain.money import NOTHING
from app.domain.overview.acts import Act, Aim, Offered
from app.domain.overview.ages import ages_of
from app.domain.overview.definitions.catalog import Beside, Definition
from app.domain.overview.definitions.cures import ended_by
from app.domain.overview.definitions.losses import forgiven_minor
from app.domain.overview.ledger import Ledger, LedgerRow, Told
from app.domain.overview.points import Sums, points_of
from app.domain.overview.positions import Position, position_of
from app.domain.overview.question import Question
from app.domain.overview.seen import Given, Looked, Moved, Seen
from app.domain.overview.table import Entry
from app.domain.overview.written import Splits, is_plain, with_past
from app.domain.policy.book import PolicyBook
from app.domain.refusals.reports import ReportTooLarge
from app.domain.replay.replay import close_days, fold, rewound
from app.domain.reports.books import Basis
from app.domain.reports.rolls import Cause
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.services.context import Context
from app.services.policy_books import book_of
from app.services.refold import outdated
from app.services.reports.acts import acts_of, quotes_of
from app.services.reports.beside import aims_of, holidays_of
from app.services.reports.rows import (
    Sides,
    add_sides,
    by_authors,
    given_of,
    ledger_rows,
    moved_of,
    rows_until,
    through_of,
)
from app.services.threads import apart
from app.storage.accounts import facts as fact_storage
from app.storage.accounts.accounts import StoredAccount
from app.storage.reports import accounts, acts, postings
from app.storage.reports.postings import Posted
from app.storage.reports.written import Written, written

#: What one request may read: accounts, and facts that must be folded again.
MOST_ACCOUNTS = 5_000
MOST_FACTS = 20_000
#: Accounts that a run looks at in one transaction.
PAGE = 200
_NOTHING = Posted(NOTHING, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What accounts add to a report, and what the ledger says of them by currency."""

    entries: tuple[Entry, ...]
    ledger: Mapping[str, int]  # what was booked as owed
    provisional: bool  # a day is still open, or accounts are behind
    sides: Sides = field(default_factory=dict)  # of the other columns that are held against it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A day to look at, with what was known, and the ledger's rows by then."""

    on: date
    known_on: date
    posted: Mapping[UUID, Posted]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """An account with what it takes to look at it. `entered` None: its stored state goes on."""

    stored: StoredAccount
    book: PolicyBook
    entered: Sequence[Fact] | None
    given: Sequence[Given]
    moved: Sequence[Moved] = ()
    acts: Sequence[Act] = ()
    aims: Sequence[Aim] = ()
    quotes: Sequence[Offered] = ()
    holidays: Holidays = NO_HOLIDAYS
    splits: Splits | None = None  # where its rows tell its past: the lines of its payments

    def seen(self, days: Sequence[_Day], *, booked: bool) -> Seen:
        """As of the last of the days; the first, where there are two, is its start."""
        looks = [self._look(day, booked=booked) for day in days]
        stored = self.stored
        return Seen(
            id=stored.id,
            reference=stored.reference,
            currency=stored.currency,
            product=stored.product,
            policy=stored.policy_name,
            creditor=stored.creditor_reference,
            given=self.given,
            at=looks[-1],
            before=looks[0] if len(looks) > 1 else None,
            ends=looks[:-1],
            facts=self._known(days[-1]),
            acts=self.acts,
            aims=self.aims,
            quotes=self.quotes,
            holidays=self.holidays,
            behind_since=stored.next_review_on if stored.due(looks[-1].on) else None,
            moved=self.moved,
        )

    def closed_minor(self, day: _Day) -> int:
        """What the facts known come to on the last day whose close is in the ledger."""
        return self._closed(day).balance.total_minor

    def ledger(self, rows: Sequence[LedgerRow], day: _Day) -> Ledger:
        """Its rows with what they are of."""
        return Ledger(
            rows=rows,
            closed_on=self._closed_on(day),
            closed_minor=partial(self.closed_minor, day),
            closed_forgiven_minor=lambda: forgiven_minor(self._closed(day)),
        )

    def _closed(self, day: _Day) -> State:
        if self.entered is None:
            return self.stored.state
        return fold(self._known(day), self.book, through=self._closed_on(day)).state

    def _closed_on(self, day: _Day) -> date:
        return min(day.known_on, self.stored.state.judged_on)

    def _known(self, day: _Day) -> Sequence[Fact]:
        return [fact for fact in self.entered or () if fact.business_date <= day.known_on]

    def _look(self, day: _Day, *, booked: bool) -> Looked:
        if self.entered is None or self.splits is not None:
            start = Fold(state=rewound(self.stored.state, day.on))
            made = close_days(start, self.book, through=day.on)
            if self.splits is not None:
                made = with_past(made, self._known(day), self.splits)
        else:
            made = fold(self._known(day), self.book, through=day.on)
        posted, state = day.posted.get(self.stored.id, _NOTHING), made.state
        return Looked(
            on=day.on,
            fold=made,
            balance=posted.balance if booked else state.balance,
            unapplied_minor=posted.unapplied_minor if booked else state.unapplied_minor,
            policies=self.book,
            placed=state.sequence > 0 and state.placed_on <= day.on,
        )


async def look(ctx: Context, definition: Definition, asked: Question) -> Portfolio:
    """Every account that the filters leave. Raises `ReportTooLarge`."""
    stored = await accounts.page(ctx.tx, asked.filters, limit=MOST_ACCOUNTS + 1)
    if len(stored) > MOST_ACCOUNTS:
        raise ReportTooLarge(limit=MOST_ACCOUNTS, what="accounts")
    return await _look_at(ctx, definition, asked, stored, most_facts=MOST_FACTS)


async def look_page(
    ctx: Context, definition: Definition, asked: Question, *, after: UUID | None
) -> tuple[Portfolio, Sequence[UUID]]:
    """The next accounts that the filters leave, and their ids; none: that was all."""
    stored = await accounts.page(ctx.tx, asked.filters, limit=PAGE, after=after)
    found = await _look_at(ctx, definition, asked, stored, most_facts=None)
    return found, [one.id for one in stored]


#: What a cache keeps of a day, by the facts where `whole`.
_STOOD, _FOLDED = (
    Definition(
        name="position", title="Position", what="Where accounts stood.", basis=Basis.BOOKED,
        made=lambda *_: iter(()), columns=(), held=(), whole=whole,
    )
    for whole in (False, True)
)  # fmt: skip


async def positions_on(
    ctx: Context, stored: Sequence[StoredAccount], on: date, *, by_facts: bool = False
) -> list[Position]:
    """Where accounts stood at the end of a day, by what was booked by then.

    `by_facts`: each is folded anew, whatever is stored of it.
    """
    asked = Question(report="position", as_of=on, known_on=on, basis=Basis.BOOKED)
    definition = _FOLDED if by_facts else _STOOD
    days = await _days(ctx, definition, asked, stored)
    found = await _accounts(ctx, definition, asked, stored, days, most_facts=None)

    def work() -> list[Position]:
        seen = (account.seen(days, booked=True) for account in found)
        return [position_of(one, asked) for one in seen if one.at.placed]

    return await apart(ctx, work, size=len(found) + sum(len(one.entered or ()) for one in found))


async def causes_between(
    ctx: Context, stored: Sequence[StoredAccount], from_on: date, to_on: date
) -> dict[UUID, Cause]:
    """What last ended a lateness of each account between two days, by what was booked then."""
    asked = Question(
        report="cures", as_of=to_on, known_on=to_on, basis=Basis.BOOKED, from_on=from_on,
        to_on=to_on,
    )  # fmt: skip
    days = await _days(ctx, _FOLDED, asked, stored)
    found = await _accounts(ctx, _FOLDED, asked, stored, days, most_facts=None)

    def work() -> dict[UUID, Cause]:
        seen = (account.seen(days, booked=True) for account in found)
        return {one.id: ended_by(one, asked) for one in seen}

    return await apart(ctx, work, size=sum(len(one.entered or ()) for one in found))


class Points(NamedTuple):
    """What accounts add to the points of a day; `unjudged`: those whose policy is missing."""

    cohorts: Sums
    ages: Sums
    unjudged: Sequence[UUID] = ()


async def points_on(
    ctx: Context, stored: Sequence[StoredAccount], on: date, *, by_facts: bool = False
) -> Points:
    """Points of cohorts and ages of debt of accounts, by what was booked at the end of a day.

    Of an account that nothing has happened to since, its rows tell what its facts come to, where
    those are plain. `by_facts`: each is folded anew, whatever is stored of it.
    """
    asked = Question(report="points", as_of=on, known_on=on, basis=Basis.BOOKED)
    ids = [one.id for one in stored]
    (day,) = await _days(ctx, _FOLDED, asked, stored)
    entered = await fact_storage.entered(ctx.tx, ids, until=on)
    given = await given_of(ctx, ids, known_on=on)
    booked = await rows_until(ctx, stored, on)
    rests = [] if by_facts else [one.id for one in stored if _goes_on(one, day)]
    rows = await written(ctx.tx, rests)
    found, unjudged = list[_Account](), list[UUID]()
    for one in stored:
        try:
            book = await book_of(ctx, one.policy_name, one.creditor_reference)
        except InvalidInput:
            unjudged.append(one.id)
            continue
        splits = _as_written(one, rows.get(one.id), entered[one.id])
        found.append(
            _Account(
                stored=one, book=book, entered=entered[one.id], given=given.get(one.id, ()),
                splits=splits,
            )
        )  # fmt: skip

    def work() -> Points:
        looked = ((account.seen([day], booked=True), account) for account in found)
        placed = [
            (one, position_of(one, asked), account.ledger(booked.get(one.id, ()), day))
            for one, account in looked
            if one.at.placed
        ]
        ages = ages_of((placed_at[:2] for placed_at in placed), on)
        return Points(points_of(placed, on), ages, tuple(unjudged))

    return await apart(ctx, work, size=sum(map(len, entered.values())))


def _as_written(
    account: StoredAccount, rows: Written | None, facts: Sequence[Fact]
) -> Splits | None:
    """The lines of its payments; None: it is folded, since rows do not tell its past."""
    same = rows is not None and rows.version == account.version
    return rows.splits if rows is not None and same and is_plain(facts) else None


async def _look_at(
    ctx: Context, definition: Definition, asked: Question, stored: Sequence[StoredAccount], *,
    most_facts: int | None,
) -> Portfolio:  # fmt: skip
    days = await _days(ctx, definition, asked, stored)
    found = await _accounts(ctx, definition, asked, stored, days, most_facts=most_facts)

    rows = await ledger_rows(ctx, definition, asked, stored)
    owed = definition.owed

    def work() -> tuple[list[StoredAccount], list[Entry], dict[str, int], Sides]:
        seen, entries, later = list[StoredAccount](), list[Entry](), dict[str, int]()
        sides: Sides = {column: {} for column, _ in definition.sides}
        for account in found:
            one = account.seen(days, booked=asked.booked)
            if one.at.placed and one.asked_for(asked):
                mine = list(definition.made(one, asked))
                entries += mine
                if definition.sides:
                    ledger = account.ledger(rows.get(one.id, ()), days[-1])
                    add_sides(sides, definition, Told(
                        seen=one, ledger=ledger, question=asked, entries=mine
                    ))  # fmt: skip
                if owed is None or (owed.counted and not mine):
                    continue
                seen.append(account.stored)
                if not asked.booked and not definition.moves:
                    first = one.before or one.at
                    more = first.balance.total_minor - account.closed_minor(days[0])
                    later[one.currency] = later.get(one.currency, 0) + more
        return seen, entries, later, sides

    size = len(found) + sum(len(one.entered or ()) for one in found)
    seen, entries, later, sides = await apart(ctx, work, size=size)
    effective = asked.ends if definition.moves and not asked.booked else None
    ledger = await postings.receivable(
        ctx.tx, through_of(seen), until=days[0].known_on, effective_until=effective
    )
    behind = any(one.due(asked.as_of) for one in stored)
    return Portfolio(
        entries=tuple(entries),
        ledger={currency: minor + later.get(currency, 0) for currency, minor in ledger.items()},
        provisional=behind or asked.known_on >= ctx.business_date,
        sides=sides,
    )


async def _days(
    ctx: Context, definition: Definition, asked: Question, stored: Sequence[StoredAccount]
) -> tuple[_Day, ...]:
    """The start of the span and the month-ends a report looks at, and the day it looks from."""
    ends: tuple[date, ...] = (asked.begins,) if definition.two_days else ()
    ends = definition.ends(asked) if definition.ends else ends
    pairs = [(on, on if asked.booked else asked.known_on) for on in (*ends, asked.as_of)]
    through = through_of(stored)
    return tuple(
        [
            _Day(on=on, known_on=known, posted=await postings.posted(ctx.tx, through, until=known))
            for on, known in pairs
        ]
    )


async def _accounts(
    ctx: Context, definition: Definition, asked: Question, stored: Sequence[StoredAccount],
    days: Sequence[_Day], *, most_facts: int | None,
) -> list[_Account]:  # fmt: skip
    """Them with their facts where those must be folded again. Raises `ReportTooLarge`."""
    again = [one for one in stored if definition.whole or not all(_goes_on(one, d) for d in days)]
    facts = sum(one.fact_sequence for one in again) * len(days)
    if most_facts is not None and facts > most_facts:
        raise ReportTooLarge(limit=most_facts, what="facts")
    known = await fact_storage.histories(ctx.tx, [one.id for one in again])
    asked_by = await acts.proposers(ctx.tx, [one.id for one in again])
    ids = [one.id for one in stored]
    given = await given_of(ctx, ids, known_on=asked.known_on)
    moved = await moved_of(ctx, asked, stored) if definition.moves else {}
    did = await acts_of(ctx, ids, known_on=asked.known_on) if definition.acts else {}
    aims = await aims_of(ctx, asked) if definition.beside is Beside.TARGETS else ()
    cases = definition.beside is Beside.CASES
    quotes = await quotes_of(ctx, ids) if cases else {}
    holidays = await holidays_of(ctx, asked.as_of) if cases else NO_HOLIDAYS
    return [
        _Account(
            stored=one,
            book=await book_of(ctx, one.policy_name, one.creditor_reference),
            entered=by_authors(one, known[one.id].facts, asked_by) if one.id in known else None,
            given=given.get(one.id, ()),
            moved=moved.get(one.id, ()),
            acts=did.get(one.id, ()),
            aims=aims,
            quotes=quotes.get(one.id, ()),
            holidays=holidays,
        )
        for one in stored
    ]


def _goes_on(account: StoredAccount, day: _Day) -> bool:
    """Whether the stored state goes on to that day: nothing of it came later."""
    if outdated(account):
        return False
    return account.latest_business_date <= day.known_on and day.on >= account.state.latest_on
