"""What became of those who owed at a month-end by another: the roll matrix, and cures.

A row is weighed with opening balances, so it sums to what it began with. What was placed since is
a row of its own, in no rate.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from app.domain.reports.aging import BUCKETS, OWING_STATUSES
from app.domain.reports.shares import share_bps
from app.domain.values import Value
from app.domain.vocabulary import CURRENT

NEW = "new"
CHARGED_OFF = "charged_off"
_EXITS = ("paid", "settled", "closed")


class Standing(Value, kw_only=True):
    """An account at a month-end."""

    id: str
    bucket: str
    balance_minor: int
    status: str

    @property
    def owes(self) -> bool:
        return self.balance_minor > 0 and self.status in OWING_STATUSES

    @property
    def state(self) -> str:
        return self.bucket if self.status == "open" else self.status


class Cell(Value, kw_only=True):
    accounts: int
    minor: int
    bps: int | None


class Row(Value, kw_only=True):
    """Where those of one state went. The rates are None in the row of new placements."""

    from_: str
    accounts: int
    opening_minor: int
    to: Mapping[str, Cell]
    worse_bps: int | None = None
    same_bps: int | None = None
    better_bps: int | None = None
    exit_bps: int | None = None
    to_next_bps: int | None = None


def roll_matrix(
    opening: Iterable[Standing],
    closing: Iterable[Standing],
    buckets: Sequence[str] = BUCKETS,
) -> list[Row]:
    """The rows in the order of the buckets, charge-off after them, new placements last.

    An account that is not told at the end is closed.
    """
    ends = {one.id: one for one in closing}
    began = [one for one in opening if one.owes]
    states = (*buckets, CHARGED_OFF)
    rows = [
        _row(state, [(one, _end(one, ends)) for one in began if one.state == state], states)
        for state in states
    ]
    known = {one.id for one in began}
    placed = [one for one in ends.values() if one.owes and one.id not in known]
    fresh = _cells([(one.state, one.balance_minor) for one in placed], states)
    new = Row(
        from_=NEW, accounts=len(placed), to=fresh,
        opening_minor=sum(one.balance_minor for one in placed),
    )  # fmt: skip
    return [one for one in (*rows, new) if one.accounts]


def _end(one: Standing, ends: Mapping[str, Standing]) -> str:
    return ends[one.id].state if one.id in ends else "closed"


def _cells(moves: Sequence[tuple[str, int]], states: Sequence[str]) -> dict[str, Cell]:
    total = sum(minor for _, minor in moves)
    order = (*states, *_EXITS)
    found = sorted({state for state, _ in moves}, key=order.index)
    cells = {}
    for state in found:
        minors = [minor for to, minor in moves if to == state]
        cells[state] = Cell(
            accounts=len(minors), minor=sum(minors), bps=share_bps(sum(minors), total)
        )
    return cells


def _row(state: str, moved: Sequence[tuple[Standing, str]], states: Sequence[str]) -> Row:
    moves = [(to, one.balance_minor) for one, to in moved]
    total = sum(minor for _, minor in moves)
    at = states.index(state)

    def share(*to: str) -> int | None:
        return share_bps(sum(minor for found, minor in moves if found in to), total)

    return Row(
        from_=state,
        accounts=len(moved),
        opening_minor=total,
        to=_cells(moves, states),
        worse_bps=share(*states[at + 1 :]),
        same_bps=share(state),
        better_bps=share(*states[:at]),
        exit_bps=share(*_EXITS),
        to_next_bps=share(*states[at + 1 : at + 2]),
    )


class Cause(StrEnum):
    """What ended a lateness."""

    PAYMENT = "payment"
    RE_AGE = "re_age"
    SCHEDULE_CHANGE = "schedule_change"


class Course(Value, kw_only=True):
    """An account from one month-end to another. `cause`: of the end of its lateness."""

    bucket_at_start: str
    balance_at_start_minor: int
    state_at_end: str
    cause: Cause | None = None

    @property
    def cured(self) -> bool:
        return self.state_at_end in (CURRENT, "paid")


class Cures(Value, kw_only=True):
    """Of those delinquent at the start, who is not at the end, by what ended it."""

    delinquent: int
    delinquent_minor: int
    by_payment: int
    by_re_age: int
    by_schedule_change: int
    cure_bps: int | None
    cure_amount_bps: int | None
    cure_all_causes_bps: int | None


def cures(courses: Iterable[Course]) -> Cures:
    """Payment alone is the rate; other causes are told beside it. Settled is no cure."""
    late = [one for one in courses if one.bucket_at_start != CURRENT]
    by = {cause: [one for one in late if one.cured and one.cause is cause] for cause in Cause}
    minor = sum(one.balance_at_start_minor for one in late)
    paid_minor = sum(one.balance_at_start_minor for one in by[Cause.PAYMENT])
    return Cures(
        delinquent=len(late),
        delinquent_minor=minor,
        by_payment=len(by[Cause.PAYMENT]),
        by_re_age=len(by[Cause.RE_AGE]),
        by_schedule_change=len(by[Cause.SCHEDULE_CHANGE]),
        cure_bps=share_bps(len(by[Cause.PAYMENT]), len(late)),
        cure_amount_bps=share_bps(paid_minor, minor),
        cure_all_causes_bps=share_bps(sum(map(len, by.values())), len(late)),
    )
