"""What entering a fact adds to the books: postings, allocations, events. Never edits.

`enter` takes a draft one fact further. When the fact counts on the latest day, the stored
state goes on; when it counts earlier, the history is folded with and without it, and the
difference is written down: reallocation postings for payments that were split anew, and
correcting events for verdicts that changed.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.account.lines import Line
from app.domain.account.state import State
from app.domain.agreement.amount_limits import check_sizes
from app.domain.books.forgiveness import rows_of_days, rows_of_fact, with_forgiveness_ids
from app.domain.books.money_events import events_of_days, with_balance
from app.domain.books.postings import interest_rows, postings_of
from app.domain.books.verdict_events import event_of_verdict, verdict_events
from app.domain.entries.events import Event
from app.domain.entries.postings import Posting, PostingKind
from app.domain.facts.fact import Fact
from app.domain.policy.book import PolicyBook
from app.domain.replay.kinds import KINDS
from app.domain.replay.replay import advance, close_days, fold, needs_history, rewound
from app.domain.values import Value, field, replace


class Draft(Value, kw_only=True):
    """What is about to be stored for one account, in one transaction."""

    state: State
    facts: tuple[Fact, ...] = ()
    postings: tuple[Posting, ...] = ()
    splits: Mapping[UUID, tuple[Line, ...]] = field(default_factory=dict)  # new or changed
    events: tuple[Event, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to tell or to add."""
        return bool(self.facts or self.events or self.postings)


class HistoryNeeded(Exception):
    """The fact counts in the past: the account's facts are needed to enter it."""


def close_draft(draft: Draft, policies: PolicyBook, *, business_date: date) -> Draft:
    """The day close: judge what passed since the account was last looked at."""
    made = close_days(Fold(state=draft.state), policies, through=business_date)
    if made.state is draft.state:  # it was looked at on this day before
        return draft
    balance, rows = draft.state.balance.total_minor, list[Posting]()
    given = rows_of_days(draft.state, made.state)
    for row in (*interest_rows(Fold(), made), *given):
        balance += row.amount_minor
        rows.append(replace(row, balance_after_minor=balance))
    told = [event_of_verdict(verdict) for verdict in made.verdicts]
    return replace(
        draft,
        state=_booked(made.state, draft.state, rows),
        postings=(*draft.postings, *rows),
        events=(*draft.events, *events_of_days(told, rows, draft.state)),
    )


def enter_together(
    draft: Draft,
    facts: tuple[Fact, ...],
    policies: PolicyBook,
    *,
    history: Iterable[Fact] | None = None,
) -> Draft:
    """The draft with several facts of one kind in it, the days after them judged once.

    What one of them would have had judged and the next withdrawn is never told; each is posted
    as it stands after the last. The draft must be closed through the facts' business date.
    Raises `HistoryNeeded` where one cannot go on from the state and no history was given,
    `BalanceTooLarge`.
    """
    if len({fact.kind for fact in facts}) != 1:
        raise ValueError("facts entered together must be of one kind")
    days = [fact.effective_on for fact in facts]
    if days != sorted(days) or any(needs_history(draft.state, fact) for fact in facts):
        if history is None:
            raise HistoryNeeded
        return _enter_past(draft, facts, policies, (*history, *draft.facts))
    before = Fold(state=rewound(draft.state, days[0]))
    after = before
    for fact in facts:
        after = advance(after, fact, policies)
    after = close_days(after, policies, through=facts[-1].business_date)
    return _write(draft, facts, before, after)


def _enter_past(
    draft: Draft, facts: tuple[Fact, ...], policies: PolicyBook, earlier: tuple[Fact, ...]
) -> Draft:
    through = max(facts[-1].business_date, draft.state.judged_on)
    before = fold(earlier, policies, through=through)
    after = fold((*earlier, *facts), policies, through=through)
    return _write(draft, facts, before, after)


def _with_rows(before: State, known: State) -> State:
    """What was, with the ledger's rows of what stood forgiven."""
    return with_forgiveness_ids(before, known, {}) if before.settlements else before


def _booked(state: State, known: State, rows: Iterable[Posting]) -> State:
    if not state.settlements:
        return state
    given = (row for row in rows if row.kind is PostingKind.FORGIVENESS)
    return with_forgiveness_ids(state, known, {row.plan_id: row.id for row in given if row.plan_id})


def _told(facts: tuple[Fact, ...], before: Fold, after: Fold) -> tuple[Event, ...]:
    own = (event for fact in facts for event in KINDS[type(fact.body)].tells(fact, before))
    return (*own, *verdict_events(before, after, by=facts[-1]))


def _write(draft: Draft, facts: tuple[Fact, ...], before: Fold, after: Fold) -> Draft:
    check_sizes(before.state, after.state)
    given = rows_of_fact(facts[-1], _with_rows(before.state, draft.state), after.state)
    postings = postings_of(facts, before, after, given=given)
    splits = {p: lines for p, lines in after.splits.items() if before.splits.get(p) != lines}
    told = with_balance(_told(facts, before, after), draft.state, after.state)
    return replace(
        draft,
        state=_booked(after.state, draft.state, postings),
        facts=(*draft.facts, *facts),
        postings=(*draft.postings, *postings),
        splits={**draft.splits, **splits},
        events=(*draft.events, *told),
    )
