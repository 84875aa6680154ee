"""What events say of money besides their own amounts: interest of days, and what is owed after."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.domain.account.state import State
from app.domain.entries.events import Event, EventType
from app.domain.entries.postings import Posting, PostingKind
from app.domain.values import replace


def events_of_days(
    told: Iterable[Event], rows: Sequence[Posting], before: State
) -> tuple[Event, ...]:
    """What days told, with the interest they brought, by day.

    The last event of a day whose rows changed what is owed says what is owed then, so that days
    closed late tell what days closed one by one would.
    """
    events = sorted((*told, *_interest(rows)), key=lambda event: event.business_date)
    owed, waits = _money(before)
    last = {event.business_date: number for number, event in enumerate(events)}
    for day in sorted({row.business_date for row in rows}):
        owed += sum(row.amount_minor for row in rows if row.business_date == day)
        told_last = events[last[day]]
        events[last[day]] = replace(
            told_last, balance_after_minor=owed, unapplied_after_minor=waits
        )
    return tuple(events)


def _interest(rows: Sequence[Posting]) -> Iterable[Event]:
    """Interest that became owed, once for each day."""
    by_day: dict[date, list[Posting]] = {}
    for row in rows:
        if row.kind is PostingKind.INTEREST:
            by_day.setdefault(row.business_date, []).append(row)
    kind = EventType.INTEREST_POSTED
    for day, earned in by_day.items():
        plans = {row.plan_id for row in earned}
        yield Event(
            type=kind,
            business_date=day,
            plan_id=plans.pop() if len(plans) == 1 else None,
            data={"amount_minor": sum(row.amount_minor for row in earned), "effective_on": day},
            key=f"{kind}:{earned[-1].id}:{day}:0",
        )


def with_balance(told: Sequence[Event], before: State, after: State) -> tuple[Event, ...]:
    """A command's events, the last with what the account owes and what waits, if that changed."""
    if not told or _money(before) == _money(after):
        return tuple(told)
    owed, waits = _money(after)
    last = replace(told[-1], balance_after_minor=owed, unapplied_after_minor=waits)
    return (*told[:-1], last)


def _money(state: State) -> tuple[int, int]:
    return state.balance.total_minor, state.unapplied_minor
