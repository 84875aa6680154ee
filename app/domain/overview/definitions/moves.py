"""What became of those who owed on a day by another: rolls and flows.

What was placed since is a row of its own, in no rate.
"""

from collections.abc import Iterator

from app.domain.entries.postings import PostingKind
from app.domain.money import Component
from app.domain.overview.definitions.cures import ended_by
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import Column, Entry, count, money, share
from app.domain.reports.aging import BUCKETS
from app.domain.reports.rolls import CHARGED_OFF, NEW, Cause
from app.domain.vocabulary import CURRENT

EXITS = ("paid", "settled", "closed")
#: What of a row the ledger of the start must come to: not that of new placements. No column.
RECONCILED = "reconciled_minor"
_WAYS = ("to_next", "worse", "same", "better", "exit")


def roll_columns(buckets: tuple[str, ...]) -> tuple[Column, ...]:
    """Those of the matrix; `buckets`: every one that accounts may be in, by age."""
    states = (*buckets, CHARGED_OFF, *EXITS)
    said = {"to_next": "To the next worse bucket", "worse": "To any worse", "same": "Stayed",
            "better": "To a better", "exit": "Paid, settled or closed"}  # fmt: skip
    ways = [
        column
        for way in _WAYS
        for column in (
            money(f"{way}_minor", said[way]),
            share(f"{way}_bps", f"{said[way]}, of the opening",
                  of=f"{way}_minor", to="opening_minor"),
        )
    ]  # fmt: skip
    to = [
        column
        for state in states
        for column in (
            count(f"to.{state}.accounts", f"Accounts to {state}"),
            money(f"to.{state}.minor", f"To {state}"),
            share(f"to.{state}.bps", f"To {state}, of the opening",
                  of=f"to.{state}.minor", to="opening_minor"),
        )
    ]  # fmt: skip
    return (
        count("accounts", "Accounts"),
        money("opening_minor", "Opening balance"),
        *ways,
        count("of_which_by_change.accounts", "Current by a change, not by money"),
        money("of_which_by_change.minor", "Their opening balance"),
        *to,
    )


def state_at(at: Looked, question: Question) -> str:
    """The first that holds: closed, settled, paid, charged off, the bucket."""
    status = at.status
    return at.bucket(standard=question.standard) if status == "open" else status


def roll(seen: Seen, question: Question) -> Iterator[Entry]:
    """From the state at the start to that at the end, weighed by the opening balance."""
    before, at = seen.before, seen.at
    end = state_at(at, question)
    if before is None or not before.owes:
        if at.owes:
            yield _rolled(seen, question, (NEW, end), new_adds(end, at.balance.total_minor))
        return
    start = state_at(before, question)
    by_change = (
        end == CURRENT != start
        and start != CHARGED_OFF
        and ended_by(seen, question) is not Cause.PAYMENT
    )
    names = BUCKETS if question.standard else before.bucket_names()
    worst = (*names, CHARGED_OFF)
    adds = rolled_adds(start, end, before.balance.total_minor, worst, by_change=by_change)
    yield _rolled(seen, question, (start, end), adds)


def new_adds(end: str, minor: int, *, accounts: int = 1) -> dict[str, int]:
    """What those add that owed nothing at the start: no part of any rate."""
    return {
        "accounts": accounts, "opening_minor": minor, f"to.{end}.accounts": accounts,
        f"to.{end}.minor": minor,
    }  # fmt: skip


def rolled_adds(
    start: str, end: str, minor: int, worst: tuple[str, ...], *, by_change: bool, accounts: int = 1
) -> dict[str, int]:
    """What those add that went from a state to another; `worst`: the states in their order."""
    way = _way(start, end, worst)
    at_next = way == "worse" and worst.index(end) == worst.index(start) + 1
    return {
        **new_adds(end, minor, accounts=accounts),
        RECONCILED: minor,
        **{f"{one}_minor": minor * (one == way) for one in _WAYS},
        "to_next_minor": minor * at_next,
        "of_which_by_change.accounts": accounts * by_change,
        "of_which_by_change.minor": minor * by_change,
    }


def _rolled(seen: Seen, question: Question, way: tuple[str, str], adds: dict[str, int]) -> Entry:
    start, end = way
    return seen.entry(question, adds, why=f"{start} to {end}", bucket=start)


def _way(start: str, end: str, worst: tuple[str, ...]) -> str:
    if end in EXITS:
        return "exit"
    if end == start:
        return "same"
    if start not in worst or end not in worst:
        return "worse" if end == CHARGED_OFF else "same"  # another policy's names: no rank
    return "worse" if worst.index(end) > worst.index(start) else "better"


KINDS = tuple(PostingKind)
FLOW = (
    money("opening_minor", "Opening"),
    *(money(f"{one}_minor", one.value.replace("_", " ").capitalize()) for one in KINDS),
    money("closing_minor", "Closing"),
)


def flow(seen: Seen, question: Question) -> Iterator[Entry]:
    """Opening, everything posted, closing: of each component of the balance."""
    sums: dict[str, dict[str, int]] = {}
    for one in seen.moved:
        adds = sums.setdefault(one.component, {})
        name = "opening_minor" if one.kind is None else f"{one.kind}_minor"
        adds[name] = adds.get(name, 0) + one.minor
        adds["closing_minor"] = adds.get("closing_minor", 0) + one.minor
    for component in Component:
        if component in sums:
            yield seen.entry(question, sums[component], component=component.value)
