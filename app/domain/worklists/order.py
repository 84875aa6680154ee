"""Which item is worked next, and which wait, why and until when.

Callbacks whose instant has come go first, the oldest first; then by score; then the oldest reason,
the larger overdue, the reference.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from app.domain.values import Value
from app.domain.worklists.score import Points, score


class Why(StrEnum):
    """What an item waits for."""

    CLAIMED = "claimed"
    SKIPPED = "skipped"
    CALLBACK = "callback"
    GATE = "gate"


class Item(Value, kw_only=True):
    """An account on a worklist. `allowed`: the gate lets at least one channel through now."""

    account: str
    because: tuple[Points, ...]
    overdue_minor: int = 0
    callback_at: datetime | None = None
    claimed_until_at: datetime | None = None
    skipped_until_at: datetime | None = None
    allowed: bool = True
    next_allowed_at: datetime | None = None

    @property
    def score(self) -> int:
        return score(self.because)


class Waiting(Value, kw_only=True):
    """Why an item is not offered, and until when; None: nobody knows."""

    why: Why
    until_at: datetime | None


def waiting(item: Item, now_at: datetime) -> Waiting | None:
    """Why it is not offered now; None: it is."""
    for why, until_at in (
        (Why.CLAIMED, item.claimed_until_at),
        (Why.SKIPPED, item.skipped_until_at),
        (Why.CALLBACK, item.callback_at),
    ):
        if until_at is not None and until_at > now_at:
            return Waiting(why=why, until_at=until_at)
    if not item.allowed:
        return Waiting(why=Why.GATE, until_at=item.next_allowed_at)
    return None


def in_working_order(items: Sequence[Item], now_at: datetime) -> list[Item]:
    """The items that are offered now, the first to be worked first."""
    offered = [one for one in items if waiting(one, now_at) is None]
    return sorted(offered, key=lambda one: _rank(one, now_at))


_Rank = tuple[int, float, int, date, int, str]


def _rank(item: Item, now_at: datetime) -> _Rank:
    called = item.callback_at is not None and item.callback_at <= now_at
    asked_at = item.callback_at.timestamp() if called and item.callback_at else 0.0
    oldest = min((one.on for one in item.because if one.on is not None), default=date.max)
    return (
        0 if called else 1, asked_at, -item.score, oldest, -item.overdue_minor, item.account,
    )  # fmt: skip
