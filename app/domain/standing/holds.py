"""Which holds the gate of contacts sees on an account: from which day, and through which."""

from datetime import date, timedelta

from app.domain.account.state import Held, State
from app.domain.contact import known

_DAY = timedelta(days=1)


def gate_holds(state: State) -> tuple[known.Hold, ...]:
    """All there ever were, as spans of days; which of them binds an instant, the gate decides."""
    return tuple(
        known.Hold(kind=one.kind, starts_on=one.starts_on, ends_on=_last_day(one))
        for one in state.holds
    )


def _last_day(hold: Held) -> date | None:
    """The last day it stands: the day of a release is free again."""
    if hold.released_on is None:
        return hold.ends_on
    before = hold.released_on - _DAY
    return before if hold.ends_on is None else min(before, hold.ends_on)
